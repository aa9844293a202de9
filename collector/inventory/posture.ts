// Whether an endpoint asks who is calling, judged by what it let pass, and always with the reason in words.
//
// In:  the record of an endpoint. Out: posture, the numbers it rests on, and one sentence. A pure function: the record, the API and
// the overview say the same. Only successes count. They are those of the two newest windows of 30 days (auth-facts.ts); where these
// hold too few, those of all time. Nothing is concluded from few of them, nor from evidence that the sensor knows to be lossy.
import type { EndpointRecord } from "../store/records.ts"
import { exemption } from "./posture/exempt.ts"

export const POSTURES = ["consistent", "partial", "missing", "unknown"] as const
export type Posture = (typeof POSTURES)[number]

/** Successful exchanges below which nothing is concluded. */
export const SUCCESSES_MIN = 20
/** Share of lossy evidence above which conclusions are withheld. */
export const LOSSY_SHARE_MAX = 0.2
/** Authenticated share from which the endpoint counts as protected. */
export const CONSISTENT_SHARE = 0.95

export type PostureFacts = Pick<
  EndpointRecord,
  "method" | "template" | "schemes" | "lossy" | "requests" | "states" | "auth" | "firstSeenUs"
>

/** Why nothing is concluded. */
export type Withheld = "" | "few" | "lossy" | "one-way" | "unread-heads" | "exempt"

export interface PostureResult {
  readonly posture: Posture
  readonly withheld: Withheld
  /** One sentence: what was concluded from which numbers, or why nothing was. */
  readonly why: string
  /** recent: of the windows; all: of all time. */
  readonly basis: "recent" | "all"
  /** Start of the oldest window, or of the traffic where that is later, µs; 0 for all time. */
  readonly sinceUs: number
  /** Successes by scheme on that basis. */
  readonly schemes: Readonly<Record<string, number>>
  readonly successes: number
  readonly authenticated: number
}

export const lossyShare = (record: Pick<EndpointRecord, "lossy" | "requests">): number =>
  record.requests === 0 ? 0 : Math.min(1, record.lossy / record.requests)

export function postureOf(record: PostureFacts): Posture {
  return judgePosture(record).posture
}

export function judgePosture(record: PostureFacts): PostureResult {
  const basis = basisOf(record)
  const { successes, authenticated } = basis
  const withheld = whyWithheld(record, basis)
  const posture = withheld === "" ? measured(successes, authenticated) : "unknown"
  if (posture === "missing" || posture === "partial") {
    const reason = exemption(record)
    if (reason !== "") return result(basis, "unknown", "exempt", `${reason} ${numbers(basis)}`)
  }
  const why = withheld === "" ? concluded(basis, posture) : withheldWords(withheld, record, basis)
  return result(basis, posture, withheld, why)
}

interface Basis {
  readonly name: "recent" | "all"
  readonly sinceUs: number
  readonly schemes: Readonly<Record<string, number>>
  readonly successes: number
  readonly authenticated: number
  readonly lossyShare: number
  /** Successes whose heads could not be read. */
  readonly unseen: number
}

function basisOf(record: PostureFacts): Basis {
  const recent: Record<string, number> = {}
  let [lossy, unseen] = [0, 0]
  for (const window of record.auth.windows) {
    for (const [scheme, count] of Object.entries(window.schemes)) recent[scheme] = (recent[scheme] ?? 0) + count
    lossy += window.lossy
    unseen += window.unseen
  }
  const successes = sumOf(recent)
  const isRecent = successes + unseen >= SUCCESSES_MIN
  const schemes = isRecent ? recent : record.schemes
  const total = isRecent ? successes : sumOf(schemes)
  return {
    name: isRecent ? "recent" : "all",
    sinceUs: isRecent ? Math.max(record.auth.windows[0]?.startUs ?? 0, record.firstSeenUs) : 0,
    schemes,
    successes: total,
    authenticated: total - (schemes.none ?? 0),
    // Of all exchanges, too: a request whose answer was lost would have been a success.
    lossyShare: Math.max(isRecent ? lossy / Math.max(1, successes) : 0, lossyShare(record)),
    unseen: isRecent ? unseen : 0,
  }
}

const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

function whyWithheld(record: PostureFacts, { successes, lossyShare: share, unseen }: Basis): Withheld {
  if (unseen > 0 && unseen > LOSSY_SHARE_MAX * (successes + unseen)) return "unread-heads"
  if (successes < SUCCESSES_MIN) return halves(record) > record.requests / 2 ? "one-way" : "few"
  return share > LOSSY_SHARE_MAX ? "lossy" : ""
}

function measured(successes: number, authenticated: number): Posture {
  if (authenticated === 0) return "missing"
  return authenticated >= CONSISTENT_SHARE * successes ? "consistent" : "partial"
}

/** Exchanges of which one direction was seen only. */
function halves({ states }: PostureFacts): number {
  return (states.requestOnly ?? 0) + (states.responseOnly ?? 0) + (states.unpaired ?? 0)
}

/** "97.5 %", never rounded to 100 % or 0 % where it is not. */
export function percent(part: number, whole: number): string {
  const share = whole === 0 ? 0 : (100 * part) / whole
  const rounded = Math.round(share * 10) / 10
  if (rounded >= 100 && part < whole) return "over 99.9 %"
  if (rounded <= 0 && part > 0) return "under 0.1 %"
  return `${rounded} %`
}

export const day = (timeUs: number): string => new Date(Math.floor(timeUs / 1000)).toISOString().slice(0, 10)

/** "1 exchange", "12 exchanges". */
export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

function numbers({ authenticated, successes, sinceUs }: Basis): string {
  const since = sinceUs === 0 ? "" : ` since ${day(sinceUs)}`
  const all = plural(successes, "successful exchange")
  return `${authenticated} of ${all}${since} carried a credential (${percent(authenticated, successes)}).`
}

function concluded(basis: Basis, posture: Posture): string {
  if (posture !== "partial") return numbers(basis)
  return `${numbers(basis)} From 95 % on it counts as protected.`
}

function withheldWords(withheld: Withheld, record: PostureFacts, basis: Basis): string {
  const { successes, unseen } = basis
  const seen = plural(successes, "successful exchange")
  switch (withheld) {
    case "unread-heads":
      return `Withheld: the heads of ${unseen} of ${plural(successes + unseen, "successful exchange")} could not be read whole, so a credential may have been there.`
    case "one-way":
      return `Withheld: of ${halves(record)} of ${plural(record.requests, "exchange")} one direction was seen only; ${seen}, and ${SUCCESSES_MIN} are needed.`
    case "lossy":
      return `Withheld: the evidence of ${percent(basis.lossyShare, 1)} of its exchanges is lossy; at most 20 % may be.`
    default:
      return `Withheld: ${successes} of ${plural(record.requests, "exchange")} ${successes === 1 ? "was" : "were"} successful, and ${SUCCESSES_MIN} successes are needed.`
  }
}

function result(basis: Basis, posture: Posture, withheld: Withheld, why: string): PostureResult {
  const { name, sinceUs, schemes, successes, authenticated } = basis
  return { posture, withheld, why, basis: name, sinceUs, schemes, successes, authenticated }
}
