// What moves everybody: days of the week, releases, holidays, outages.
//
// At the close of a day, of each measure the median over the active consumers of what they did by what was usual for them. A day on which
// most of them doubled doubles what is expected of each. With few consumers the median says little and counts less: n/(n + 5), in full
// from 20 on, nothing under 5.
import { CONSUMER_DAYS, type DayFactors, weekdayOf } from "./level.ts"

const FULL = 20
const FEW = 5
const FACTOR_MAX = 10
const WEEKDAY_WEIGHT = 1
/** Before anything is known: offices work on weekdays. */
const WORKING = [1.15, 1.15, 1.15, 1.15, 1.15, 0.65, 0.6] as const

export interface SavedCommonFactor {
  /** Day in each slot of the ring, -1 for none. */
  readonly days: Int32Array
  /** By slot and measure. */
  readonly factors: Float32Array
  /** Requests of the day by those of an average day, over all consumers. */
  readonly ratios: Float32Array
}

export class CommonFactor implements DayFactors {
  readonly #measures: number
  readonly #days: Int32Array
  readonly #factors: Float32Array
  readonly #ratios: Float32Array
  readonly #shares = new Float64Array(7)

  constructor(measures: number, saved?: SavedCommonFactor) {
    this.#measures = measures
    this.#days = saved?.days ?? new Int32Array(CONSUMER_DAYS).fill(-1)
    this.#factors = saved?.factors ?? new Float32Array(CONSUMER_DAYS * measures)
    this.#ratios = saved?.ratios ?? new Float32Array(CONSUMER_DAYS)
    this.#learnShares()
  }

  get bytes(): number {
    return this.#days.byteLength + this.#factors.byteLength + this.#ratios.byteLength
  }

  /** Whether anything at all was seen on that day; false for days that the ring has lost. */
  isSeen(day: number): boolean {
    return this.#days[day % CONSUMER_DAYS] === day
  }

  weekdayShare(weekday: number): number {
    return this.#shares[weekday]!
  }

  factorOf(measure: number, day: number): number {
    const slot = day % CONSUMER_DAYS
    return this.#days[slot] === day ? this.#factors[slot * this.#measures + measure]! : 1
  }

  /** The first exchange of a day. */
  open(day: number): void {
    const slot = day % CONSUMER_DAYS
    if (this.#days[slot]! >= day) return
    this.#days[slot] = day
    this.#factors.fill(1, slot * this.#measures, (slot + 1) * this.#measures)
    this.#ratios[slot] = 0
  }

  /** `ratio`: median of requests by the average day of each, 0 where nobody has one. */
  close(day: number, factors: readonly number[], ratio: number): void {
    if (!this.isSeen(day)) return
    const slot = day % CONSUMER_DAYS
    this.#factors.set(factors, slot * this.#measures)
    this.#ratios[slot] = ratio
    this.#learnShares()
  }

  save(): SavedCommonFactor {
    return { days: this.#days, factors: this.#factors, ratios: this.#ratios }
  }

  #learnShares(): void {
    const seen = new Float64Array(7).fill(WEEKDAY_WEIGHT)
    const shares = this.#shares
    shares.set(WORKING)
    for (let slot = 0; slot < CONSUMER_DAYS; slot++) {
      if (this.#days[slot]! < 0 || this.#ratios[slot]! <= 0) continue
      const weekday = weekdayOf(this.#days[slot]!)
      shares[weekday]! += Math.min(3, this.#ratios[slot]!)
      seen[weekday]!++
    }
    let sum = 0
    for (let weekday = 0; weekday < 7; weekday++) {
      shares[weekday]! /= seen[weekday]!
      sum += shares[weekday]!
    }
    for (let weekday = 0; weekday < 7; weekday++) shares[weekday]! /= sum / 7
  }
}

/** The factor that `ratios` (sorted in place) of so many consumers make credible, 0.1 to 10. */
export function factorOf(ratios: Float64Array): number {
  if (ratios.length < FEW) return 1
  const median = medianOf(ratios)
  const weight = ratios.length >= FULL ? 1 : ratios.length / (ratios.length + FEW)
  return Math.min(FACTOR_MAX, Math.max(1 / FACTOR_MAX, 1 + weight * (median - 1)))
}

/** Sorts in place; 0 of none. */
export function medianOf(values: Float64Array): number {
  if (values.length === 0) return 0
  values.sort()
  const middle = values.length >> 1
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2
}
