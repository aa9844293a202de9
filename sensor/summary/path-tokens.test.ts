import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { PathFlag } from "../../shared/event/api-event.ts"
import { SummaryCounters } from "./counters.ts"
import { OBJECTS_MAX, PathTokens, pathText, SEGMENTS_MAX } from "./path-tokens.ts"
import { ObjectPseudonyms } from "./privacy/object-pseudonyms.ts"
import { Domain, PseudonymKey } from "./privacy/pseudonym.ts"
import { parametersOf, QueryNames, queryNames } from "./query-names.ts"
import { Mark, Skeleton } from "./skeleton.ts"

const OBJECTS = new PseudonymKey(new Uint8Array(32).fill(7)).of(Domain.object)
const counters = new SummaryCounters()
const tokens = new PathTokens(new ObjectPseudonyms(OBJECTS), counters)
const query = new QueryNames(counters)
const skeleton = new Skeleton()

function read(target: string | Uint8Array) {
  const bytes = typeof target === "string" ? Buffer.from(target, "utf8") : target
  skeleton.clear()
  const pathEnd = tokens.read(bytes, 0, bytes.length, skeleton)
  const end = skeleton.length
  skeleton.mark(Mark.end)
  query.read(bytes, pathEnd, bytes.length, tokens, skeleton)
  return {
    ...pathText(skeleton.bytes, 0, end),
    flags: tokens.flags,
    objects: tokens.objects,
    query: queryNames(parametersOf(skeleton.bytes, end + 1, skeleton.length)),
  }
}
const pseudonym = (text: string): number => OBJECTS.number(Buffer.from(text), 0, Buffer.byteLength(text))

test("paths, by example", () => {
  for (const [target, path] of [
    ["/v1/orders/17?expand=items", "/v1/orders/{int}"],
    ["/", "/"],
    ["/v1/orders/", "/v1/orders/"],
    ["/v1/orders/17/lines/3", "/v1/orders/{int}/lines/{int}"],
    ["/users/me", "/users/me"],
    ["/api/2.0/users/-5", "/api/2.0/users/{int}"],
    ["/shipments/6f9619ff-8b86-d011-b42d-00c04fc964ff", "/shipments/{uuid}"],
    ["/customers/cus_NffrFeUfNV2Hib", "/customers/{id}"],
    ["/invoices/INV-000123", "/invoices/{serial}"],
    ["/mail/jane%40example.com", "/mail/{email}"],
    ["/days/2024-01-29/10.0.0.1", "/days/{date}/{ip}"],
    ["/en-US/my-first-post", "/en-US/my-first-post"],
    ["/%6Frders/%7Bx%7D/a%2fb", "/orders/%7Bx%7D/a%2Fb"],
    ['/{x}/a b/"q"', "/%7Bx%7D/a%20b/%22q%22"],
    ["/stra%C3%9Fe/straße", "/straße/straße"],
    ["/bad%FFbyte/%zz/100%", "/bad%FFbyte/%25zz/{id}"],
    ["/a/../b/./%2e%2e", "/a/../b/./.."],
    ["//a///b", "//a///b"],
    [`/x/${"n".repeat(65)}`, "/x/{text}"],
    [`/x/${"n".repeat(64)}`, `/x/${"n".repeat(64)}`],
    ["/rtl/%E2%80%AEabc", "/rtl/%E2%80%AEabc"],
    ["", ""],
    ["orders", "orders"],
    ["/odata/Customers('ALFKI')/Orders(17)", "/odata/Customers({text})/Orders({int})"],
    ["/odata/Reset()/x(y", "/odata/Reset()/x(y"],
    ["/v1/377:cancel", "/v1/{int}:cancel"],
    ["/v1/6F9619FF-8b86-d011-b42d-00c04fc964ff:getIamPolicy", "/v1/{uuid}:getIamPolicy"],
    ["/v1/c4711:undelete", "/v1/{id}:undelete"],
    ["/v1/RTKBXT:refund", "/v1/{id}:refund"],
    ["/v1/TMVEUX:refund", "/v1/TMVEUX:refund"],
    ["/v1/RTKBXT:xkqzvb", "/v1/{id}"],
    ["/v1/datasets:search", "/v1/datasets:search"],
    ["/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/getMe", "/{id}/getMe"],
    ["/v1/4711:xkqzvbhtwq", "/v1/{id}"],
    ["/m/00:1a:2b:3c:4d:ee/12:34:abc", "/m/{hex}/{ip}"],
    ["/times/10:30", "/times/10:30"],
    ["/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/sendMessage", "/{id}/sendMessage"],
    ["/keys/AKIAIOSFODNN7EXAMPLE/ABCDE-FGHIJ-KLMNO-PQRST", "/keys/{id}/{id}"],
    ["/cars/B-MW-1234/AB-123-CD", "/cars/{id}/{id}"],
    ["/u/xkqjzvbnmwrt/a1b2c3d4/MTIzNDU2", "/u/{id}/{id}/{id}"],
    ["/at/52.5200,13.4050/1,2,3", "/at/{id}/{id}"],
    ["/names/Jane%20Q.%20Doe", "/names/{id}"],
    ["/people/374-527/47.261.683-K", "/people/{id}/{id}"],
    ["/com.example.orders.v1.Orders/ListOrders", "/com.example.orders.v1.Orders/ListOrders"],
    ["/customers/c4711/A12/jdoe1990/10115-Berlin/tok_abcdefghijklmnop", "/customers/{id}/{id}/{id}/{id}/{id}"],
    ["/x509/h264/mp3/sha256/v2/s3/b2b/oauth2/level-3", "/x509/h264/mp3/sha256/v2/s3/b2b/oauth2/level-3"],
    ["/soap/SOAP12/EU-WEST-1/oauth2/iso8601", "/soap/SOAP12/EU-WEST-1/oauth2/iso8601"],
    ["/rhythms/strengths/internationalization", "/rhythms/strengths/internationalization"],
  ] as const)
    assert.equal(read(target).path, path, target)
})

