// Where the plaintext of one direction lies in the encrypted stream: a mark a record.
//
//   encrypted   |--- record ---|--- record ---|---- record ----|
//                              ^ wire         ^                ^      offset just past the record
//   plaintext     |--------------|-----------|--------------|
//                                ^ plain                            offset just past its content
//
// In:  records in order. Out: the plain offset up to which records lie before a wire offset (what an acknowledgment covers), and
// the wire offset just past the record that ends a plain offset (where a message ends, the same at every sensor).
// Bounded: the last `marksMax` marks; what lies before is unknown.

const FIRST_MARKS = 16

export class OffsetMarks {
  readonly #marksMax: number
  /** Pairs (wire, plain), a ring: `#count` of them from `#first` on. Both ascend. */
  #pairs: Float64Array
  #capacity: number
  #first = 0
  #count = 0
  /** The oldest marks were given up. */
  #isCut = false
  /** Offset just past the last content. */
  plain = 0

  constructor(marksMax: number) {
    this.#marksMax = marksMax
    this.#capacity = Math.min(FIRST_MARKS, marksMax)
    this.#pairs = new Float64Array(2 * this.#capacity)
  }

  /** `length` bytes of content end with the record that ends at `wire`. */
  push(wire: number, length: number): void {
    if (length === 0) return
    this.plain += length
    if (this.#count === this.#capacity && this.#capacity < this.#marksMax) this.#grow()
    if (this.#count === this.#capacity) {
      this.#first = (this.#first + 1) % this.#capacity
      this.#count--
      this.#isCut = true
    }
    const at = 2 * ((this.#first + this.#count) % this.#capacity)
    this.#pairs[at] = wire
    this.#pairs[at + 1] = this.plain
    this.#count++
  }

  /** Offset up to which content lies in records wholly before `wire`; -1 unknown. */
  plainBefore(wire: number): number {
    const found = this.#search(0, wire + 1) - 1
    if (found >= 0) return this.#plain(found)
    return this.#isCut ? -1 : 0
  }

  /** Offset just past the record in which the content before `plain` ends; -1 unknown. */
  wireAt(plain: number): number {
    const found = this.#search(1, plain)
    if (found === this.#count || (found === 0 && this.#isCut)) return -1
    return this.#wire(found)
  }

  /** Index of the first mark whose wire (`part` 0) or plain (1) offset is at least `value`. */
  #search(part: 0 | 1, value: number): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >> 1
      if ((part === 0 ? this.#wire(middle) : this.#plain(middle)) >= value) high = middle
      else low = middle + 1
    }
    return low
  }

  #wire(index: number): number {
    return this.#pairs[2 * ((this.#first + index) % this.#capacity)]!
  }

  #plain(index: number): number {
    return this.#pairs[2 * ((this.#first + index) % this.#capacity) + 1]!
  }

  #grow(): void {
    const capacity = Math.min(this.#marksMax, 2 * this.#capacity)
    const pairs = new Float64Array(2 * capacity)
    // Nothing was given up while it could grow, so the ring is in order.
    pairs.set(this.#pairs)
    this.#pairs = pairs
    this.#capacity = capacity
  }
}
