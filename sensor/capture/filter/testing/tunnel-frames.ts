// Wrappings of an IP packet, for tests of programs that look through them: each returns a frame with the packet inside.
//
// `Outer` says which way the packet goes, and varies what differs between packets of one inner flow: the addresses of the
// tunnel's ends are exchanged with the direction, its entropy ports, ids and sequence numbers are anything.
import { concatBytes, ethernet, fromHex, ipv4, ipv6, u16, u32, udp } from "../../../../shared/testing/packet-builder.ts"
import { BpfPacket } from "../bpf-machine.ts"

export interface Outer {
  readonly isReply: boolean
  /** Any number of 16 bits. */
  readonly entropy: number
}

export type Wrapping = (packet: Uint8Array, outer: Outer) => Uint8Array

const versionOf = (packet: Uint8Array): 4 | 6 => (packet[0]! >>> 4 === 6 ? 6 : 4)
const typeOf = (packet: Uint8Array): number => (versionOf(packet) === 6 ? 0x86dd : 0x0800)

/** The tunnel's own IP header. Its ends are of no flow inside. */
function carry4(protocol: number, payload: Uint8Array, { isReply, entropy }: Outer): Uint8Array {
  const [source, destination] = isReply ? ["172.16.0.2", "172.16.0.1"] : ["172.16.0.1", "172.16.0.2"]
  return ipv4(payload, { protocol, source: source!, destination: destination!, id: entropy })
}

function carry6(protocol: number, payload: Uint8Array, { isReply }: Outer): Uint8Array {
  const [source, destination] = isReply ? ["fd00::2", "fd00::1"] : ["fd00::1", "fd00::2"]
  return ipv6(payload, { protocol, source: source!, destination: destination! })
}

const UDP = 17
const GRE = 47

const overUdp = (port: number, payload: Uint8Array, outer: Outer): Uint8Array =>
  ethernet(carry4(UDP, udp(outer.entropy, port, payload), outer))

const overGre = (flags: number, type: number, payload: Uint8Array, outer: Outer): Uint8Array => {
  const optional = [0x8000, 0x2000, 0x1000].filter((bit) => (flags & bit) !== 0).map(() => u32(outer.entropy))
  return ethernet(carry4(GRE, concatBytes(u16(flags), u16(type), ...optional, payload), outer))
}

const vxlan = (flags: number, nextProtocol: number, payload: Uint8Array, { entropy }: Outer): Uint8Array =>
  concatBytes(Uint8Array.of(flags, 0, 0, nextProtocol), u32(entropy << 8), payload)

const geneve = (type: number, optionWords: number, payload: Uint8Array, { entropy }: Outer): Uint8Array =>
  concatBytes(
    Uint8Array.of(optionWords, 0),
    u16(type),
    u32(entropy << 8),
    new Uint8Array(optionWords * 4).fill(entropy),
    payload,
  )

/** TS 29.281 section 5: flags say which of extension, sequence, N-PDU are meant; the four bytes are there for any. */
const gtp = (flags: number, optional: string, payload: Uint8Array, { entropy }: Outer): Uint8Array =>
  concatBytes(Uint8Array.of(0x30 | flags, 255), u16(payload.length), u32(entropy), fromHex(optional), payload)

const mplsLabels = (count: number): Uint8Array =>
  concatBytes(...Array.from({ length: count }, (_, i) => u32(((1000 + i) << 12) | (i === count - 1 ? 0x100 : 0) | 64)))

const pseudowire = (packet: Uint8Array, control: string): Uint8Array =>
  ethernet(concatBytes(mplsLabels(1), fromHex(control), ethernet(packet)), { etherType: 0x8847 })

