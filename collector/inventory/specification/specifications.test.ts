// Specifications in a living inventory: edits, status of what is there and of what comes, the feed, findings, restarts.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import { openSqliteStore } from "../../store/sqlite-store.ts"
import type { Store } from "../../store/store.ts"
import { Documents } from "../documents.ts"
import { type Actor, EditError } from "../edits.ts"
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
} from "../fake-batches.ts"
import { Inventory } from "../inventory.ts"
import { OK, openapi } from "./fake-specifications.ts"
import { DOCUMENTS_MAX, SpecificationShelf } from "./specification-shelf.ts"

const ACTOR: Actor = { name: "somebody", atUs: START_US }
const DOCUMENT = openapi({
  "/v1/orders/{orderId}": { get: { responses: OK } },
  "/v1/claims": { post: { responses: OK } },
})

const call = (path: string, change: Partial<ApiEvent> = {}): ApiEvent =>
  event({ operation: operation({ path }), response: jsonForm(0), ...change })

const EVENTS = [
  call("/v1/orders/{int}"),
  call("/v1/orders/{int}", {
    operation: operation({ path: "/v1/orders/{int}", query: ["debug:bool"] }),
    startUs: START_US + 5,
  }),
  call("/internal/queues"),
  call("/v1/orders/{int}/x", { status: 404 }),
]

async function open(store: Store): Promise<Inventory> {
  return Inventory.open(store, { mint: countingIds() })
}

async function statuses(store: Store): Promise<Record<string, string>> {
  const { items } = await store.endpoints({}, { limit: 100 })
  return Object.fromEntries(
    items.map((one) => [`${one.method} ${one.template.replaceAll(/\{[^{}]*\}/g, "{}")}`, `${one.status} ${one.drift}`]),
  )
}

const put = (name: string, text: string, change: object = {}) =>
  ({ kind: "specification.put", service: "service-1", name, text, ...change }) as const

test("import, what was there and what comes later, removal; the feed and findings", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await open(store)
  inventory.apply(batch(EVENTS))
  await inventory.checkpoint()
  assert.deepEqual(Object.values(await statuses(store)), ["unknown -1", "unknown -1"])
  const { sentence } = await inventory.edit(put("orders", DOCUMENT), ACTOR)
  assert.match(sentence, /"orders" of api\.example\.com was imported: openapi 3\.1\.0, version 1\.0, 2 operations\./)
  let seen = await statuses(store)
  assert.equal(seen["GET /v1/orders/{}"], "documented 1")
  assert.equal(seen["GET /internal/queues"], "shadow -1")
  inventory.apply(batch([call("/v1/hidden")], { sequence: 2 }))
  await inventory.checkpoint()
  assert.equal((await statuses(store))["GET /v1/hidden"], "shadow -1")
  assert.deepEqual((await store.service("service-1"))?.specifications, ["orders"])
  const feed = (await store.changes(0, 100)).filter(({ kind }) => kind === "endpoint.shadow")
  assert.equal(feed.length, 2)
  const findings = async () =>
    (await store.documents("finding"))
      .map(({ record }) => `${record.kind} ${record.state}`)
      .filter((text) => text.startsWith("endpoint."))
  assert.deepEqual(await findings(), ["endpoint.shadow open", "endpoint.shadow open"])
  // The same again is no change.
  const again = await inventory.edit(put("orders", DOCUMENT), ACTOR)
  assert.match(again.sentence, /nothing changed/)
  await inventory.edit({ kind: "specification.remove", service: "service-1", name: "orders" }, ACTOR)
  seen = await statuses(store)
  assert.ok(
    Object.values(seen).every((status) => status === "unknown -1"),
    JSON.stringify(seen),
  )
  assert.deepEqual(await findings(), ["endpoint.shadow gone", "endpoint.shadow gone"])
  assert.deepEqual((await store.service("service-1"))?.specifications, [])
  assert.equal((await store.audit(0, 10)).length, 3)
  await store.close()
})

test("versions: the older one makes zombies, unless it is said to be in force", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await open(store)
  inventory.apply(batch([call("/v0/legacy")]))
  const older = openapi({ "/v0/legacy": { get: { responses: OK } } }, { info: { title: "Orders", version: "0.9" } })
  await inventory.edit(put("old", older), ACTOR)
  assert.deepEqual(await statuses(store), { "GET /v0/legacy": "documented 0" })
  await inventory.edit(put("orders", DOCUMENT), ACTOR)
  assert.equal((await statuses(store))["GET /v0/legacy"], "zombie -1")
  await inventory.edit(put("old", older, { isDeprecated: false }), ACTOR)
  assert.equal((await statuses(store))["GET /v0/legacy"], "documented 0")
  await inventory.edit(put("orders", DOCUMENT, { supersedes: ["old"] }), ACTOR)
  assert.equal((await statuses(store))["GET /v0/legacy"], "zombie -1")
  await store.close()
})

