import assert from "node:assert/strict"
import { test } from "node:test"
import { bandSentence, columnsOf, ordered } from "./bands.ts"
import type { Band } from "./types/incidents.ts"

const band = (change: Partial<Band> = {}): Band => ({
  measure: "requests",
  isWatched: true,
  learnedDays: 10,
  days: [
    { at: "2026-11-01T00:00:00.000Z", count: 5, q50: null, q99: null },
    { at: "2026-11-02T00:00:00.000Z", count: null, q50: 10, q99: 30 },
    { at: "2026-11-03T00:00:00.000Z", count: 1200, q50: 10, q99: 30 },
  ],
  peers: null,
  ...change,
})

test("the measure that a detection is about comes first", () => {
  const bands = ["asked", "requests", "items", "fresh"].map((measure) => band({ measure }))
  const names = (detection: string) => ordered(bands, detection).map(({ measure }) => measure)
  assert.deepEqual(names("scraping"), ["fresh", "items", "requests", "asked"])
  assert.deepEqual(names("url-parameter"), ["requests", "fresh", "items", "asked"])
})

test("columns: a hole where nothing is known, and an end for the last day", () => {
  const [times, counted, half, most, others] = columnsOf(band({ peers: { count: 4, q50: 8, q99: 25 } }))
  assert.deepEqual(
    times.map((at) => (at - times[0]!) / 86_400),
    [0, 1, 2, 3],
  )
  assert.deepEqual(counted, [5, null, 1200, 1200])
  assert.deepEqual(half, [null, 10, 10, 10])
  assert.deepEqual(most, [null, 30, 30, 30])
  assert.deepEqual(others, [25, 25, 25, 25])
  assert.deepEqual(columnsOf(band({ days: [] })), [[], [], [], [], []])
})

test("in words", () => {
  assert.equal(
    bandSentence(band({ peers: { count: 4, q50: 8, q99: 25 } })),
    "Most on 2026-11-03: 1,200; usual on such a day are 10, at most 30; of 4 peers at most 25.",
  )
  assert.match(bandSentence(band({ days: band().days.slice(0, 1) })), /no usual level of its own yet/)
  assert.equal(bandSentence(band({ days: [] })), "Nothing was counted yet.")
})
