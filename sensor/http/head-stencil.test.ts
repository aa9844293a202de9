// Stencils never change what comes of a head, only how long it takes: every head here is read by a reader that knows those
// before it and by one that knows none, and the two must say the same.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { Flow } from "../flow/flow.ts"
import { HttpCounters } from "./counters.ts"
import { announcesClose, frameBody } from "./framing.ts"
import { HeadReader } from "./head-reader.ts"
import { FieldName } from "./http-head.ts"
import { StencilSet, Stencils, WAYS } from "./stencils.ts"

const HEAD_BYTES_MAX = 4096

/** Reads heads one after the other, each in its own place of a buffer whose other bytes belong to others. */
class Reading {
  readonly counters = new HttpCounters()
  readonly reader = new HeadReader(HEAD_BYTES_MAX, this.counters)
  set = new StencilSet()

  /** What came of the strict reading of `text`, followed by `behind`, of which only `given` bytes are there. */
  read(
    text: string,
    behind = "",
    given = text.length + behind.length,
    at = 3,
    isRequest = !text.startsWith("HTTP/"),
  ): string {
    const buffer = Buffer.from(`${"#".repeat(at)}${text}${behind}\r\n\r\n${"x".repeat(40)}`, "latin1")
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
    const { reader } = this
    reader.use(bytes, buffer, new DataView(buffer.buffer, buffer.byteOffset, buffer.length))
    const length = reader.readStrict(at, at + given, isRequest, this.set)
    if (length <= 0) return String(length)
    const { head } = reader
    const oddities: number[] = []
    const kinds = ["", "HEAD", "CONNECT"].map((method) => frameBody(head, method, oddities))
    const closing = head.isFramed ? head.closing : announcesClose(head)
    const spans = [head.nameStart, head.nameEnd, head.valueStart, head.valueEnd, head.name]
    return JSON.stringify([
      [length, head.start, head.end, head.isRequest, head.method, head.status, head.version],
      [head.targetStart, head.targetEnd, head.fields, head.fieldsDropped, [...head.known], reader.anomalies],
      spans.map((span) => [...span.subarray(0, head.fields)]),
      [kinds, oddities, head.contentLength, head.chunked, closing],
    ])
  }
}

const fresh = new Reading()

function plainly(...of: Parameters<Reading["read"]>): string {
  fresh.set = new StencilSet()
  return fresh.read(...of)
}

interface Parts {
  readonly line: readonly [string, string, string]
  readonly fields: readonly (readonly [string, string])[]
  readonly between: string
}

const textOf = ({ line, fields, between }: Parts): string =>
  [line.join(" "), ...fields.map(([name, value]) => `${name}:${between}${value}`), "", ""].join("\r\n")

const HEADS: readonly Parts[] = [
  {
    line: ["GET", "/v1/orders/17?expand=items", "HTTP/1.1"],
    fields: [
      ["Host", "api.example.com"],
      ["Authorization", "Bearer abc.def"],
      ["X-Request-Id", "00000001-9af3"],
      ["Accept", "*/*"],
      ["Proxy-Connection", "keep-alive"],
    ],
    between: " ",
  },
  {
    line: ["POST", "/v1/orders", "HTTP/1.1"],
    fields: [
      ["host", "a"],
      ["content-length", "12"],
      ["Cookie", "sid=1; b=2"],
      ["connection", "keep-alive"],
      ["x-empty", ""],
    ],
    between: " ",
  },
  {
    line: ["HTTP/1.1", "200", "OK"],
    fields: [
      ["Server", "nginx/1.22.1"],
      ["Date", "Tue, 24 Nov 2026 16:32:45 GMT"],
      ["Content-Type", "application/json"],
      ["Content-Length", "258"],
      ["ETag", '"6b05bc2c-94f"'],
    ],
    between: "\t ",
  },
  {
    line: ["HTTP/1.0", "404", "Not Found"],
    fields: [
      ["Transfer-Encoding", "chunked"],
      ["X", "y"],
    ],
    between: "",
  },
]

