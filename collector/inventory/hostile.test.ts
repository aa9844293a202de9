// Anything that the codec lets through is applied, kept and read back: no text, number or combination stops the collector.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { PROTOCOL_NAMES } from "../../shared/event/api-event.ts"
import { TIME_MAX_US } from "../../shared/event/event-codec-limits.ts"
import { arbitraryBatch } from "../../shared/testing/event-arbitraries.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { batch, countingIds, event, identity, operation, server } from "./fake-batches.ts"
import { Inventory } from "./inventory.ts"

const SEED = 20261123

test("property: arbitrary batches are applied once, survive the store, and a restart goes on from the same state", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryBatch, { minLength: 1, maxLength: 4 }), async (batches) => {
      const store = await openSqliteStore(":memory:")
      const mint = countingIds()
      const inventory = await Inventory.open(store, { mint })
      let events = 0
      for (const each of batches) if (inventory.apply(each) === "applied") events += each.events.length
      await inventory.checkpoint()
      const state = await store.load()
      const { exchanges, received, joined, copies, waiting, conversations, tlsSessions, limits } = state.ledger
      assert.deepEqual([received, exchanges + joined + copies + waiting], [events, events])
      const series = await store.series({}, "hour", 0, TIME_MAX_US, 10_000)
      assert.equal(
        series.reduce((sum, point) => sum + point.requests, 0),
        exchanges - conversations,
      )
      const sessions = state.dark.reduce((sum, entry) => sum + entry.sessions, 0)
      assert.equal(sessions + (limits.darkServers ?? 0), tlsSessions)
      const again = await Inventory.open(store, { mint })
      const { services, endpoints, consumers, pairs } = inventory.counters
      assert.deepEqual({ services, endpoints, consumers, pairs }, pick(again))
      for (const each of batches) assert.equal(again.apply(each), "duplicate")
      await again.checkpoint()
      const { ledger, lastCheckpoint, ...rest } = await store.load()
      assert.equal(ledger.duplicateBatches - state.ledger.duplicateBatches, batches.length)
      assert.equal(lastCheckpoint, state.lastCheckpoint + 1)
      const { ledger: _ledger, lastCheckpoint: _last, ...before } = state
      assert.deepEqual(rest, before)
      await store.close()
    }),
    { seed: SEED, numRuns: 60 },
  )
})

function pick(inventory: Inventory) {
  const { services, endpoints, consumers, pairs } = inventory.counters
  return { services, endpoints, consumers, pairs }
}

test("table: texts that are special to JavaScript, SQL or the eye", async () => {
  const texts = [
    "__proto__",
    "constructor",
    "'; DROP TABLE endpoints; --",
    "a\u0000b",
    "\ud83d\ude00",
    "\u202e",
    "\n",
    '"',
    "%_\\",
  ]
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { mint: countingIds() })
  const events = texts.map((text) =>
    event({
      server: server({ authority: text, zone: text }),
      operation: operation({ method: text, path: text, query: [`${text}:${text}`], operationKey: text }),
      identity: identity({ principal: text, name: text, issuer: text, credential: text }),
      response: { contentType: text, contentEncoding: text, kind: text, coarseShape: 1, fullShape: 1 },
      responseClasses: [`${text}=1`],
    }),
  )
  inventory.apply(batch(events, { ledger: { [texts[0]!]: 3 } }))
  await inventory.checkpoint()
  const { services, endpoints, consumers } = await store.load()
  assert.deepEqual(services.map((service) => service.authority).sort(), [...texts].sort())
  assert.deepEqual(endpoints.map((endpoint) => endpoint.template).sort(), [...texts].sort())
  assert.deepEqual(consumers.map((consumer) => consumer.name).sort(), [...texts].sort())
  for (const { template, responseTypes, dataClasses, parameters } of endpoints) {
    assert.deepEqual(Object.entries(responseTypes), [[template, 1]])
    assert.deepEqual(Object.entries(dataClasses), [[`response:${template}`, 1]])
    assert.deepEqual(
      parameters.map(({ name, kinds }) => [name, Object.keys(kinds)]),
      [[template, [template]]],
    )
    const found = await store.endpoints({ search: template }, { limit: 10 })
    assert.ok(found.items.some((item) => item.template === template) || template.includes("\u0000"), template)
  }
  await store.close()
})

test("the greatest numbers that travel", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store)
  const greatest = Number.MAX_SAFE_INTEGER
  const events = Array.from({ length: 5 }, () =>
    event({
      startUs: TIME_MAX_US,
      firstByteUs: TIME_MAX_US,
      requestBytes: greatest,
      responseBytes: greatest,
      items: TIME_MAX_US,
      status: 999,
      operation: operation({ protocol: PROTOCOL_NAMES.length - 1 }),
    }),
  )
  inventory.apply(batch([event({ startUs: 0 }), ...events], { sequence: greatest, watermarkUs: TIME_MAX_US }))
  await inventory.checkpoint()
  const [pair] = await store.pairs({}, 1)
  assert.ok(pair!.responseBytes >= greatest * 5)
  assert.equal((await store.load()).endpoints[0]?.lastSeenUs, TIME_MAX_US)
  await store.close()
})
