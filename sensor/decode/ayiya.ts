// AYIYA, anything in anything. draft-massar-v6ops-ayiya-02 section 3.
//
//   log2 of identity length 4 bits, identity type 4 | signature length in words 4, hash 4 | authentication 4, operation 4
//   | next header 1 | time 4 | identity | signature | the packet
//
// In: the cursor behind the UDP header, from or to AYIYA's port. Out: the cursor at the IP packet; no zone.
// A datagram is taken for AYIYA when it forwards a packet whose own length ends where the datagram ends. Signatures are not
// verified.
import { be16 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer } from "./cursor.ts"
import type { Packet } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"

const HEADER_BYTES = 8

/** Operations that carry a packet: forward, and echo request with forward. */
const FORWARD = 1
const ECHO_AND_FORWARD = 3

const NEXT_IPV4 = 4
const NEXT_IPV6 = 41
const IPV4_BYTES = 20
const IPV6_BYTES = 40

export function decodeAyiya(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < HEADER_BYTES) return tunnels.short(cursor, packet, HEADER_BYTES)
  const operation = bytes[at + 2]! & 0xf
  const next = bytes[at + 3]!
  const isForwarding = operation === FORWARD || operation === ECHO_AND_FORWARD
  if (!isForwarding || (next !== NEXT_IPV4 && next !== NEXT_IPV6)) return tunnels.unopened(cursor, packet)
  const inner = at + HEADER_BYTES + (1 << (bytes[at]! >>> 4)) + ((bytes[at + 1]! >>> 4) << 2)
  const innerBytes = next === NEXT_IPV4 ? IPV4_BYTES : IPV6_BYTES
  if (cursor.end - inner < innerBytes) return tunnels.short(cursor, packet, inner - at + innerBytes)
  const claimed = next === NEXT_IPV4 ? be16(bytes, inner + 2) : be16(bytes, inner + 4) + IPV6_BYTES
  const isVersion = bytes[inner]! >>> 4 === (next === NEXT_IPV4 ? 4 : 6)
  if (!isVersion || claimed !== cursor.datagramBytes - (inner - at)) return tunnels.unopened(cursor, packet)
  tunnels.counters.ayiya++
  cursor.at = inner
  return tunnels.enter(cursor, packet, next === NEXT_IPV4 ? Layer.ipv4 : Layer.ipv6)
}
