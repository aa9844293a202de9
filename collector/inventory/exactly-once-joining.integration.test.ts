// Two sensors see the same exchanges, whole or by halves. However their batches are cut, ordered, repeated and interrupted by
// kills, each exchange is in the store once, and the sums of the ledger hold.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type ApiEvent, type EventBatch, State } from "../../shared/event/api-event.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store } from "../store/store.ts"
import { batch, countingIds, event, operation, responseOnly, START_US } from "./fake-batches.ts"
import { Inventory } from "./inventory.ts"
import { PLAIN_LEARNERS } from "./templates/plain-paths.ts"

const SEED = 20261124
const KEY_BASE = 0x1234_5678_0000

/** How tap-a and tap-b see an exchange: not, whole, the request, the response. */
const SIGHTS = ["-", "w", "q", "s"] as const
type Sight = (typeof SIGHTS)[number]

interface Seen {
  readonly path: number
  readonly status: number
  readonly bytes: number
  readonly a: Sight
  readonly b: Sight
}

const arbitrarySeen: fc.Arbitrary<Seen> = fc
  .record({
    path: fc.nat({ max: 3 }),
    status: fc.constantFrom(200, 201, 403, 302),
    bytes: fc.nat({ max: 900 }),
    a: fc.constantFrom(...SIGHTS),
    b: fc.constantFrom(...SIGHTS),
  })
  .filter(({ a, b }) => a !== "-" || b !== "-")

function sightOf(seen: Seen, sight: Sight, i: number): ApiEvent | null {
  const common = { exchangeKey: KEY_BASE + i, startUs: START_US + i * 1000, firstByteUs: -1, totalUs: -1 }
  const whole = event({
    ...common,
    operation: operation({ path: `/p${seen.path}` }),
    status: seen.status,
    responseBytes: seen.bytes,
  })
  if (sight === "w") return whole
  if (sight === "q") {
    const { request } = whole
    return { ...whole, state: State.requestOnly, status: 0, responseBytes: 0, response: request, items: -1, flags: 4 }
  }
  if (sight === "s") {
    return responseOnly({
      ...common,
      status: seen.status,
      responseBytes: seen.bytes,
      flags: 4,
      startUs: START_US + i * 1000 + 400,
    })
  }
  return null
}

/** What of an exchange must be in the store in the end. */
function expected(seen: Seen, i: number): ApiEvent {
  const sights = new Set([seen.a, seen.b])
  const isWhole = sights.has("w") || (sights.has("q") && sights.has("s"))
  return sightOf(seen, isWhole ? "w" : sights.has("q") ? "q" : "s", i)!
}

function batchesOf(all: readonly Seen[], sensor: "a" | "b", size: number): EventBatch[] {
  const events = all.flatMap((seen, i) => sightOf(seen, seen[sensor], i) ?? [])
  const batches: EventBatch[] = []
  for (let at = 0; at < events.length; at += size) {
    batches.push(batch(events.slice(at, at + size), { sensor: `tap-${sensor}`, sequence: batches.length + 1 }))
  }
  batches.push(batch([], { sensor: `tap-${sensor}`, sequence: batches.length + 1, last: true }))
  return batches
}

/** What people see of the store, without ids, and without the order of first sights. */
async function contentsOf(store: Store): Promise<unknown> {
  const { ledger, services, endpoints, consumers } = await store.load()
  const series = await store.series({}, "hour", 0, Number.MAX_SAFE_INTEGER, 1000)
  const { exchanges, states, unlisted } = ledger
  return {
    exchanges,
    states,
    unlisted,
    services: services.map(({ requests, errors, unlisted: own }) => ({ requests, errors, own })),
    endpoints: endpoints
      .map(({ template, requests, errors, states: of, statuses, responseBytes }) =>
        JSON.stringify([template, requests, errors, sorted(of), sorted(statuses), [...responseBytes]]),
      )
      .sort(),
    consumers: consumers.map(({ requests, errors, endpoints: used }) => ({ requests, errors, used })),
    series,
  }
}

const sorted = (counts: Readonly<Record<string, number>>) => Object.entries(counts).sort()

/** The exchanges as one sensor that sees everything tells them; halves last, as they wait in the other case. */
async function applied(all: readonly Seen[]): Promise<unknown> {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { learners: PLAIN_LEARNERS, mint: countingIds() })
  const events = all.map(expected)
  const [whole, halves] = [true, false].map((isWhole) => events.filter((one) => (one.state === 0) === isWhole))
  inventory.apply(batch([...whole!, ...halves!], { sensor: "all", last: true }))
  inventory.settle()
  await inventory.checkpoint()
  const contents = await contentsOf(store)
  await store.close()
  return contents
}

const scene = fc.record({
  all: fc.array(arbitrarySeen, { minLength: 1, maxLength: 25 }),
  size: fc.integer({ min: 1, max: 6 }),
  // Which sensor's next batch is delivered, and what happens after it.
  order: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  plan: fc.array(fc.constantFrom("checkpoint", "kill", "again", "go on"), { minLength: 3, maxLength: 9 }),
})

