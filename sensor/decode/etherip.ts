// EtherIP: an Ethernet frame in IP. RFC 3378 section 3.
//
//   version 4 bits | reserved 12 bits | frame
//
// In: the cursor at the header. Out: the cursor at the frame; no zone.
import { be16 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer, stop, stopShort } from "./cursor.ts"
import { type Packet, Verdict } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"

const HEADER = 0x3000

export function decodeEtherIp(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < 2) return stopShort(cursor, packet, 2)
  if (be16(bytes, at) !== HEADER) return stop(packet, Verdict.malformed)
  tunnels.counters.etherIp++
  cursor.at = at + 2
  return tunnels.enter(cursor, packet, Layer.ethernet)
}
