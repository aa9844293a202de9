// Heads one at a time: what the strict parser takes, what the tolerant one makes of the rest, and how the body is framed.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { ANOMALIES, type Anomaly } from "../../shared/event/anomalies.ts"
import { HttpCounters } from "./counters.ts"
import { BodyKind, frameBody } from "./framing.ts"
import { HeadReader } from "./head-reader.ts"
import { HEAD_INCOMPLETE, HEAD_REFUSED } from "./llhttp.ts"
import { StencilSet } from "./stencils.ts"

const reader = new HeadReader(65536, new HttpCounters())
const KIND = Object.fromEntries(Object.entries(BodyKind).map(([name, code]) => [code, name]))

function point(text: string): Buffer {
  const buffer = Buffer.from(text, "latin1")
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
  reader.use(bytes, buffer, new DataView(buffer.buffer, buffer.byteOffset, buffer.length))
  return buffer
}

const oddities = (): string[] =>
  [...new Set(reader.anomalies)].sort((a, b) => a - b).map((code) => ANOMALIES[code as Anomaly].name)

/** Method or status, target, version, then how the body is framed, then anomalies. */
function read(text: string, requestMethod = "GET"): string {
  const length = point(text).length
  const isRequest = !text.trimStart().startsWith("HTTP/")
  const { head } = reader
  const strict = reader.readStrict(0, length, isRequest, new StencilSet())
  if (strict !== length) reader.readTolerant(0, length, isRequest)
  const kind = frameBody(head, requestMethod, reader.anomalies)
  const framing = kind === BodyKind.length ? `${KIND[kind]} ${head.contentLength}` : KIND[kind]
  const line = isRequest ? `${head.method} [${head.target()}]` : String(head.status)
  return [line, head.version, framing, ...oddities()].join(" ")
}

