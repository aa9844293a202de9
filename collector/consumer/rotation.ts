// Whether a consumer seems to go on under another credential: what speaks for it, in numbers and in words.
//
// In:  two consumers of one scheme and issuer, what they called, and who else looks the same. Out: a score from 0 to 1 with its grounds, or
// why there is none. Event time only.
//
//   former     |||||||||||||||||||||||.                  silent since: by chance, with its rhythm of days?
//   successor                          ,||||||||||||     first seen: how long before or after?
//              same network, same software (JA4, order of fields, user agent), the same endpoints in the same mix
//
// Given up: whoever changes network, software and key at once; sessions and requests without credentials, which come and go anyway.
import type { Consumer } from "./consumer.ts"
import { countDays, DAY_US, dayOf, RECENT_DAYS } from "./recent-days.ts"

/** A proposal needs this score, and each of the shares below. */
export const SCORE_MIN = 0.75
const COSINE_MIN = 0.8
const OVERLAP_MIN = 0.7
const NETWORK_MIN = 0.5
const SOFTWARE_MIN = 0.5
/** Requests of the former and of the successor that are enough for a mix. */
const FORMER_REQUESTS_MIN = 50
const SUCCESSOR_REQUESTS_MIN = 20
/** Silence that is this likely by chance says nothing. */
const CHANCE_MAX = 0.05
const SILENCE_MIN_US = DAY_US
/** Both keys in use at once, and nothing between the two. */
const PARALLEL_MAX_US = 3 * DAY_US
const GAP_MAX_US = 7 * DAY_US
/** A successor is looked at for so long, a silent former is remembered for so long. */
export const SUCCESSOR_AGE_MAX_US = 14 * DAY_US
export const SILENCE_MAX_US = 28 * DAY_US
const WEIGHTS = { cosine: 0.35, overlap: 0.15, network: 0.2, software: 0.2, handover: 0.1 }

export const NoRotation = {
  identity: "not of one scheme and issuer, or of none that lasts",
  name: "their names are those of different parties",
  little: "too little is known of one of them",
  active: "the former is not silent",
  parallel: "both were in use for too long",
  gap: "too long a time lies between them",
  network: "they come from different networks",
  software: "they are different software",
  mix: "they call different endpoints",
  crowd: "others look the same",
} as const
export type NoRotation = (typeof NoRotation)[keyof typeof NoRotation]

export type Mix = ReadonlyMap<string, number>

export interface RotationScore {
  readonly score: number
  readonly grounds: readonly string[]
}

/** Whether it may be a successor or a former at all: guesses that are refused are nobody. */
export function mayRotate({ scheme, requests, errors }: Consumer): boolean {
  return scheme !== "none" && scheme !== "cookie" && requests - errors >= SUCCESSOR_REQUESTS_MIN
}

export function isNew({ firstSeenUs }: Consumer, nowUs: number): boolean {
  return nowUs - firstSeenUs <= SUCCESSOR_AGE_MAX_US
}

/** Likely the same party by all but its credential: used for the crowd that makes a likeness worthless. */
export function looksLike(one: Consumer, other: Consumer, mixOf: (consumer: Consumer) => Mix): boolean {
  return (
    one.scheme === other.scheme &&
    networkShare(one, other) >= NETWORK_MIN &&
    softwareShare(one, other).share >= SOFTWARE_MIN &&
    compareMixes(mixOf(one), mixOf(other)).cosine >= COSINE_MIN
  )
}

/** Whether `other` was there when `former` handed over. */
export function wasPresent(other: Consumer, former: Consumer): boolean {
  return other.lastSeenUs >= former.lastSeenUs - GAP_MAX_US
}

/** `crowd`: how many others look like the successor, were present, and are neither of the two. */
export function scoreRotation(
  former: Consumer,
  successor: Consumer,
  nowUs: number,
  mixOf: (consumer: Consumer) => Mix,
  crowd: () => number,
): RotationScore | NoRotation {
  const why = whyNotInTime(former, successor, nowUs)
  if (why !== null) return why
  const network = networkShare(successor, former)
  if (network < NETWORK_MIN) return NoRotation.network
  const software = softwareShare(successor, former)
  if (software.share < SOFTWARE_MIN) return NoRotation.software
  const mix = compareMixes(mixOf(former), mixOf(successor))
  if (mix.cosine < COSINE_MIN || mix.overlap < OVERLAP_MIN) return NoRotation.mix
  const others = crowd()
  const apartUs = Math.abs(successor.firstSeenUs - former.lastSeenUs)
  const shares = {
    cosine: mix.cosine,
    overlap: mix.overlap,
    network,
    software: software.share,
    handover: 1 - apartUs / GAP_MAX_US,
  }
  let score = 0
  for (const [name, weight] of Object.entries(WEIGHTS)) score += weight * shares[name as keyof typeof WEIGHTS]
  score /= 1 + others
  if (score < SCORE_MIN) return others > 0 ? NoRotation.crowd : NoRotation.gap
  const grounds = [
    `Both call ${mix.shared} of ${mix.all} endpoints, which carry ${percent(mix.overlap)} of the requests of either; their mixes are alike by ${mix.cosine.toFixed(2)} (cosine).`,
    `${percent(network)} of the new one's requests come from networks of the former.`,
    `Same ${software.same.join(", ")}.`,
    handover(former, successor),
    silence(former, nowUs),
  ]
  return { score: Math.round(score * 1000) / 1000, grounds }
}