test("a restart goes on with the same documents, and says the same of the same", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await open(store)
  inventory.apply(batch(EVENTS))
  await inventory.edit(put("orders", DOCUMENT), ACTOR)
  const before = await statuses(store)
  const restarted = await open(store)
  assert.deepEqual(
    restarted.specifications.records("service-1").map(({ name }) => name),
    ["orders"],
  )
  await restarted.checkpoint()
  assert.deepEqual(await statuses(store), before)
  restarted.apply(batch([call("/v1/orders/{int}"), call("/v1/hidden")], { sequence: 2 }))
  await restarted.checkpoint()
  const after = await statuses(store)
  assert.deepEqual([after["GET /v1/orders/{}"], after["GET /v1/hidden"]], ["documented 1", "shadow -1"])
  await store.close()
})

test("naming one service makes the servers rogue that nobody named, in the same checkpoint", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await open(store)
  const at = (authority: string, address: string): Partial<ApiEvent> => ({ server: server({ authority, address }) })
  inventory.apply(
    batch([
      call("/v1/orders/{int}", at("api.example.com", "a1")),
      call("/x", at("dev.example.com", "a2")),
      call("/y", at("other.example.com", "a1")),
    ]),
  )
  await inventory.checkpoint()
  await inventory.edit(put("orders", DOCUMENT), ACTOR)
  const seen = await statuses(store)
  assert.deepEqual([seen["GET /x"], seen["GET /y"]], ["rogue -1", "unknown -1"])
  const rogue = (await store.documents("finding")).filter(({ record }) => record.kind === "server.rogue")
  assert.deepEqual(
    rogue.map(({ record }) => record.subject),
    ["service-2"],
  )
  await inventory.edit({ kind: "specification.remove", service: "service-1", name: "orders" }, ACTOR)
  assert.equal((await statuses(store))["GET /x"], "unknown -1")
  await store.close()
})

test("what is refused changes nothing", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await open(store)
  inventory.apply(batch([call("/v1/orders/{int}")]))
  const refused = async (edit: Parameters<Inventory["edit"]>[0], code: string, place: string): Promise<void> => {
    const error = await inventory.edit(edit, ACTOR).then(
      () => assert.fail("taken"),
      (thrown: unknown) => thrown,
    )
    assert.ok(error instanceof EditError, String(error))
    assert.deepEqual([error.code, error.place], [code, place])
  }
  await refused(put("orders", "{}"), "invalid", "")
  await refused(put("orders", openapi({ "/a": 7 })), "invalid", "/paths/~1a")
  await refused(put("a/b", DOCUMENT), "invalid", "name")
  await refused(put("orders", DOCUMENT, { supersedes: ["orders"] }), "invalid", "supersedes")
  await refused({ ...put("orders", DOCUMENT), service: "none" }, "unknown", "service")
  await refused({ kind: "specification.remove", service: "service-1", name: "orders" }, "unknown", "name")
  for (let i = 0; i < DOCUMENTS_MAX; i++) await inventory.edit(put(`d${i}`, DOCUMENT), ACTOR)
  await refused(put("more", DOCUMENT), "limit", "")
  await inventory.edit(put("d0", DOCUMENT, { isDeprecated: true }), ACTOR)
  assert.equal((await store.audit(0, 100)).length, DOCUMENTS_MAX + 1)
  await store.close()
})

test("credentials that a specification demands: counted at the endpoint, with the last exchange", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await open(store)
  const secured = openapi(
    { "/v1/orders/{id}": { get: { responses: OK } } },
    { security: [{ token: [] }], components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } } },
  )
  inventory.apply(batch([call("/v1/orders/{int}", { identity: identity() })]))
  await inventory.edit(put("orders", secured), ACTOR)
  assert.equal((await statuses(store))["GET /v1/orders/{}"], "documented 0")
  inventory.apply(batch([call("/v1/orders/{int}", { identity: anonymous("x") })], { sequence: 2 }))
  await inventory.checkpoint()
  assert.equal((await statuses(store))["GET /v1/orders/{}"], "documented 1")
  await store.close()
})

test("a document that the index fails over changes nothing, and the next one is taken", () => {
  const documents = new Documents([])
  let isBroken = true
  const shelf = new SpecificationShelf(documents, () => {
    if (isBroken) throw new SyntaxError("Invalid regular expression")
    return "api.example.com"
  })
  const service = { id: "s1", name: "orders", authority: "api.example.com" }
  const refused = (error: unknown): boolean => error instanceof EditError && error.code === "invalid"
  assert.throws(() => shelf.put(service, put("orders", DOCUMENT), ACTOR), refused)
  assert.deepEqual([shelf.records("s1"), documents.isDirty, shelf.index("s1")], [[], false, null])
  isBroken = false
  shelf.put(service, put("orders", DOCUMENT), ACTOR)
  assert.equal(shelf.index("s1")?.operations.length, 2)
  isBroken = true
  assert.throws(() => shelf.put(service, put("orders", openapi({})), ACTOR), refused)
  assert.deepEqual([shelf.index("s1")?.operations.length, shelf.records("s1")[0]?.operations], [2, 2])
})
