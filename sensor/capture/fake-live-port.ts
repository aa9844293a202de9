// A live interface whose blocks, silence and end a test decides.
import type { LivePort } from "./live-port.ts"
import type { PacketBlock } from "./packet-block.ts"
import type { PortCounters } from "./packet-source.ts"

export class FakePort implements LivePort {
  readonly counters: PortCounters = {
    packets: 0,
    offered: 0,
    bytes: 0,
    kernelDrops: 0,
    freezes: 0,
    linkDowns: 0,
    reopened: 0,
  }
  link = 1
  isDone = false
  isStopped = false
  isClosed = false
  checks = 0
  /** What `check` throws. */
  failure: Error | null = null
  /** Ready blocks, as the times of their packets, µs. */
  readonly blocks: number[][]
  silentUs: number

  constructor(blocks: number[][] = [], silentUs = 0) {
    this.blocks = blocks
    this.silentUs = silentUs
  }

  take(block: PacketBlock): number {
    const times = this.blocks.shift() ?? []
    times.forEach((timeUs, i) => {
      block.start[i] = block.offset + i
      block.captured[i] = 1
      block.wire[i] = 1 + (timeUs % 2)
      block.timeUs[i] = timeUs
      block.slab[block.offset + i] = timeUs
    })
    return times.length
  }

  refilter(): void {}

  count(): void {}

  reachedUs(): number {
    return this.isDone ? Number.POSITIVE_INFINITY : this.silentUs
  }

  check(): void {
    this.checks++
    if (this.failure !== null) throw this.failure
  }

  stop(): void {
    this.isStopped = true
  }

  close(): void {
    this.isClosed = true
  }
}
