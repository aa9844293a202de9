// Bytes of one record or message that come in pieces, in one buffer of the pool. It grows with what has come, not with what a
// header declares: who declares much and sends little holds little.
import type { BufferPool } from "../../shared/bytes/buffer-pool.ts"

const EMPTY = Buffer.alloc(0)

export class HeldBytes {
  /** Bytes [0, length) are held. */
  bytes: Buffer = EMPTY
  length = 0
  readonly #pool: BufferPool

  constructor(pool: BufferPool) {
    this.#pool = pool
  }

  /** False when the pool's bound is reached: nothing was added then. */
  append(bytes: Uint8Array, start: number, end: number): boolean {
    const length = this.length + end - start
    if (length > this.bytes.length && !this.#grow(length)) return false
    this.bytes.set(bytes.subarray(start, end), this.length)
    this.length = length
    return true
  }

  /** Gives the buffer back. */
  clear(): void {
    if (this.bytes !== EMPTY) this.#pool.release(this.bytes)
    this.bytes = EMPTY
    this.length = 0
  }

  #grow(length: number): boolean {
    const wider = this.#pool.acquire(length)
    if (wider === null) return false
    wider.set(this.bytes.subarray(0, this.length))
    if (this.bytes !== EMPTY) this.#pool.release(this.bytes)
    this.bytes = wider
    return true
  }
}
