import assert from "node:assert/strict"
import { test } from "node:test"
import { fillWindows, linesOf } from "./windows.ts"

const at = (hour: number, requests: number) => ({
  at: new Date(hour * 3_600_000).toISOString(),
  requests,
  errors: 1,
  requestBytes: 0,
  responseBytes: 0,
  items: 0,
})

test("hours without traffic are drawn as zeros", () => {
  assert.deepEqual(fillWindows([at(1, 5), at(4, 7)], 3600), [
    [3600, 7200, 10_800, 14_400],
    [5, 0, 0, 7],
    [1, 0, 0, 1],
  ])
})

test("a single window gets neighbours, so that it is seen", () => {
  assert.deepEqual(fillWindows([at(2, 5)], 3600)[1], [0, 5, 0, 0])
})

test("a hole of years does not fill the memory", () => {
  assert.ok(fillWindows([at(1, 5), at(500_000, 7)], 3600)[0].length < 10)
})

test("nothing, and what has no time, is nothing", () => {
  assert.deepEqual(fillWindows([], 3600)[0], [])
  assert.deepEqual(fillWindows([{ ...at(1, 1), at: null }], 3600)[0], [])
})

test("where nothing was heard there is a hole, not a zero, and every step is as wide as it was long", () => {
  const points = [at(1, 5), at(2, 6), at(5, 7), at(6, 8)]
  assert.deepEqual(linesOf(points, 3600, [(point) => point.requests, (point) => (point.requests > 6 ? null : 1)]), [
    [3600, 7200, 10_799, 10_800, 18_000, 21_600, 25_199],
    [5, 6, 6, null, 7, 8, 8],
    [1, 1, 1, null, null, null, null],
  ])
  assert.deepEqual(linesOf([], 60, [() => 1]), [[], []])
})

test("a single step has empty neighbours: an hour of history is no level that was held", () => {
  assert.deepEqual(linesOf([at(2, 5)], 3600, [(point) => point.requests]), [
    [3600, 7200, 10_799, 14_399],
    [null, 5, 5, null],
  ])
})
