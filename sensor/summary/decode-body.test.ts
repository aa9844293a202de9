import assert from "node:assert/strict"
import { test } from "node:test"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import fc from "fast-check"
import { Anomaly } from "../../shared/event/anomalies.ts"
import { BodyDecoder, DECODE_LIMITS } from "./decode-body.ts"

const decoder = new BodyDecoder()
const small = new BodyDecoder({ outputBytesMax: 1000, ratioMax: 20 })
const FAILED = { text: "", anomaly: Anomaly.bodyDecodeFailed, whole: false }

/** Decodes `body` from the middle of a larger buffer, as the sensor does. */
function run(coding: string, body: Uint8Array, whole = true, by = decoder) {
  const bytes = Buffer.concat([Buffer.from("\x1f\x8b before", "latin1"), body, Buffer.from("after")])
  const start = bytes.length - body.length - 5
  const got = by.decode(coding, bytes, start, start + body.length, whole)
  const { anomaly, whole: isWhole } = got
  return { text: Buffer.from(got.bytes.subarray(got.start, got.end)).toString(), anomaly, whole: isWhole }
}
const good = (text: string, whole = true) => ({ text, anomaly: 0, whole })

const text = JSON.stringify(Array.from({ length: 400 }, (_, i) => ({ id: i, name: `n${(i * 7919) % 1000}` })))
const CODERS: readonly (readonly [string, (body: Uint8Array) => Uint8Array])[] = [
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
]
const bytesOf = (body: string): Uint8Array => Buffer.from(body)

test("every coding, whole", () => {
  for (const [coding, encode] of CODERS)
    for (const body of ["", "x", '{"a":1}', text])
      assert.deepEqual(run(coding, encode(bytesOf(body))), good(body), coding)
})

test("no coding: the bytes are handed back untouched", () => {
  const bytes = bytesOf("plain")
  for (const coding of ["", "identity", "identity, identity"]) {
    const got = decoder.decode(coding, bytes, 1, 4, true)
    assert.equal(got.bytes, bytes)
    assert.deepEqual([got.start, got.end, got.anomaly, got.whole], [1, 4, 0, true])
  }
})

test("an empty body has no coding to undo", () => {
  for (const [coding] of CODERS) assert.deepEqual(run(coding, bytesOf("")), good(""))
})

test("several codings are undone from the last to the first", () => {
  assert.deepEqual(run("gzip, br", brotliCompressSync(gzipSync(text))), good(text))
  assert.deepEqual(run("deflate,gzip , zstd", zstdCompressSync(gzipSync(deflateSync(text)))), good(text))
  assert.deepEqual(run("br, gzip", brotliCompressSync(gzipSync(text))), FAILED)
})

test("unknown codings and too many", () => {
  for (const coding of ["gzip, morse", "gzip,gzip,gzip,gzip", "__proto__", "constructor", ",".repeat(9)])
    assert.deepEqual(run(coding, gzipSync(text)), FAILED, coding)
})

test("codings that exist and are not undone: nothing is kept, nothing is wrong; words that are no coding", () => {
  for (const coding of ["compress", "aws-chunked", "gzip,aws-chunked", "x-compress, gzip", "dcz"]) {
    assert.deepEqual(run(coding, gzipSync(text)), { text: "", anomaly: 0, whole: false }, coding)
    assert.equal(decoder.decode(coding, bytesOf("x"), 0, 1, true).isForeign, true)
  }
  for (const coding of ["none", "utf-8", "binary"]) assert.deepEqual(run(coding, bytesOf(text)), good(text))
  assert.deepEqual(run("gzip,utf-8", gzipSync(text)), good(text))
  assert.equal(decoder.decode("gzip", bytesOf("x"), 0, 1, true).isForeign, false)
})

test("a prefix yields what it has, without anomaly", () => {
  for (const [coding, encode] of CODERS) {
    const body = encode(bytesOf(text))
    for (const length of [1, 2, 3, 10, 100, body.length >> 1, body.length - 1]) {
      const got = run(coding, body.subarray(0, length), false)
      assert.ok(text.startsWith(got.text), `${coding} ${length}`)
      assert.deepEqual([got.anomaly, got.whole], [0, false], `${coding} ${length}`)
    }
    if (coding !== "zstd") assert.ok(run(coding, body.subarray(0, body.length >> 1), false).text.length > 1000, coding)
  }
})

test("zstd yields the blocks that are whole", () => {
  const long = Array.from({ length: 40_000 }, (_, i) => `${(i * 2_654_435_761) % 99_991}`).join(",")
  const body = zstdCompressSync(long)
  const got = run("zstd", body.subarray(0, body.length - 10), false)
  assert.equal(got.text, long.slice(0, 128 * 1024))
})

test("a body that is said to be whole and is not: what it had, and the anomaly", () => {
  for (const [coding, encode] of CODERS) {
    const body = encode(bytesOf(text))
    const cut = body.subarray(0, body.length - 50)
    const had = run(coding, cut, false)
    assert.deepEqual(run(coding, cut), { ...had, anomaly: Anomaly.bodyDecodeFailed }, coding)
    assert.ok(coding === "zstd" || had.text.length > 5000, coding)
  }
})

