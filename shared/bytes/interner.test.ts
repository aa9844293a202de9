import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { ByteInterner, hashBytes, isSameSpan, StringInterner } from "./interner.ts"

const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1")

function lookUp(table: ByteInterner<{ text: string }>, text: string): { text: string } {
  const bytes = bytesOf(`..${text}..`)
  const known = table.find(bytes, 2, bytes.length - 2)
  if (known !== undefined) return known
  const value = { text }
  table.add(bytes, 2, bytes.length - 2, value)
  return value
}

test("equal bytes give the same object, others never", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 9 }), { maxLength: 400 }), (texts) => {
      const table = new ByteInterner<{ text: string }>({ entries: 1000, keyBytes: 100_000 })
      const first = new Map<string, object>()
      for (const raw of texts) {
        const text = Buffer.from(raw, "utf8").toString("latin1")
        const value = lookUp(table, text)
        assert.equal(value.text, text)
        assert.equal(value, first.get(text) ?? value)
        first.set(text, value)
      }
    }),
    { verbose: true },
  )
})

test("what is used stays, what is not is forgotten, and memory is bounded by two generations", () => {
  const table = new ByteInterner<{ text: string }>({ entries: 10, keyBytes: 1000 })
  const hot = lookUp(table, "hot")
  for (let i = 0; i < 100; i++) {
    lookUp(table, `cold${i}`)
    if (i % 5 === 0) assert.equal(lookUp(table, "hot"), hot)
  }
  assert.equal(table.find(bytesOf("cold0"), 0, 5), undefined)
  assert.ok(table.rotations >= 8)
})

test("key bytes are a limit of their own, and a key beyond it is not kept", () => {
  const table = new ByteInterner<{ text: string }>({ entries: 1000, keyBytes: 64 })
  const long = "x".repeat(65)
  lookUp(table, long)
  assert.equal(table.find(bytesOf(long), 0, 65), undefined)
  for (let i = 0; i < 20; i++) lookUp(table, `key number ${i}`)
  assert.ok(table.rotations > 0)
  assert.equal(table.find(bytesOf("key number 0"), 0, 12), undefined)
})

test("thousands of keys, grown through every size", () => {
  const table = new ByteInterner<{ text: string }>({ entries: 20_000, keyBytes: 1_000_000 })
  const values = Array.from({ length: 20_000 }, (_, i) => lookUp(table, `/v1/orders/${i}`))
  let same = 0
  for (let i = 0; i < values.length; i++) if (lookUp(table, `/v1/orders/${i}`) === values[i]) same++
  assert.ok(same > 19_900, `${same}`)
})

test("spans compare byte by byte, hashes spread", () => {
  const a = bytesOf("0123456789")
  assert.ok(isSameSpan(a, 2, bytesOf("23456789"), 0, 8))
  for (let i = 0; i < 8; i++) {
    const b = bytesOf("23456789")
    b[i]! ^= 1
    assert.ok(!isSameSpan(a, 2, b, 0, 8), `${i}`)
  }
  const seen = new Set<number>()
  for (let i = 0; i < 65_536; i++) seen.add(hashBytes(bytesOf(`${i}`), 0, `${i}`.length) & 0xffff)
  assert.ok(seen.size > 38_000, `${seen.size} of 65536 buckets`)
})

test("strings: the same two generations", () => {
  const table = new StringInterner<{ n: number }>(4)
  const hot = { n: 0 }
  table.add("hot", hot)
  for (let i = 1; i < 40; i++) {
    table.add(`k${i}`, { n: i })
    if (i % 2 === 0) assert.equal(table.find("hot"), hot)
  }
  assert.equal(table.find("k1"), undefined)
  assert.ok(table.rotations > 0)
})
