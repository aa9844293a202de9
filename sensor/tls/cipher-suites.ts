// How records of a cipher suite are protected, told from its IANA name: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256".
//
// In: the name. Out: what the record layer and the key schedule need; null for suites that are not read: without
// encryption, with stream ciphers, with what no library here offers. How keys were agreed on does not matter to one who is
// given them. RFC 5246 section 6.2.3, RFC 5288, RFC 6655, RFC 7905, RFC 8446 appendix B.4.
import { getCipherInfo } from "node:crypto"

export type Digest = "sha1" | "sha256" | "sha384"

export interface CipherSuite {
  /** `aead`: the tag covers everything; `cbc`: blocks in a chain, with an HMAC beside them. */
  readonly kind: "aead" | "cbc"
  /** Name of the cipher in node:crypto. */
  readonly algorithm: string
  readonly isChacha: boolean
  readonly keyBytes: number
  /** Of a block, for `cbc`. */
  readonly blockBytes: number
  /** Of the tag, or of the HMAC. */
  readonly tagBytes: number
  /** HMAC of `cbc` records. */
  readonly mac: Digest
  /** Hash of the key schedule in TLS 1.2 and 1.3. */
  readonly hash: "sha256" | "sha384"
}

const AEAD = /^(AES|ARIA)_(128|256)_(GCM|CCM|CCM_8)(?:_(SHA256|SHA384))?$/
const CBC = /^(?:(AES|CAMELLIA|ARIA)_(128|256)|3DES_EDE)_CBC_(SHA|SHA256|SHA384)$/
const CHACHA = /^CHACHA20_POLY1305_SHA256$/

const suites = new Map<string, CipherSuite | null>()

/** `name` comes from a table of names, so that what is remembered is bounded. */
export function suiteOf(name: string): CipherSuite | null {
  let suite = suites.get(name)
  if (suite === undefined) {
    suite = readName(name)
    if (suite !== null && getCipherInfo(suite.algorithm) === undefined) suite = null
    suites.set(name, suite)
  }
  return suite
}

function readName(name: string): CipherSuite | null {
  const protection = name.slice(name.includes("_WITH_") ? name.indexOf("_WITH_") + 6 : "TLS_".length)
  if (CHACHA.test(protection)) return aead("chacha20-poly1305", 32, 16, "sha256")
  const [, cipher, bits, mode, hash] = AEAD.exec(protection) ?? []
  if (mode !== undefined) {
    const algorithm = `${cipher!.toLowerCase()}-${bits}-${mode.slice(0, 3).toLowerCase()}`
    return aead(algorithm, Number(bits) / 8, mode === "CCM_8" ? 8 : 16, hash === "SHA384" ? "sha384" : "sha256")
  }
  const [, block, blockBits, mac] = CBC.exec(protection) ?? []
  if (mac === undefined) return null
  const isTriple = block === undefined
  return {
    kind: "cbc",
    algorithm: isTriple ? "des-ede3-cbc" : `${block.toLowerCase()}-${blockBits}-cbc`,
    isChacha: false,
    keyBytes: isTriple ? 24 : Number(blockBits) / 8,
    blockBytes: isTriple ? 8 : 16,
    tagBytes: mac === "SHA384" ? 48 : mac === "SHA256" ? 32 : 20,
    mac: mac === "SHA384" ? "sha384" : mac === "SHA256" ? "sha256" : "sha1",
    hash: mac === "SHA384" ? "sha384" : "sha256",
  }
}

function aead(algorithm: string, keyBytes: number, tagBytes: number, hash: "sha256" | "sha384"): CipherSuite {
  const isChacha = algorithm === "chacha20-poly1305"
  return { kind: "aead", algorithm, isChacha, keyBytes, blockBytes: 1, tagBytes, mac: "sha256", hash }
}
