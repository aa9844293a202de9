import assert from "node:assert/strict"
import { test } from "node:test"
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import { ipv4Flow, lines, Recorder } from "../fake-conversation.ts"

const CONVERSATION = ipv4Flow("10.0.0.1", 40_000, "10.0.0.2", 80)
const HOST = "Host: api.example.com"
const JSON_TYPE = "Content-Type: application/json"
const UUID = "2f7c1e9a-5b1d-4c11-9a77-0f3a6f0d9e21"

function get(recorder: Recorder, target: string, body: unknown, who = "a", status = 200, field = ""): ApiEvent {
  const request = { head: lines(`GET ${target} HTTP/1.1`, HOST, `X-Api-Key: key-of-partner-${who}-0123456789`) }
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const head = lines(
    `HTTP/1.1 ${status} OK`,
    JSON_TYPE,
    ...(field === "" ? [] : [field]),
    `Content-Length: ${text.length}`,
  )
  return recorder.exchange(CONVERSATION, request, { head, body: text })
}

function post(recorder: Recorder, target: string, body: string, type = "application/json"): ApiEvent {
  const head = lines(`POST ${target} HTTP/1.1`, HOST, `Content-Type: ${type}`, `Content-Length: ${body.length}`)
  return recorder.exchange(CONVERSATION, { head, body }, { head: lines("HTTP/1.1 204 No Content") })
}

/** Pseudonyms of texts as a path has them. */
function asked(...texts: readonly string[]): number[] {
  const recorder = new Recorder()
  return texts.map((text) => {
    const event = get(recorder, `/asked/${text}`, "")
    return event.objects[0] ?? event.weakObjects[0] ?? -1
  })
}

const low = (...texts: readonly string[]): number[] =>
  asked(...texts)
    .map((key) => key >>> 0)
    .sort((a, b) => a - b)

test("ids that a response gives are those of the paths that ask for them", () => {
  const table: readonly (readonly [string, unknown, readonly string[]])[] = [
    ["a number", { id: 4711, amount: 12 }, ["4711"]],
    [
      "names of ids",
      { order_id: 17, customerId: 18, orderID: 19, userid: 20, sku: "AB-77" },
      ["17", "18", "19", "20", "AB-77"],
    ],
    ["at any depth, each once", { data: [{ id: 1 }, { id: 2, parent: { id: 1 } }] }, ["1", "2"]],
    ["a UUID in capitals, whatever its name", { thing: UUID.toUpperCase() }, [UUID]],
    ["kinds of ids under any name", { a: "cus_NffrFeUfNV2Hib", b: "INV-000123" }, ["cus_NffrFeUfNV2Hib", "INV-000123"]],
    ["links", { href: "https://a.example/v1/orders/778/lines?page=2", next: "/orders?page=3" }, ["778"]],
    ["links with escaped slashes", `{"self":"https:\\/\\/a.example\\/v1\\/orders\\/779"}`, ["779"]],
    ["links to files", { url: "/invoices/780.pdf" }, ["780"]],
    ["a list of ids", { ids: [5, 6, "o-7"] }, ["5", "6", "o-7"]],
    ["a document that is a list", [UUID, "INV-000124"], [UUID, "INV-000124"]],
    ["keys that are ids", { [UUID]: { state: "open" } }, [UUID]],
    ["codes, not their numbers", { code: "A77", status_code: 200, error_code: 12 }, ["A77"]],
    ["words and texts are none", { id: "none", sku: "two words 2", name: "Ada 2", code: "EUR" }, []],
    ["fractions are none", `{"id":1.5,"ref":1e3}`, []],
    [
      "secrets and measures are none",
      { token_id: 12, session_id: "s1", page_no: 3, zip: "80331", card_number: "4111" },
      [],
    ],
    ["escapes are none", `{"id":"a\\u00317"}`, []],
  ]
  for (const [name, body, texts] of table) {
    const event = get(new Recorder(), "/x", body)
    assert.deepEqual([event.returned, event.returnedTotal], [low(...texts), texts.length], name)
  }
})

test("every response is asked, not only those that are walked", () => {
  const recorder = new Recorder()
  for (let i = 1; i <= 60; i++) {
    const event = get(recorder, "/orders", { id: 1000 + i, note: "x" })
    assert.deepEqual([event.returned, event.returnedTotal], [low(`${1000 + i}`), 1])
  }
  assert.ok(recorder.counters.bodies.reused > 40)
})

test("a place without ids is not asked", () => {
  const recorder = new Recorder()
  for (let i = 0; i < 30; i++) assert.equal(get(recorder, "/health", { status: "up", load: 10 + i }).returnedTotal, 0)
  assert.equal(recorder.counters.objects.scanned, 0)
})