test("property: two sensors, killed at any time, everything delivered again: each exchange once", async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ all, size, order, plan }) => {
      const queues = [batchesOf(all, "a", size), batchesOf(all, "b", size)]
      const everything = queues.flat()
      const store = await openSqliteStore(":memory:")
      const mint = countingIds()
      let inventory = await Inventory.open(store, { learners: PLAIN_LEARNERS, mint })
      const delivered: EventBatch[] = []
      for (let i = 0; queues[0]!.length + queues[1]!.length > 0; i++) {
        const queue = queues[order[i % order.length]! ? 0 : 1]!
        const next = queue.shift() ?? queues[0]!.shift() ?? queues[1]!.shift()!
        inventory.apply(next)
        delivered.push(next)
        const step = plan[i % plan.length]
        if (step === "checkpoint") await inventory.checkpoint()
        if (step === "again") for (const each of delivered) inventory.apply(each)
        if (step === "kill") {
          inventory = await Inventory.open(store, { learners: PLAIN_LEARNERS, mint })
          // The server delivers what was not acknowledged again, before anything newer.
          for (const each of delivered) inventory.apply(each)
        }
      }
      await inventory.checkpoint()
      inventory = await Inventory.open(store, { learners: PLAIN_LEARNERS, mint })
      inventory.settle()
      await inventory.checkpoint()
      const { received, exchanges, joined, copies, waiting } = await store.ledger()
      const events = everything.reduce((sum, each) => sum + each.events.length, 0)
      assert.deepEqual([received, exchanges, waiting], [events, all.length, 0])
      assert.equal(received, exchanges + joined + copies)
      const isJoined = ({ a, b }: Seen) => (a === "q" && b === "s") || (a === "s" && b === "q")
      assert.equal(joined, all.filter(isJoined).length)
      assert.deepEqual(await contentsOf(store), await applied(all))
      await store.close()
    }),
    { seed: SEED, numRuns: 60 },
  )
})

test("what waits and what is remembered survives a commit whose answer was lost", async () => {
  const store = await openSqliteStore(":memory:")
  const losing = Object.create(store) as Store & { isLosing: boolean }
  losing.load = () => store.load()
  losing.isLosing = true
  losing.commit = async (checkpoint) => {
    await store.commit(checkpoint)
    if (losing.isLosing) throw new Error("the answer was lost")
  }
  const seen: Seen = { path: 1, status: 200, bytes: 7, a: "q", b: "s" }
  const [request, response] = [sightOf(seen, "q", 0)!, sightOf(seen, "s", 0)!]
  const inventory = await Inventory.open(losing, { learners: PLAIN_LEARNERS })
  inventory.apply(batch([request], { sensor: "tap-a" }))
  await assert.rejects(inventory.checkpoint())
  inventory.apply(batch([response], { sensor: "tap-b" }))
  losing.isLosing = false
  await inventory.checkpoint()
  const { joined, exchanges, waiting } = await store.ledger()
  assert.deepEqual([joined, exchanges, waiting], [1, 1, 0])
  const again = await Inventory.open(store, { learners: PLAIN_LEARNERS })
  again.apply(batch([request], { sensor: "tap-c" }))
  await again.checkpoint()
  assert.equal((await store.ledger()).copies, 1)
  await store.close()
})

test("a half waits as long as a sensor that may bring the other one is behind, and no longer", async () => {
  const S = 1_000_000
  const seen: Seen = { path: 1, status: 200, bytes: 7, a: "q", b: "s" }
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { learners: PLAIN_LEARNERS })
  const at = (sensor: string, sequence: number, second: number, events: readonly ApiEvent[] = [], last = false) =>
    inventory.apply(batch(events, { sensor, sequence, last, watermarkUs: START_US + second * S }))
  at("tap-b", 1, 0)
  at("tap-a", 1, 10, [sightOf(seen, "q", 0)!])
  at("tap-a", 2, 500)
  at("tap-b", 2, 69)
  assert.equal(inventory.settle(), 0)
  assert.equal(inventory.counters.waiting, 1)
  at("tap-b", 3, 70)
  assert.deepEqual([inventory.counters.waiting, inventory.counters.halvesExpired], [0, 1])
  at("tap-a", 3, 600, [sightOf(seen, "q", 1)!])
  at("tap-b", 4, 80, [], true)
  assert.equal(inventory.counters.waiting, 1)
  at("tap-a", 4, 659)
  assert.equal(inventory.counters.waiting, 1)
  at("tap-a", 5, 661)
  assert.equal(inventory.counters.waiting, 0)
  at("tap-a", 6, 700, [sightOf(seen, "q", 2)!], true)
  assert.equal(inventory.counters.waiting, 1)
  assert.equal(inventory.settle(), 1)
  await store.close()
})

test("table: a restart does not change when a half is applied as what it is", async () => {
  const seen: Seen = { path: 1, status: 200, bytes: 7, a: "q", b: "s" }
  const half = sightOf(seen, "q", 0)!
  for (const [arrived, before, after, waiting] of [
    [10, 69.5, 70.4, 0],
    [10.2, 70.1, 70.4, 1],
    [10.2, 70.1, 71, 0],
  ] as const) {
    for (const isRestarted of [false, true]) {
      const store = await openSqliteStore(":memory:")
      let inventory = await Inventory.open(store, { learners: PLAIN_LEARNERS })
      for (const [i, second] of [arrived, before, after].entries()) {
        const watermarkUs = START_US + second * 1_000_000
        inventory.apply(batch(i === 0 ? [half] : [], { sensor: "tap", sequence: i + 1, watermarkUs }))
        await inventory.checkpoint()
        if (isRestarted) inventory = await Inventory.open(store, { learners: PLAIN_LEARNERS })
      }
      assert.equal(inventory.counters.waiting, waiting, `${before} s, ${after} s, restart: ${isRestarted}`)
      await store.close()
    }
  }
})