export const WRAPPINGS: Readonly<Record<string, Wrapping>> = {
  nothing: (packet) => ethernet(packet),
  "a tag": (packet, { isReply }) => ethernet(packet, { vlans: [isReply ? 11 : 10] }),
  "two tags": (packet) => ethernet(packet, { vlans: [10, 20] }),
  "three tags": (packet) => ethernet(packet, { vlans: [10, 20, 30], tagTypes: [0x88a8, 0x9100, 0x9200] }),
  "a VN-Tag": (packet) => ethernet(concatBytes(u32(7), u16(typeOf(packet)), packet), { etherType: 0x8926 }),
  "an E-Tag and a tag": (packet) =>
    ethernet(concatBytes(u32(7), u16(9), u16(0x8100), u16(5), u16(typeOf(packet)), packet), { etherType: 0x893f }),
  MPLS: (packet) => ethernet(concatBytes(mplsLabels(1), packet), { etherType: 0x8847 }),
  "MPLS, four labels": (packet) => ethernet(concatBytes(mplsLabels(4), packet), { etherType: 0x8848 }),
  "MPLS pseudowire with a control word": (packet) => pseudowire(packet, "00000007"),
  "MPLS pseudowire without one": (packet) => pseudowire(packet, ""),
  PPPoE: (packet) =>
    ethernet(
      concatBytes(fromHex("1100 0001"), u16(packet.length + 2), u16(versionOf(packet) === 6 ? 0x57 : 0x21), packet),
      { etherType: 0x8864 },
    ),
  "802.1ah": (packet, outer) => ethernet(concatBytes(u32(outer.entropy), ethernet(packet)), { etherType: 0x88e7 }),
  VXLAN: (packet, outer) => overUdp(4789, vxlan(8, 0, ethernet(packet), outer), outer),
  "VXLAN, Linux port, tag inside": (packet, outer) =>
    overUdp(8472, vxlan(8, 0, ethernet(packet, { vlans: [7] }), outer), outer),
  "VXLAN behind a tag": (packet, outer) =>
    ethernet(carry4(UDP, udp(outer.entropy, 4789, vxlan(8, 0, ethernet(packet), outer)), outer), { vlans: [9] }),
  "VXLAN over IPv6": (packet, outer) =>
    ethernet(carry6(UDP, udp(outer.entropy, 4789, vxlan(8, 0, ethernet(packet), outer)), outer)),
  "VXLAN-GPE": (packet, outer) => overUdp(4790, vxlan(0x0c, versionOf(packet) === 6 ? 2 : 1, packet, outer), outer),
  "VXLAN-GPE, MPLS": (packet, outer) => overUdp(4790, vxlan(0x0c, 5, concatBytes(mplsLabels(1), packet), outer), outer),
  "VXLAN-GPE, Ethernet": (packet, outer) => overUdp(4790, vxlan(0x0c, 3, ethernet(packet), outer), outer),
  GENEVE: (packet, outer) => overUdp(6081, geneve(0x6558, 0, ethernet(packet), outer), outer),
  "GENEVE of a gateway load balancer": (packet, outer) =>
    overUdp(6081, geneve(typeOf(packet), 8, packet, outer), outer),
  "GENEVE, all options": (packet, outer) => overUdp(6081, geneve(0x6558, 63, ethernet(packet), outer), outer),
  "GTP-U": (packet, outer) => overUdp(2152, gtp(0, "", packet, outer), outer),
  "GTP-U with a sequence number": (packet, outer) => overUdp(2152, gtp(2, "0007 00 00", packet, outer), outer),
  "GTP-U with an extension of 5G": (packet, outer) =>
    overUdp(2152, gtp(4, "0000 00 85 01100900", packet, outer), outer),
  "GTP-U with two extensions": (packet, outer) =>
    overUdp(2152, gtp(6, "0007 00 85 01100985 0201020304050600", packet, outer), outer),
  GRE: (packet, outer) => overGre(0, typeOf(packet), packet, outer),
  "GRE, checksum, key and sequence": (packet, outer) => overGre(0xb000, typeOf(packet), packet, outer),
  "GRE over IPv6": (packet, outer) => ethernet(carry6(GRE, concatBytes(u16(0), u16(typeOf(packet)), packet), outer)),
  "GRE with MPLS": (packet, outer) => overGre(0, 0x8847, concatBytes(mplsLabels(2), packet), outer),
  NVGRE: (packet, outer) => overGre(0x2000, 0x6558, ethernet(packet), outer),
  "ERSPAN I": (packet, outer) => overGre(0, 0x88be, ethernet(packet), outer),
  "ERSPAN II": (packet, outer) =>
    overGre(0x1000, 0x88be, concatBytes(u32(0x1001_0000 | outer.entropy), u32(outer.entropy), ethernet(packet)), outer),
  "ERSPAN III": (packet, outer) =>
    overGre(0x1000, 0x22eb, concatBytes(fromHex("20010001 00000000 0000 0000"), ethernet(packet)), outer),
  "ERSPAN III with its subheader": (packet, outer) =>
    overGre(
      0x1000,
      0x22eb,
      concatBytes(fromHex("20010001 00000000 0000 0001"), new Uint8Array(8), ethernet(packet)),
      outer,
    ),
  "IP in IP": (packet, outer) => ethernet(carry4(versionOf(packet) === 6 ? 41 : 4, packet, outer)),
  "IP in IPv6": (packet, outer) => ethernet(carry6(versionOf(packet) === 6 ? 41 : 4, packet, outer)),
  EtherIP: (packet, outer) => ethernet(carry4(97, concatBytes(u16(0x3000), ethernet(packet)), outer)),
  "MPLS in UDP": (packet, outer) => overUdp(6635, concatBytes(mplsLabels(1), packet), outer),
  "MPLS in IP": (packet, outer) => ethernet(carry4(137, concatBytes(mplsLabels(1), packet), outer)),
}

