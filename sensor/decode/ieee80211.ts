// Wireless: radiotap and IEEE 802.11 data frames.
//
//   radiotap  version 1 | pad 1 | length 2, little endian | ...
//   802.11    control 2 | duration 2 | address 6 | address 6 | address 6 | sequence 2
//             | address 6 when both DS bits are set | QoS 2 | HT 4 | LLC
//
// In: the cursor at the header. Out: the cursor at LLC. Given up: management and control, encrypted frames, aggregates
// (counted as not IP), fragments.
import { le16 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer, stop, stopShort } from "./cursor.ts"
import { type Packet, Verdict } from "./packet.ts"

const HEADER_BYTES = 24

/** Bits of the frame control field, read in little endian. */
const TYPE_MASK = 0x0c
const TYPE_DATA = 0x08
const NO_DATA = 0x40
const QOS = 0x80
const BOTH_DS = 0x300
const MORE_FRAGMENTS = 0x400
const PROTECTED = 0x4000
const ORDER = 0x8000

/** In the QoS control field: the payload is an aggregate (A-MSDU). */
const AGGREGATE = 0x80

export function decodeRadiotap(cursor: Cursor, packet: Packet): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < 8) return stopShort(cursor, packet, 8)
  const length = le16(bytes, at + 2)
  if (bytes[at] !== 0 || length < 8) return stop(packet, Verdict.malformed)
  cursor.at = at + length
  return Layer.ieee80211
}

export function decodeIeee80211(cursor: Cursor, packet: Packet): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < 2) return stopShort(cursor, packet, 2)
  const control = le16(bytes, at)
  if ((control & TYPE_MASK) !== TYPE_DATA || (control & (NO_DATA | PROTECTED)) !== 0) return stop(packet, Verdict.notIp)
  const isQos = (control & QOS) !== 0
  const qosAt = HEADER_BYTES + ((control & BOTH_DS) === BOTH_DS ? 6 : 0)
  const headerBytes = qosAt + (isQos ? 2 : 0) + (isQos && control & ORDER ? 4 : 0)
  if (cursor.end - at < headerBytes) return stopShort(cursor, packet, headerBytes)
  if (control & MORE_FRAGMENTS || (le16(bytes, at + 22) & 0xf) !== 0) return stop(packet, Verdict.fragment)
  if (isQos && bytes[at + qosAt]! & AGGREGATE) return stop(packet, Verdict.notIp)
  cursor.at = at + headerBytes
  return Layer.llc
}
