// What the type of a frame, a tag or a tunnel names. https://www.iana.org/assignments/ieee-802-numbers
//
// In: `cursor.etherType`, the cursor behind it. Out: the layer that follows; tags are taken on the way.
import { type Cursor, Layer, stop } from "./cursor.ts"
import { type Packet, Verdict } from "./packet.ts"
import {
  decodeCiscoMetadata,
  decodeETag,
  decodeFabricPath,
  decodeMacsec,
  decodeServiceTag,
  decodeVlan,
  decodeVnTag,
} from "./tags.ts"
import type { Tunnels } from "./tunnels.ts"

export function decodeEtherType(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  switch (cursor.etherType) {
    case 0x0800:
      return Layer.ipv4
    case 0x86dd:
      return Layer.ipv6
    case 0x8100:
    case 0x88a8:
    case 0x9100:
    case 0x9200:
      return decodeVlan(cursor, packet, tunnels)
    case 0x8847:
    case 0x8848:
      return Layer.mpls
    case 0x8864:
      return Layer.pppoe
    case 0x6558:
      return Layer.ethernet
    case 0x880b:
      return Layer.ppp
    case 0x8926:
      return decodeVnTag(cursor, packet, tunnels)
    case 0x893f:
      return decodeETag(cursor, packet, tunnels)
    case 0x88e5:
      return decodeMacsec(cursor, packet, tunnels)
    case 0x8909:
      return decodeCiscoMetadata(cursor, packet, tunnels)
    case 0x8903:
      return decodeFabricPath(cursor, packet, tunnels)
    case 0x88e7:
      return decodeServiceTag(cursor, packet, tunnels)
    case 0x894f:
      return Layer.nsh
    default:
      return stop(packet, Verdict.notIp)
  }
}
