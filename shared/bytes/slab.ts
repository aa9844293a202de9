// Fixed-size blocks of bytes, taken from pages that are allocated when first needed and then kept: memory for payload
// that must outlive its packet. Bounded by `bytesMax`; a full slab answers -1 and its user gives something up.
//
//   block id = 0 1 2 ... 255 | 256 ...        page = id >> 8, offset in the page = (id & 255) * BLOCK_BYTES

const BLOCK_SHIFT = 11

/** Bytes of one block: an Ethernet segment with room to spare. */
export const BLOCK_BYTES = 1 << BLOCK_SHIFT

const PAGE_SHIFT = 8
const PAGE_BLOCKS = 1 << PAGE_SHIFT

export class Slab {
  /** Blocks there may ever be. */
  readonly blocksMax: number
  /** Blocks in use now. */
  used = 0
  readonly #pages: Uint8Array[] = []
  /** Free blocks, the last one is given out next. */
  #free = new Int32Array(0)
  #freeCount = 0

  constructor(bytesMax: number) {
    this.blocksMax = Math.floor(bytesMax / BLOCK_BYTES)
  }

  /** Blocks that the pages allocated so far can hold: ids are below this. */
  get capacity(): number {
    return this.#pages.length << PAGE_SHIFT
  }

  /** A free block, -1 when `bytesMax` are in use. */
  allocate(): number {
    if (this.used >= this.blocksMax) return -1
    if (this.#freeCount === 0) this.#addPage()
    this.used++
    return this.#free[--this.#freeCount]!
  }

  release(block: number): void {
    this.#free[this.#freeCount++] = block
    this.used--
  }

  /** The page that `block` lies in; the block starts there at `offset(block)`. */
  page(block: number): Uint8Array {
    return this.#pages[block >>> PAGE_SHIFT]!
  }

  offset(block: number): number {
    return (block & (PAGE_BLOCKS - 1)) << BLOCK_SHIFT
  }

  #addPage(): void {
    const first = this.capacity
    this.#pages.push(new Uint8Array(PAGE_BLOCKS * BLOCK_BYTES))
    this.#free = new Int32Array(this.capacity)
    for (let block = first + PAGE_BLOCKS - 1; block >= first; block--) this.#free[this.#freeCount++] = block
  }
}
