import assert from "node:assert/strict"
import { createHmac } from "node:crypto"
import { test } from "node:test"
import { inspect } from "node:util"
import { formatKey, parseKey, rotatedKey } from "./key-text.ts"
import { Domain, PseudonymKey } from "./pseudonym.ts"

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

test("rotation: a new key with the old one beside it for 35 days, and no third one", () => {
  const name = (key: PseudonymKey): string => key.of(Domain.object).text(bytes, 0, 2)
  const first = parseKey(Buffer.from(formatKey(KEY, 4)))
  const text = rotatedKey(Buffer.from(formatKey(KEY, 4)), OTHER, "2026-11-24")
  assert.ok("text" in text && "key" in first)
  const { key } = parseKey(Buffer.from(text.text)) as { key: PseudonymKey }
  assert.deepEqual([key.epoch, key.former?.epoch], [5, 4])
  assert.equal(name(key), name(new PseudonymKey(OTHER)))
  assert.equal(name(key.former!), name(first.key))
  assert.equal(new Date(key.formerUntilUs / 1000).toISOString(), "2026-12-29T23:59:59.999Z")
  for (const day of ["2026-11-24", "2026-12-29"])
    assert.deepEqual(rotatedKey(Buffer.from(text.text), KEY, day), {
      mistake: "was rotated on 2026-11-24; the former key is in use until 2026-12-29; --force to drop it",
    })
  assert.ok("text" in rotatedKey(Buffer.from(text.text), KEY, "2026-11-24", true))
  assert.ok("text" in rotatedKey(Buffer.from(text.text), KEY, "2026-12-30"))
  const again = rotatedKey(Buffer.from(text.text), KEY, "2027-03-01")
  assert.ok("text" in again)
  const third = parseKey(Buffer.from(again.text)) as { key: PseudonymKey }
  assert.deepEqual([third.key.epoch, third.key.former?.epoch, third.key.former?.former], [6, 5, null])
  assert.ok("mistake" in rotatedKey(Buffer.from(formatKey(KEY, 65_535)), OTHER, "2026-11-24"))
  const hex = Buffer.from(KEY).toString("hex")
  for (const second of [
    "x",
    `former 1:${hex}`,
    `former 2:${hex} until 2026-12-29`,
    `former 1:${hex} until 2026-02-30`,
  ]) {
    const read = parseKey(Buffer.from(`2:${hex}\n${second}\n`))
    assert.ok("mistake" in read && !read.mistake.includes(hex.slice(0, 12)), second)
  }
  assert.ok("mistake" in parseKey(Buffer.from(`2:${hex}\nformer 1:${hex} until 2026-12-29\nmore\n`)))
})

test("a key does not print", () => {
  const key = new PseudonymKey(KEY)
  const shown = inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key)
  assert.ok(!shown.includes("1, 8, 15") && !shown.includes(Buffer.from(KEY).toString("hex").slice(0, 12)), shown)
})
