import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { Packr } from "msgpackr"
import { JsonShape } from "../json-shape.ts"
import { checkPrefixes, FakeFieldReceiver, framed } from "./fake-field-receiver.ts"
import { DEPTH_MAX, PackedShape } from "./packed-shape.ts"
import { STEPS_MAX } from "./packed-token.ts"

const counters = { shapeTruncated: 0, shapeLimits: 0 }
const shape = new PackedShape(counters, 7)
const packr = new Packr({ useRecords: false, variableMapSize: true })
type Format = "msgpack" | "cbor"

function walk(format: Format, document: Uint8Array | readonly number[], whole = true) {
  const { bytes, start, end } = framed(Uint8Array.from(document), "\u0001", "\u0001abc")
  const limitsBefore = counters.shapeLimits
  const isGood = shape.walk(format, bytes, start, end, whole)
  const { full, items, truncated } = shape
  return { isGood, full, items, truncated, paths: shape.paths(), limits: counters.shapeLimits - limitsBefore }
}

// A tiny encoder, RFC 8949.
const head = (major: number, value: number): number[] => {
  const m = major << 5
  if (value < 24) return [m | value]
  if (value < 256) return [m | 24, value]
  if (value < 65_536) return [m | 25, value >> 8, value & 255]
  return [m | 26, value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255]
}
const text = (value: string): number[] => [...head(3, Buffer.byteLength(value)), ...Buffer.from(value)]
function cbor(value: unknown): number[] {
  if (typeof value === "string") return text(value)
  if (typeof value === "boolean") return [value ? 0xf5 : 0xf4]
  if (value === null) return [0xf6]
  if (typeof value === "number") {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 31)
      return value < 0 ? head(0, 0).map(() => 0x20) : head(0, value)
    const bytes = Buffer.alloc(9, 0xfb)
    bytes.writeDoubleBE(value, 1)
    return [...bytes]
  }
  if (Array.isArray(value)) return [...head(4, value.length), ...value.flatMap(cbor)]
  const members = Object.entries(value as object)
  return [...head(5, members.length), ...members.flatMap(([key, member]) => [...text(key), ...cbor(member)])]
}
const encode = (format: Format, value: unknown): Uint8Array =>
  format === "cbor" ? Uint8Array.from(cbor(value)) : packr.pack(value)

const document = {
  data: [
    { id: 1, name: "x", price: 1.25, tags: ["a"], note: null },
    { id: 300, name: "a longer name than thirty-two bytes is", price: 0.1, tags: [], ok: true },
  ],
  total: 70_000,
  "alice@example.com": -5,
}

test("the same lines as JSON, and items", () => {
  const json = new JsonShape({ shapeTruncated: 0, shapeLimits: 0 }, 7)
  for (const format of ["msgpack", "cbor"] as const)
    for (const value of [document, [1, 2, 3], { a: { b: {} }, c: [] }, [[1], ["x"]], {}, [], "x", 5, null]) {
      const text = Buffer.from(JSON.stringify(value))
      json.walk(text, 0, text.length)
      const got = walk(format, encode(format, value))
      const want = { ...got, paths: json.paths(), full: json.full, items: json.items, isGood: true, truncated: false }
      assert.deepEqual(got, want, `${format} ${JSON.stringify(value)}`)
    }
})

test("every format of MessagePack", () => {
  const typed = (bytes: readonly number[]): string | undefined => walk("msgpack", [0x91, ...bytes]).paths[0]
  for (const [type, ...all] of [
    [
      "int",
      [0],
      [0x7f],
      [0xff],
      [0xcc, 1],
      [0xcd, 1, 2],
      [0xce, 1, 2, 3, 4],
      [0xcf, 1, 2, 3, 4, 5, 6, 7, 8],
      [0xd0, 200],
    ],
    ["int", [0xd1, 200, 1], [0xd2, 200, 1, 1, 1], [0xd3, 200, 1, 1, 1, 1, 1, 1, 1]],
    ["number", [0xca, 1, 2, 3, 4], [0xcb, 1, 2, 3, 4, 5, 6, 7, 8]],
    ["string", [0xa0], [0xa1, 0x61], [0xd9, 1, 0x61], [0xda, 0, 1, 0x61], [0xdb, 0, 0, 0, 1, 0x61]],
    ["bytes", [0xc4, 1, 0], [0xc5, 0, 1, 0], [0xc6, 0, 0, 0, 1, 0], [0xc7, 1, 9, 0], [0xc8, 0, 1, 9, 0]],
    ["bytes", [0xc9, 0, 0, 0, 1, 9, 0], [0xd4, 9, 0], [0xd5, 9, 0, 0], [0xd8, 9, ...new Array(16).fill(0)]],
    ["bool", [0xc2], [0xc3]],
    ["null", [0xc0]],
    ["array", [0x90], [0xdc, 0, 0], [0xdd, 0, 0, 0, 0]],
    ["object", [0x80], [0xde, 0, 0], [0xdf, 0, 0, 0, 0]],
  ] as const)
    for (const bytes of all) assert.equal(typed(bytes), `[]:${type}`, `${bytes}`)
  assert.equal(walk("msgpack", [0xc1]).isGood, false)
})