const oddText = fc.constantFrom(
  ..."|x|y| x|x |\tx|x\t|a b|a\tb|12|007|123456789012345|1234567890123456|+7|-1|1, 1|chunked|close|keep-alive|upgrade".split(
    "|",
  ),
  ..."application/json|\xe9|a\x7fb|a\0b|a\x01|a\rb|a\nb|a\r\n b|a\r\nX: y|a\r\n\r\nb|api.example.com|a:b|é".split("|"),
  "z".repeat(300),
)
const oddTarget = fc.constantFrom(
  ..."/ /a /a?b#c /a#b /\xe9 /a\x7f /a\tb * a:443 http://a/b /%2f?x=[1]&y={2} //a /a?b?c /~!$&'()*+,;=:@|\\^`\"<> ".split(
    " ",
  ),
  "/a b",
  " /a",
  `/${"long".repeat(1100)}`,
)
const change: fc.Arbitrary<(parts: Parts) => Parts> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.nat(6), oddText).map(
      ([i, value]) =>
        (p: Parts) =>
          withField(p, i, value, null),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(6), oddText).map(
      ([i, name]) =>
        (p: Parts) =>
          withField(p, i, null, name),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.nat(6),
        fc.constantFrom("Host", "HOST", "Connection", "Content-Length", "Transfer-Encoding", "Upgrade", "X"),
      )
      .map(
        ([i, name]) =>
          (p: Parts) =>
            withField(p, i, null, name),
      ),
  },
  {
    weight: 4,
    arbitrary: oddTarget.map((target) => (p: Parts) => ({ ...p, line: [p.line[0], target, p.line[2]] as const })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("GET", "POST", "CONNECT", "PRI", "SOURCE", "get", "OPTIONS", "HTTP/1.0", "HTTP/1.1")
      .map((word) => (p: Parts) => ({ ...p, line: [word, p.line[1], p.line[2]] as const })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "RTSP/1.0", "OK", "")
      .map((word) => (p: Parts) => ({ ...p, line: [p.line[0], p.line[1], word] as const })),
  },
  {
    weight: 1,
    arbitrary: fc.nat(6).map((i) => (p: Parts) => ({ ...p, fields: p.fields.filter((_, k) => k === 0 || k !== i) })),
  },
  {
    weight: 1,
    arbitrary: fc.nat(6).map((i) => (p: Parts) => ({ ...p, fields: [...p.fields, p.fields[i % p.fields.length]!] })),
  },
  { weight: 1, arbitrary: fc.constantFrom("", " ", "  ", "\t").map((between) => (p: Parts) => ({ ...p, between })) },
)

function withField(parts: Parts, i: number, value: string | null, name: string | null): Parts {
  if (parts.fields.length === 0) return parts
  const at = i % parts.fields.length
  const fields = parts.fields.map((field, k) => (k === at ? ([name ?? field[0], value ?? field[1]] as const) : field))
  return { ...parts, fields }
}

/** One byte of the head replaced, or one inserted. */
const share = fc.double({ min: 0, max: 0.9999, noNaN: true })
const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })
const slip = rarely(fc.tuple(share, fc.nat(255), fc.boolean()))
const cut = rarely(share)
const message = fc.record({
  base: fc.nat(HEADS.length - 1),
  changes: fc.array(change, { maxLength: 2 }),
  slip,
  cut,
  behind: fc.constantFrom("", "GET /", "\r\n", "body"),
  at: fc.nat(9),
})

test("a reader that knows earlier heads says what one says that knows none", () => {
  let fitted = 0
  // One parser for all: making one takes as long as reading a hundred heads.
  const knowing = new Reading()
  fc.assert(
    fc.property(fc.array(message, { minLength: 2, maxLength: 12 }), (messages) => {
      knowing.set = new StencilSet()
      knowing.reader.head.stencil = null
      const seen = HEADS.map((head) => head)
      for (const each of messages) {
        const parts = each.changes.reduce((p, f) => f(p), seen[each.base]!)
        // Later heads of a base are made from the last one now and then, so that holes have been learnt.
        if (each.at > 5) seen[each.base] = parts
        let text = textOf(parts)
        if (each.slip !== null) {
          const [where, byte, isMore] = each.slip
          const i = Math.floor(where * text.length)
          text = text.slice(0, i) + String.fromCharCode(byte) + text.slice(isMore ? i : i + 1)
        }
        const given = each.cut === null ? text.length + each.behind.length : Math.floor(each.cut * text.length)
        const came = knowing.read(text, each.behind, given, each.at)
        if (knowing.reader.head.stencil !== null) fitted++
        assert.equal(came, plainly(text, each.behind, given, each.at), JSON.stringify(text))
        // Once more: the head may have become a stencil.
        assert.equal(knowing.read(text, each.behind, given, each.at), came, JSON.stringify(text))
      }
    }),
    { numRuns: 2000 },
  )
  assert.ok(fitted > 1000, `only ${fitted} heads met a stencil`)
})

