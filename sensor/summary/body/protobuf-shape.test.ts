import assert from "node:assert/strict"
import { test } from "node:test"
import { gzipSync, zstdCompressSync } from "node:zlib"
import fc from "fast-check"
import { Anomaly } from "../../../shared/event/anomalies.ts"
import { Envelopes, MESSAGES_MAX } from "./envelopes.ts"
import { checkPrefixes, FakeFieldReceiver, framed } from "./fake-field-receiver.ts"
import { DEPTH_MAX, ProtobufShape } from "./protobuf-shape.ts"
import { isMessage, isText } from "./protobuf-wire.ts"

const counters = { shapeTruncated: 0, shapeLimits: 0 }
const shape = new ProtobufShape(counters, 7)

// A tiny encoder.
const varint = (value: number | bigint): number[] => {
  const out: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128)
  return [...out, Number(rest)]
}
const tag = (field: number, wire: number): number[] => varint(field * 8 + wire)
const int = (field: number, value: number | bigint): number[] => [...tag(field, 0), ...varint(value)]
const bytes = (field: number, value: Uint8Array | readonly number[]): number[] => [
  ...tag(field, 2),
  ...varint(value.length),
  ...value,
]
const text = (field: number, value: string): number[] => bytes(field, Buffer.from(value))
const fixed64 = (field: number): number[] => [...tag(field, 1), 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]
const fixed32 = (field: number): number[] => [...tag(field, 5), 0, 0, 0x80, 0x3f]
const group = (field: number, inside: readonly number[]): number[] => [...tag(field, 3), ...inside, ...tag(field, 4)]

function walk(message: Uint8Array | readonly number[], whole = true) {
  const { bytes: all, start, end } = framed(Uint8Array.from(message), "\b\u0001", "\u0001\b\u0001")
  const limitsBefore = counters.shapeLimits
  const isMessage = shape.walk(all, start, end, whole)
  const { full, coarse, truncated } = shape
  return { isMessage, full, coarse, truncated, paths: shape.paths(), limits: counters.shapeLimits - limitsBefore }
}
const paths = (...fields: readonly number[][]): string[] => walk(fields.flat()).paths

test("vectors of the encoding's own page", () => {
  assert.deepEqual(walk([0x08, 0x96, 0x01]).paths, ["1:varint"])
  assert.deepEqual(walk([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]).paths, ["2:string"])
  assert.deepEqual(walk([0x1a, 0x03, 0x08, 0x96, 0x01]).paths, ["3.1:varint"])
  assert.deepEqual(walk([0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05]).paths, ["6:bytes"])
})

test("wire types, nesting, repetition, groups", () => {
  assert.deepEqual(paths(int(1, 5), fixed64(2), fixed32(3), text(4, "x"), bytes(5, [0xff, 0xfe])), [
    "1:varint",
    "2:fixed64",
    "3:fixed32",
    "4:string",
    "5:bytes",
  ])
  assert.deepEqual(paths(bytes(1, [...int(1, 1), ...bytes(2, text(3, "deep"))])), ["1.1:varint", "1.2.3:string"])
  assert.deepEqual(paths(bytes(3, int(1, 1)), bytes(3, int(1, 2)), int(4, 1), int(4, 2), int(5, 1)), [
    "3[].1:varint",
    "4[]:varint",
    "5:varint",
  ])
  // Once in each of two messages is no repetition.
  assert.deepEqual(paths(bytes(3, int(1, 1)), bytes(3, int(2, 2))), ["3[].1:varint", "3[].2:varint"])
  assert.deepEqual(paths(group(2, [...int(1, 1), ...group(3, text(1, "x"))])), [
    "2.1:varint",
    "2.3.1:string",
    "2.3:group",
    "2:group",
  ])
  assert.deepEqual(paths(int(536_870_911, 1), int(150, 2 ** 40)), ["150:varint", "536870911:varint"])
})

test("how often a field stands does not matter to the hashes", () => {
  const one = walk([...int(1, 1), ...bytes(2, int(1, 1))])
  const many = walk([...bytes(2, int(1, 9)), ...bytes(2, int(1, 300)), ...int(1, 7)])
  assert.deepEqual([many.full, many.coarse], [one.full, one.coarse])
  assert.notEqual(walk([...int(1, 1), ...bytes(2, text(1, "x"))]).full, one.full)
})

