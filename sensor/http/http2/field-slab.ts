// The memory that decoded fields lie in, one slab a worker, so that a head is filled with places and nothing is copied:
//
//   [ static table | scratch: literals of the block at hand | pages of dynamic tables ... ]
//
// Pages come in powers of two. They are given back when a table has outgrown or lost them; those that the head at hand may still point
// into are kept until the next block begins. The slab doubles up to its bound; places in it stay what they are.
import { fieldCodeOf } from "./field-code.ts"
import { STATIC_ENTRIES } from "./static-table.ts"

const FIRST_BYTES = 1 << 20
const PAGE_BITS_MIN = 9
/** Numbers an entry takes in a table of places: name start and end, value start and end, code, serial. */
export const ENTRY = { nameStart: 0, nameEnd: 1, valueStart: 2, valueEnd: 3, code: 4, serial: 5, size: 6 } as const

export class FieldSlab {
  bytes: Buffer
  /** The same memory. */
  view: DataView
  /** Entries of the static table, from index 1 on. */
  readonly statics: Int32Array = new Int32Array((STATIC_ENTRIES.length + 1) * ENTRY.size)
  /** Places below it are those of the static table. */
  readonly staticEnd: number
  readonly scratchEnd: number
  /** Bytes of pages in use. */
  usedBytes = 0
  readonly #pagesMax: number
  #top: number
  /** By the size's power of two. */
  readonly #free: readonly number[][] = Array.from({ length: 32 }, () => [])
  readonly #retired: number[] = []
  #serial = STATIC_ENTRIES.length

  constructor(scratchBytes: number, pagesBytesMax: number) {
    this.#pagesMax = pagesBytesMax
    this.bytes = Buffer.from(new ArrayBuffer(FIRST_BYTES))
    let at = 0
    for (const [i, [name, value]] of STATIC_ENTRIES.entries()) {
      const entry = (i + 1) * ENTRY.size
      this.statics[entry + ENTRY.nameStart] = at
      at += this.bytes.write(name, at, "latin1")
      this.statics[entry + ENTRY.nameEnd] = at
      this.statics[entry + ENTRY.valueStart] = at
      at += this.bytes.write(value, at, "latin1")
      this.statics[entry + ENTRY.valueEnd] = at
      this.statics[entry + ENTRY.code] = fieldCodeOf(this.bytes, at - value.length - name.length, at - value.length)
      this.statics[entry + ENTRY.serial] = i + 1
    }
    this.staticEnd = at
    this.scratchEnd = at + scratchBytes
    this.#top = (this.scratchEnd + 63) & ~63
    this.view = new DataView(this.bytes.buffer)
    this.#grow(this.#top)
  }

  /** A number that no entry has had: entries of one number are the same bytes. It wraps after 2^30, never to that of a static entry. */
  nextSerial(): number {
    this.#serial = this.#serial >= 0x3fffffff ? STATIC_ENTRIES.length + 1 : this.#serial + 1
    return this.#serial
  }

  /** Where a page of at least `length` bytes begins; -1 when the bound is reached. */
  acquire(length: number): number {
    const bits = bitsOf(length)
    const size = 1 << bits
    if (this.usedBytes + size > this.#pagesMax) return -1
    const free = this.#free[bits]!.pop()
    this.usedBytes += size
    if (free !== undefined) return free
    const page = this.#top
    this.#top += size
    this.#grow(this.#top)
    return page
  }

  release(page: number, length: number): void {
    const bits = bitsOf(length)
    this.usedBytes -= 1 << bits
    this.#free[bits]!.push(page)
  }

  /** The page is given back when the head at hand is over. */
  retire(page: number, length: number): void {
    this.#retired.push(page, length)
  }

  /** The last head is over. */
  beginBlock(): void {
    while (this.#retired.length > 0) {
      const length = this.#retired.pop()!
      this.release(this.#retired.pop()!, length)
    }
  }

  #grow(needed: number): void {
    let size = this.bytes.length
    if (needed <= size) return
    while (size < needed) size *= 2
    const wider = Buffer.from(new ArrayBuffer(size))
    this.bytes.copy(wider)
    this.bytes = wider
    this.view = new DataView(wider.buffer)
  }
}

const bitsOf = (length: number): number => Math.max(PAGE_BITS_MIN, 32 - Math.clz32(length - 1))
/** Bytes of the page that `acquire(length)` gives. */
export const pageBytes = (length: number): number => 1 << bitsOf(length)
