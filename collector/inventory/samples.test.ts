// Samples: the exchange that showed something first, bounded by kind, the same however routes are added up.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { SampleRecord } from "../store/records.ts"
import { event, jsonForm, operation, START_US } from "./fake-batches.ts"
import { DEFAULT_LIMITS, limitCounters } from "./limits.ts"
import { SAMPLES_MAX, Samples } from "./samples.ts"
import { Traffic } from "./traffic.ts"

const SEED = 20261125

test("an exchange is kept for what it is the first of, the next one like it is not", () => {
  const traffic = new Traffic(DEFAULT_LIMITS, limitCounters())
  const seen = [
    event({ exchangeKey: 255 }),
    event(),
    event({ status: 500, startUs: START_US + 1 }),
    event({ status: 500 }),
    event({ response: jsonForm(9), startUs: START_US + 2 }),
  ]
  for (const each of seen) {
    traffic.count(each)
    const reasons = traffic.takeReasons(each)
    if (reasons !== null) traffic.samples.note(each, "/v1/orders/{int}", "c_1", reasons)
  }
  traffic.noteParameter("query", "debug", "bool")
  const last = event({ startUs: START_US + 3, operation: operation({ query: ["debug:bool"] }) })
  traffic.count(last)
  traffic.samples.note(last, "/v1/orders/{int}", "", traffic.takeReasons(last) ?? [])
  const { samples } = traffic.record(1)
  assert.deepEqual(
    samples.map(({ why, exchange, status }) => [status, exchange, ...why].join("|")),
    [
      "200|0000000000ff|status 200|scheme bearer-jwt|type response application/json|shape response",
      "500||status 500",
      "200||shape response",
      "200||parameter query debug:bool",
    ],
  )
})

test("each kind has places of its own: no flood of one takes those of another", () => {
  const samples = new Samples()
  for (let i = 0; i < 100; i++) samples.note(event(), "/a", "", ["shape response"])
  for (let i = 0; i < 100; i++) samples.note(event(), "/a", "", [`parameter header x-${i}:word`])
  samples.note(event(), "/a", "", ["parameter query page:word"])
  for (let i = 0; i < 100; i++) samples.note(event(), "/a", "", [`status ${400 + i}`])
  samples.note(event(), "/a", "", ["scheme none"])
  const kinds = samples.records().map(({ why }) => why[0]!.split(" ")[0])
  assert.deepEqual(kinds.filter((kind) => kind === "shape").length, 4)
  assert.deepEqual(kinds.filter((kind) => kind === "parameter").length, 4)
  assert.deepEqual(kinds.filter((kind) => kind === "status").length, 4)
  assert.ok(kinds.includes("scheme") && kinds.length <= SAMPLES_MAX)
})

const arbitrarySample: fc.Arbitrary<SampleRecord> = fc
  .record({
    atUs: fc.nat({ max: 20 }),
    why: fc.uniqueArray(fc.constantFrom("status 1", "status 2", "shape response", "scheme none", "type request a"), {
      minLength: 1,
      maxLength: 3,
    }),
    path: fc.constantFrom("/a", "/b"),
  })
  .map((fields) => {
    const samples = new Samples()
    samples.note(event({ startUs: fields.atUs }), fields.path, "", fields.why)
    return samples.records()[0]!
  })

test("property: merged one way or the other the same, bounded, and nothing is shown twice", () => {
  const lists = fc.array(arbitrarySample, { maxLength: 16 })
  fc.assert(
    fc.property(lists, lists, (a, b) => {
      const merged = (x: readonly SampleRecord[], y: readonly SampleRecord[]): SampleRecord[] => {
        const samples = new Samples(x)
        samples.merge(new Samples(y))
        return samples.records()
      }
      const both = merged(a, b)
      assert.deepEqual(merged(b, a), both)
      assert.ok(both.length <= SAMPLES_MAX)
      const shown = both.flatMap(({ why }) => why)
      assert.equal(new Set(shown).size, shown.length)
    }),
    { seed: SEED, numRuns: 100 },
  )
})
