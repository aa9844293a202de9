// Where the plaintext of one direction lies in the encrypted stream: a mark a record, or a stretch that was lost.
//
//   encrypted   |--- record ---|--- record ---|---- record ----|
//                              ^ wire         ^                ^      offset just past the record
//   plaintext     |--------------|-----------|--------------|
//                                ^ plain                            offset just past its content
//
// In:  records in order. Out: the plain offset up to which records lie before a wire offset (what an acknowledgment covers), and
// the wire offset just past the record that ends a plain offset (where a message ends, the same at every sensor).
// Bounded: the last `marksMax` marks; what lies before is unknown, and so is what lies within a loss: where its records ended
// nobody saw.

const FIRST_MARKS = 16
/** Numbers of a mark: wire, plain, whether it ends a loss. */
const STRIDE = 3

export class OffsetMarks {
  readonly #marksMax: number
  /** A ring: `#count` marks from `#first` on. Wire and plain ascend. */
  #ring: Float64Array
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
    this.#ring = new Float64Array(STRIDE * this.#capacity)
  }

  /** `length` bytes of content end with the record that ends at `wire`, or were lost before it. */
  push(wire: number, length: number, isLoss: boolean): void {
    if (length === 0) return
    this.plain += length
    if (this.#count === this.#capacity && this.#capacity < this.#marksMax) this.#grow()
    if (this.#count === this.#capacity) {
      this.#first = (this.#first + 1) % this.#capacity
      this.#count--
      this.#isCut = true
    }
    const at = STRIDE * ((this.#first + this.#count) % this.#capacity)
    this.#ring[at] = wire
    this.#ring[at + 1] = this.plain
    this.#ring[at + 2] = isLoss ? 1 : 0
    this.#count++
  }

  /** Offset up to which content lies in records wholly before `wire`; -1 unknown. */
  plainBefore(wire: number): number {
    const next = this.#search(0, wire + 1)
    const isWithinLoss = next < this.#count && this.#number(next, 2) === 1
    if (next === 0) return this.#isCut || (isWithinLoss && this.#number(0, 1) > 0) ? -1 : 0
    return isWithinLoss && this.#number(next - 1, 0) < wire ? -1 : this.#number(next - 1, 1)
  }

  /** Offset just past the record in which the content before `plain` ends; -1 unknown. */
  wireAt(plain: number): number {
    const found = this.#search(1, plain)
    if (found === this.#count || (found === 0 && this.#isCut) || this.#number(found, 2) === 1) return -1
    return this.#number(found, 0)
  }

  /** Index of the first mark whose wire (`part` 0) or plain (1) offset is at least `value`. */
  #search(part: 0 | 1, value: number): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#number(middle, part) >= value) high = middle
      else low = middle + 1
    }
    return low
  }

  #number(index: number, part: 0 | 1 | 2): number {
    return this.#ring[STRIDE * ((this.#first + index) % this.#capacity) + part]!
  }

  #grow(): void {
    const capacity = Math.min(this.#marksMax, 2 * this.#capacity)
    const ring = new Float64Array(STRIDE * capacity)
    // Nothing was given up while it could grow, so the ring is in order.
    ring.set(this.#ring)
    this.#ring = ring
    this.#capacity = capacity
  }
}
