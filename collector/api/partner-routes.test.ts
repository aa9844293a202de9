// Consumers, partners, rotations and the map from outside: the real server over a real inventory and store.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import {
  type Caller,
  days,
  eventsOf,
  type Heard,
  hearing,
  INVOICES,
  key,
  ORDERS,
  SDK,
} from "../consumer/fake-traffic.ts"
import { type RunningApi, startApi } from "./server.ts"

const ACME: Caller = {
  identity: key("acme", { scheme: "basic", name: "acme-1" }),
  client: SDK,
  calls: ORDERS,
  days: days(0, 9),
}
const CALLERS: readonly Caller[] = [
  ACME,
  { ...ACME, identity: key("acme2", { scheme: "basic", name: "acme-2" }), calls: INVOICES, hour: 23 },
  { ...ACME, identity: key("old"), client: { ...SDK, prefix: "p2" }, days: days(0, 9) },
  { ...ACME, identity: key("new"), client: { ...SDK, prefix: "p2" }, days: days(10, 18) },
  { ...ACME, identity: key("far"), client: { ...SDK, prefix: "p3" }, host: "billing.example.com", days: days(17, 18) },
]

let heard: Heard
let api: RunningApi
before(async () => {
  heard = await hearing()
  const events = eventsOf(CALLERS).map((each) =>
    each.operation.path === "/v1/customers/{int}" ? { ...each, responseClasses: ["email=2"] } : each,
  )
  await heard.hear(events, 5_000)
  api = await startApi({
    store: heard.store,
    edits: heard.inventory,
    listen: { host: "127.0.0.1", port: 0 },
    health: () => ({ ready: true, reasons: [] }),
    metrics: () => "",
    assets: "/nonexistent",
    version: "1.2.3",
  })
})
after(async () => {
  await api.close()
  await heard.close()
})

// biome-ignore lint/suspicious/noExplicitAny: bodies are compared part by part
type Body = any

