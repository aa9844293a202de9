// Quantiles of a stream of numbers in bounded memory: a DDSketch (Masson, Rim, Lee 2019) with a relative error of 1 %.
//
// In:  numbers, one at a time, or another sketch.
// Out: for a quantile q, a value within 1 % of the value whose rank is floor(q * (count - 1)); count, sum, min, max exact.
// A merge gives the same sketch as seeing both streams in one, in whatever order, so windows, sensors and endpoints add up.
//
//   negative buckets   zero   positive buckets          bucket k: (GAMMA^(k-1), GAMMA^k], answers 2 GAMMA^k / (GAMMA + 1)
//
// Given up: numbers closer to 0 than 1e-9 are 0; when values of one sign span more than 2,048 buckets (a factor of
// 6e17), the smallest share one bucket and lose the error bound. NaN and infinities are not counted.
import { SketchBuckets } from "./sketch-buckets.ts"
import { putVarint, VARINT_BYTES_MAX, VarintReader } from "./varints.ts"

export const RELATIVE_ERROR = 0.01
/** Buckets kept for each sign; 1,837 reach from 1 to 2^53. */
export const SKETCH_BUCKETS_MAX = 2048

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
const LOG_GAMMA = Math.log(GAMMA)
const PER_LOG_GAMMA = 1 / LOG_GAMMA
const ANSWER = Math.log(2 / (GAMMA + 1))
/** Numbers closer to 0 are 0. */
export const SKETCH_ZERO = 1e-9
export const SKETCH_FORMAT = 1
/** Format, min, max, sum. */
export const SKETCH_HEAD_BYTES = 25
/** Distance (at most 5 bytes) and count. */
const BUCKET_BYTES_MAX = 13
const NONE = new Uint8Array(0)

// Where sketches are put together before their bytes are cut to size: a checkpoint writes thousands of them.
let scratch = new Uint8Array(16_384)
let scratchView = new DataView(scratch.buffer)

export class QuantileSketch {
  count = 0
  sum = 0
  /** Infinity while empty. */
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  #zeros = 0
  readonly #positive: SketchBuckets
  #negative: SketchBuckets | null = null
  readonly #bucketsMax: number

  constructor(bucketsMax: number = SKETCH_BUCKETS_MAX) {
    this.#bucketsMax = bucketsMax
    this.#positive = new SketchBuckets(bucketsMax)
  }

  add(value: number): void {
    if (!(value > Number.NEGATIVE_INFINITY && value < Number.POSITIVE_INFINITY)) return
    this.count++
    this.sum += value
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    if (value > SKETCH_ZERO) this.#positive.add(bucketOf(value), 1)
    else if (value < -SKETCH_ZERO) this.#below().add(bucketOf(-value), 1)
    else this.#zeros++
  }

  merge(other: QuantileSketch): void {
    this.count += other.count
    this.sum += other.sum
    this.min = Math.min(this.min, other.min)
    this.max = Math.max(this.max, other.max)
    this.#zeros += other.#zeros
    this.#positive.merge(other.#positive)
    if (other.#negative !== null) this.#below().merge(other.#negative)
  }

  /** The value at quantile `q` in [0, 1]; NaN while empty. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN
    const rank = Math.floor(Math.min(Math.max(q, 0), 1) * (this.count - 1))
    const negatives = this.#negative?.total ?? 0
    let value = 0
    if (rank < negatives) value = -answerOf(this.#below().bucketOfRank(negatives - 1 - rank))
    else if (rank >= negatives + this.#zeros) {
      value = answerOf(this.#positive.bucketOfRank(rank - negatives - this.#zeros))
    }
    return Math.min(Math.max(value, this.min), this.max)
  }

  /** Buckets in use, of both signs. */
  get bucketsInUse(): number {
    return this.#positive.bucketsInUse + (this.#negative?.bucketsInUse ?? 0)
  }

  /**
   * Empty: no bytes. Otherwise: format, min, max, sum as 8-byte floats (big-endian), then varints: zeros, and for positive
   * and negative each the number of buckets in use and (zigzag distance from the previous bucket, count) for each.
   */
  toBytes(): Uint8Array {
    if (this.count === 0) return NONE
    const needed = SKETCH_HEAD_BYTES + 3 * VARINT_BYTES_MAX + this.bucketsInUse * BUCKET_BYTES_MAX
    if (scratch.length < needed) {
      scratch = new Uint8Array(needed * 2)
      scratchView = new DataView(scratch.buffer)
    }
    scratch[0] = SKETCH_FORMAT
    scratchView.setFloat64(1, this.min)
    scratchView.setFloat64(9, this.max)
    scratchView.setFloat64(17, this.sum)
    let at = putVarint(scratch, SKETCH_HEAD_BYTES, this.#zeros)
    at = putBuckets(scratch, at, this.#positive)
    at = putBuckets(scratch, at, this.#negative)
    return scratch.slice(0, at)
  }

  /** Reads what `toBytes` wrote. Throws RangeError on anything else: the store gave back other bytes than it took. */
  static from(bytes: Uint8Array): QuantileSketch {
    const sketch = new QuantileSketch()
    if (bytes.length === 0) return sketch
    if (bytes[0] !== SKETCH_FORMAT || bytes.length < 26) throw new RangeError("not a quantile sketch")
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    sketch.min = view.getFloat64(1)
    sketch.max = view.getFloat64(9)
    sketch.sum = view.getFloat64(17)
    const reader = new VarintReader(bytes, SKETCH_HEAD_BYTES)
    sketch.#zeros = reader.next()
    readBuckets(reader, sketch.#positive)
    const negatives = new SketchBuckets(sketch.#bucketsMax)
    readBuckets(reader, negatives)
    if (negatives.total > 0) sketch.#negative = negatives
    sketch.count = sketch.#zeros + sketch.#positive.total + negatives.total
    return sketch
  }

  #below(): SketchBuckets {
    this.#negative ??= new SketchBuckets(this.#bucketsMax)
    return this.#negative
  }
}

/** Bucket of a number above 0. */
export function bucketOf(value: number): number {
  return Math.ceil(Math.log(value) * PER_LOG_GAMMA)
}

function answerOf(bucket: number): number {
  return Math.exp(bucket * LOG_GAMMA + ANSWER)
}

function putBuckets(bytes: Uint8Array, start: number, buckets: SketchBuckets | null): number {
  if (buckets === null) return putVarint(bytes, start, 0)
  let at = putVarint(bytes, start, buckets.bucketsInUse)
  const { window, first } = buckets
  let previous = 0
  for (let i = 0; i < window.length; i++) {
    const count = window[i]!
    if (count === 0) continue
    const distance = first + i - previous
    at = putVarint(bytes, at, distance < 0 ? -distance * 2 - 1 : distance * 2)
    at = putVarint(bytes, at, count)
    previous = first + i
  }
  return at
}

function readBuckets(reader: VarintReader, buckets: SketchBuckets): void {
  let bucket = 0
  for (let left = reader.next(); left > 0; left--) {
    const distance = reader.next()
    bucket += distance % 2 === 1 ? -(distance + 1) / 2 : distance / 2
    buckets.add(bucket, reader.next())
  }
}
