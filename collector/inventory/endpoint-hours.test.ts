// Hours of endpoints: the same in whatever order and pieces, bounded, and what was lossy is told.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type ApiEvent, FLAG_NAMES, State } from "../../shared/event/api-event.ts"
import { QuantileSketch } from "../../shared/sketch/quantile-sketch.ts"
import type { EndpointHour } from "../store/records.ts"
import { EndpointHours } from "./endpoint-hours.ts"
import { event, operation, START_US } from "./fake-batches.ts"
import { limitCounters } from "./limits.ts"
import { HOUR_US } from "./pair-counts.ts"
import { noSketches } from "./sketches.ts"

const SEED = 20261124
const GAP = 1 << FLAG_NAMES.indexOf("gap")
const named = (id: string) => ({ id, ordinal: Number.parseInt(id, 36), traffic: { sketches: noSketches() } })
const open = (max = 1000) => new EndpointHours(max, limitCounters())

const told = ({ endpoint, windowUs, requests, errors, lossy, ...sketches }: EndpointHour): string => {
  const values = Object.entries(sketches).map(([name, bytes]) => {
    const { count, min, max } = QuantileSketch.from(bytes)
    return count === 0 ? "" : ` ${name} ${count}:${min}-${max}`
  })
  return `${endpoint} ${(windowUs - START_US) / HOUR_US} ${requests}/${errors}/${lossy}${values.join("")}`
}

test("table: what an exchange adds to its hour", () => {
  const rows: readonly [change: Partial<ApiEvent>, hour: string][] = [
    [
      { firstByteUs: 900, items: 3, requestBytes: 10, responseBytes: 20 },
      "r 0 1/0/0 latencyUs 1:900-900 requestBytes 1:10-10 responseBytes 1:20-20 items 1:3-3",
    ],
    [{ firstByteUs: -1, items: -1, status: 500 }, "r 0 1/1/0 requestBytes 1:0-0 responseBytes 1:255-255"],
    [{ flags: GAP, firstByteUs: 5, items: 0, state: State.bodyGap }, "r 0 1/0/1 latencyUs 1:5-5 items 1:0-0"],
    [{ startUs: START_US + 3 * HOUR_US - 1, firstByteUs: -1, items: -1, state: State.bodyGap }, "r 2 1/0/0"],
    [{ operation: operation({ protocol: 4 }), flags: GAP, status: 0 }, "r 0 0/0/1"],
  ]
  for (const [change, hour] of rows) {
    const hours = open()
    hours.count(named("r"), event(change))
    assert.deepEqual(hours.take().map(told), [hour])
    assert.deepEqual(hours.take(), [])
  }
})

const exchange = fc.record({
  route: fc.constantFrom("r1", "r2", "r3"),
  hour: fc.integer({ min: -2, max: 3 }),
  latencyUs: fc.integer({ min: -1, max: 1e6 }),
})

test(`property: any order and any number of pieces add up to the same hours (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.array(exchange, { maxLength: 60 }), fc.nat(59), (exchanges, cut) => {
      const [whole, pieces] = [open(), open()]
      const apply = (hours: EndpointHours, some: typeof exchanges): void => {
        for (const { route, hour, latencyUs } of some) {
          hours.count(named(route), event({ startUs: START_US + hour * HOUR_US, firstByteUs: latencyUs }))
        }
      }
      apply(whole, exchanges)
      apply(pieces, exchanges.slice(cut).reverse())
      const taken = pieces.take()
      apply(pieces, exchanges.slice(0, cut))
      const counts = (hours: readonly EndpointHour[]): Record<string, string> => {
        const sums = new Map<string, [number, QuantileSketch]>()
        for (const { endpoint, windowUs, requests, latencyUs } of hours) {
          const key = `${endpoint} ${windowUs}`
          const [sum, sketch] = sums.get(key) ?? [0, new QuantileSketch()]
          sketch.merge(QuantileSketch.from(latencyUs))
          sums.set(key, [sum + requests, sketch])
        }
        return Object.fromEntries([...sums].sort().map(([key, [sum, sketch]]) => [key, `${sum} ${sketch.toBytes()}`]))
      }
      assert.deepEqual(counts([...taken, ...pieces.take()]), counts(whole.take()))
    }),
    { seed: SEED, numRuns: 100 },
  )
})

test("more exchanges than there are lines", () => {
  const hours = open()
  for (let i = 0; i < 70_000; i++) hours.count(named(i % 2 === 0 ? "r1" : "zz"), event({ firstByteUs: i, items: -1 }))
  const [first, second] = hours.take()
  assert.deepEqual([first?.endpoint, first?.requests, second?.requests], ["r1", 35_000, 35_000])
  const sketch = QuantileSketch.from(second!.latencyUs)
  assert.deepEqual([sketch.count, sketch.min, sketch.max], [35_000, 1, 69_999])
})

test("limit of pendingEndpointHours: reached, counted, the hours that are there go on", () => {
  const reached = limitCounters()
  const hours = new EndpointHours(2, reached)
  for (let i = 0; i < 6; i++) hours.count(named("r"), event({ startUs: START_US + (i % 3) * HOUR_US }))
  assert.deepEqual(
    hours.take().map(({ requests }) => requests),
    [2, 2],
  )
  assert.equal(reached.pendingEndpointHours, 2)
  hours.count(named("r"), event({}))
  assert.equal(hours.take().length, 1)
})