async function call(method: string, path: string, body?: unknown, status = 200): Promise<Body> {
  const response = await fetch(`${api.address.url}/api/v1${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as Body
  assert.equal(response.status, status, `${method} ${path}: ${JSON.stringify(answer)}`)
  return answer
}
const read = (path: string, status = 200): Promise<Body> => call("GET", path, undefined, status)

async function idOf(name: string): Promise<string> {
  return (await read(`/consumers?search=${encodeURIComponent(name)}`)).items[0].id
}

test("a consumer shows its credentials, clients, services and data classes with counts and times", async () => {
  const one = await read(`/consumers/${await idOf("acme-1")}`)
  assert.equal(one.days, 10)
  assert.equal(one.learning, true)
  assert.deepEqual(one.credentials, ["dacme"])
  assert.deepEqual(one.credentialsSeen, [
    { name: "dacme", requests: 100, firstSeen: "2026-11-02T06:00:01.000Z", lastSeen: "2026-11-11T06:00:10.000Z" },
  ])
  assert.deepEqual(
    one.clients.map(({ kind, name }: Body) => `${kind} ${name}`),
    [
      "userAgent acme-sdk",
      "prefix office-net",
      "network private office-net",
      "ja4 t13d1516h2_aaaa_bbbb",
      "fieldOrder 0000004d",
    ],
  )
  assert.deepEqual(
    one.dataClasses.map(({ direction, name, requests }: Body) => [direction, name, requests]),
    [["response", "email", 20]],
  )
  assert.deepEqual(
    one.services.map(({ name, requests }: Body) => [name, requests]),
    [["api.example.com", 100]],
  )
})

test("a name by hand is shown, and taken away again", async () => {
  const id = await idOf("acme-2")
  await call("PUT", `/consumers/${id}/name`, { name: "Acme invoices", reason: "they said so" })
  const one = await read(`/consumers/${id}`)
  assert.deepEqual([one.name, one.seenName], ["Acme invoices", "acme-2"])
  await call("PUT", `/consumers/${id}/name`, { name: "" })
  assert.equal((await read(`/consumers/${id}`)).name, "acme-2")
  await call("PUT", "/consumers/nobody/name", { name: "x" }, 404)
  await call("PUT", `/consumers/${id}/name`, { title: "x" }, 400)
})

test("a partner: added, found, changed, held against its contract, removed", async () => {
  const contract = { endpoints: ["api.example.com GET /v1/orders*"], hours: ["06:00-20:00"], dataClasses: ["iban"] }
  const { id, sentence } = await call("POST", "/partners", {
    name: "Acme",
    owner: "Ann",
    rules: ["name:acme-*"],
    contract,
  })
  assert.equal(sentence, "Partner Acme is added; rules put 2 consumers elsewhere.")
  const list = await read("/partners?search=ann")
  assert.deepEqual([list.total, list.items[0].consumers, list.items[0].requests], [1, 2, 200])
  const members = await read(`/consumers?partner=${id}`)
  assert.deepEqual(members.items.map(({ name, partner, partnerName }: Body) => [name, partner, partnerName]).sort(), [
    ["acme-1", id, "Acme"],
    ["acme-2", id, "Acme"],
  ])
  const one = await read(`/partners/${id}?since=2026-11-02`)
  assert.deepEqual(
    one.violations.map(({ kind, requests }: Body) => [kind, requests]),
    [
      ["endpoint", 120],
      ["hours", 100],
      ["dataClass", 20],
    ],
  )
  assert.equal(one.uses.length, 5)
  assert.equal(
    one.daily.reduce((sum: number, point: Body) => sum + point.requests, 0),
    200,
  )
  assert.equal(one.responseBytes, 200 * 255)
  assert.deepEqual(one.dataClasses, { request: {}, response: { email: 20 } })
  await call("PUT", `/partners/${id}`, { contract: { requestsPerDay: 15, endpoints: [], hours: [], dataClasses: [] } })
  const changed = await read(`/partners/${id}?since=2026-11-02`)
  assert.equal(changed.owner, "Ann")
  assert.deepEqual(
    changed.violations.map(({ kind, requests, windows }: Body) => [kind, requests, windows]),
    [["requestsPerDay", 50, 10]],
  )
  const refused = await call("PUT", `/partners/${id}`, { contract: { hours: ["always"] } }, 422)
  assert.equal(refused.errors[0].parameter, "contract.hours[0]")
  await call("POST", "/partners", { name: "acme" }, 409)
  await call("POST", "/partners", { owner: "nobody" }, 400)
  await read(`/partners/${id}?since=yesterday`, 400)
  const consumer = await idOf("far")
  await call("PUT", `/consumers/${consumer}/partner`, { partner: id })
  assert.equal((await read(`/partners/${id}`)).consumers, 3)
  await call("PUT", `/consumers/${consumer}/partner`, { partner: "nobody" }, 404)
  await call("DELETE", `/partners/${id}`)
  await read(`/partners/${id}`, 404)
  assert.equal((await read(`/consumers?partner=${id}`)).total, 0)
})

test("the map: by consumer, by partner, with filters, and the rest summed", async () => {
  const { id } = await call("POST", "/partners", { name: "Acme", rules: ["name:acme-*"] })
  const all = await read("/map")
  assert.equal(all.total, 5)
  assert.deepEqual(Object.keys(all.items[0].consumer), ["id", "name", "scheme"])
  assert.equal(all.items[0].service.name, "api.example.com")
  const byPartner = await read("/map?by=partner")
  assert.deepEqual(
    byPartner.items.map(({ partner, consumer, service, requests, consumers }: Body) => [
      partner?.name ?? null,
      consumer,
      service.name,
      requests,
      consumers,
    ]),
    [
      ["Acme", null, "api.example.com", 200, 2],
      [null, null, "api.example.com", 190, 2],
      [null, null, "billing.example.com", 20, 1],
    ],
  )
  assert.deepEqual(byPartner.items[0].dataClasses, { request: {}, response: { email: 20 } })
  assert.deepEqual(
    [byPartner.items[0].firstSeen, byPartner.items[0].lastSeen],
    ["2026-11-02T06:00:01.000Z", "2026-11-11T23:00:10.000Z"],
  )
  const cut = await read("/map?limit=1&by=partner")
  assert.deepEqual([cut.items.length, cut.total, cut.rest.edges, cut.rest.requests], [1, 3, 2, 210])
  assert.equal(cut.rest.sentence, "2 more edges with 210 requests are not shown.")
  assert.deepEqual(
    cut.callers.map(({ name }: Body) => name),
    ["Acme"],
  )
  const total = async (query: string): Promise<number> => (await read(`/map?${query}`)).total
  assert.equal(await total(`partner=${id}`), 2)
  assert.equal(await total("partner="), 3)
  assert.equal(await total(`service=${all.items.at(-1).service.id}`), 1)
  assert.equal(await total("since=2026-11-19"), 2)
  assert.equal(await total("since=2026-11-19&by=partner"), 2)
  await read("/map?since=today", 400)
  await read("/map?by=colour", 400)
  await call("DELETE", `/partners/${id}`)
})

test("suggestions of partners", async () => {
  const { items } = await read("/partners/suggestions")
  assert.deepEqual(items, [])
})

test("a rotation: proposed with grounds, confirmed, and both ids find one consumer", async () => {
  const { items, total } = await read("/rotations?state=proposed")
  assert.equal(total, 1)
  const [{ id, former, successor, grounds, score }] = items
  assert.ok(score > 0.9 && grounds.length === 5)
  await call("POST", `/rotations/${id}/decision`, { confirmed: "yes please" }, 400)
  await call("POST", `/rotations/${id}/decision`, { confirmed: true, reason: "mail of today" })
  await call("POST", `/rotations/${id}/decision`, { confirmed: false }, 409)
  await call("POST", "/rotations/nothing/decision", { confirmed: true }, 404)
  assert.equal((await read(`/consumers/${successor.id}`)).id, former.id)
  assert.equal((await read("/rotations?state=proposed")).total, 0)
  const [decided] = (await read("/rotations")).items
  assert.deepEqual([decided.state, decided.former.id, decided.successor.id], ["confirmed", former.id, former.id])
  const changes = (await read("/changes")).items.map(({ kind }: Body) => kind)
  assert.ok(changes.includes("rotation.proposed") && changes.includes("consumer.merged"))
})

test("two consumers are merged by hand; nonsense is refused", async () => {
  const [one, other] = [await idOf("acme-1"), await idOf("acme-2")]
  await call("POST", `/consumers/${one}/merge`, { successor: one }, 409)
  await call("POST", `/consumers/${one}/merge`, { successor: "nobody" }, 404)
  await call("POST", `/consumers/${one}/merge`, {}, 400)
  await call("POST", `/consumers/${one}/merge`, { successor: other })
  const merged = await read(`/consumers/${other}`)
  assert.deepEqual([merged.id, merged.requests, merged.identities.length], [one, 200, 1])
})

test("lists page by page: partners and rotations", async () => {
  const ids: string[] = []
  for (const name of ["a", "b", "c"]) ids.push((await call("POST", "/partners", { name })).id)
  for (const sort of ["name", "-name", "owner"]) {
    const names: string[] = []
    let cursor: string | null = ""
    while (cursor !== null) {
      const page: Body = await read(`/partners?limit=1&sort=${sort}${cursor === "" ? "" : `&cursor=${cursor}`}`)
      names.push(...page.items.map(({ name }: Body) => name))
      cursor = page.next
    }
    assert.deepEqual(names.toSorted(), ["a", "b", "c"])
  }
  await read("/partners?cursor=nonsense", 400)
  const { next } = await read("/partners?limit=1")
  await read(`/partners?sort=-name&cursor=${next}`, 400)
  for (const id of ids) await call("DELETE", `/partners/${id}`)
})
