// What codings allow beyond one plain stream, and what hostile ones would cost.
import assert from "node:assert/strict"
import { test } from "node:test"
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import { Anomaly } from "../../shared/event/anomalies.ts"
import { ATTEMPTS_MAX, BodyDecoder, CODINGS_MAX, DECODE_LIMITS } from "./decode-body.ts"
import { FRAMES_MAX } from "./zstd-frames.ts"

const decoder = new BodyDecoder()
function run(coding: string, body: Uint8Array, whole = true) {
  const got = decoder.decode(coding, body, 0, body.length, whole)
  return {
    text: Buffer.from(got.bytes.subarray(got.start, got.end)).toString(),
    anomaly: got.anomaly,
    whole: got.whole,
  }
}
const good = (text: string, whole = true) => ({ text, anomaly: 0, whole })
const text = JSON.stringify(Array.from({ length: 300 }, (_, i) => ({ id: i, name: `n${(i * 7919) % 1000}` })))
const half = text.length >> 1

test("gzip: members one after the other, a header with everything in it, zeros behind", () => {
  const members = Buffer.concat([gzipSync(text.slice(0, half)), gzipSync(text.slice(half))])
  assert.deepEqual(run("gzip", members), good(text))
  const plain = gzipSync(text)
  // RFC 1952 section 2.3: extra field, name, comment.
  const head = Uint8Array.of(0x1f, 0x8b, 8, 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3)
  const named = Buffer.concat([head, Buffer.from("name\0comment\0"), plain.subarray(10)])
  assert.deepEqual(run("gzip", named), good(text))
  for (let cut = 1; cut < 40; cut++) assert.equal(run("gzip", named.subarray(0, cut), false).anomaly, 0)
  assert.deepEqual(run("gzip", Buffer.concat([plain, Buffer.alloc(20)])), good(text))
})

test("deflate: zlib and raw are told apart, whatever the level", () => {
  for (const level of [0, 1, 6, 9]) {
    assert.deepEqual(run("deflate", deflateSync(text, { level })), good(text))
    assert.deepEqual(run("deflate", deflateRawSync(text, { level })), good(text))
  }
  for (const windowBits of [9, 12, 15]) assert.deepEqual(run("deflate", deflateSync(text, { windowBits })), good(text))
})

test("br: a large window is refused", () => {
  const params = { [constants.BROTLI_PARAM_LARGE_WINDOW]: 1, [constants.BROTLI_PARAM_LGWIN]: 28 }
  assert.deepEqual(run("br", brotliCompressSync(text, { params })), {
    ...good("", false),
    anomaly: Anomaly.bodyDecodeFailed,
  })
})

test("zstd: several frames, skippable ones anywhere, sizes told or not, checksums", () => {
  const one = zstdCompressSync(text.slice(0, half))
  const two = zstdCompressSync(text.slice(half))
  const skippable = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3)
  for (const frames of [
    [one, two],
    [skippable, one, two],
    [one, skippable, skippable, two],
    [one, two, skippable],
  ])
    assert.deepEqual(run("zstd", Buffer.concat(frames)), good(text), `${frames.length}`)
  assert.deepEqual(run("zstd", skippable), good(""))
  const params = { [constants.ZSTD_c_contentSizeFlag]: 0, [constants.ZSTD_c_checksumFlag]: 1 }
  assert.deepEqual(run("zstd", zstdCompressSync(text, { params })), good(text))
  const both = Buffer.concat([one, two])
  const failed = { text: text.slice(0, half), anomaly: Anomaly.bodyDecodeFailed, whole: false }
  assert.deepEqual(run("zstd", Buffer.concat([one, Buffer.from("garbage")])), failed)
  assert.deepEqual(run("zstd", both.subarray(0, both.length - 5)), failed)
  assert.deepEqual(run("zstd", both.subarray(0, both.length - 5), false), good(text.slice(0, half), false))
  const many = run("zstd", Buffer.concat(Array.from({ length: FRAMES_MAX + 1 }, () => zstdCompressSync("x"))))
  assert.deepEqual(many, { text: "x".repeat(FRAMES_MAX), anomaly: Anomaly.bodyDecodeFailed, whole: false })
})

