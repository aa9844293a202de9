// Microseconds that undoing a Content-Encoding takes: a body of 20 KB, a small one, and bodies made to be slow.
// Run it with the pinned Node; `--smoke` runs a hundredth, so that tests can keep it alive.
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import { BodyDecoder } from "./decode-body.ts"

const SCALE = process.argv.includes("--smoke") ? 0.01 : 1
/** Bytes of a body that the sensor keeps by default. */
const PREFIX = 65_536

const list = JSON.stringify(Array.from({ length: 800 }, (_, i) => ({ id: i, name: `x${i * 7919}` })))
const small = '{"id":17,"name":"x","status":"ok","total":12.5}'
const damaged = Buffer.from(gzipSync(list.repeat(8)))
damaged.fill(0xff, damaged.length >> 4, (damaged.length >> 4) + 64)
const bombs = {
  gzip: gzipSync(Buffer.alloc(64e6)),
  br: brotliCompressSync(Buffer.alloc(16e6)),
  zstd: zstdCompressSync(Buffer.alloc(64e6)),
}
const bodies: readonly (readonly [string, string, Uint8Array])[] = [
  ["gzip, 20 KB", "gzip", gzipSync(list)],
  ["deflate, 20 KB", "deflate", deflateSync(list)],
  ["br, 20 KB", "br", brotliCompressSync(list)],
  ["zstd, 20 KB", "zstd", zstdCompressSync(list)],
  ["gzip, 47 B", "gzip", gzipSync(small)],
  ["hostile: gzip bomb", "gzip", bombs.gzip.subarray(0, PREFIX)],
  ["hostile: br bomb", "br", bombs.br.subarray(0, PREFIX)],
  ["hostile: zstd bomb", "zstd", bombs.zstd.subarray(0, PREFIX)],
  ["hostile: gzip thrice", "gzip,gzip,gzip", gzipSync(gzipSync(bombs.gzip))],
  ["hostile: damaged gzip", "gzip", damaged],
  ["hostile: no gzip at all", "gzip", Buffer.from(small)],
]

const decoder = new BodyDecoder()
for (const [name, coding, bytes] of bodies) {
  const rounds = Math.ceil((name.startsWith("hostile") ? 200 : 4000) * SCALE)
  let sum = 0
  const before = process.cpuUsage()
  for (let i = 0; i < rounds; i++) {
    const { start, end, anomaly } = decoder.decode(coding, bytes, 0, bytes.length, bytes.length < PREFIX)
    sum += end - start + anomaly
  }
  const { user, system } = process.cpuUsage(before)
  const us = ((user + system) / rounds).toFixed(1)
  process.stdout.write(
    `${name.padEnd(26)}${`${bytes.length} B`.padStart(9)}${`${us} µs`.padStart(12)}  ${sum / rounds}\n`,
  )
}
