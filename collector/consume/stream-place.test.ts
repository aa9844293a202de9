import assert from "node:assert/strict"
import { test } from "node:test"
import type { StreamPlace } from "../store/records.ts"
import { planOf, StreamPlaces, sentenceOf } from "./stream-place.ts"

const MADE = "2026-11-25T00:00:00Z"
const at = (sequence: number, change: Partial<StreamPlace> = {}): StreamPlace => ({
  ...{ durable: "d", created: MADE, sequence, gone: 0, again: 0 },
  ...change,
})
const OTHER = at(90, { created: "2026-01-01T00:00:00Z", gone: 7 })

test("table: where a consumer goes on", () => {
  const rows: readonly (readonly [
    sentence: string,
    known: StreamPlace | null,
    first: number,
    floor: number | null,
    want: readonly [startAt: number | null, again: number, gone: number, taken: number],
  ])[] = [
    ["as it was left", at(90), 1, 90, [null, 0, 0, 90]],
    ["acknowledgements were lost", at(90), 1, 80, [null, 0, 0, 90]],
    ["older messages went by age, after they were taken", at(90), 60, 90, [null, 0, 0, 90]],
    ["a restored backup", at(50), 1, 90, [41, 40, 0, 50]],
    ["of which some is gone", at(50), 71, 90, [61, 20, 20, 70]],
    ["of which all is gone", at(50), 101, 90, [null, 0, 50, 100]],
    ["the stream dropped what nobody had taken", at(50), 71, 50, [null, 0, 20, 70]],
    ["the server lost the consumer", at(50), 1, null, [41, 0, 0, 50]],
    ["near the beginning", at(3), 1, 90, [1, 87, 0, 3]],
    ["a new store, a new stream", null, 0, null, [null, 0, 0, 0]],
    ["nothing came yet", at(0), 0, 0, [null, 0, 0, 0]],
    ["the first message", at(0), 1, 0, [null, 0, 0, 0]],
    ["a new store, nothing taken before", null, 1, null, [null, 0, 0, 0]],
    ["a new store, an old stream", null, 500, null, [null, 0, 0, 499]],
    ["a new store in the place of another one", null, 31, 90, [31, 60, 0, 30]],
    ["a new store, no longer there", null, 91, 90, [null, 0, 0, 90]],
    ["another stream of the same name", OTHER, 1, 0, [null, 0, 0, 0]],
    ["another stream, read with another store", OTHER, 11, 30, [11, 20, 0, 10]],
  ]
  for (const [sentence, known, first, floor, want] of rows) {
    const plan = planOf("d", known, { created: MADE, first }, floor, 10)
    assert.deepEqual([plan.startAt, plan.again, plan.gone, plan.place.sequence], want, sentence)
    assert.equal(plan.place.created, MADE)
    assert.equal(plan.place.gone, (known?.gone ?? 0) + plan.gone)
  }
})

test("what people are told", () => {
  const plan = (known: StreamPlace | null, first: number) => planOf("d", known, { created: MADE, first }, 90, 10)
  assert.equal(sentenceOf(plan(at(90), 1), "S"), "")
  assert.match(
    sentenceOf(plan(at(50), 71), "S"),
    /^The store does not hold all that .* 20 messages are taken again\. 20 messages are no longer in S and cannot be had back\.$/,
  )
})

test("places go into a checkpoint once, and never back", () => {
  const places = new StreamPlaces([at(5)])
  places.note("d", 7)
  places.note("d", 6)
  places.note("unknown", 9)
  assert.deepEqual(
    places.take().map(({ sequence }) => sequence),
    [7],
  )
  assert.deepEqual([places.take(), places.of("d")?.sequence], [[], 7])
})
