// VXLAN and its variants: an Ethernet frame of a virtual network in a datagram.
//
//   flags 1 | reserved 3 | network identifier 3 | reserved 1           RFC 7348 section 5
//   flags 1 | group flags 1 | group 2 | network identifier 3 | ...     draft-smith-vxlan-group-policy
//   flags 1 | reserved 2 | next protocol 1 | ...                       draft-ietf-nvo3-vxlan-gpe, on its own port
//
// In: the cursor behind the UDP header, on a port where VXLAN is looked for. Out: the cursor at the frame; the network is
// the zone. A datagram is taken for VXLAN when the flag of the identifier is set and either all that is reserved is zero or
// a frame with IP lies behind it: what else comes to such a port stays UDP.
import { be16, be32 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer } from "./cursor.ts"
import { ethernetLikeness, Likeness } from "./likeness.ts"
import type { Packet } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"
import { ZoneKind } from "./zone.ts"

const HEADER_BYTES = 8
const FRAME_BYTES = 14

const HAS_IDENTIFIER = 0x08
const HAS_GROUP = 0x80
const HAS_PROTOCOL = 0x04
const GPE_VERSION = 0x30
const GPE_CONTROL = 0x01

const NEXT_IPV4 = 1
const NEXT_IPV6 = 2
const NEXT_ETHERNET = 3
const NEXT_NSH = 4
const NEXT_MPLS = 5

export function decodeVxlan(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < HEADER_BYTES) return tunnels.short(cursor, packet, HEADER_BYTES + FRAME_BYTES)
  const flags = bytes[at]!
  const isPlain = flags === HAS_IDENTIFIER && bytes[at + 1] === 0 && be16(bytes, at + 2) === 0
  const isGrouped = flags === (HAS_IDENTIFIER | HAS_GROUP) && (bytes[at + 1]! & ~0x48) === 0
  const isSound = (isPlain || isGrouped) && bytes[at + 7] === 0 && cursor.wireEnd - at >= HEADER_BYTES + FRAME_BYTES
  if (!isSound) {
    const isLikely = (flags & HAS_IDENTIFIER) !== 0 && ethernetLikeness(cursor, at + HEADER_BYTES) === Likeness.certain
    if (!isLikely) return tunnels.unopened(cursor, packet)
  }
  return enter(cursor, packet, tunnels, Layer.ethernet)
}

export function decodeVxlanGpe(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  const { at, bytes } = cursor
  if (cursor.end - at < HEADER_BYTES) return tunnels.short(cursor, packet, HEADER_BYTES)
  const flags = bytes[at]!
  const isSound =
    (flags & (HAS_IDENTIFIER | HAS_PROTOCOL | GPE_VERSION | GPE_CONTROL)) === (HAS_IDENTIFIER | HAS_PROTOCOL) &&
    be16(bytes, at + 1) === 0 &&
    bytes[at + 7] === 0
  if (!isSound) return tunnels.unopened(cursor, packet)
  switch (bytes[at + 3]) {
    case NEXT_IPV4:
      return enter(cursor, packet, tunnels, Layer.ipv4)
    case NEXT_IPV6:
      return enter(cursor, packet, tunnels, Layer.ipv6)
    case NEXT_ETHERNET:
      return enter(cursor, packet, tunnels, Layer.ethernet)
    case NEXT_NSH:
      return enter(cursor, packet, tunnels, Layer.nsh)
    case NEXT_MPLS:
      return enter(cursor, packet, tunnels, Layer.mpls)
    default:
      return tunnels.unopened(cursor, packet)
  }
}

function enter(cursor: Cursor, packet: Packet, tunnels: Tunnels, layer: Layer): Layer {
  tunnels.counters.vxlan++
  tunnels.identify(packet, ZoneKind.vni, be32(cursor.bytes, cursor.at + 4) >>> 8)
  cursor.at += HEADER_BYTES
  return tunnels.enter(cursor, packet, layer)
}
