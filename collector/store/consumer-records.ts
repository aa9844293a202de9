// What the store keeps of consumers: who they are, what they showed, to whom they belong.

/** Of something that a consumer shows: exchanges, first and last sight (event time, µs; 0 unknown). */
export type Sight = readonly [requests: number, firstUs: number, lastUs: number]

/**
 * What is remembered of a consumer by name, each kind bounded: past the bound the one that was not seen for longest goes.
 *
 * credential: pseudonym. credentialKind: "authorization RS256" (where it stands, and its algorithm). userAgent: product. prefix,
 * forwardedPrefix: pseudonyms of networks. ja4. fieldOrder: 8 hex digits. network: private, public, or a sensor's name, with the prefix.
 * service: id. dataClass: "SERVICE response:email".
 */
export const SIGHT_KINDS = [
  "credential",
  "credentialKind",
  "userAgent",
  "prefix",
  "forwardedPrefix",
  "network",
  "ja4",
  "fieldOrder",
  "service",
  "dataClass",
] as const
export type SightKind = (typeof SIGHT_KINDS)[number]

/** What tells consumers apart. */
export interface ConsumerKeyRecord {
  readonly scheme: string
  readonly issuer: string
  readonly principal: string
}

export interface ConsumerRecord {
  readonly id: string
  /** What people see: the name given by hand, else `seenName`. */
  name: string
  /** What its exchanges say: display name, else scheme and pseudonym. */
  seenName: string
  /** Of the newest of its identities, when it has gone on under others. */
  readonly scheme: string
  /** Principal pseudonym, under the newest key that it was seen with. */
  principal: string
  /** Its pseudonyms under former keys, bounded. */
  formerPrincipals: string[]
  issuer: string
  rule: string
  /** Other identities that are this consumer since they were merged with it. */
  aliases: ConsumerKeyRecord[]
  partner: string | null
  /** Who said so: hand, rule, or "" when nobody has. By hand also "of none". */
  partnerBy: string
  /** By kind and name; kinds of which nothing was seen are left out. */
  sights: { readonly [kind in SightKind]?: Readonly<Record<string, Sight>> }
  /** Names that had to make place, by kind. */
  forgotten: { readonly [kind in SightKind]?: number }
  firstSeenUs: number
  lastSeenUs: number
  /** Bit i: seen i days (UTC) before the day of `lastSeenUs`. 32 days. */
  recentDays: number
  requests: number
  errors: number
  /** Distinct endpoints used. */
  endpoints: number
}
