// From the bytes of a credential to an Identity: parsed once, remembered by its bytes.
//
// In:  a location and the value [start, end).   Out: a Credential record: the Identity, and its twin for after the expiry.
// Equal content gives the same Identity object while it is remembered. The bytes of credentials are kept in memory here,
// bounded, to be compared with those of the next request; they are never written or handed on.
import { ByteInterner, StringInterner } from "../../../shared/bytes/interner.ts"
import type { Identity } from "../../../shared/event/api-event.ts"
import type { SummaryCounters } from "../counters.ts"
import { escapeAt } from "../percent.ts"
import { Domain, type PseudonymKey, type Pseudonyms } from "../pseudonym.ts"
import { authorizationClaim, sigv4Claim, tokenClaim } from "./authorization.ts"
import type { Claim } from "./claim.ts"

/** Longest value read: what is beyond is not looked at. */
export const VALUE_MAX = 16_384
/** Longest value remembered by its bytes; a longer one is parsed each time. */
export const KEPT_MAX = 2048
const CREDENTIALS = { entries: 8192, keyBytes: 2 * 1024 * 1024 }
const IDENTITIES = 8192

/** Where a credential stands. One object a place, so that places compare by reference. */
export interface Location {
  /** "authorization", "header:x-api-key", "query:api_key", "cookie:sid", "matrix:jsessionid". */
  readonly text: string
  readonly kind: "authorization" | "field" | "query" | "cookie"
  readonly rule: string
  readonly id: number
}

export interface Credential {
  readonly location: Location
  /** The value, for comparison; empty when it is not kept. */
  readonly bytes: Buffer
  /** Packet time of the expiry, µs; Infinity without one. */
  readonly expiresUs: number
  /** Null: the scheme tells nothing of the principal, who is then known by the client. */
  readonly identity: Identity | null
  readonly expired: Identity | null
  readonly scheme: string
  /** The JWT declares no signature. */
  readonly isUnsigned: boolean
}

export class Credentials {
  readonly #known = new ByteInterner<Credential>(CREDENTIALS)
  readonly #identities = new StringInterner<Identity>(IDENTITIES)
  readonly #locations = new StringInterner<Location>(4096)
  readonly #key: Buffer = Buffer.alloc(VALUE_MAX + 4)
  readonly #credentials: Pseudonyms
  readonly #principals: Pseudonyms
  readonly #scopes: Pseudonyms
  readonly #keyIds: Pseudonyms
  readonly #counters: SummaryCounters
  #nextLocation = 1

  constructor(key: PseudonymKey, counters: SummaryCounters) {
    this.#credentials = key.of(Domain.credential)
    this.#principals = key.of(Domain.principal)
    this.#scopes = key.of(Domain.scope)
    this.#keyIds = key.of(Domain.keyId)
    this.#counters = counters
  }

