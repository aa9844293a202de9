// Keyed pseudonyms: what stands in an event for an address, a credential, an object.
//
// In:  a domain and bytes.   Out: HMAC-SHA-256 under that domain's key, truncated: 48 bits as 12 hex digits or as a number,
// 32 bits as a hash. One tenant has one key, so that its sensors agree; each domain has a key of its own derived from it,
// so that the same bytes in two roles cannot be joined. The key never prints, serialises or leaves. RFC 2104, FIPS 180-4.
import { HmacSha256 } from "../../../shared/bytes/sha256.ts"

export const KEY_BYTES = 32

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
  call: "sonde/call",
  token: "sonde/token",
  value: "sonde/value",
  sampling: "sonde/sampling",
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
  /**
   * The key before this one, while the two overlap: credentials and principals are then named under both, so that the
   * collector knows a consumer again. Null otherwise.
   */
  readonly former: PseudonymKey | null
  /** End of the overlap in packet time, µs since 1970; 0 without a former key. */
  readonly formerUntilUs: number

  /** `bytes`: KEY_BYTES of them, from a source that cannot be guessed. */
  constructor(bytes: Uint8Array, epoch = 1, former: PseudonymKey | null = null, formerUntilUs = 0) {
    if (bytes.length !== KEY_BYTES) throw new RangeError(`a pseudonym key has ${KEY_BYTES} bytes`)
    this.#bytes = Uint8Array.from(bytes)
    this.epoch = epoch
    this.former = former
    this.formerUntilUs = former === null ? 0 : formerUntilUs
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
