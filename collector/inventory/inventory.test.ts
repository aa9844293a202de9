// What exchanges make of the inventory, read back from the store.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { State } from "../../shared/event/api-event.ts"
import { QuantileSketch } from "../../shared/sketch/quantile-sketch.ts"
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
  responseOnly,
  START_US,
  server,
} from "./fake-batches.ts"
import { Inventory } from "./inventory.ts"

async function inventoryOf(events: readonly ApiEvent[]): Promise<StoredState> {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { mint: countingIds() })
  inventory.apply(batch(events))
  await inventory.checkpoint()
  const state = await store.load()
  await store.close()
  return state
}

test("one exchange makes a service, an endpoint, a consumer and a pair", async () => {
  const { services, endpoints, consumers, pairs, ledger } = await inventoryOf([event()])
  assert.equal(services[0]?.name, "api.example.com")
  assert.deepEqual(services[0]?.addresses, ["b00000000001:443"])
  assert.deepEqual(services[0]?.protocols, ["http/1.1"])
  assert.equal(services[0]?.endpoints, 1)
  assert.equal(endpoints[0]?.template, "/v1/orders/{int}")
  assert.equal(endpoints[0]?.consumers, 1)
  assert.equal(consumers[0]?.name, "partner-42")
  assert.deepEqual(pairs, [["consumer-1", "endpoint-1", 1]])
  assert.equal(ledger.exchanges, 1)
})

test("table: what makes two exchanges the same service", async () => {
  const rows: readonly [name: string, a: ApiEvent["server"], b: ApiEvent["server"], services: number][] = [
    ["another address of the same authority", server(), server({ address: "b2", port: 8443 }), 1],
    ["another authority at the same address", server(), server({ authority: "b.example.com" }), 2],
    ["an IP literal is an authority", server({ authority: "10.0.0.1" }), server({ authority: "10.0.0.2" }), 2],
    ["another zone", server(), server({ zone: "vlan 7" }), 2],
    ["no authority: the listening address", server({ authority: "" }), server({ authority: "", port: 80 }), 2],
    ["no authority, same address", server({ authority: "" }), server({ authority: "" }), 1],
  ]
  for (const [name, a, b, expected] of rows) {
    const { services } = await inventoryOf([event({ server: a }), event({ server: b })])
    assert.equal(services.length, expected, name)
  }
})

test("table: what makes two exchanges the same endpoint", async () => {
  const rows: readonly [name: string, change: Parameters<typeof operation>[0], endpoints: number][] = [
    ["other parameters", { query: ["page:int"] }, 1],
    ["another protocol", { protocol: 3 }, 1],
    ["another method", { method: "DELETE" }, 2],
    ["another path", { path: "/v1/orders" }, 2],
    ["another extension", { extension: "json" }, 2],
    ["another operation key", { operationKey: "query Orders" }, 2],
  ]
  for (const [name, change, expected] of rows) {
    const { endpoints } = await inventoryOf([event(), event({ operation: operation(change) })])
    assert.equal(endpoints.length, expected, name)
  }
})

test("a scanner's hosts and paths make neither services nor endpoints, and are counted", async () => {
  const scan = Array.from({ length: 50 }, (_, i) =>
    event({ status: 404, server: server({ authority: `h${i}.example` }), operation: operation({ path: `/p${i}` }) }),
  )
  const known = Array.from({ length: 20 }, (_, i) => event({ status: 404, operation: operation({ path: `/q${i}` }) }))
  const { services, endpoints, ledger } = await inventoryOf([event(), ...scan, ...known])
  assert.equal(services.length, 1)
  assert.equal(endpoints.length, 1)
  assert.deepEqual(ledger.unlisted, { notFound: 50 })
  assert.deepEqual(services[0]?.unlisted, { notFound: 20 })
  assert.equal(services[0]?.requests, 21)
  assert.equal(services[0]?.errors, 20)
})

test("errors and lost responses count on an endpoint that is known", async () => {
  const { services, endpoints } = await inventoryOf([
    event(),
    event({ status: 404 }),
    event({ status: 503 }),
    event({ status: 0, state: State.requestOnly }),
    event({ status: 0, state: State.unpaired }),
    responseOnly({ server: server() }),
  ])
  const [endpoint] = endpoints
  assert.equal(endpoint?.requests, 5)
  assert.equal(endpoint?.errors, 2)
  assert.deepEqual(endpoint?.statuses, { 200: 1, 404: 1, 503: 1 })
  assert.deepEqual(endpoint?.states, { complete: 3, requestOnly: 1, unpaired: 1 })
  assert.deepEqual(services[0]?.unlisted, { noRequest: 1 })
})

