// PPP over Ethernet, session stage. RFC 2516 section 4.
//
//   version 4 bits, type 4 bits | code 1 | session 2 | length 2 | PPP
//
// In: the cursor at the header. Out: the cursor at PPP, its ends cut to the length. The session numbers a subscriber line of
// one network and changes when the line comes up again: it makes no zone. Discovery has another EtherType and is not IP.
import { be16 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer, pullIn, stop, stopShort } from "./cursor.ts"
import { type Packet, Verdict } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"

const HEADER_BYTES = 6
const VERSION_AND_TYPE = 0x11

export function decodePppoe(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < HEADER_BYTES) return stopShort(cursor, packet, HEADER_BYTES)
  if (bytes[at] !== VERSION_AND_TYPE) return stop(packet, Verdict.malformed)
  if (bytes[at + 1] !== 0) return stop(packet, Verdict.notIp)
  tunnels.counters.pppoe++
  cursor.at = at + HEADER_BYTES
  pullIn(cursor, cursor.at + be16(bytes, at + 4))
  return Layer.ppp
}
