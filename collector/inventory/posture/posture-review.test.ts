// From exchanges to findings about authentication, through the inventory and the real store.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import type { FindingRecord } from "../../store/documents.ts"
import { openSqliteStore } from "../../store/sqlite-store.ts"
import type { Store } from "../../store/store.ts"
import { anonymous, batch, countingIds, event, identity, operation, START_US, server } from "../fake-batches.ts"
import { Inventory } from "../inventory.ts"

const TLS = server({ tls: "1.3" })
const NOBODY = anonymous("n1")

function some(count: number, path: string, change: Partial<ApiEvent> = {}): ApiEvent[] {
  const asked = operation({ path })
  return Array.from({ length: count }, (_, i) =>
    event({ startUs: START_US + i * 1e6, operation: asked, server: TLS, ...change }),
  )
}
const open = (count: number, path: string, change: Partial<ApiEvent> = {}): ApiEvent[] =>
  some(count, path, { identity: NOBODY, ...change })

class Run {
  readonly #store: Store
  #inventory: Inventory
  #sequence = 0

  constructor(store: Store, inventory: Inventory) {
    this.#store = store
    this.#inventory = inventory
  }

  static async start(): Promise<Run> {
    const store = await openSqliteStore(":memory:")
    return new Run(store, await Inventory.open(store, { mint: countingIds() }))
  }

