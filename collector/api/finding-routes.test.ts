// Findings, owners, labels and gateways through the real server, the real inventory and the real store.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import {
  anonymous,
  batch,
  client,
  countingIds,
  event,
  identity,
  operation,
  START_US,
  server,
} from "../inventory/fake-batches.ts"
import { Inventory } from "../inventory/inventory.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Finding } from "./finding-models.ts"
import type { EndpointDetail } from "./models.ts"
import type { PageBody } from "./schema.ts"
import { type RunningApi, startApi } from "./server.ts"
import type { Service, ServiceDetail } from "./service-models.ts"

const store = await openSqliteStore(":memory:")
let api: RunningApi
let inventory: Inventory

before(async () => {
  inventory = await Inventory.open(store, { mint: countingIds() })
  const many = (count: number, change: Parameters<typeof event>[0]) =>
    Array.from({ length: count }, (_, i) => event({ startUs: START_US + i * 1e6, ...change }))
  const tls = server({ tls: "1.3" })
  const other = server({ authority: "b.example", address: "b2", tls: "1.3" })
  inventory.apply(
    batch([
      ...many(40, { server: tls }),
      ...many(30, { server: tls, operation: operation({ path: "/v1/open" }), identity: anonymous("n1") }),
      ...many(18, { server: tls, operation: operation({ path: "/v1/few" }) }),
      ...many(25, { server: other, identity: identity({ scheme: "basic", algorithm: "" }) }),
      ...many(6, { server: server({ address: "b9", tls: "1.3" }), client: client({ address: "x1" }) }),
    ]),
  )
  await inventory.checkpoint()
  api = await startApi({
    store,
    edits: inventory,
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

const url = (path: string): string => `${api.address.url}/api/v1${path}`
async function read<T>(path: string): Promise<T> {
  const response = await fetch(url(path))
  assert.equal(response.status, 200, `${path}: ${response.status}`)
  return (await response.json()) as T
}
const send = (method: string, path: string, body: unknown): Promise<Response> =>
  fetch(url(path), { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) })
async function change<T>(method: string, path: string, body: unknown): Promise<T> {
  const response = await send(method, path, body)
  assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`)
  return (await response.json()) as T
}
const findings = (query = ""): Promise<PageBody<Finding>> => read(`/findings${query}`)
const kinds = async (query: string): Promise<string[]> => (await findings(query)).items.map(({ kind }) => kind).sort()
const service = (id = "service-1"): Promise<ServiceDetail> => read(`/services/${id}`)

test("the list: filters, sorts, pages, files", async () => {
  assert.deepEqual(await kinds(""), ["auth.missing", "auth.weak.basic"])
  assert.deepEqual(await kinds("?service=service-2"), ["auth.weak.basic"])
  assert.deepEqual(await kinds("?kind=auth.weak.*"), ["auth.weak.basic"])
  assert.deepEqual(await kinds("?kind=auth.weak"), [])
  assert.deepEqual(await kinds("?state=dismissed"), [])
  const first = await findings("?limit=1&sort=kind")
  assert.deepEqual([first.items[0]?.kind, first.total], ["auth.missing", 2])
  const second = await findings(`?limit=1&sort=kind&cursor=${first.next}`)
  assert.deepEqual([second.items[0]?.kind, second.next], ["auth.weak.basic", null])
  const csv = await (await fetch(url("/findings?format=csv"))).text()
  assert.match(csv, /^id,kind,state,service,/)
  for (const query of [`?sort=count&cursor=${first.next}`, "?sort=colour", "?state=closed", "?cursor=x"])
    assert.equal((await fetch(url(`/findings${query}`))).status, 400, query)
})

test("one finding says what it is about, in event time", async () => {
  const { items } = await findings("?kind=auth.missing")
  const finding = await read<Finding>(`/findings/${items[0]!.id}`)
  assert.deepEqual(finding.service, { id: "service-1", name: "api.example.com" })
  assert.equal(finding.endpoint, "endpoint-2")
  assert.equal(finding.count, 30)
  assert.equal(finding.first, "2026-11-23T10:00:00.000Z")
  assert.match(finding.sentence, /^GET \/v1\/open at api\.example\.com lets everybody in: none of 30/)
  assert.equal((await fetch(url("/findings/f_none"))).status, 404)
})

test("dismissed with a reason, open again; mistakes name their field", async () => {
  const [finding] = (await findings("?kind=auth.missing")).items
  const path = `/findings/${finding!.id}/state`
  const before = (await service()).risk
  const refused = await send("POST", path, { state: "dismissed" })
  assert.equal(refused.status, 422)
  assert.deepEqual(((await refused.json()) as { errors: unknown }).errors, [
    { parameter: "reason", detail: "A finding is dismissed with a reason." },
  ])
  const dismissed = await change<Finding>("POST", path, { state: "dismissed", reason: "Public by intent." })
  assert.deepEqual([dismissed.state, dismissed.by, dismissed.reason], ["dismissed", "local", "Public by intent."])
  assert.deepEqual(await kinds("?state=open"), ["auth.weak.basic"])
  assert.equal((await service()).risk, before - 20)
  assert.equal((await send("POST", path, { state: "dismissed", reason: "Again." })).status, 409)
  assert.equal((await send("POST", path, { state: "closed" })).status, 400)
  assert.equal((await send("POST", "/findings/f_none/state", { state: "open" })).status, 404)
  assert.equal((await change<Finding>("POST", path, { state: "open" })).state, "open")
  const [entry] = await store.audit(0, 1)
  assert.deepEqual([entry?.action, entry?.subject], ["finding.state", finding!.id])
})

test("a service: places, risk with its facts, findings", async () => {
  const { items } = await read<PageBody<Service>>("/services?sort=-requests")
  assert.deepEqual(
    items.map(({ name, risk, owner }) => [name, risk, owner]),
    [
      ["api.example.com", 25, null],
      ["b.example", 8, null],
    ],
  )
  const one = await service()
  assert.deepEqual(
    one.riskFacts.map(({ points }) => points),
    [20, 5],
  )
  assert.equal(one.riskFacts[1]?.sentence, "Nobody is named as its owner.")
  assert.deepEqual(
    one.listeners.map(({ listener, role, requests }) => [listener, role, requests.tls]),
    [
      ["b00000000001:443", "unknown", 88],
      ["b9:443", "unknown", 6],
    ],
  )
  assert.match(one.listeners[0]!.why, /^No gateway of the service is known: 88 exchanges, 93\.6 % of the service's\.$/)
  assert.deepEqual(
    one.findings.map(({ kind }) => kind),
    ["auth.missing"],
  )
})

test("gateways named by hand: the rest is a bypass at once, for the past as well", async () => {
  const named = await change<ServiceDetail>("PUT", "/services/service-1/note", { gateways: ["b00000000001:443"] })
  assert.deepEqual(
    named.listeners.map(({ role }) => role),
    ["gateway", "bypass"],
  )
  assert.equal(named.listeners[1]?.bypass?.requests, 6)
  const [bypass] = (await findings("?kind=gateway.bypass&state=open")).items
  assert.match(bypass!.sentence, /^6 exchanges with api\.example\.com went past its gateway b00000000001:443 \(88 /)
  await change("PUT", "/services/service-1/note", { gateways: [] })
  assert.deepEqual(await kinds("?kind=gateway.bypass&state=open"), [])
  assert.deepEqual(await kinds("?kind=gateway.bypass&state=gone"), ["gateway.bypass"])
})

test("owners by rule and by hand, lists that filter by them", async () => {
  const rules = [
    { cidr: "10.0.0.0/8", owner: "nobody" },
    { authority: "*.example.com", owner: "platform", labels: ["public"] },
  ]
  const put = await change<PageBody<Record<string, unknown>>>("PUT", "/labels", { rules })
  assert.deepEqual(
    put.items.map(({ owner, services, source }) => [owner, services, source]),
    [
      ["nobody", 0, "hand"],
      ["platform", 1, "hand"],
    ],
  )
  assert.match(String(put.items[0]?.remark), /^It cannot fit: the sensors tell addresses as pseudonyms\./)
  assert.equal(put.items[1]?.remark, null)
  const ruled = await service()
  assert.deepEqual([ruled.owner, ruled.ruledBy.owner], ["platform", "authority *.example.com (rule 2 by hand)"])
  const noted = await change<ServiceDetail>("PUT", "/services/service-1/note", { owner: "ann's", name: "Orders" })
  assert.deepEqual([noted.name, noted.owner, noted.labels], ["Orders", "ann's", ["public"]])
  assert.deepEqual([noted.ruledBy.owner, noted.note.by], [null, "local"])
  const names = async (query: string): Promise<string[]> =>
    (await read<PageBody<Service>>(`/services?${query}`)).items.map(({ name }) => name)
  assert.deepEqual(await names("owner=ann's"), ["Orders"])
  assert.deepEqual(await names("label=public"), ["Orders"])
  assert.deepEqual(await names("search=ann"), ["Orders"])
  await change("PUT", "/services/service-1/note", { owner: "", name: "" })
  assert.deepEqual(await names("owner=platform"), ["api.example.com"])
})

test("table: refused", async () => {
  const rows: readonly (readonly [method: string, path: string, body: unknown, status: number, place: string])[] = [
    [
      "PUT",
      "/labels",
      {
        rules: [
          { zone: "z", owner: "x" },
          { cidr: "x", owner: "y" },
        ],
      },
      422,
      "rules.1.cidr",
    ],
    ["PUT", "/labels", { rules: [{ colour: "x" }] }, 400, "colour"],
    ["PUT", "/labels", {}, 400, "rules"],
    ["PUT", "/services/none/note", { owner: "x" }, 404, "service"],
    ["PUT", "/services/service-1/note", { gateways: ["x"] }, 422, "gateways"],
    ["PUT", "/endpoints/none/note", { labels: ["x"] }, 404, "endpoint"],
  ]
  for (const [method, path, body, status, place] of rows) {
    const response = await send(method, path, body)
    const problem = (await response.json()) as { errors: { parameter: string }[] }
    assert.deepEqual([response.status, problem.errors[0]?.parameter], [status, place], path)
  }
})

test("an endpoint: why, weak forms, conflicts; a note by hand", async () => {
  const few = await read<EndpointDetail>("/endpoints/endpoint-3")
  assert.deepEqual([few.auth.posture, few.auth.withheld], ["unknown", "few"])
  assert.equal(few.auth.why, "Withheld: 18 of 18 exchanges were successful, and 20 successes are needed.")
  const open = await read<EndpointDetail>("/endpoints/endpoint-2")
  assert.deepEqual(
    open.authDetail.conflicts.map(({ kind, samples }) => [kind, samples.length]),
    [["open-among-protected", 3]],
  )
  const basic = await read<EndpointDetail>("/endpoints/endpoint-4")
  assert.deepEqual(
    basic.authDetail.weak.map(({ form, exchanges, recent }) => [form, exchanges, recent]),
    [["basic", 25, 25]],
  )
  const note = { labels: ["legacy"], note: "Ask Bo." }
  assert.deepEqual(await change("PUT", "/endpoints/endpoint-2/note", note), { id: "endpoint-2", ...note })
  assert.deepEqual(await read("/endpoints/endpoint-2/note"), { id: "endpoint-2", ...note })
  const { items } = await read<PageBody<{ id: string }>>("/endpoints?label=legacy")
  assert.deepEqual(
    items.map(({ id }) => id),
    ["endpoint-2"],
  )
})