test("CBOR: tags, unknown lengths, chunks, floats, integers as keys", () => {
  const typed = (bytes: readonly number[]): string | undefined => walk("cbor", [0x81, ...bytes]).paths[0]
  for (const [type, ...all] of [
    ["int", [0x17], [0x18, 200], [0x39, 1, 2], [0x1b, 1, 2, 3, 4, 5, 6, 7, 8], [0xc1, 0x1a, 1, 2, 3, 4]],
    ["number", [0xf9, 0, 0], [0xfa, 0, 0, 0, 0], [0xfb, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["string", [0x60], [0x61, 0x61], [0x7f, 0x61, 0x61, 0x61, 0x62, 0xff], [0xc0, 0x61, 0x61]],
    ["bytes", [0x41, 0], [0x5f, 0x41, 0, 0xff], [0xd9, 1, 2, 0x40]],
    ["bool", [0xf4], [0xf5]],
    ["null", [0xf6], [0xf7], [0xf8, 0x20]],
    ["array", [0x80], [0x9f, 0xff]],
    ["object", [0xa0], [0xbf, 0xff]],
  ] as const)
    for (const bytes of all) assert.equal(typed(bytes), `[]:${type}`, `${bytes}`)
  assert.deepEqual(walk("cbor", [0xbf, 1, 2, 0x20, 0x61, 0x61, 0xff]).paths, ["-1:string", "1:int"])
  assert.deepEqual(walk("cbor", [0xa1, 0x19, 4, 1, 2]).paths, ["{}:int"])
  assert.deepEqual(walk("cbor", [0x9f, 1, 2, 3, 0xff]).items, 3)
  for (const bytes of [[0xff], [0x1c], [0x5f, 0x61, 0x61, 0xff], [0xbf, 1, 0xff], [0xfc]])
    assert.equal(walk("cbor", bytes).isGood, false, `${bytes}`)
})

test("limits, cut documents, what is none", () => {
  for (const format of ["msgpack", "cbor"] as const) {
    const open = format === "cbor" ? 0x81 : 0x91
    const deep = walk(format, [...new Array(DEPTH_MAX + 1).fill(open), 1])
    assert.deepEqual([deep.limits, deep.isGood], [1, true])
    assert.equal(walk(format, [...new Array(DEPTH_MAX).fill(open), 1]).limits, 0)
    checkPrefixes(encode(format, document), (prefix, whole) => walk(format, prefix, whole).paths)
    assert.equal(walk(format, Buffer.from("hello")).isGood, false)
    const cut = walk(format, encode(format, [1, 2, 3]).subarray(0, 3), false)
    assert.deepEqual([cut.items, cut.truncated, cut.paths], [-1, true, ["[]:int"]])
  }
})

test("tags and chunks of one item are bounded", () => {
  const tags = (n: number): boolean => walk("cbor", [0x81, ...new Array(n).fill(0xc1), 1]).paths.length > 0
  const chunks = (n: number): boolean => walk("cbor", [0x81, 0x7f, ...new Array(n).fill(0x60), 0xff]).paths.length > 0
  assert.deepEqual([tags(STEPS_MAX), tags(STEPS_MAX + 1)], [true, false])
  assert.deepEqual([chunks(STEPS_MAX - 1), chunks(STEPS_MAX)], [true, false])
})

test("values go to the receiver", () => {
  const receiver = new FakeFieldReceiver()
  shape.receiver = receiver
  for (const format of ["msgpack", "cbor"] as const)
    walk(format, encode(format, { mail: "ada@example.com", list: [7, "x"], n: 17, f: 1.5 }))
  shape.receiver = null
  const want = ["mail=ada@example.com", "list#7", "list=x", "n#17"]
  assert.deepEqual(receiver.fields, [...want, ...want])
})

test("property: any bytes give a result, and any beginning has no path of its own", () => {
  const value = fc.jsonValue({ maxDepth: 3 })
  const noise = fc.tuple(fc.nat(200), fc.nat(255))
  fc.assert(
    fc.property(fc.constantFrom<Format>("msgpack", "cbor"), value, fc.option(noise), (format, json, edit) => {
      const bytes = Uint8Array.from(encode(format, json))
      if (edit !== null && bytes.length > 0) bytes[edit[0] % bytes.length] = edit[1]
      if (walk(format, bytes).isGood) checkPrefixes(bytes, (prefix, whole) => walk(format, prefix, whole).paths)
    }),
    { numRuns: 200 },
  )
})
