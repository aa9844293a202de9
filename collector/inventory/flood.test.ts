// A scanner that makes things up leaves the inventory as it was, and one finding.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { ApiEvent } from "../../shared/event/api-event.ts"
import type { FindingRecord } from "../store/documents.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { StoredState } from "../store/store.ts"
import {
  anonymous,
  batch,
  client,
  countingIds,
  event,
  identity,
  jsonForm,
  operation,
  START_US,
  server,
} from "./fake-batches.ts"
import { Flood } from "./flood.ts"
import { pathsSentence } from "./flood-sentences.ts"
import { Inventory, type InventoryOptions } from "./inventory.ts"
import { DAY_US } from "./pair-counts.ts"

const MADE_UP = 2_000
const REAL = ["/v1/orders/{int}", "/v1/customers", "/health"]

/** An API in use, and one scanner among its consumers; the collector is started again now and then. */
async function scanned(of: (i: number) => Partial<ApiEvent>, options: InventoryOptions = {}): Promise<StoredState> {
  const store = await openSqliteStore(":memory:")
  const mint = countingIds()
  let inventory = await Inventory.open(store, { mint, ...options })
  let sequence = 0
  const events: ApiEvent[] = []
  for (let i = 0; i < MADE_UP; i++) {
    const startUs = START_US + i * 1000
    const real = { ...jsonForm(i % 3), coarseShape: 100 + (i % 3) }
    events.push(event({ startUs, operation: operation({ path: REAL[i % 3]! }), response: real }))
    const made = { ...jsonForm(9), coarseShape: 9 }
    events.push(event({ startUs, identity: anonymous("bad"), response: made, ...of(i) }))
    if (events.length < 800) continue
    inventory.apply(batch(events.splice(0), { sequence: ++sequence }))
    await inventory.checkpoint()
    inventory = await Inventory.open(store, { mint, ...options })
  }
  inventory.apply(batch(events, { sequence: ++sequence, last: true }))
  await inventory.checkpoint()
  const state = await store.load()
  await store.close()
  return state
}

/** Those about floods. */
function findingsOf({ documents }: StoredState): FindingRecord[] {
  const records = documents.flatMap(({ kind, record }) => (kind === "finding" ? [record as FindingRecord] : []))
  return records.filter(({ kind }) => kind.endsWith(".flood"))
}

function isAbout(count: number, expected: number): boolean {
  return Math.abs(count - expected) <= expected * 0.06
}

const word = (i: number): string =>
  [...i.toString(26)].map((digit) => "qwertyuiopasdfghjklzxcvbnm"[parseInt(digit, 26)]).join("")
const PAGE = { ...jsonForm(0), contentType: "text/html", kind: "html", coarseShape: 0 }

interface Row {
  readonly name: string
  readonly of: (i: number) => Partial<ApiEvent>
  readonly endpointsMax: number
  readonly kind?: string
  readonly says: RegExp
}

const ROWS: readonly Row[] = [
  {
    name: "404",
    of: (i) => ({ status: 404, operation: operation({ path: `/${word(i)}` }) }),
    endpointsMax: 3,
    says: /^1 consumer asked .* not there or only refuse/,
  },
  {
    name: "404, deep",
    of: (i) => ({ status: 404, operation: operation({ path: `/${word(i)}/${word(i * 7)}/x` }) }),
    endpointsMax: 3,
    says: /different paths in a day/,
  },
  {
    name: "401 from a gateway",
    of: (i) => ({ status: 401, operation: operation({ path: `/admin/${word(i)}` }) }),
    endpointsMax: 303,
    says: /different paths in a day/,
  },
  {
    name: "200 from a catch-all",
    of: (i) => ({ operation: operation({ path: `/${word(i)}` }) }),
    endpointsMax: 100,
    says: /^anonymous curl bad asked api.example.com for about \d+ different paths within 2 s, hardly one of them twice, and each was answered alike \(status 200, application\/json, 255 bytes\)/,
  },
  {
    name: "200, the page of an application, as deep as a list of words goes, with its endings",
    of: (i) => ({
      operation: operation({
        path: i % 3 === 0 ? `/${word(i)}` : `/${word(i % 40)}/${word(i)}`,
        extension: ["", "php", "bak"][i % 3]!,
      }),
      response: PAGE,
      // Repeats the path.
      responseBytes: 1500 + word(i).length,
    }),
    endpointsMax: 700,
    says: /different paths within 2 s, hardly one of them twice.*text\/html/,
  },
  {
    name: "200 below a base path that answers as they do",
    of: (i) => ({ operation: operation({ path: i % 9 === 0 ? "/app" : `/app/${word(i)}` }), response: PAGE }),
    endpointsMax: 100,
    says: /answered alike/,
  },
  {
    name: "405 to invented methods",
    of: (i) => ({ status: 405, operation: operation({ method: `M${i}`, path: "/health" }) }),
    endpointsMax: 3,
    says: /different paths in a day/,
  },
  {
    name: "404 to invented operations",
    of: (i) => ({ status: 404, operation: operation({ operationKey: `q${i}`, path: "/g" }) }),
    endpointsMax: 3,
    kind: "operations.flood",
    says: /^1 consumer asked api.example.com for about \d+ different operations in a day that are not there, only refuse or found no place/,
  },
]

