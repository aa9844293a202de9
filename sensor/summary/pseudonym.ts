// Keyed pseudonyms: what stands in an event for an address, a credential, an object.
//
// In:  a domain and bytes.   Out: HMAC-SHA-256 under that domain's key, truncated: 48 bits as 12 hex digits or as a number,
// 32 bits as a hash. One tenant has one key, so that its sensors agree; each domain has a key of its own derived from it,
// so that the same bytes in two roles cannot be joined. The key never prints, serialises or leaves. RFC 2104, FIPS 180-4.
import { HmacSha256 } from "../../shared/bytes/sha256.ts"

export const KEY_BYTES = 32
/** Epoch 0 is "unknown" in envelopes; keys count from 1. */
const EPOCH_MAX = 65_535

/** What the pseudonym stands for. Names are part of the derivation: changing one changes every pseudonym of that domain. */
export const Domain = {
  address: "sonde/address",
  prefix: "sonde/prefix",
  credential: "sonde/credential",
  principal: "sonde/principal",
  object: "sonde/object",
  agent: "sonde/agent",
  scope: "sonde/scope",
  keyId: "sonde/key-id",
  exchange: "sonde/exchange",
} as const
export type Domain = (typeof Domain)[keyof typeof Domain]

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"))
const hex16 = (bits: number): string => HEX[(bits >>> 8) & 0xff]! + HEX[bits & 0xff]!

/** One domain's pseudonyms. */
export class Pseudonyms {
  readonly #hmac: HmacSha256

  constructor(key: Uint8Array) {
    this.#hmac = new HmacSha256(key)
  }

  /** 48 bits as 12 hex digits. */
  text(bytes: Uint8Array, start: number, end: number): string {
    this.#hmac.mac(bytes, start, end)
    const words = this.#hmac.words
    return hex16(words[0]! >>> 16) + hex16(words[0]!) + hex16(words[1]! >>> 16)
  }

  /** 48 bits as a number, never 0. */
  number(bytes: Uint8Array, start: number, end: number): number {
    this.#hmac.mac(bytes, start, end)
    const words = this.#hmac.words
    return (words[0]! >>> 0) * 65_536 + (words[1]! >>> 16) || 1
  }

  /** 32 bits, unsigned, never 0. */
  hash(bytes: Uint8Array, start: number, end: number): number {
    this.#hmac.mac(bytes, start, end)
    return this.#hmac.words[0]! >>> 0 || 1
  }
}

/** The tenant's key. */
export class PseudonymKey {
  readonly #bytes: Uint8Array
  /** Number of this key among the tenant's keys, for the envelope. */
  readonly epoch: number
  /** The key that was in force before, while two epochs overlap; else null. */
  readonly former: PseudonymKey | null

  /** `bytes`: KEY_BYTES of them, from a source that cannot be guessed. */
  constructor(bytes: Uint8Array, epoch = 1, former: PseudonymKey | null = null) {
    if (bytes.length !== KEY_BYTES) throw new RangeError(`a pseudonym key has ${KEY_BYTES} bytes`)
    this.#bytes = Uint8Array.from(bytes)
    this.epoch = epoch
    this.former = former
  }

  of(domain: Domain): Pseudonyms {
    return new Pseudonyms(this.derive(domain))
  }

  /** KEY_BYTES of that domain's own. */
  derive(domain: Domain): Uint8Array {
    const hmac = new HmacSha256(this.#bytes)
    const name = Buffer.from(domain, "latin1")
    hmac.mac(name, 0, name.length)
    const key = new Uint8Array(KEY_BYTES)
    const view = new DataView(key.buffer)
    for (let i = 0; i < 8; i++) view.setInt32(i * 4, hmac.words[i]!)
    return key
  }
}

/** Text of a key file: "EPOCH:BASE64" and a line feed. `random`: KEY_BYTES bytes from the system's generator. */
export function formatKey(random: Uint8Array, epoch = 1): string {
  if (random.length !== KEY_BYTES) throw new RangeError(`a pseudonym key has ${KEY_BYTES} bytes`)
  return `${epoch}:${Buffer.from(random).toString("base64")}\n`
}

/**
 * The key in a key file: 32 bytes as 64 hex digits or as base64, after an optional "EPOCH:". A mistake is one sentence that
 * names neither the key nor any part of it.
 */
export function parseKey(file: Uint8Array): { key: PseudonymKey } | { mistake: string } {
  if (file.length > 1024) return { mistake: "the key file is longer than any key" }
  const text = Buffer.from(file).toString("latin1").trim()
  const parts = /^(?:(\d{1,5}):)?([A-Za-z0-9+/_=-]+)$/.exec(text)
  if (parts === null) return { mistake: 'the key file does not hold "EPOCH:KEY" with a key in base64 or hex' }
  const epoch = parts[1] === undefined ? 1 : Number(parts[1])
  if (epoch < 1 || epoch > EPOCH_MAX) return { mistake: `the key's epoch is not between 1 and ${EPOCH_MAX}` }
  const body = parts[2]!
  const bytes = /^[0-9a-f]{64}$/i.test(body) ? Buffer.from(body, "hex") : Buffer.from(body, "base64")
  if (bytes.length !== KEY_BYTES) return { mistake: `the key has ${bytes.length} bytes, not ${KEY_BYTES}` }
  return { key: new PseudonymKey(bytes, epoch) }
}