const CASES: readonly (readonly [string, string, string?])[] = [
  // Request lines.
  ["GET /a?b HTTP/1.1\r\nHost: a\r\n\r\n", "GET [/a?b] 11 none"],
  ["GET  /a  HTTP/1.1\r\nHost: a\r\n\r\n", "GET [/a] 11 none"],
  ["GET /a HTTP/1.0\r\n\r\n", "GET [/a] 10 none"],
  ["GET /a HTTP/1.1\r\n\r\n", "GET [/a] 11 none http.missing_host"],
  ["GET /a HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", "GET [/a] 11 none http.duplicate_host"],
  ["GET /a HTTP/1.2\r\nHost: a\r\n\r\n", "GET [/a] 11 none http.lenient_head http.bad_version"],
  ["GET /a HTTP/1.\r\nHost: a\r\n\r\n", "GET [/a] 11 none http.lenient_head http.bad_version"],
  ["GET HTTP/1.1\r\nHost: a\r\n\r\n", "GET [] 11 none http.lenient_head"],
  ["CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT [a:443] 11 none"],
  ["GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", "GET [/\xc3\xa9] 11 none http.lenient_head http.raw_target_bytes"],
  ["GET /a\x01 HTTP/1.1\r\nHost: a\r\n\r\n", "GET [/a\x01] 11 none http.lenient_head http.raw_target_bytes"],
  ["GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "GET [/a b] 11 none http.lenient_head http.space_in_target"],
  ["  GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "GET [/a] 11 none http.lenient_head"],
  ["FROB /a HTTP/1.1\r\nHost: a\r\n\r\n", "FROB [/a] 11 none http.lenient_head http.unknown_method"],
  // Status lines.
  ["HTTP/1.1 200 OK\r\n\r\n", "200 11 untilClose"],
  ["HTTP/1.0 200\r\n\r\n", "200 10 untilClose"],
  ["HTTP/1.1 20 OK\r\n\r\n", "20 11 none http.lenient_head http.invalid_status"],
  ["HTTP/1.1  200 OK\r\nContent-Length: 1\r\n\r\n", "200 11 length 1 http.lenient_head"],
  ["HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", "200 11 none", "HEAD"],
  ["HTTP/1.1 204 No\r\nContent-Length: 7\r\n\r\n", "204 11 none"],
  ["HTTP/1.1 304 No\r\nTransfer-Encoding: chunked\r\n\r\n", "304 11 none"],
  ["HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", "200 11 none", "CONNECT"],
  ["HTTP/1.1 407 Auth\r\nContent-Length: 7\r\n\r\n", "407 11 length 7", "CONNECT"],
  // Framing.
  ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 007\r\n\r\n", "POST [/] 11 length 7"],
  [
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7, 7\r\n\r\n",
    "POST [/] 11 length 7 http.lenient_head http.duplicate_length",
  ],
  [
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7, 8\r\n\r\n",
    "POST [/] 11 length 7 http.lenient_head http.conflicting_length",
  ],
  [
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +7\r\n\r\n",
    "POST [/] 11 unknown http.lenient_head http.invalid_length",
  ],
  [
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -7\r\n\r\n",
    "POST [/] 11 unknown http.lenient_head http.invalid_length",
  ],
  ["HTTP/1.1 200 OK\r\nContent-Length: 7x\r\n\r\n", "200 11 untilClose http.lenient_head http.invalid_length"],
  ["POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", "POST [/] 11 chunked"],
  ["POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "POST [/] 11 chunked"],
  [
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n",
    "POST [/] 11 length 2 http.lenient_head",
  ],
  [
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
    "POST [/] 11 unknown http.bad_transfer_encoding",
  ],
  [
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
    "POST [/] 11 unknown http.lenient_head http.bad_transfer_encoding",
  ],
  ["HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "200 11 untilClose http.bad_transfer_encoding"],
  [
    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
    "200 11 chunked http.lenient_head http.length_and_chunked",
  ],
  // Fields.
  ["GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET [/] 11 none http.lenient_head http.space_before_colon"],
  ["GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", "GET [/] 11 none http.lenient_head http.obsolete_fold"],
  ["GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n", "GET [/] 11 none http.lenient_head http.invalid_field_name"],
  ["GET / HTTP/1.1\r\nHost: a\r\nX(: 1\r\n\r\n", "GET [/] 11 none http.lenient_head http.invalid_field_name"],
  ["GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", "GET [/] 11 none http.lenient_head http.null_byte"],
  ["GET / HTTP/1.1\nHost: a\n\n", "GET [/] 11 none http.lenient_head http.bare_line_feed"],
]

for (const [text, expected, method] of CASES)
  test(JSON.stringify(text), () => {
    assert.equal(read(text, method), expected)
  })

test("RTSP and ICE are llhttp's, not ours; a part of a head is not whole", () => {
  const strict = (text: string): number => reader.readStrict(0, point(text).length, true, new StencilSet())
  assert.equal(strict("OPTIONS rtsp://a/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"), HEAD_REFUSED)
  assert.equal(strict("SOURCE /a ICE/1.0\r\n\r\n"), HEAD_REFUSED)
  assert.equal(strict("GET /a HTTP/2.0\r\n\r\n"), HEAD_REFUSED)
  assert.equal(strict("GET /a HTTP/1.1\r\nHo"), HEAD_INCOMPLETE)
  assert.equal(strict("GET /a HTTP/1.1\r\nHost: a\r\n\r\nmore"), 28)
})

test("both parsers say the same of a head that both accept", () => {
  const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,11}$/)
  const value = fc.stringMatching(/^[ -~]{0,20}$/)
  fc.assert(
    fc.property(
      fc.stringMatching(/^\/[a-z0-9/?=&%.-]{0,30}$/),
      fc.array(fc.tuple(token, value), { maxLength: 8 }),
      (target, fields) => {
        const text = `GET ${target} HTTP/1.1\r\nHost: a\r\n${fields.map(([n, v]) => `X-${n}: ${v}\r\n`).join("")}\r\n`
        const { length } = point(text)
        const facts = (): unknown => {
          const { head } = reader
          const list = Array.from({ length: head.fields }, (_, i) => [
            head.nameStart[i],
            head.nameEnd[i],
            head.name[i],
            head.value(i),
          ])
          return [head.method, head.target(), head.version, head.known.join(), list]
        }
        assert.equal(reader.readStrict(0, length, true, new StencilSet()), length)
        const strict = facts()
        reader.readTolerant(0, length, true)
        assert.deepEqual(facts(), strict)
        assert.deepEqual(oddities(), ["http.lenient_head"])
      },
    ),
  )
})

test("the tolerant parser reads anything", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (raw, isRequest) => {
      const { length } = point(Buffer.from(raw).toString("latin1"))
      reader.readTolerant(0, length, isRequest)
      frameBody(reader.head, "", reader.anomalies)
      assert.ok(reader.head.targetStart <= reader.head.targetEnd && reader.head.targetEnd <= length)
    }),
  )
})
