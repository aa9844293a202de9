// Every limit of the inventory is reached, counted, and leaves the rest working.
import assert from "node:assert/strict"
import { test } from "node:test"
import { type ApiEvent, type ShapeNote, State } from "../../shared/event/api-event.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { DEFAULT_BASELINE_LIMITS } from "./baseline-limits.ts"
import { batch, client, countingIds, event, identity, jsonForm, operation, START_US, server } from "./fake-batches.ts"
import { Inventory } from "./inventory.ts"
import { DEFAULT_LIMITS, type InventoryLimits } from "./limits.ts"
import { HOUR_US } from "./pair-counts.ts"

type Limit = keyof InventoryLimits

async function applied(
  limits: Partial<InventoryLimits>,
  events: readonly ApiEvent[],
  shapes: readonly ShapeNote[] = [],
) {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { limits, mint: countingIds() })
  inventory.apply(batch(events, { ledger: { a: 1, b: 2, c: 3 } }, shapes))
  await inventory.checkpoint()
  const state = await store.load()
  await store.close()
  return state
}

const many = (count: number, of: (i: number) => ApiEvent): ApiEvent[] => Array.from({ length: count }, (_, i) => of(i))
const atHost = (i: number, change: Partial<ApiEvent> = {}) =>
  event({ server: server({ authority: `h${i}.example`, address: `b${i}` }), ...change })
const atPath = (i: number, change: Partial<ApiEvent> = {}) =>
  event({ operation: operation({ path: `/p${i}` }), ...change })
const by = (i: number, change: Partial<ApiEvent> = {}) =>
  event({ identity: identity({ principal: `c${i}` }), ...change })

interface Row {
  readonly limit: Limit
  readonly max: number
  readonly events: readonly ApiEvent[]
  readonly shapes?: readonly ShapeNote[]
  /** What the counter says afterwards. */
  readonly reached: number
}

const ROWS: readonly Row[] = [
  { limit: "services", max: 2, events: many(5, (i) => atHost(i)), reached: 3 },
  {
    limit: "servicesPerAddress",
    max: 2,
    events: many(5, (i) => event({ server: server({ authority: `h${i}` }) })),
    reached: 3,
  },
  { limit: "unprovenServices", max: 2, events: many(5, (i) => atHost(i, { status: 403 })), reached: 3 },
  { limit: "endpoints", max: 2, events: many(5, (i) => atPath(i)), reached: 3 },
  { limit: "endpointsPerService", max: 2, events: many(5, (i) => atPath(i)), reached: 3 },
  {
    limit: "otherMethods",
    max: 2,
    events: many(5, (i) => event({ operation: operation({ method: `M${i}` }) })),
    reached: 3,
  },
  { limit: "refusedPaths", max: 2, events: many(5, (i) => atPath(i, { status: 401 })), reached: 3 },
  { limit: "unprovenEndpoints", max: 2, events: many(5, (i) => atPath(i, { status: 401 })), reached: 3 },
  {
    limit: "operationsPerPath",
    max: 2,
    events: many(5, (i) => event({ operation: operation({ operationKey: `query Q${i}` }) })),
    reached: 3,
  },
  { limit: "consumers", max: 2, events: many(5, (i) => by(i)), reached: 3 },
  { limit: "unprovenConsumers", max: 2, events: many(5, (i) => by(i, { status: 401 })), reached: 3 },
  { limit: "pairs", max: 2, events: many(5, (i) => by(i)), reached: 3 },
  {
    limit: "parameters",
    max: 2,
    events: many(5, (i) => event({ operation: operation({ path: "/p", query: [`q${i}:int`] }) })),
    reached: 3,
  },
  {
    limit: "parameterKinds",
    max: 2,
    events: many(5, (i) => event({ operation: operation({ path: "/p", query: [`q:kind${i}`] }) })),
    reached: 3,
  },
  {
    limit: "parameterValues",
    max: 2,
    events: many(5, (i) => event({ operation: operation({ path: "/p", query: ["q:word"] }), queryValues: [i + 1] })),
    reached: 1,
  },
  { limit: "shapes", max: 2, events: many(5, (i) => event({ response: jsonForm(i + 1) })), reached: 3 },
  {
    limit: "contentTypes",
    max: 2,
    events: many(5, (i) => event({ response: { ...jsonForm(1), contentType: `a/${i}` } })),
    reached: 3,
  },
  { limit: "statuses", max: 2, events: many(5, (i) => event({ status: 200 + i })), reached: 3 },
  { limit: "facts", max: 2, events: many(5, (i) => event({ anomalies: [i + 1] })), reached: 3 },
  {
    limit: "names",
    max: 2,
    events: many(5, (i) => event({ client: client({ userAgentFamily: `u${i}` }) })),
    reached: 3,
  },
  {
    limit: "shapeNotes",
    max: 2,
    events: [event()],
    shapes: [1, 2, 3, 4, 5].map((shape) => ({ shape, paths: [] })),
    reached: 3,
  },
  {
    limit: "shapeTextBytes",
    max: 300,
    events: [event()],
    // Of 106 bytes each; the second time a line is there already.
    shapes: [1, 2, 3, 4, 3].map((shape) => ({ shape, paths: [`f${shape}:string`, `f${shape}:string`] })),
    reached: 3,
  },
  { limit: "schemas", max: 2, events: many(5, (i) => event({ status: 200 + i })), reached: 3 },
  { limit: "schemaShapes", max: 2, events: many(5, (i) => event({ response: jsonForm(i + 1) })), reached: 3 },
  { limit: "sensors", max: 0, events: [event()], reached: 1 },
  { limit: "ledgerCounters", max: 2, events: [event()], reached: 1 },
  { limit: "workers", max: 0, events: [event()], reached: 1 },
  { limit: "exchangeKeys", max: 2, events: many(5, (i) => event({ exchangeKey: i + 1 })), reached: 3 },
  {
    limit: "pendingEndpointHours",
    max: 2,
    events: many(5, (i) => event({ startUs: START_US + i * HOUR_US })),
    reached: 3,
  },
  { limit: "pendingWindows", max: 2, events: many(5, (i) => event({ startUs: START_US + i * HOUR_US })), reached: 3 },
]

