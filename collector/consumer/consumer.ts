// A consumer: the principal behind a credential, whatever credential it shows today, and what it did in total.
//
// In:  exchanges of one (scheme, issuer, principal), or of several that were merged; once a batch, what they showed of credentials
//      and clients. Out: the record that the store keeps.
import type { ApiEvent, Client, Identity } from "../../shared/event/api-event.ts"
import { isError } from "../inventory/answer.ts"
import { BoundedNames } from "../inventory/bounded-counts.ts"
import type { InventoryLimits, LimitCounters } from "../inventory/limits.ts"
import type { Watched } from "../inventory/watcher.ts"
import type { SightKind } from "../store/consumer-records.ts"
import type { ConsumerKeyRecord, ConsumerRecord } from "../store/records.ts"
import { dayOf, type RecentDays, withDay, withDays } from "./recent-days.ts"
import { SameShown } from "./same-shown.ts"
import type { Showing } from "./showing.ts"
import { Sights, type SightsMax, type Tally } from "./sights.ts"

const SHORT = 6
const NO_ALIASES: readonly ConsumerKeyRecord[] = []

/** What makes an identity the same consumer as another. */
export function consumerKey(scheme: string, issuer: string, principal: string): string {
  return `${scheme}\n${issuer}\n${principal}`
}

/** What its exchanges call it: the name that the rules allow, else scheme and short pseudonym. */
export function consumerName(identity: Identity, client: Client): string {
  if (identity.name !== "") return identity.name
  const short = identity.principal.slice(0, SHORT)
  if (identity.scheme !== "none") return `${identity.scheme}:${short}`
  return client.userAgentFamily === "" ? `anonymous ${short}` : `anonymous ${client.userAgentFamily} ${short}`
}

/** Where a credential stands, and its algorithm: "authorization RS256". */
function credentialKind({ location, algorithm }: Identity): string {
  return algorithm === "" ? location : `${location} ${algorithm}`
}

/** A 32-bit hash as text: "0000002a". */
function hashText(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, "0")
}

type Seed = Pick<ConsumerRecord, "id" | "seenName" | "scheme" | "principal" | "issuer" | "rule">

export class Consumer {
  readonly id: string
  /** 1, 2, 3, ... in this process: half of a pair's key. */
  readonly ordinal: number
  scheme: string
  /** Under the newest key that it was seen with. */
  principal: string
  issuer: string
  rule: string
  seenName: string
  /** By hand, "" for none. */
  givenName = ""
  partner: string | null = null
  partnerBy = ""
  firstSeenUs = Number.POSITIVE_INFINITY
  lastSeenUs = Number.NEGATIVE_INFINITY
  /** Bit i: seen i days before the day of `lastSeenUs`. */
  recentDays = 0
  requests = 0
  errors = 0
  /** Distinct endpoints used. */
  endpoints = 0
  isDirty = false
  watched: Watched | null = null
  /** It goes on as another one: nothing is written of it any more. */
  isMerged = false
  // Nearly all have none of these, and there are 100,000 of them.
  #formerPrincipals: BoundedNames<string> | null = null
  #aliases: readonly ConsumerKeyRecord[] = NO_ALIASES
  readonly #sights: Sights
  /** Since the last record only: it holds records of the batch that it came with. */
  #same: SameShown | null = null
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters

  constructor(seed: Seed, ordinal: number, limits: InventoryLimits, reached: LimitCounters, record?: ConsumerRecord) {
    this.id = seed.id
    this.ordinal = ordinal
    this.seenName = seed.seenName
    this.scheme = seed.scheme
    this.principal = seed.principal
    this.issuer = seed.issuer
    this.rule = seed.rule
    this.#limits = limits
    this.#reached = reached
    this.#sights = new Sights(record?.sights, record?.forgotten)
    if (record === undefined) return
    if (record.formerPrincipals.length > 0)
      this.#formerPrincipals = new BoundedNames(limits.names, record.formerPrincipals)
    if (record.aliases.length > 0) this.#aliases = [...record.aliases]
    this.givenName = record.name === record.seenName ? "" : record.name
    this.partner = record.partner
    this.partnerBy = record.partnerBy
    this.firstSeenUs = record.firstSeenUs
    this.lastSeenUs = record.lastSeenUs
    this.recentDays = record.recentDays
    this.requests = record.requests
    this.errors = record.errors
    this.endpoints = record.endpoints
  }

  get name(): string {
    return this.givenName === "" ? this.seenName : this.givenName
  }

  /** Whether anything that it asked for was not refused. */
  get isProven(): boolean {
    return this.requests > this.errors
  }

  get sights(): Sights {
    this.#addSame()
    return this.#sights
  }

  /** Its days, of the last 32. */
  get days(): RecentDays {
    const newest = this.lastSeenUs === Number.NEGATIVE_INFINITY ? this.lastSeenUs : dayOf(this.lastSeenUs)
    return { bits: this.recentDays, newest }
  }

  /** The present one first, then all that find it, too. */
  identities(): ConsumerKeyRecord[] {
    const { scheme, issuer } = this
    const own = [this.principal, ...(this.#formerPrincipals?.list() ?? [])].map((principal) => ({
      scheme,
      issuer,
      principal,
    }))
    return [...own, ...this.#aliases]
  }