for (const { name, of, endpointsMax, kind = "paths.flood", says } of ROWS)
  test(`${MADE_UP} made-up requests, ${name}: what is there stays, and a finding says so`, async () => {
    const state = await scanned(of)
    const { endpoints, services } = state
    for (const [k, path] of REAL.entries()) {
      const found = endpoints.find(({ template }) => template === path)
      assert.equal(found?.requests, Math.ceil((MADE_UP - k) / 3), path)
    }
    assert.ok(endpoints.length <= endpointsMax, `${endpoints.length} endpoints`)
    const findings = findingsOf(state)
    assert.deepEqual([findings.length, findings[0]?.kind, findings[0]?.subject], [1, kind, services[0]?.id])
    const { count, sentence } = findings[0]!
    const expected = name.includes("below a base path") ? (MADE_UP * 8) / 9 : MADE_UP
    assert.ok(isAbout(count, expected), `${count}`)
    assert.match(sentence, says)
  })

test("invented GraphQL operations past the limit are one finding", async () => {
  const state = await scanned((i) => ({ operation: operation({ method: "POST", path: "/g", operationKey: `q${i}` }) }))
  const [finding, ...others] = findingsOf(state)
  assert.deepEqual([others.length, finding?.kind, finding?.service], [0, "operations.flood", state.services[0]?.id])
  // Those that found a place before were 500.
  assert.ok(isAbout(finding!.count, MADE_UP - 500), `${finding!.count}`)
})

test("invented host names are one finding, whether something answers them or not", async () => {
  for (const [status, limits, expected] of [
    [200, { servicesPerAddress: 50 }, MADE_UP - 49],
    [404, {}, MADE_UP],
  ] as const) {
    const hosts = (i: number) => ({ status, server: server({ authority: `h${i}.example` }) })
    const [finding, ...others] = findingsOf(await scanned(hosts, { limits }))
    assert.deepEqual([others.length, finding?.kind, finding?.service], [0, "hosts.flood", ""])
    assert.ok(isAbout(finding!.count, expected), `${finding!.count}`)
    assert.match(finding!.sentence, /^(Somebody|1 consumer) asked for about \d+ different host names in a day/)
  }
})

test("invented credentials are one finding, which names their network", async () => {
  const of = (i: number) => ({
    status: 401,
    identity: identity({ principal: `k${i}` }),
    client: client({ prefix: "p00000000bad" }),
  })
  const [finding, ...others] = findingsOf(await scanned(of, { limits: { unprovenConsumers: 100 } }))
  assert.deepEqual([others.length, finding?.kind, finding?.subject], [0, "credentials.flood", "credentials"])
  assert.ok(isAbout(finding!.count, MADE_UP - 100), `${finding!.count}`)
  assert.match(finding!.sentence, /^1 network showed about \d+ different credentials in a day that found no place/)
})

test("the change feed sums up what a flood adds", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { mint: countingIds(), limits: { refusedPaths: 20 } })
  const at = (i: number, status: number): ApiEvent =>
    event({ startUs: START_US + i, status, operation: operation({ path: `/${word(i)}/${word(i)}` }) })
  inventory.apply(batch([event(), ...Array.from({ length: 40 }, (_, i) => at(i, 404))]))
  inventory.apply(
    batch(
      Array.from({ length: 25 }, (_, i) => at(100 + i, 200)),
      { sequence: 2 },
    ),
  )
  await inventory.checkpoint()
  const items = await store.changes(0, 100)
  const told = items.filter(({ kind }) => kind === "endpoint.new").length - 1
  const [summed, ...others] = items.filter(({ kind }) => kind === "service.flooded")
  assert.deepEqual([others.length, told], [0, 10])
  assert.equal(
    summed?.sentence,
    "15 more endpoints came or were put together at api.example.com, where somebody makes up paths.",
  )
  assert.deepEqual([summed?.subject, summed?.atUs], [(await store.load()).services[0]?.id, START_US + 124])
  await store.close()
})

test("the one who made nearly all of the requests is named, however many there were before", () => {
  const flood = new Flood(300)
  for (let i = 0; i < 40; i++) flood.note(i, `c${i % 20}`, START_US)
  for (let i = 0; i < 2_000; i++) flood.note(Math.imul(i, 0x9e3779b1) >>> 0, "bad", START_US)
  const facts = flood.facts()
  assert.deepEqual([facts.main, facts.who[0], facts.who.length], ["bad", "bad", 16])
  assert.match(
    pathsSentence(facts, "api", (id) => `the ${id} one`),
    /^the bad one asked api for about \d+ different paths .*of 2040 requests; the others came from 15 and more/,
  )
})

test("distinct ones are told to a few percent, of the worst day, and the same after a restart", () => {
  const flood = new Flood(300)
  const day = (paths: number, at: number): void => {
    for (let i = 0; i < paths; i++)
      for (let again = 0; again < 2; again++)
        flood.note(Math.imul(i, 0x9e3779b1) >>> 0, `c${i % 20}`, START_US + at * DAY_US)
  }
  day(200, 0)
  assert.equal(flood.hasFlooded, false)
  day(200, 1)
  assert.equal(flood.hasFlooded, false, "two quiet days are no flood")
  day(5_000, 2)
  assert.ok(flood.isFlooding(START_US + 2 * DAY_US) && !flood.isFlooding(START_US + 3 * DAY_US))
  day(10, 3)
  const facts = flood.facts()
  assert.ok(Math.abs(facts.distinct - 5_000) < 300, `${facts.distinct}`)
  assert.deepEqual([facts.who.length, facts.isCrowded, facts.isMore, facts.main], [16, true, false, ""])
  const again = Flood.from(JSON.parse(JSON.stringify(flood.toJson())), 300)
  assert.deepEqual(again.facts(), facts)
  assert.deepEqual(again.toJson(), flood.toJson())
})
