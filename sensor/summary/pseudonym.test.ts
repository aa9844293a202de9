import assert from "node:assert/strict"
import { createHmac } from "node:crypto"
import { test } from "node:test"
import { inspect } from "node:util"
import { Domain, formatKey, PseudonymKey, parseKey } from "./pseudonym.ts"

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i * 7 + 1)
const OTHER = Uint8Array.from({ length: 32 }, (_, i) => i * 7 + 2)
const bytes = Buffer.from("17")

test("a pseudonym is the truncated HMAC under the domain's derived key", () => {
  const derived = createHmac("sha256", KEY).update("sonde/object").digest()
  const digest = createHmac("sha256", derived).update("17").digest()
  const objects = new PseudonymKey(KEY).of(Domain.object)
  assert.equal(objects.text(bytes, 0, 2), digest.toString("hex", 0, 6))
  assert.equal(objects.number(bytes, 0, 2), digest.readUIntBE(0, 6))
  assert.equal(objects.hash(bytes, 0, 2), digest.readUInt32BE(0))
})

test("domains and keys do not join", () => {
  const seen = new Set<string>()
  for (const key of [KEY, OTHER])
    for (const domain of Object.values(Domain)) seen.add(new PseudonymKey(key).of(domain).text(bytes, 0, 2))
  assert.equal(seen.size, 2 * Object.values(Domain).length)
})

test("key files: what is read and what is refused", () => {
  const hex = Buffer.from(KEY).toString("hex")
  const same = new PseudonymKey(KEY).of(Domain.object).text(bytes, 0, 2)
  for (const [text, epoch] of [
    [formatKey(KEY), 1],
    [formatKey(KEY, 7), 7],
    [hex, 1],
    [`3:${hex.toUpperCase()}\r\n`, 3],
    [Buffer.from(KEY).toString("base64url"), 1],
  ] as const) {
    const read = parseKey(Buffer.from(text))
    assert.ok("key" in read, text)
    assert.equal(read.key.epoch, epoch)
    assert.equal(read.key.of(Domain.object).text(bytes, 0, 2), same)
  }
  for (const text of ["", "1:", `0:${hex}`, `70000:${hex}`, hex.slice(2), "not a key at all", "x".repeat(2000)]) {
    const read = parseKey(Buffer.from(text))
    assert.ok("mistake" in read, text)
    assert.ok(!read.mistake.includes(hex.slice(2, 20)))
  }
})

test("a key does not print", () => {
  const key = new PseudonymKey(KEY)
  const shown = inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key)
  assert.ok(!shown.includes("1, 8, 15") && !shown.includes(Buffer.from(KEY).toString("hex").slice(0, 12)), shown)
})
