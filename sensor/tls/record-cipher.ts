// Opens protected records of one direction: given the right sequence number, what its sender put in, and otherwise nothing.
//
// In:  a record as it was on the wire, the number it is taken to have. Out: its plaintext, or null when it does not prove
// authentic under that number. Nothing that is not authentic is ever returned. A try costs about 10 µs and more with the
// length, so whoever calls bounds the tries. TLS 1.2 AEAD: RFC 5246 section 6.2.3.3; CBC: section 6.2.3.2 and RFC 7366; TLS 1.3: RFC 8446
// section 5.2.
import { type CipherGCM, createDecipheriv, createHmac, createSecretKey, type KeyObject } from "node:crypto"
import type { CipherSuite } from "./cipher-suites.ts"
import { type DirectionKeys, NONCE_BYTES, SALT_BYTES } from "./key-schedule.ts"
import { HEADER_BYTES } from "./record-header.ts"

export interface RecordCipher {
  /** Bytes of a record's content that are not plaintext, at least. */
  readonly overheadBytes: number
  /** `bytes` [start, end): content of the record of that `type` and `version`. Null: it is not the record of that number. */
  open(sequence: number, type: number, version: number, bytes: Uint8Array, start: number, end: number): Buffer | null
  /** The record went by, opened or not. */
  pass(bytes: Uint8Array, start: number, end: number): void
  /** Records before the next one were lost. */
  lose(): void
  /** Fills the keys with zeros. */
  forget(): void
}

const EXPLICIT_BYTES = 8

/** AEAD of TLS 1.2 (`isTls13` false) and 1.3. */
export class AeadCipher implements RecordCipher {
  readonly overheadBytes: number
  readonly #suite: CipherSuite
  #key: KeyObject | null
  readonly #iv: Buffer
  readonly #isTls13: boolean
  /** Part of the nonce that each record of TLS 1.2 brings along. */
  readonly #explicitBytes: number
  readonly #nonce = Buffer.alloc(NONCE_BYTES)
  readonly #additional: Buffer

  constructor(suite: CipherSuite, keys: DirectionKeys, isTls13: boolean) {
    this.#suite = suite
    this.#key = ownKey(keys.key)
    this.#iv = keys.iv
    this.#isTls13 = isTls13
    this.#explicitBytes = isTls13 || suite.isChacha ? 0 : EXPLICIT_BYTES
    this.#additional = Buffer.alloc(isTls13 ? HEADER_BYTES : 13)
    // One byte says what type the content of TLS 1.3 is.
    this.overheadBytes = this.#explicitBytes + suite.tagBytes + (isTls13 ? 1 : 0)
  }

  open(sequence: number, type: number, version: number, bytes: Uint8Array, start: number, end: number): Buffer | null {
    const { algorithm, tagBytes } = this.#suite
    const from = start + this.#explicitBytes
    const to = end - tagBytes
    if (to < from) return null
    this.#fillNonce(sequence, bytes, start)
    const additional = this.#additional
    if (this.#isTls13) putHeader(additional, 0, type, version, end - start)
    else {
      putSequence(additional, sequence)
      putHeader(additional, 8, type, version, to - from)
    }
    // The types of node:crypto know each mode by its name only.
    const decipher = createDecipheriv(algorithm as "aes-128-gcm", this.#key!, this.#nonce, {
      authTagLength: tagBytes,
    }) as unknown as CipherGCM & { setAuthTag(tag: Uint8Array): void }
    try {
      decipher.setAuthTag(bytes.subarray(to, end))
      decipher.setAAD(additional, { plaintextLength: to - from })
      const plain = decipher.update(bytes.subarray(from, to))
      decipher.final()
      return plain
    } catch {
      return null
    }
  }

  pass(): void {}

  lose(): void {}

  forget(): void {
    this.#key = null
    this.#iv.fill(0)
    this.#nonce.fill(0)
  }

  #fillNonce(sequence: number, bytes: Uint8Array, start: number): void {
    const nonce = this.#nonce
    const iv = this.#iv
    if (this.#explicitBytes > 0) {
      nonce.set(iv, 0)
      nonce.set(bytes.subarray(start, start + EXPLICIT_BYTES), SALT_BYTES)
      return
    }
    nonce.fill(0)
    putSequence(nonce, sequence, NONCE_BYTES - 8)
    for (let i = 0; i < NONCE_BYTES; i++) nonce[i]! ^= iv[i]!
  }
}

/**
 * CBC with an HMAC: inside the encryption, or around it (`isMacOutside`). TLS 1.0 takes the IV from the end of the record before:
 * where that was lost, an HMAC around the encryption does not prove the first block, and the record is not opened.
 */
