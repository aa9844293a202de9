// What is usual of a consumer, and of the ids that its incidents show, for people: bands by day, peers, whose an id is.
//
// In:  the analysis as it stands. Out: plain numbers; nothing of it is changed (levels are learned from the same rings each time).
// Bounded by the rings: 42 days of a consumer, 28 of a pair.

import { DIMENSION_NAMES } from "../baseline/fingerprints.ts"
import type { Level } from "../baseline/level.ts"
import { CONSUMER_DAYS, PAIR_DAYS } from "../baseline/level.ts"
import { quantile } from "../baseline/negative-binomial.ts"
import { type ConsumerSubject, type EndpointSubject, type Learning, learningOf } from "../baseline/subjects.ts"
import { ACTIVE_DAYS, dayOf } from "../baseline/volume-levels.ts"
import {
  LANE_OF,
  MEASURE_NAMES,
  MEASURES,
  type Measure,
  PAIR_MEASURES,
  PAIR_PLACES,
} from "../baseline/volume-measures.ts"
import type { Analysis } from "./analysis.ts"

const DAY_US = 86_400_000_000
const LN_HALF = Math.log(0.5)
const LN_Q99 = Math.log(0.01)
/** Fewer peers say nothing of what is usual. */
const PEERS_MIN = 3

export interface LearningRead {
  readonly state: Learning
  /** Days since its first exchange, with a fraction; requests so far. */
  readonly days: number
  readonly requests: number
}

export interface BandDay {
  /** Start of the day, event time, µs. */
  readonly atUs: number
  /** -1 where nothing is known. */
  readonly count: number
  /** What is usual on such a day: half of them, and 99 of 100; -1 without a history of its own. */
  readonly q50: number
  readonly q99: number
}

export interface Band {
  readonly measure: string
  /** Detections look at it by itself. */
  readonly isWatched: boolean
  /** Days that it is learned from. */
  readonly learnedDays: number
  readonly days: readonly BandDay[]
  /** Usual counts a day of the others; null with fewer than three. */
  readonly peers: { readonly count: number; readonly q50: number; readonly q99: number } | null
}

/** A value of a client that it has shown; what it was is told by the inventory only. */
export interface ShownValue {
  readonly dimension: string
  /** Hash, hex. */
  readonly value: string
  readonly firstUs: number
  readonly lastUs: number
  /** Distinct days. */
  readonly days: number
}

export interface BaselineRead {
  readonly learning: LearningRead
  readonly fingerprints: readonly ShownValue[]
  readonly bands: readonly Band[]
}

export function learningRead(consumer: ConsumerSubject, nowUs: number): LearningRead {
  const days = Math.max(0, (nowUs - consumer.firstUs) / DAY_US)
  return { state: learningOf(consumer, nowUs), days: Math.round(days * 10) / 10, requests: consumer.requests }
}

/** Of all that it does, or of what it does at one endpoint. Measures that were never counted are left out. */
export function baselineRead(
  analysis: Analysis,
  consumer: ConsumerSubject,
  endpoint: EndpointSubject | null,
): BaselineRead {
  const known = { learning: learningRead(consumer, analysis.nowUs), fingerprints: fingerprintsOf(analysis, consumer) }
  const pair = endpoint === null ? null : analysis.subjects.pair(consumer, endpoint)
  if (endpoint !== null && pair === null) return { ...known, bands: [] }
  const { consumers, pairs } = analysis.baselines.volume.levels
  const rows = pair === null ? consumers : pairs
  const row = pair === null ? consumer.ordinal : pair.ordinal
  if (row >= rows.rows || rows.columns.day[row] === 0) return { ...known, bands: [] }
  const measures = pair === null ? ALL_MEASURES : PAIR_MEASURES
  const bands = measures.map((measure) => bandOf(analysis, consumer.ordinal, pair?.ordinal ?? -1, measure))
  return { ...known, bands: bands.filter(({ days }) => days.some(({ count }) => count > 0)) }
}

