// Lists over a real socket: filters that name what was judged, whole lists as files, the change feed, quantiles by hour and day.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { QuantileSketch } from "../../shared/sketch/quantile-sketch.ts"
import {
  change,
  checkpoint,
  consumer,
  count,
  DAY_START_US,
  endpoint,
  endpointHour,
  route,
  service,
} from "../store/fake-records.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { type RunningApi, startApi } from "./server.ts"

const HOUR_US = 3_600_000_000
const MANY = 1200
const store = await openSqliteStore(":memory:")
let api: RunningApi

function sketch(...values: number[]): Uint8Array {
  const made = new QuantileSketch()
  for (const value of values) made.add(value)
  return made.toBytes()
}

before(async () => {
  const hour = (id: string, hours: number, ...latencies: number[]) =>
    endpointHour(id, DAY_START_US + hours * HOUR_US, {
      requests: 10,
      errors: 1,
      lossy: 5,
      latencyUs: sketch(...latencies),
    })
  await store.commit(
    checkpoint(1, {
      services: [
        service("s1", { name: "=cmd()", owner: "Payments", labels: ["pci"] }),
        service("s2", { firstSeenUs: DAY_START_US + HOUR_US, lastSeenUs: DAY_START_US + 2 * HOUR_US }),
      ],
      endpoints: [
        endpoint("e1", { posture: "missing", drift: 3, labels: ["pci"], template: '/say/"hi",{int}', requests: 70 }),
        endpoint("e2", { service: "s2", status: "shadow", dataClasses: { "response:card": 1 } }),
      ],
      routes: [route("e1"), route("e9", { endpoint: "e1" })],
      consumers: Array.from({ length: MANY }, (_, i) =>
        consumer(`c${i}`, { requests: i, partner: i % 2 === 0 ? "p1" : null, scheme: i % 3 === 0 ? "none" : "basic" }),
      ),
      days: [count("e2", "c7", DAY_START_US)],
      endpointHours: [hour("e1", 0, 1000, 3000), hour("e9", 0, 2000), hour("e1", 2)],
      changes: [1, 2, 3, 4].map((sequence) => ({ ...change(sequence), atUs: DAY_START_US + sequence * HOUR_US })),
    }),
  )
  api = await startApi({
    store,
    listen: { host: "127.0.0.1", port: 0 },
    health: () => ({ ready: true, reasons: [] }),
    metrics: () => "",
    assets: "/nonexistent",
    version: "1.2.3",
  })
})
after(async () => {
  await api.close()
  await store.close()
})

const get = (path: string) => fetch(`${api.address.url}/api/v1${path}`)
const read = async (path: string) => {
  const response = await get(path)
  assert.equal(response.status, 200, path)
  return (await response.json()) as { items: Record<string, unknown>[]; next: string | null; total: number }
}

test("table: filters of the lists", async () => {
  const rows: readonly [path: string, ids: string][] = [
    ["/endpoints?posture=missing", "e1"],
    ["/endpoints?drift=true", "e1"],
    ["/endpoints?drift=false", "e2"],
    ["/endpoints?label=pci", "e1"],
    ["/endpoints?dataClass=card", "e2"],
    ["/endpoints?consumer=c7&status=shadow", "e2"],
    ["/endpoints?search=payments", "e1"],
    ["/endpoints?sort=-drift", "e1 e2"],
    ["/endpoints?newSince=2026-11-24", ""],
    ["/services?owner=Payments", "s1"],
    ["/services?label=pci", "s1"],
    ["/services?newSince=2026-11-23T01:00:00Z", "s2"],
    ["/services?seenSince=2026-11-23T02:00:00%2B00:00", "s2"],
    ["/consumers?service=s2", "c7"],
    ["/consumers?partner=p1&scheme=none&search=-c110&sort=name", "c1104"],
  ]
  for (const [path, ids] of rows) {
    const { items, total } = await read(path)
    assert.equal(items.map((item) => item.id).join(" "), ids, path)
    assert.equal(total, items.length)
  }
  assert.equal((await read("/consumers?partner=")).total, MANY / 2)
})

test("table: what is refused", async () => {
  for (const path of [
    "/endpoints?format=xlsx",
    "/endpoints?posture=odd",
    "/endpoints?drift=perhaps",
    "/endpoints?newSince=monday",
    "/endpoints?format=csv&sort=secret",
    "/changes?cursor=x",
    "/changes?since=monday&format=csv",
    "/endpoints/e1/quantiles?size=minute",
    "/endpoints/e1/quantiles?since=monday",
  ]) {
    const response = await get(path)
    assert.equal(response.status, 400, path)
    assert.match(((await response.json()) as { detail: string }).detail, /\.$/)
  }
  assert.equal((await get("/endpoints/none/quantiles")).status, 404)
})

