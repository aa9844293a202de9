// The dynamic table of one direction, RFC 7541 section 2.3: entries by their distance from the newest one.
//
//   ring   [ ... oldest | ... | newest ... ]      `count` entries, each ENTRY.size numbers: places in the slab
//   page   [ free | bytes of oldest ... newest | free ]
//
// Indices count from the newest entry, so what was inserted since we came is known even when what was there before is not: an
// index beyond the known entries is unknown, in a table that is not complete. Where the encoder's limit is not known, or larger than what is kept here,
// more or less is kept than the encoder has: an index of a sound encoder then still names the right entry or an unknown one.
import { ENTRY, type FieldSlab, pageBytes } from "./field-slab.ts"

const OVERHEAD = 32
const SIZE = ENTRY.size
const NO_RING = new Int32Array(0)
/** What is kept of a table whose limit is not known. */
const UNSURE_BYTES_MAX = 16_384
const DEFAULT_BYTES = 4096
const UNSURE = Number.POSITIVE_INFINITY
/** In place of a name: not known. */
export const UNKNOWN_NAME = -1

export class DynamicTable {
  /** Every entry of the encoder's table is here. */
  isComplete = true
  count = 0
  /** As the encoder counts, of the entries here. */
  size = 0
  /** The encoder's limit, UNSURE when it is not known. */
  #limit = DEFAULT_BYTES
  readonly #keptMax: number
  readonly #slab: FieldSlab
  #ring: Int32Array = NO_RING
  /** Entries that the ring has room for. */
  #room = 0
  /** Of the newest entry, in entries. */
  #newest = 0
  #page = -1
  #pageBytes = 0
  /** Bytes [#from, #top) of the slab are those of the entries. */
  #from = 0
  #top = 0

  constructor(slab: FieldSlab, keptMax: number) {
    this.#slab = slab
    this.#keptMax = keptMax
  }

  get limit(): number {
    return this.#limit
  }

  /** Nothing is known of it any more, not even its limit. */
  forget(): void {
    this.#clear()
    this.isComplete = false
    this.#limit = UNSURE
  }

  /** The connection begins here: nothing has ever been in it. */
  renew(): void {
    this.#clear()
    this.isComplete = true
    this.#limit = DEFAULT_BYTES
  }

  /** Gives back all memory. */
  close(): void {
    this.#clear()
    this.#ring = NO_RING
    this.#room = 0
  }

  /** The encoder says how large its table is from here on. */
  resize(limit: number): void {
    this.#limit = limit
    if (limit === 0) this.#clear()
    // Whatever had been there before is gone.
    if (limit === 0) this.isComplete = true
    else this.#evict(limit, 0)
  }

  /** Place of entry `index` (0: the newest) in `ring`; -1 when it is not known. */
  at(index: number): number {
    return index < this.count ? ((this.#newest - index + this.#room) % this.#room) * SIZE : -1
  }
  get ring(): Int32Array {
    return this.#ring
  }

  /**
   * Takes in a field that lies elsewhere in the slab. `nameStart` UNKNOWN_NAME: not known. Returns false when there is no memory
   * for it; nothing is then known of the table.
   */
  insert(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number, code: number): boolean {
    const bytes = nameEnd - nameStart + valueEnd - valueStart
    const keptMax = Math.min(this.#keptMax, this.#limit === UNSURE ? UNSURE_BYTES_MAX : this.#limit)
    if (bytes + OVERHEAD > keptMax) {
      this.#clear()
      // In the encoder's table it may be, and is then beyond those known.
      this.isComplete = bytes + OVERHEAD > this.#limit
      return true
    }
    this.#evict(keptMax, bytes + OVERHEAD)
    const isShared = nameStart < this.#slab.staticEnd
    const copied = isShared ? valueEnd - valueStart : bytes
    if (this.count === this.#room) this.#widen()
    if (this.#top + copied > this.#page + this.#pageBytes && !this.#move(copied)) {
      this.forget()
      return false
    }
    const slab = this.#slab.bytes
    let at = this.#top
    this.#newest = this.#newest + 1 === this.#room ? 0 : this.#newest + 1
    const ring = this.#ring
    const entry = this.#newest * SIZE
    if (isShared) {
      ring[entry] = nameStart
      ring[entry + ENTRY.nameEnd] = nameEnd
    } else {
      slab.copyWithin(at, nameStart, nameEnd)
      ring[entry] = at
      at += nameEnd - nameStart
      ring[entry + ENTRY.nameEnd] = at
    }
    slab.copyWithin(at, valueStart, valueEnd)
    ring[entry + ENTRY.valueStart] = at
    at += valueEnd - valueStart
    ring[entry + ENTRY.valueEnd] = at
    ring[entry + ENTRY.code] = code
    ring[entry + ENTRY.serial] = this.#slab.nextSerial()
    this.#top = at
    this.count++
    this.size += bytes + OVERHEAD
    return true
  }

  /** Lets the oldest go until `needed` more fit into `limit`. */
  #evict(limit: number, needed: number): void {
    if (this.size + needed <= limit) return
    const isOfEncoder = limit === this.#limit
    while (this.count > 0 && this.size + needed > limit) {
      const entry = this.at(this.count - 1)
      const ring = this.#ring
      const name = ring[entry + ENTRY.nameEnd]! - ring[entry]!
      this.size -= name + ring[entry + ENTRY.valueEnd]! - ring[entry + ENTRY.valueStart]! + OVERHEAD
      this.#from = ring[entry + ENTRY.valueEnd]!
      this.count--
      if (!isOfEncoder) this.isComplete = false
    }
    if (this.count === 0) this.#from = this.#top
  }

  #clear(): void {
    if (this.#page >= 0) this.#slab.retire(this.#page, this.#pageBytes)
    this.#page = -1
    this.#pageBytes = this.#from = this.#top = 0
    this.count = 0
    this.size = 0
  }

  #widen(): void {
    const room = Math.max(8, this.#room * 2)
    const wider = new Int32Array(room * SIZE)
    for (let i = 0; i < this.count; i++) {
      const entry = this.at(this.count - 1 - i)
      wider.set(this.#ring.subarray(entry, entry + SIZE), i * SIZE)
    }
    this.#ring = wider
    this.#room = room
    this.#newest = this.count === 0 ? room - 1 : this.count - 1
  }

  /** To a page with room for `needed` more bytes, and some to come. */
  #move(needed: number): boolean {
    const live = this.#top - this.#from
    const size = pageBytes(2 * (live + needed))
    const page = this.#slab.acquire(size)
    if (page < 0) return false
    this.#slab.bytes.copyWithin(page, this.#from, this.#top)
    const shift = page - this.#from
    const ring = this.#ring
    for (let i = 0; i < this.count; i++) {
      const entry = this.at(i)
      if (ring[entry]! >= this.#slab.staticEnd) {
        ring[entry]! += shift
        ring[entry + ENTRY.nameEnd]! += shift
      }
      ring[entry + ENTRY.valueStart]! += shift
      ring[entry + ENTRY.valueEnd]! += shift
    }
    if (this.#page >= 0) this.#slab.retire(this.#page, this.#pageBytes)
    this.#page = page
    this.#pageBytes = size
    this.#from = page
    this.#top = page + live
    return true
  }
}