function whyNotInTime(former: Consumer, successor: Consumer, nowUs: number): NoRotation | null {
  if (!mayRotate(former) || !mayRotate(successor)) return NoRotation.identity
  if (former.scheme !== successor.scheme || former.issuer !== successor.issuer) return NoRotation.identity
  if (!mayShareName(former, successor)) return NoRotation.name
  if (former.requests < FORMER_REQUESTS_MIN || former.lastSeenUs - former.firstSeenUs < DAY_US) return NoRotation.little
  if (successor.firstSeenUs <= former.firstSeenUs) return NoRotation.parallel
  const parallelUs = former.lastSeenUs - successor.firstSeenUs
  if (parallelUs > Math.min(PARALLEL_MAX_US, (former.lastSeenUs - former.firstSeenUs) / 2)) return NoRotation.parallel
  if (-parallelUs > GAP_MAX_US) return NoRotation.gap
  if (nowUs - former.lastSeenUs < SILENCE_MIN_US || chanceOfSilence(former, nowUs) > CHANCE_MAX)
    return NoRotation.active
  return null
}

/** Names that the identity gives: different ones are different parties, but for numbers in them ("acme-2025", "acme-2026"). */
function mayShareName(former: Consumer, successor: Consumer): boolean {
  const isShort = ({ seenName, scheme }: Consumer): boolean => seenName.startsWith(`${scheme}:`)
  if (isShort(former) || isShort(successor)) return true
  return nameFamily(former.seenName) === nameFamily(successor.seenName)
}

/** The name without its numbers. */
export function nameFamily(name: string): string {
  return name.toLowerCase().replace(/\d+/g, "#")
}

/**
 * How likely so many days without a request are, when it is seen on each day with the share of days so far (Laplace's rule, of the
 * last 32 days).
 */
export function chanceOfSilence(consumer: Consumer, nowUs: number): number {
  const { days, firstSeenUs, lastSeenUs } = consumer
  const span = Math.min(RECENT_DAYS, days.newest - dayOf(firstSeenUs) + 1)
  const share = countDays(days) / (span + 1)
  return (1 - share) ** Math.floor((nowUs - lastSeenUs) / DAY_US)
}

function networkShare(one: Consumer, other: Consumer): number {
  return one.sights.shareKnownTo(other.sights, "prefix")
}

/** Mean over what is known of both: JA4, order of fields, user agent. */
function softwareShare(one: Consumer, other: Consumer): { readonly share: number; readonly same: readonly string[] } {
  const same: string[] = []
  let sum = 0
  let known = 0
  for (const [kind, words] of [
    ["ja4", "JA4"],
    ["fieldOrder", "order of fields"],
    ["userAgent", "user agent"],
  ] as const) {
    const share = one.sights.shareKnownTo(other.sights, kind)
    if (share < 0) continue
    known++
    sum += share
    if (share >= SOFTWARE_MIN) same.push(`${words} (${percent(share)})`)
  }
  return { share: known === 0 ? 0 : sum / known, same }
}

interface MixLikeness {
  /** Of the two mixes as vectors. */
  readonly cosine: number
  /** Share of the requests at endpoints that both call: the smaller one of the two. */
  readonly overlap: number
  readonly shared: number
  readonly all: number
}

export function compareMixes(one: Mix, other: Mix): MixLikeness {
  let product = 0
  let shared = 0
  let [sumOne, sumOther, sharedOne, sharedOther, squaresOne, squaresOther] = [0, 0, 0, 0, 0, 0]
  for (const [endpoint, requests] of one) {
    sumOne += requests
    squaresOne += requests * requests
    const there = other.get(endpoint)
    if (there === undefined) continue
    shared++
    sharedOne += requests
    sharedOther += there
    product += requests * there
  }
  for (const requests of other.values()) {
    sumOther += requests
    squaresOther += requests * requests
  }
  const all = one.size + other.size - shared
  if (product === 0) return { cosine: 0, overlap: 0, shared, all }
  const cosine = product / Math.sqrt(squaresOne * squaresOther)
  return { cosine, overlap: Math.min(sharedOne / sumOne, sharedOther / sumOther), shared, all }
}

function handover(former: Consumer, successor: Consumer): string {
  const gapUs = successor.firstSeenUs - former.lastSeenUs
  if (gapUs < 0) return `Both were in use for ${span(-gapUs)}.`
  return `The new one came ${span(gapUs)} after the last request of the former.`
}

function silence(former: Consumer, nowUs: number): string {
  const seen = countDays(former.days)
  const days = Math.min(RECENT_DAYS, former.days.newest - dayOf(former.firstSeenUs) + 1)
  const chance = chanceOfSilence(former, nowUs)
  const likely = chance < 0.001 ? "less than 0.1 %" : `${(100 * chance).toFixed(1)} %`
  return `The former is silent for ${span(nowUs - former.lastSeenUs)}; seen on ${seen} of ${days} days before, that is ${likely} likely by chance.`
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`
}

function span(us: number): string {
  const hours = us / 3_600_000_000
  if (hours >= 48) return `${(hours / 24).toFixed(1)} days`
  return hours >= 2 ? `${hours.toFixed(1)} hours` : `${Math.round(hours * 60)} minutes`
}