test("auth schemes are those of successful exchanges only", async () => {
  const { endpoints } = await inventoryOf([
    event(),
    event({ identity: anonymous("x"), status: 401 }),
    event({ identity: anonymous("x"), status: 302 }),
    event({ identity: anonymous("x"), status: 304 }),
  ])
  assert.deepEqual(endpoints[0]?.schemes, { "bearer-jwt": 1, none: 1 })
})

test("table: which flags make an exchange lossy", async () => {
  const rows: readonly [flag: number, lossy: number][] = [
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 0],
    [5, 0],
    [6, 1],
    [7, 0],
    [8, 0],
  ]
  for (const [flag, lossy] of rows) {
    const { endpoints } = await inventoryOf([event({ flags: 1 << flag })])
    assert.equal(endpoints[0]?.lossy, lossy, `flag ${flag}`)
  }
})

test("latency when it is known, sizes of complete exchanges, items when there is a collection", async () => {
  const { endpoints } = await inventoryOf([
    event({ firstByteUs: 1000, requestBytes: 10, responseBytes: 500, items: 4 }),
    event({ firstByteUs: -1, state: State.bodyGap, responseBytes: 3 }),
  ])
  const endpoint = endpoints[0]!
  const counts = [endpoint.latencyUs, endpoint.requestBytes, endpoint.responseBytes, endpoint.items].map(
    (bytes) => QuantileSketch.from(bytes).count,
  )
  assert.deepEqual(counts, [1, 1, 1, 1])
  assert.equal(QuantileSketch.from(endpoint.responseBytes).quantile(0.5), 500)
})

test("types, shapes, anomalies and data classes are counted", async () => {
  const { endpoints } = await inventoryOf([
    event({
      request: jsonForm(5),
      response: jsonForm(6),
      anomalies: [2, 18],
      requestClasses: ["email=3"],
      responseClasses: ["iban=1", "phone=0"],
    }),
    event({ response: { ...jsonForm(0), contentType: "text/html" } }),
  ])
  const endpoint = endpoints[0]!
  assert.deepEqual(endpoint.requestTypes, { "application/json": 1 })
  assert.deepEqual(endpoint.responseTypes, { "application/json": 1, "text/html": 1 })
  assert.deepEqual(endpoint.requestShapes, { 5: 1 })
  assert.deepEqual(endpoint.shapes, { 6: 1 })
  assert.deepEqual(endpoint.anomalies, { 2: 1, 18: 1 })
  assert.deepEqual(endpoint.dataClasses, { "request:email": 1, "response:iban": 1, "response:phone": 1 })
})

test("parameters: place, name, kinds, how many requests carried them, from when to when", async () => {
  const list = operation({ path: "/v1/orders", query: ["expand:word", "page:int"], headers: ["x-tenant:slug"] })
  const other = operation({ path: "/v1/orders", query: ["page:word"], cookies: ["sid:hex"] })
  const { endpoints } = await inventoryOf([
    event({ operation: list, startUs: START_US + 10 }),
    event({ operation: list, startUs: START_US + 5 }),
    event({ operation: other, startUs: START_US + 20 }),
  ])
  const seen = endpoints[0]!.parameters.map(({ in: place, name, requests, kinds, firstSeenUs, lastSeenUs }) =>
    [place, name, requests, JSON.stringify(kinds), firstSeenUs - START_US, lastSeenUs - START_US].join(" "),
  )
  assert.deepEqual(seen, [
    'query expand 2 {"word":2} 5 10',
    'query page 3 {"int":2,"word":1} 5 20',
    'header x-tenant 2 {"slug":2} 5 10',
    'cookie sid 1 {"hex":1} 20 20',
  ])
})

