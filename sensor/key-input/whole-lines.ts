// Cuts what one writer sends into whole lines, so that those of several can be mixed.
//
// In:  bytes in pieces. Out: buffers that end with a line feed, valid during the call only, then zeros.
// Given up: lines longer than LINE_BYTES_MAX, silently but for their beginning, which whoever reads them counts as malformed.

const LF = 10
/** Longer than any line that a key log can have. */
const LINE_BYTES_MAX = 1024

export type TakeLines = (lines: Uint8Array) => void

export class WholeLines {
  readonly #take: TakeLines
  /** The line that has begun, and room for its line feed. */
  readonly #rest = Buffer.alloc(LINE_BYTES_MAX + 1)
  #length = 0
  #isTooLong = false

  constructor(take: TakeLines) {
    this.#take = take
  }

  push(bytes: Uint8Array): void {
    let start = 0
    if (this.#length > 0 || this.#isTooLong) {
      const found = bytes.indexOf(LF)
      const end = found < 0 ? bytes.length : found
      this.#keep(bytes, 0, end)
      if (found < 0) return
      this.end()
      start = end + 1
    }
    const last = bytes.lastIndexOf(LF)
    if (last >= start) {
      this.#take(bytes.subarray(start, last + 1))
      start = last + 1
    }
    this.#keep(bytes, start, bytes.length)
  }

  /** Nothing more comes: a last line counts without its line feed. */
  end(): void {
    if (this.#length > 0) {
      this.#rest[this.#length] = LF
      this.#take(this.#rest.subarray(0, this.#length + 1))
    }
    this.reset()
  }

  /** What has begun is given up. */
  reset(): void {
    this.#rest.fill(0)
    this.#length = 0
    this.#isTooLong = false
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const room = LINE_BYTES_MAX - this.#length
    if (end - start > room) this.#isTooLong = true
    const kept = Math.min(room, end - start)
    this.#rest.set(bytes.subarray(start, start + kept), this.#length)
    this.#length += kept
  }
}