test("extensions that are known are split off the last segment", () => {
  for (const [target, path, extension] of [
    ["/files/report.pdf", "/files/report", "pdf"],
    ["/files/INV-000123.PDF", "/files/{serial}", "pdf"],
    ["/files/17.json?x=1", "/files/{int}", "json"],
    ["/files/report.final", "/files/report.final", ""],
    ["/a.json/b", "/a.json/b", ""],
    ["/.json", "/.json", ""],
    ["/x%2ejson", "/x", "json"],
    ["/v1.0/users", "/v1.0/users", ""],
  ] as const) {
    const { path: p, extension: e } = read(target)
    assert.deepEqual([p, e], [path, extension], target)
  }
})

test("flags", () => {
  for (const [target, flags] of [
    ["/a/b", 0],
    ["/a/", 0],
    ["/a%2Fb", PathFlag.encodedSlash],
    ["/a;v=1/b", PathFlag.matrixParameter],
    ["/a/%2E%2e/b", PathFlag.dotSegment],
    ["/a//b", PathFlag.emptySegment],
    [`${"/a".repeat(SEGMENTS_MAX)}`, 0],
    [`${"/a".repeat(SEGMENTS_MAX + 1)}`, PathFlag.tooManySegments],
    [`/${"a".repeat(9000)}`, PathFlag.tooManySegments],
    [`${"/purchase-order-confirmation".repeat(60)}`, PathFlag.tooManySegments],
  ] as const)
    assert.equal(read(target).flags, flags, target.slice(0, 40))
  assert.ok(counters.pathsCut >= 3)
  assert.ok(read("/purchase-order-confirmation".repeat(60)).path.length <= 1024)
})

test("objects are pseudonyms of the canonical text, in order, at most eight", () => {
  assert.deepEqual(read("/o/17/l/%31%37/x/INV-000123.pdf").objects, [
    pseudonym("17"),
    pseudonym("17"),
    pseudonym("INV-000123"),
  ])
  const lower = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
  assert.deepEqual(read(`/s/${lower.toUpperCase()}`).objects, [pseudonym(lower)])
  assert.equal(read("/1/2/3/4/5/6/7/8/9/10").objects.length, OBJECTS_MAX)
  assert.notDeepEqual(read("/o/17").objects, read("/o/18").objects)
})

test("query: names and kinds, sorted, once, folded", () => {
  for (const [target, names] of [
    ["/?page=5&expand=items", ["expand:word", "page:int"]],
    ["/?expand=items&page=5", ["expand:word", "page:int"]],
    ["/?a=1&a=2&&b", ["a:int", "b:empty"]],
    ["/?filter%5Bstatus%5D=open&filter[x]=1", ["filter[status]:word", "filter[x]:int"]],
    ["/?q=hello+world&u=https%3A%2F%2Fx.example%2F&e=a%40b.co", ["e:email", "q:text", "u:url"]],
    ["/?d41d8cd98f00b204e9800998ecf8427e=1", ["{hex}:int"]],
    [`/?${"n".repeat(65)}=1&${"n".repeat(3000)}=x`, ["{text}:int", "{text}:word"]],
    ["/?eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", ["{jwt}:empty"]],
    ["/?a:b=1&x%0Ay=2", ["a%3Ab:int", "x_y:int"]],
    ["/a;v=1;jsessionid=d41d8cd98f00b204e9800998ecf8427e?v=x", [";jsessionid:hex", ";v:int", "v:word"]],
  ] as const)
    assert.deepEqual(read(target).query, names, target.slice(0, 60))
  const before = counters.namesCut.query
  const many = read(
    `/?${Array.from({ length: 70 }, (_, i) => `p${String.fromCharCode(97 + (i % 26)).repeat(1 + i / 26)}=1`).join("&")}`,
  )
  assert.equal(many.query.length, 64)
  assert.equal(counters.namesCut.query, before + 1)
})

test("a skeleton reads back as it was meant, for any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { path, query: names, objects } = read(Buffer.concat([Buffer.from("/"), bytes]))
      assert.ok(path.length <= 1024 && names.length <= 64)
      assert.ok(
        [...path].every((char) => char > " "),
        path,
      )
      assert.equal((path.match(/\{/g) ?? []).length >= objects.length, true)
    }),
    { verbose: true, numRuns: 2000 },
  )
})
