import assert from "node:assert/strict"
import { test } from "node:test"
import { bytes, compact, fine, milliseconds, percent, quantity, span, time, words } from "./format.ts"

test("bytes in three digits", () => {
  assert.deepEqual([0, 999, 1000, 48_213, 999_499, 999_600, 1_234_567_890].map(bytes), [
    "0 B",
    "999 B",
    "1.00 kB",
    "48.2 kB",
    "999 kB",
    "1.00 MB",
    "1.23 GB",
  ])
})

test("a little is never nothing, nearly all never all", () => {
  assert.deepEqual([0, 0.00001, 0.123, 0.99999, 1].map(percent), ["0 %", "< 0.1 %", "12.3 %", "> 99.9 %", "100 %"])
})

test("numbers are exact while they fit", () => {
  assert.deepEqual([0, 99_999, 123_456, 1_234_567].map(compact), ["0", "99,999", "123.5K", "1.2M"])
})

test("times", () => {
  assert.deepEqual([0.25, 9.23, 1500].map(milliseconds), ["250 µs", "9.23 ms", "1.50 s"])
  assert.equal(time("2026-11-22T23:43:00.000Z"), "2026-11-22 23:43")
  assert.equal(time(null), "never")
  assert.equal(span("2026-11-16T00:00:00Z", "2026-11-22T23:43:00Z"), "6 d 23 h")
  assert.equal(span("2026-11-16T00:00:00Z", "2026-11-16T00:00:20Z"), "under a minute")
  assert.equal(span(null, null), "–")
})

test("names and quantities", () => {
  assert.equal(words("gapBytes"), "gap bytes")
  assert.deepEqual([quantity(1, "gaps"), quantity(2, "gaps"), quantity(1500, "bytes")], ["1 gap", "2 gaps", "1.50 kB"])
  for (const [units, unit] of [
    ["bodies", "body"],
    ["batches", "batch"],
    ["times", "time"],
    ["packets", "packet"],
  ] as const)
    assert.equal(quantity(1, units), `1 ${unit}`)
})

test("shares on an axis keep their digits", () => {
  for (const [share, text] of [
    [0, "0"],
    [0.00025, "0.025 %"],
    [0.001, "0.1 %"],
    [0.1084, "10.8 %"],
    [1, "100 %"],
  ] as const)
    assert.equal(fine(share), text)
})
