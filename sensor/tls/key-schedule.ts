// Keys of the record layer from the secrets of a key log. TLS 1.0 to 1.2: from the master secret and both randoms
// (RFC 2246 and RFC 5246 sections 5 and 6.3); whether that secret was made the extended way (RFC 7627) no longer matters. TLS 1.3:
// from one traffic secret a direction (RFC 8446 sections 7.1 to 7.3).
import { createHmac } from "node:crypto"
import type { CipherSuite, Digest } from "./cipher-suites.ts"

/** What protects the records of one direction. Whoever takes it over fills it with zeros. */
export interface DirectionKeys {
  readonly key: Buffer
  /** All of the nonce, or the part of it that does not come with the record. Empty for CBC with an IV in each record. */
  readonly iv: Buffer
  /** Of the HMAC of `cbc` records; empty otherwise. */
  readonly macKey: Buffer
}

export interface KeyBlock {
  readonly client: DirectionKeys
  readonly server: DirectionKeys
}

const NONE = Buffer.alloc(0)
/** Bytes of the nonce that TLS 1.2 takes from the keys for GCM and CCM; the other 8 come with the record. */
export const SALT_BYTES = 4
export const NONCE_BYTES = 12

/** `version`: 0x0301 to 0x0303. */
export function keyBlock(
  suite: CipherSuite,
  version: number,
  master: Uint8Array,
  clientRandom: Uint8Array,
  serverRandom: Uint8Array,
): KeyBlock {
  const macBytes = suite.kind === "cbc" ? suite.tagBytes : 0
  const ivBytes = ivBytesOf(suite, version)
  const seed = Buffer.concat([Buffer.from("key expansion"), serverRandom, clientRandom])
  const block = expand(suite, version, master, seed, 2 * (macBytes + suite.keyBytes + ivBytes))
  let at = 0
  const take = (length: number): Buffer => {
    const part = length === 0 ? NONE : Buffer.from(block.subarray(at, at + length))
    at += length
    return part
  }
  const macs = [take(macBytes), take(macBytes)] as const
  const keys = [take(suite.keyBytes), take(suite.keyBytes)] as const
  const ivs = [take(ivBytes), take(ivBytes)] as const
  block.fill(0)
  return {
    client: { macKey: macs[0], key: keys[0], iv: ivs[0] },
    server: { macKey: macs[1], key: keys[1], iv: ivs[1] },
  }
}

function ivBytesOf(suite: CipherSuite, version: number): number {
  if (suite.kind === "aead") return suite.isChacha ? NONCE_BYTES : SALT_BYTES
  return version === 0x0301 ? suite.blockBytes : 0
}

function expand(suite: CipherSuite, version: number, secret: Uint8Array, seed: Buffer, length: number): Buffer {
  if (version >= 0x0303) return pHash(suite.hash, secret, seed, length)
  const half = Math.ceil(secret.length / 2)
  const out = pHash("md5", secret.subarray(0, half), seed, length)
  const other = pHash("sha1", secret.subarray(secret.length - half), seed, length)
  for (let i = 0; i < length; i++) out[i]! ^= other[i]!
  other.fill(0)
  return out
}

function pHash(digest: Digest | "md5", secret: Uint8Array, seed: Buffer, length: number): Buffer {
  const out = Buffer.alloc(length)
  let a: Buffer = seed
  for (let at = 0; at < length; ) {
    a = createHmac(digest, secret).update(a).digest()
    const part = createHmac(digest, secret).update(a).update(seed).digest()
    at += part.copy(out, at)
    part.fill(0)
  }
  return out
}

/** Keys of one direction of TLS 1.3 from its traffic secret. */
export function trafficKeys(suite: CipherSuite, secret: Uint8Array): DirectionKeys {
  return {
    key: expandLabel(suite, secret, "key", suite.keyBytes),
    iv: expandLabel(suite, secret, "iv", NONCE_BYTES),
    macKey: NONE,
  }
}

/** The traffic secret after a KeyUpdate. */
export function nextSecret(suite: CipherSuite, secret: Uint8Array): Buffer {
  return expandLabel(suite, secret, "traffic upd", secret.length)
}

/** HKDF-Expand-Label with an empty context, for at most one hash of output. */
function expandLabel(suite: CipherSuite, secret: Uint8Array, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`)
  const info = Buffer.concat([Buffer.from([length >> 8, length & 0xff, name.length]), name, Buffer.from([0, 1])])
  const whole = createHmac(suite.hash, secret).update(info).digest()
  const out = Buffer.from(whole.subarray(0, length))
  whole.fill(0)
  return out
}
