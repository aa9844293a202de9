// Who sweeps through paths that something answers whatever they are, and who only reads much.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { ApiEvent } from "../../shared/event/api-event.ts"
import type { FindingRecord } from "../store/documents.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { batch, countingIds, event, identity, jsonForm, operation, START_US } from "./fake-batches.ts"
import { Inventory } from "./inventory.ts"
import { DAY_US } from "./pair-counts.ts"
import { PathSweep } from "./path-sweep.ts"

const NAMES = 800
const SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zu".split(" ")
const name = (i: number): string =>
  SYLLABLES[i % 20]! + SYLLABLES[Math.floor(i / 20) % 20]! + SYLLABLES[Math.floor(i / 400) % 20]!

const get = (path: string, change: Partial<ApiEvent> = {}): ApiEvent =>
  event({ operation: operation({ path }), ...change })
const by = (consumer: number): Partial<ApiEvent> => ({ identity: identity({ principal: `c${consumer}`, name: "" }) })

/** What happens, in order: a microsecond apart. */
const NEAR_MISSES: readonly [name: string, events: (i: number) => ApiEvent[]][] = [
  ["a directory that many consumers ask, each for a few names", (i) => [get(`/users/${name(i)}`, by(i % 40))]],
  [
    "a directory that few consumers ask, for the same names again and again",
    (i) => [0, 1, 2].map((again) => get(`/users/${name((i + 7 * again) % 400)}`, by(i % 3))),
  ],
  [
    "a crawler that reads each object of a list, all of the same length",
    (i) => [
      ...(i % 20 === 0 ? [get("/customers", { response: jsonForm(3), responseBytes: 4_000 + (i % 7) })] : []),
      get(`/customers/${name(i)}`),
    ],
  ],
  [
    "the same, a level deeper",
    (i) => [
      ...(i % 20 === 0 ? [get("/customers", { response: jsonForm(3), responseBytes: 4_000 })] : []),
      get(`/customers/${name(i)}/contract`),
    ],
  ],
  [
    "objects that no list gave, of the lengths that objects have",
    (i) => [get(`/c/${name(i)}`, { responseBytes: 200 + ((i * 37) % 60) })],
  ],
  ["numbers under a template that is known", () => [get("/orders/{int}/lines/{int}")]],
  ["a nightly export that asks for no bodies", (i) => [get(`/keys/${name(i)}`, { status: 204, responseBytes: 0 })]],
  [
    "a nightly export that writes",
    (i) => [get("/", { operation: operation({ method: "PUT", path: `/keys/${name(i)}` }), responseBytes: 11 })],
  ],
  [
    "pages of people, each of its length",
    (i) => {
      const page = { ...jsonForm(0), contentType: "text/html", kind: "html", coarseShape: 0 }
      return [get(`/people/${name(i)}`, { response: page, responseBytes: 3_000 + ((i * 211) % 2_500) })]
    },
  ],
]

async function floodsOf(events: readonly ApiEvent[]): Promise<FindingRecord[]> {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { mint: countingIds() })
  inventory.apply(batch(events.map((each, i) => ({ ...each, startUs: START_US + i }))))
  await inventory.checkpoint()
  const findings = (await store.documents("finding")).map(({ record }) => record)
  await store.close()
  return findings.filter(({ kind }) => kind === "paths.flood")
}

for (const [what, of] of NEAR_MISSES)
  test(`no sweep: ${what}`, async () => {
    const events = Array.from({ length: NAMES }, (_, i) => of(i)).flat()
    assert.deepEqual(await floodsOf(events), [])
  })

test("a sweep: a list of words below an interface, answered as its root is", async () => {
  const events = Array.from({ length: NAMES }, (_, i) => [
    ...(i % 20 === 0 ? [get("/api", by(2))] : []),
    get(`/api/${name(i)}`, by(1)),
  ]).flat()
  const [finding, ...others] = await floodsOf(events)
  assert.equal(others.length, 0)
  assert.ok(Math.abs(finding!.count - NAMES) < 40, `${finding!.count}`)
  assert.match(finding!.sentence, /^bearer-jwt:c1 asked api.example.com for about \d+ different paths within 1 s/)
})

const path = (i: number): number => Math.imul(i + 1, 0x9e3779b1) >>> 0
const none = (): boolean => false
const at = (startUs: number): ApiEvent => event({ startUs })

test("a few consumers count together; one who did little beside them is not named", () => {
  const sweep = new PathSweep(300)
  for (let i = 0; i < 400; i++) sweep.note(path(i), i % 20 === 0 ? "little" : `c${i % 3}`, at(START_US), none)
  assert.deepEqual([...(sweep.facts?.consumers ?? [])].sort(), ["c0", "c1", "c2"])
  assert.ok(Math.abs(sweep.facts!.paths - 380) < 20, `${sweep.facts!.paths}`)
})

test("the day is that of event time; what is known stays", () => {
  const sweep = new PathSweep(300)
  for (let i = 0; i < 750; i++) sweep.note(path(i), "slow", at(START_US + Math.floor(i / 250) * DAY_US), none)
  assert.deepEqual([sweep.facts, sweep.isSweeping(START_US)], [null, false])
  for (let i = 0; i < 500; i++) sweep.note(path(i), "fast", at(START_US + 3 * DAY_US + i), none)
  const { facts } = sweep
  assert.ok(sweep.isSweeping(START_US + 3 * DAY_US + 600) && !sweep.isSweeping(START_US + 2 * DAY_US))
  assert.deepEqual([facts?.consumers, facts?.lastUs], [["fast"], START_US + 3 * DAY_US + 499])
  sweep.note(path(1), "fast", at(START_US + 4 * DAY_US), none)
  assert.deepEqual([sweep.facts, sweep.isSweeping(START_US + 4 * DAY_US)], [facts, false])
  const again = PathSweep.from(JSON.parse(JSON.stringify(sweep.toJson())), 300)
  assert.deepEqual([again.facts, again.toJson()], [facts, sweep.toJson()])
})

test("who sweeps is found among any number of others, and state stays bounded", () => {
  const sweep = new PathSweep(300)
  for (let i = 0; i < 3_000; i++) {
    // Each of the others asks for two paths, of other lengths.
    sweep.note(path(i), `c${i >> 1}`, { ...at(START_US), responseBytes: 100 + (i % 50) }, none)
    if (i % 5 === 0) sweep.note(path(10_000 + i), "bad", at(START_US), none)
  }
  assert.deepEqual(sweep.facts?.consumers, ["bad"])
  assert.ok(JSON.stringify(sweep.toJson()).length < 6_000)
})
