import assert from "node:assert/strict"
import { createHash, createHmac } from "node:crypto"
import { test } from "node:test"
import fc from "fast-check"
import { HmacSha256, sha256 } from "./sha256.ts"

const hex = (words: Int32Array): string => [...words].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("")
const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 131 + 7) & 0xff)

test("SHA-256 equals the runtime's at every length around block ends", () => {
  for (let length = 0; length <= 200; length++)
    assert.equal(hex(sha256(pattern(length))), createHash("sha256").update(pattern(length)).digest("hex"), `${length}`)
})

test("HMAC equals the runtime's for keys shorter, equal to and longer than a block", () => {
  for (const keyLength of [0, 1, 31, 32, 63, 64, 65, 200]) {
    const key = pattern(keyLength)
    const hmac = new HmacSha256(key)
    for (let length = 0; length <= 200; length++) {
      const message = pattern(length)
      hmac.mac(message, 0, length)
      assert.equal(hex(hmac.words), createHmac("sha256", key).update(message).digest("hex"), `${keyLength}/${length}`)
    }
  }
})

test("HMAC of a span inside a larger array, any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), fc.nat(300), (bytes, a, b) => {
      const start = Math.min(a, bytes.length)
      const end = Math.min(bytes.length, start + b)
      const hmac = new HmacSha256(pattern(32))
      hmac.mac(bytes, start, end)
      assert.equal(hex(hmac.words), createHmac("sha256", pattern(32)).update(bytes.subarray(start, end)).digest("hex"))
    }),
    { verbose: true },
  )
})