test("a consumer is a principal, whatever credential and client it shows", async () => {
  const { consumers } = await inventoryOf([
    event(),
    event({ identity: identity({ credential: "d2" }), client: client({ prefix: "p2", userAgentFamily: "sdk" }) }),
    event({ identity: identity({ principal: "e2", name: "" }), status: 403, startUs: START_US - 1 }),
    event({ identity: anonymous("0123456789ab") }),
  ])
  assert.deepEqual(
    consumers.map(({ name, requests, errors, endpoints }) => ({ name, requests, errors, endpoints })),
    [
      { name: "partner-42", requests: 2, errors: 0, endpoints: 1 },
      { name: "bearer-jwt:e2", requests: 1, errors: 1, endpoints: 1 },
      { name: "anonymous curl 012345", requests: 1, errors: 0, endpoints: 1 },
    ],
  )
  assert.deepEqual(Object.keys(consumers[0]?.sights.credential ?? {}), ["d00000000001", "d2"])
  assert.deepEqual(Object.keys(consumers[0]?.sights.prefix ?? {}), ["p00000000001", "p2"])
  assert.deepEqual(Object.keys(consumers[0]?.sights.userAgent ?? {}), ["curl", "sdk"])
})

test("who was never answered is no consumer yet", async () => {
  const { consumers } = await inventoryOf([
    event(),
    event({ identity: identity({ principal: "e2" }), state: State.requestOnly, status: 0 }),
  ])
  assert.equal(consumers.length, 1)
})

test("a later text of a shape takes the place of the former; the time is that of the first exchange", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { mint: countingIds() })
  const note = { shape: 77, paths: ["id:int"] }
  inventory.apply(batch([event({ startUs: START_US + 3 }), event({ startUs: START_US + 1 })], {}, [note]))
  await inventory.checkpoint()
  assert.deepEqual(await store.shapes([77, 78]), [{ ...note, firstSeenUs: START_US + 1 }])
  const classified = { shape: 77, paths: ["id:int#order"] }
  inventory.apply(batch([event()], { sequence: 2 }, [{ shape: 77, paths: ["id:int#date"] }, classified]))
  await inventory.checkpoint()
  assert.deepEqual(await store.shapes([77, 78]), [{ ...classified, firstSeenUs: START_US + 1 }])
  await store.close()
})

test("the change feed tells what is new; a parameter is news only at an endpoint that is known for a while", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { mint: countingIds() })
  const early = operation({ query: ["page:int"] })
  const late = operation({ query: ["debug:bool"] })
  inventory.apply(batch([...Array.from({ length: 50 }, () => event({ operation: early })), event({ operation: late })]))
  await inventory.checkpoint()
  const changes = await store.changes(0, 10)
  assert.deepEqual(
    changes.map(({ sequence, kind, sentence }) => `${sequence} ${kind}: ${sentence}`),
    [
      "1 service.new: New service api.example.com.",
      "2 endpoint.new: New endpoint GET /v1/orders/{int} at api.example.com.",
      "3 consumer.new: New consumer partner-42 (bearer-jwt).",
      "4 parameter.new: New query parameter debug at GET /v1/orders/{int} at api.example.com.",
    ],
  )
  await store.close()
})

test("totals add up: exchanges, services, endpoints, unlisted, series", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store)
  const statuses = [200, 301, 401, 404, 405, 400, 500, 0]
  const events = Array.from({ length: 400 }, (_, i) => {
    const status = statuses[(i * 7) % 8]!
    return event({
      status,
      state: status === 0 ? State.requestOnly : i % 5,
      startUs: START_US + i * 1e8,
      server: server({ authority: `s${i % 3}` }),
      operation: operation({ path: `/p${i % 11}` }),
      identity: identity({ principal: `c${i % 7}` }),
    })
  })
  inventory.apply(batch(events))
  await inventory.checkpoint()
  const { services, endpoints, ledger } = await store.load()
  const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0)
  const unlisted = sum(Object.values(ledger.unlisted))
  assert.equal(sum(services.map((service) => service.requests)) + unlisted, 400)
  for (const service of services) {
    const own = endpoints.filter((endpoint) => endpoint.service === service.id).map((endpoint) => endpoint.requests)
    assert.equal(sum(own) + sum(Object.values(service.unlisted)), service.requests)
  }
  const hours = await store.series({}, "hour", 0, Number.MAX_SAFE_INTEGER, 1000)
  assert.equal(sum(hours.map((hour) => hour.requests)), 400)
  await store.close()
})

test("a refused message is counted under its reason", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store)
  inventory.refuse("malformed")
  inventory.refuse("malformed")
  await inventory.checkpoint()
  assert.deepEqual((await store.ledger()).refused, { malformed: 2 })
  await store.close()
})
