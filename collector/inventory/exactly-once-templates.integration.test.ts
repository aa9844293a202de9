// Killed at any batch, everything delivered again: the same endpoints, groups, ids, aliases and the same state of what learns them.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { ApiEvent, EventBatch } from "../../shared/event/api-event.ts"
import { lcg } from "../../shared/testing/event-traffic.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store } from "../store/store.ts"
import { batch, countingIds, event, identity, jsonForm, operation, START_US } from "./fake-batches.ts"
import { Inventory } from "./inventory.ts"

const SEED = 20261124
const NAMES = (
  "mueller schmidt schneider fischer weber meyer wagner becker schulz hoffmann koch bauer richter klein wolf neumann schwarz zimmermann " +
  "braun krueger hofmann hartmann lange schmitt werner krause meier lehmann schmid schulze maier koehler herrmann walter mayer huber kaiser"
).split(" ")

/** An API with names in its paths, of a few consumers, and somebody who tries what is not there. */
function traffic(events: number, seed: number): ApiEvent[] {
  const random = lcg(seed)
  const of = (count: number): number => Math.floor(random() * count)
  return Array.from({ length: events }, (_, i) => {
    const name = NAMES[of(NAMES.length)]!
    const paths = [`/users/${name}`, `/users/${name}/orders/{int}`, "/users/me", "/health", `/old/${name}`]
    const what = of(paths.length)
    return event({
      startUs: START_US + i * 1_000_000,
      operation: operation({ path: paths[what]!, method: what < 2 && of(4) === 0 ? "PUT" : "GET" }),
      identity: identity({ principal: `c${of(5)}` }),
      response: { ...jsonForm(what + 1), coarseShape: what * 7 + 1 },
      status: what === 4 ? 404 : 200,
    })
  })
}

function cut(events: readonly ApiEvent[], size: number): EventBatch[] {
  const batches: EventBatch[] = []
  for (let at = 0; at < events.length; at += size)
    batches.push(batch(events.slice(at, at + size), { sequence: batches.length + 1 }))
  return batches
}

/** All that the store gives back, but for how often it was written and what came twice. */
async function contentsOf(store: Store): Promise<unknown> {
  const { lastCheckpoint: _, ledger, documents, ...state } = await store.load()
  const { duplicateBatches: __, ...counted } = ledger
  return {
    ...state,
    ledger: counted,
    documents: documents.map(({ kind, id, bytes }) => [kind, id, Buffer.from(bytes ?? []).toString("base64")]),
    changes: await store.changes(0, 10_000),
    hours: await store.windows({}, "hour", 0, Number.MAX_SAFE_INTEGER, 100_000),
  }
}

async function applied(batches: readonly EventBatch[], plan: readonly string[]): Promise<unknown> {
  const store = await openSqliteStore(":memory:")
  // Ids in use are skipped, so that a new minter goes on where the one before was.
  const open = (): Promise<Inventory> => Inventory.open(store, { mint: countingIds() })
  let inventory = await open()
  let redelivered = 0
  for (let i = 0; i < batches.length; i++) {
    inventory.apply(batches[i]!)
    const step = plan[i % plan.length]
    if (step === "checkpoint") await inventory.checkpoint()
    if (step !== "kill" || redelivered++ > 3) continue
    inventory = await open()
    i = -1
  }
  await inventory.checkpoint()
  const contents = await contentsOf(store)
  await store.close()
  return contents
}

test("the traffic below regroups, and folds", async () => {
  const contents = (await applied(cut(traffic(600, 1), 50), ["checkpoint"])) as {
    endpoints: { template: string; method: string }[]
    routes: unknown[]
    merges: unknown[]
  }
  const templates = contents.endpoints.map(({ method, template }) => `${method} ${template}`).sort()
  assert.deepEqual(templates, [
    "GET /health",
    "GET /users/me",
    "GET /users/{word}",
    "GET /users/{word}/orders/{int}",
    "PUT /users/{word}",
    "PUT /users/{word}/orders/{int}",
  ])
  // Values that were counted apart are folded, and their ids still lead somewhere.
  assert.ok(contents.merges.length > 0, `${contents.merges.length} merges`)
})

test("property: kill + redelivery gives the same groups, ids, aliases, windows and learners as one quiet run", async () => {
  const plan = fc.array(fc.constantFrom("checkpoint", "kill", "go on"), { minLength: 3, maxLength: 9 })
  await fc.assert(
    fc.asyncProperty(plan, fc.integer({ min: 1, max: 3 }), async (steps, seed) => {
      const batches = cut(traffic(300, seed), 30)
      assert.deepEqual(await applied(batches, steps), await applied(batches, ["go on"]))
    }),
    { seed: SEED, numRuns: 4 },
  )
})

test("property: where batches begin and end does not matter, reviews in the middle of them included", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 3 }), async (size, seed) => {
      const events = traffic(300, seed)
      const withoutBatches = (contents: unknown): unknown => {
        const { positions: _, sensors: __, ledger, ...rest } = contents as Record<string, object>
        return { ...rest, ledger: { ...ledger, batches: 0 } }
      }
      const few = await applied(cut(events, 300), ["go on"])
      assert.deepEqual(withoutBatches(await applied(cut(events, size), ["go on"])), withoutBatches(few))
    }),
    { seed: SEED, numRuns: 2 },
  )
})
