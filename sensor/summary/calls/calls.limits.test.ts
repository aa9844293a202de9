// What strangers send to be read: deep, circular, endless, random. Bounded work, nothing thrown, and never a name that is a value.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { actionName } from "./call-media.ts"
import { callName, ODD_NAME } from "./call-name.ts"
import { CallPlace, CallRecords, KEYS_MAX, OTHER_KEY } from "./call-records.ts"
import { CallCounters } from "./counters.ts"
import { DEPTH_MAX, GraphqlReader } from "./graphql-document.ts"
import { JsonCursor, withoutEscapes } from "./json-cursor.ts"
import { readMultipartBatch } from "./odata-batch.ts"
import { readXmlCall } from "./xml-call.ts"

const reader = new GraphqlReader()
const read = (text: string, isCut = false) => {
  const bytes = Buffer.from(text)
  return reader.read(bytes, 0, bytes.length, isCut)
}

test("depth is bounded, whatever the braces; what follows is still read", () => {
  for (const levels of [10, 254, 255, 256, 257, 3000]) {
    const document = read(`query Deep ${"{a".repeat(levels)}${"}".repeat(levels)} query Next { b }`)
    assert.deepEqual(
      document?.operations.map((one) => [one.name, one.depth]),
      [
        ["Deep", Math.min(levels, DEPTH_MAX)],
        ["Next", 1],
      ],
    )
  }
})

test("fragments in a circle, and in a chain that doubles, end", () => {
  const circle = read("query Q { ...a } fragment a on T { x { ...b } } fragment b on T { y { ...a } }")
  assert.deepEqual([circle?.operations[0]?.depth, circle?.operations[0]?.fields], [DEPTH_MAX, ["x"]])
  const chain = Array.from({ length: 60 }, (_, i) => `fragment f${i} on T { a { ...f${i + 1} } b { ...f${i + 1} } }`)
  assert.equal(read(`query Q { ...f0 } ${chain.join(" ")}`)?.operations[0]?.depth, 61)
})

test("operations, fragments, spreads and fields beyond their limits are not kept", () => {
  const many = read(Array.from({ length: 500 }, (_, i) => `query Q${i} { a }`).join(" "))
  assert.ok(many !== null && many.operations.length <= 32 && !many.isWhole)
  const wide = read(`{ ${Array.from({ length: 5000 }, (_, i) => `f${i} ...s${i}`).join(" ")} }`)
  assert.equal(wide?.operations[0]?.fields.length, 64)
})

test("a document is read in linear time", () => {
  for (const piece of [
    "{a",
    "a(b:[{c:{",
    "...a ",
    '"""',
    '"\\"',
    "@a(",
    "#\n",
    "query A{a}",
    "fragment a on b{...a}",
  ]) {
    const text = `{ a ${piece.repeat(200_000 / piece.length)}`
    const start = process.cpuUsage()
    read(text, true)
    const { user, system } = process.cpuUsage(start)
    assert.ok(user + system < 200_000, `${piece}: ${user + system} µs`)
  }
})

test("random text is no GraphQL, and nothing is thrown", () => {
  const word = fc.constantFrom(
    "query",
    "mutation",
    "fragment",
    "on",
    "{",
    "}",
    "(",
    ")",
    "...",
    "@",
    ":",
    '"',
    '"""',
    "#",
    "\n",
    "$a",
    "[",
    "]",
    "a",
    "1.5",
    "!",
    "\\",
    "é",
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), fc.boolean(), (words, isCut) => {
      const document = read(words.join(" "), isCut)
      for (const one of document?.operations ?? []) assert.ok(one.depth <= DEPTH_MAX && one.fields.length <= 64)
    }),
    { numRuns: 500 },
  )
})

test("JSON, XML and batches of anything: they end within their bytes, and give names or nothing", () => {
  const word = fc.constantFrom(
    ..."{ } [ ] , : \" \\ \\u00 1 null <a> </a> <!-- --> <![CDATA[ ]]> <!DOCTYPE <Envelope> <Body> <?x ?> ' = / --b\r\n".split(
      " ",
    ),
    "content-type: application/http\r\n\r\n",
    "GET Orders HTTP/1.1\r\n",
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      const bytes = Buffer.from(`#${words.join("")}#`)
      const [start, end] = [1, bytes.length - 1]
      const cursor = new JsonCursor()
      cursor.begin(bytes, start, end)
      if (cursor.enter(0x7b)) while (cursor.nextKey()) cursor.skip()
      assert.ok(cursor.at <= end + 1)
      const to = new Uint8Array(64)
      assert.ok(withoutEscapes(bytes, start, end, to) <= 64)
      readXmlCall(bytes, start, end)
      readMultipartBatch(bytes, start, end)
    }),
    { numRuns: 500 },
  )
})

test("names are identifiers, or several; ids, tokens and sentences are not shown", () => {
  for (const name of [
    "GetOrders",
    "orders.list",
    "tools/call",
    "eth_getBalance",
    "user:create",
    "a#b",
    "v1.orders.get-all",
    "__schema",
    "$batch",
    "GetOrderV2",
    "sha256",
  ])
    assert.equal(callName(name), name)
  for (const name of [
    "",
    "a b",
    "jane@example.com",
    "1a",
    "a..b",
    "ä",
    "a".repeat(65),
    "4111111111111111",
    "get.5f2b9c0e8d7a4b3c",
    "x-6f1c2b9e-9f52-4a2b-8a7c-3d1f0f8e2a11",
    "cus_NffrFeUfNV2Hib",
    "order_123456789",
  ])
    assert.equal(callName(name), ODD_NAME, name)
  assert.equal(actionName('"http://tempuri.org/IOrders/GetOrder"'), "GetOrder")
  assert.equal(actionName("urn:orders:cancel"), "cancel")
  assert.equal(actionName('""'), "")
  assert.equal(actionName("http://a/5f2b9c0e8d7a4b3c5f2b9c0e8d7a4b3c"), "")
})

test("keys of a place, and of all places, are bounded; when all are forgotten each place counts anew", () => {
  const counters = new CallCounters()
  const records = new CallRecords(counters)
  const place = new CallPlace(0)
  const keys = new Set<string>()
  for (let i = 0; i < KEYS_MAX + 100; i++) keys.add(records.admit(place, records.of("json-rpc", `m${i}`)).key)
  assert.equal(keys.size, KEYS_MAX + 1)
  assert.ok(keys.has(OTHER_KEY))
  assert.equal(counters.other, 100)
  for (let p = 1; p < 140; p++) {
    const other = new CallPlace(p)
    for (let i = 0; i < KEYS_MAX; i++) records.admit(other, records.of("json-rpc", `m${i}`))
  }
  assert.equal(counters.keysForgotten, 1)
  assert.equal(records.admit(place, records.of("json-rpc", "new")).key, "new")
})
