// A scanner that makes up paths leaves the inventory as it was, and one finding.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { StoredState } from "../store/store.ts"
import { anonymous, batch, countingIds, event, jsonForm, operation, START_US } from "./fake-batches.ts"
import { Inventory } from "./inventory.ts"
import { DAY_US } from "./pair-counts.ts"
import { PathFlood } from "./path-floods.ts"

const PATHS = 3_000
const REAL = ["/v1/orders/{int}", "/v1/customers", "/health"]

/** An API in use, and one scanner among its consumers. */
async function scanned(of: (i: number) => Partial<ApiEvent>): Promise<StoredState> {
  const store = await openSqliteStore(":memory:")
  const mint = countingIds()
  let inventory = await Inventory.open(store, { mint })
  let sequence = 0
  const events: ApiEvent[] = []
  for (let i = 0; i < PATHS; i++) {
    const real = { ...jsonForm(i % 3), coarseShape: 100 + (i % 3) }
    events.push(event({ operation: operation({ path: REAL[i % 3]! }), response: real }))
    events.push(event({ identity: anonymous("bad"), response: { ...jsonForm(9), coarseShape: 9 }, ...of(i) }))
    if (events.length < 500) continue
    inventory.apply(batch(events.splice(0), { sequence: ++sequence }))
    await inventory.checkpoint()
    inventory = await Inventory.open(store, { mint })
  }
  inventory.apply(batch(events, { sequence: ++sequence, last: true }))
  await inventory.checkpoint()
  const state = await store.load()
  await store.close()
  return state
}

const word = (i: number): string =>
  [...i.toString(26)].map((digit) => "qwertyuiopasdfghjklzxcvbnm"[parseInt(digit, 26)]).join("")
const ROWS: readonly [name: string, of: (i: number) => Partial<ApiEvent>, endpointsMax: number, findings?: number][] = [
  ["404", (i) => ({ status: 404, operation: operation({ path: `/${word(i)}` }) }), 3],
  ["404, deep", (i) => ({ status: 404, operation: operation({ path: `/${word(i)}/${word(i * 7)}/x` }) }), 3],
  ["401 from a gateway", (i) => ({ status: 401, operation: operation({ path: `/admin/${word(i)}` }) }), 303],
  ["200 from a catch-all", (i) => ({ operation: operation({ path: `/${word(i)}` }) }), 100, 0],
  ["405 to invented methods", (i) => ({ status: 405, operation: operation({ method: `M${i}`, path: "/health" }) }), 3],
  [
    "404 to invented operations",
    (i) => ({ status: 404, operation: operation({ operationKey: `q${i}`, path: "/g" }) }),
    3,
  ],
]

for (const [name, of, endpointsMax, expected = 1] of ROWS)
  test(`${PATHS} made-up requests, ${name}: what is there stays, and a finding says so`, async () => {
    const { endpoints, documents, services } = await scanned(of)
    for (const path of REAL)
      assert.equal(endpoints.find(({ template }) => template === path)?.requests, PATHS / 3, path)
    assert.ok(endpoints.length <= endpointsMax, `${endpoints.length} endpoints`)
    const findings = documents.flatMap(({ kind, record }) =>
      kind === "finding" && (record as { kind: string }).kind === "paths.flood"
        ? [record as unknown as Record<string, unknown>]
        : [],
    )
    // Values that are answered as if they were there are a parameter: nothing tells them from names of users.
    assert.equal(findings.length, expected)
    if (expected === 0) return
    assert.equal(findings[0]?.subject, services[0]?.id)
    assert.match(String(findings[0]?.sentence), /different paths|whatever is asked/)
  })

test("the one who made nearly all of the requests is named, however many there were before", () => {
  const flood = new PathFlood(300)
  for (let i = 0; i < 40; i++) flood.note(i, `c${i % 20}`, START_US)
  for (let i = 0; i < 2_000; i++) flood.note(Math.imul(i, 0x9e3779b1) >>> 0, "bad", START_US)
  const { main, consumers, sentence } = flood.facts({ id: "s", name: "api" }, (id) => `the ${id} one`)
  assert.deepEqual([main, consumers[0], consumers.length], ["bad", "bad", 16])
  assert.match(
    sentence,
    /^the bad one asked api for about \d+ different paths .*of 2040 requests; the others came from 15 and more/,
  )
})

test("distinct paths are told to a few percent, of the worst day, and the same after a restart", () => {
  const flood = new PathFlood(300)
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
  const facts = flood.facts({ id: "s", name: "api" })
  assert.ok(Math.abs(facts.paths - 5_000) < 300, `${facts.paths}`)
  assert.deepEqual([facts.consumers.length, facts.isCrowded, facts.isMore, facts.main], [16, true, false, ""])
  const again = PathFlood.from(JSON.parse(JSON.stringify(flood.toJson())), 300)
  assert.deepEqual(again.facts({ id: "s", name: "api" }), facts)
  assert.deepEqual(again.toJson(), flood.toJson())
})
