import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { packed, UNKNOWN, unpacked } from "./day-ring.ts"
import { addRows, forget, meanOf, pairRows, roll, scale, sumOf } from "./volume-rows.ts"

const always = (): boolean => true

test("counts survive 16 bits, exactly when small, within a thousandth when large", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), (count) => {
      const code = packed(count)
      assert.ok(code >= 0 && code < UNKNOWN)
      assert.ok(Math.abs(unpacked(code) - count) <= (count <= 2048 ? 0 : count / 1000))
    }),
  )
  assert.ok(packed(1e300) < UNKNOWN)
})

test("a row is brought up to a day: zero for days without it, unknown for days without anything", () => {
  const rows = pairRows()
  rows.reserve(3)
  roll(rows, 3, 100, always)
  rows.columns.today[9] = 7
  roll(rows, 3, 104, (day) => day !== 102)
  assert.equal(sumOf(rows, 3, 0, 4), 7)
  assert.equal(meanOf(rows, 3, 0), 7 / 3)
  rows.columns.today[9] = 5
  roll(rows, 3, 105, always)
  assert.equal(meanOf(rows, 3, 0), 12 / 4)
  // A gap longer than the ring leaves nothing of before.
  roll(rows, 3, 200, always)
  assert.equal(sumOf(rows, 3, 0, 28), 0)
})

test("rows of two subjects add up day by day, whichever came first", () => {
  const counts = fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(counts, counts, fc.nat(20), (a, b, shift) => {
      const rows = pairRows()
      rows.reserve(2)
      const both = pairRows()
      both.reserve(0)
      const total = new Map<number, number>()
      const fill = (row: number, values: readonly number[], from: number): void =>
        values.forEach((value, i) => {
          roll(rows, row, from + i, always)
          rows.columns.today[row * 3] = value
          total.set(from + i, (total.get(from + i) ?? 0) + value)
        })
      fill(1, a, 1000)
      fill(2, b, 1000 + shift)
      const end = Math.max(1000 + a.length, 1000 + shift + b.length)
      roll(rows, 1, end, always)
      roll(rows, 2, end, always)
      addRows(rows, 1, 2)
      for (let day = 1000; day < end; day++) {
        roll(both, 0, day, always)
        both.columns.today[0] = total.get(day) ?? 0
      }
      roll(both, 0, end, always)
      assert.equal(sumOf(rows, 2, 0, 28), sumOf(both, 0, 0, 28))
      assert.equal(meanOf(rows, 2, 0), meanOf(both, 0, 0))
    }),
    { numRuns: 60 },
  )
})

test("what is purged is unknown, what is adopted is scaled", () => {
  const rows = pairRows()
  rows.reserve(0)
  for (let day = 50; day <= 60; day++) {
    roll(rows, 0, day, always)
    rows.columns.today[0] = 10
  }
  forget(rows, 0, 58, 99)
  assert.equal(sumOf(rows, 0, 0, 10), 80)
  scale(rows, 0, 0, 1.5)
  assert.equal(sumOf(rows, 0, 0, 10), 120)
})
