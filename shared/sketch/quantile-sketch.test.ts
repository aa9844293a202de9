// The sketch's promises: error bound, order and merge do not matter, bounded, survives the store.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { QuantileSketch, RELATIVE_ERROR } from "./quantile-sketch.ts"

const SEED = 20261123
const number = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
  fc.double({ min: 0.1, max: 1e15, noNaN: true }),
  fc.double({ min: -1e12, max: -0.1, noNaN: true }),
  fc.constantFrom(0, 1, -1, 2 ** 53 - 1),
)
const numbers = fc.array(number, { minLength: 1, maxLength: 200 })
const quantiles = [0, 0.01, 0.25, 0.5, 0.9, 0.99, 1]

function sketchOf(values: readonly number[]): QuantileSketch {
  const sketch = new QuantileSketch()
  for (const value of values) sketch.add(value)
  return sketch
}

function assertSame(actual: QuantileSketch, expected: QuantileSketch): void {
  assert.equal(actual.count, expected.count)
  assert.equal(actual.min, expected.min)
  assert.equal(actual.max, expected.max)
  for (const q of quantiles) assert.equal(actual.quantile(q), expected.quantile(q))
}

test("table: what small sketches answer", () => {
  const rows: readonly [name: string, values: readonly number[], q: number, low: number, high: number][] = [
    ["one value is exact", [1234], 0.5, 1234, 1234],
    ["zeros", [0, 0, 0], 0.99, 0, 0],
    ["median of three", [1, 100, 10_000], 0.5, 99, 101],
    ["the least is exact enough", [5, 6, 7], 0, 5, 5.05],
    ["the greatest is exact enough", [5, 6, 7], 1, 6.93, 7],
    ["negatives come first", [-10, 0, 10], 0, -10, -9.9],
    ["zero lies between", [-10, 0, 10], 0.5, 0, 0],
    ["q below 0 is 0", [1, 2], -1, 1, 1],
    ["q above 1 is 1", [1, 2], 2, 1.98, 2],
  ]
  for (const [name, values, q, low, high] of rows) {
    const value = sketchOf(values).quantile(q)
    assert.ok(value >= low && value <= high, `${name}: ${value}`)
  }
})

test("an empty sketch answers NaN and takes no bytes", () => {
  assert.ok(Number.isNaN(new QuantileSketch().quantile(0.5)))
  assert.equal(new QuantileSketch().toBytes().length, 0)
  assert.equal(QuantileSketch.from(new Uint8Array(0)).count, 0)
})

test("NaN and infinities are not counted", () => {
  const sketch = sketchOf([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3])
  assert.equal(sketch.count, 1)
  assert.equal(sketch.quantile(1), 3)
})

test("property: every quantile is within the relative error of the value of its rank", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const sketch = sketchOf(values)
      const sorted = [...values].sort((a, b) => a - b)
      for (const q of quantiles) {
        const exact = sorted[Math.floor(q * (values.length - 1))]!
        const error = Math.abs(sketch.quantile(q) - exact)
        assert.ok(error <= Math.abs(exact) * RELATIVE_ERROR * 1.000001 + 1e-9, `q=${q}: ${sketch.quantile(q)} ${exact}`)
      }
    }),
    { seed: SEED },
  )
})

test("property: a merge is the sketch of the union, and leaves the other alone", () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const merged = sketchOf(a)
      const other = sketchOf(b)
      merged.merge(other)
      assertSame(merged, sketchOf([...b, ...a]))
      assertSame(other, sketchOf(b))
      assert.ok(Math.abs(merged.sum - sketchOf([...a, ...b]).sum) <= 1e-9 * (1 + Math.abs(merged.sum)) + 16)
    }),
    { seed: SEED },
  )
})

test("property: bytes and back is the same sketch, also inside a larger buffer", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const sketch = sketchOf(values)
      const bytes = sketch.toBytes()
      const larger = new Uint8Array(bytes.length + 7)
      larger.set(bytes, 3)
      const back = QuantileSketch.from(larger.subarray(3, 3 + bytes.length))
      assertSame(back, sketch)
      assert.equal(back.sum, sketch.sum)
      assert.deepEqual(back.toBytes(), bytes)
    }),
    { seed: SEED },
  )
})

test("a sketch that grows on after a reload is the one that was never stored", () => {
  const values = Array.from({ length: 500 }, (_, i) => (i * 7919) % 100_003)
  const reloaded = QuantileSketch.from(sketchOf(values.slice(0, 250)).toBytes())
  for (const value of values.slice(250)) reloaded.add(value)
  assertSame(reloaded, sketchOf(values))
})

test("property: at the limit of buckets memory stays bounded, order does not matter, the upper quantiles hold", () => {
  const max = 40
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 300 }), (powers) => {
      const values = powers.map((power) => 1.3 ** power)
      const limited = new QuantileSketch(max)
      const reversed = new QuantileSketch(max)
      for (const value of values) limited.add(value)
      for (const value of [...values].reverse()) reversed.add(value)
      assert.ok(limited.bucketsInUse <= max)
      assert.equal(limited.count, values.length)
      assertSame(reversed, limited)
      const greatest = Math.max(...values)
      assert.ok(Math.abs(limited.quantile(1) - greatest) <= greatest * RELATIVE_ERROR * 1.000001)
    }),
    { seed: SEED },
  )
})

test("the limit of buckets is reached: small values share one bucket, none is lost", () => {
  const sketch = new QuantileSketch(10)
  for (let power = 0; power < 40; power++) sketch.add(1.5 ** power)
  assert.equal(sketch.count, 40)
  assert.ok(sketch.bucketsInUse <= 10)
  assert.ok(sketch.quantile(0) > 1, "the least value was folded upwards")
})

test("bytes of something else are refused", () => {
  const good = sketchOf([1, 2, 3]).toBytes()
  for (const bytes of [Uint8Array.of(9), Uint8Array.of(1, 2), good.subarray(0, good.length - 1)]) {
    assert.throws(() => QuantileSketch.from(bytes), RangeError)
  }
})
