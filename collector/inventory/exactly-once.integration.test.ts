// The same events, however they are cut into batches, ordered, repeated and interrupted, make the same store. Nothing is learned of paths
// here: what is learned depends on the order of requests (exactly-once-templates.integration.test.ts).
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { ApiEvent, EventBatch } from "../../shared/event/api-event.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { type Checkpoint, type Store, StoreError } from "../store/store.ts"
import {
  anonymous,
  batch,
  countingIds,
  event,
  identity,
  jsonForm,
  operation,
  START_US,
  server,
} from "./fake-batches.ts"
import { Inventory } from "./inventory.ts"
import { HOUR_US } from "./pair-counts.ts"
import { PLAIN_LEARNERS } from "./templates/plain-paths.ts"

const SEED = 20261123

// Events all of whose endpoints are added by whichever comes first, so that no order may matter.
const arbitraryEvent: fc.Arbitrary<ApiEvent> = fc
  .record({
    at: fc.nat({ max: 60 }),
    host: fc.nat({ max: 1 }),
    path: fc.nat({ max: 3 }),
    who: fc.nat({ max: 3 }),
    status: fc.constantFrom(200, 201, 401, 403, 302),
    flags: fc.nat({ max: 511 }),
    items: fc.integer({ min: -1, max: 50 }),
    bytes: fc.nat({ max: 5000 }),
  })
  .map(({ at, host, path, who, status, flags, items, bytes }) =>
    event({
      startUs: START_US + (at * HOUR_US) / 3,
      server: server({ authority: `h${host}.example` }),
      operation: operation({ path: `/v1/p${path}/{int}`, query: [`q${path}:int`] }),
      identity: who === 0 ? anonymous("a0") : identity({ principal: `c${who}`, name: `partner-${who}` }),
      response: jsonForm(path + 1),
      status,
      flags,
      items,
      responseBytes: bytes,
      firstByteUs: bytes * 3 - 1,
    }),
  )
const events = fc.array(arbitraryEvent, { minLength: 1, maxLength: 40 })

/** Cut into batches of the given sizes (cyclic). */
function cut(all: readonly ApiEvent[], sizes: readonly number[], sensor = "tap-1"): EventBatch[] {
  const batches: EventBatch[] = []
  for (let at = 0; at < all.length; ) {
    const size = sizes[batches.length % sizes.length]!
    batches.push(batch(all.slice(at, at + size), { sensor, sequence: batches.length + 1 }))
    at += size
  }
  return batches
}

async function applied(batches: readonly EventBatch[]): Promise<unknown> {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { learners: PLAIN_LEARNERS, mint: countingIds() })
  for (const each of batches) inventory.apply(each)
  await inventory.checkpoint()
  const contents = await contentsOf(store)
  await store.close()
  return contents
}

/** Everything in the store by its natural keys: without minted ids, and with lists in an order of their own. */
async function contentsOf(store: Store): Promise<unknown> {
  const state = await store.load()
  const names = new Map<string, string>([["", ""]])
  for (const { id, authority } of state.services) names.set(id, authority)
  for (const { id, service, method, template } of state.endpoints) {
    names.set(id, `${names.get(service)} ${method} ${template}`)
  }
  for (const { id, scheme, principal } of state.consumers) names.set(id, `${scheme} ${principal}`)
  const hours = await store.windows({}, "hour", 0, Number.MAX_SAFE_INTEGER, 10_000)
  const days = await store.windows({}, "day", 0, Number.MAX_SAFE_INTEGER, 10_000)
  const totals = await store.pairs({}, 10_000)
  const rows = [
    ...state.services,
    ...state.endpoints,
    ...state.consumers,
    ...[...hours, ...days, ...totals].map((pair) => ({ ...pair, window: true })),
    ...(await store.map(1000)),
    ...(await store.series({}, "hour", 0, Number.MAX_SAFE_INTEGER, 1000)),
  ].map((row) => canonical(row, names))
  const { exchanges, states, unlisted, limits } = state.ledger
  return { rows: rows.sort(), exchanges, states, unlisted, limits }
}

