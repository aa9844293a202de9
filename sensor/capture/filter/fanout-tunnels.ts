// The transport layer of one level of a fanout program: ports, and the headers of tunnels up to the packet inside.
//
//   VXLAN    flags 1 | reserved 2 | next protocol 1 (GPE) | network 3 | reserved 1             RFC 7348
//   GENEVE   version 2 bits, options length 6 bits | flags 1 | type 2 | network 3 | reserved 1 | options     RFC 8926
//   GTP-U    version, flags 1 | message 1 | length 2 | tunnel 4 [| sequence 2 | N-PDU 1 | next extension 1]  TS 29.281
//   GRE      flags 2 | type 2 [| checksum 4] [| key 4] [| sequence 4]                          RFC 2784, 2890
//   ERSPAN   I nothing, II 8 bytes, III 12 bytes and 8 more when the last bit is set
//
// In:  X behind the IP header, the protocol in memory. Out: ports in memory and on to `hash`, or on to the next level.
import { Op } from "./bpf-program.ts"
import {
  emitAdvance,
  emitAdvanceByA,
  emitByVersion,
  emitExpect,
  FlowCell,
  FlowEtherType,
  type Level,
  type LevelLabels,
  Scratch,
} from "./fanout-level.ts"

const VXLAN_GPE_PORT = 4790
const GTP_PORT = 2152
/** RFC 7510. */
const MPLS_PORT = 6635
const TEREDO_PORT = 3544
const GTP_EXTENSIONS_MAX = 2

export function emitTransport(level: Level): void {
  const { to, next, hash } = level
  const [ports, udp, gre, etherIp] = [to.label(), to.label(), to.label(), to.label()]
  to.emit(Op.loadMemory, Scratch.protocol)
  to.branch(Op.jumpEqual, 6, ports, null).branch(Op.jumpEqual, 17, udp, null)
  if (next !== null) {
    to.branch(Op.jumpEqual, 47, gre, null)
    to.branch(Op.jumpEqual, 4, next.ipv4, null).branch(Op.jumpEqual, 41, next.ipv6, null)
    to.branch(Op.jumpEqual, 97, etherIp, null).branch(Op.jumpEqual, 137, next.mpls, null)
  }
  // SCTP, DCCP and UDP-Lite have their ports where TCP has.
  to.branch(Op.jumpEqual, 132, ports, null).branch(Op.jumpEqual, 33, ports, null).branch(Op.jumpEqual, 136, ports, hash)
  to.mark(ports)
  emitExpect(level, 4)
  emitPorts(level, 0)
  to.jump(hash).mark(udp)
  emitAdvance(level, 8)
  emitPorts(level, -8)
  if (next === null) {
    to.jump(hash)
    return
  }
  emitUdpTunnels(level, next)
  to.mark(etherIp)
  emitAdvance(level, 2)
  to.jump(next.ethernet).mark(gre)
  emitGre(level, next)
}

function emitPorts({ to, options }: Level, at: number): void {
  if (!options.hasPorts) return
  to.emit(Op.loadHalfX, at).emit(Op.store, FlowCell.sourcePort)
  to.emit(Op.loadHalfX, at + 2).emit(Op.store, FlowCell.destinationPort)
}

/** X behind the UDP header. Tunnels are known by their destination port, but Teredo by either. */
function emitUdpTunnels(level: Level, next: LevelLabels): void {
  const { to, hash, options } = level
  const [vxlan, geneve, gtp, teredo] = [to.label(), to.label(), to.label(), to.label()]
  to.emit(Op.loadHalfX, -6)
  for (const port of [...options.vxlanPorts, VXLAN_GPE_PORT]) to.branch(Op.jumpEqual, port, vxlan, null)
  for (const port of options.genevePorts) to.branch(Op.jumpEqual, port, geneve, null)
  to.branch(Op.jumpEqual, GTP_PORT, gtp, null).branch(Op.jumpEqual, MPLS_PORT, next.mpls, null)
  to.branch(Op.jumpEqual, TEREDO_PORT, teredo, null)
  to.emit(Op.loadHalfX, -8).branch(Op.jumpEqual, TEREDO_PORT, teredo, hash)
  to.mark(vxlan)
  emitVxlan(level, next)
  to.mark(geneve)
  emitGeneve(level, next)
  to.mark(gtp)
  emitGtp(level, next)
  to.mark(teredo)
  emitTeredo(level, next)
}

function emitVxlan(level: Level, next: LevelLabels): void {
  const { to, hash } = level
  const generic = to.label()
  emitAdvance(level, 8)
  to.emit(Op.loadByteX, -8)
    .branch(Op.jumpBitsSet, 0x08, null, hash)
    .branch(Op.jumpBitsSet, 0x04, generic, next.ethernet)
  to.mark(generic).emit(Op.loadByteX, -5)
  to.branch(Op.jumpEqual, 1, next.ipv4, null).branch(Op.jumpEqual, 2, next.ipv6, null)
  to.branch(Op.jumpEqual, 3, next.ethernet, null).branch(Op.jumpEqual, 5, next.mpls, hash)
}