test("lists: order, spellings of nothing, a cut chain yields what it had", () => {
  assert.deepEqual(run("identity,gzip", gzipSync(text)), good(text))
  assert.deepEqual(run("x-gzip, identity, br", brotliCompressSync(gzipSync(text))), good(text))
  assert.deepEqual(run("gzip,,", gzipSync(text)), good(text))
  const chain = zstdCompressSync(gzipSync(deflateSync(text)))
  const cut = run("gzip, br", brotliCompressSync(gzipSync(text)).subarray(0, 300), false)
  assert.ok(cut.text.length > 100 && text.startsWith(cut.text) && cut.anomaly === 0)
  assert.deepEqual(run("deflate,gzip,zstd", chain), good(text))
})

const zeros = Buffer.alloc(16_000_000)
const PREFIX = 65_536
const nested = (encode: (body: Uint8Array) => Uint8Array, times: number): Uint8Array => {
  let body: Uint8Array = zeros
  for (let i = 0; i < times; i++) body = encode(body)
  return body.subarray(0, PREFIX)
}
const BOMBS: readonly (readonly [string, Uint8Array])[] = [
  ["gzip", nested(gzipSync, 1)],
  ["deflate", nested(deflateSync, 1)],
  ["deflate", nested(deflateRawSync, 1)],
  ["br", nested(brotliCompressSync, 1)],
  ["zstd", nested(zstdCompressSync, 1)],
  ["gzip,gzip", nested(gzipSync, 2)],
  ["gzip,gzip,gzip", nested(gzipSync, 3)],
  ["br,br,br", nested(brotliCompressSync, 3)],
  ["zstd,zstd,zstd", nested(zstdCompressSync, 3)],
  ["gzip,br,zstd", zstdCompressSync(brotliCompressSync(gzipSync(zeros)))],
  ["gzip", Buffer.concat(Array.from({ length: 2000 }, () => gzipSync("")))],
  ["zstd", Buffer.concat(Array.from({ length: FRAMES_MAX }, () => zstdCompressSync(zeros.subarray(0, 1_000_000))))],
]

test("bombs of every coding, nested ones too: bounded in bytes and time", () => {
  const normal = gzipSync(Array.from({ length: 60_000 }, (_, i) => `${(i * 2_654_435_761) % 99_991}`).join(","))
  const timeOf = (coding: string, body: Uint8Array): number => {
    const before = process.cpuUsage()
    for (let i = 0; i < 3; i++) decoder.decode(coding, body, 0, body.length, body.length < PREFIX)
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
  timeOf("gzip", normal)
  const unit = Math.max(1000, timeOf("gzip", normal))
  for (const [coding, body] of BOMBS) {
    const { start, end, anomaly } = decoder.decode(coding, body, 0, body.length, body.length < PREFIX)
    const name = `${coding}, ${body.length} bytes`
    assert.ok(end - start <= DECODE_LIMITS.outputBytesMax, name)
    assert.ok(anomaly === Anomaly.bodyBomb || end - start === 0 || coding === "gzip" || coding === "zstd", name)
    // The least of three: a garbage collection of all the tests in this process is no work of the decoder's.
    const us = Math.min(timeOf(coding, body), timeOf(coding, body), timeOf(coding, body))
    // Each attempt decodes four times the limit at most, which is what `unit` takes and a little more.
    assert.ok(us < unit * 4 * ATTEMPTS_MAX * CODINGS_MAX, `${name}: ${us} µs against ${unit}`)
  }
})

test("bombs are bounded in memory: what is allocated in all, not only what is kept", () => {
  const bytesOf = (coding: string, body: Uint8Array): number => {
    const { external } = process.memoryUsage()
    decoder.decode(coding, body, 0, body.length, body.length < PREFIX)
    return process.memoryUsage().external - external
  }
  for (const [coding, body] of BOMBS) {
    const bytes = bytesOf(coding, body)
    // Decoder's own window (brotli: 16 MiB) and the attempts of a coding, none of which is more than four times the limit.
    const bound = 20e6 + CODINGS_MAX * ATTEMPTS_MAX * 5 * DECODE_LIMITS.outputBytesMax
    assert.ok(bytes < bound, `${coding}: ${bytes} bytes against ${bound}`)
  }
})
