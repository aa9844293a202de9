// ERSPAN: frames that a switch mirrors over GRE. draft-foschiano-erspan, Linux include/net/erspan.h.
//
//   I    (0x88be, no sequence number)  a frame
//   II   (0x88be)  version 4 bits, VLAN 12 | class 3, encapsulation 2, truncated 1, session 10 | reserved 12, index 20
//   III  (0x22eb)  version 4 bits, VLAN 12 | class 3, error 2, truncated 1, session 10 | timestamp 4
//                  | group 2 | is frame 1 bit, type of frame 5, hardware 6, direction 1, granularity 2, optional 1
//                  [platform 8, when optional]
//
// In: the cursor behind GRE. Out: the cursor at the mirrored frame. The session is the zone; the addresses of the switch are
// not: a conversation may be mirrored by two of them. The VLAN of a frame without its tag is noted as if it had it.
import { be16 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer, stop, stopShort } from "./cursor.ts"
import { ethernetLikeness, Likeness } from "./likeness.ts"
import { type Packet, Verdict } from "./packet.ts"
import { takeVlan } from "./tags.ts"
import type { Tunnels } from "./tunnels.ts"
import { ZoneKind } from "./zone.ts"

const VERSION_II = 1
const VERSION_III = 2
const HEADER_BYTES_II = 8
const HEADER_BYTES_III = 12
const PLATFORM_BYTES = 8

/** In version II: the tag was taken off the frame and is in the header only. */
const TAG_TAKEN = 2

/** In version III: what was mirrored. */
const TYPE_ETHERNET = 0
const TYPE_IP = 2

/** `isBare`: type I, a frame and nothing else. */
export function decodeErspan(cursor: Cursor, packet: Packet, tunnels: Tunnels, isBare: boolean): Layer {
  const { at, bytes } = cursor
  tunnels.counters.erspan++
  if (isBare) return tunnels.enter(cursor, packet, Layer.ethernet)
  if (cursor.end - at < 4) return stopShort(cursor, packet, 4)
  const version = bytes[at]! >>> 4
  const session = be16(bytes, at + 2)
  if (version === VERSION_II) {
    if (cursor.end - at < HEADER_BYTES_II) return stopShort(cursor, packet, HEADER_BYTES_II)
    tunnels.identify(packet, ZoneKind.erspan, session & 0x3ff)
    if (((session >>> 11) & 3) === TAG_TAKEN) takeVlan(packet, tunnels, be16(bytes, at))
    cursor.at = at + HEADER_BYTES_II
    return tunnels.enter(cursor, packet, Layer.ethernet)
  }
  if (version === VERSION_III) return decodeThird(cursor, packet, tunnels, session & 0x3ff)
  // Some switches number the packets of type I.
  if (ethernetLikeness(cursor, at) !== Likeness.none) return tunnels.enter(cursor, packet, Layer.ethernet)
  return stop(packet, Verdict.malformed)
}

function decodeThird(cursor: Cursor, packet: Packet, tunnels: Tunnels, session: number): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < HEADER_BYTES_III) return stopShort(cursor, packet, HEADER_BYTES_III)
  const kind = be16(bytes, at + 10)
  const headerBytes = (kind & 1) === 0 ? HEADER_BYTES_III : HEADER_BYTES_III + PLATFORM_BYTES
  if (cursor.end - at < headerBytes) return stopShort(cursor, packet, headerBytes)
  tunnels.identify(packet, ZoneKind.erspan, session)
  cursor.at = at + headerBytes
  const type = (kind >>> 10) & 0x1f
  if (type === TYPE_ETHERNET) return tunnels.enter(cursor, packet, Layer.ethernet)
  return type === TYPE_IP ? tunnels.enter(cursor, packet, Layer.ip) : stop(packet, Verdict.notIp)
}
