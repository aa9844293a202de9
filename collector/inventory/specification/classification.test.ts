import assert from "node:assert/strict"
import { describe, test } from "node:test"
import type { EndpointRecord } from "../../store/records.ts"
import { classify } from "./classification.ts"
import { documentOf, endpoint, indexOf, OK, openapi } from "./fake-specifications.ts"
import { RogueServers } from "./rogue-servers.ts"
import { compareVersions, isCurrent } from "./standing.ts"

const current = documentOf(
  openapi({
    "/orders": { get: { responses: OK }, post: { deprecated: true, responses: OK } },
    "/orders/{id}": { get: { responses: OK } },
  }),
)
const older = documentOf(
  openapi({ "/orders": { get: { responses: OK } }, "/legacy/{id}": { get: { responses: OK } } }),
  "v0",
  false,
)
const INDEX = indexOf(current, older)

const none = { requests: 0, statuses: {}, schemes: {}, responseTypes: {} }
const only = (status: number): Partial<EndpointRecord> => ({ statuses: { [status]: 100 }, schemes: {} })

describe("an endpoint is", () => {
  const table: readonly [Partial<EndpointRecord>, status: string, why: RegExp][] = [
    [{}, "documented", /^GET \/orders of "orders" \(version 1\.0\)\.$/],
    [{ template: "/orders/{int}" }, "documented", /\/orders\/\{id\}/],
    [{ template: "/orders/{int}", ...only(401) }, "documented", /./],
    [{ template: "/orders/{int}", ...none }, "orphan", /never seen/],
    [{ template: "/orders/{int}", ...only(404) }, "orphan", /not there/],
    [{ template: "/orders/", method: "GET" }, "documented", /./],
    [{ template: "/hidden" }, "shadow", /In no specification of its host \("orders", "v0"\).*100 times/],
    [{ method: "DELETE" }, "shadow", /Its path is there for GET, POST only/],
    [{ template: "/hidden", statuses: { 304: 5 }, schemes: { none: 5 } }, "shadow", /./],
    [{ template: "/hidden", statuses: { 101: 1 }, schemes: {}, conversations: 1 }, "shadow", /./],
    // What proves nothing makes no shadow.
    [{ template: "/hidden", ...only(404) }, "unknown", /never answered with success \(only 404\)/],
    [{ template: "/hidden", ...only(302) }, "unknown", /only 302/],
    [{ template: "/hidden", ...only(401) }, "unknown", /only 401/],
    [{ template: "/hidden", ...only(500) }, "unknown", /only 500/],
    [{ template: "/hidden", ...none }, "unknown", /no answer was seen/],
    [{ method: "HEAD" }, "documented", /HEAD is answered wherever GET is/],
    [{ method: "OPTIONS", template: "/orders/{int}" }, "documented", /OPTIONS is answered wherever the path is/],
    [{ method: "OPTIONS", template: "/hidden" }, "unknown", /on their own/],
    [{ method: "HEAD", template: "/hidden" }, "unknown", /on their own/],
    [{ method: "PROPFIND", template: "/hidden" }, "unknown", /no place for the method PROPFIND/],
    [{ method: "OPTIONS", template: "*" }, "unknown", /./],
    [{ method: "CONNECT", template: "{authority}" }, "unknown", /No path/],
    [{ template: "/assets/app.js", responseTypes: { "text/javascript": 3 } }, "unknown", /web page/],
    [{ template: "/assets/app.js", responseTypes: { "application/json": 3 } }, "shadow", /./],
    [
      {
        method: "POST",
        template: "/pkg.S/M",
        operation: "pkg.S/M",
        calls: { kinds: { grpc: 1 }, fields: {}, depth: -1, aliases: -1, batch: 0 },
      },
      "unknown",
      /gRPC/,
    ],
    [{ template: "/legacy/{int}" }, "zombie", /only in "v0".*outdated.*still answers with success \(100 times\)/],
    [{ template: "/legacy/{int}", ...only(410) }, "documented", /outdated, and never answered with success/],
    [{ template: "/legacy/{int}", ...none }, "documented", /./],
    [{ method: "POST" }, "zombie", /is deprecated there/],
  ]
  for (const [change, status, why] of table)
    test(`${status}: ${JSON.stringify(change).slice(0, 90)}`, () => {
      const found = classify(endpoint(change), INDEX, "")
      assert.equal(found.status, status, found.why)
      assert.match(found.why, why)
    })

  test("unknown without specifications, rogue when nobody named its server", () => {
    assert.deepEqual(classify(endpoint(), null, ""), { status: "unknown", why: "", match: null })
    assert.equal(classify(endpoint(), null, "Nobody.").status, "rogue")
    assert.equal(classify(endpoint(), INDEX, "Nobody.").status, "documented")
  })
})

