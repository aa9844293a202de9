// The ledger of dark APIs over the API, coverage of identity rules, and what endpoints show of calls, conversations and
// classes of fields.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { QuantileSketch } from "../../shared/sketch/quantile-sketch.ts"
import { checkpoint, dark, endpoint, service } from "../store/fake-records.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Dark, DarkDetail, IdentityCoverage } from "./dark-models.ts"
import { darkWords } from "./dark-sentences.ts"
import { makeSeed } from "./fake-seed.ts"
import type { EndpointDetail, Overview } from "./models.ts"
import { type RunningApi, startApi } from "./server.ts"
import type { ServiceDetail } from "./service-models.ts"

const store = await openSqliteStore(":memory:")
let api: RunningApi

before(async () => {
  await store.commit(makeSeed())
  api = await startApi({
    store,
    listen: { host: "127.0.0.1", port: 0 },
    health: () => ({ ready: true, reasons: [] }),
    metrics: () => "",
    assets: "/nonexistent",
    version: "1",
  })
})
after(async () => {
  await api.close()
  await store.close()
})

async function read<T>(path: string): Promise<T> {
  const response = await fetch(`${api.address.url}/api/v1${path}`)
  assert.equal(response.status, 200, path)
  return (await response.json()) as T
}

const none = new QuantileSketch().toBytes()
const NO_SKETCHES = { latencyUs: none, requestBytes: none, responseBytes: none, items: none }

const ids = async (query: string): Promise<string> =>
  (await read<{ items: Dark[] }>(`/dark${query}`)).items.map(({ id }) => id).join(" ")

test("the list: busiest first, filters, sorts", async () => {
  assert.equal(await ids(""), "d_partner d_api d_ledger d_read")
  assert.equal(await ids("?state=unread"), "d_partner d_ledger")
  assert.equal(await ids("?state=partly"), "d_api")
  assert.equal(await ids("?port=8443"), "d_ledger")
  assert.equal(await ids("?search=LEDGER.internal"), "d_ledger")
  assert.equal(await ids("?name=api.meridian.example"), "d_api")
  assert.equal(await ids("?sort=clients"), "d_read d_ledger d_partner d_api")
  for (const query of ["state=dark", "port=70000", "port=x"]) {
    assert.equal((await fetch(`${api.address.url}/api/v1/dark?${query}`)).status, 400, query)
  }
})

test("an entry names the service of its name, if that is read somewhere", async () => {
  const { items } = await read<{ items: Dark[] }>("/dark")
  assert.deepEqual(
    items.map(({ name, service: known }) => [name, known?.id ?? null]),
    [
      ["partners.meridian.example", null],
      ["api.meridian.example", "sv_1"],
      [null, null],
      ["billing.meridian.example", null],
    ],
  )
})

test("one entry says why it was not read, and what to do about it", async () => {
  const body = await read<DarkDetail>("/dark/d_api")
  assert.deepEqual([body.state, body.clients, body.moreClients], ["partly", 64, true])
  assert.deepEqual(
    body.why.map(({ reason, notes }) => [reason, notes]),
    [
      ["midstream", 380],
      ["no-keys", 100],
      ["gap", 20],
    ],
  )
  assert.ok(body.why.every(({ sentence, advice }) => /\.$/.test(sentence) && /\.$/.test(advice)))
  assert.ok(body.hourly.length > 100 && body.hourly.every(({ sessions }) => sessions > 0))
  assert.equal((await fetch(`${api.address.url}/api/v1/dark/none`)).status, 404)
})

test("a reason without words is shown as it is", () => {
  assert.equal(darkWords("__proto__").sentence, "Not read: __proto__.")
})

test("the overview says what is there and not in the inventory", async () => {
  const { dark: totals } = await read<Overview>("/overview")
  assert.deepEqual([totals.servers, totals.unread, totals.partly], [4, 2, 1])
  assert.equal(totals.sessions, 18_204 + 9_300 + 412)
})

