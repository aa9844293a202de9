// Teredo: IPv6 through NATs. RFC 4380 section 5.1, trailers RFC 6081.
//
//   [0x0001 | id length 1 | value length 1 | id | value | nonce 8 | confirmation 1]    authentication
//   [0x0000 | port 2 | address 4]                                                      origin
//   IPv6 packet | [trailers]
//
// In: the cursor behind the UDP header. Out: the cursor at the IPv6 packet; no zone, its addresses are the world's.
// Clients and relays talk from port to port as their NATs chose them; only servers have one of their own. So a datagram from
// or to that port is Teredo when a sound IPv6 packet lies in it, and one on other ports when the packet also fills the
// datagram exactly and one of its addresses is Teredo's own (2001::/32).
import { be16, be32 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer } from "./cursor.ts"
import { looksLikeIpv6 } from "./likeness.ts"
import type { Packet } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"

const IPV6_BYTES = 40
const AUTHENTICATION = 1
const ORIGIN = 0
const ORIGIN_BYTES = 8
/** Indicator, both lengths, nonce, confirmation. */
const AUTHENTICATION_BYTES = 13
const PREFIX = 0x2001_0000

/** On the servers' port. */
export function decodeTeredo(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { bytes, end } = cursor
  let at = cursor.at
  if (end - at >= 4 && be16(bytes, at) === AUTHENTICATION) at += AUTHENTICATION_BYTES + bytes[at + 2]! + bytes[at + 3]!
  if (end - at >= 2 && be16(bytes, at) === ORIGIN) at += ORIGIN_BYTES
  const isCut = end - at < IPV6_BYTES && cursor.wireEnd > end
  if (isCut && (end <= at || bytes[at]! >>> 4 === 6)) return tunnels.short(cursor, packet, at - cursor.at + IPV6_BYTES)
  if (end - at < IPV6_BYTES || !looksLikeIpv6(cursor, at)) return tunnels.unopened(cursor, packet)
  return enter(cursor, packet, tunnels, at)
}

/** On any port. */
export function decodeTeredoAnywhere(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes } = cursor
  const isTeredo =
    cursor.end - at >= IPV6_BYTES &&
    looksLikeIpv6(cursor, at) &&
    be16(bytes, at + 4) + IPV6_BYTES === cursor.datagramBytes &&
    (be32(bytes, at + 8) === PREFIX || be32(bytes, at + 24) === PREFIX)
  return isTeredo ? enter(cursor, packet, tunnels, at) : tunnels.unopened(cursor, packet)
}

function enter(cursor: Cursor, packet: Packet, tunnels: Tunnels, at: number): Layer {
  tunnels.counters.teredo++
  cursor.at = at
  return tunnels.enter(cursor, packet, Layer.ipv6)
}