test("damage: what came well before it, and the anomaly", () => {
  const body = Buffer.from(gzipSync(text))
  body.fill(0xff, body.length - 300, body.length - 200)
  const got = run("gzip", body)
  assert.equal(got.anomaly, Anomaly.bodyDecodeFailed)
  assert.ok(got.text.length > 1000 && text.startsWith(got.text))
})

test("what is no such coding at all", () => {
  for (const coding of ["gzip", "deflate", "br", "zstd"])
    for (const whole of [true, false])
      assert.deepEqual(run(coding, bytesOf('{"plain":"json, and long enough"}'), whole), FAILED, coding)
})

test("a large document is cut without anomaly", () => {
  for (const [coding, encode] of CODERS) {
    const got = run(coding, encode(bytesOf(text.slice(0, 3000))), true, small)
    assert.deepEqual([got.text, got.anomaly, got.whole], [text.slice(0, 1000), 0, false], coding)
  }
})

test("a document beyond the work that is done for one: its first part", () => {
  const long = Array.from({ length: 1000 }, (_, i) => `${(i * 2_654_435_761) % 999_983}`).join(",")
  const got = run("gzip", gzipSync(long), true, small)
  assert.deepEqual([got.anomaly, got.whole], [0, false])
  assert.ok(got.text.length > 200 && long.startsWith(got.text))
})

test("at the limit to the byte: whole; one more: cut", () => {
  for (const [coding, encode] of CODERS) {
    assert.deepEqual(run(coding, encode(bytesOf(text.slice(0, 1000))), true, small), good(text.slice(0, 1000)))
    assert.deepEqual(run(coding, encode(bytesOf(text.slice(0, 1001))), true, small), good(text.slice(0, 1000), false))
  }
})

test("bombs: the first bytes when they come cheaply, else nothing; never more than the limit", () => {
  for (const [coding, encode] of CODERS) {
    const mild = run(coding, encode(Buffer.alloc(3999, 0x61)), true, small)
    assert.deepEqual([mild.text, mild.anomaly, mild.whole], ["a".repeat(1000), Anomaly.bodyBomb, false], coding)
    const huge = run(coding, encode(Buffer.alloc(3_000_000, 0x61)), true, small)
    assert.deepEqual([huge.anomaly, huge.whole], [Anomaly.bodyBomb, false], coding)
    assert.ok(huge.text.length <= 1000)
  }
})

test("a bomb of many layers is measured by what was sent", () => {
  const got = run("gzip, gzip, gzip", gzipSync(gzipSync(gzipSync(Buffer.alloc(8_000_000)))))
  assert.equal(got.anomaly, Anomaly.bodyBomb)
  assert.ok(got.text.length <= DECODE_LIMITS.outputBytesMax)
})

test("much the same bytes within the limit are no bomb", () => {
  assert.deepEqual(run("gzip", gzipSync("a".repeat(1000)), true, small), good("a".repeat(1000)))
})

test("a zstd frame that wants a window beyond 8 MiB is refused", () => {
  const frame = (windowLog: number): Uint8Array =>
    // RFC 8878: magic, descriptor (no size, no checksum), window (exponent over 10), one raw block of one byte, the last.
    Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3, 1 | (1 << 3), 0, 0, 0x78)
  assert.deepEqual(run("zstd", frame(23)), good("x"))
  assert.deepEqual(run("zstd", frame(24)), FAILED)
})

test("damaged bodies of a coding without a mark of its own keep nothing, for it may be noise", () => {
  // RFC 1951: a stored block of ten bytes, which is good, and a block of the type that does not exist.
  const stored = (after: number): Uint8Array =>
    Buffer.concat([Uint8Array.of(0, 10, 0, 0xf5, 0xff), bytesOf("0123456789"), Uint8Array.of(after)])
  assert.deepEqual(run("deflate", stored(0x07)), FAILED)
  // RFC 7932 section 9: an uncompressed meta-block of ten bytes, and one whose reserved bit is set.
  const brotli = Buffer.concat([Uint8Array.of(0x90, 0, 0x10), bytesOf("0123456789"), Uint8Array.of(0x0e)])
  assert.deepEqual(run("br", brotli.subarray(0, 13), false), good("0123456789", false))
  assert.deepEqual(run("br", brotli), FAILED)
  const zlib = Buffer.concat([Uint8Array.of(0x78, 0x9c), stored(0x07)])
  assert.deepEqual(run("deflate", zlib), { ...FAILED, text: "01" })
})

test("property: any damage or cut gives a record, never an exception, and keeps to the limit", () => {
  fc.assert(
    fc.property(
      fc.nat(CODERS.length - 1),
      fc.boolean(),
      fc.nat(4000),
      fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 4 }),
      (which, whole, cut, edits) => {
        const [coding, encode] = CODERS[which]!
        const body = Buffer.from(encode(bytesOf(text)))
        for (const [at, value] of edits) body[at % body.length] = value
        const got = run(coding, body.subarray(0, cut), whole, small)
        assert.ok(got.text.length <= 1000 * 3)
        assert.ok([0, Anomaly.bodyDecodeFailed, Anomaly.bodyBomb].includes(got.anomaly as 24))
        if (edits.length === 0) assert.ok(text.startsWith(got.text))
      },
    ),
    { numRuns: 200 },
  )
})