test("text that the sensor hides: one path that may have it is it, of several none, and a plain parameter goes before them", () => {
  const get = { get: { responses: OK } }
  const index = indexOf(
    documentOf(
      openapi({
        "/reports/sales-{month}.csv": get,
        "/two/a-{x}.csv": get,
        "/two/b-{x}.csv": get,
        "/plain/{id}": get,
        "/plain/a-{x}": get,
        "/plain/b-{x}": get,
        "/bookings/{ref}": { get: { responses: OK }, post: { responses: OK } },
        "/bookings/{ref}:refund": get,
      }),
    ),
  )
  const table: readonly [method: string, template: string, status: string, why: RegExp][] = [
    ["GET", "/reports/{serial}.csv", "documented", /sales-\{month\}\.csv of .*fixed text is not visible/],
    ["GET", "/reports/sales-{int}.csv", "documented", /"orders" \(version 1\.0\)\.$/],
    ["GET", "/reports/{serial}.pdf", "shadow", /./],
    ["GET", "/two/{serial}.csv", "unknown", /may be any of \/two\/[ab].*not visible/],
    ["GET", "/plain/{serial}", "documented", /\/plain\/\{id\} of/],
    ["GET", "/bookings/{id}:refund", "documented", /\{ref\}:refund of/],
    ["POST", "/bookings/{id}:refund", "shadow", /there for GET only/],
    ["POST", "/bookings/{id}", "documented", /\{ref\} of/],
  ]
  for (const [method, template, status, why] of table) {
    const found = classify(endpoint({ method, template }), index, "")
    assert.equal(found.status, status, `${template}: ${found.why}`)
    assert.match(found.why, why)
  }
})

test("rogue: not named, on listeners where nothing named answers, once something is named", () => {
  const rogues = new RogueServers()
  const service = (id: string, addresses: string[], owner = "") => ({ id, name: id, addresses, owner, labels: [] })
  assert.equal(rogues.note(service("a", ["x:80"]), false), false)
  rogues.note(service("b", ["y:80"]), false)
  rogues.note(service("c", ["x:80", "y:80"]), false)
  assert.equal(rogues.whyRogue("a"), "")
  assert.equal(rogues.note(service("a", ["x:80"]), true), true)
  assert.deepEqual(
    ["a", "b", "c"].map((id) => rogues.whyRogue(id) !== ""),
    [false, true, false],
  )
  assert.match(rogues.whyRogue("b"), /no specification, owner or label.*y:80/)
  assert.equal(rogues.note(service("b", ["y:80"], "team"), false), true)
  assert.equal(rogues.note(service("a", ["x:80"]), false), true)
  assert.deepEqual(
    ["a", "b", "c"].map((id) => rogues.whyRogue(id) !== ""),
    [true, false, false],
  )
  rogues.note(service("b", ["y:80"]), false)
  assert.equal(rogues.whyRogue("a"), "")
})

test("in force: declared, superseded, older of the same title", () => {
  const facts = (name: string, version: string, more: object = {}) => ({
    name,
    title: "Orders API",
    version,
    isDeprecated: false,
    supersedes: [] as string[],
    ...more,
  })
  const standing = (...all: ReturnType<typeof facts>[]) => all.map((one) => isCurrent(one, all))
  assert.deepEqual(standing(facts("a", "1.0"), facts("b", "2.0")), [false, true])
  assert.deepEqual(
    standing(facts("a", "1.0", { title: "Orders API v1" }), facts("b", "2.0", { title: "orders api (2.0)" })),
    [false, true],
  )
  assert.deepEqual(standing(facts("a", "1.0", { isInForce: true }), facts("b", "2.0")), [true, true])
  assert.deepEqual(standing(facts("a", "1.0", { title: "Billing" }), facts("b", "2.0")), [true, true])
  assert.deepEqual(standing(facts("a", "3.0"), facts("b", "2.0", { supersedes: ["a"] })), [false, false])
  assert.deepEqual(standing(facts("a", "1.0"), facts("b", "2.0", { isDeprecated: true })), [true, false])
  assert.deepEqual(standing(facts("a", "1.0"), facts("b", "1.0")), [true, true])
  assert.ok(
    compareVersions("1.10.0", "1.9.3") > 0 &&
      compareVersions("v2", "1.9") > 0 &&
      compareVersions("2.0.0-rc1", "2.0.0") < 0,
  )
  assert.equal(compareVersions("1", "1.0.0"), 0)
})
