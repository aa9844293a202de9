// Windows of event time: every exchange lands in its hour and its day, in whatever order exchanges come.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { PairCount } from "../store/records.ts"
import { event, START_US } from "./fake-batches.ts"
import { limitCounters } from "./limits.ts"
import { DAY_US, HOUR_US, PairCounts, windowStart } from "./pair-counts.ts"

const SEED = 20261123
const ENDPOINT = { id: "e1", ordinal: 1 }
const CONSUMER = { id: "c1", ordinal: 1 }

function sorted(counts: readonly PairCount[]): PairCount[] {
  return [...counts].sort(
    (a, b) => `${a.endpoint} ${a.consumer}`.localeCompare(`${b.endpoint} ${b.consumer}`) || a.windowUs - b.windowUs,
  )
}

test("table: where a time belongs", () => {
  const rows: readonly [timeUs: number, hourUs: number, dayUs: number][] = [
    [0, 0, 0],
    [HOUR_US - 1, 0, 0],
    [HOUR_US, HOUR_US, 0],
    [DAY_US - 1, DAY_US - HOUR_US, 0],
    [DAY_US, DAY_US, DAY_US],
    [START_US, START_US, START_US - 10 * HOUR_US],
  ]
  for (const [timeUs, hourUs, dayUs] of rows) {
    assert.equal(windowStart(timeUs, HOUR_US), hourUs)
    assert.equal(windowStart(timeUs, DAY_US), dayUs)
  }
})

test("counts what an exchange says; unknown item counts add nothing", () => {
  const counts = new PairCounts(10, limitCounters())
  const pair = counts.pair(ENDPOINT, CONSUMER)
  counts.count(pair, event({ requestBytes: 5, responseBytes: 100, items: 7 }))
  counts.count(pair, event({ status: 500, responseBytes: 20, items: -1 }))
  const expected = {
    consumer: "c1",
    endpoint: "e1",
    requests: 2,
    errors: 1,
    requestBytes: 5,
    responseBytes: 120,
    items: 7,
  }
  assert.deepEqual(counts.take(), {
    hours: [{ ...expected, windowUs: START_US }],
    days: [{ ...expected, windowUs: windowStart(START_US, DAY_US) }],
  })
  assert.deepEqual(counts.take(), { hours: [], days: [] })
})

const times = fc.array(fc.tuple(fc.nat({ max: 5 * 24 * 60 }), fc.nat({ max: 2 }), fc.nat({ max: 2 })), {
  maxLength: 80,
})

test("property: any order gives the same windows; hours and days each sum to all exchanges", () => {
  fc.assert(
    fc.property(times, (minutes) => {
      const countAll = (order: readonly (typeof minutes)[number][]) => {
        const counts = new PairCounts(1e6, limitCounters())
        for (const [minute, e, c] of order) {
          const endpoint = e === 0 ? null : { id: `e${e}`, ordinal: e }
          const consumer = c === 0 ? null : { id: `c${c}`, ordinal: c }
          counts.count(counts.pair(endpoint, consumer), event({ startUs: START_US + minute * 60_000_000 }))
        }
        assert.equal(counts.windows, new Set(order.map(([m, e, c]) => `${Math.floor(m / 60)} ${e} ${c}`)).size)
        return counts.take()
      }
      const { hours, days } = countAll(minutes)
      const backwards = countAll([...minutes].reverse())
      assert.deepEqual(sorted(backwards.hours), sorted(hours))
      assert.deepEqual(sorted(backwards.days), sorted(days))
      for (const windows of [hours, days]) {
        assert.equal(
          windows.reduce((sum, window) => sum + window.requests, 0),
          minutes.length,
        )
        const keys = windows.map((window) => `${window.endpoint} ${window.consumer} ${window.windowUs}`)
        assert.equal(new Set(keys).size, keys.length)
      }
    }),
    { seed: SEED },
  )
})

test("the limit of waiting windows is reached: known hours go on, new ones are counted as given up, take makes room", () => {
  const reached = limitCounters()
  const counts = new PairCounts(2, reached)
  const pair = counts.pair(ENDPOINT, CONSUMER)
  for (const hour of [0, 1, 2, 3, 0, 1]) counts.count(pair, event({ startUs: START_US + hour * HOUR_US }))
  assert.equal(reached.pendingWindows, 2)
  assert.deepEqual(
    counts.take().hours.map((window) => window.requests),
    [2, 2],
  )
  counts.count(counts.pair(ENDPOINT, CONSUMER), event({ startUs: START_US + 9 * HOUR_US }))
  assert.equal(reached.pendingWindows, 2)
})
