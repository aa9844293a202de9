// UDP, as far as it carries tunnels. RFC 768.
//
//   source port 2 | destination port 2 | length 2 | checksum 2
//
// In: the cursor at the header. Out: the cursor within a tunnel, or the packet counted as UDP. Which tunnel, the port
// suggests and the tunnel's own header confirms: ordinary datagrams on such a port stay what they are.
import { be16 } from "../../shared/bytes/read.ts"
import { decodeAyiya } from "./ayiya.ts"
import { type Cursor, Layer, pullIn } from "./cursor.ts"
import { decodeGeneve } from "./geneve.ts"
import { decodeGtp } from "./gtp.ts"
import { decodeL2tp } from "./l2tp.ts"
import { isLabelledIp } from "./mpls.ts"
import { TunnelPort } from "./options.ts"
import type { Packet } from "./packet.ts"
import { decodeTeredo, decodeTeredoAnywhere } from "./teredo.ts"
import type { Tunnels } from "./tunnels.ts"
import { decodeTzsp } from "./tzsp.ts"
import { decodeVxlan, decodeVxlanGpe } from "./vxlan.ts"

const HEADER_BYTES = 8

export function decodeUdp(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < HEADER_BYTES) return tunnels.short(cursor, packet, HEADER_BYTES)
  const kind = tunnels.portKind(be16(bytes, at), be16(bytes, at + 2))
  const isIpv6 = cursor.end - at > HEADER_BYTES && bytes[at + HEADER_BYTES]! >>> 4 === 6
  if (kind === TunnelPort.none && !isIpv6) return tunnels.unopened(cursor, packet)
  // A length of 0 is a super-frame's: the wire length holds.
  const length = be16(bytes, at + 4)
  if (length > 0 && length < HEADER_BYTES) return tunnels.unopened(cursor, packet)
  if (length > 0) pullIn(cursor, at + length)
  cursor.at = at + HEADER_BYTES
  cursor.datagramBytes = length > 0 ? length - HEADER_BYTES : cursor.wireEnd - cursor.at
  switch (kind) {
    case TunnelPort.none:
      return decodeTeredoAnywhere(cursor, packet, tunnels)
    case TunnelPort.vxlan:
      return decodeVxlan(cursor, packet, tunnels)
    case TunnelPort.vxlanGpe:
      return decodeVxlanGpe(cursor, packet, tunnels)
    case TunnelPort.geneve:
      return decodeGeneve(cursor, packet, tunnels)
    case TunnelPort.gtp:
      return decodeGtp(cursor, packet, tunnels)
    case TunnelPort.mpls:
      if (!isLabelledIp(cursor)) return tunnels.unopened(cursor, packet)
      return tunnels.enter(cursor, packet, Layer.mpls)
    case TunnelPort.tzsp:
      return decodeTzsp(cursor, packet, tunnels)
    case TunnelPort.teredo:
      return decodeTeredo(cursor, packet, tunnels)
    case TunnelPort.ayiya:
      return decodeAyiya(cursor, packet, tunnels)
    case TunnelPort.l2tp:
      return decodeL2tp(cursor, packet, tunnels)
  }
}