function emitGeneve(level: Level, next: LevelLabels): void {
  const { to, hash } = level
  emitAdvance(level, 8)
  to.emit(Op.loadHalfX, -6).emit(Op.store, Scratch.type)
  to.emit(Op.loadByteX, -8).branch(Op.jumpBitsSet, 0xc0, hash, null).emit(Op.shiftLeft, 2)
  emitAdvanceByA(level)
  emitByType(level, next)
}

/** An EtherType, or bridged Ethernet, that memory holds; X at the header that it names. */
function emitByType({ to }: Level, next: LevelLabels): void {
  to.emit(Op.loadMemory, Scratch.type).branch(Op.jumpEqual, FlowEtherType.bridged, next.ethernet, next.etherType)
}

/** Version 1, a packet of a user (message 255). */
function emitGtp(level: Level, next: LevelLabels): void {
  const { to, hash } = level
  const inner = to.label()
  emitAdvance(level, 8)
  to.emit(Op.loadByteX, -8).emit(Op.and, 0xf0).branch(Op.jumpEqual, 0x30, null, hash)
  to.emit(Op.loadByteX, -7).branch(Op.jumpEqual, 255, null, hash)
  to.emit(Op.loadByteX, -8).branch(Op.jumpBitsSet, 7, null, inner)
  emitAdvance(level, 4)
  to.emit(Op.loadByteX, -12).branch(Op.jumpBitsSet, 4, null, inner)
  for (let i = 0; i < GTP_EXTENSIONS_MAX; i++) {
    // The last byte of each part names the next; an extension says its length in words first.
    to.emit(Op.loadByteX, -1).branch(Op.jumpEqual, 0, inner, null)
    emitExpect(level, 1)
    to.emit(Op.loadByteX, 0).branch(Op.jumpEqual, 0, hash, null).emit(Op.shiftLeft, 2)
    emitAdvanceByA(level)
  }
  to.emit(Op.loadByteX, -1).branch(Op.jumpEqual, 0, null, hash).mark(inner)
  emitByVersion(level, next.ipv4, next.ipv6)
}

/** IPv6, or an origin indication (0000, port, address) before it. RFC 4380 section 5.1.1. */
function emitTeredo(level: Level, next: LevelLabels): void {
  const { to, hash } = level
  emitExpect(level, 8)
  to.emit(Op.loadByteX, 0).emit(Op.and, 0xf0).branch(Op.jumpEqual, 0x60, next.ipv6, null)
  to.emit(Op.loadHalfX, 0).branch(Op.jumpEqual, 0, null, hash)
  emitAdvance(level, 8)
  to.jump(next.ipv6)
}

function emitGre(level: Level, next: LevelLabels): void {
  const { to, hash } = level
  const [erspan, erspan3, redirected] = [to.label(), to.label(), to.label()]
  emitAdvance(level, 4)
  to.emit(Op.loadHalfX, -2).emit(Op.store, Scratch.type)
  to.emit(Op.loadHalfX, -4).emit(Op.store, Scratch.flags).branch(Op.jumpBitsSet, 7, hash, null)
  // Checksum or routing, key, sequence.
  for (const bits of [0xc000, 0x2000, 0x1000]) emitOptional(level, bits)
  to.emit(Op.loadMemory, Scratch.type)
  to.branch(Op.jumpEqual, 0x88be, erspan, null).branch(Op.jumpEqual, 0x22eb, erspan3, null)
  to.branch(Op.jumpEqual, 0x883e, redirected, null)
  emitByType(level, next)
  to.mark(erspan).emit(Op.loadMemory, Scratch.flags).branch(Op.jumpBitsSet, 0x1000, null, next.ethernet)
  emitAdvance(level, 8)
  to.jump(next.ethernet).mark(erspan3)
  emitAdvance(level, 12)
  to.emit(Op.loadByteX, -1).branch(Op.jumpBitsSet, 1, null, next.ethernet)
  emitAdvance(level, 8)
  to.jump(next.ethernet).mark(redirected)
  // WCCP: its second version has a word of its own before the packet.
  emitExpect(level, 1)
  to.emit(Op.loadByteX, 0).emit(Op.and, 0xf0).branch(Op.jumpEqual, 0x40, next.ipv4, null)
  emitAdvance(level, 4)
  to.jump(next.ipv4)
}

/** Four bytes that are there when one of these flags is set. */
function emitOptional(level: Level, bits: number): void {
  const { to } = level
  const absent = to.label()
  to.emit(Op.loadMemory, Scratch.flags).branch(Op.jumpBitsSet, bits, null, absent)
  emitAdvance(level, 4)
  to.mark(absent)
}
