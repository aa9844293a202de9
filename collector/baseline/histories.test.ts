// The limit of what is known of objects' histories: what is forgotten is counted, and proves nothing afterwards.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { DEFAULT_BASELINE_LIMITS } from "../inventory/baseline-limits.ts"
import { event, operation } from "../inventory/fake-batches.ts"
import { limitCounters } from "../inventory/limits.ts"
import { NO_SHAPE_TEXTS } from "../inventory/shape-notes.ts"
import { KeyTable } from "./key-table.ts"
import { Order } from "./order.ts"
import { Sight } from "./sight.ts"
import { Subjects } from "./subjects.ts"

test("limit: beyond it histories are forgotten and counted, in bounded memory", () => {
  const reached = limitCounters()
  const limits = { ...DEFAULT_BASELINE_LIMITS, baselineHistories: 1024 }
  const subjects = new Subjects(limits, reached)
  const order = new Order({ subjects, limits, reached, texts: NO_SHAPE_TEXTS })
  const consumer = subjects.addConsumer("a", "a", "basic", "")!
  const endpoint = subjects.addEndpoint({
    id: "e",
    service: "s",
    serviceName: "s",
    method: "PUT",
    template: "/v1/orders/{int}",
    operation: "",
    firstUs: 0,
    serviceFirstUs: 0,
    lastUs: 0,
    requests: 0,
    status: "unknown",
    isOpenBySpecification: false,
    sensitivity: 1,
    splitUs: 0,
  })!
  const pair = subjects.pairAt(consumer, endpoint, 0)
  const sight = new Sight()
  const { bytes } = order
  for (let object = 1; object < 3_000; object++) {
    sight.turnTo(event({ operation: operation({ method: "PUT" }), objects: [object] }), consumer, endpoint, pair, false)
    order.note(sight)
  }
  assert.ok(reached.baselineHistories > 1_000)
  assert.ok(order.bytes <= bytes + 4_096)
})

test("property: a table finds what it holds, with its columns, through growth, eviction and a restart", () => {
  const layout = { value: [Float64Array, 1] } as const
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 0xffffffff }), { maxLength: 3_000 }), (keys) => {
      let evicted = 0
      const table = new KeyTable(layout, 2_048, () => evicted++)
      for (const key of keys) table.columns.value[table.insert(key)] = key
      const again = new KeyTable(layout, 2_048, () => evicted++, structuredClone(table.save()))
      let found = 0
      for (const key of keys) {
        const place = again.find(key)
        if (place < 0) continue
        found++
        assert.equal(again.columns.value[place], key)
      }
      assert.equal(found, keys.length - evicted)
      assert.equal(again.size, found)
    }),
    { numRuns: 10 },
  )
})
