// One credential, as found at one place: whose it is, at the time of each request.
//
//   identity of a token:   age 0 | 1 | 2-3 | 4-7 | ...  seconds since it was issued, then expired       one record a bucket
//   of a session cookie:   its own principal | that of the login that set it, once that was seen
//
// A request asks `at(time)`, which is mostly the answer it gave last: two comparisons. Times are packet times, µs.
import type { Identity } from "../../../shared/event/api-event.ts"
import type { Location } from "./locations.ts"
import type { Link, Sessions } from "./sessions.ts"

export interface CredentialFacts {
  readonly location: Location
  /** The value, for comparison; empty when it is not kept. */
  readonly bytes: Buffer
  readonly scheme: string
  /** At the time of its issue; null: the scheme tells nothing of the principal, who is then known by the client. */
  readonly identity: Identity | null
  /** By its rule, what stands there is not what the rule speaks of, or no credential at all. */
  readonly verdict: Verdict
  readonly issuedUs: number
  readonly expiresUs: number
  /** It names nobody: the principal is the credential itself, or who logged in. */
  readonly isLinkable: boolean
  /** The JWT declares no signature. */
  readonly isUnsigned: boolean
  /** The tenant that it names, for comparison with the path; null without one. */
  readonly tenant: Buffer | null
}

/** `other`: the next rule is asked. `ignored`: so is it, and no rule takes what stands at this place. */
export const Verdict = { mine: 0, other: 1, ignored: 2 } as const
export type Verdict = (typeof Verdict)[keyof typeof Verdict]

export class Credential implements CredentialFacts {
  readonly location: Location
  readonly bytes: Buffer
  readonly scheme: string
  readonly identity: Identity | null
  readonly verdict: Verdict
  readonly issuedUs: number
  readonly expiresUs: number
  readonly isLinkable: boolean
  readonly isUnsigned: boolean
  readonly tenant: Buffer | null
  readonly #intern: (identity: Identity) => Identity
  readonly #sessions: Sessions
  #link: Link | null = null
  /** Sessions.version when the link was looked for. */
  #version = -1
  #current: Identity | null = null
  /** `#current` holds from here to there. */
  #fromUs = 0
  #untilUs = 0

  constructor(facts: CredentialFacts, intern: (identity: Identity) => Identity, sessions: Sessions) {
    this.location = facts.location
    this.bytes = facts.bytes
    this.scheme = facts.scheme
    this.identity = facts.identity
    this.verdict = facts.verdict
    this.issuedUs = facts.issuedUs
    this.expiresUs = facts.expiresUs
    this.isLinkable = facts.isLinkable
    this.isUnsigned = facts.isUnsigned
    this.tenant = facts.tenant
    this.#intern = intern
    this.#sessions = sessions
  }

  /** Whose it is at `timeUs`. Only for one that has an identity. */
  at(timeUs: number): Identity {
    if (this.isLinkable) this.#look(timeUs)
    const current = this.#current
    if (current !== null && timeUs >= this.#fromUs && timeUs < this.#untilUs) return current
    return this.#renew(timeUs)
  }

  /** Finds the link, or ends it. */
  #look(timeUs: number): void {
    const link = this.#link
    if (link !== null && !this.#sessions.isAlive(link, timeUs)) {
      this.#link = null
      this.#current = null
    }
    if (this.#version === this.#sessions.version) return
    this.#version = this.#sessions.version
    const found = this.#sessions.of(this.identity!.credential, timeUs)
    if (found === this.#link) return
    this.#link = found
    this.#current = null
  }

  #renew(timeUs: number): Identity {
    const expired = timeUs > this.expiresUs
    const ageLog2 = this.issuedUs < 0 ? -1 : Math.floor(Math.log2(Math.max(1, (timeUs - this.issuedUs) / 1e6)))
    const at = (log2: number): number => this.issuedUs + 2 ** log2 * 1e6
    const from = ageLog2 <= 0 ? Number.NEGATIVE_INFINITY : at(ageLog2)
    const until = ageLog2 < 0 ? Number.POSITIVE_INFINITY : at(ageLog2 + 1)
    // Expiry is past the stated microsecond.
    const expiry = this.expiresUs + 1
    this.#fromUs = expired ? Math.max(from, expiry) : from
    this.#untilUs = expired ? until : Math.min(until, expiry)
    const { principal, formerPrincipal, name } = this.#link ?? this.identity!
    this.#current = this.#intern({ ...this.identity!, principal, formerPrincipal, name, ageLog2, expired })
    return this.#current
  }
}