export class CbcCipher implements RecordCipher {
  readonly overheadBytes: number
  readonly #suite: CipherSuite
  #key: KeyObject | null
  #macKey: KeyObject | null
  readonly #iv: Buffer
  readonly #isMacOutside: boolean
  readonly #isChained: boolean
  readonly #head = Buffer.alloc(13)
  /** The IV at hand is not that of the next record. */
  #isBroken = false
  /** The record at hand is authentic, though it cannot be read. */
  #isProven = false

  constructor(suite: CipherSuite, keys: DirectionKeys, version: number, isMacOutside: boolean) {
    this.#suite = suite
    this.#key = ownKey(keys.key)
    this.#macKey = ownKey(keys.macKey)
    this.#iv = keys.iv
    this.#isMacOutside = isMacOutside
    this.#isChained = version <= 0x0301
    this.overheadBytes = (this.#isChained ? 0 : suite.blockBytes) + suite.tagBytes + 1
  }

  open(sequence: number, type: number, version: number, bytes: Uint8Array, start: number, end: number): Buffer | null {
    const { blockBytes, tagBytes } = this.#suite
    const macStart = this.#isMacOutside ? end - tagBytes : end
    const from = this.#isChained ? start : start + blockBytes
    const encrypted = macStart - from
    if (encrypted < blockBytes || encrypted % blockBytes !== 0) return null
    if (this.#isMacOutside && !this.#isMac(sequence, type, version, bytes, start, macStart, bytes, macStart))
      return null
    this.#isProven = true
    if (this.#isBroken && this.#isMacOutside) return null
    const iv = this.#isChained ? this.#iv : bytes.subarray(start, from)
    const decipher = createDecipheriv(this.#suite.algorithm, this.#key!, iv)
    decipher.setAutoPadding(false)
    const padded = decipher.update(bytes.subarray(from, macStart))
    const length = withoutPadding(padded)
    if (this.#isMacOutside) return length < 0 ? null : padded.subarray(0, length)
    const plainBytes = length - tagBytes
    if (plainBytes < 0 || !this.#isMac(sequence, type, version, padded, 0, plainBytes, padded, plainBytes)) return null
    return padded.subarray(0, plainBytes)
  }

  pass(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#isChained) return
    // What is no record of this session is no link of the chain; an HMAC inside proves the IV along with the rest.
    this.#isBroken = this.#isMacOutside && !this.#isProven
    this.#isProven = false
    const last = this.#isMacOutside ? end - this.#suite.tagBytes : end
    if (last - this.#suite.blockBytes >= start) this.#iv.set(bytes.subarray(last - this.#suite.blockBytes, last))
  }

  lose(): void {
    this.#isBroken = this.#isChained
  }

  forget(): void {
    this.#key = null
    this.#macKey = null
    this.#iv.fill(0)
  }

  /** Whether the HMAC at `at` of `macs` is that of bytes [start, end) as the record of this number. */
  #isMac(
    sequence: number,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    macs: Uint8Array,
    at: number,
  ): boolean {
    const head = this.#head
    putSequence(head, sequence)
    putHeader(head, 8, type, version, end - start)
    const mac = createHmac(this.#suite.mac, this.#macKey!).update(head).update(bytes.subarray(start, end)).digest()
    // Whoever could measure this is not the one who sends: nothing answers here.
    return mac.equals(macs.subarray(at, at + mac.length))
  }
}

/**
 * Takes over a key, and fills its bytes with zeros: OpenSSL's copy, cleared when it is dropped, is the only one, and has no form
 * that anything prints. A cipher made with it costs a third of one made with bytes (4.8 against 17 µs).
 */
function ownKey(bytes: Buffer): KeyObject {
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}

/** Length without the padding and its length byte; -1 when it is no padding. */
function withoutPadding(bytes: Uint8Array): number {
  const padding = bytes[bytes.length - 1]!
  const length = bytes.length - 1 - padding
  if (length < 0) return -1
  for (let i = length; i < bytes.length; i++) if (bytes[i] !== padding) return -1
  return length
}

/** 64 bits, big-endian; numbers beyond 2^53 are never reached. */
function putSequence(out: Buffer, sequence: number, at = 0): void {
  out.writeUInt32BE(Math.floor(sequence / 4294967296), at)
  out.writeUInt32BE(sequence >>> 0, at + 4)
}

function putHeader(out: Buffer, at: number, type: number, version: number, length: number): void {
  out[at] = type
  out.writeUInt16BE(version, at + 1)
  out.writeUInt16BE(length, at + 3)
}
