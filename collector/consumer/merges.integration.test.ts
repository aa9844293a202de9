// Two consumers that are said to be one: exact for what was counted before, between and after, over restarts.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { batch, identity } from "../inventory/fake-batches.ts"
import type { Store } from "../store/store.ts"
import { ACTOR, type Caller, days, eventsOf, type Heard, hearing, INVOICES, key, ORDERS, SDK } from "./fake-traffic.ts"

const FOREVER = [0, Number.MAX_SAFE_INTEGER, 1000] as const
const A: Caller = { identity: key("a"), client: SDK, calls: ORDERS, days: days(0, 3) }
const B: Caller = { identity: key("b"), client: SDK, calls: { ...ORDERS, ...INVOICES }, days: days(2, 5) }
const C: Caller = { identity: key("c"), client: SDK, calls: INVOICES, days: days(0, 5) }

/** The consumer of a principal, by whatever it is known. */
async function idOf(store: Store, principal: string): Promise<string> {
  const { items } = await store.consumers({ limit: 100 })
  const found = items.find(
    (record) => record.principal === principal || record.aliases.some((alias) => alias.principal === principal),
  )
  assert.ok(found !== undefined, principal)
  return found.id
}

async function merge(heard: Heard, former: string, successor: string): Promise<void> {
  const [into, from] = [await idOf(heard.store, former), await idOf(heard.store, successor)]
  await heard.inventory.edit({ kind: "consumer.merge", former: into, successor: from }, ACTOR)
}

/** All that the store says of a consumer, without ids. */
async function told(store: Store, principal: string): Promise<unknown> {
  const id = await idOf(store, principal)
  const record = await store.consumer(id)
  const { requests, errors, firstSeenUs, lastSeenUs, recentDays, endpoints } = record!
  const { credential, service, ...shared } = record!.sights
  const counts = (rows: readonly { requests: number; windowUs: number }[]) =>
    rows.map((row) => [row.windowUs, row.requests])
  return {
    record: { requests, errors, firstSeenUs, lastSeenUs, recentDays, endpoints, shared },
    service: Object.values(service ?? {}),
    windows: counts(await store.windows({ consumer: id }, "hour", ...FOREVER)),
    series: counts(await store.series({ consumer: id }, "day", ...FOREVER)),
    pairs: (await store.pairs({ consumer: id }, 100)).map(({ requests: of }) => of),
    map: (await store.map(100)).filter((row) => row.consumer === id).map((row) => row.requests),
  }
}

