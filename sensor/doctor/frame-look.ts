// The outside of a frame: to whom it is addressed, which tags and which tunnel it wears, whether it is a fragment, whether its
// length agrees with what it says of itself. decode/ opens what is inside; this look counts what it was wrapped in, also where
// decode gives up.
//
// In:  packet i of a batch. Out: one reused record. Given up: links other than Ethernet, Linux cooked, raw IP and null,
// more than four tags, what lies behind the first tunnel header.
import { be16, be32 } from "../../shared/bytes/read.ts"
import type { PacketBatch } from "../capture/packet-batch.ts"

/** Encapsulations by the number that FrameLook.tunnel holds. */
export const TUNNELS = [
  "none",
  "mpls",
  "pppoe",
  "bridgeTag",
  "macsec",
  "ipInIp",
  "gre",
  "erspan",
  "vxlan",
  "geneve",
  "gtp",
  "teredo",
  "l2tp",
  "ipsec",
  "tzsp",
] as const
export type Tunnel = (typeof TUNNELS)[number]

/** Encapsulations whose content nobody without the keys can read. */
export const ENCRYPTED: ReadonlySet<Tunnel> = new Set<Tunnel>(["macsec", "ipsec"])

const NONE = 0
const TAGS_MAX = 4
const EXTENSIONS_MAX = 8

const number = (name: Tunnel): number => TUNNELS.indexOf(name)

const BY_ETHERTYPE = new Map<number, number>([
  [0x8847, number("mpls")],
  [0x8848, number("mpls")],
  [0x8864, number("pppoe")],
  [0x893f, number("bridgeTag")],
  [0x8926, number("bridgeTag")],
  [0x88e5, number("macsec")],
])
const BY_PROTOCOL = new Map<number, number>([
  [4, number("ipInIp")],
  [41, number("ipInIp")],
  [47, number("gre")],
  [50, number("ipsec")],
  [51, number("ipsec")],
  [115, number("l2tp")],
  [137, number("mpls")],
])
const BY_UDP_PORT = new Map<number, number>([
  [4789, number("vxlan")],
  [4790, number("vxlan")],
  [8472, number("vxlan")],
  [6081, number("geneve")],
  [2152, number("gtp")],
  [3544, number("teredo")],
  [1701, number("l2tp")],
  [4500, number("ipsec")],
  [4754, number("gre")],
  [6635, number("mpls")],
  [37008, number("tzsp")],
])
/** Clients are given ports from here on: one that equals a tunnel's says nothing. */
const EPHEMERAL_PORT = 32_768
const ERSPAN = number("erspan")
const GRE = number("gre")

/** To whom a frame is addressed on its link. */
export const Cast = { unknown: 0, unicast: 1, multicast: 2, broadcast: 3 } as const
export type Cast = (typeof Cast)[keyof typeof Cast]

export class FrameLook {
  cast: Cast = Cast.unknown
  /** Offset of the link addresses in the slab (destination, then source), -1 where the link has none. */
  addressesAt = -1
  /** Outer VLAN id, -1 when untagged, and the number of tags. */
  vlan = -1
  tags = 0
  /** 4, 6, or 0 when the frame is not IP on its outside. */
  ipVersion = 0
  /** IP protocol, -1 when not known. */
  protocol = -1
  isFragment = false
  /** The IP header claims more bytes than were on the wire: cut before the capture, by a broker that slices. */
  isSliced = false
  /** Index into TUNNELS. */
  tunnel = NONE
  /** UDP ports, 0 when it is not UDP. */
  sourcePort = 0
  destinationPort = 0
  /** Offset of the outer IP header in the slab. */
  ipAt = 0
}

/** Overwrites `look` with what packet `i` shows. */
export function lookAtFrame(batch: PacketBatch, i: number, look: FrameLook): void {
  const start = batch.start[i]!
  const end = start + batch.captured[i]!
  const tag = batch.vlan[i]!
  look.cast = Cast.unknown
  look.addressesAt = -1
  look.vlan = tag >= 0 ? tag & 0xfff : -1
  look.tags = tag >= 0 ? 1 : 0
  look.ipVersion = 0
  look.protocol = -1
  look.isFragment = false
  look.isSliced = false
  look.tunnel = NONE
  look.sourcePort = 0
  look.destinationPort = 0
  const at = lookAtLink(batch.bytes, start, end, batch.link[i]!, look)
  if (at >= 0) lookAtIp(batch.bytes, at, end, start + batch.wire[i]!, look)
}

/** Returns the offset of an IP header, -1 when there is none. */
function lookAtLink(bytes: Uint8Array, start: number, end: number, link: number, look: FrameLook): number {
  switch (link) {
    case 1:
      if (end - start < 14) return -1
      look.addressesAt = start
      look.cast = castOf(bytes, start)
      return lookAtType(bytes, start + 12, end, look)
    case 113:
      if (end - start < 16) return -1
      look.cast = cookedCast(be16(bytes, start))
      return lookAtType(bytes, start + 14, end, look)
    case 276:
      if (end - start < 20) return -1
      look.cast = cookedCast(bytes[start + 10]!)
      // The type stands first here: what follows it is never a tag.
      return typeToIp(be16(bytes, start), start + 20, look)
    case 0:
    case 108:
      return end - start > 4 ? start + 4 : -1
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return end > start ? start : -1
    default:
      return -1
  }
}

