import assert from "node:assert/strict"
import { test } from "node:test"
import { SIP_KEY_BYTES, SipHash } from "./siphash.ts"

const MASK = (1n << 64n) - 1n

/** The definition, in 64-bit arithmetic. */
function reference(key: Uint8Array, message: Uint8Array): bigint {
  const le = (bytes: Uint8Array, at: number): bigint => Buffer.from(bytes).readBigUInt64LE(at)
  const rotate = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & MASK
  const v = [
    le(key, 0) ^ 0x736f6d6570736575n,
    le(key, 8) ^ 0x646f72616e646f6dn,
    le(key, 0) ^ 0x6c7967656e657261n,
    le(key, 8) ^ 0x7465646279746573n,
  ] as [bigint, bigint, bigint, bigint]
  const half = (a: 0 | 1 | 2 | 3, b: 0 | 1 | 2 | 3, by: bigint): void => {
    v[a] = (v[a] + v[b]) & MASK
    v[b] = rotate(v[b], by) ^ v[a]
  }
  const round = (): void => {
    half(0, 1, 13n)
    v[0] = rotate(v[0], 32n)
    half(2, 3, 16n)
    half(0, 3, 21n)
    half(2, 1, 17n)
    v[2] = rotate(v[2], 32n)
  }
  const padded = Buffer.alloc((Math.floor(message.length / 8) + 1) * 8)
  padded.set(message)
  padded[padded.length - 1] = message.length & 0xff
  for (let at = 0; at < padded.length; at += 8) {
    const block = padded.readBigUInt64LE(at)
    v[3] ^= block
    round()
    round()
    v[0] ^= block
  }
  v[2] ^= 0xffn
  for (let i = 0; i < 4; i++) round()
  return v[0] ^ v[1] ^ v[2] ^ v[3]
}

const value = (hash: SipHash): bigint => (BigInt(hash.high >>> 0) << 32n) | BigInt(hash.low >>> 0)
const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i)

test("the paper's own example", () => {
  const hash = new SipHash(counting(SIP_KEY_BYTES))
  hash.hash(counting(15), 0, 15)
  assert.equal(value(hash), 0xa129ca6149be45e5n)
})

test("agrees with the definition at every length, at any place in the bytes", () => {
  let seed = 1
  const random = (): number => {
    seed = Math.imul(seed, 1_103_515_245) + 12_345
    return seed >>> 24
  }
  for (let length = 0; length < 80; length++) {
    const key = Uint8Array.from({ length: SIP_KEY_BYTES }, random)
    const bytes = Uint8Array.from({ length: length + 7 }, random)
    const hash = new SipHash(key)
    hash.hash(bytes, 3, 3 + length)
    assert.equal(value(hash), reference(key, bytes.subarray(3, 3 + length)), `${length} bytes`)
  }
})
