// Contracts: what their texts mean, which are refused with which sentence, and what was not allowed.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { HOUR_US } from "../inventory/pair-counts.ts"
import type { ContractRecord } from "../store/documents.ts"
import {
  allowsDataClass,
  allowsEndpoint,
  allowsNetwork,
  type Contract,
  type EndpointName,
  type Mistake,
  NO_CONTRACT,
  parseContract,
} from "./contract.ts"
import { type Call, type ContractEvidence, violationsOf } from "./contract-check.ts"
import { literalLength, matchesGlob } from "./glob.ts"
import { type Hours, overlapsHours, parseHours } from "./hours.ts"
import { violationSentence } from "./violation-sentences.ts"

function read(change: Partial<ContractRecord>): Contract {
  const mistakes: Mistake[] = []
  const contract = parseContract({ ...NO_CONTRACT, ...change }, mistakes)
  assert.deepEqual(mistakes, [])
  return contract
}

const ORDERS: EndpointName = {
  service: "s1",
  serviceName: "api.example.com",
  method: "GET",
  template: "/v1/orders/{int}",
  operation: "",
}

test("table: which endpoints a pattern names", () => {
  const graphql = { ...ORDERS, method: "POST", template: "/graphql", operation: "query GetOrders" }
  const rows: readonly [pattern: string, endpoint: EndpointName, isNamed: boolean][] = [
    ["api.example.com GET /v1/orders/*", ORDERS, true],
    ["API.example.com GET /v1/orders/*", ORDERS, true],
    ["s1 GET /v1/orders/{int}", ORDERS, true],
    ["GET,HEAD /v1/*", ORDERS, true],
    ["* /v1/*", ORDERS, true],
    ["/v1/orders/*", ORDERS, true],
    ["api.example.com", ORDERS, true],
    ["*.example.com", ORDERS, true],
    ["api.example.com GET", ORDERS, true],
    ["POST /v1/orders/*", ORDERS, false],
    ["GET /v1/orders", ORDERS, false],
    ["other.example.com GET /v1/orders/*", ORDERS, false],
    ["POST /graphql query Get*", graphql, true],
    ["POST /graphql", graphql, true],
    ["POST /graphql mutation *", graphql, false],
  ]
  for (const [pattern, endpoint, isNamed] of rows)
    assert.equal(allowsEndpoint(read({ endpoints: [pattern] }), endpoint), isNamed, pattern)
  assert.equal(allowsEndpoint(read({}), ORDERS), true, "what is not said is allowed")
})

test("table: networks and data classes", () => {
  const networks = read({ networks: ["office-*", "p00000000001"] })
  assert.equal(allowsNetwork(networks, "office-berlin", "p9"), true)
  assert.equal(allowsNetwork(networks, "public", "p00000000001"), true)
  assert.equal(allowsNetwork(networks, "public", "p9"), false)
  const classes = read({ dataClasses: ["email", "name*"] })
  assert.equal(allowsDataClass(classes, "email"), true)
  assert.equal(allowsDataClass(classes, "card"), false)
})

test("table: hours in their time zone, over midnight and daylight saving", () => {
  const at = (text: string): number => Date.parse(text) * 1000
  const rows: readonly [hours: string, time: string, isIn: boolean][] = [
    ["mon-fri 06:00-20:00 Europe/Berlin", "2026-11-23T05:00:00Z", true],
    ["mon-fri 06:00-20:00 Europe/Berlin", "2026-11-23T04:59:00Z", false],
    ["mon-fri 06:00-20:00 Europe/Berlin", "2026-11-23T19:00:00Z", false],
    ["mon-fri 06:00-20:00 Europe/Berlin", "2026-11-22T10:00:00Z", false],
    // In summer Berlin is two hours ahead.
    ["mon-fri 06:00-20:00 Europe/Berlin", "2026-07-06T04:00:00Z", true],
    ["22:00-06:00", "2026-11-23T23:30:00Z", true],
    ["22:00-06:00", "2026-11-23T05:59:00Z", true],
    ["22:00-06:00", "2026-11-23T12:00:00Z", false],
    ["sun 22:00-06:00", "2026-11-23T05:00:00Z", true],
    ["sun 22:00-06:00", "2026-11-24T05:00:00Z", false],
    ["fri-mon 00:00-24:00", "2026-11-23T23:59:00Z", true],
    ["fri-mon 00:00-24:00", "2026-11-24T00:00:00Z", false],
    ["mon,wed 10:00-11:00 Asia/Kolkata", "2026-11-25T05:00:00Z", true],
    ["daily 0:00-24:00", "2026-11-25T05:00:00Z", true],
  ]
  for (const [text, time, isIn] of rows) {
    const hours = parseHours(text)
    assert.ok(typeof hours !== "string", text)
    assert.equal(overlapsHours(hours, at(time)), isIn, `${text} at ${time}`)
  }
})

