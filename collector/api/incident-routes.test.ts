// Incidents over HTTP: a collector with a real store, an incident raised in its analysis, and what people do with it.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { batch, event, START_US } from "../inventory/fake-batches.ts"
import { Collector } from "../pipeline.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"

let collector: Collector
let id = ""

before(async () => {
  const store = await openSqliteStore(":memory:")
  collector = await Collector.start(store, {
    listen: { host: "127.0.0.1", port: 0 },
    assets: "/nonexistent",
    version: "test",
    onError: () => {},
  })
  collector.inventory.apply(batch([event()]))
  const { incidents } = collector.analysis
  const finding = {
    detector: "enumeration",
    family: "object" as const,
    atUs: START_US,
    sinceUs: START_US,
    consumer: 0,
    endpoint: 0,
    p: 1e-9,
    isRule: false,
    weight: 1,
    key: "enumeration e",
    sentence: "asked for 212 orders that are neighbours of each other",
    facts: { objects: 212 },
    doubts: [{ what: "back-fill", explains: false, sentence: "3 of 212 were ever given to it" }],
    samples: [{ atUs: START_US, operation: "GET /v1/orders/{int}", status: 200, exchange: "", object: "a1" }],
    lossyShare: 0.02,
  }
  incidents.raise(finding)
  await collector.inventory.checkpoint()
})

after(() => collector.close())

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`${collector.url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: whatever the route answers
  return { status: response.status, body: (await response.json()) as any }
}

test("an incident as the contract says it: state, lane, kind, detections, consumer, times, score, summary, evidence", async () => {
  const { body } = await call("GET", "/api/v1/incidents?state=open")
  assert.equal(body.total, 1)
  const [incident] = body.items
  id = incident.id
  assert.deepEqual([incident.lane, incident.kind, incident.detections], ["high", "enumeration", ["enumeration"]])
  assert.equal(incident.consumer.name, "partner-42")
  assert.equal(incident.service.name, "api.example.com")
  assert.equal(incident.endpoint.name, "GET /v1/orders/{int}")
  assert.equal(incident.openedAt, new Date(START_US / 1000).toISOString())
  assert.match(
    incident.summary,
    /^partner-42 asked for 212 orders .* Not explained by back-fill: 3 of 212 were ever given to it\./,
  )
  assert.equal(incident.evidence[0].facts.objects, 212)
  assert.deepEqual((await call("GET", `/api/v1/incidents/${id}`)).body, incident)
})

test("filters, sorts and exports", async () => {
  for (const query of ["lane=review", "state=closed", "kind=scraping", "openedSince=2030-01-01", "consumer=c_none"])
    assert.equal((await call("GET", `/api/v1/incidents?${query}`)).body.total, 0, query)
  for (const query of ["lane=high", "state=all", "kind=enumeration", "sort=-score", "activeSince=2020-01-01"])
    assert.equal((await call("GET", `/api/v1/incidents?${query}`)).body.total, 1, query)
  assert.equal((await call("GET", "/api/v1/incidents?openedSince=yesterday")).status, 400)
  const csv = await (await fetch(`${collector.url}/api/v1/incidents?format=csv`)).text()
  assert.match(csv, /^id,state,verdict,lane,kind/)
})

test("detections, decoys, exceptions, budget", async () => {
  const { body: detections } = await call("GET", "/api/v1/detections")
  assert.equal(typeof detections.total, "number")
  assert.equal((await call("PUT", "/api/v1/detections/nosy", { isEnabled: false })).status, 404)
  assert.equal((await call("POST", "/api/v1/decoys", { pattern: "* GET /admin/*" })).status, 200)
  const decoys = (await call("GET", "/api/v1/decoys")).body
  assert.equal(decoys.items[0].pattern, "* GET /admin/*")
  assert.equal((await call("DELETE", `/api/v1/decoys/${decoys.items[0].id}`)).status, 200)
  const { consumer } = (await call("GET", `/api/v1/incidents/${id}`)).body
  const exception = { consumer: consumer.id, owner: "ann", until: "2027-01-01", reason: "migration" }
  assert.equal((await call("POST", "/api/v1/exceptions", exception)).status, 200)
  assert.equal((await call("POST", "/api/v1/exceptions", { ...exception, until: "soon" })).status, 400)
  const [made] = (await call("GET", "/api/v1/exceptions")).body.items
  assert.deepEqual([made.consumer.name, made.owner, made.heldBack], ["partner-42", "ann", 0])
  assert.equal((await call("PUT", `/api/v1/exceptions/${made.id}`, { ...exception, owner: "bob" })).status, 200)
  assert.equal((await call("DELETE", `/api/v1/exceptions/${made.id}`)).status, 200)
  const { body: budget } = await call("GET", "/api/v1/incident-budget")
  assert.deepEqual([budget.consumers, budget.highInWeek, budget.reviewInDay], [1, 1, 0])
})

test("people acknowledge and close; a mistake is said", async () => {
  const path = `/api/v1/incidents/${id}/state`
  assert.equal((await call("POST", path, { state: "acknowledged", reason: "looking" })).body.state, "acknowledged")
  assert.equal((await call("POST", path, { state: "closed" })).status, 422)
  const { body } = await call("POST", path, { state: "closed", verdict: "malicious" })
  assert.deepEqual([body.state, body.verdict, body.notes.length], ["closed", "malicious", 1])
  assert.equal((await call("POST", "/api/v1/incidents/i_no/state", { state: "open" })).status, 404)
  assert.equal((await call("GET", "/api/v1/incidents/i_no")).status, 404)
})

test("a back-test reads the journal with other settings and changes nothing; mistakes are said", async () => {
  const { body } = await call("POST", "/api/v1/backtests", {})
  assert.deepEqual([body.exchanges, body.incidentsBefore, body.more.length], [1, 0, 0])
  assert.match(body.sentence, /^Over 1 exchanges 0 incidents/)
  assert.equal((await call("POST", "/api/v1/backtests", { detections: [{ name: "nosy" }] })).status, 422)
  assert.equal((await call("POST", "/api/v1/backtests", { since: "soon" })).status, 400)
  assert.equal((await call("GET", "/api/v1/incidents?state=all")).body.total, 1)
})