const request = (target: string, id: string, rest = "Accept: */*\r\n"): string =>
  `GET ${target} HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n${rest}\r\n`

test("a stencil is the same object until something but a value changes, and says which values do", () => {
  const reading = new Reading()
  const { head } = reading.reader
  reading.read(request("/a", "1"))
  const first = head.stencil
  assert.ok(first !== null)
  reading.read(request("/b?c=d", "1"))
  assert.equal(head.stencil, first)
  assert.equal(first.changing, 0)
  reading.read(request("/b", "22"))
  assert.equal(head.stencil, first)
  assert.equal(first.changing, 0b10)
  assert.equal(head.value(1), "22")
  assert.equal(head.valueOf(FieldName.accept), "*/*")
  reading.read(request("/b", "22", "Accept: text/html\r\n"))
  assert.equal(first.changing, 0b110)
  reading.read(request("/b", "22", "accept: */*\r\n"))
  assert.ok(head.stencil !== null && head.stencil !== first)
  reading.read(request("/b", "22"))
  assert.equal(head.stencil, first)
})

test("framing is never a hole", () => {
  for (const field of ["Transfer-Encoding", "Connection", "Upgrade", "Proxy-Connection"]) {
    const reading = new Reading()
    const { head } = reading.reader
    reading.read(request("/", "1", `${field}: chunked\r\n`))
    const first = head.stencil
    reading.read(request("/", "1", `${field}: chunkee\r\n`))
    assert.notEqual(head.stencil, first, field)
  }
})

test("the oldest of too many stencils goes; a place without repetition makes few", () => {
  const reading = new Reading()
  const { head } = reading.reader
  const name = (i: number): string => request("/", "1", `X-${String.fromCharCode(97 + i)}: 1\r\n`)
  const stencils = Array.from({ length: WAYS + 1 }, (_, i) => {
    reading.read(name(i))
    return head.stencil
  })
  reading.read(name(WAYS))
  assert.equal(head.stencil, stencils[WAYS])
  reading.read(name(0))
  assert.notEqual(head.stencil, stencils[0])
  let made = 0
  for (let i = 0; i < 160; i++) {
    reading.read(request("/", "1", `X-${"y".repeat(i)}: 1\r\n`))
    if (head.stencil !== null) made++
  }
  assert.ok(made > 16 && made < 32, String(made))
})

test("too many bytes of stencils: all are forgotten, and counted", () => {
  const counters = new HttpCounters()
  const stencils = new Stencils(counters, 4000)
  const reading = new Reading()
  const { head } = reading.reader
  for (let i = 0; i < 100; i++) {
    const set = stencils.of(new Flow(4, Int32Array.of(0, 0, 0, i, 0, 0, 0, 7), 1000, 80, 0, -1), 0, true)
    reading.set = new StencilSet()
    reading.read(request("/", "1"))
    head.stencil = null
    stencils.learn(set, head)
    assert.ok(head.stencil !== null)
    assert.ok(stencils.usedBytes <= 4000)
  }
  assert.ok(counters.stencilsForgotten > 5)
})

test("what is too large or too odd makes no stencil", () => {
  const reading = new Reading()
  const { head } = reading.reader
  const many = Array.from({ length: 40 }, (_, i) => `X-${i}: 1\r\n`).join("")
  for (const text of [
    request("/", "1", many),
    request(`/${"a".repeat(2100)}`, "1"),
    "GET /a HTTP/1.0\r\n\r\n",
    "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /a HTTP/1.1\r\nX: no host\r\n\r\n",
  ]) {
    assert.notEqual(reading.read(text), "-1")
    assert.equal(head.stencil, null, text)
  }
})

test("a stencil of the other kind is not tried: a stream may turn out to be the other side's", () => {
  const reading = new Reading()
  const status = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
  reading.read(status)
  assert.equal(reading.read(status), plainly(status))
  const asRequest = [status, "", status.length, 3, true] as const
  assert.equal(reading.read(...asRequest), plainly(...asRequest))
  assert.ok(Number(plainly(...asRequest)) <= 0, "a status line is no request")
})
