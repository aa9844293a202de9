// The rows behind volume: of a consumer and of a pair, the counts of the day in progress and rings of the days before.
//
// A row is brought up to a day when it is next used (`roll`): the day in progress goes into the ring, the days between are zero, or
// unknown where nothing at all was captured. So a day's close costs nothing for the pairs that did nothing.
import { type SavedSlab, Slab } from "./columns.ts"
import { packed, UNKNOWN, unpacked } from "./day-ring.ts"
import { CONSUMER_DAYS, PAIR_DAYS } from "./level.ts"
import { CHANCES, MEASURES, PAIR_MEASURES } from "./volume-measures.ts"

const PAIR_WIDTH = PAIR_MEASURES.length

export const CONSUMER_LAYOUT = {
  codes: [Uint16Array, CONSUMER_DAYS * MEASURES],
  today: [Float64Array, MEASURES],
  /** Usual count of the day in progress; 0 where there is no history of its own. */
  expected: [Float32Array, MEASURES],
  /** Usual count of an average day, as of the day in progress. */
  usual: [Float32Array, MEASURES],
  /** Count from which it is worth a look. */
  watch: [Float64Array, MEASURES],
  /** Last day whose close was counted. */
  closedDay: [Int32Array, 1],
  /** How far requests and objects were from what was usual on the last active day, by the usual: -2 to 2. */
  residual: [Float32Array, 1],
  /** Day in progress and first day, days since 1970; 0 for none. */
  day: [Int32Array, 1],
  firstDay: [Int32Array, 1],
  /** Days out of the usual, by day % CONSUMER_DAYS: not learned from for a while. */
  suspects: [Uint8Array, CONSUMER_DAYS],
  /** Smallest ln p of the day, by lane: of bursts, of what lasts, of what is slow. */
  worst: [Float32Array, CHANCES],
  /** Pairs that it has. */
  pairs: [Uint32Array, 1],
  /** What was usual a quarter ago, and when that was. */
  anchors: [Float32Array, MEASURES],
  anchorDay: [Int32Array, 1],
} as const

export const PAIR_LAYOUT = {
  codes: [Uint16Array, PAIR_DAYS * PAIR_WIDTH],
  today: [Float64Array, PAIR_WIDTH],
  watch: [Float32Array, PAIR_WIDTH],
  day: [Int32Array, 1],
  firstDay: [Int32Array, 1],
} as const

type Rings = Slab<typeof CONSUMER_LAYOUT> | Slab<typeof PAIR_LAYOUT>
export type ConsumerRows = Slab<typeof CONSUMER_LAYOUT>
export type PairRows = Slab<typeof PAIR_LAYOUT>
export type SavedConsumerRows = SavedSlab<typeof CONSUMER_LAYOUT>
export type SavedPairRows = SavedSlab<typeof PAIR_LAYOUT>

export const consumerRows = (saved?: SavedConsumerRows): ConsumerRows => new Slab(CONSUMER_LAYOUT, saved)
export const pairRows = (saved?: SavedPairRows): PairRows => new Slab(PAIR_LAYOUT, saved)

/** Days of a row's rings, and how many rings it has. */
const shapeOf = (rows: Rings): readonly [number, number] => {
  const width = "suspects" in rows.columns ? MEASURES : PAIR_WIDTH
  return [width === MEASURES ? CONSUMER_DAYS : PAIR_DAYS, width]
}

/** Brings a row up to `day`. `isSeen` says whether anything was captured on a day. */
export function roll(rows: Rings, row: number, day: number, isSeen: (day: number) => boolean): void {
  const { codes, today, day: days, firstDay } = rows.columns
  const [length, width] = shapeOf(rows)
  const former = days[row]!
  if (former >= day) return
  days[row] = day
  if (former === 0) {
    firstDay[row] = day
    return
  }
  for (let ring = 0; ring < width; ring++) {
    const at = (row * width + ring) * length
    for (let between = Math.max(former + 1, day - length); between < day; between++)
      codes[at + (between % length)] = isSeen(between) ? 0 : UNKNOWN
    if (former >= day - length) codes[at + (former % length)] = packed(today[row * width + ring]!)
    today[row * width + ring] = 0
  }
}

/** Both rows at the same day: what `former` counted is added to `successor`, and `former` is empty. */
export function addRows(rows: Rings, former: number, successor: number): void {
  const { codes, today, firstDay, day } = rows.columns
  const [length, width] = shapeOf(rows)
  const current = day[successor]!
  for (let i = 0; i < width; i++) today[successor * width + i]! += today[former * width + i]!
  for (let i = 0; i < width * length; i++) {
    const slot = i % length
    const age = (current - slot + length) % length || length
    const a = current - age < firstDay[successor]! ? 0 : codes[successor * width * length + i]!
    const b = current - age < firstDay[former]! ? 0 : codes[former * width * length + i]!
    codes[successor * width * length + i] = a === UNKNOWN || b === UNKNOWN ? UNKNOWN : packed(unpacked(a) + unpacked(b))
  }
  firstDay[successor] = Math.min(firstDay[successor]!, firstDay[former]!)
  rows.clear(former)
}

/** Nothing is known of the days [from, to] of a row any more. */
export function forget(rows: Rings, row: number, from: number, to: number): void {
  const { codes, day } = rows.columns
  const [length, width] = shapeOf(rows)
  for (let past = Math.max(from, day[row]! - length); past <= Math.min(to, day[row]! - 1); past++)
    for (let ring = 0; ring < width; ring++) codes[(row * width + ring) * length + (past % length)] = UNKNOWN
}

/** All known counts of one ring, times `ratio`. */
export function scale(rows: Rings, row: number, ring: number, ratio: number): void {
  const { codes } = rows.columns
  const [length, width] = shapeOf(rows)
  const at = (row * width + ring) * length
  for (let slot = 0; slot < length; slot++) {
    const code = codes[at + slot]!
    if (code !== UNKNOWN) codes[at + slot] = packed(unpacked(code) * ratio)
  }
}

/** Mean of the known days of one ring since its beginning; -1 under three days. */
export function meanOf(rows: Rings, row: number, ring: number): number {
  const { codes, day, firstDay } = rows.columns
  const [length, width] = shapeOf(rows)
  const at = (row * width + ring) * length
  let sum = 0
  let days = 0
  for (let past = Math.max(firstDay[row]!, day[row]! - length); past < day[row]!; past++) {
    const code = codes[at + (past % length)]!
    if (code === UNKNOWN) continue
    sum += unpacked(code)
    days++
  }
  return days < 3 ? -1 : sum / days
}

/** Sum of the last `count` days of one ring, the day in progress left out. */
export function sumOf(rows: Rings, row: number, ring: number, count: number): number {
  const { codes, day } = rows.columns
  const [length, width] = shapeOf(rows)
  let sum = 0
  for (let age = 1; age <= Math.min(count, length); age++) {
    const code = codes[(row * width + ring) * length + ((day[row]! - age) % length)]!
    if (code !== UNKNOWN) sum += unpacked(code)
  }
  return sum
}