  async apply(...events: ApiEvent[][]): Promise<FindingRecord[]> {
    this.#inventory.apply(batch(events.flat(), { sequence: ++this.#sequence }))
    await this.#inventory.checkpoint()
    return (await this.#store.documents("finding")).map(({ record }) => record)
  }

  async restart(): Promise<void> {
    this.#inventory = await Inventory.open(this.#store, { mint: countingIds() })
  }

  async dismiss(id: string): Promise<void> {
    const edit = { kind: "finding.state", id, state: "dismissed", reason: "Known." } as const
    await this.#inventory.edit(edit, { name: "ann", atUs: 1 })
  }

  async specify(service: string, text: string): Promise<FindingRecord[]> {
    await this.#inventory.edit({ kind: "specification.put", service, name: "api", text }, { name: "ann", atUs: 1 })
    return this.apply()
  }

  async posture(template: string): Promise<string | undefined> {
    const { items } = await this.#store.endpoints({}, { limit: 100 })
    return items.find((one) => one.template === template)?.posture
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#store.close()
  }
}

const told = (findings: readonly FindingRecord[]): string[] =>
  findings.map(({ kind, subject, state }) => `${kind} ${subject} ${state}`).sort()

test("table: what is a finding and what is none", async () => {
  const rows: readonly (readonly [name: string, events: ApiEvent[][], findings: readonly string[]])[] = [
    ["everything has a credential", [some(40, "/a")], []],
    ["too little to say", [open(19, "/a")], []],
    ["nobody has one", [open(20, "/a")], ["auth.missing endpoint-1 open"]],
    ["one in ten has none", [some(90, "/a"), open(10, "/a")], ["auth.partial endpoint-1 open"]],
    ["one in a hundred", [some(99, "/a"), open(1, "/a")], ["auth.conflict endpoint-1 open"]],
    ["a health check", [open(40, "/healthz")], []],
    ["preflights", [open(40, "/a", { operation: operation({ path: "/a", method: "OPTIONS" }) })], []],
    ["refused without one", [some(40, "/a"), open(400, "/a", { status: 401 })], []],
    ["lossy evidence", [open(40, "/a", { flags: 1 })], []],
    ["in clear", [some(40, "/a", { server: server() })], ["auth.weak.cleartext service-1 open"]],
    [
      "Basic at two endpoints is told once",
      [
        some(5, "/a", { identity: identity({ scheme: "basic" }) }),
        some(5, "/b", { identity: identity({ scheme: "basic" }) }),
      ],
      ["auth.weak.basic service-1 open"],
    ],
    [
      "four open endpoints are told each, five once",
      [..."abcd"].map((path) => open(20, `/${path}`)),
      [1, 2, 3, 4].map((i) => `auth.missing endpoint-${i} open`),
    ],
    ["five open endpoints", [..."abcde"].map((path) => open(20, `/${path}`)), ["auth.missing service-1 open"]],
  ]
  for (const [name, events, findings] of rows) {
    await using run = await Run.start()
    assert.deepEqual(told(await run.apply(...events)), findings, name)
  }
})

test("the sentence compares with the rest of the service, and the record has its posture", async () => {
  await using run = await Run.start()
  const [finding] = await run.apply(some(200, "/a"), open(25, "/b"))
  assert.equal(
    finding?.sentence,
    "GET /b at api.example.com lets everybody in: none of 25 successful exchanges carried a credential. At the other endpoints of the service 100 % of 200 did.",
  )
  assert.equal(finding?.count, 25)
  assert.equal(finding?.firstUs, START_US)
  assert.equal(finding?.lastUs, START_US + 24e6)
  assert.equal(await run.posture("/a"), "consistent")
  assert.equal(await run.posture("/b"), "missing")
})

test("closed when it holds no more, over a restart", async () => {
  await using run = await Run.start()
  assert.deepEqual(told(await run.apply(open(20, "/a"))), ["auth.missing endpoint-1 open"])
  await run.restart()
  const now = await run.apply(some(20, "/a", { startUs: START_US + 50e6 }))
  assert.deepEqual(told(now), ["auth.missing endpoint-1 gone", "auth.partial endpoint-1 open"])
  const gone = now.find(({ kind }) => kind === "auth.missing")
  assert.equal(gone?.goneUs, START_US + 50e6)
  assert.match(gone?.goneWhy ?? "", /^20 of 40 successful exchanges .* carried a credential \(50 %\)/)
})

test("lossy evidence takes nothing back", async () => {
  await using run = await Run.start()
  await run.apply(open(20, "/a"))
  assert.deepEqual(told(await run.apply(some(20, "/a", { flags: 1 }))), ["auth.missing endpoint-1 open"])
  assert.equal(await run.posture("/a"), "unknown")
})

test("told together from five on, apart again below three; what was dismissed is left out", async () => {
  await using run = await Run.start()
  const [first] = await run.apply(open(20, "/a"))
  await run.dismiss(first!.id)
  const five = await run.apply(...[..."bcde"].map((path) => open(20, `/${path}`)))
  assert.equal(five.filter(({ state }) => state === "open").length, 4)
  const folded = await run.apply(open(20, "/f"))
  assert.deepEqual(told(folded).slice(-1), ["auth.missing service-1 open"])
  assert.deepEqual(told(folded)[0], "auth.missing endpoint-1 dismissed")
  assert.equal(folded.filter(({ state }) => state === "gone").length, 4)
  const sentence = folded.find(({ subject }) => subject === "service-1")?.sentence
  assert.match(sentence ?? "", /^5 of 6 endpoints of api\.example\.com let everybody in; .*\/b \(20\).* and 2 more\.$/)
  const three = await run.apply(...[..."bc"].map((path) => some(400, `/${path}`)))
  assert.match(three.find(({ subject }) => subject === "service-1")?.sentence ?? "", /^3 of 6 endpoints/)
  const two = await run.apply(some(400, "/d"))
  assert.deepEqual(
    told(two).filter((line) => line.startsWith("auth.missing") && line.endsWith("open")),
    ["auth.missing endpoint-5 open", "auth.missing endpoint-6 open"],
  )
})

test("what the specification leaves open is no finding: by an empty list, or an empty alternative", async () => {
  const operation = (security?: object[]) => ({
    get: { responses: { 200: { description: "ok" } }, ...(security === undefined ? {} : { security }) },
  })
  const text = JSON.stringify({
    openapi: "3.0.3",
    info: { title: "api", version: "1" },
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    paths: { "/a": operation([]), "/b": operation([{ token: [] }, {}]), "/c": operation() },
  })
  await using run = await Run.start()
  const seen = [..."abc"].flatMap((path) => [some(99, `/${path}`), open(1, `/${path}`)])
  assert.equal(told(await run.apply(...seen)).length, 3)
  const states = ["auth.conflict endpoint-1 gone", "auth.conflict endpoint-2 gone", "auth.conflict endpoint-3 open"]
  const found = await run.specify("service-1", text)
  assert.deepEqual(told(found), states)
  assert.equal(found.find(({ goneUs }) => goneUs > 0)?.goneWhy, "Its specification says that no credential is needed.")
  await run.restart()
  assert.deepEqual(told(await run.apply(open(1, "/a"))), states)
})
