// Bodies of every kind, from the head to the event and the note of their shape.
import assert from "node:assert/strict"
import { test } from "node:test"
import { gzipSync } from "node:zlib"
import { Anomaly } from "../../../shared/event/anomalies.ts"
import { ExchangeFlag } from "../../http/exchange-receiver.ts"
import { ipv4Flow, lines, type Message, Recorder } from "../fake-conversation.ts"
import { ELEMENTS_MAX } from "../json-shape.ts"

const flow = () => ipv4Flow("10.0.0.1", 40112, "203.0.113.9", 80)
const GET: Message = { head: lines("GET /a HTTP/1.1", "Host: api.example.com") }

/** What a response of that type and body became. */
function of(type: string, body: string | Uint8Array, isCut = false) {
  const recorder = new Recorder()
  const head = lines("HTTP/1.1 200 OK", ...(type === "" ? [] : [`Content-Type: ${type}`]))
  const event = recorder.exchange(flow(), GET, { head, body, isCut })
  const { response, items, anomalies } = event
  const paths = recorder.notes[0]?.paths ?? []
  return { kind: response.kind, shape: response.fullShape, items, anomalies, paths, counters: recorder.counters }
}
const text = (type: string, body: string | Uint8Array, isCut = false): string => {
  const { kind, paths } = of(type, body, isCut)
  return [kind, ...paths].join(" ")
}
const prefixed = (message: Uint8Array, flags = 0): Buffer => {
  const head = Buffer.alloc(5)
  head[0] = flags
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}
const proto = Uint8Array.of(0x08, 1, 0x12, 1, 0x78)

test("every kind by its type", () => {
  const multipart = '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--\r\n'
  for (const [type, body, want] of [
    ["application/json", '{"a":1}', "json a:int"],
    ["application/x-www-form-urlencoded", "a=1&b[]=x", "form a:int b[]:string"],
    ['multipart/form-data; charset=utf-8; boundary="B"', multipart, "multipart a:int"],
    ["application/xml", "<a>1</a>", "xml a:int"],
    ["application/soap+xml; charset=utf-8", "<a>1</a>", "xml a:int"],
    ["application/x-protobuf", proto, "protobuf 1:varint 2:string"],
    ["application/protobuf", proto, "protobuf 1:varint 2:string"],
    ["application/vnd.google.protobuf", proto, "protobuf 1:varint 2:string"],
    ["application/proto", proto, "protobuf 1:varint 2:string"],
    ["application/grpc", prefixed(proto), "protobuf 1:varint 2:string"],
    ["application/grpc+proto", prefixed(gzipSync(proto), 1), "protobuf 1:varint 2:string"],
    [
      "application/grpc-web+proto",
      Buffer.concat([prefixed(proto), prefixed(proto, 0x80)]),
      "protobuf 1:varint 2:string",
    ],
    ["application/grpc-web-text", prefixed(proto).toString("base64"), "protobuf 1:varint 2:string"],
    ["application/connect+proto", prefixed(proto), "protobuf 1:varint 2:string"],
    [
      "application/grpc+json",
      Buffer.concat([prefixed(Buffer.from('{"a":1}')), prefixed(Buffer.from('{"b":2}'))]),
      "ndjson a:int b:int",
    ],
    ["application/connect+json", prefixed(Buffer.from('{"a":1}')), "ndjson a:int"],
    ["application/x-ndjson", '{"a":1}\n{"b":"x"}\n', "ndjson a:int b:string"],
    ["application/json-seq", '\u001e{"a":1}\n\u001e{"a":null}\n', "ndjson a:int|null"],
    ["application/msgpack", Uint8Array.of(0x81, 0xa1, 0x61, 1), "msgpack a:int"],
    ["application/cbor", Uint8Array.of(0xa1, 0x61, 0x61, 1), "cbor a:int"],
    ["text/html", "<p>", "text"],
    ["application/xhtml+xml", "<p/>", "text"],
    ["image/svg+xml", "<svg/>", "binary"],
    ["application/octet-stream", "{}", "binary"],
  ] as const)
    assert.equal(text(type, body), want, type)
})

test("a body that is not what its type says is named by its first bytes", () => {
  for (const [type, body, want] of [
    ["application/x-www-form-urlencoded", '{"a":1}', "json a:int"],
    ["application/x-www-form-urlencoded", "<a>1</a>", "xml a:int"],
    ["application/x-www-form-urlencoded", "S3cretT0ken", "text"],
    ["application/x-www-form-urlencoded", "{broken", "text"],
    ["application/json", "<a>1</a>", "xml a:int"],
    ["application/json", "<html>", "text"],
    ["application/json", "oops", "text"],
    ["application/xml", '{"a":1}', "json a:int"],
    ["application/x-protobuf", '{"a":1}', "json a:int"],
    ["application/msgpack", "hello", "text"],
    ["", "<a>1</a>", "xml a:int"],
    ["text/plain", '["x"]', "json []:string"],
  ] as const)
    assert.equal(text(type, body), want, `${type} ${body}`)
  const wrong = of("application/xml", "oops")
  assert.deepEqual([wrong.counters.xml.malformed, wrong.kind], [1, "text"])
})

test("JSON behind a guard, and JSONP", () => {
  for (const start of [
    ")]}',\n",
    ")]}'\n",
    "while(1);",
    "for (;;);",
    "{}&&",
    "callback(",
    "/**/ jQuery.cb_1(",
    " \n)]}'",
  ])
    assert.equal(text("application/json", `${start}{"a":1}`), "json a:int", start)
  assert.equal(text("text/javascript", "/**/typeof cb === 'function' && cb({\"a\":1});"), "json a:int")
  assert.equal(text("application/javascript", "function f() { return [1] }"), "text")
  assert.equal(text("application/javascript", "define({a: 1})"), "text")
  assert.equal(text("text/plain", "see (1)"), "text")
})