function canonical(value: unknown, names: ReadonlyMap<string, string>): string {
  return JSON.stringify(value, (key, inner: unknown) => {
    // Which exchange was the first of something depends on their order, and whether a refused path had been proven before.
    if (["samples", "flood", "operationFlood", "sweep"].includes(key)) return undefined
    if (inner instanceof Uint8Array) return Buffer.from(inner).toString("hex")
    if (Array.isArray(inner)) return inner.map((item) => canonical(item, names)).sort()
    if (["id", "service", "endpoint", "consumer"].includes(key) && typeof inner === "string") return names.get(inner)
    if (typeof inner !== "object" || inner === null) return inner
    const named = Object.entries(inner).map(([name, part]) => [nameOf(name, names), part] as const)
    return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** A key that begins with the id of a service, as what consumers showed of services does. */
function nameOf(key: string, names: ReadonlyMap<string, string>): string {
  return key.replace(/^service-\d+/, (id) => names.get(id) ?? id)
}

test("property: where batches begin and end does not matter", async () => {
  await fc.assert(
    fc.asyncProperty(
      events,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      async (all, sizes) => {
        assert.deepEqual(await applied(cut(all, sizes)), await applied(cut(all, [all.length])))
      },
    ),
    { seed: SEED, numRuns: 25 },
  )
})

test("property: the order in which batches of two sensors arrive does not matter", async () => {
  await fc.assert(
    fc.asyncProperty(events, events, fc.integer({ min: 1, max: 6 }), async (a, b, size) => {
      const ofA = cut(a, [size], "tap-a")
      const ofB = cut(b, [3], "tap-b")
      assert.deepEqual(await applied([...ofB.toReversed(), ...ofA]), await applied([...ofA, ...ofB]))
    }),
    { seed: SEED, numRuns: 25 },
  )
})

test("the comparison above can fail: one exchange more is another store", async () => {
  const all = [event(), event({ status: 201 })]
  assert.notDeepEqual(await applied(cut(all, [1])), await applied(cut([...all, event()], [1])))
})

test("property: killed at any time and everything delivered again, totals are those of one quiet run", async () => {
  const scene = fc.tuple(
    events,
    fc.integer({ min: 1, max: 7 }),
    fc.array(fc.constantFrom("checkpoint", "kill", "go on"), { minLength: 4, maxLength: 12 }),
  )
  await fc.assert(
    fc.asyncProperty(scene, async ([all, size, plan]) => {
      const batches = cut(all, [size])
      const store = await openSqliteStore(":memory:")
      const mint = countingIds()
      let inventory = await Inventory.open(store, { learners: PLAIN_LEARNERS, mint })
      for (const [i, each] of batches.entries()) {
        inventory.apply(each)
        const step = plan[i % plan.length]
        if (step === "checkpoint") await inventory.checkpoint()
        if (step === "kill") inventory = await Inventory.open(store, { learners: PLAIN_LEARNERS, mint })
      }
      for (const each of batches) inventory.apply(each)
      await inventory.checkpoint()
      assert.equal((await store.ledger()).exchanges, all.length)
      assert.deepEqual(await contentsOf(store), await applied(batches))
      await store.close()
    }),
    { seed: SEED, numRuns: 25 },
  )
})

test("batches that come again are skipped and counted", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { learners: PLAIN_LEARNERS })
  const first = batch([event()])
  assert.equal(inventory.apply(first), "applied")
  assert.equal(inventory.apply(first), "duplicate")
  assert.equal(inventory.apply(batch([event()], { sequence: 4 })), "applied")
  await inventory.checkpoint()
  const { exchanges, batches, duplicateBatches, missingBatches } = await store.ledger()
  assert.deepEqual(
    { exchanges, batches, duplicateBatches, missingBatches },
    {
      exchanges: 2,
      batches: 2,
      duplicateBatches: 1,
      missingBatches: 2,
    },
  )
  await store.close()
})

/** The real store, whose commits can be made to fail before or after they are done. */
function failingStore(store: Store): Store & { mode: "work" | "fail before" | "fail after"; commits: number } {
  const failing = Object.create(store) as ReturnType<typeof failingStore>
  failing.mode = "work"
  failing.commits = 0
  failing.load = () => store.load()
  failing.commit = async (checkpoint: Checkpoint) => {
    failing.commits++
    if (failing.mode === "fail before") throw new StoreError("disk-full", "no space")
    await store.commit(checkpoint)
    if (failing.mode === "fail after") throw new StoreError("io", "the answer was lost")
  }
  return failing
}

test("table: a commit that fails loses nothing and doubles nothing", async () => {
  for (const mode of ["fail before", "fail after"] as const) {
    const store = await openSqliteStore(":memory:")
    const failing = failingStore(store)
    const inventory = await Inventory.open(failing, { learners: PLAIN_LEARNERS, mint: countingIds() })
    const batches = cut([event(), event({ status: 201 }), event({ startUs: START_US + HOUR_US })], [1])
    inventory.apply(batches[0]!)
    failing.mode = mode
    await assert.rejects(inventory.checkpoint(), StoreError)
    inventory.apply(batches[1]!)
    await assert.rejects(inventory.checkpoint(), StoreError)
    failing.mode = "work"
    inventory.apply(batches[2]!)
    await inventory.checkpoint()
    assert.deepEqual(await contentsOf(store), await applied(batches), mode)
    await store.close()
  }
})

test("checkpoints wait for each other, and one with nothing new writes nothing", async () => {
  const store = await openSqliteStore(":memory:")
  const failing = failingStore(store)
  const inventory = await Inventory.open(failing, { learners: PLAIN_LEARNERS })
  inventory.apply(batch([event()]))
  await Promise.all([inventory.checkpoint(), inventory.checkpoint(), inventory.checkpoint()])
  await inventory.checkpoint()
  assert.equal(failing.commits, 1)
  await store.close()
})

test("an older capture read after a newer one finds its windows", async () => {
  const store = await openSqliteStore(":memory:")
  const hour = (at: number) => event({ startUs: START_US + at * HOUR_US })
  for (const [boot, at] of [
    ["old", -24 * 40],
    ["new", 0],
    ["older", -24 * 90],
    ["old again", -24 * 40],
  ] as const) {
    const inventory = await Inventory.open(store, { learners: PLAIN_LEARNERS })
    inventory.apply(batch([hour(at)], { boot }))
    await inventory.checkpoint()
  }
  const series = await store.series({}, "hour", 0, Number.MAX_SAFE_INTEGER, 10)
  assert.deepEqual(
    series.map(({ windowUs, requests }) => [(windowUs - START_US) / HOUR_US, requests]),
    [
      [-24 * 90, 1],
      [-24 * 40, 2],
      [0, 1],
    ],
  )
  await store.close()
})
