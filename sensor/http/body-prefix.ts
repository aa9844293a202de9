// Gathers the start of a body for the receiver: as much as it wanted, handed over once. When those bytes lie in one piece
// of one segment they are handed over where they are; only what comes in pieces is copied.
//
//   wanted:  |<----------- 64 KiB ----------->|
//   body:    [segment 1 |chunk| segment 2 ... ]      span = the piece at hand, gather = the pieces before it
import type { BufferPool } from "../../shared/bytes/buffer-pool.ts"
import type { ExchangeReceiver } from "./exchange-receiver.ts"
import { Gather } from "./gather.ts"

/** Hands bodies over; one a worker. */
export interface BodySink<Q, S> {
  readonly receiver: ExchangeReceiver<Q, S>
  readonly counters: { gatherMemcapDrop: number }
  readonly pool: BufferPool
}

export class BodyPrefix<Q, S> {
  /** Bytes still to be handed over of this message; 0 when there is nothing to gather. */
  wanted = 0
  /** The body ends where `wanted` ends: the whole of it will be handed over. */
  #isWhole = false
  #facts: Q | S | null = null
  #spanStart = 0
  #spanEnd = 0
  #gather: Gather | null = null
  readonly #sink: BodySink<Q, S>

  constructor(sink: BodySink<Q, S>) {
    this.#sink = sink
  }

  /** `length`: declared length of the body, -1 when it is not known. */
  begin(facts: Q | S, wanted: number, length: number): void {
    this.#facts = facts
    this.#isWhole = length >= 0 && length <= wanted
    this.wanted = length >= 0 && length < wanted ? length : wanted
    this.#spanStart = this.#spanEnd = 0
  }

  /** Bytes [start, end) are the next ones of the body. Only while `wanted` > 0. */
  take(bytes: Uint8Array, start: number, end: number): void {
    if (this.#spanEnd > this.#spanStart && this.#spanEnd !== start) {
      this.flush(bytes)
      if (this.wanted === 0) return
    }
    if (this.#spanEnd === this.#spanStart) this.#spanStart = start
    this.#spanEnd = end
    const length = (this.#gather?.length ?? 0) + this.#spanEnd - this.#spanStart
    if (length > this.wanted || (this.#isWhole && length === this.wanted)) this.#handOver(bytes, this.#isWhole)
  }

  /** The call that delivered `bytes` ends: what is needed of them is copied. */
  flush(bytes: Uint8Array): void {
    const start = this.#spanStart
    const end = this.#spanEnd
    if (start === end) return
    this.#gather ??= new Gather(this.#sink.pool, 0)
    this.#spanStart = this.#spanEnd = 0
    const room = this.wanted - this.#gather.length
    if (!this.#gather.append(bytes, start, Math.min(end, start + room), 0, -1)) {
      this.#sink.counters.gatherMemcapDrop++
      this.#handOver(bytes, false)
    }
  }

  /** The body has ended, or no more of it will be gathered. `isWhole`: every byte of it was given to take(). */
  end(bytes: Uint8Array, isWhole: boolean): void {
    if (this.wanted > 0) this.#handOver(bytes, isWhole)
  }

  #handOver(bytes: Uint8Array, isWhole: boolean): void {
    const { receiver } = this.#sink
    const wanted = this.wanted
    const facts = this.#facts as Q | S
    const gather = this.#gather
    const start = this.#spanStart
    const end = this.#spanEnd
    this.wanted = 0
    this.#facts = null
    this.#spanStart = this.#spanEnd = 0
    if (gather === null) {
      if (end > start) receiver.onBody(facts, bytes, start, Math.min(end, start + wanted), isWhole)
      return
    }
    this.#gather = null
    let complete = isWhole
    if (end > start && !gather.append(bytes, start, Math.min(end, start + wanted - gather.length), 0, -1)) {
      this.#sink.counters.gatherMemcapDrop++
      complete = false
    }
    if (gather.length > 0) receiver.onBody(facts, gather.bytes, 0, gather.length, complete)
    gather.clear()
  }
}
