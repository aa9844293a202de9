// The program with which the kernel splits packets between the sockets of a PACKET_FANOUT_CBPF group: a hash of the inner
// flow, the same for both of its directions, of which the kernel takes the remainder by the number of sockets.
//
// In:  options. Out: a classic BPF program that returns 32 bits.
// Hashed are the addresses and ports of the innermost IP packet that the walk (fanout-walk.ts) gets to; the addresses alone
// of a fragment, and of what has no ports; the Ethernet addresses of what is not IP.
//
//   end(address, port)  one number of 32 bits, mixed with the seed          hash = mix(end(source) + end(destination))
//
// The sum makes the directions equal. The seed keeps an outsider from choosing flows that meet in one socket.
import { BpfAssembler } from "./bpf-assembler.ts"
import { type BpfProgram, LINK_OFFSET, Op } from "./bpf-program.ts"
import { FLOW_FACTOR, FlowCell } from "./fanout-level.ts"
import { emitWalk } from "./fanout-walk.ts"

export interface FanoutOptions {
  /**
   * Any 32 bits, best chosen at random when the sensor starts. Groups whose sockets must agree on a flow, one an
   * interface, need the same seed, and their sockets must join in the same order.
   */
  readonly seed: number
  /**
   * "flow": addresses and ports. "hosts": addresses only, which keeps the fragments of packets outside of tunnels with
   * their flow and spreads less. Default "flow".
   */
  readonly key?: "flow" | "hosts"
  /** UDP destination ports of VXLAN (besides 4790, that of VXLAN-GPE) and of GENEVE, FANOUT_PORTS_MAX each at most. */
  readonly vxlanPorts?: readonly number[]
  readonly genevePorts?: readonly number[]
  /** Tunnels walked into, one in the other: 0 to FANOUT_TUNNELS_MAX. Default 2. */
  readonly tunnelsMax?: number
}

export const FANOUT_PORTS_MAX = 64
export const FANOUT_TUNNELS_MAX = 3

export const FANOUT_DEFAULTS = {
  key: "flow",
  vxlanPorts: [4789, 8472],
  genevePorts: [6081],
  tunnelsMax: 2,
} as const satisfies Omit<FanoutOptions, "seed">

export function fanoutProgram(options: FanoutOptions): BpfProgram {
  const { seed, key, vxlanPorts, genevePorts, tunnelsMax } = { ...FANOUT_DEFAULTS, ...options }
  if (vxlanPorts.length > FANOUT_PORTS_MAX || genevePorts.length > FANOUT_PORTS_MAX)
    throw new RangeError(`more than ${FANOUT_PORTS_MAX} tunnel ports`)
  if (!(tunnelsMax >= 0 && tunnelsMax <= FANOUT_TUNNELS_MAX)) throw new RangeError(`tunnelsMax is ${tunnelsMax}`)
  const to = new BpfAssembler()
  const hash = to.label()
  emitWalk(to, hash, { hasPorts: key === "flow", vxlanPorts, genevePorts, tunnelsMax })
  to.mark(hash)
  emitEthernetAddresses(to)
  emitEnd(to, seed, FlowCell.source, FlowCell.sourcePort)
  to.emit(Op.store, FlowCell.source)
  emitEnd(to, seed, FlowCell.destination, FlowCell.destinationPort)
  to.emit(Op.loadxMemory, FlowCell.source).emit(Op.addX)
  emitShiftedIn(to, 16)
  to.emit(Op.mul, 0xc2b2_ae3d)
  emitShiftedIn(to, 15)
  return to.emit(Op.returnA).assemble()
}

/** The last four bytes of each Ethernet address take the place of IP addresses, when there are none. */
function emitEthernetAddresses(to: BpfAssembler): void {
  const mix = to.label()
  to.emit(Op.loadxMemory, FlowCell.source).emit(Op.loadMemory, FlowCell.destination).emit(Op.orX)
  to.branch(Op.jumpEqual, 0, null, mix)
  to.emit(Op.loadMemory, FlowCell.isEthernet).branch(Op.jumpEqual, 0, mix, null)
  to.emit(Op.loadWord, LINK_OFFSET + 2).emit(Op.store, FlowCell.destination)
  to.emit(Op.loadWord, LINK_OFFSET + 8)
    .emit(Op.store, FlowCell.source)
    .mark(mix)
}

/** A becomes what stands for one end of the flow. */
function emitEnd(to: BpfAssembler, seed: number, address: number, port: number): void {
  to.emit(Op.loadMemory, address).emit(Op.xor, seed).emit(Op.mul, FLOW_FACTOR)
  emitShiftedIn(to, 16)
  to.emit(Op.loadxMemory, port).emit(Op.addX).emit(Op.mul, 0x85eb_ca77)
  emitShiftedIn(to, 13)
}

/** A is combined with its own upper bits, which a product alone never brings down. */
function emitShiftedIn(to: BpfAssembler, bits: number): void {
  to.emit(Op.toX).emit(Op.shiftRight, bits).emit(Op.xorX)
}