test("string, message, bytes, and what may be any of these", () => {
  for (const [value, type] of [
    [Buffer.from("hello"), "string"],
    [Buffer.from("größe 漢字 🙂"), "string"],
    [Buffer.from("two\nlines\ttab"), "string"],
    [Buffer.from("\nbegins with a line"), "string"],
    [Buffer.from("(x"), "string"],
    [Uint8Array.from([0xff]), "bytes"],
    [Uint8Array.from([0xc3, 0x28]), "bytes"],
    [Uint8Array.from([0xed, 0xa0, 0x80]), "bytes"],
    [Uint8Array.from([0x00, 0x01, 0x02]), "bytes"],
    [Buffer.from("a\u0000b"), "bytes"],
  ] as const)
    assert.deepEqual(paths(bytes(1, value)), [`1:${type}`], value.toString())
  // A message of one long string is printable all through, but for the line feed that is its tag.
  assert.deepEqual(paths(bytes(1, text(1, "a sentence that is longer than thirty-two bytes"))), ["1.1:string"])
  assert.deepEqual(walk([...bytes(1, []), ...int(2, 1)]).paths, ["2:varint"])
  assert.deepEqual(walk(bytes(1, [])).paths, [])
})

test("random bytes are seldom a message", () => {
  let state = 7
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state >>> 24
  }
  let messages = 0
  for (let i = 0; i < 10_000; i++) {
    const value = Uint8Array.from({ length: 16 }, random)
    if (isMessage(value, 0, 16)) messages++
    assert.equal(isText(value, 0, 16), isUtf8(value))
  }
  assert.ok(messages < 100, `${messages}`)
})
const strict = new TextDecoder("utf-8", { fatal: true })
function isUtf8(value: Uint8Array): boolean {
  try {
    return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(strict.decode(value))
  } catch {
    return false
  }
}

test("what is no message, and what makes no sense from somewhere on", () => {
  for (const message of [
    [0],
    [0x07],
    [0x08],
    [0x0a, 0x05, 0x61],
    [0x0c],
    [0x08, 0x80, 0x00],
    [...Buffer.from('{"a":1}')],
  ])
    assert.equal(walk(message).isMessage, false, `${message}`)
  for (const rest of [[0x07], [0x12, 0x05, 0x61], [0x0c], [0x18, 0x80], [0x13], [0x1a, 0xff, 0xff, 0xff, 0xff, 0x0f]]) {
    const got = walk([...int(1, 1), ...rest])
    assert.deepEqual([got.paths, got.truncated, got.isMessage], [["1:varint"], true, true], `${rest}`)
  }
})

test("limits: depth of messages and groups; each is counted", () => {
  let deep = int(1, 1)
  for (let i = 0; i < DEPTH_MAX + 4; i++) deep = bytes(1, deep)
  const got = walk(deep)
  assert.deepEqual([got.limits, got.paths], [1, [`${Array.from({ length: DEPTH_MAX }, () => "1").join(".")}:message`]])
  let groups = int(1, 1)
  for (let i = 0; i < DEPTH_MAX + 4; i++) groups = group(1, groups)
  assert.deepEqual([walk(groups).limits, walk(groups).truncated], [1, true])
  const wide = walk(Array.from({ length: 100 }, (_, i) => int(i + 1, 1)).flat())
  assert.deepEqual([wide.limits, wide.paths], [1, ["{}:varint"]])
})

test("a cut message has no path of its own", () => {
  const message = [
    ...int(1, 300),
    ...text(2, "Ada"),
    ...bytes(3, [...int(1, 1), ...text(2, "x")]),
    ...bytes(3, int(1, 2)),
    ...group(4, fixed32(1)),
    ...fixed64(5),
    ...bytes(6, [0xff, 0]),
  ]
  assert.equal(walk(message).truncated, false)
  checkPrefixes(Uint8Array.from(message), (prefix, whole) => walk(prefix, whole).paths)
})

test("text and whole numbers go to the receiver", () => {
  const receiver = new FakeFieldReceiver()
  shape.receiver = receiver
  walk([
    ...text(1, "ada@example.com"),
    ...int(2, 4_111_111_111_111_111),
    ...int(3, -1n),
    ...int(4, 4_294_967_295),
    ...fixed64(5),
    ...bytes(6, [0xff]),
  ])
  shape.receiver = null
  assert.deepEqual(receiver.fields, ["=ada@example.com", "#4111111111111111", "#18446744073709551615", "#4294967295"])
})