/** The EtherType at `at`, through the tags. */
function lookAtType(bytes: Uint8Array, first: number, end: number, look: FrameLook): number {
  let at = first
  for (let tags = 0; tags <= TAGS_MAX && at + 2 <= end; tags++) {
    const type = be16(bytes, at)
    if (type !== 0x8100 && type !== 0x88a8 && type !== 0x9100 && type !== 0x9200) return typeToIp(type, at + 2, look)
    if (at + 4 > end) return -1
    if (look.vlan < 0) look.vlan = be16(bytes, at + 2) & 0xfff
    look.tags++
    at += 4
  }
  return -1
}

function typeToIp(type: number, at: number, look: FrameLook): number {
  if (type === 0x0800 || type === 0x86dd) return at
  look.tunnel = BY_ETHERTYPE.get(type) ?? NONE
  return -1
}

function castOf(bytes: Uint8Array, at: number): Cast {
  if ((bytes[at]! & 1) === 0) return Cast.unicast
  return be32(bytes, at) === -1 && be16(bytes, at + 4) === 0xffff ? Cast.broadcast : Cast.multicast
}

/** Linux: 0 to us, 1 broadcast, 2 multicast, 3 to another host, 4 from us. */
function cookedCast(type: number): Cast {
  if (type === 1) return Cast.broadcast
  return type === 2 ? Cast.multicast : Cast.unicast
}

function lookAtIp(bytes: Uint8Array, at: number, end: number, wireEnd: number, look: FrameLook): void {
  if (end - at < 20) return
  const version = bytes[at]! >>> 4
  look.ipAt = at
  let transportAt = -1
  if (version === 4) {
    const totalBytes = be16(bytes, at + 2)
    const headerBytes = (bytes[at]! & 0xf) << 2
    if (headerBytes < 20) return
    look.ipVersion = 4
    look.protocol = bytes[at + 9]!
    look.isSliced = at + totalBytes > wireEnd
    const fragment = be16(bytes, at + 6)
    look.isFragment = (fragment & 0x3fff) !== 0
    if ((fragment & 0x1fff) === 0) transportAt = at + headerBytes
  } else if (version === 6 && end - at >= 40) {
    look.ipVersion = 6
    const payloadBytes = be16(bytes, at + 4)
    look.isSliced = payloadBytes > 0 && at + 40 + payloadBytes > wireEnd
    transportAt = lookAtExtensions(bytes, at, end, look)
  }
  if (transportAt >= 0) lookAtTransport(bytes, transportAt, end, look)
}

/** Returns the offset of what the extension headers lead to, -1 when that is not in this packet. */
function lookAtExtensions(bytes: Uint8Array, header: number, end: number, look: FrameLook): number {
  let protocol = bytes[header + 6]!
  let at = header + 40
  for (let count = 0; count < EXTENSIONS_MAX; count++) {
    const isExtension =
      protocol === 0 || protocol === 43 || protocol === 44 || protocol === 60 || protocol === 135 || protocol === 139
    if (!isExtension) {
      look.protocol = protocol
      return at
    }
    if (at + 8 > end) return -1
    let headerBytes = (bytes[at + 1]! + 1) << 3
    if (protocol === 44) {
      headerBytes = 8
      const fragment = be16(bytes, at + 2)
      if ((fragment & 0xfff9) !== 0) look.isFragment = true
      if ((fragment & 0xfff8) !== 0) {
        look.protocol = bytes[at]!
        return -1
      }
    }
    protocol = bytes[at]!
    at += headerBytes
  }
  return -1
}

function lookAtTransport(bytes: Uint8Array, at: number, end: number, look: FrameLook): void {
  if (look.protocol === 17) {
    if (at + 8 > end) return
    look.sourcePort = be16(bytes, at)
    look.destinationPort = be16(bytes, at + 2)
    look.tunnel = udpTunnel(look.sourcePort, look.destinationPort)
    return
  }
  look.tunnel = BY_PROTOCOL.get(look.protocol) ?? NONE
  if (look.tunnel === GRE && at + 4 <= end) {
    const type = be16(bytes, at + 2)
    if (type === 0x88be || type === 0x22eb) look.tunnel = ERSPAN
  }
}

function udpTunnel(sourcePort: number, destinationPort: number): number {
  const isAnswer = destinationPort >= EPHEMERAL_PORT && sourcePort < 1024
  const tunnel = isAnswer ? undefined : BY_UDP_PORT.get(destinationPort)
  if (tunnel !== undefined) return tunnel
  return sourcePort < EPHEMERAL_PORT ? (BY_UDP_PORT.get(sourcePort) ?? NONE) : NONE
}
