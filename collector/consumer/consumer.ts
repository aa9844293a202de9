// A consumer: the principal behind a credential, whatever credential it shows today, and what it did in total.
//
// In:  exchanges of one (scheme, issuer, principal), with the identity and client records that they carry.
// Out: the record that the store keeps. Partners, rotation and contracts build on it with their own issue.
import type { ApiEvent, Client, Identity } from "../../shared/event/api-event.ts"
import { isError } from "../inventory/answer.ts"
import { BoundedNames } from "../inventory/bounded-counts.ts"
import type { InventoryLimits, LimitCounters } from "../inventory/limits.ts"
import type { ConsumerRecord } from "../store/records.ts"

const SHORT = 6

/** What makes an identity the same consumer as another. */
export function consumerKey(scheme: string, issuer: string, principal: string): string {
  return `${scheme}\n${issuer}\n${principal}`
}

/** What people call it: the name that the rules allow, else scheme and short pseudonym. */
export function consumerName(identity: Identity, client: Client): string {
  if (identity.name !== "") return identity.name
  const short = identity.principal.slice(0, SHORT)
  if (identity.scheme !== "none") return `${identity.scheme}:${short}`
  return client.userAgentFamily === "" ? `anonymous ${short}` : `anonymous ${client.userAgentFamily} ${short}`
}

export class Consumer {
  readonly id: string
  /** 1, 2, 3, ... in this process: half of a pair's key. */
  readonly ordinal: number
  readonly scheme: string
  /** Under the newest key that it was seen with. */
  principal: string
  readonly issuer: string
  name: string
  rule: string
  partner: string | null = null
  firstSeenUs = Number.POSITIVE_INFINITY
  lastSeenUs = Number.NEGATIVE_INFINITY
  requests = 0
  errors = 0
  /** Distinct endpoints used. */
  endpoints = 0
  isDirty = false
  readonly #formerPrincipals: BoundedNames<string>
  readonly #credentials: BoundedNames<string>
  readonly #userAgents: BoundedNames<string>
  readonly #prefixes: BoundedNames<string>
  readonly #reached: LimitCounters

  constructor(
    identity: Pick<ConsumerRecord, "id" | "name" | "scheme" | "principal" | "issuer" | "rule">,
    ordinal: number,
    limits: InventoryLimits,
    reached: LimitCounters,
    record?: ConsumerRecord,
  ) {
    this.id = identity.id
    this.ordinal = ordinal
    this.name = identity.name
    this.scheme = identity.scheme
    this.principal = identity.principal
    this.issuer = identity.issuer
    this.rule = identity.rule
    this.#reached = reached
    this.#formerPrincipals = new BoundedNames(limits.names, record?.formerPrincipals)
    this.#credentials = new BoundedNames(limits.names, record?.credentials)
    this.#userAgents = new BoundedNames(limits.names, record?.userAgents)
    this.#prefixes = new BoundedNames(limits.names, record?.prefixes)
    if (record === undefined) return
    this.partner = record.partner
    this.firstSeenUs = record.firstSeenUs
    this.lastSeenUs = record.lastSeenUs
    this.requests = record.requests
    this.errors = record.errors
    this.endpoints = record.endpoints
  }

  /** Whether anything that it asked for was not refused. */
  get isProven(): boolean {
    return this.requests > this.errors
  }

  /** Once for each distinct (identity, client) of a batch. */
  note(identity: Identity, client: Client): void {
    if (identity.credential !== "" && !this.#credentials.add(identity.credential)) this.#reached.names++
    if (client.userAgentFamily !== "" && !this.#userAgents.add(client.userAgentFamily)) this.#reached.names++
    if (client.prefix !== "" && !this.#prefixes.add(client.prefix)) this.#reached.names++
  }

  /** From now on `principal`, which was `former` under the key before. False when there is no place for one more. */
  rekey(principal: string, former: string): boolean {
    for (const old of [former, this.principal]) {
      if (old === principal || this.#formerPrincipals.add(old)) continue
      this.#reached.names++
      return false
    }
    this.principal = principal
    return true
  }

  /** A conversation of it: seen, and not a request. */
  see(event: ApiEvent): void {
    if (event.startUs < this.firstSeenUs) this.firstSeenUs = event.startUs
    if (event.startUs > this.lastSeenUs) this.lastSeenUs = event.startUs
  }

  count(event: ApiEvent): void {
    this.requests++
    if (isError(event)) this.errors++
    this.see(event)
  }

  record(): ConsumerRecord {
    return {
      id: this.id,
      name: this.name,
      scheme: this.scheme,
      principal: this.principal,
      formerPrincipals: this.#formerPrincipals.list(),
      issuer: this.issuer,
      rule: this.rule,
      partner: this.partner,
      credentials: this.#credentials.list(),
      userAgents: this.#userAgents.list(),
      prefixes: this.#prefixes.list(),
      firstSeenUs: this.firstSeenUs,
      lastSeenUs: this.lastSeenUs,
      requests: this.requests,
      errors: this.errors,
      endpoints: this.endpoints,
    }
  }
}
