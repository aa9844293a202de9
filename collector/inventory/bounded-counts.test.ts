import assert from "node:assert/strict"
import { test } from "node:test"
import { BoundedCounts, BoundedNames } from "./bounded-counts.ts"

test("counts by key up to the limit; known keys go on counting", () => {
  const counts = BoundedCounts.ofTexts(2)
  const accepted = ["a", "b", "c", "a", "c", "b", "b"].map((key) => counts.add(key))
  assert.deepEqual(accepted, [true, true, false, true, false, true, true])
  assert.deepEqual(counts.record(), { a: 2, b: 3 })
})

test("a hostile key is an ordinary key, through JSON and back", () => {
  const counts = BoundedCounts.ofTexts(8)
  counts.add("__proto__", 3)
  counts.add("constructor")
  const back = BoundedCounts.ofTexts(8, JSON.parse(JSON.stringify(counts.record())))
  back.add("__proto__")
  assert.equal(back.get("__proto__"), 4)
  assert.equal(back.get("constructor"), 1)
  assert.equal(back.get("toString"), 0)
  assert.equal(Object.getPrototypeOf(back.record()), Object.prototype)
})

test("numbers come back from the store as numbers", () => {
  const counts = BoundedCounts.ofNumbers(8, { 200: 5, 404: 1 })
  counts.add(200)
  assert.deepEqual([...counts.keys()], [200, 404])
  assert.deepEqual(counts.record(), { 200: 6, 404: 1 })
})

test("names keep the order of appearance, up to the limit", () => {
  const names = new BoundedNames<string>(2, ["b"])
  assert.deepEqual(
    ["a", "b", "c", "a"].map((name) => names.add(name)),
    [true, true, false, true],
  )
  assert.deepEqual(names.list(), ["b", "a"])
})