test("a window lies outside only when none of its minutes is inside", () => {
  const hours = parseHours("mon-fri 06:30-20:00") as Hours
  const monday = Date.UTC(2026, 10, 23) * 1000
  assert.equal(overlapsHours(hours, monday + 5 * HOUR_US, HOUR_US), false)
  assert.equal(overlapsHours(hours, monday + 6 * HOUR_US, HOUR_US), true)
  assert.equal(overlapsHours(hours, monday + 20 * HOUR_US, HOUR_US), false)
})

test("table: each text that makes no sense is told with its place and a sentence", () => {
  const rows: readonly [change: Partial<ContractRecord>, place: string, sentence: RegExp][] = [
    [{ endpoints: ["GET /a", "a b c /d"] }, "contract.endpoints[1]", /is not like "api.example.com GET/],
    [{ endpoints: [""] }, "contract.endpoints[0]", /is not like/],
    [{ networks: ["10.0.0.0/8"] }, "contract.networks[0]", /tell addresses of clients as pseudonyms/],
    [{ networks: ["a b"] }, "contract.networks[0]", /no name of a network/],
    [{ hours: ["weekdays"] }, "contract.hours[0]", /is not like "mon-fri/],
    [{ hours: ["mom 06:00-20:00"] }, "contract.hours[0]", /names no days/],
    [{ hours: ["06:00-25:00"] }, "contract.hours[0]", /no clock shows/],
    [{ hours: ["06:00-20:70"] }, "contract.hours[0]", /no clock shows/],
    [{ hours: ["06:00-20:00 Mars/Olympus"] }, "contract.hours[0]", /is no time zone/],
    [{ requestsPerDay: -1 }, "contract.requestsPerDay", /no number of requests/],
    [{ requestsPerHour: 1.5 }, "contract.requestsPerHour", /no number of requests/],
    [{ dataClasses: ["E Mail"] }, "contract.dataClasses[0]", /no name of a data class/],
  ]
  for (const [change, place, sentence] of rows) {
    const mistakes: Mistake[] = []
    parseContract({ ...NO_CONTRACT, ...change }, mistakes)
    assert.equal(mistakes.length, 1, JSON.stringify(change))
    assert.equal(mistakes[0]?.place, place)
    assert.match(mistakes[0]!.sentence, sentence)
    assert.ok(mistakes[0]?.sentence.endsWith("."), mistakes[0]?.sentence)
  }
})

const T = Date.UTC(2026, 10, 23, 10) * 1000
const call = (change: Partial<Call>): Call => ({
  consumer: "c1",
  endpoint: ORDERS,
  endpointId: "e1",
  windowUs: T,
  lengthUs: HOUR_US,
  requests: 5,
  ...change,
})

test("what a contract does not allow is told with counts, windows and the busiest samples", () => {
  const contract = read({
    endpoints: ["GET /v1/orders/*"],
    networks: ["office"],
    hours: ["mon-fri 06:00-20:00"],
    requestsPerHour: 10,
    requestsPerDay: 100,
    dataClasses: ["email"],
  })
  const admin = { ...ORDERS, method: "DELETE", template: "/v1/admin" }
  const seen = { consumer: "c1", requests: 3, firstUs: T, lastUs: T + 5 }
  const evidence: ContractEvidence = {
    calls: [
      call({}),
      call({ endpoint: admin, endpointId: "e2", requests: 2 }),
      call({ endpoint: admin, endpointId: "e2", windowUs: T + HOUR_US, requests: 9 }),
      call({ windowUs: T + 12 * HOUR_US, requests: 1 }),
    ],
    hours: [
      { windowUs: T, requests: 10 },
      { windowUs: T + HOUR_US, requests: 14 },
      { windowUs: T + 2 * HOUR_US, requests: 14 },
    ],
    days: [{ windowUs: T - 10 * HOUR_US, requests: 99 }],
    networks: [
      { ...seen, network: "office", prefix: "p1" },
      { ...seen, network: "public", prefix: "p2" },
    ],
    dataClasses: [
      { ...seen, name: "card", service: "s1" },
      { ...seen, name: "email", service: "s1" },
    ],
  }
  const violations = violationsOf(contract, evidence)
  assert.deepEqual(
    violations.map(({ kind, requests, windows, firstUs, lastUs, samples }) => {
      const whats = samples.map(({ what, requests: of }) => `${what}: ${of}`)
      return [kind, requests, windows, (firstUs - T) / HOUR_US, Math.floor((lastUs - T) / HOUR_US), whats]
    }),
    [
      ["endpoint", 11, 2, 0, 1, ["DELETE /v1/admin: 11"]],
      ["hours", 1, 1, 12, 12, ["GET /v1/orders/{int}: 1"]],
      ["network", 3, 1, 0, 0, ["public p2: 3"]],
      ["requestsPerHour", 8, 2, 1, 2, ["14 requests: 4", "14 requests: 4"]],
      ["dataClass", 3, 1, 0, 0, ["card: 3"]],
    ],
  )
  assert.equal(
    violationSentence(violations[0]!),
    "11 requests called endpoints that the contract does not name, in 2 windows; most: DELETE /v1/admin.",
  )
})

test("a single event is held against it by its own time", () => {
  const contract = read({ hours: ["06:30-20:00"] })
  const late = call({ windowUs: T + 10 * HOUR_US + 60_000_000, lengthUs: 0, requests: 1 })
  assert.equal(violationsOf(contract, { calls: [late] }).length, 1)
  assert.equal(violationsOf(contract, { calls: [call({ lengthUs: 0 })] }).length, 0)
})

test("property: a contract that says nothing allows everything; samples never exceed their limit", () => {
  const calls = fc.array(
    fc.record({
      consumer: fc.constantFrom("a", "b"),
      at: fc.nat({ max: 500 }),
      path: fc.nat({ max: 40 }),
      requests: fc.integer({ min: 1, max: 9 }),
    }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(calls, (all) => {
      const made = all.map(({ consumer, at, path, requests }) =>
        call({ consumer, windowUs: T + at * HOUR_US, endpoint: { ...ORDERS, template: `/p${path}` }, requests }),
      )
      assert.deepEqual(violationsOf(read({}), { calls: made }), [])
      const [violation] = violationsOf(read({ endpoints: ["/none"] }), { calls: made })
      assert.equal(
        violation?.requests ?? 0,
        made.reduce((sum, { requests }) => sum + requests, 0),
      )
      assert.ok((violation?.samples.length ?? 0) <= 10)
    }),
    { seed: 20261124, numRuns: 50 },
  )
})

test("property: a pattern of text and stars fits what it was made from", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 5 }), { maxLength: 6 }),
      fc.array(fc.boolean(), { maxLength: 6 }),
      (parts, stars) => {
        const plain = parts.map((part) => part.replaceAll("*", "x"))
        const pattern = plain.map((part, i) => (stars[i] ? "*" : part)).join("")
        assert.ok(matchesGlob(pattern, plain.join("")))
        assert.ok(literalLength(pattern) <= pattern.length)
        assert.equal(matchesGlob("a*b", `a${plain.join("")}`), /b$/i.test(plain.join("")))
      },
    ),
    { seed: 20261124, numRuns: 200 },
  )
  const started = process.cpuUsage().user
  assert.equal(matchesGlob(`${"a*".repeat(100)}b`, "a".repeat(2000)), false)
  assert.ok(process.cpuUsage().user - started < 2_000_000)
})
