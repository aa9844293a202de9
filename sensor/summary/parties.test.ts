import assert from "node:assert/strict"
import { isIPv6 } from "node:net"
import { test } from "node:test"
import fc from "fast-check"
import { Flow } from "../flow/flow.ts"
import { addressClass, addressText, type NamedNetwork } from "./addresses.ts"
import { SummaryCounters } from "./counters.ts"
import { readHead } from "./fake-conversation.ts"
import { Layouts } from "./head-layout.ts"
import { bodyKind, MediaTypes } from "./media.ts"
import { writtenAuthority } from "./target.ts"
import { familyOf } from "./user-agent.ts"

function ipv4(text: string): Flow {
  const word = text.split(".").reduce((n, part) => (n << 8) | Number(part), 0)
  return new Flow(4, Int32Array.of(0, 0, 0, word, 0, 0, 0, 0), 1, 2, 0, -1)
}
function ipv6(...words: number[]): Flow {
  return new Flow(6, Int32Array.from([...words.map((word) => word | 0), 0, 0, 0, 0]), 1, 2, 0, -1)
}

test("classes of addresses", () => {
  for (const [text, expected] of [
    ["10.1.2.3", "private"],
    ["172.15.0.1", "public"],
    ["172.16.0.1", "private"],
    ["172.31.255.255", "private"],
    ["172.32.0.1", "public"],
    ["192.168.9.9", "private"],
    ["100.64.0.1", "private"],
    ["100.128.0.1", "public"],
    ["127.0.0.1", "loopback"],
    ["169.254.1.1", "link-local"],
    ["224.0.0.1", "multicast"],
    ["239.1.1.1", "multicast"],
    ["0.0.0.0", "unspecified"],
    ["203.0.113.9", "public"],
  ] as const)
    assert.equal(addressClass(ipv4(text), 0, []), expected, text)
  for (const [words, expected] of [
    [[0x20010db8, 0, 0, 1], "public"],
    [[0xfd000000, 0, 0, 1], "private"],
    [[0xfc000000, 0, 0, 1], "private"],
    [[0xfe800000, 0, 0, 1], "link-local"],
    [[0xff020000, 0, 0, 1], "multicast"],
    [[0, 0, 0, 1], "loopback"],
    [[0, 0, 0, 0], "unspecified"],
    [[0, 0, 0xffff, 0x0a000001], "private"],
  ] as const)
    assert.equal(addressClass(ipv6(...words), 0, []), expected, words.join())
})

test("configured networks come first, the first that holds the address", () => {
  const networks: NamedNetwork[] = [
    { name: "dmz", ipVersion: 4, words: [0, 0, 0, 0x0a010200], prefixBits: 24 },
    { name: "all", ipVersion: 4, words: [0, 0, 0, 0], prefixBits: 0 },
    { name: "six", ipVersion: 6, words: [0x20010db8, 0x00010000, 0, 0], prefixBits: 48 },
  ]
  assert.equal(addressClass(ipv4("10.1.2.3"), 0, networks), "dmz")
  assert.equal(addressClass(ipv4("10.1.3.3"), 0, networks), "all")
  assert.equal(addressClass(ipv6(0x20010db8, 0x0001ffff, 0, 1), 0, networks), "six")
  assert.equal(addressClass(ipv6(0x20010db8, 0x0002ffff, 0, 1), 0, networks), "public")
})

test("addresses as text, RFC 5952", () => {
  assert.equal(addressText(ipv4("255.0.10.1"), 0), "255.0.10.1")
  for (const [words, text] of [
    [[0x20010db8, 0, 0, 1], "2001:db8::1"],
    [[0x20010db8, 0, 0x00010000, 1], "2001:db8::1:0:0:1"],
    [[0x20010db8, 0x00000001, 0x00010001, 0x00010001], "2001:db8:0:1:1:1:1:1"],
    [[0, 0, 0, 0], "::"],
    [[0, 0, 0, 1], "::1"],
    [[0x00010000, 0, 0, 0], "1::"],
    [[0, 0, 0xffff, 0xc0000201], "::ffff:192.0.2.1"],
  ] as const)
    assert.equal(addressText(ipv6(...words), 0), text)
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant(0), fc.integer()), { minLength: 4, maxLength: 4 }), (words) => {
      const text = addressText(ipv6(...words), 0)
      assert.ok(isIPv6(text), text)
      if (!text.includes(".")) assert.equal(new URL(`http://[${text}]/`).hostname, `[${text}]`)
    }),
    { verbose: true },
  )
})

