// The buckets of a quantile sketch for values of one sign: a window of counters over logarithmic bucket numbers.
//
//   bucket k holds values in (GAMMA^(k-1), GAMMA^k]
//
//   first            first + counts.length
//   |  .  3  1  .  7  .  .  |        counts[k - first]
//
// Bounded: at most `max` buckets. When the values span more, the lowest buckets are folded into the lowest one that is
// kept. What is kept depends on the greatest bucket only, never on the order in which values came.

/** New buckets are made in steps of this many, so that a window grows rarely. */
const STEP = 32

export class SketchBuckets {
  /** Values counted. */
  total = 0
  #counts: Float64Array
  /** Number of the first bucket of the window. */
  #first = 0
  /** Greatest bucket in use; meaningless while `total` is 0. */
  #top = 0
  readonly #max: number

  constructor(max: number) {
    this.#max = max
    this.#counts = new Float64Array(0)
  }

  add(bucket: number, count: number): void {
    const place = bucket - this.#first
    if (place >= 0 && place < this.#counts.length) {
      if (bucket > this.#top) this.#raise(bucket)
      this.#counts[Math.max(bucket, this.#floor()) - this.#first]! += count
    } else {
      this.#addOutside(bucket, count)
    }
    this.total += count
  }

  merge(other: SketchBuckets): void {
    other.forEach((bucket, count) => {
      this.add(bucket, count)
    })
  }

  /** Buckets in use, ascending. */
  forEach(visit: (bucket: number, count: number) => void): void {
    for (let i = 0; i < this.#counts.length; i++) {
      const count = this.#counts[i]!
      if (count > 0) visit(this.#first + i, count)
    }
  }

  /** Number of the bucket that holds the value of rank `rank` (0 is the smallest). */
  bucketOfRank(rank: number): number {
    let seen = 0
    for (let i = 0; i < this.#counts.length; i++) {
      seen += this.#counts[i]!
      if (seen > rank) return this.#first + i
    }
    return this.#top
  }

  get bucketsInUse(): number {
    let used = 0
    for (let i = 0; i < this.#counts.length; i++) if (this.#counts[i]! > 0) used++
    return used
  }

  /** Number of the first bucket of `window`. */
  get first(): number {
    return this.#first
  }

  /** Counters from `first` on: to be read at once, replaced when the window moves. */
  get window(): Float64Array {
    return this.#counts
  }

  /** Lowest bucket that is kept. */
  #floor(): number {
    return this.#top - this.#max + 1
  }

  #addOutside(bucket: number, count: number): void {
    if (this.total === 0) {
      this.#first = bucket
      this.#top = bucket
      this.#counts = new Float64Array(Math.min(STEP, this.#max))
      this.#counts[0] = count
      return
    }
    const top = Math.max(this.#top, bucket)
    const floor = top - this.#max + 1
    const low = Math.max(Math.min(this.#first, bucket), floor)
    this.#move(low, top)
    this.#raise(top)
    this.#counts[Math.max(bucket, low) - this.#first]! += count
  }

  /** Makes the window cover [low, top], in steps; buckets below `low` are folded into it. */
  #move(low: number, top: number): void {
    const floor = top - this.#max + 1
    const first = low < this.#first ? Math.max(low - STEP + 1, floor) : low
    const end = Math.max(this.#first + this.#counts.length, top + 1)
    const length = Math.min(Math.ceil((end - first) / STEP) * STEP, this.#max)
    const counts = new Float64Array(length)
    for (let i = 0; i < this.#counts.length; i++) {
      const count = this.#counts[i]!
      if (count > 0) counts[Math.max(this.#first + i, first) - first]! += count
    }
    this.#first = first
    this.#counts = counts
  }

  /** `bucket` becomes the greatest one: what lies below the new floor is folded. */
  #raise(bucket: number): void {
    this.#top = bucket
    const floor = this.#floor()
    if (floor <= this.#first) return
    let folded = 0
    const end = Math.min(floor - this.#first, this.#counts.length)
    for (let i = 0; i < end; i++) {
      folded += this.#counts[i]!
      this.#counts[i] = 0
    }
    if (folded > 0) this.#counts[floor - this.#first]! += folded
  }
}