/** WCCP redirects IPv4 only. */
export const WRAPPINGS_OF_IPV4: Readonly<Record<string, Wrapping>> = {
  "WCCP 1": (packet, outer) => overGre(0, 0x883e, packet, outer),
  "WCCP 2": (packet, outer) => overGre(0, 0x883e, concatBytes(u32(0x0001_0203), packet), outer),
}

/** Teredo carries IPv6 only. */
export const WRAPPINGS_OF_IPV6: Readonly<Record<string, Wrapping>> = {
  Teredo: (packet, outer) => {
    const [from, to] = outer.isReply ? [3544, outer.entropy] : [outer.entropy, 3544]
    return ethernet(carry4(UDP, udp(from!, to!, packet), outer))
  },
  "Teredo with an origin": (packet, outer) =>
    ethernet(carry4(UDP, udp(3544, outer.entropy, concatBytes(u16(0), u16(1), u32(2), packet)), outer)),
}

/** A frame as a fanout program sees it when it arrives: from the network header on, the outermost tag taken off. */
export function arriving(frame: Uint8Array): BpfPacket {
  const type = (frame[12]! << 8) | frame[13]!
  const isTagged = type === 0x8100 || type === 0x88a8
  const bytes = isTagged ? concatBytes(frame.subarray(0, 12), frame.subarray(16)) : frame
  const packet = new BpfPacket()
  packet.bytes = bytes
  packet.start = packet.networkStart = 14
  packet.end = packet.wireEnd = bytes.length
  packet.vlan = isTagged ? (frame[14]! << 8) | frame[15]! : -1
  packet.protocol = (bytes[12]! << 8) | bytes[13]!
  return packet
}

/** The same when this host sends it: from the link-layer header on. */
export function leaving(frame: Uint8Array): BpfPacket {
  const packet = new BpfPacket()
  packet.bytes = frame
  packet.networkStart = 14
  packet.end = packet.wireEnd = frame.length
  packet.protocol = (frame[12]! << 8) | frame[13]!
  packet.packetType = 4
  return packet
}
