// What is usual of a consumer over HTTP, and where the ids of an incident come from: a collector that heard four callers for three weeks.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { days, eventsOf, key, MONDAY_US, SDK } from "../consumer/fake-traffic.ts"
import { batch } from "../inventory/fake-batches.ts"
import { Collector } from "../pipeline.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Baseline, Provenance } from "./baseline-models.ts"

const DAY_US = 86_400_000_000
const CALLS = { "/v1/orders/{int}": 12 }
const OBJECT = 0xa1b2

let collector: Collector
const ids = new Map<string, string>()
let endpoint = ""
let incident = ""

async function read<T>(path: string): Promise<T> {
  const response = await fetch(`${collector.url}/api/v1${path}`)
  assert.equal(response.status, 200, path)
  return (await response.json()) as T
}

before(async () => {
  const options = { listen: { host: "127.0.0.1", port: 0 }, assets: "/nonexistent", version: "test" }
  collector = await Collector.start(await openSqliteStore(":memory:"), { ...options, onError: () => {} })
  const callers = ["acme", "beta", "core", "dual"].map((name) => ({
    identity: key(name, { name }),
    client: SDK,
    calls: CALLS,
    days: days(0, name === "dual" ? 1 : 20),
  }))
  const events = eventsOf(callers).map((event, i) => ({ ...event, objects: [i % 50 === 0 ? OBJECT : 0x1000 + i] }))
  collector.inventory.apply(batch(events.slice(0, -1)))
  await collector.inventory.checkpoint()
  const { items } = await read<{ items: { id: string; name: string }[] }>("/consumers")
  for (const { id, name } of items) ids.set(name, id)
  endpoint = (await read<{ items: { id: string }[] }>("/endpoints")).items[0]!.id
  collector.analysis.incidents.raise({
    detector: "enumeration",
    family: "object",
    atUs: MONDAY_US + 20 * DAY_US,
    sinceUs: MONDAY_US + 20 * DAY_US,
    consumer: collector.analysis.subjects.consumer(ids.get("acme")!)!.ordinal,
    endpoint: collector.analysis.subjects.endpoint(endpoint)!.ordinal,
    p: 1e-9,
    isRule: false,
    weight: 1,
    key: "enumeration e",
    sentence: "asked for 212 orders",
    facts: { objects: 212 },
    doubts: [],
    samples: [OBJECT, OBJECT, 0x77].map((object) => ({
      atUs: MONDAY_US + 20 * DAY_US,
      operation: "GET /v1/orders/{int}",
      status: 200,
      exchange: "",
      object: object.toString(16).padStart(12, "0"),
    })),
    lossyShare: 0,
  })
  collector.inventory.apply(batch(events.slice(-1), { sequence: 2 }))
  await collector.inventory.checkpoint()
  incident = (await read<{ items: { id: string }[] }>("/incidents")).items[0]!.id
})

after(() => collector.close())

test("bands of a consumer: what was counted each day, half and 99 of 100 such days, its peers", async () => {
  const body = await read<Baseline>(`/consumers/${ids.get("acme")}/baseline`)
  assert.deepEqual([body.learning?.state, body.learning?.requests], ["full", 252])
  const requests = body.bands.find(({ measure }) => measure === "requests")!
  assert.equal(requests.days.length, 21)
  assert.ok(requests.days.every(({ count }) => count === 12))
  const last = requests.days.at(-1)!
  assert.equal(last.at, new Date((MONDAY_US + 20 * DAY_US) / 1000).toISOString())
  assert.ok(last.q50! >= 8 && last.q50! <= 16 && last.q99! > last.q50! && last.q99! < 60, JSON.stringify(last))
  const software = body.fingerprints.filter(({ dimension }) => dimension === "client software")
  assert.deepEqual([software.length, software[0]!.days], [1, 21])
  assert.equal(requests.peers, null, "two peers with a history of three are too few")
})

test("of a pair, and of a consumer without a history of its own: no band, and what it counted", async () => {
  const pair = await read<Baseline>(`/consumers/${ids.get("acme")}/baseline?endpoint=${endpoint}`)
  assert.deepEqual(
    pair.bands.map(({ measure }) => measure),
    ["requests", "fresh"],
  )
  const young = await read<Baseline>(`/consumers/${ids.get("dual")}/baseline`)
  assert.equal(young.learning?.state, "rules")
  const requests = young.bands.find(({ measure }) => measure === "requests")!
  assert.deepEqual(requests.days[0], { at: "2026-11-02T00:00:00.000Z", count: 12, q50: null, q99: null })
  assert.deepEqual([requests.days.length, requests.days.at(-1)!.count], [21, 0])
  assert.equal(requests.peers?.count, 3)
  for (const path of ["/consumers/c_no/baseline", `/consumers/${ids.get("acme")}/baseline?endpoint=e_no`])
    assert.equal((await fetch(`${collector.url}/api/v1${path}`)).status, 404)
})

test("the ids of an incident: whose they are, given or not; each once", async () => {
  const { items, more } = await read<Provenance>(`/incidents/${incident}/provenance`)
  assert.deepEqual([items.length, more], [2, 0])
  const [known, unknown] = items as [Provenance["items"][number], Provenance["items"][number]]
  assert.equal(known.wasGiven, false)
  assert.ok(known.owner !== null && known.uses > 0)
  assert.deepEqual([unknown.owner, unknown.uses, unknown.othersGiven], [null, 0, 0])
  assert.equal((await fetch(`${collector.url}/api/v1/incidents/i_no/provenance`)).status, 404)
})

test("lists of consumers say how far each is known; the budget counts them; active incidents are those not closed", async () => {
  const { items } = await read<{ items: { name: string; learning: boolean; learningState: string }[] }>("/consumers")
  const states = Object.fromEntries(items.map(({ name, learningState }) => [name, learningState]))
  assert.deepEqual([states.acme, states.dual], ["full", "rules"])
  const budget = await read<{ learning: Record<string, number> }>("/incident-budget")
  assert.deepEqual(budget.learning, { rules: 1, shrunk: 0, full: 3 })
  const active = async () => (await read<{ total: number }>("/incidents?state=active")).total
  assert.equal(await active(), 1)
  const edit = { method: "POST", headers: { "content-type": "application/json" } }
  const path = `${collector.url}/api/v1/incidents/${incident}/state`
  await fetch(path, { ...edit, body: JSON.stringify({ state: "acknowledged" }) })
  assert.equal(await active(), 1)
  await fetch(path, { ...edit, body: JSON.stringify({ state: "closed", verdict: "benign" }) })
  assert.equal(await active(), 0)
})
