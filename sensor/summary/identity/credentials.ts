// From the bytes of a credential to a Credential: parsed once, remembered by its bytes.
//
// In:  a location and the value [start, end).   Out: a Credential record, with the Identity of its holder.
// Equal content gives the same Identity object while it is remembered. The bytes of credentials are kept in memory here,
// bounded, to be compared with those of the next request; they are never written or handed on.
import { ByteInterner, StringInterner } from "../../../shared/bytes/interner.ts"
import type { Identity } from "../../../shared/event/api-event.ts"
import type { SummaryCounters } from "../counters.ts"
import { Domain, type PseudonymKey, type Pseudonyms } from "../privacy/pseudonym.ts"
import type { Claim } from "./claim.ts"
import { Credential, Verdict } from "./credential.ts"
import { type Location, Locations } from "./locations.ts"
import { readValue } from "./reading.ts"
import { Sessions } from "./sessions.ts"

/** Longest value read: what is beyond is not looked at. */
export const VALUE_MAX = 16_384
/** Longest value remembered by its bytes; a longer one is parsed each time. */
export const KEPT_MAX = 2048
const CREDENTIALS = { entries: 8192, keyBytes: 2 * 1024 * 1024 }
const IDENTITIES = 8192
const SESSION_TTL_US = 12 * 3600 * 1e6

/** Pseudonyms of one key. */
interface Writers {
  readonly credentials: Pseudonyms
  readonly principals: Pseudonyms
}

const writersOf = (key: PseudonymKey): Writers => ({
  credentials: key.of(Domain.credential),
  principals: key.of(Domain.principal),
})

export class Credentials {
  readonly locations = new Locations()
  readonly sessions: Sessions
  readonly #known = new ByteInterner<Credential>(CREDENTIALS)
  readonly #identities = new StringInterner<Identity>(IDENTITIES)
  readonly #key: Buffer = Buffer.alloc(VALUE_MAX + 4)
  readonly #writers: Writers
  /** Null: no key was in force before this one. */
  readonly #before: Writers | null
  /** End of the overlap of the two keys, µs; 0: it has none. */
  readonly #overlapUs: number
  readonly #scopes: Pseudonyms
  readonly #keyIds: Pseudonyms
  readonly #counters: SummaryCounters
  readonly #intern = (identity: Identity): Identity => this.identity(identity)

  constructor(key: PseudonymKey, counters: SummaryCounters, sessionTtlUs: number = SESSION_TTL_US) {
    this.#writers = writersOf(key)
    this.#before = key.former === null ? null : writersOf(key.former)
    this.#overlapUs = key.formerUntilUs
    this.#scopes = key.of(Domain.scope)
    this.#keyIds = key.of(Domain.keyId)
    this.#counters = counters
    this.sessions = new Sessions(counters, sessionTtlUs)
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

  /** Pseudonyms of the former key while it overlaps with this one, else null. */
  get #former(): Writers | null {
    return this.#overlapUs === 0 || this.sessions.timeUs <= this.#overlapUs ? this.#before : null
  }

  /** Who a client is without a credential: `key` names the client (address, software), `former` under the former key. */
  anonymous(scheme: string, location: string, rule: string, key: string, former: string): Identity {
    return this.identity({
      ...NOBODY,
      scheme,
      location,
      principal: textOf(this.#writers.principals, `client\n${key}`),
      formerPrincipal: formerText(this.#former, `client\n${former}`),
      rule,
    })
  }

  /** Pseudonym of a credential by its value: what an Identity of it has. */
  pseudonym(value: string): string {
    return textOf(this.#writers.credentials, value)
  }

  /** Pseudonyms of a principal by what they are taken of (see Claim.principal). */
  principal(text: string): { readonly principal: string; readonly formerPrincipal: string } {
    return {
      principal: textOf(this.#writers.principals, text),
      formerPrincipal: formerText(this.#former, text),
    }
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
    const { claim, verdict } = readValue(location, bytes, start, end)
    if (claim.isMalformed && verdict === Verdict.mine) this.#counters.malformedCredentials++
    const isNobody = claim.principal === "" || verdict !== Verdict.mine
    return new Credential(
      {
        location,
        bytes: claim.isSteady && end - start <= KEPT_MAX ? Buffer.from(bytes.subarray(start, end)) : EMPTY,
        scheme: claim.scheme,
        verdict,
        issuedUs: claim.issuedAt < 0 ? -1 : claim.issuedAt * 1e6,
        expiresUs: claim.expiresAt * 1e6,
        identity: isNobody ? null : this.identity(this.#identityOf(claim, location)),
        isLinkable: claim.principal === null && claim.credential !== "" && claim.scheme !== "basic",
        isUnsigned: claim.algorithm.toLowerCase() === "none",
        tenant: claim.tenant === "" ? null : Buffer.from(claim.tenant, "utf8"),
      },
      this.#intern,
      this.sessions,
    )
  }

  #identityOf(facts: Claim, location: Location): Identity {
    const { credential } = facts
    const former = this.#former
    return {
      scheme: facts.scheme,
      location: location.text,
      credential: credential === "" ? "" : this.pseudonym(credential),
      ...this.principal(facts.principal ?? `token\n${credential}`),
      name: facts.name,
      issuer: facts.issuer,
      scopeHash: facts.scope === "" ? 0 : hashOf(this.#scopes, facts.scope),
      keyIdHash: facts.keyId === "" ? 0 : hashOf(this.#keyIds, facts.keyId),
      algorithm: facts.algorithm,
      lifetimeLog2: facts.lifetimeLog2,
      expired: false,
      ageLog2: -1,
      formerCredential: former === null || credential === "" ? "" : textOf(former.credentials, credential),
      rule: location.rule.name,
    }
  }
}

const EMPTY = Buffer.alloc(0)

function textOf(pseudonyms: Pseudonyms, text: string): string {
  const bytes = Buffer.from(text, "utf8")
  return pseudonyms.text(bytes, 0, bytes.length)
}

function formerText(former: Writers | null, text: string): string {
  return former === null ? "" : textOf(former.principals, text)
}

function hashOf(pseudonyms: Pseudonyms, text: string): number {
  const bytes = Buffer.from(text, "utf8")
  return pseudonyms.hash(bytes, 0, bytes.length)
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
