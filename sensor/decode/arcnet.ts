// ARCNET as Linux records it.
//
//   source 1 | destination 1 | offset 2 | type 1                                       RFC 1051
//   ... | type 1 | split flag 1 | sequence 2                                           RFC 1201
//   ... | type 1 | ff | ff ff ff | type 1 | split flag 1 | sequence 2                  RFC 1201, exception packets
//
// In: the cursor at the header. Out: the cursor at the IP header. Given up: packets split over several frames.
import { type Cursor, Layer, stop, stopShort } from "./cursor.ts"
import { type Packet, Verdict } from "./packet.ts"

const TYPE_IPV4_RFC1051 = 0xf0
const TYPE_IPV4 = 0xd4
const TYPE_IPV6 = 0xc4
const EXCEPTION = 0xff

export function decodeArcnetLinux(cursor: Cursor, packet: Packet): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < 5) return stopShort(cursor, packet, 5)
  const type = bytes[at + 4]!
  if (type === TYPE_IPV4_RFC1051) {
    cursor.at = at + 5
    return Layer.ipv4
  }
  if (type !== TYPE_IPV4 && type !== TYPE_IPV6) return stop(packet, Verdict.notIp)
  if (cursor.end - at < 12) return stopShort(cursor, packet, 12)
  const typeAt = bytes[at + 5] === EXCEPTION ? at + 8 : at + 4
  if (bytes[typeAt + 1] !== 0) return stop(packet, Verdict.fragment)
  cursor.at = typeAt + 4
  return type === TYPE_IPV4 ? Layer.ipv4 : Layer.ipv6
}
