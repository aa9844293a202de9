// What IP carries besides TCP: tunnels are opened, the rest is counted by its protocol.
//
// In: the cursor at the payload of an IP packet, `cursor.protocol`. Out: the cursor within a tunnel and the layer that
// follows, or the verdict.
import { type Cursor, Layer } from "./cursor.ts"
import { decodeEtherIp } from "./etherip.ts"
import { decodeGre } from "./gre.ts"
import { decodeL2tpIp } from "./l2tp.ts"
import type { Packet } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"
import { decodeUdp } from "./udp.ts"

/** https://www.iana.org/assignments/protocol-numbers */
const Protocol = { ipv4: 4, udp: 17, ipv6: 41, gre: 47, etherIp: 97, l2tp: 115, mpls: 137 } as const

export function decodeUpper(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  switch (cursor.protocol) {
    case Protocol.udp:
      return decodeUdp(cursor, packet, tunnels)
    case Protocol.ipv4:
      tunnels.counters.ipInIp++
      return tunnels.enter(cursor, packet, Layer.ipv4)
    case Protocol.ipv6:
      tunnels.counters.ipInIp++
      return tunnels.enter(cursor, packet, Layer.ipv6)
    case Protocol.gre:
      return decodeGre(cursor, packet, tunnels)
    case Protocol.etherIp:
      return decodeEtherIp(cursor, packet, tunnels)
    case Protocol.l2tp:
      return decodeL2tpIp(cursor, packet, tunnels)
    case Protocol.mpls:
      return tunnels.enter(cursor, packet, Layer.mpls)
    default:
      return tunnels.unopened(cursor, packet)
  }
}
