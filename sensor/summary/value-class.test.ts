import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import fc from "fast-check"
import { classify, isStrong, KIND_NAMES, Kind } from "./value-class.ts"

const kindOf = (text: string): string => {
  const bytes = Buffer.from(`<<${text}>>`, "utf8")
  return KIND_NAMES[classify(bytes, 2, bytes.length - 2)]!
}

const TABLE: Readonly<Record<string, readonly string[]>> = {
  empty: [""],
  int: ["0", "17", "007", "-17", "4111111111111111", "18446744073709551616"],
  float: ["1.5", "-0.25", "52.5200", "+1.0"],
  uuid: ["6f9619ff-8b86-d011-b42d-00c04fc964ff", "6F9619FF-8B86-D011-B42D-00C04FC964FF"],
  hex: [
    "507f1f77bcf86cd799439011",
    "d41d8cd98f00b204e9800998ecf8427e",
    "DEADBEEF00000001",
    "aa:bb:cc:dd:ee:0f",
    "abcdefabcdefabcdefabcdefabcdefab",
  ],
  ulid: ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01arz3ndektsv4rrffq69g5fav"],
  date: ["2024-01-29", "2024-01"],
  timestamp: ["2024-01-29T10:00:00Z", "2024-01-29T10:00", "2024-01-29 10:00:00.123+02:00", "20240129T100000Z"],
  email: ["jane.roe@example.com", "a+b@x.co", "user@host"],
  phone: ["+4915112345678", "+1 555 123 4567", "+1-555-123-4567"],
  base64: [
    "dGhpcyBpcyBhIHNlY3JldA==",
    "k3j9x0a7qz81bd5mz2c4",
    "V1StGXR8_Z5jdHi6B-myT",
    "2Qm8Zr1pXk4Ty7Ls",
    "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    "AKIAIOSFODNN7EXAMPLE1X2Y",
  ],
  id: [
    "cus_NffrFeUfNV2Hib",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    "sg-903004f8",
    "i-0abc1234def5678ab",
    "ch_3LmX9a2bQ",
    "40701-8fa7d916c55e31f90fa55f450b716505",
    "img_5653d57c6dab2",
  ],
  serial: [
    "INV-000123",
    "SKU-000991",
    "PO-2024-00017",
    "INV000123",
    "order-12345",
    "555-123-4567",
    "123-45-6789",
    "4111-1111-1111-1111",
    "build-20240129120000",
    "11379148_1449120228745316_n",
  ],
  jwt: ["eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."],
  ip: ["10.0.0.1", "255.255.255.255", "2001:db8::1", "::1"],
  bool: ["true", "false", "True"],
  word: ["orders", "me", "Orders", "getCustomerOrders", "a", "internationalisation"],
  slug: ["my-first-post", "order_lines", "report-2024", "iso-8601", "en-us", "rfc-7231"],
  code: ["EUR", "ORDERS", "A-B", "Q1", "A4"],
  mix: [
    "v1",
    "v2",
    "oauth2",
    "sha256",
    "utf8",
    "en-US",
    "v1.0",
    "1.2.3",
    "10:30",
    "dQw4w9WgXcQ",
    "report-2024-Q1-final",
    "getCustomerOrdersByDate2",
  ],
  file: ["report.txt", "index.html", "a.b.json"],
  url: ["https://example.com/x", "https://example.com/1234567890", "ftp://h/p"],
  list: ["a,b", "1,2,3", "items,customer"],
  json: ['{"a":1}', "[1]"],
  text: ["hello world", "naïve", "what?", "a b c"],
}

test("kinds, by example", () => {
  for (const [kind, texts] of Object.entries(TABLE))
    for (const text of texts) assert.equal(kindOf(text), kind, JSON.stringify(text))
})

test("numbers that are not dates, addresses or times", () => {
  for (const [text, kind] of [
    ["2024-13-01", "serial"],
    ["2024-13", "text"],
    ["256.1.1.1", "text"],
    ["1.2.3.4.5", "text"],
    ["1.", "text"],
  ] as const)
    assert.equal(kindOf(text) === "mix" ? "text" : kindOf(text), kind, text)
})

test("random tokens of 20 bytes and more are almost never weak, in any common alphabet", () => {
  const weak: string[] = []
  for (let i = 0; i < 1000; i++) {
    const bytes = createHash("sha256")
      .update(`${i}`)
      .digest()
      .subarray(0, 20 + (i % 12))
    for (const text of [bytes.toString("base64url"), bytes.toString("base64"), bytes.toString("hex")])
      if (!isStrong(classify(Buffer.from(text), 0, text.length))) weak.push(text)
  }
  assert.ok(weak.length <= 15, `${weak.length} of 3000: ${weak.slice(0, 5).join(" ")}`)
})

test("words of paths are never strong", () => {
  const words =
    "orders customers invoice-lines order_lines partners shipments accountSettings customerOrderHistory getCustomerOrdersByDateRange oauth2 well-known openid-configuration internal-debug-console user-preferences-and-settings PascalCaseResourceName v1beta1 v2alpha3 swagger-ui.html robots.txt app.min.js jquery-3.6.0.min.js en-GB zh-Hans _search _bulk .well-known resource-management-configuration authenticationTokensRefresh".split(
      " ",
    )
  for (const word of words)
    assert.ok(!isStrong(classify(Buffer.from(word), 0, word.length)), `${word}: ${kindOf(word)}`)
})

test("any bytes: a kind, never an exception, and nothing outside the span matters", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 4 }), (bytes, around) => {
      const kind = classify(bytes, 0, bytes.length)
      assert.ok(KIND_NAMES[kind] !== undefined)
      const framed = Buffer.concat([around, bytes, around])
      assert.equal(classify(framed, around.length, around.length + bytes.length), kind)
    }),
    { verbose: true },
  )
  assert.equal(classify(new Uint8Array(100_000).fill(0x7a), 0, 100_000), Kind.text)
})
