// Frames as a source of packets, so that the real pipeline pulls them as it pulls a file.
//
// In:  frames from a generator, or a recorded list. Out: batches. The frames since the start, the last KEPT_MAX, are kept: what
// made a stage fail is among them.
import type { PacketBatch } from "../capture/packet-batch.ts"
import type { CaptureCounters, PacketSource } from "../capture/packet-source.ts"
import type { FuzzFrame } from "./fuzz-frame.ts"
import type { Random } from "./random.ts"

/** Packet time of the first packet: 2026-11-23T10:00:00Z. */
const START_US = 1_795_428_000_000_000
/** What a capture file lets through as time: 1970 to the year 2255. */
const TIME_US_MAX = 9_000_000_000_000_000

/** Frames kept for a failure's capture. */
export const KEPT_MAX = 50_000

const SLAB_BYTES = 1 << 20

/** A frame with its time. */
export interface TimedFrame extends FuzzFrame {
  readonly timeUs: number
}

export class FuzzSource implements PacketSource {
  readonly counters: CaptureCounters = {
    packets: 0,
    bytes: 0,
    kernelDrops: 0,
    snapped: 0,
    problems: 0,
    interfaces: ["fuzz"],
  }
  readonly problems = []
  readonly progress = { consumed: 0, total: null }
  readonly kept: TimedFrame[] = []
  /** Called before each batch is made, when all packets before were worked on. */
  onBatch: () => void = () => {}
  readonly #frames: () => FuzzFrame | undefined
  readonly #random: Random
  readonly #slab = new Uint8Array(SLAB_BYTES)
  #left: number
  #timeUs = START_US
  /** Frame that did not fit into the batch before. */
  #waiting: FuzzFrame | undefined

  /** `random`: sizes of batches. */
  constructor(frames: () => FuzzFrame | undefined, packets: number, random: Random) {
    this.#frames = frames
    this.#left = packets
    this.#random = random
  }

  next(batch: PacketBatch): boolean {
    this.onBatch()
    batch.count = 0
    batch.bytes = this.#slab
    const wanted = Math.min(this.#left, this.#random.once(4) ? this.#random.between(1, 8) : 512)
    let at = this.#random.below(16)
    while (batch.count < wanted) {
      const frame = this.#waiting ?? this.#frames()
      this.#waiting = undefined
      if (frame === undefined) {
        this.#left = batch.count
        break
      }
      if (at + frame.bytes.length > SLAB_BYTES && batch.count > 0) {
        this.#waiting = frame
        break
      }
      this.#add(batch, frame, at)
      at += Math.min(frame.bytes.length, SLAB_BYTES - at)
    }
    this.#left -= batch.count
    if (batch.count === 0) return false
    batch.reachedUs = batch.timeUs[batch.count - 1]!
    return true
  }

  close(): void {
    this.#left = 0
  }

  #add(batch: PacketBatch, frame: FuzzFrame, at: number): void {
    const i = batch.count++
    const captured = Math.min(frame.bytes.length, SLAB_BYTES - at)
    this.#timeUs = Math.min(TIME_US_MAX, Math.max(0, this.#timeUs + frame.afterUs))
    this.#slab.set(captured < frame.bytes.length ? frame.bytes.subarray(0, captured) : frame.bytes, at)
    batch.start[i] = at
    batch.captured[i] = captured
    batch.wire[i] = frame.wire
    batch.timeUs[i] = this.#timeUs
    batch.link[i] = frame.link
    batch.vlan[i] = frame.vlan
    batch.port[i] = 0
    this.counters.packets++
    this.counters.bytes += captured
    if (captured < frame.wire) this.counters.snapped++
    if (this.kept.length === 2 * KEPT_MAX) this.kept.splice(0, KEPT_MAX)
    this.kept.push({ ...frame, timeUs: this.#timeUs })
  }
}
