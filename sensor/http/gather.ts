// Bytes that must outlive the call that delivered them: heads cut by segments, the tail of a search, body prefixes that
// came in pieces. Buffers come from one bounded pool a worker: beyond its bound
// append() refuses, and the caller gives up what it was gathering.
//
//   buffer  [ bytes of call 1 | bytes of call 2 | ... ]           marks: where a run of bytes with one time and one
//             ^mark 0           ^mark 1                          acknowledgment begins, so that replay is exact

import type { BufferPool } from "../../shared/bytes/buffer-pool.ts"

/** Runs told apart; older ones then share a mark without an acknowledgment. */
const MARKS_MAX = 64

const EMPTY = Buffer.alloc(0)

export class Gather {
  /** Bytes [0, length) are gathered. */
  bytes: Buffer = EMPTY
  length = 0
  /** Stream offset of the first of them. */
  offset: number
  /** Runs: where they begin, and the packet time and acknowledgment of their bytes. */
  marks = 0
  readonly markStart: number[] = []
  readonly markUs: number[] = []
  readonly markAck: number[] = []
  readonly #pool: BufferPool

  constructor(pool: BufferPool, offset: number) {
    this.#pool = pool
    this.offset = offset
  }

  /** False when the pool's bound is reached: nothing was added then. */
  append(bytes: Uint8Array, start: number, end: number, timeUs: number, ack: number): boolean {
    const length = this.length + end - start
    if (length > this.bytes.length && !this.#grow(length)) return false
    this.#mark(timeUs, ack)
    this.bytes.set(bytes.subarray(start, end), this.length)
    this.length = length
    return true
  }

  /** Forgets the first `count` bytes. */
  drop(count: number): void {
    if (count === 0) return
    this.bytes.copyWithin(0, count, this.length)
    this.length -= count
    this.offset += count
    let from = 0
    while (from + 1 < this.marks && this.markStart[from + 1]! <= count) from++
    for (let i = from; i < this.marks; i++) {
      this.markStart[i - from] = Math.max(0, this.markStart[i]! - count)
      this.markUs[i - from] = this.markUs[i]!
      this.markAck[i - from] = this.markAck[i]!
    }
    this.marks -= from
  }

  /** Gives the buffer back. */
  clear(): void {
    if (this.bytes !== EMPTY) this.#pool.release(this.bytes)
    this.bytes = EMPTY
    this.length = 0
    this.marks = 0
  }

  #grow(length: number): boolean {
    const wider = this.#pool.acquire(length)
    if (wider === null) return false
    wider.set(this.bytes.subarray(0, this.length))
    if (this.bytes !== EMPTY) this.#pool.release(this.bytes)
    this.bytes = wider
    return true
  }

  #mark(timeUs: number, ack: number): void {
    const last = this.marks - 1
    if (last >= 0 && this.markUs[last] === timeUs && this.markAck[last] === ack) return
    if (this.marks === MARKS_MAX) {
      this.markAck[0] = -1
      for (let i = 1; i < last; i++) {
        this.markStart[i] = this.markStart[i + 1]!
        this.markUs[i] = this.markUs[i + 1]!
        this.markAck[i] = this.markAck[i + 1]!
      }
      this.marks--
    }
    this.markStart[this.marks] = this.length
    this.markUs[this.marks] = timeUs
    this.markAck[this.marks] = ack
    this.marks++
  }
}