test("an id is told once a day and principal", () => {
  const recorder = new Recorder()
  const list = { items: [{ id: 1 }, { id: 2 }] }
  assert.equal(get(recorder, "/orders", list).returned.length, 2)
  assert.deepEqual([get(recorder, "/orders", list).returned, recorder.events.at(-1)!.returnedTotal], [[], 2])
  assert.equal(get(recorder, "/orders", list, "b").returned.length, 2)
  assert.deepEqual(get(recorder, "/orders", { items: [{ id: 1 }, { id: 3 }] }).returned, low("3"))
  recorder.timeUs += 86_400_000_000
  get(recorder, "/health", {})
  assert.equal(get(recorder, "/orders", list).returned.length, 2)
})

test("a body that comes again is not scanned again", () => {
  const recorder = new Recorder()
  const list = (last: number): unknown => Array.from({ length: 60 }, (_, i) => ({ id: i === 59 ? last : 1000 + i }))
  const totals = Array.from({ length: 9 }, () => get(recorder, "/orders", list(2000)).returnedTotal)
  assert.deepEqual(totals, Array(9).fill(60))
  const { objects } = recorder.counters
  assert.ok(objects.repeated > 0)
  const { scanned } = objects
  assert.deepEqual(get(recorder, "/orders", list(2001)).returned, low("2001"))
  assert.equal(get(recorder, "/orders", list(2000), "b").returned.length, 60)
  assert.equal(objects.scanned, scanned + 2)
  recorder.timeUs += 86_400_000_000
  assert.equal(get(recorder, "/orders", list(2000)).returned.length, 60)
})

test("a body with an ETag is not asked for again at its target", () => {
  const recorder = new Recorder()
  const list = (from: number): unknown => Array.from({ length: 4 }, (_, i) => ({ id: from + i }))
  const tagged = (target: string, from: number, status = 200): ApiEvent =>
    get(recorder, target, list(from), "a", status, 'ETag: "77-ab"')
  for (let i = 0; i < 8; i++) assert.equal(tagged("/orders?part=a", 10).returnedTotal, 4)
  const { objects } = recorder.counters
  const { repeated } = objects
  assert.ok(repeated > 0)
  assert.deepEqual(tagged("/orders?part=b", 20).returned, low("20", "21", "22", "23"))
  for (let i = 0; i < 8; i++) tagged("/parts", 60 + 4 * i, 206)
  assert.equal(objects.repeated, repeated)
  assert.deepEqual(tagged("/parts", 30, 206).returned, low("30", "31", "32", "33"))
})

test("views of objects and bodies of requests beyond a rate are left out, lists and creations never", () => {
  const recorder = new Recorder()
  const view = (id: number, status = 200): number => get(recorder, `/orders/${id}`, { id }, "a", status).returnedTotal
  const totals = Array.from({ length: 50 }, (_, i) => view(i))
  assert.deepEqual(totals.slice(32), Array(18).fill(-1))
  assert.equal(recorder.counters.objects.viewsLeft, 18)
  assert.equal(totals.filter((total) => total === 1).length, 32)
  assert.equal(view(7, 201), 1)
  assert.equal(get(recorder, "/orders", [{ id: 900 }]).returnedTotal, 1)
  const send = (id: number): number => post(recorder, "/carts", `{"customerId":${id}}`).bodyObjects.length
  assert.equal(Array.from({ length: 50 }, (_, i) => send(i)).filter((told) => told === 1).length, 32)
  assert.equal(recorder.counters.objects.requestsLeft, 18)
  recorder.timeUs += 1_000_000
  assert.deepEqual([view(90), send(91)], [1, 1])
})

test("a long page: a limit is told at once, the rest with the next ones", () => {
  const recorder = new Recorder()
  const page = Array.from({ length: 1200 }, (_, i) => ({ id: 5000 + i }))
  const told = [1, 2, 3, 4].map(() => get(recorder, "/orders", page).returned)
  assert.deepEqual(
    told.map((list) => list.length),
    [512, 512, 176, 0],
  )
  assert.equal(new Set(told.flat()).size, 1200)
  assert.equal(recorder.events[0]!.returnedTotal, 1200)
})

test("limits: ids of a body, names of a place", () => {
  const recorder = new Recorder()
  const many = Array.from({ length: 2100 }, (_, i) => ({ id: i }))
  assert.equal(get(recorder, "/orders", many).returnedTotal, 2100)
  assert.equal(recorder.counters.objects.idsCut, 2100 - 2048)
  const wide = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${"x".repeat(i)}_id`, i]))
  get(recorder, "/wide", wide)
  assert.equal(recorder.counters.objects.namesCut, 30 - 24)
})

test("a body that is cut has no total; one that is not read has none either", () => {
  const recorder = new Recorder()
  const request = { head: lines("GET /x HTTP/1.1", HOST) }
  const head = lines("HTTP/1.1 200 OK", JSON_TYPE, "Content-Length: 900")
  const cut = recorder.exchange(CONVERSATION, request, { head, body: '{"id":77,"rest":', isCut: true })
  assert.deepEqual([cut.returned, cut.returnedTotal], [low("77"), -1])
  recorder.summarizer.isBodyless = true
  assert.equal(get(recorder, "/y", { id: 1 }).returnedTotal, -1)
})

test("a created object is told by its location, and once", () => {
  const event = get(new Recorder(), "/orders", { id: 4712 }, "a", 201, "Location: /v1/orders/4712")
  assert.deepEqual([event.returned, event.returnedTotal], [low("4712"), 1])
  const empty = get(new Recorder(), "/orders", "", "a", 302, `Location: https://a.example/things/${UUID}/`)
  assert.deepEqual([empty.returned, empty.returnedTotal], [low(UUID), 1])
})