test("coverage of identity rules: of a service, of a sensor, of everything", async () => {
  const ofService = await read<IdentityCoverage>("/identity-coverage?service=sv_1")
  assert.equal(ofService.requests, 41_020 + 9_211 + 8_120 + 3_004)
  assert.deepEqual(
    [ofService.anonymous, ofService.rules[0]?.rule, ofService.rules[0]?.scheme],
    [3_004, "jwt", "bearer-jwt"],
  )
  assert.ok(Math.abs(ofService.anonymousShare - 3_004 / ofService.requests) < 1e-9)
  const ofSensor = await read<IdentityCoverage>("/identity-coverage?sensor=tap-north")
  const all = await read<IdentityCoverage>("/identity-coverage")
  assert.equal(all.requests, 2 * ofSensor.requests)
  assert.deepEqual((await read<ServiceDetail>("/services/sv_1")).identity, ofService)
  for (const query of ["service=none", "sensor=none"]) {
    assert.equal((await fetch(`${api.address.url}/api/v1/identity-coverage?${query}`)).status, 404, query)
  }
})

test("an endpoint shows calls, conversations, outcomes, and the data class of each field", async () => {
  const shapes = [
    { shape: 9, paths: ["a:b.c:int", "customer.email:string#email", "tag#1:string"], firstSeenUs: 1 },
    { shape: 10, paths: [], firstSeenUs: 1 },
  ]
  await store.commit(
    checkpoint(2, {
      services: [service("s1")],
      shapes,
      endpoints: [endpoint("e1", { ...NO_SKETCHES, shapes: { 9: 3 }, requestShapes: { 10: 1 } })],
    }),
  )
  const body = await read<EndpointDetail>("/endpoints/e1")
  assert.deepEqual(body.schemas.response.shapes, [
    {
      id: "00000009",
      exchanges: 3,
      paths: ["a:b.c:int", "customer.email:string", "tag#1:string"],
      classes: { "customer.email": "email" },
    },
  ])
  assert.deepEqual(body.calls, { kinds: { graphql: 3 }, fields: { orders: 3 }, depth: 2, aliases: null, batch: 1 })
  assert.deepEqual([body.conversations, body.messages, body.outcomes], [2, { request: 7, response: 8 }, { 0: 4 }])
})

test("an entry is the service of its name and port, else the one at its place, else at 443 the one of its name", async () => {
  const zoned = { zone: "vlan 9" }
  const at = (...addresses: string[]) => ({ addresses })
  await store.commit(
    checkpoint(3, {
      services: [
        service("s_plain", { authority: "twin.example", ...at("b1:18085", "b1:18445") }),
        service("s_port", { authority: "twin.example:18444", ...at("b1:18444") }),
        service("s_else", { authority: "other.example", ...at("b2:443", "b3:8443") }),
        service("s_zone", { authority: "twin.example", ...zoned, ...at("b1:80") }),
      ],
      dark: [
        ["d_port", "twin.example", "b1", 18_444],
        ["d_place", "twin.example", "b1", 18_445],
        ["d_none", "twin.example", "b1", 18_446],
        ["d_usual", "twin.example", "b2", 443],
        ["d_nameless", "", "b3", 8443],
        ["d_unknown", "", "b3", 8444],
        ["d_zone", "twin.example", "b9", 443],
      ].map(([id, name, address, port]) =>
        dark(id as string, {
          name: name as string,
          address: address as string,
          port: port as number,
          zone: id === "d_zone" ? "vlan 9" : "",
          sessions: 1,
        }),
      ),
    }),
  )
  const expected: Readonly<Record<string, readonly [string | null, string]>> = {
    d_port: ["s_port", "s_port s_plain s_zone"],
    d_place: ["s_plain", "s_plain s_zone"],
    d_none: [null, "s_plain s_zone"],
    d_usual: ["s_plain", "s_plain s_zone"],
    d_nameless: ["s_else", "s_else"],
    d_unknown: [null, ""],
    d_zone: ["s_zone", "s_zone s_plain"],
  }
  const { items } = await read<{ items: Dark[] }>("/dark?limit=500")
  for (const [id, [best, all]] of Object.entries(expected)) {
    const entry = await read<DarkDetail>(`/dark/${id}`)
    assert.deepEqual([entry.service?.id ?? null, entry.services.map((one) => one.id).join(" ")], [best, all], id)
    assert.equal(items.find((one) => one.id === id)?.service?.id ?? null, best, id)
  }
  const known = await read<ServiceDetail>("/services/s_port")
  assert.deepEqual(
    known.dark.map(({ id }) => id),
    ["d_port"],
  )
})
