import assert from "node:assert/strict"
import { test } from "node:test"
import { basic, issueToken, sessionOf } from "./access.ts"
import { ApiServer } from "./api-server.ts"
import { API_HOST, fennec, halden, kestrel, LEGACY_HOST, orbis, PARTNER_HOST, pallas, tern } from "./cast.ts"
import { Freight } from "./freight.ts"
import type { Reply } from "./router.ts"

const NOW_MS = Date.UTC(2026, 10, 23)
const world = new Freight(1)
const order = world.orders.find((o) => o.id % 61 !== 0 && o.customerId % 5 !== 0)!
const foreign = world.orders.find((o) => o.id % 61 !== 0 && o.customerId % 5 === 0)!
const broken = world.orders.find((o) => o.id % 61 === 0)!
const invoice = world.invoices[0]!
const key = { "x-api-key": pallas.apiKey }
const jwt = { authorization: `Bearer ${issueToken(halden.clientId, "orders:read", NOW_MS).token}` }
const reseller = { authorization: `Bearer ${orbis.token}` }
const user = { authorization: `Basic ${basic(kestrel.user, kestrel.password)}` }

function ask(method: string, target: string, headers: Record<string, string> = {}, body = "", host = API_HOST): Reply {
  const url = new URL(target, "http://test.example")
  const call = { method, host, path: url.pathname, query: url.searchParams, headers, body }
  return new ApiServer().answer(call, NOW_MS)
}

// method, target, fields, body -> status
const TABLE: readonly [string, string, Record<string, string>, string, number][] = [
  ["GET", "/health", {}, "", 200],
  ["GET", "/v1/orders", {}, "", 401],
  ["GET", "/v1/orders", { "x-api-key": "wrong" }, "", 401],
  ["GET", "/v1/orders", { authorization: "Digest x" }, "", 401],
  ["GET", "/v1/orders", { authorization: "Bearer a.b.c" }, "", 401],
  ["GET", "/v1/orders?page=2&per_page=100", jwt, "", 200],
  ["GET", "/v1/orders?page=0", jwt, "", 400],
  ["GET", "/v1/orders?updated_since=yesterday", jwt, "", 400],
  ["GET", `/v1/orders/${order.id}`, key, "", 200],
  ["HEAD", `/v1/orders/${order.id}`, key, "", 200],
  ["GET", `/v1/orders/${order.id}`, { ...key, "if-none-match": `W/"${order.id}-${order.version}"` }, "", 304],
  ["GET", `/v1/orders/${foreign.id}`, key, "", 403],
  ["GET", `/v1/orders/${foreign.id}`, jwt, "", 200],
  ["GET", `/v1/orders/${broken.id}`, jwt, "", 500],
  ["GET", "/v1/orders/77", key, "", 404],
  ["GET", "/v1/orders/seven", key, "", 400],
  ["PUT", `/v1/orders/${order.id}`, key, "{}", 405],
  ["POST", "/v1/orders", key, "{", 400],
  ["POST", "/v1/orders", key, '{"customerId":1}', 422],
  ["PUT", `/v1/orders/${order.id}/lines/1`, key, '{"quantity":4}', 200],
  ["PUT", `/v1/orders/${order.id}/lines/99`, key, '{"quantity":4}', 404],
  ["GET", `/v1/customers/${order.customerId}`, key, "", 403],
  ["GET", `/v1/customers/${order.customerId}`, reseller, "", 200],
  ["GET", `/v1/invoices/${invoice.number}`, user, "", 200],
  ["GET", `/v1/invoices/${invoice.number}.pdf`, user, "", 200],
  ["GET", `/v1/documents/${invoice.documentId}.pdf?api_key=${tern.apiKey}`, { range: "bytes=0-9" }, "", 206],
  ["GET", `/v1/documents/${invoice.documentId}.pdf?api_key=${tern.apiKey}`, { range: "bytes=99999-" }, "", 416],
  ["GET", `/v1/documents/${invoice.documentId}.json?api_key=wrong`, {}, "", 401],
  [
    "PUT",
    "/v2/trackers/356938035643800/position",
    { authorization: `Bearer ${fennec.token}` },
    '{"lat":1,"lon":2}',
    204,
  ],
  ["POST", "/v1/auth/token", {}, "grant_type=password", 400],
  ["GET", "/v1/nothing", key, "", 404],
  ["GET", "/v1/orders/%zz", key, "", 400],
]

test("each request of the table is answered with its status", () => {
  for (const [method, target, headers, body, status] of TABLE) {
    assert.equal(ask(method, target, headers, body).status, status, `${method} ${target}`)
  }
})

test("a token is refused once it has expired or was changed", () => {
  const { token, expiresIn } = issueToken(halden.clientId, "orders:read", NOW_MS - 301_000)
  assert.equal(expiresIn, 300)
  assert.equal(ask("GET", "/v1/me", { authorization: `Bearer ${token}` }).status, 401)
  assert.equal(ask("GET", "/v1/me", { authorization: `${jwt.authorization}x` }).status, 401)
})

test("the portal knows its sessions, the legacy gateway asks for nothing", () => {
  const cookie = { cookie: `lang=en; sid=${sessionOf(1)}` }
  assert.equal(ask("GET", "/portal/api/session", cookie, "", PARTNER_HOST).status, 200)
  assert.equal(ask("GET", "/portal/api/session", {}, "", PARTNER_HOST).status, 401)
  assert.equal(ask("GET", "/internal/debug", {}, "", LEGACY_HOST).status, 200)
  assert.equal(ask("GET", "/v1/orders", key, "", LEGACY_HOST).status, 404)
})

test("the reseller is told to slow down on its 60th call, and only it", () => {
  const server = new ApiServer()
  const call = { method: "GET", host: API_HOST, path: "/v1/me", query: new URLSearchParams(), body: "" }
  const statuses = Array.from({ length: 60 }, () => server.answer({ ...call, headers: reseller }, NOW_MS).status)
  assert.deepEqual([statuses.indexOf(429), statuses.filter((status) => status === 429).length], [59, 1])
  assert.equal(server.answer({ ...call, headers: key }, NOW_MS).status, 200)
})

test("the same seed makes the same world, another seed another", () => {
  assert.deepEqual(new Freight(1).orders, world.orders)
  assert.notDeepEqual(new Freight(2).orders, world.orders)
})
