// From the first byte of a packet to the addresses and ports of its inner flow, in classic BPF.
//
// In:  a packet as the kernel gives it to a fanout program. Out: FlowCell in memory; then the code behind `hash` runs.
// A program cannot loop, so the walk is written out once a level: the packet itself, the packet in its tunnel, and so on.
//
//   level   [Ethernet] -> [tags] -> [MPLS | PPPoE] -> IPv4 | IPv6 -> ports, or a tunnel (fanout-tunnels.ts) -> next level
//
// Where byte 0 is: the kernel runs the program on an arriving packet from its network header, the outermost tag already
// taken off, and on a packet that this host sends from its link-layer header. Offsets from the link layer (LINK_OFFSET)
// would not depend on that, but the kernel follows them in the linear part of a packet only, and drivers leave no more
// than the outer headers there. RFC 791, 8200, 3032, 4385, 2516; IEEE 802.1Q, 802.1ah, 802.1BR.
import type { BpfAssembler, Label } from "./bpf-assembler.ts"
import { Ancillary, Op, PACKET_TYPE_OUTGOING } from "./bpf-program.ts"
import {
  emitAdvance,
  emitAdvanceByA,
  emitByVersion,
  emitExpect,
  FLOW_FACTOR,
  FlowCell,
  FlowEtherType,
  type Level,
  type LevelLabels,
  Scratch,
  type WalkOptions,
} from "./fanout-level.ts"
import { emitTransport } from "./fanout-tunnels.ts"

/** Tags behind an Ethernet type, with the bytes to the type behind them: VLANs, VN-Tag, E-Tag, Cisco's metadata. */
const TAGS: readonly (readonly [type: number, bytes: number])[] = [
  [0x8100, 4],
  [0x88a8, 4],
  [0x9100, 4],
  [0x9200, 4],
  [0x8926, 6],
  [0x893f, 8],
  [0x8909, 8],
]
const TAGS_MAX = 3
const MPLS_LABELS_MAX = 4
const EXTENSION_HEADERS_MAX = 2

const HARDWARE_ETHERNET = 1
const HARDWARE_LOOPBACK = 772

export function emitWalk(to: BpfAssembler, hash: Label, options: WalkOptions): void {
  const labels = Array.from({ length: options.tunnelsMax + 1 }, (): LevelLabels => {
    const [ethernet, etherType, mpls, ipv4, ipv6] = [to.label(), to.label(), to.label(), to.label(), to.label()]
    return { ethernet, etherType, mpls, ipv4, ipv6 }
  })
  emitStart(to)
  for (const [i, own] of labels.entries()) {
    const level: Level = { to, own, next: labels[i + 1] ?? null, hash, options }
    const transport = to.label()
    if (i > 0) emitEthernet(level)
    emitEtherType(level)
    emitMpls(level)
    emitIpv6(level, transport)
    emitIpv4(level, transport)
    to.mark(transport)
    emitTransport(level)
  }
}

/** Leaves X at the network header, and its EtherType in A. */
function emitStart(to: BpfAssembler): void {
  const [isEthernet, isFound] = [to.label(), to.label()]
  to.emit(Op.loadImmediate, 0)
  for (const cell of Object.values(FlowCell)) to.emit(Op.store, cell)
  to.emit(Op.loadxImmediate, 0).emit(Op.loadWord, Ancillary.hardwareType)
  to.branch(Op.jumpEqual, HARDWARE_ETHERNET, isEthernet, null).branch(Op.jumpEqual, HARDWARE_LOOPBACK, null, isFound)
  to.mark(isEthernet).emit(Op.loadImmediate, 1).emit(Op.store, FlowCell.isEthernet)
  to.emit(Op.loadWord, Ancillary.packetType).branch(Op.jumpEqual, PACKET_TYPE_OUTGOING, null, isFound)
  to.emit(Op.loadxImmediate, 14).mark(isFound).emit(Op.loadWord, Ancillary.protocol)
}

function emitEthernet(level: Level): void {
  const { to, own } = level
  to.mark(own.ethernet)
  emitAdvance(level, 14)
  to.emit(Op.loadHalfX, -2)
}

/** IP, tags before it, and what else leads to IP. */
function emitEtherType(level: Level): void {
  const { to, own, next, hash } = level
  const [others, session, service, fabric] = [to.label(), to.label(), to.label(), to.label()]
  to.mark(own.etherType)
  for (let tags = 0; tags <= TAGS_MAX; tags++) {
    to.branch(Op.jumpEqual, FlowEtherType.ipv4, own.ipv4, null).branch(Op.jumpEqual, FlowEtherType.ipv6, own.ipv6, null)
    if (tags < TAGS_MAX) emitTag(level, others)
  }
  to.mark(others)
  to.branch(Op.jumpEqual, 0x8847, own.mpls, null).branch(Op.jumpEqual, 0x8848, own.mpls, null)
  if (next !== null) to.branch(Op.jumpEqual, 0x88e7, service, null).branch(Op.jumpEqual, 0x8903, fabric, null)
  to.branch(Op.jumpEqual, 0x8864, session, hash).mark(session)
  emitAdvance(level, 8)
  to.emit(Op.loadHalfX, -2).branch(Op.jumpEqual, 0x21, own.ipv4, null).branch(Op.jumpEqual, 0x57, own.ipv6, hash)
  if (next === null) return
  // A whole frame lies behind 802.1ah and FabricPath.
  to.mark(service)
  emitAdvance(level, 4)
  to.jump(next.ethernet).mark(fabric)
  emitAdvance(level, 2)
  to.jump(next.ethernet)
}

