// Bytes merged with bytes are the bytes of the merged sketch, whatever was in them.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { QuantileSketch } from "./quantile-sketch.ts"
import { mergeSketches } from "./sketch-merge.ts"
import { sketchOf } from "./sketch-of-values.ts"

const SEED = 20261124
const number = fc.oneof(
  fc.integer({ min: -1000, max: 1_000_000 }),
  fc.double({ min: 1e-9, max: 1e15, noNaN: true }),
  // Far apart: more buckets than a sketch keeps.
  fc.constantFrom(0, 1e-8, 1e18, 1e300, -1e-8, -1e300, 2 ** 53),
)

function sketched(numbers: readonly number[]): QuantileSketch {
  const sketch = new QuantileSketch()
  for (const value of numbers) sketch.add(value)
  return sketch
}

test(`mergeSketches says what QuantileSketch.merge says, to the byte (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 200 }), fc.array(number, { maxLength: 50 }), (some, others) => {
      const whole = sketched(some)
      whole.merge(sketched(others))
      const merged = mergeSketches(sketched(some).toBytes(), sketched(others).toBytes())
      assert.deepEqual(merged, whole.toBytes())
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test(`sketchOf says what a sketch of the same values says, to the byte (seed ${SEED})`, () => {
  const any = fc.oneof(number, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY))
  fc.assert(
    fc.property(fc.array(any, { maxLength: 100 }), fc.nat(100), (numbers, count) => {
      const some = numbers.slice(0, count)
      const bytes = sketchOf(Float64Array.from(numbers), some.length)
      assert.deepEqual(bytes, sketched(some).toBytes())
    }),
    { seed: SEED, numRuns: 500 },
  )
  const many = Float64Array.from({ length: 5000 }, (_, i) => (i * 7919) % 5003)
  assert.deepEqual(sketchOf(many, 5000), sketched([...many]).toBytes())
})

test("counts beyond 2^31, and many buckets", () => {
  const sketch = new QuantileSketch()
  for (let value = 1; value < 1e9; value *= 1.03) sketch.add(value)
  let bytes = sketch.toBytes()
  for (let i = 0; i < 40; i++) bytes = mergeSketches(bytes, bytes)
  assert.equal(QuantileSketch.from(bytes).count, sketch.count * 2 ** 40)
  assert.equal(QuantileSketch.from(bytes).quantile(0.5), sketch.quantile(0.5))
})

test("what is no sketch is refused", () => {
  const whole = sketched([1, 2, 3]).toBytes()
  for (const bytes of [Uint8Array.of(9), Uint8Array.of(1), whole.subarray(0, -1)]) {
    assert.throws(() => mergeSketches(whole, bytes), RangeError)
    assert.throws(() => mergeSketches(bytes, whole), RangeError)
  }
})