test("time is linear in hostile messages", () => {
  const size = 60_000
  let nested: number[] = Array.from({ length: size }, () => 0x08)
  for (let i = 0; i < 12; i++) nested = bytes(1, nested)
  for (const message of [
    nested,
    Array.from({ length: size }, () => 0x0b),
    Array.from({ length: size }, () => 0x80),
    Array.from({ length: size / 2 }, () => [0x0a, 0]).flat(),
    Array.from({ length: size / 4 }, (_, i) => int(1 + (i % 4000), 1)).flat(),
    bytes(1, Array.from({ length: size / 3 }, () => [0x0a, 1, 0x08]).flat()),
  ]) {
    const all = Uint8Array.from(message)
    const before = process.cpuUsage()
    for (let i = 0; i < 5; i++) walk(all)
    const { user } = process.cpuUsage(before)
    assert.ok(user < 500_000, `${user} µs for ${all.subarray(0, 8)}`)
  }
})

test("property: any bytes give a result, and any beginning has no path of its own", () => {
  const message = fc.array(
    fc.oneof(
      fc.nat(300).map((n) => int(1 + (n % 6), n)),
      fc.constantFrom(text(2, "x"), fixed32(3), fixed64(4), bytes(5, int(1, 2)), group(6, int(1, 1)), bytes(5, [0xff])),
      fc.uint8Array({ maxLength: 3 }).map((noise) => [...noise]),
    ),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(message, (fields) => {
      checkPrefixes(Uint8Array.from(fields.flat()), (prefix, whole) => walk(prefix, whole).paths)
    }),
    { numRuns: 200 },
  )
})

const prefixed = (message: Uint8Array | readonly number[], flags = 0): Buffer => {
  const head = Buffer.alloc(5)
  head[0] = flags
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, Uint8Array.from(message)])
}
function messagesOf(body: Uint8Array, isBase64 = false) {
  const envelopes = new Envelopes()
  const { bytes: all, start, end } = framed(body, "AA", "QQ==")
  envelopes.begin(all, start, end, isBase64)
  const messages: string[] = []
  while (envelopes.next())
    messages.push(
      `${Buffer.from(envelopes.bytes.subarray(envelopes.start, envelopes.end))}${envelopes.whole ? "" : "..."}`,
    )
  return { messages, anomaly: envelopes.anomaly, truncated: envelopes.truncated }
}

test("envelopes: messages, compression, trailers, ends of streams, base64 in pieces", () => {
  const one = prefixed(Buffer.from("one"))
  const two = prefixed(gzipSync("two"), 1)
  const three = prefixed(zstdCompressSync("three"), 1)
  const trailers = prefixed(Buffer.from("grpc-status:0\r\n"), 0x80)
  const good = { messages: ["one", "two", "three"], anomaly: 0, truncated: false }
  assert.deepEqual(messagesOf(Buffer.concat([one, two, prefixed([]), three, trailers])), good)
  assert.deepEqual(messagesOf(Buffer.concat([one, two, three, prefixed(Buffer.from("{}"), 2)])), good)
  const base64 = [one, two, three, trailers].map((piece) => piece.toString("base64")).join("")
  assert.deepEqual(messagesOf(Buffer.from(base64), true), good)
})

test("envelopes: cut, senseless, damaged, too many", () => {
  const body = Buffer.concat([prefixed(Buffer.from("one")), prefixed(Buffer.from("second"))])
  assert.deepEqual(messagesOf(body.subarray(0, 15)), { messages: ["one", "se..."], anomaly: 0, truncated: true })
  assert.deepEqual(messagesOf(body.subarray(0, 10)), { messages: ["one"], anomaly: 0, truncated: true })
  assert.deepEqual(messagesOf(Buffer.from("\u0010rest")).truncated, true)
  for (const damaged of ["no such thing", "\x1f\x8bdamaged"]) {
    const got = messagesOf(Buffer.concat([prefixed(Buffer.from(damaged, "latin1"), 1), prefixed(Buffer.from("x"))]))
    assert.deepEqual(got, { messages: ["x"], anomaly: Anomaly.bodyDecodeFailed, truncated: false })
  }
  const many = messagesOf(Buffer.concat(Array.from({ length: MESSAGES_MAX + 1 }, () => prefixed(Buffer.from("x")))))
  assert.deepEqual([many.messages.length, many.truncated], [MESSAGES_MAX, true])
  const bomb = messagesOf(
    Buffer.concat(Array.from({ length: 8 }, () => prefixed(gzipSync(Buffer.alloc(300_000, 97)), 1))),
  )
  assert.deepEqual([bomb.messages.length, bomb.truncated, bomb.anomaly], [1, true, Anomaly.bodyBomb])
})
