// What stands between the addresses of an Ethernet frame and its type.
//
//   VLAN           (0x8100, 0x88a8, 0x9100, 0x9200) priority 3 bits, drop 1 bit, id 12 bits | type 2       IEEE 802.1Q, 802.1ad
//   VN-Tag         (0x8926) direction 1, pointer 1, destination 14 | looped 1, reserved 1, version 2, source 12 | type 2
//   E-Tag          (0x893f) priority 3, drop 1, ingress 12 | reserved 2, group 2, id 12 | 2 bytes | type 2    IEEE 802.1BR
//   MACsec         (0x88e5) tag control 1 | short length 1 | packet number 4 | [channel 8] | type 2          IEEE 802.1AE
//   metadata       (0x8909) version 1 | length 1 | option 2 | security group 2 | type 2                      Cisco TrustSec
//   service        (0x88e7) flags 1 | service id 3 | a whole Ethernet frame                                  IEEE 802.1ah
//   FabricPath     (0x8903) tree 10 bits, time to live 6 bits | a whole Ethernet frame                       Cisco
//
// In: the cursor behind the type that names the tag. Out: the cursor behind the tag and the layer that follows.
// Given up: frames that MACsec encrypted (counted as not IP). Ids of other tags than those of
// VLANs and services make no zone: they number ports.
import { be16, be32 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer, stop, stopShort } from "./cursor.ts"
import { ETHERTYPE_MIN } from "./link.ts"
import { type Packet, Verdict } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"
import { ZoneKind } from "./zone.ts"

/** Bits of MACsec's tag control: the channel follows, the frame is encrypted, or changed in length. */
const MACSEC_CHANNEL = 0x20
const MACSEC_ENCRYPTED = 0x0c
const MACSEC_VERSION = 0x80

export function decodeVlan(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  if (cursor.end - cursor.at < 4) return stopShort(cursor, packet, 4)
  takeVlan(packet, tunnels, be16(cursor.bytes, cursor.at))
  return behindTag(cursor, packet, 4)
}

/** Notes a tag control field, the outer one first. */
export function takeVlan(packet: Packet, tunnels: Tunnels, tag: number): void {
  const vlan = tag & 0xfff
  tunnels.counters.vlan++
  if (packet.vlan < 0) packet.vlan = vlan
  if (tunnels.isVlanInZone) tunnels.identify(packet, ZoneKind.vlan, vlan)
}

export function decodeVnTag(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  tunnels.counters.vntag++
  return behindTag(cursor, packet, 6)
}

export function decodeETag(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  tunnels.counters.etag++
  return behindTag(cursor, packet, 8)
}

export function decodeMacsec(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  if (cursor.end - cursor.at < 2) return stopShort(cursor, packet, 2)
  const control = cursor.bytes[cursor.at]!
  tunnels.counters.macsec++
  if ((control & MACSEC_VERSION) !== 0) return stop(packet, Verdict.malformed)
  if ((control & MACSEC_ENCRYPTED) !== 0) return stop(packet, Verdict.notIp)
  return behindTag(cursor, packet, (control & MACSEC_CHANNEL) === 0 ? 8 : 16)
}

export function decodeCiscoMetadata(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  tunnels.counters.ciscoMetadata++
  return behindTag(cursor, packet, 8)
}

export function decodeFabricPath(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  if (cursor.end - cursor.at < 2) return stopShort(cursor, packet, 2)
  tunnels.counters.fabricPath++
  cursor.at += 2
  return Layer.ethernet
}

export function decodeServiceTag(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  if (cursor.end - cursor.at < 4) return stopShort(cursor, packet, 4)
  tunnels.counters.serviceTag++
  tunnels.identify(packet, ZoneKind.isid, be32(cursor.bytes, cursor.at) & 0xff_ffff)
  cursor.at += 4
  return tunnels.enter(cursor, packet, Layer.ethernet)
}

/** `tagBytes`: with the type behind it. */
function behindTag(cursor: Cursor, packet: Packet, tagBytes: number): Layer {
  if (cursor.end - cursor.at < tagBytes) return stopShort(cursor, packet, tagBytes)
  cursor.at += tagBytes
  cursor.etherType = be16(cursor.bytes, cursor.at - 2)
  return cursor.etherType < ETHERTYPE_MIN ? Layer.llc : Layer.etherType
}