function fingerprintsOf({ baselines }: Analysis, consumer: ConsumerSubject): ShownValue[] {
  return DIMENSION_NAMES.flatMap((dimension, place) =>
    baselines.fingerprints
      .valuesOf(consumer, place)
      .map(({ value, ...rest }) => ({ ...rest, dimension, value: value.toString(16).padStart(8, "0") })),
  )
}

const ALL_MEASURES = Array.from({ length: MEASURES }, (_, measure) => measure as Measure)

function bandOf(analysis: Analysis, consumer: number, pair: number, measure: Measure): Band {
  const { volume } = analysis.baselines
  const { consumers, pairs, isSeen } = volume.levels
  const { level } = volume.levelOf(consumer, pair, measure)
  const isOwn = level.activeDays >= ACTIVE_DAYS
  const today = volume.dayOf({ consumer, pair })
  const count =
    pair < 0
      ? consumers.columns.today[consumer * MEASURES + measure]!
      : pairs.columns.today[pair * PAIR_MEASURES.length + PAIR_PLACES[measure]!]!
  const days: BandDay[] = []
  const add = (day: number, counted: number): void => {
    const mean = isOwn ? level.rate * level.exposureOf(day) : 0
    const [q50, q99] = isOwn ? [usualQuantile(level, mean, LN_HALF), usualQuantile(level, mean, LN_Q99)] : [-1, -1]
    days.push({ atUs: day * DAY_US, count: counted, q50, q99 })
  }
  for (let age = level.known; age >= 1; age--) add(today - age, level.counts[age]!)
  add(today, count)
  // Its row stands at its last day with traffic.
  const now = Math.min(dayOf(analysis.nowUs), today + (pair < 0 ? CONSUMER_DAYS : PAIR_DAYS))
  for (let day = today + 1; day <= now; day++) add(day, isSeen(day) ? 0 : -1)
  const peers = Float64Array.from(volume.peersOf(consumer, pair, measure)).sort()
  return {
    measure: MEASURE_NAMES[measure]!,
    isWatched: LANE_OF[measure]! >= 0,
    learnedDays: level.days,
    days,
    peers:
      peers.length < PEERS_MIN ? null : { count: peers.length, q50: atShare(peers, 0.5), q99: atShare(peers, 0.99) },
  }
}

/** As the sentences of findings have it: detect/volume-findings.ts. */
function usualQuantile(level: Level, mean: number, lnP: number): number {
  const phi = level.phiAt(mean)
  return Math.round(phi * quantile(lnP, mean / phi + 1e-9 + level.total / phi, mean / phi))
}

function atShare(sorted: Float64Array, share: number): number {
  return Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]! * 10) / 10
}

export interface IdTrace {
  /** An answer has given it to the consumer by now. */
  readonly wasGiven: boolean
  /** Who uses it most, "" when nobody ever did; uses of that one and of all others. */
  readonly owner: string
  readonly uses: number
  readonly otherUses: number
  /** The list that gave it last, "" for none. */
  readonly givenBy: string
  /** Other consumers that were given it: how many, and the first of them. */
  readonly othersGiven: number
  readonly others: readonly string[]
}

const OTHERS_TOLD = 5

/** `pseudonym`: hex, as samples have it. Null for what is no pseudonym. */
export function traceRead(
  { subjects, baselines }: Analysis,
  consumer: ConsumerSubject,
  endpoint: EndpointSubject,
  pseudonym: string,
): IdTrace | null {
  const object = Number.parseInt(pseudonym, 16)
  if (!Number.isSafeInteger(object)) return null
  const low = object | 0
  const { wasGiven, owned } = baselines.objects.trace(consumer, endpoint, low)
  const others = baselines.objects.othersGiven(consumer, low)
  const idOf = (ordinal: number): string => subjects.consumers[ordinal]?.id ?? ""
  return {
    wasGiven,
    owner: owned === null ? "" : idOf(owned.owner),
    uses: owned?.uses ?? 0,
    otherUses: owned?.others ?? 0,
    givenBy: owned === null ? "" : (subjects.endpoints[owned.giver]?.id ?? ""),
    othersGiven: others.length,
    others: others.slice(0, OTHERS_TOLD).map(idOf),
  }
}
