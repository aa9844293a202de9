// The serialised sketch of some values at once, without making it: bucket numbers, sorted and written.
//
// In:  numbers. Out: the bytes that a QuantileSketch which saw them would give.
// A sketch of 25 values costs a window of counters for each quantity; their 25 bucket numbers cost none. Values below 0, and values
// so far apart that a sketch would fold buckets, are left to QuantileSketch.
import {
  bucketOf,
  QuantileSketch,
  SKETCH_BUCKETS_MAX,
  SKETCH_FORMAT,
  SKETCH_HEAD_BYTES,
  SKETCH_ZERO,
} from "./quantile-sketch.ts"
import { putVarint, VARINT_BYTES_MAX } from "./varints.ts"

const NONE = new Uint8Array(0)
/** Up to so many are sorted where they are; more by the engine. */
const INSERTED_MAX = 32

let buckets = new Int32Array(1024)
let scratch = new Uint8Array(16_384)
let view = new DataView(scratch.buffer)

/** The first `count` of `values`. */
export function sketchOf(values: Float64Array, count: number): Uint8Array {
  if (buckets.length < count) buckets = new Int32Array(count * 2)
  let [min, max, sum, zeros, used] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0]
  for (let i = 0; i < count; i++) {
    const value = values[i]!
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) return wholeOf(values, count)
    if (value < min) min = value
    if (value > max) max = value
    sum += value
    if (value > SKETCH_ZERO) buckets[used++] = bucketOf(value)
    else zeros++
  }
  if (count === 0) return NONE
  sort(used)
  if (used > 0 && buckets[used - 1]! - buckets[0]! >= SKETCH_BUCKETS_MAX) return wholeOf(values, count)
  reserve(SKETCH_HEAD_BYTES + (2 * used + 3) * VARINT_BYTES_MAX)
  scratch[0] = SKETCH_FORMAT
  view.setFloat64(1, min)
  view.setFloat64(9, max)
  view.setFloat64(17, sum)
  return scratch.slice(0, putBuckets(putVarint(scratch, SKETCH_HEAD_BYTES, zeros), used))
}

/** Writes the sorted buckets, each with how often it stands there, and that there are none below 0. */
function putBuckets(start: number, used: number): number {
  let distinct = 0
  for (let i = 0; i < used; i++) if (i === 0 || buckets[i] !== buckets[i - 1]) distinct++
  let at = putVarint(scratch, start, distinct)
  let previous = 0
  for (let i = 0; i < used; ) {
    const bucket = buckets[i]!
    let end = i + 1
    while (end < used && buckets[end] === bucket) end++
    const distance = bucket - previous
    at = putVarint(scratch, at, distance < 0 ? -distance * 2 - 1 : distance * 2)
    at = putVarint(scratch, at, end - i)
    previous = bucket
    i = end
  }
  return putVarint(scratch, at, 0)
}

function sort(used: number): void {
  if (used > INSERTED_MAX) {
    buckets.subarray(0, used).sort()
    return
  }
  for (let i = 1; i < used; i++) {
    const bucket = buckets[i]!
    let at = i
    while (at > 0 && buckets[at - 1]! > bucket) {
      buckets[at] = buckets[at - 1]!
      at--
    }
    buckets[at] = bucket
  }
}

function wholeOf(values: Float64Array, count: number): Uint8Array {
  const sketch = new QuantileSketch()
  for (let i = 0; i < count; i++) sketch.add(values[i]!)
  return sketch.toBytes()
}

function reserve(bytes: number): void {
  if (scratch.length >= bytes) return
  scratch = new Uint8Array(bytes * 2)
  view = new DataView(scratch.buffer)
}