/** A type in A that is no tag goes to `others`; behind a tag X and A are at the next type. */
function emitTag(level: Level, others: Label): void {
  const { to } = level
  const nextType = to.label()
  const steps = new Map([4, 6, 8].map((bytes) => [bytes, to.label()]))
  for (const [type, bytes] of TAGS) to.branch(Op.jumpEqual, type, steps.get(bytes)!, null)
  to.jump(others)
  for (const [bytes, label] of steps) {
    to.mark(label)
    emitAdvance(level, bytes)
    to.jump(nextType)
  }
  to.mark(nextType).emit(Op.loadHalfX, -2)
}

/** Behind the labels the first half-byte tells: IPv4, IPv6, or an Ethernet frame with a control word of 0 or without. */
function emitMpls(level: Level): void {
  const { to, own, next, hash } = level
  const [bottom, bridged] = [to.label(), to.label()]
  to.mark(own.mpls)
  for (let i = 0; i < MPLS_LABELS_MAX; i++) {
    emitAdvance(level, 4)
    to.emit(Op.loadByteX, -2).branch(Op.jumpBitsSet, 1, bottom, null)
  }
  to.jump(hash).mark(bottom)
  if (next === null) {
    emitByVersion(level, own.ipv4, own.ipv6)
    return
  }
  emitExpect(level, 14)
  to.emit(Op.loadByteX, 0).emit(Op.and, 0xf0)
  to.branch(Op.jumpEqual, 0x40, own.ipv4, null).branch(Op.jumpEqual, 0x60, own.ipv6, null)
  to.emit(Op.loadHalfX, 12)
  for (const type of [FlowEtherType.ipv4, FlowEtherType.ipv6, 0x8100, 0x88a8])
    to.branch(Op.jumpEqual, type, bridged, null)
  to.emit(Op.loadByteX, 0).branch(Op.jumpBitsSet, 0xf0, hash, null)
  emitAdvance(level, 4)
  to.mark(bridged).jump(next.ethernet)
}

/** A fragment, also the first one, is known by its addresses: the others of its packet do not say more. */
function emitIpv4(level: Level, transport: Label): void {
  const { to, own, hash } = level
  to.mark(own.ipv4)
  emitAdvance(level, 20)
  to.emit(Op.loadByteX, -20).emit(Op.and, 0xf0).branch(Op.jumpEqual, 0x40, null, hash)
  to.emit(Op.loadWordX, -8).emit(Op.store, FlowCell.source).emit(Op.loadWordX, -4).emit(Op.store, FlowCell.destination)
  emitNoPorts(to)
  to.emit(Op.loadByteX, -11).emit(Op.store, Scratch.protocol)
  to.emit(Op.loadHalfX, -14).branch(Op.jumpBitsSet, 0x3fff, hash, null)
  to.emit(Op.loadByteX, -20).emit(Op.and, 0xf).branch(Op.jumpAtLeast, 5, null, hash)
  to.emit(Op.shiftLeft, 2).emit(Op.sub, 20)
  emitAdvanceByA(level)
  to.jump(transport)
}

function emitIpv6(level: Level, transport: Label): void {
  const { to, own, hash } = level
  to.mark(own.ipv6)
  emitAdvance(level, 40)
  to.emit(Op.loadByteX, -40).emit(Op.and, 0xf0).branch(Op.jumpEqual, 0x60, null, hash)
  to.emit(Op.storex, Scratch.offset)
  emitFolded(to, -32, FlowCell.source)
  emitFolded(to, -16, FlowCell.destination)
  emitNoPorts(to)
  to.emit(Op.loadByteX, -34).emit(Op.store, Scratch.protocol)
  for (let i = 0; i < EXTENSION_HEADERS_MAX; i++) {
    const [extension, fragment, next] = [to.label(), to.label(), to.label()]
    for (const type of [0, 43, 60]) to.branch(Op.jumpEqual, type, extension, null)
    to.branch(Op.jumpEqual, 44, fragment, transport)
    to.mark(fragment)
    emitAdvance(level, 8)
    to.emit(Op.loadHalfX, -6).branch(Op.jumpBitsSet, 0xfff9, hash, null)
    to.emit(Op.loadByteX, -8).emit(Op.store, Scratch.protocol).jump(next)
    to.mark(extension)
    emitAdvance(level, 8)
    to.emit(Op.loadByteX, -8).emit(Op.store, Scratch.protocol)
    to.emit(Op.loadByteX, -7).emit(Op.shiftLeft, 3)
    emitAdvanceByA(level)
    to.mark(next).emit(Op.loadMemory, Scratch.protocol)
  }
  to.jump(transport)
}

/** The address at X + `at` as one word. X comes back from memory each time, because it is the only second operand. */
function emitFolded(to: BpfAssembler, at: number, cell: number): void {
  to.emit(Op.loadWordX, at)
  for (const word of [1, 2, 3]) {
    to.emit(Op.mul, FLOW_FACTOR)
      .emit(Op.store, cell)
      .emit(Op.loadWordX, at + 4 * word)
    to.emit(Op.loadxMemory, cell).emit(Op.xorX).emit(Op.loadxMemory, Scratch.offset)
  }
  to.emit(Op.store, cell)
}

function emitNoPorts(to: BpfAssembler): void {
  to.emit(Op.loadImmediate, 0).emit(Op.store, FlowCell.sourcePort).emit(Op.store, FlowCell.destinationPort)
}