  location(kind: Location["kind"], text: string, rule: string): Location {
    const key = `${rule}\n${text}`
    let location = this.#locations.find(key)
    if (location === undefined) {
      location = { kind, text, rule, id: this.#nextLocation++ }
      this.#locations.add(key, location)
    }
    return location
  }

  of(location: Location, bytes: Buffer, start: number, end: number): Credential {
    if (end - start > VALUE_MAX) end = start + VALUE_MAX
    const length = end - start
    const key = this.#key
    for (let i = 0; i < 4; i++) key[i] = location.id >>> (8 * i)
    bytes.copy(key, 4, start, end)
    if (length <= KEPT_MAX) {
      const known = this.#known.find(key, 0, 4 + length)
      if (known !== undefined && known.location === location) return known
    }
    const credential = this.#make(location, key, 4, 4 + length)
    if (credential.bytes.length > 0) this.#known.add(key, 0, 4 + length, credential)
    return credential
  }

  /** Who a client is without a credential: `key` names the client (address, software). */
  anonymous(scheme: string, location: string, rule: string, key: string): Identity {
    const bytes = Buffer.from(`client\n${key}`, "latin1")
    return this.identity({
      ...NOBODY,
      scheme,
      location,
      principal: this.#principals.text(bytes, 0, bytes.length),
      rule,
    })
  }

  /** The remembered object with that content. */
  identity(identity: Identity): Identity {
    const key = Object.values(identity).join("\n")
    const known = this.#identities.find(key)
    if (known !== undefined) return known
    this.#counters.made.identities++
    this.#identities.add(key, identity)
    return identity
  }

  #make(location: Location, bytes: Buffer, start: number, end: number): Credential {
    const facts = claimOf(location, bytes, start, end)
    if (facts.isMalformed) this.#counters.malformedCredentials++
    const identity = facts.principal === "" ? null : this.identity(this.#identityOf(facts, location))
    const hasExpiry = Number.isFinite(facts.expiresAt)
    return {
      location,
      bytes: facts.isSteady && end - start <= KEPT_MAX ? Buffer.from(bytes.subarray(start, end)) : EMPTY,
      expiresUs: facts.expiresAt * 1e6,
      identity,
      expired: identity === null || !hasExpiry ? identity : this.identity({ ...identity, expired: true }),
      scheme: facts.scheme,
      isUnsigned: facts.algorithm.toLowerCase() === "none",
    }
  }

  #identityOf(facts: Claim, location: Location): Identity {
    const { credential } = facts
    return {
      scheme: facts.scheme,
      location: location.text,
      credential: credential === "" ? "" : textOf(this.#credentials, credential),
      principal: textOf(this.#principals, facts.principal ?? `token\n${credential}`),
      name: facts.name,
      issuer: facts.issuer,
      scopeHash: facts.scope === "" ? 0 : hashOf(this.#scopes, facts.scope),
      keyIdHash: facts.keyId === "" ? 0 : hashOf(this.#keyIds, facts.keyId),
      algorithm: facts.algorithm,
      lifetimeLog2: facts.lifetimeLog2,
      expired: false,
      ageLog2: -1,
      formerCredential: "",
      formerPrincipal: "",
      rule: location.rule,
    }
  }
}

const EMPTY = Buffer.alloc(0)

function textOf(pseudonyms: Pseudonyms, text: string): string {
  const bytes = Buffer.from(text, "utf8")
  return pseudonyms.text(bytes, 0, bytes.length)
}

function hashOf(pseudonyms: Pseudonyms, text: string): number {
  const bytes = Buffer.from(text, "utf8")
  return pseudonyms.hash(bytes, 0, bytes.length)
}

function claimOf(location: Location, bytes: Buffer, start: number, end: number): Claim {
  if (location.kind === "authorization") return authorizationClaim(bytes.latin1Slice(start, end))
  const value = location.kind === "query" ? unescaped(bytes, start, end) : bytes.latin1Slice(start, end)
  if (location.kind === "query" && /:x-amz-credential$/i.test(location.text)) return sigv4Claim(value)
  const bare = location.kind === "field" ? value.replace(/^bearer +/i, "") : value
  return tokenClaim(bare, location.kind === "cookie" ? "cookie" : "api-key")
}

/** A query value with its escapes undone, as latin1. "+" stays: it is a digit of base64 here. */
function unescaped(bytes: Buffer, start: number, end: number): string {
  const out = Buffer.alloc(end - start)
  let at = 0
  for (let i = start; i < end; i++) {
    const escaped = bytes[i] === 0x25 ? escapeAt(bytes, i, end) : -1
    out[at++] = escaped >= 0 ? escaped : bytes[i]!
    if (escaped >= 0) i += 2
  }
  return out.latin1Slice(0, at)
}

/** Whom nothing is known of: the request was not seen. */
export const NOBODY: Identity = {
  scheme: "none",
  location: "",
  credential: "",
  principal: "",
  name: "",
  issuer: "",
  scopeHash: 0,
  keyIdHash: 0,
  algorithm: "",
  lifetimeLog2: -1,
  expired: false,
  ageLog2: -1,
  formerCredential: "",
  formerPrincipal: "",
  rule: "",
}
