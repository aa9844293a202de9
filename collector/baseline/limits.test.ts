// Every limit of baseline-limits.ts is reached here, or in the test of what it limits.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Analysis } from "../analysis/analysis.ts"
import { DEFAULT_BASELINE_LIMITS } from "../inventory/baseline-limits.ts"
import { event } from "../inventory/fake-batches.ts"
import { limitCounters } from "../inventory/limits.ts"

test("past the limits of subjects there is none, and it is counted", () => {
  const reached = limitCounters()
  const limits = { baselineConsumers: 1, baselineEndpoints: 2, baselinePairs: 1 }
  const analysis = new Analysis({ reached, limits, detectors: [] })
  const facts = { service: "s", serviceName: "s", method: "GET", operation: "", firstUs: 0, serviceFirstUs: 0 }
  const endpoint = (id: string) =>
    analysis.endpoint({ ...facts, id, template: `/${id}`, status: "unknown", isOpenBySpecification: false })
  const consumer = analysis.consumer("a", "a", "basic", "")!
  assert.equal(analysis.consumer("b", "b", "basic", ""), null)
  const [one, two, three] = ["1", "2", "3"].map(endpoint)
  assert.equal(three, null)
  analysis.note(event(), consumer, one!)
  analysis.note(event(), consumer, two!)
  assert.equal(analysis.subjects.pairs.length, 1)
  const { baselineConsumers, baselineEndpoints, baselinePairs } = reached
  assert.deepEqual([baselineConsumers, baselineEndpoints, baselinePairs], [1, 1, 1])
})

test("every limit is reached above, or in the test of what it limits", () => {
  const here = ["baselineConsumers", "baselineEndpoints", "baselinePairs"]
  // id-set.test.ts, ownership.test.ts, collections.test.ts, histories.test.ts, shapes.test.ts
  const elsewhere: readonly string[] = [
    "baselineObjectBytes",
    "baselineObjectsPerSet",
    "baselineOwners",
    "baselineCollections",
    "baselineHistories",
    "baselineFields",
    "cases",
    "aheadExchanges",
    "exceptions",
    "decoys",
  ]
  const tested = new Set([...here, ...elsewhere])
  assert.deepEqual(
    Object.keys(DEFAULT_BASELINE_LIMITS).filter((limit) => !tested.has(limit)),
    [],
  )
})
