import assert from "node:assert/strict"
import { test } from "node:test"
import { mix } from "../../shared/bytes/hash.ts"
import { limitCounters } from "../inventory/limits.ts"
import { Collections } from "./collections.ts"

test("a share of what is known, within the error of the estimate", () => {
  const collections = new Collections({ baselineCollections: 10, baselinePairs: 10 }, limitCounters())
  for (const count of [100, 5_000, 200_000]) {
    for (let key = 0; key < count; key++) collections.meet(count, mix(key))
    for (let i = 0; i < count / 10; i++) collections.ask(3, count)
    const { asked, known } = collections.coverage(3, count)
    assert.equal(asked, count / 10)
    assert.ok(Math.abs(known / count - 1) < 0.12, `${known} of ${count}`)
  }
  assert.deepEqual(collections.coverage(3, 9), { asked: 0, known: 0 })
})

test("limit: past it a kind has no number, and that is counted", () => {
  const reached = limitCounters()
  const collections = new Collections({ baselineCollections: 2, baselinePairs: 1 }, reached)
  for (const kind of [1, 2, 3]) collections.meet(kind, 5)
  assert.equal(reached.baselineCollections, 1)
  collections.ask(1, 1)
  collections.ask(1, 2)
  assert.equal(reached.baselineCollections, 2)
  assert.equal(collections.coverage(1, 3).known, 0)
})