for (const { limit, max, events, shapes, reached } of ROWS) {
  test(`limit of ${limit}: reached, counted, and every exchange is still accounted for`, async () => {
    const { ledger, services, endpoints } = await applied({ [limit]: max }, events, shapes)
    assert.deepEqual(ledger.limits, { [limit]: reached })
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
    const inServices = sum(services.map((service) => service.requests))
    assert.equal(ledger.exchanges, events.length)
    assert.equal(inServices + sum(Object.values(ledger.unlisted)), events.length)
    const inEndpoints = sum(endpoints.map((endpoint) => endpoint.requests))
    assert.equal(inEndpoints + sum(services.flatMap((service) => Object.values(service.unlisted))), inServices)
  })
}

test("limit of refusedReasons", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { limits: { refusedReasons: 2 } })
  for (const reason of ["a", "b", "c", "a", "d"]) inventory.refuse(reason)
  await inventory.checkpoint()
  const { refused, limits } = await store.ledger()
  assert.deepEqual(refused, { a: 2, b: 1 })
  assert.deepEqual(limits, { refusedReasons: 2 })
  await store.close()
})

test("limit of waitingHalves: the oldest is applied as what it is", async () => {
  const half = (i: number) => event({ exchangeKey: i + 1, state: State.requestOnly, status: 0 })
  const { ledger } = await applied({ waitingHalves: 2 }, many(5, half))
  assert.deepEqual(ledger.limits, { waitingHalves: 3 })
  assert.deepEqual([ledger.received, ledger.exchanges, ledger.waiting, ledger.halvesExpired], [5, 3, 2, 3])
})

test("limit of boots: the one met first is forgotten", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store, { limits: { boots: 2 } })
  for (const boot of ["a", "b", "c"]) inventory.apply(batch([], { boot, ledger: { x: 1 } }))
  await inventory.checkpoint()
  assert.deepEqual((await store.ledger()).limits, { boots: 1 })
  assert.deepEqual((await store.sensors())[0]?.ledger, { x: 3 })
  await store.close()
})

test("every limit has its row above, or in the tests of what it limits", () => {
  const routes = ["routes", "routesPerService", "formerEndpoints", "pinsPerService", "pendingEndpointHours"]
  const dark = ["darkServers", "darkNamesPerAddress", "darkClients", "darkFacts"]
  const consumers = ["consumerKeys", "partners", "partnerRules", "rotations", "rotationCandidates"]
  const others = [
    "refusedReasons",
    "waitingHalves",
    "boots",
    "schemaFields",
    "schemaChanges",
    "findings",
    "labelRules",
    "endpointNotes",
    "listeners",
    ...routes,
    ...dark,
    ...consumers,
  ]
  const baselines = Object.keys(DEFAULT_BASELINE_LIMITS)
  const tested = new Set<string>([...ROWS.map((row) => row.limit), ...others, ...baselines])
  assert.deepEqual(
    Object.keys(DEFAULT_LIMITS).filter((limit) => !tested.has(limit)),
    [],
  )
})

test("a flood of refused requests leaves the places of what is really there", async () => {
  const flood = many(100, (i) => atPath(i, { status: 401, identity: identity({ principal: `guess${i}` }) }))
  const hosts = many(100, (i) => atHost(i, { status: 301 }))
  const { services, endpoints, consumers } = await applied(
    { unprovenServices: 5, unprovenEndpoints: 5, unprovenConsumers: 5 },
    [event(), ...flood, ...hosts, atPath(1000), atHost(1000), by(1000)].flatMap((each) => [each, each]),
  )
  const names = endpoints.map((endpoint) => endpoint.template)
  assert.equal(services.length, 1 + 5 + 1)
  assert.ok(names.includes("/v1/orders/{int}") && names.includes("/p1000"))
  assert.equal(consumers.length, 1 + 5 + 1)
})

test("what has proven itself makes room for others, also after a restart", async () => {
  const store = await openSqliteStore(":memory:")
  const limits = { unprovenEndpoints: 1, unprovenServices: 1, unprovenConsumers: 1 }
  let sequence = 0
  const endpointsAfter = async (events: readonly ApiEvent[]): Promise<number[]> => {
    const inventory = await Inventory.open(store, { limits })
    inventory.apply(batch(events, { sequence: ++sequence }))
    await inventory.checkpoint()
    const { services, endpoints, consumers } = inventory.counters
    return [services, endpoints, consumers]
  }
  const refused = (i: number) =>
    event({
      status: 401,
      server: server({ authority: `h${i}` }),
      identity: identity({ principal: `c${i}` }),
      operation: operation({ path: `/p${i}` }),
    })
  const answered = (i: number): ApiEvent => ({ ...refused(i), status: 200 })
  assert.deepEqual(await endpointsAfter([refused(1), refused(2)]), [1, 1, 1])
  assert.deepEqual(await endpointsAfter([refused(3)]), [1, 1, 1])
  assert.deepEqual(await endpointsAfter([answered(1), refused(2)]), [2, 2, 2])
  assert.deepEqual(await endpointsAfter([refused(3)]), [2, 2, 2])
  await store.close()
})