test("property: merged at any time, with restarts and late events of the former key, all is as if it had been one from the start", async () => {
  const events = eventsOf([A, B, C])
  const one = events.map((each) =>
    each.identity === B.identity
      ? { ...each, identity: { ...A.identity, credential: each.identity.credential } }
      : each,
  )
  const expected = await hearing()
  await expected.hear(one)
  const wanted = await told(expected.store, "a")
  await expected.close()
  // Both must have been seen before they can be merged; the last events of either come after it in some of the runs.
  const seen = Math.max(...[A, B].map((caller) => events.findIndex((each) => each.identity === caller.identity))) + 1
  const run = fc.record({
    at: fc.integer({ min: seen, max: events.length }),
    size: fc.integer({ min: 20, max: 90 }),
    restarts: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    isTurned: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(run, async ({ at, size, restarts, isTurned }) => {
      const heard = await hearing()
      await heard.hear(events.slice(0, at), size)
      if (restarts[0]) await heard.restart()
      await (isTurned ? merge(heard, "b", "a") : merge(heard, "a", "b"))
      if (restarts[1]) await heard.restart()
      await heard.hear(events.slice(at), size)
      if (restarts[2]) await heard.restart()
      assert.deepEqual(await told(heard.store, "a"), wanted)
      assert.equal(await idOf(heard.store, "b"), await idOf(heard.store, "a"))
      assert.equal(heard.inventory.counters.consumers, 2)
      const pairs = (await heard.store.load()).pairs.length
      assert.equal(heard.inventory.counters.pairs, pairs)
      await heard.close()
    }),
    { seed: 20261124, numRuns: 12 },
  )
})

test("merged with what is not in the store yet: nothing is lost, and endpoints have one consumer less", async () => {
  const heard = await hearing()
  const events = eventsOf([A, B])
  await heard.hear(events.slice(0, -30))
  heard.inventory.apply(batch(events.slice(-30), { sequence: 999 }))
  await merge(heard, "a", "b")
  const record = await heard.store.consumer(await idOf(heard.store, "a"))
  assert.equal(record?.requests, events.length)
  const series = await heard.store.series({ consumer: record!.id }, "day", ...FOREVER)
  assert.equal(
    series.reduce((sum, point) => sum + point.requests, 0),
    events.length,
  )
  const { items } = await heard.store.endpoints({}, { limit: 100 })
  assert.deepEqual([...new Set(items.map(({ consumers }) => consumers))], [1])
  assert.equal(record?.endpoints, items.length)
  await heard.close()
})

test("a chain: whoever was merged into one that was merged is found, too, by id and by key", async () => {
  const heard = await hearing()
  await heard.hear(eventsOf([A, B, C]))
  const ids = [await idOf(heard.store, "a"), await idOf(heard.store, "b"), await idOf(heard.store, "c")] as const
  const edit = (former: string, successor: string) =>
    heard.inventory.edit({ kind: "consumer.merge", former, successor }, ACTOR)
  await edit(ids[1], ids[2])
  await edit(ids[0], ids[1])
  await heard.restart()
  for (const id of ids) assert.equal((await heard.store.consumer(id))?.id, ids[0])
  await assert.rejects(edit(ids[2], ids[0]), { code: "conflict" })
  const before = (await heard.store.consumer(ids[0]))!.requests
  const late = eventsOf([{ ...C, days: [6] }])
  await heard.hear(late)
  assert.equal((await heard.store.consumer(ids[0]))?.requests, before + late.length)
  assert.equal(heard.inventory.counters.consumers, 1)
  await heard.close()
})

test("another scheme, and a rotation of the pseudonym key after it: still one", async () => {
  const heard = await hearing()
  const token: Caller = { ...B, identity: identity({ principal: "t", name: "acme", credential: "dt" }) }
  await heard.hear(eventsOf([A, token]))
  await merge(heard, "a", "t")
  const record = await heard.store.consumer(await idOf(heard.store, "a"))
  assert.deepEqual([record?.scheme, record?.principal, record?.aliases.length], ["bearer-jwt", "t", 1])
  await heard.restart()
  const rekeyed = [A.identity, token.identity].map((of) => ({
    ...of,
    principal: `${of.principal}-2`,
    formerPrincipal: of.principal,
  }))
  const later = rekeyed.flatMap((of) => eventsOf([{ ...A, identity: of, days: [8] }]))
  await heard.hear(later)
  await heard.restart()
  await heard.hear(eventsOf([{ ...A, identity: { ...rekeyed[0]!, formerPrincipal: "" }, days: [9] }]))
  const all = await heard.store.consumers({ limit: 10 })
  assert.equal(all.total, 1)
  await heard.close()
})

test("names and partners: what was given by hand stays, two partners are a contradiction", async () => {
  const heard = await hearing()
  await heard.hear(eventsOf([A, B]))
  const [a, b] = [await idOf(heard.store, "a"), await idOf(heard.store, "b")]
  const { inventory } = heard
  await inventory.edit({ kind: "consumer.rename", consumer: a, name: " Acme orders " }, ACTOR)
  const acme = await inventory.edit({ kind: "partner.put", partner: { name: "Acme" } }, ACTOR)
  const globex = await inventory.edit({ kind: "partner.put", partner: { name: "Globex" } }, ACTOR)
  await inventory.edit({ kind: "consumer.assign", consumer: a, partner: globex.id }, ACTOR)
  await inventory.edit({ kind: "consumer.assign", consumer: b, partner: acme.id }, ACTOR)
  await assert.rejects(inventory.edit({ kind: "consumer.merge", former: a, successor: b }, ACTOR), { code: "conflict" })
  await inventory.edit({ kind: "consumer.assign", consumer: a, partner: "" }, ACTOR)
  await inventory.edit({ kind: "consumer.merge", former: a, successor: b }, ACTOR)
  await heard.restart()
  const record = await heard.store.consumer(b)
  assert.deepEqual([record?.name, record?.partner, record?.partnerBy], ["Acme orders", acme.id, "hand"])
  const result = await heard.inventory.edit({ kind: "consumer.rename", consumer: b, name: "" }, ACTOR)
  assert.equal(result.sentence, "Consumer Acme orders is called api-key:a again.")
  const audit = await heard.store.audit(0, 10)
  assert.deepEqual(
    audit.map(({ action }) => action),
    [
      "consumer.rename",
      "consumer.merge",
      "consumer.assign",
      "consumer.assign",
      "consumer.assign",
      "partner.put",
      "partner.put",
      "consumer.rename",
    ],
  )
  await heard.close()
})
