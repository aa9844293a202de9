// NSH, the path of a packet through service functions. RFC 8300 section 2.
//
//   version 2 bits, control 1, reserved 1, time to live 6, length in words 6 | reserved 4, kind 4 | next protocol 1
//   | service path 3 | index 1 | context
//
// In: the cursor at the header. Out: the cursor behind it and the layer that it names. The two directions take paths of
// their own: they make no zone.
import { be16 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer, stop, stopShort } from "./cursor.ts"
import { type Packet, Verdict } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"

const HEADER_BYTES = 8

/** What follows, by next protocol. */
const LAYERS: readonly Layer[] = [Layer.done, Layer.ipv4, Layer.ipv6, Layer.ethernet, Layer.nsh, Layer.mpls]

export function decodeNsh(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < HEADER_BYTES) return stopShort(cursor, packet, HEADER_BYTES)
  const first = be16(bytes, at)
  const headerBytes = (first & 0x3f) << 2
  if (first >>> 14 !== 0 || headerBytes < HEADER_BYTES) return stop(packet, Verdict.malformed)
  if (cursor.end - at < headerBytes) return stopShort(cursor, packet, headerBytes)
  tunnels.counters.nsh++
  cursor.at = at + headerBytes
  const layer = LAYERS[bytes[at + 3]!] ?? Layer.done
  return layer === Layer.done ? stop(packet, Verdict.notIp) : tunnels.enter(cursor, packet, layer)
}