test("errors give nothing", () => {
  assert.deepEqual(get(new Recorder(), "/orders", { id: 4713 }, "a", 404).returned, [])
})

test("objects of a request's body: JSON, forms, variables of GraphQL", () => {
  const recorder = new Recorder()
  assert.deepEqual(post(recorder, "/orders", '{"customerId":48,"amount":3}').bodyObjects, low("48"))
  recorder.timeUs += 1_000_000
  for (let i = 0; i < 30; i++)
    assert.deepEqual(post(recorder, "/orders", `{"customerId":${100 + i},"amount":3}`).bodyObjects, low(`${100 + i}`))
  recorder.timeUs += 1_000_000
  const form = "application/x-www-form-urlencoded"
  assert.deepEqual(post(recorder, "/f", "order[id]=12&ids[]=13&q=7&password=p1", form).bodyObjects, low("12", "13"))
  const query = '{"query":"query O($id: ID!) { order(id: $id) { total } }","variables":{"id":"55"}}'
  assert.deepEqual(post(recorder, "/graphql", query).bodyObjects, low("55"))
  assert.equal(post(recorder, "/many", JSON.stringify({ ids: [1, 2, 3, 4, 5, 6, 7, 8, 9] })).bodyObjects.length, 8)
})

test("tokens of text with a digit are weak objects, versions are none", () => {
  const event = get(new Recorder(), "/v1/api/2.0/iphone15/abc/x9/4711/a%20b", "")
  assert.deepEqual(event.weakObjects, asked("iphone15", "x9"))
  assert.deepEqual(event.objects, asked("4711"))
  assert.equal(get(new Recorder(), "/a1/a2/a3/a4/a5", "").weakObjects.length, 4)
})

test("objects of a query, where their names are", () => {
  const mail = "ada%40example.com"
  const event = get(
    new Recorder(),
    `/x?b=${UUID}&limit=50&customer_id=77&token=${"ab12".repeat(8)}&m=${mail}&year=2024&z=INV-000123`,
    "",
  )
  assert.deepEqual(event.operation.query.length, event.queryObjects.length)
  const told = event.operation.query.flatMap((entry, k) => (event.queryObjects[k] === 0 ? [] : [entry.split(":")[0]]))
  assert.deepEqual(told, ["b", "customer_id", "m", "z"])
  assert.deepEqual(
    event.queryObjects.filter((key) => key !== 0),
    asked(UUID, "77", "ada@example.com", "INV-000123"),
  )
  assert.deepEqual([event.pageLimit, event.pageOffset], [5, -1])
  assert.deepEqual(get(new Recorder(), "/x?q=word&year=2024&page=1", "").queryObjects, [])
})

test("pages by their buckets", () => {
  const table: readonly (readonly [string, number, number])[] = [
    ["limit=100&offset=0", 6, 0],
    ["per_page=1&page=3", 0, 1],
    ["$top=20&$skip=4000", 4, 11],
    ["page[size]=10&page[number]=2", 3, 1],
    ["limit=all", -1, -1],
    ["pageSize=99999999999999999999", -1, -1],
  ]
  for (const [query, limit, offset] of table) {
    const event = get(new Recorder(), `/x?${query}`, "")
    assert.deepEqual([event.pageLimit, event.pageOffset], [limit, offset], query)
  }
})

test("steps between the objects that one principal asks for by one operation", () => {
  const recorder = new Recorder()
  const steps = [10, 11, 10, 10, 14, 1000, 0].map((id) => get(recorder, `/orders/${id}`, "").step)
  assert.deepEqual(steps, [0, 1, -1, 0, 3, 10, -10])
  assert.equal(get(recorder, "/customers/5", "").step, 0)
  assert.equal(get(recorder, "/orders/7", "", "b").step, 0)
  assert.deepEqual([get(recorder, "/i/INV-000123", "").step, get(recorder, "/i/INV-000125", "").step], [0, 2])
  assert.deepEqual([get(recorder, "/q?order_id=8", "").step, get(recorder, "/q?order_id=7", "").step], [0, -1])
})

test("privacy.objects none: objects of paths only", () => {
  const recorder = new Recorder({ objectMode: "none" })
  const event = get(recorder, `/v1/orders/17/x9?b=${UUID}&limit=5`, { id: 4 })
  assert.deepEqual(event.objects, asked("17"))
  assert.deepEqual(
    [event.returned, event.returnedTotal, event.weakObjects, event.queryObjects, event.step, event.pageLimit],
    [[], -1, [], [], 0, -1],
  )
  assert.deepEqual(post(recorder, "/orders", '{"customerId":48}').bodyObjects, [])
})