test("a list as CSV: a header, a line a row, cells that are no formulas", async () => {
  const response = await get("/endpoints?format=csv&sort=-requests")
  assert.equal(response.headers.get("content-type"), "text/csv; charset=utf-8; header=present")
  assert.equal(response.headers.get("content-disposition"), 'attachment; filename="endpoints.csv"')
  assert.equal(response.headers.get("x-total-rows"), "2")
  const [head, first, second, end] = (await response.text()).split("\r\n")
  assert.match(head!, /^id,service,serviceName,method,template,operation,status,posture,/)
  assert.match(first!, /^e1,s1,'=cmd\(\),GET,"\/say\/""hi"",\{int\}",,unknown,/)
  assert.match(second!, /^e2,s2,/)
  assert.equal(end, "")
  assert.equal((await (await get("/endpoints?format=csv&service=none")).text()).split("\r\n").length, 2)
})

test("whole lists by pages of the store: every row once, in order, whatever limit says", async () => {
  const lines = (await (await get("/consumers?format=ndjson&limit=1&sort=-requests")).text()).trim().split("\n")
  const requests = lines.map((line) => (JSON.parse(line) as { requests: number }).requests)
  assert.deepEqual(
    requests,
    Array.from({ length: MANY }, (_, i) => MANY - 1 - i),
  )
  const all = (await (await get("/consumers?format=json&scheme=none")).json()) as { id: string }[]
  assert.equal(new Set(all.map(({ id }) => id)).size, MANY / 3)
  assert.deepEqual(await (await get("/consumers?format=json&scheme=odd")).json(), [])
  assert.equal((await (await get("/consumers?format=csv")).text()).trim().split("\r\n").length, MANY + 1)
  assert.match(await (await get("/services?format=csv")).text(), /^id,name,.*\r\ns1,'=cmd\(\)/)
})

test("the change feed: new since a time, of a kind, of a subject, page by page, as a file", async () => {
  const sequences = async (query: string) => (await read(`/changes?${query}`)).items.map((item) => item.sequence)
  assert.deepEqual(await sequences("since=2026-11-23T03:00:00Z"), [4, 3])
  assert.deepEqual(await sequences("kind=endpoint&subject=e2"), [2])
  assert.deepEqual(await sequences("kind=service"), [])
  assert.deepEqual(await sequences("since=1&kind=endpoint.new&limit=2"), [2, 3])
  const first = await read("/changes?limit=3")
  assert.deepEqual([first.next, first.total], ["2", 4])
  const last = await read("/changes?limit=3&cursor=2")
  assert.deepEqual([last.items.map((item) => item.sequence), last.next], [[1], null])
  const lines = (await (await get("/changes?format=csv&since=0")).text()).split("\r\n")
  assert.deepEqual([lines[0], lines.length], ["sequence,at,madeAt,kind,subject,sentence", 6])
  assert.match(lines[1]!, /^1,2026-11-23T01:00:00.000Z,,endpoint.new,e1,/)
  assert.match(await (await get("/changes?format=csv")).text(), /sentence\r\n4,/)
})

test("quantiles of an endpoint by hour and day, all its routes, also under a former id", async () => {
  for (const id of ["e1", "e9"]) {
    const { items, total } = await read(`/endpoints/${id}/quantiles?since=2026-11-23&until=2026-11-24`)
    assert.equal(total, 2)
    const [hour, later] = items as { latencyMs: Record<string, number | null>; [name: string]: unknown }[]
    assert.deepEqual(
      [hour?.at, hour?.requests, hour?.errors, hour?.lossyShare],
      ["2026-11-23T00:00:00.000Z", 20, 2, 0.5],
    )
    const { count: measured, p50, max } = hour!.latencyMs
    assert.ok(measured === 3 && Math.abs(p50! - 2) < 0.03 && max === 3, JSON.stringify(hour))
    assert.deepEqual(later?.latencyMs, { count: 0, p50: null, p90: null, p99: null, max: null })
  }
  const whole = await read("/endpoints/e1/quantiles?size=day&since=2026-11-23&until=2026-11-24")
  assert.deepEqual([whole.items.length, whole.items[0]?.requests], [1, 30])
})
