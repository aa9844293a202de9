// Packets that a Linux firewall rule logged.
//
//   family 1 | version 1 | resource 2 | attributes: length 2 | type 2 | value, padded to 4
//   Attributes are in the byte order of the capturing host; one of them is the packet, starting at its IP header.
//
// In: the cursor at the header. Out: the cursor at the IP header, its ends those of the attribute.
import { be16, le16 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer, pullIn, stop, stopShort } from "./cursor.ts"
import { type Packet, Verdict } from "./packet.ts"

const PAYLOAD = 9

/** Attribute types are small: read in the wrong order they are not. The two upper bits of the type are flags. */
const TYPE_MAX = 0xff
const TYPE_MASK = 0x3fff

export function decodeNflog(cursor: Cursor, packet: Packet): Layer {
  const { at: start, bytes, end } = cursor
  if (end - start < 8) return stopShort(cursor, packet, 8)
  const isLittle = (le16(bytes, start + 6) & TYPE_MASK) <= TYPE_MAX
  let at = start + 4
  while (end - at >= 4) {
    const length = isLittle ? le16(bytes, at) : be16(bytes, at)
    const type = (isLittle ? le16(bytes, at + 2) : be16(bytes, at + 2)) & TYPE_MASK
    if (length < 4) return stop(packet, Verdict.malformed)
    if (type === PAYLOAD) {
      pullIn(cursor, at + length)
      cursor.at = at + 4
      return Layer.ip
    }
    at += (length + 3) & ~3
  }
  cursor.at = at
  return stop(packet, cursor.wireEnd > end ? Verdict.truncated : Verdict.notIp)
}
