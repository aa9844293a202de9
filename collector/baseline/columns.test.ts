import assert from "node:assert/strict"
import { test } from "node:test"
import { Slab } from "./columns.ts"

const LAYOUT = { counts: [Float64Array, 3], day: [Int32Array, 1] } as const

test("a slab grows with its ordinals, keeps what it has, and starts new rows at zero", () => {
  const slab = new Slab(LAYOUT)
  for (let row = 0; row < 100; row++) {
    assert.equal(slab.reserve(row), true)
    assert.equal(slab.columns.day[row], 0)
    slab.columns.counts[row * 3 + 1] = row + 0.5
    slab.columns.day[row] = row - 50
  }
  assert.equal(slab.reserve(99), false)
  for (let row = 0; row < 100; row++) {
    assert.equal(slab.columns.counts[row * 3 + 1], row + 0.5)
    assert.equal(slab.columns.day[row], row - 50)
  }
  assert.equal(slab.bytes, 128 * (3 * 8 + 4))
})

test("a slab goes on from what it saved", () => {
  const slab = new Slab(LAYOUT)
  slab.reserve(40)
  slab.columns.counts[122] = 7
  const again = new Slab(LAYOUT, structuredClone(slab.save()))
  assert.equal(again.rows, 41)
  assert.equal(again.columns.counts[122], 7)
  again.reserve(41)
  assert.equal(again.columns.counts[123], 0)
  assert.equal(slab.columns.counts[123], 0)
})

test("rows are copied and cleared whole", () => {
  const slab = new Slab(LAYOUT)
  slab.reserve(5)
  slab.columns.counts.set([1, 2, 3], 6)
  slab.columns.day[2] = 9
  slab.copy(2, 5)
  slab.clear(2)
  assert.deepEqual([...slab.columns.counts.subarray(15, 18), slab.columns.day[5]], [1, 2, 3, 9])
  assert.deepEqual([...slab.columns.counts.subarray(6, 9), slab.columns.day[2]], [0, 0, 0, 0])
})
