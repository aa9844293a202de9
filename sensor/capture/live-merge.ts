// Puts the packets of several live interfaces into one order of time.
//
//   port 0   [ 3 5 9 | ...        block in hand       a packet goes out only when no port can still bring an earlier one:
//   port 1   [ 4 6 ] | ...        block in hand       ports without a block say up to when they are silent
//   port 2   (silent up to 8)                         out: 3 4 5 6, then a new block of port 1 is needed
//
// In:  ports in the order of the batch's `port` column. Out: batches in order of time, and the time reached.
// Held: one block a port. Within a port packets keep the kernel's order, even where its clock reads a µs less.
import type { LivePort } from "./live-port.ts"
import { BATCH_PACKETS_MAX, type PacketBatch } from "./packet-batch.ts"
import { PacketBlock } from "./packet-block.ts"
import type { CaptureCounters } from "./packet-source.ts"

export class LiveMerge {
  readonly #ports: readonly LivePort[]
  readonly #blocks: readonly PacketBlock[]
  readonly #slab: Uint8Array
  readonly #counters: CaptureCounters
  #reachedUs = 0
  // The port that `#choose` found to be first, and up to when it may go on.
  #first = -1
  #limitUs = 0

  constructor(ports: readonly LivePort[], blockBytes: number, counters: CaptureCounters) {
    const slab = Buffer.allocUnsafeSlow(ports.length * blockBytes)
    this.#ports = ports
    this.#blocks = ports.map((_, i) => new PacketBlock(slab, i * blockBytes, blockBytes))
    this.#slab = slab
    this.#counters = counters
  }

  /** Packets of the port that are in hand and not handed on. */
  left(port: number): number {
    return this.#blocks[port]!.left
  }

  /** Fills the batch with what may go out now; with no packet when none may. The time reached never goes back. */
  fill(batch: PacketBatch): void {
    batch.count = 0
    batch.bytes = this.#slab
    const silentUs = this.#takeBlocks()
    while (batch.count < BATCH_PACKETS_MAX && this.#choose(silentUs)) {
      const block = this.#blocks[this.#first]!
      this.#hand(batch, block, this.#first)
      // The batch points into this block: it cannot be filled anew before the next batch.
      if (block.left === 0) break
    }
    // Without a packet to go out, each one in hand lies after what a silent port has reached.
    if (batch.count === 0) this.#reach(silentUs)
    batch.reachedUs = this.#reachedUs
  }

  /** Takes a block for each port that has none; returns up to when the ports left without one are silent. */
  #takeBlocks(): number {
    let silentUs = Number.POSITIVE_INFINITY
    for (let i = 0; i < this.#ports.length; i++) {
      const block = this.#blocks[i]!
      if (block.left > 0) continue
      const port = this.#ports[i]!
      block.at = 0
      block.count = port.take(block)
      if (block.count === 0) silentUs = Math.min(silentUs, port.reachedUs())
    }
    return silentUs
  }

  /** Finds the port whose next packet is the earliest, unless that one may not go out yet. */
  #choose(silentUs: number): boolean {
    let firstUs = Number.POSITIVE_INFINITY
    let secondUs = silentUs
    let first = -1
    for (let i = 0; i < this.#blocks.length; i++) {
      const block = this.#blocks[i]!
      if (block.left === 0) continue
      const headUs = block.timeUs[block.at]!
      if (headUs < firstUs) {
        secondUs = Math.min(secondUs, firstUs)
        firstUs = headUs
        first = i
      } else secondUs = Math.min(secondUs, headUs)
    }
    this.#first = first
    this.#limitUs = secondUs
    return first >= 0 && firstUs <= silentUs
  }

  /** Moves the chosen port's packets up to the limit into the batch. */
  #hand(batch: PacketBatch, block: PacketBlock, port: number): void {
    const { link, counters } = this.#ports[port]!
    const { captured, wire, timeUs } = block
    const first = block.at
    const most = Math.min(block.count, first + BATCH_PACKETS_MAX - batch.count)
    const limitUs = this.#limitUs
    let at = first
    let bytes = 0
    let snapped = 0
    for (; at < most && timeUs[at]! <= limitUs; at++) {
      bytes += captured[at]!
      if (captured[at]! < wire[at]!) snapped++
    }
    block.copy(first, at, batch)
    batch.link.fill(link, batch.count, batch.count + at - first)
    batch.port.fill(port, batch.count, batch.count + at - first)
    block.at = at
    batch.count += at - first
    counters.packets += at - first
    counters.bytes += bytes
    this.#counters.packets += at - first
    this.#counters.bytes += bytes
    this.#counters.snapped += snapped
    this.#reach(timeUs[at - 1]!)
  }

  #reach(timeUs: number): void {
    if (timeUs > this.#reachedUs && timeUs < Number.POSITIVE_INFINITY) this.#reachedUs = timeUs
  }
}
