// What the steps of a fanout program share: the words of memory, the entries of a level, moving through the packet.
//
// Each step first moves X behind its header, which must lie in the packet, and then reads the header backwards from there.
// A step that fails goes to `hash` with what is known by then.
import type { BpfAssembler, Label } from "./bpf-assembler.ts"
import { Op } from "./bpf-program.ts"

export interface WalkOptions {
  /** Ports are part of the flow. */
  readonly hasPorts: boolean
  readonly vxlanPorts: readonly number[]
  readonly genevePorts: readonly number[]
  readonly tunnelsMax: number
}

/** Words of memory: the flow. All 0 when nothing is known. */
export const FlowCell = {
  /** IPv4 address, or the four words of an IPv6 address folded into one. */
  source: 0,
  destination: 1,
  sourcePort: 2,
  destinationPort: 3,
  /** 1 when the interface has Ethernet headers. */
  isEthernet: 4,
} as const

/** Words of memory for the steps themselves. */
export const Scratch = { offset: 5, protocol: 6, type: 7, flags: 8 } as const

/** An odd number whose multiples spread over 32 bits. */
export const FLOW_FACTOR = 0x9e37_79b1

export const FlowEtherType = { ipv4: 0x0800, ipv6: 0x86dd, bridged: 0x6558 } as const

/** Entries of a level: X at the header; for `etherType` behind the type field, which is in A. */
export interface LevelLabels {
  readonly ethernet: Label
  readonly etherType: Label
  readonly mpls: Label
  readonly ipv4: Label
  readonly ipv6: Label
}

/** What the steps of one level need. */
export interface Level {
  readonly to: BpfAssembler
  readonly own: LevelLabels
  /** Null in the last level, which looks into no tunnel. */
  readonly next: LevelLabels | null
  readonly hash: Label
  readonly options: WalkOptions
}

/** Moves X on by `bytes`, which must lie in the packet. A is lost. */
export function emitAdvance(level: Level, bytes: number): void {
  level.to.emit(Op.loadImmediate, bytes)
  emitAdvanceByA(level)
}

/** Moves X on by A bytes, which must lie in the packet. A is lost. */
export function emitAdvanceByA({ to, hash }: Level): void {
  to.emit(Op.addX).emit(Op.toX).emit(Op.loadLength).branch(Op.jumpAtLeastX, 0, null, hash)
}

/** Goes on only when `bytes` from X on lie in the packet. A is lost. */
export function emitExpect({ to, hash }: Level, bytes: number): void {
  to.emit(Op.loadLength).emit(Op.subX).branch(Op.jumpAtLeast, bytes, null, hash)
}

/** Goes on where the version of the IP header at X leads. */
export function emitByVersion(level: Level, ipv4: Label, ipv6: Label): void {
  const { to, hash } = level
  emitExpect(level, 1)
  to.emit(Op.loadByteX, 0).emit(Op.and, 0xf0)
  to.branch(Op.jumpEqual, 0x40, ipv4, null).branch(Op.jumpEqual, 0x60, ipv6, hash)
}
