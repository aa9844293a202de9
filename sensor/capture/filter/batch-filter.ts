// Applies a capture filter to packets that no kernel has filtered: those of capture files, and of the libpcap fallback.
//
// In:  a batch. Out: the same batch with the packets that the filter keeps, moved together; their bytes stay where they are.
// The program is made once for each link type met. Given up: packets of a link type that the filter cannot be applied to
// are rejected, since the user may have asked for their exclusion, and the link type is named in `refusedLinks`.
import type { PacketBatch } from "../packet-batch.ts"
import { BpfMachine, BpfPacket } from "./bpf-machine.ts"
import { compileFilter } from "./filter-compiler.ts"
import { FilterError, type FilterExpression } from "./filter-expression.ts"

const KEEP_ALL_BYTES = 0xffff_ffff

/** Link types named in `refusedLinks` at most; a capture can claim any number of them. */
export const REFUSED_LINKS_MAX = 16

export class BatchFilter {
  /** The first of the link types whose packets are rejected because the filter cannot be applied to them. */
  readonly refusedLinks: number[] = []
  readonly #expression: FilterExpression
  /** By link type; null where the filter cannot be applied. */
  readonly #machines = new Map<number, BpfMachine | null>()
  readonly #packet = new BpfPacket()
  /** Link type of the packet before. */
  #link = -1
  #machine: BpfMachine | null = null

  constructor(expression: FilterExpression) {
    this.#expression = expression
  }

  /** Takes the rejected packets out of the batch, and says how many they were. `reachedUs` stays: their time has passed. */
  apply(batch: PacketBatch): number {
    const { start, captured, wire, timeUs, link, vlan, port, count } = batch
    const packet = this.#packet
    packet.bytes = batch.bytes
    let kept = 0
    for (let i = 0; i < count; i++) {
      if (link[i] !== this.#link) this.#turnTo(link[i]!)
      const at = start[i]!
      packet.start = packet.linkStart = packet.networkStart = at
      packet.end = at + captured[i]!
      packet.wireEnd = at + wire[i]!
      packet.vlan = vlan[i]!
      if (this.#machine === null || this.#machine.run(packet) === 0) continue
      if (kept < i) {
        start[kept] = at
        captured[kept] = captured[i]!
        wire[kept] = wire[i]!
        timeUs[kept] = timeUs[i]!
        link[kept] = link[i]!
        vlan[kept] = vlan[i]!
        port[kept] = port[i]!
      }
      kept++
    }
    batch.count = kept
    return count - kept
  }

  #turnTo(link: number): void {
    const known = this.#machines.get(link)
    this.#link = link
    this.#machine = known === undefined ? this.#make(link) : known
    if (known === undefined) this.#machines.set(link, this.#machine)
  }

  #make(link: number): BpfMachine | null {
    try {
      return new BpfMachine(compileFilter(this.#expression, { link, snapBytes: KEEP_ALL_BYTES }))
    } catch (error) {
      if (!(error instanceof FilterError)) throw error
      if (this.refusedLinks.length < REFUSED_LINKS_MAX) this.refusedLinks.push(link)
      return null
    }
  }
}