  /** What it showed in (a part of) a batch. */
  note(showing: Showing): void {
    let days = this.days
    for (const day of showing.days()) days = withDay(days, day)
    this.recentDays = days.bits
    if (showing.firstUs < this.firstSeenUs) this.firstSeenUs = showing.firstUs
    if (showing.lastUs > this.lastSeenUs) this.lastSeenUs = showing.lastUs
    if (this.#same?.isLike(showing) !== true) {
      this.#addSame()
      this.#same = new SameShown(showing)
    }
    this.#same.add(showing)
    for (const ofService of showing.services()) {
      const { service, request, response } = ofService
      this.#note("service", service.id, ofService)
      if (request !== null) this.#noteClasses(`${service.id} request:`, request)
      if (response !== null) this.#noteClasses(`${service.id} response:`, response)
    }
  }

  /** What was shown alike, again and again, into the sights. */
  #addSame(): void {
    const same = this.#same
    if (same === null || same.isEmpty) return
    const { identity, client } = same
    if (identity.credential !== "") this.#note("credential", identity.credential, same)
    if (identity.location !== "") this.#note("credentialKind", credentialKind(identity), same)
    if (client.userAgentFamily !== "") this.#note("userAgent", client.userAgentFamily, same)
    if (client.prefix !== "") this.#note("prefix", client.prefix, same)
    if (client.forwardedPrefix !== "") this.#note("forwardedPrefix", client.forwardedPrefix, same)
    if (client.addressClass !== "") this.#note("network", `${client.addressClass} ${client.prefix}`, same)
    if (client.ja4 !== "") this.#note("ja4", client.ja4, same)
    if (client.fieldOrder !== 0) this.#note("fieldOrder", hashText(client.fieldOrder), same)
    same.clear()
  }

  /** "SERVICE response:email" of "email=3". */
  #noteClasses(prefix: string, classes: ReadonlyMap<string, Tally>): void {
    for (const [text, tally] of classes) {
      const end = text.indexOf("=")
      this.#note("dataClass", prefix + (end < 0 ? text : text.slice(0, end)), tally)
    }
  }

  /** From now on also `key`, whose principal was `former` under the key before. False when there is no place for one more. */
  rekey(key: ConsumerKeyRecord, former: string): boolean {
    if (key.scheme !== this.scheme || key.issuer !== this.issuer) return this.#addAlias(key)
    const { principal } = key
    for (const old of [former, this.principal]) {
      if (old === principal) continue
      this.#formerPrincipals ??= new BoundedNames(this.#limits.names)
      if (this.#formerPrincipals.add(old)) continue
      this.#reached.names++
      return false
    }
    this.principal = principal
    return true
  }

  count(event: ApiEvent): void {
    this.requests++
    if (isError(event)) this.errors++
  }

  /** Goes on as `successor`, too: its newest identity is the present one, all others find this consumer. */
  absorb(successor: Consumer): void {
    const identities = [...this.identities(), ...successor.identities()]
    const isNewer = successor.lastSeenUs >= this.lastSeenUs
    this.recentDays = withDays(this.days, successor.days).bits
    if (successor.firstSeenUs < this.firstSeenUs) this.firstSeenUs = successor.firstSeenUs
    if (successor.lastSeenUs > this.lastSeenUs) this.lastSeenUs = successor.lastSeenUs
    this.requests += successor.requests
    this.errors += successor.errors
    this.#addSame()
    this.#reached.names += this.#sights.addAll(successor.sights, this.#sightsMax)
    if (isNewer) {
      this.scheme = successor.scheme
      this.issuer = successor.issuer
      this.principal = successor.principal
      this.rule = successor.rule
    }
    const present = consumerKey(this.scheme, this.issuer, this.principal)
    this.#formerPrincipals = null
    this.#aliases = identities.filter((key) => consumerKey(key.scheme, key.issuer, key.principal) !== present)
    if (this.partner === null && this.partnerBy === "") {
      this.partner = successor.partner
      this.partnerBy = successor.partnerBy
    } else if (successor.partnerBy === "hand" && successor.partner === this.partner) this.partnerBy = "hand"
    successor.isMerged = true
  }

  record(): ConsumerRecord {
    this.#addSame()
    this.#same = null
    return {
      id: this.id,
      name: this.name,
      seenName: this.seenName,
      scheme: this.scheme,
      principal: this.principal,
      formerPrincipals: this.#formerPrincipals?.list() ?? [],
      issuer: this.issuer,
      rule: this.rule,
      aliases: [...this.#aliases],
      partner: this.partner,
      partnerBy: this.partnerBy,
      sights: this.#sights.records(),
      forgotten: this.#sights.forgottenByKind(),
      firstSeenUs: this.firstSeenUs,
      lastSeenUs: this.lastSeenUs,
      recentDays: this.recentDays,
      requests: this.requests,
      errors: this.errors,
      endpoints: this.endpoints,
    }
  }

  #addAlias(key: ConsumerKeyRecord): boolean {
    if (this.#aliases.length >= this.#limits.consumerKeys) {
      this.#reached.consumerKeys++
      return false
    }
    this.#aliases = [...this.#aliases, key]
    return true
  }

  #note(kind: SightKind, name: string, tally: Tally): void {
    if (!this.#sights.note(kind, name, tally, this.#sightsMax)) this.#reached.names++
  }

  get #sightsMax(): SightsMax {
    const { facts, names } = this.#limits
    return (kind) => (kind === "service" || kind === "dataClass" ? facts : names)
  }
}