test("charsets: UTF-16 is read, others are noted", () => {
  const utf16 = (value: string) => Buffer.from(value, "utf16le")
  for (const body of [
    utf16('{"a":1}'),
    utf16('\ufeff{"a":1}'),
    utf16('\ufeff{"a":1}').swap16(),
    utf16('{"a":1}').swap16(),
  ]) {
    const got = of("application/json; charset=utf-16", body)
    assert.deepEqual([got.kind, got.paths, got.counters.charset.utf16], ["json", ["a:int"], 1])
  }
  assert.deepEqual(of("application/xml", utf16("\ufeff<a>1</a>")).paths, ["a:int"])
  const latin1 = of("application/json; charset=ISO-8859-1", Buffer.from('{"a":"\xe9"}', "latin1"))
  assert.deepEqual([latin1.paths, latin1.counters.charset.latin1], [["a:string"], 1])
  assert.equal(of('text/xml; charset="windows-1251"', "<a/>").counters.charset.other, 1)
  const plain = of("application/json; charset=utf-16", '{"a":1}')
  assert.deepEqual([plain.paths, plain.counters.charset.utf16], [["a:int"], 0])
})

test("sequences of JSON: the shape of all lines, and how many there are", () => {
  const line = (i: number): string => (i === 1 ? '{"b":"x"}' : `{"a":${i}}`)
  const all = Array.from({ length: ELEMENTS_MAX + 30 }, (_, i) => line(i))
  const got = of("application/x-ndjson", `${all.join("\n")}\n\n`)
  assert.deepEqual([got.items, got.paths], [ELEMENTS_MAX + 30, ["a:int", "b:string"]])
  assert.equal(of("application/x-ndjson", '{"a":1}{"a":2} [3]').items, 3)
  const cut = of("application/x-ndjson", '{"a":1}\n{"b":2,"c', true)
  assert.deepEqual([cut.items, cut.counters.json.shapeTruncated], [-1, 1])
  const broken = of("application/x-ndjson", '{"a":1}\noops\n{"c":1}')
  assert.deepEqual([broken.items, broken.counters.json.shapeTruncated], [-1, 1])
  assert.equal(of("application/x-ndjson", "oops").kind, "text")
})

test("oddities: a multipart without its boundary, a document type of its own", () => {
  assert.deepEqual(of("multipart/form-data", "--B\r\n\r\nx\r\n--B--").anomalies, [Anomaly.multipartMalformed])
  assert.deepEqual(of("multipart/form-data; boundary=C", "--B\r\n\r\nx\r\n--B--").anomalies, [
    Anomaly.multipartMalformed,
  ])
  assert.deepEqual(of("application/xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>").anomalies, [Anomaly.xmlEntities])
  assert.deepEqual(of("text/xml", "<!DOCTYPE html><html><p>x</p></html>").anomalies, [])
  assert.deepEqual(of("application/grpc", prefixed(Buffer.from("no gzip"), 1)).anomalies, [Anomaly.bodyDecodeFailed])
})

test("a document that was cut early has no shape, one that was cut late has", () => {
  const rows = (n: number): string => `<a>${"<row><id>1</id></row>".repeat(n)}`
  assert.deepEqual([of("application/xml", rows(3), true).shape, of("application/xml", rows(3), true).kind], [0, "xml"])
  assert.notEqual(of("application/xml", rows(600), true).shape, 0)
})

test("multipart: another boundary each time is the same type; sampled like any other kind", () => {
  const recorder = new Recorder()
  const events = Array.from({ length: 40 }, (_, i) => {
    const boundary = `----b${i}`
    const head = lines(
      "POST /up HTTP/1.1",
      "Host: api.example.com",
      `Content-Type: multipart/form-data; boundary=${boundary}`,
      "Content-Length: 999",
    )
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n${i}\r\n--${boundary}--\r\n`
    return recorder.exchange(flow(), { head, body }, null)
  })
  assert.equal(new Set(events.map((event) => event.request)).size, 1)
  assert.deepEqual(
    recorder.notes.map((note) => note.paths),
    [["a:int"]],
  )
  const sampled = events.filter((event) => (event.flags & ExchangeFlag.sampled) !== 0).length
  assert.deepEqual([sampled, recorder.counters.bodies.walked + sampled], [36, 40])
})

test("every kind is sampled by place and shape; what was not read says so", () => {
  for (const [type, body] of [
    ["application/x-www-form-urlencoded", "a=1"],
    ["application/xml", "<a>1</a>"],
    ["application/grpc", prefixed(proto)],
    ["application/cbor", Uint8Array.of(0xa1, 0x61, 0x61, 1)],
  ] as const) {
    const recorder = new Recorder()
    const head = lines("HTTP/1.1 200 OK", `Content-Type: ${type}`)
    for (let i = 0; i < 67; i++) recorder.exchange(flow(), GET, { head, body })
    assert.deepEqual(recorder.counters.bodies, { walked: 4, reused: 63, unread: 0 }, type)
    const off = new Recorder({ bodyPrefixBytes: 0 }).exchange(flow(), GET, { head, body })
    assert.deepEqual([off.response.kind, off.response.fullShape], ["unread", 0])
  }
})
