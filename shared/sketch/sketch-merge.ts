// Two serialised sketches into one, without making either: the store adds thousands of them up in a checkpoint.
//
// In:  bytes that QuantileSketch.toBytes wrote. Out: those of the merged sketch, the same to the byte as by QuantileSketch.merge.
// Both lists of buckets are ascending, so one pass over the two writes the third. Where the merged buckets would span more than a
// sketch keeps, QuantileSketch does it, which folds the lowest.
import { QuantileSketch, SKETCH_BUCKETS_MAX, SKETCH_FORMAT, SKETCH_HEAD_BYTES } from "./quantile-sketch.ts"
import { putVarint, VARINT_BYTES_MAX, VarintReader } from "./varints.ts"

let scratch = new Uint8Array(16_384)
let view = new DataView(scratch.buffer)
/** Buckets of one sign, put together here before their number is known. */
let buckets = new Uint8Array(16_384)
/** A float of a sketch, to be read from its bytes: a view for each sketch would be garbage. */
const float = new Uint8Array(8)
const floatView = new DataView(float.buffer)
/** What putMerged found: bytes written to `buckets`, and how many buckets they are. */
let bucketsEnd = 0
let bucketsUsed = 0

export function mergeSketches(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b
  if (b.length === 0) return a
  reserve(a.length + b.length + 4 * VARINT_BYTES_MAX)
  const [readA, readB] = [readerOf(a), readerOf(b)]
  scratch[0] = SKETCH_FORMAT
  view.setFloat64(1, Math.min(floatAt(a, 1), floatAt(b, 1)))
  view.setFloat64(9, Math.max(floatAt(a, 9), floatAt(b, 9)))
  view.setFloat64(17, floatAt(a, 17) + floatAt(b, 17))
  let at = putVarint(scratch, SKETCH_HEAD_BYTES, readA.next() + readB.next())
  for (let sign = 0; sign < 2; sign++) {
    if (!putMerged(readA, readB)) return mergeWhole(a, b)
    at = putVarint(scratch, at, bucketsUsed)
    scratch.set(buckets.subarray(0, bucketsEnd), at)
    at += bucketsEnd
  }
  return scratch.slice(0, at)
}

/** Merges the lists that both readers stand before. False when they span too many buckets. */
function putMerged(a: VarintReader, b: VarintReader): boolean {
  let [leftA, leftB] = [a.next(), b.next()]
  let bucketA = leftA > 0 ? distanceOf(a.next()) : Number.POSITIVE_INFINITY
  let bucketB = leftB > 0 ? distanceOf(b.next()) : Number.POSITIVE_INFINITY
  const first = Math.min(bucketA, bucketB)
  let [previous, used, at] = [0, 0, 0]
  while (leftA > 0 || leftB > 0) {
    const bucket = Math.min(bucketA, bucketB)
    let count = 0
    if (bucketA === bucket) {
      count += a.next()
      bucketA = --leftA > 0 ? bucketA + distanceOf(a.next()) : Number.POSITIVE_INFINITY
    }
    if (bucketB === bucket) {
      count += b.next()
      bucketB = --leftB > 0 ? bucketB + distanceOf(b.next()) : Number.POSITIVE_INFINITY
    }
    const distance = bucket - previous
    at = putVarint(buckets, at, distance < 0 ? -distance * 2 - 1 : distance * 2)
    at = putVarint(buckets, at, count)
    previous = bucket
    used++
  }
  bucketsEnd = at
  bucketsUsed = used
  return used === 0 || previous - first < SKETCH_BUCKETS_MAX
}

function distanceOf(zigzag: number): number {
  return zigzag % 2 === 1 ? -(zigzag + 1) / 2 : zigzag / 2
}

function mergeWhole(a: Uint8Array, b: Uint8Array): Uint8Array {
  const sketch = QuantileSketch.from(a)
  sketch.merge(QuantileSketch.from(b))
  return sketch.toBytes()
}

function readerOf(bytes: Uint8Array): VarintReader {
  if (bytes[0] !== SKETCH_FORMAT || bytes.length <= SKETCH_HEAD_BYTES) throw new RangeError("not a quantile sketch")
  return new VarintReader(bytes, SKETCH_HEAD_BYTES)
}

function floatAt(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 8; i++) float[i] = bytes[at + i]!
  return floatView.getFloat64(0)
}

/** Makes room for a merge of so many bytes: of counts that grow by one digit, twice as many. */
function reserve(bytes: number): void {
  if (scratch.length >= bytes * 2) return
  scratch = new Uint8Array(bytes * 4)
  view = new DataView(scratch.buffer)
  buckets = new Uint8Array(bytes * 4)
}
