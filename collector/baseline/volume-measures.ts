// What is counted of a consumer and of a pair, and how each exchange adds to it.
import { SENSITIVE } from "./sensitivity.ts"
import type { Sight } from "./sight.ts"
import type { EndpointSubject } from "./subjects.ts"

/** Of a consumer, a day. */
export const Measure = {
  requests: 0,
  /** Elements of the collections that it was given. */
  items: 1,
  /** Body bytes of answers. */
  bytes: 2,
  /** Objects that it asked for and got; those never asked for before; those never given to it before. */
  asked: 3,
  fresh: 4,
  unprovenanced: 5,
  /** Changes and deletions; deletions alone. */
  changes: 6,
  deletes: 7,
  /** Items (or objects, or answers) of endpoints that answer with sensitive data classes. */
  sensitive: 8,
  /** Of the objects asked for: nearly always asked for by others. */
  foreign: 9,
} as const
export type Measure = (typeof Measure)[keyof typeof Measure]
export const MEASURES = 10
export const MEASURE_NAMES = Object.keys(Measure) as readonly (keyof typeof Measure)[]

/** Of a pair, a day: the place in its row of the measures that it has, -1 for the others. */
export const PAIR_MEASURES = [Measure.requests, Measure.items, Measure.fresh] as const
export const PAIR_PLACES = [0, 1, -1, -1, 2, -1, -1, -1, -1, -1] as const

/** Findings of one kind share a calibration: reading much, reading what is sensitive, changing much. */
export const Lane = { reading: 0, sensitive: 1, changing: 2 } as const
export type Lane = (typeof Lane)[keyof typeof Lane]
export const LANES = 3
/** Of bursts, of what lasts, of what is slow; each of every lane. */
export const KINDS = 3
export const CHANCES = KINDS * LANES
/** By measure; -1: not looked at by itself. */
export const LANE_OF = [-1, 0, 1, -1, 0, -1, 2, 2, 1, -1] as const
const NEVER = Number.POSITIVE_INFINITY
/** A day's count below that is nobody's concern, by measure. */
export const LEAST = [NEVER, 40, 200_000, NEVER, 5, NEVER, 5, 3, 10, NEVER] as const

export const ChangeKind = { reading: 1, changing: 2, deleting: 3 } as const

const DELETING = /(?:^|[^a-z])(?:delete|remove|purge|destroy|erase|drop|wipe)/i
const CHANGING = /(?:^|[^a-z])(?:update|set|patch|put|cancel|modify|edit|replace|disable|revoke|merge)/i

/** Methods say it, and names of operations behind one POST. */
export function changeKindOf(endpoint: EndpointSubject): number {
  const { method, operation } = endpoint
  if (method === "DELETE") return ChangeKind.deleting
  if (method === "PUT" || method === "PATCH") return ChangeKind.changing
  if (method !== "POST" || operation === "") return ChangeKind.reading
  // "deleteOrder", "orders.delete", "mutation DeleteOrder": words begin with a capital or after a sign.
  const words = operation.replace(/([a-z])([A-Z])/g, "$1 $2")
  if (DELETING.test(words)) return ChangeKind.deleting
  return CHANGING.test(words) ? ChangeKind.changing : ChangeKind.reading
}

/** Adds the exchange to a consumer's counts at `counts[at..at + MEASURES)`. An answer that was not seen counts as given. */
export function addTo(counts: Float64Array, at: number, sight: Sight, changeKind: number): void {
  counts[at]!++
  const { event, endpoint } = sight
  if (event.responseBytes > 0) counts[at + Measure.bytes]! += event.responseBytes
  if (!sight.isSuccess && sight.answer !== 0) return
  const items = Math.max(0, event.items)
  counts[at + Measure.items]! += items
  counts[at + Measure.asked]! += sight.asked
  counts[at + Measure.fresh]! += sight.fresh
  counts[at + Measure.unprovenanced]! += sight.unprovenanced
  counts[at + Measure.foreign]! += sight.foreign
  if (changeKind >= ChangeKind.changing) {
    counts[at + Measure.changes]!++
    if (changeKind === ChangeKind.deleting) counts[at + Measure.deletes]!++
  }
  if (endpoint !== null && endpoint.sensitivity >= SENSITIVE)
    counts[at + Measure.sensitive]! += Math.max(1, items, sight.asked)
}
