// Protocols beyond plain requests and responses: gRPC statuses, WebSocket conversations, operations inside one URL, heads
// that could not be decoded; and consumers across a rotation of the pseudonym key.
import assert from "node:assert/strict"
import { test } from "node:test"
import { type ApiEvent, type Call, HeadPart, type Identity, State } from "../../shared/event/api-event.ts"
import type { ServiceRecord } from "../store/records.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store, StoredState } from "../store/store.ts"
import {
  anonymous,
  batch,
  conversation,
  countingIds,
  event,
  identity,
  operation,
  responseOnly,
  START_US,
  server,
} from "./fake-batches.ts"
import { Inventory } from "./inventory.ts"
import type { InventoryLimits } from "./limits.ts"

async function run(batches: readonly (readonly ApiEvent[])[], limits: Partial<InventoryLimits> = {}): Promise<Store> {
  const store = await openSqliteStore(":memory:")
  const mint = countingIds()
  for (const [i, events] of batches.entries()) {
    // Restarted between any two batches: what is kept is what the store gives back.
    const inventory = await Inventory.open(store, { limits, mint })
    inventory.apply(batch(events, { sequence: i + 1 }))
    await inventory.checkpoint()
  }
  return store
}

async function inventoryOf(events: readonly ApiEvent[], limits: Partial<InventoryLimits> = {}): Promise<StoredState> {
  const store = await run([events], limits)
  const state = await store.load()
  await store.close()
  addsUp(state)
  return state
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
const unlistedOf = ({ unlisted }: Pick<ServiceRecord, "unlisted">): number => sum(Object.values(unlisted))

function addsUp({ services, endpoints, ledger }: StoredState): void {
  const inServices = sum(services.map(({ requests, conversations }) => requests + conversations))
  const inEndpoints = sum(endpoints.map(({ requests, conversations }) => requests + conversations))
  assert.equal(ledger.exchanges, inServices + unlistedOf(ledger))
  assert.equal(inServices, inEndpoints + sum(services.map(unlistedOf)))
  assert.equal(
    ledger.conversations,
    sum(services.map((service) => service.conversations)) + conversationsNowhere(ledger),
  )
}

/** In these tests a conversation with no service is the only thing that is unlisted as without response. */
function conversationsNowhere({ unlisted }: StoredState["ledger"]): number {
  return unlisted.noResponse ?? 0
}

const call = (change: Partial<Call>): Call => ({
  kind: "grpc",
  key: "pkg.Orders/Get",
  fields: [],
  depth: -1,
  aliases: -1,
  batch: 1,
  ...change,
})
const grpc = (outcome: number, change: Partial<ApiEvent> = {}): ApiEvent =>
  event({
    operation: operation({ protocol: 3, method: "POST", path: "/pkg.Orders/Get", operationKey: "pkg.Orders/Get" }),
    call: call({}),
    outcome,
    requestMessages: 1,
    responseMessages: outcome === 0 ? 1 : 0,
    ...change,
  })

test("a gRPC status other than 0 is an error of an answer with status 200", async () => {
  const { endpoints, services, consumers } = await inventoryOf([grpc(0), grpc(5), grpc(7), grpc(-1)])
  const [endpoint] = endpoints
  assert.deepEqual([endpoint?.requests, endpoint?.errors, services[0]?.errors, consumers[0]?.errors], [4, 2, 2, 2])
  assert.deepEqual(endpoint?.statuses, { 200: 4 })
  assert.deepEqual(endpoint?.outcomes, { 0: 1, 5: 1, 7: 1 })
  assert.deepEqual([endpoint?.operation, endpoint?.calls.kinds], ["pkg.Orders/Get", { grpc: 4 }])
  assert.deepEqual([endpoint?.requestMessages, endpoint?.responseMessages], [4, 1])
  assert.deepEqual(endpoint?.protocols, { "http/2": 4 })
})

test("table: what a gRPC status alone makes of the inventory", async () => {
  const rows: readonly [outcome: number, services: number, proven: boolean, unlisted: Record<string, number>][] = [
    [0, 1, true, {}],
    [3, 1, false, {}],
    [5, 1, false, {}],
    [12, 0, false, { notFound: 1 }],
    [13, 0, false, { serverError: 1 }],
    [14, 0, false, { serverError: 1 }],
    [16, 1, false, {}],
    [99, 1, true, {}],
  ]
  for (const [outcome, services, proven, unlisted] of rows) {
    const state = await inventoryOf([grpc(outcome)])
    assert.equal(state.services.length, services, `services at ${outcome}`)
    assert.deepEqual(state.ledger.unlisted, unlisted, `unlisted at ${outcome}`)
    assert.equal(Object.keys(state.endpoints[0]?.schemes ?? {}).length > 0, proven, `proof at ${outcome}`)
  }
})

test("a WebSocket conversation is on the GET that opened it, and is no request", async () => {
  const opening = event({ status: 101 })
  const { endpoints, services, consumers, ledger } = await inventoryOf([
    opening,
    conversation({ call: call({ kind: "websocket", key: "", fields: ["chat.v2"] }) }),
    conversation({ outcome: 1006 }),
  ])
  assert.equal(endpoints.length, 1)
  const [endpoint] = endpoints
  assert.deepEqual([endpoint?.method, endpoint?.requests, endpoint?.conversations, endpoint?.errors], ["GET", 1, 2, 0])
  assert.deepEqual([endpoint?.requestMessages, endpoint?.responseMessages], [4, 60])
  assert.deepEqual(endpoint?.outcomes, { 1000: 1, 1006: 1 })
  assert.deepEqual(endpoint?.protocols, { "http/1.1": 1, websocket: 2 })
  assert.deepEqual(endpoint?.calls.fields, { "chat.v2": 1 })
  assert.deepEqual([services[0]?.requests, services[0]?.conversations, consumers[0]?.requests], [1, 2, 1])
  assert.deepEqual(services[0]?.protocols, ["http/1.1", "websocket"])
  assert.deepEqual([ledger.exchanges, ledger.conversations], [3, 2])
})

test("a conversation that arrives before its opening finds the same endpoint; without an answer it adds none", async () => {
  const { endpoints } = await inventoryOf([conversation(), event({ status: 101 })])
  assert.deepEqual(
    endpoints.map(({ method, requests, conversations }) => [method, requests, conversations]),
    [["GET", 1, 1]],
  )
  const nowhere = await inventoryOf([conversation({ status: 0 })])
  assert.deepEqual([nowhere.endpoints.length, nowhere.ledger.unlisted], [0, { noResponse: 1 }])
})

test("bytes of conversations are in the windows, their number is not", async () => {
  const store = await run([[event({ status: 101, responseBytes: 0 }), conversation()]])
  const [hour] = await store.series({}, "hour", 0, Number.MAX_SAFE_INTEGER, 10)
  assert.deepEqual([hour?.requests, hour?.requestBytes, hour?.responseBytes], [1, 20, 300])
  await store.close()
})

test("table: a head that could not be decoded adds nothing, and is counted", async () => {
  const nameless = operation({ protocol: 3, method: "", path: "" })
  const rows: readonly [name: string, of: ApiEvent, unlisted: string][] = [
    ["method", event({ operation: nameless, unknown: HeadPart.method | HeadPart.path }), "unknownRequest"],
    ["path", event({ operation: operation({ protocol: 3, path: "" }), unknown: HeadPart.path }), "unknownRequest"],
    ["authority", event({ server: server({ authority: "" }), unknown: HeadPart.authority }), "unknownRequest"],
  ]
  for (const [name, of, reason] of rows) {
    const alone = await inventoryOf([of])
    assert.deepEqual([alone.services.length, alone.endpoints.length], [0, 0], name)
    assert.deepEqual(alone.ledger.unlisted, { [reason]: 1 }, name)
  }
  const beside = await inventoryOf([event(), event({ operation: nameless, unknown: HeadPart.method | HeadPart.path })])
  assert.deepEqual([beside.endpoints.length, beside.services[0]?.unlisted], [1, { unknownRequest: 1 }])
  const some = await inventoryOf([event({ unknown: HeadPart.fields })])
  assert.equal(some.endpoints.length, 1)
})

const graphql = (name: string, change: Partial<Call> = {}): ApiEvent =>
  event({
    operation: operation({ method: "POST", path: "/graphql", operationKey: name }),
    call: call({ kind: "graphql", key: name, fields: ["orders"], depth: 3, aliases: 1, ...change }),
  })

test("operations inside one URL are endpoints of their own, with the largest of what was asked", async () => {
  const store = await run([[graphql("query Orders"), graphql("mutation Pay")], [graphql("query Orders", { depth: 9 })]])
  const { endpoints } = await store.load()
  assert.deepEqual(
    endpoints.map(({ id, operation: name, requests }) => [id, name, requests]),
    [
      ["endpoint-1", "query Orders", 2],
      ["endpoint-2", "mutation Pay", 1],
    ],
  )
  assert.deepEqual(endpoints[0]?.calls, {
    kinds: { graphql: 2 },
    fields: { orders: 2 },
    depth: 9,
    aliases: 1,
    batch: 1,
  })
  await store.close()
})

test("operation names are the client's to choose: beyond the limit of one path they add no endpoints", async () => {
  const invented = Array.from({ length: 10 }, (_, i) => graphql(`query Q${i}`))
  const plain = event({ operation: operation({ method: "POST", path: "/graphql" }) })
  const { endpoints, services, ledger } = await inventoryOf([...invented, plain, graphql("query Q1")], {
    operationsPerPath: 3,
  })
  assert.equal(endpoints.length, 4)
  assert.deepEqual(ledger.limits, { operationsPerPath: 7 })
  assert.deepEqual(services[0]?.unlisted, { limit: 7 })
})

test("which identity rule decided is counted by service and by sensor", async () => {
  const other = server({ authority: "b.example.com" })
  const store = await run([
    [event(), event(), event({ identity: anonymous("f1") }), event({ server: other, identity: anonymous("f2") })],
    [event()],
  ])
  const { services, sensors } = await store.load()
  assert.deepEqual(
    services.map(({ rules }) => rules),
    [{ "jwt bearer-jwt": 3, "anonymous none": 1 }, { "anonymous none": 1 }],
  )
  assert.deepEqual(sensors[0]?.rules, { "jwt bearer-jwt": 3, "anonymous none": 2 })
  await store.close()
})

test("of halves the request counts, once, and nothing but requests does", async () => {
  const half = { exchangeKey: 5, flags: 4 }
  const request = event({ ...half, state: State.requestOnly, status: 0 })
  const nobody = identity({ scheme: "", rule: "" })
  const response = responseOnly({ ...half, identity: nobody, startUs: START_US + 5000 })
  const whole = event({ exchangeKey: 5 })
  const lone = responseOnly({ identity: nobody, server: server() })
  const unpaired = event({ state: State.unpaired, identity: nobody, operation: operation({ method: "" }) })
  const cases: readonly (readonly [name: string, a: ApiEvent[], b: ApiEvent[], requests: number])[] = [
    ["request, then response", [request], [response], 1],
    ["response, then request", [response], [request], 1],
    ["request, then both", [request], [whole], 1],
    ["response, then both", [response], [whole], 1],
    ["both, twice", [whole], [whole], 1],
    ["answers alone, and a conversation", [event(), lone, unpaired], [conversation({ identity: nobody })], 1],
  ]
  for (const [name, a, b, requests] of cases) {
    const store = await openSqliteStore(":memory:")
    const inventory = await Inventory.open(store)
    inventory.apply(batch(a, { sensor: "tap-a" }))
    inventory.apply(batch(b, { sensor: "tap-b" }))
    inventory.settle()
    await inventory.checkpoint()
    const { sensors, services } = await store.load()
    const counted = (records: readonly { readonly rules: Readonly<Record<string, number>> }[]): unknown =>
      records.flatMap(({ rules }) => Object.entries(rules))
    assert.deepEqual(counted(sensors), [["jwt bearer-jwt", requests]], name)
    assert.deepEqual(counted(services), [["jwt bearer-jwt", requests]], name)
    await store.close()
  }
})

const by = (principal: string, formerPrincipal = ""): ApiEvent => {
  const change: Partial<Identity> = { principal, formerPrincipal }
  return event({ identity: identity(change) })
}

test("a consumer keeps its id and its history when the pseudonym key is rotated", async () => {
  const store = await run([[by("p1")], [by("p2", "p1"), by("p2", "p1")], [by("p1")], [by("p2")], [by("p3", "p2")]])
  const { consumers } = await store.load()
  assert.equal(consumers.length, 1)
  const [consumer] = consumers
  assert.deepEqual([consumer?.id, consumer?.requests, consumer?.principal], ["consumer-1", 6, "p3"])
  assert.deepEqual(consumer?.formerPrincipals, ["p1", "p2"])
  const kinds = (await store.latestChanges(20)).map(({ kind }) => kind)
  assert.equal(kinds.filter((kind) => kind === "consumer.rekeyed").length, 2)
  await store.close()
})

test("a consumer first met during the overlap is one, under either key", async () => {
  const store = await run([[by("p2", "p1")], [by("p1")], [by("p2")]])
  const { consumers } = await store.load()
  assert.deepEqual([consumers.length, consumers[0]?.requests, consumers[0]?.principal], [1, 3, "p2"])
  await store.close()
})

test("former principals are bounded: beyond the limit a consumer is a new one", async () => {
  const store = await run([[by("p1")], [by("p2", "p1")], [by("p3", "p2")]], { names: 1 })
  const { consumers, ledger } = await store.load()
  assert.equal(consumers.length, 2)
  assert.ok(ledger.limits.names! > 0)
  await store.close()
})

test("halves of an HTTP/2 exchange are told by their state, and joined with what each knows", async () => {
  const request = grpc(-1, { state: State.requestOnly, status: 0, exchangeKey: 9, responseMessages: -1 })
  const response = grpc(13, {
    state: State.responseOnly,
    exchangeKey: 9,
    requestMessages: -1,
    responseMessages: 2,
    unknown: HeadPart.method | HeadPart.path | HeadPart.fields,
  })
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store)
  inventory.apply(batch([request], { sensor: "tap-a" }))
  inventory.apply(batch([response], { sensor: "tap-b" }))
  inventory.apply(batch([grpc(0)], { sensor: "tap-a", sequence: 2 }))
  await inventory.checkpoint()
  const { endpoints, ledger } = await store.load()
  assert.deepEqual([ledger.joined, ledger.exchanges], [1, 2])
  assert.deepEqual([endpoints[0]?.outcomes, endpoints[0]?.responseMessages], [{ 0: 1 }, 1])
  await store.close()
})
