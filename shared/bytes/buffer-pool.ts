// Buffers for bytes that must outlive the call that delivered them, in a few sizes, used again and again. All of them together are
// bounded: beyond that acquire() gives null, and the caller gives up what it was gathering.

// 20 KiB holds the largest TLS record.
const SIZES = [1 << 10, 1 << 12, 1 << 14, 20 << 10, 1 << 16] as const
/** Buffers of each size kept for reuse. */
const FREE_MAX = 64

export class BufferPool {
  /** Bytes in buffers that are in use now. */
  usedBytes = 0
  readonly #bytesMax: number
  readonly #free: readonly Buffer[][] = SIZES.map(() => [])

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** A buffer of at least `length` bytes, or null when the bound is reached. */
  acquire(length: number): Buffer | null {
    let i = 0
    while (i < SIZES.length && SIZES[i]! < length) i++
    const size = SIZES[i] ?? length
    if (this.usedBytes + size > this.#bytesMax) return null
    this.usedBytes += size
    return this.#free[i]?.pop() ?? Buffer.allocUnsafeSlow(size)
  }

  release(buffer: Buffer): void {
    this.usedBytes -= buffer.length
    const free = this.#free[SIZES.indexOf(buffer.length as (typeof SIZES)[number])]
    if (free !== undefined && free.length < FREE_MAX) free.push(buffer)
  }
}
