// Records as their senders protect them, made here with node:crypto from the RFCs' words, and what opens them.
import assert from "node:assert/strict"
import { createCipheriv, createHmac } from "node:crypto"
import { test } from "node:test"
import { suiteOf } from "./cipher-suites.ts"
import { Direction, FAILURES_MAX } from "./direction.ts"
import { Epoch } from "./key-path.ts"
import { AeadCipher, CbcCipher } from "./record-cipher.ts"

const APPLICATION = 23
const CBC = suiteOf("TLS_RSA_WITH_AES_128_CBC_SHA")!
const MAC_KEY = Buffer.alloc(20, 3)
const KEY = Buffer.alloc(16, 5)
const none = (): null => null

const head = (sequence: number, version: number, length: number): Buffer => {
  const out = Buffer.alloc(13)
  out.writeUInt32BE(sequence, 4)
  out[8] = APPLICATION
  out.writeUInt16BE(version, 9)
  out.writeUInt16BE(length, 11)
  return out
}
const macOf = (...parts: Buffer[]): Buffer => createHmac("sha1", MAC_KEY).update(Buffer.concat(parts)).digest()
const padded = (bytes: Buffer): Buffer => {
  const padding = 15 - (bytes.length % 16)
  return Buffer.concat([bytes, Buffer.alloc(padding + 1, padding)])
}

/** Seals texts one after the other, TLS 1.0: each one's IV is the end of the one before. */
function chain(texts: readonly string[], isMacOutside: boolean): Buffer[] {
  let iv: Buffer = Buffer.alloc(16, 9)
  return texts.map((text, sequence) => {
    const plain = Buffer.from(text)
    const inside = isMacOutside ? plain : Buffer.concat([plain, macOf(head(sequence, 0x0301, plain.length), plain)])
    const cipher = createCipheriv("aes-128-cbc", KEY, iv).setAutoPadding(false)
    const sealed = cipher.update(padded(inside))
    iv = sealed.subarray(sealed.length - 16)
    return isMacOutside ? Buffer.concat([sealed, macOf(head(sequence, 0x0301, sealed.length), sealed)]) : sealed
  })
}

function chained(isMacOutside: boolean): Direction {
  const direction = new Direction()
  const keys = { key: Buffer.from(KEY), iv: Buffer.alloc(16, 9), macKey: Buffer.from(MAC_KEY) }
  const cipher = new CbcCipher(CBC, keys, 0x0301, isMacOutside)
  direction.enter({ epoch: Epoch.application, cipher, secret: null })
  return direction
}

const open = (direction: Direction, record: Buffer, wireEnd: number): string | null =>
  direction.open(APPLICATION, 0x0301, record, 0, record.length, wireEnd, none)?.toString() ?? null

for (const isMacOutside of [false, true])
  test(`TLS 1.0, HMAC ${isMacOutside ? "around" : "inside"} the encryption: behind a loss the first record has no IV`, () => {
    const records = chain(["first", "second", "third", "fourth", "fifth"], isMacOutside)
    const ends = records.map((_, i) => records.slice(0, i + 1).reduce((sum, one) => sum + one.length + 5, 0))
    const direction = chained(isMacOutside)
    assert.equal(open(direction, records[0]!, ends[0]!), "first")
    direction.lose(-1, records[1]!.length + 5, ends[0]!)
    assert.equal(open(direction, records[2]!, ends[2]!), null)
    direction.miss(records[2]!.length)
    assert.equal(open(direction, records[3]!, ends[3]!), "fourth")
    assert.equal(direction.gapRecords, 2)
    assert.ok(direction.gapBytes >= "secondthird".length)
    assert.equal(open(direction, records[4]!, ends[4]!), "fifth")
  })

const GCM = suiteOf("TLS_AES_128_GCM_SHA256")!

/** Records of TLS 1.3 from number 0 on, each with `length` bytes of content. */
function sealed13(count: number, length: number): Buffer[] {
  return Array.from({ length: count }, (_, sequence) => {
    const nonce = Buffer.alloc(12, 7)
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8)
    const cipher = createCipheriv("aes-128-gcm", KEY, nonce)
    cipher.setAAD(Buffer.from([APPLICATION, 3, 3, (length + 17) >> 8, (length + 17) & 255]))
    const body = cipher.update(Buffer.concat([Buffer.alloc(length, sequence), Buffer.from([APPLICATION])]))
    cipher.final()
    return Buffer.concat([body, cipher.getAuthTag()])
  })
}

function direction13(): Direction {
  const direction = new Direction()
  const keys = { key: Buffer.from(KEY), iv: Buffer.alloc(12, 7), macKey: Buffer.alloc(0) }
  direction.enter({ epoch: Epoch.application, cipher: new AeadCipher(GCM, keys, true), secret: null })
  return direction
}

test("behind a loss of any length the number is found, and the plaintext that is missing is exact", () => {
  const records = sealed13(140, 50)
  const wire = records[0]!.length + 5
  for (const lost of [1, 2, 30, 120]) {
    const direction = direction13()
    const first = records[0]!
    direction.open(APPLICATION, 0x0303, first, 0, first.length, wire, none)
    direction.lose(-1, lost * wire - 3, wire)
    const next = records[lost + 1]!
    const plain = direction.open(APPLICATION, 0x0303, next, 0, next.length, (lost + 2) * wire, none)
    assert.equal(plain?.[0], lost + 1)
    assert.deepEqual([direction.gapRecords, direction.gapBytes], [lost, lost * 50])
  }
})

test("a loss that is known record by record needs no search", () => {
  const records = sealed13(10, 50)
  const direction = direction13()
  direction.lose(3, 3 * records[0]!.length, 0)
  const next = records[3]!
  assert.notEqual(direction.open(APPLICATION, 0x0303, next, 0, next.length, 4 * (next.length + 5), none), null)
  assert.deepEqual([direction.authFailures, direction.gapBytes], [0, 150])
})

test("garbage opens nothing, and costs a bounded number of tries", () => {
  const direction = direction13()
  const garbage = Buffer.alloc(100, 0xee)
  direction.lose(-1, 1 << 20, 0)
  for (let i = 0; i < 100; i++) {
    assert.equal(direction.open(APPLICATION, 0x0303, garbage, 0, 100, 105 * i, none), null)
    direction.miss(100)
  }
  assert.ok(direction.isExhausted)
  assert.equal(direction.authFailures, FAILURES_MAX)
})

test("records too short for their cipher, and of no whole blocks, open nothing and do not throw", () => {
  for (let length = 0; length < 60; length++) {
    const bytes = Buffer.alloc(length)
    for (const direction of [chained(false), chained(true), direction13()])
      assert.equal(direction.open(APPLICATION, 0x0301, bytes, 0, length, length + 5, none), null)
  }
})

test("suites are told from their names; those that are not read are none", () => {
  const names = ["TLS_RSA_WITH_NULL_SHA", "TLS_RSA_WITH_RC4_128_SHA", "", "0x1a1a", "TLS_SM4_GCM_SM3"]
  for (const name of names) assert.equal(suiteOf(name), null, name)
  assert.equal(suiteOf("TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256")?.tagBytes, 8)
  assert.equal(suiteOf("TLS_RSA_WITH_3DES_EDE_CBC_SHA")?.blockBytes, 8)
  assert.equal(suiteOf("TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256")?.isChacha, true)
})