test("families of user agents", () => {
  for (const [agent, family] of [
    ["partner-sdk/3.2 (java 17)", "partner-sdk"],
    ["curl/7.88", "curl"],
    ["Go-http-client/1.1", "go-http-client"],
    ["python-requests/2.31", "python-requests"],
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36", "chrome"],
    ["Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120", "edge"],
    ["Mozilla/5.0 (Macintosh) AppleWebKit/605 Version/17 Safari/605", "safari"],
    ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "googlebot"],
    ["d41d8cd98f00b204e9800998ecf8427e/1.0", "{hex}"],
    ["Größe/1", "other"],
    ["", ""],
  ] as const)
    assert.equal(familyOf(agent), family, agent)
})

test("authorities", () => {
  for (const [raw, port, authority, isOdd] of [
    ["API.example.com:80", 80, "api.example.com", false],
    ["api.example.com:443", 443, "api.example.com", false],
    ["api.example.com:8443", 443, "api.example.com:8443", false],
    ["user:secret@h", 80, "h", false],
    ["h\u00e4", 80, "h%e4", true],
    ["", 80, "", false],
  ] as const)
    assert.deepEqual(writtenAuthority(raw, port), { authority, isOdd }, raw)
})

test("layouts: the same names are the same layout; order, case and other names are not", () => {
  const layouts = new Layouts(new SummaryCounters())
  const of = (text: string) => layouts.of(readHead(text), null)
  const first = of("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: x\r\nX-Own: 1")
  assert.equal(of("GET / HTTP/1.1\r\nHost: b\r\nUser-Agent: y\r\nX-Own: 2"), first)
  for (const other of [
    "GET / HTTP/1.1\r\nUser-Agent: x\r\nHost: a\r\nX-Own: 1",
    "GET / HTTP/1.1\r\nhost: a\r\nUser-Agent: x\r\nX-Own: 1",
    "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: x\r\nX-Owm: 1",
    "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: x",
  ]) {
    assert.notEqual(of(other).fieldOrder, first.fieldOrder, other)
    assert.equal(layouts.of(readHead(other), first), of(other), other)
  }
  assert.equal(layouts.of(readHead("GET / HTTP/1.1\r\nHost: b\r\nUser-Agent: y\r\nX-Own: 2"), first), first)
  assert.deepEqual(first.extraNames, ["x-own"])
  assert.equal(of("GET / HTTP/1.1").fieldOrder, 0)
})

test("names of fields are limited, and the cut is counted", () => {
  const counters = new SummaryCounters()
  const letters = (i: number): string => String.fromCharCode(97 + (i % 26)).repeat(1 + Math.floor(i / 26))
  const fields = Array.from({ length: 100 }, (_, i) => `x-${letters(i)}: 1`)
  const layout = new Layouts(counters).of(readHead(`GET / HTTP/1.1\r\n${fields.join("\r\n")}`), null)
  assert.equal(layout.extras.length, 64)
  assert.equal(counters.namesCut.headers, 1)
})

test("media types", () => {
  for (const [type, kind] of [
    ["application/json", "json"],
    ["application/vnd.api+json", "json"],
    ["application/json-seq", "ndjson"],
    ["text/json", "json"],
    ["application/x-ndjson", "ndjson"],
    ["application/soap+xml", "xml"],
    ["text/csv", "text"],
    ["application/octet-stream", "binary"],
    ["", "none"],
  ] as const)
    assert.equal(bodyKind(type), kind, type)
  const media = new MediaTypes()
  const of = (fields: string) => media.of(readHead(`HTTP/1.1 200 OK${fields}`), media.none)
  assert.equal(of("\r\nContent-Type: Application/JSON; charset=utf-8").contentType, "application/json")
  assert.equal(of("\r\nContent-Type: application/json\r\nContent-Encoding: GZip").coding, "gzip")
  assert.equal(of("\r\nContent-Encoding: identity").coding, "")
  assert.equal(of(""), media.none)
  assert.equal(of("\r\nContent-Type: a/b"), of("\r\nContent-Type: a/b"))
})
