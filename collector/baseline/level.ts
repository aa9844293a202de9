// The usual level of one series, from its last days.
//
//   ages   42 ................. lag+1 | lag ... 1 | today
//          learned from               | not yet   | in question
//
// In:  a ring of daily counts, the exposure of each day (day of the week, what moved everybody), days that are suspect. Out: rate per
// unit of exposure, how much history stands behind it, and how much more the counts vary than chance would have it.
// Robust against what it must not learn: the last days wait (a third of the history, at most 13 days), suspect days are left out for
// three weeks, the first days of a life as well (a first synchronisation), and values beyond what the others make likely are cut.
import { UNKNOWN, unpacked } from "./day-ring.ts"

/** Days of a consumer's rings, and of a pair's. */
export const CONSUMER_DAYS = 42
export const PAIR_DAYS = 28
const DAYS_MAX = CONSUMER_DAYS
/** The newest days that are not learned from; so no window may be longer than this and the day in question. */
const LAG_MAX = 13
/** After that a suspect day counts as any other: what lasts is usual in the end, and the anchors say that it grew. */
const SUSPECT_DAYS = 21
/** Days whose weight the profile of all consumers has against one's own working days and weekends, and these against a single weekday. */
const CLASS_WEIGHT = 2
export const WEEKDAY_WEIGHT = 3
/** An off day is not impossible. */
const FACTOR_MIN = 0.02
const WORKDAYS = [0, 1, 2, 3, 4] as const
const WEEKEND = [5, 6] as const
/** Days whose weight the pool's dispersion has against one's own. */
export const DISPERSION_WEIGHT = 7
/** A value beyond so many standard deviations of the others is cut. */
const CUT = 5
const PHI_MIN = 1.05

/** What is known of days in general: common-factor.ts. */
export interface DayFactors {
  /** Share of a day of the week, 0 Monday to 6, 1 on average. */
  weekdayShare(weekday: number): number
  /** What moved everybody on that day, 1 for nothing. */
  factorOf(measure: number, day: number): number
}

/** 0 Monday; day 0 (1970-01-01) was a Thursday. */
export const weekdayOf = (day: number): number => (day + 3) % 7

export class Level {
  /** Days learned from, and those of them with a count. */
  days = 0
  activeDays = 0
  /** Age of the newest day learned from, less one. */
  lag = 0
  /** Count a unit of exposure; the evidence behind it. */
  rate = 0
  total = 0
  exposure = 0
  /** Squared coefficient of variation beyond Poisson: variance = mean + alpha mean^2. Own, and shrunk to the pool. */
  ownAlpha = 0
  alpha = 0
  /** Counts by age in days (1 yesterday), -1 where nothing is known; valid to `known`. */
  readonly counts = new Float64Array(DAYS_MAX + 1)
  known = 0
  readonly #weekday = new Float64Array(7)
  readonly #usable = new Uint8Array(DAYS_MAX + 1)
  readonly #sorted = new Float64Array(DAYS_MAX)
  #today = 0
  #measure = 0
  #factors: DayFactors | null = null

  /** Learns anew: ring at codes[at..at+days), whose series began on `firstDay`; `suspects` by day % CONSUMER_DAYS. */
  learn(
    ring: { readonly codes: Uint16Array; readonly at: number; readonly days: number },
    series: { readonly measure: number; readonly firstDay: number; readonly today: number },
    suspects: { readonly flags: Uint8Array; readonly at: number },
    factors: DayFactors,
    poolAlpha: number,
  ): void {
    const { today } = series
    this.#today = today
    this.#measure = series.measure
    this.#factors = factors
    const known = Math.min(ring.days, today - series.firstDay)
    this.known = known
    for (let age = 1; age <= known; age++) {
      const code = ring.codes[ring.at + ((today - age) % ring.days)]!
      this.counts[age] = code === UNKNOWN ? -1 : unpacked(code)
    }
    this.lag = Math.min(LAG_MAX, Math.floor(known / 3))
    const skipped = known >= 21 ? 3 : known >= 4 ? 1 : 0
    if (!this.#choose(known - (today - series.firstDay > ring.days ? 0 : skipped), suspects)) return
    this.#learnWeekdays()
    this.#learnRate(poolAlpha)
  }

  /** Expected share of a day: its weekday here, and what moved everybody. */
  exposureOf(day: number): number {
    return this.#weekday[weekdayOf(day)]! * this.#factors!.factorOf(this.#measure, day)
  }

  /** The weekday alone. */
  weekdayFactor(day: number): number {
    return this.#weekday[weekdayOf(day)]!
  }

  /** Variance by mean at that daily mean, for `times` the dispersion. */
  phiAt(mean: number, times = 1): number {
    return Math.max(PHI_MIN, 1 + times * this.alpha * mean)
  }

  /** Marks the days to learn from; false where there is none. */
  #choose(oldest: number, suspects: { readonly flags: Uint8Array; readonly at: number }): boolean {
    this.days = this.activeDays = this.rate = this.total = this.exposure = this.ownAlpha = 0
    this.#usable.fill(0)
    let clean = 0
    for (let age = this.lag + 1; age <= oldest; age++) {
      if (this.counts[age]! < 0) continue
      const isSuspect = suspects.flags[suspects.at + ((this.#today - age) % CONSUMER_DAYS)] !== 0
      this.#usable[age] = isSuspect && age <= SUSPECT_DAYS ? 2 : 1
      if (this.#usable[age] === 1) clean++
    }
    // With hardly a clean day left, the suspect ones are what there is.
    const worst = clean >= 3 ? 1 : 2
    for (let age = this.lag + 1; age <= oldest; age++) {
      if (this.#usable[age]! > worst) this.#usable[age] = 0
      if (this.#usable[age] === 0) continue
      this.days++
      if (this.counts[age]! > 0) this.activeDays++
    }
    return this.days > 0
  }

  /** Mean and variance without the greatest eighth; then where to cut. */
  #cutOf(valueAt: (age: number) => number): number {
    const sorted = this.#sorted.subarray(0, this.days)
    let n = 0
    for (let age = 1; age <= this.known; age++) if (this.#usable[age] !== 0) sorted[n++] = valueAt(age)
    sorted.sort()
    const kept = Math.max(1, n - Math.floor((this.activeDays + 4) / 8))
    let sum = 0
    let squares = 0
    for (let i = 0; i < kept; i++) {
      sum += sorted[i]!
      squares += sorted[i]! * sorted[i]!
    }
    const mean = sum / kept
    return mean + CUT * Math.sqrt(Math.max(mean, squares / kept - mean * mean)) + 3
  }

  #learnWeekdays(): void {
    const cut = this.#cutOf((age) => this.counts[age]!)
    const sums = this.#weekday.fill(0)
    const seen = WEEKDAYS_SEEN.fill(0)
    let sum = 0
    for (let age = 1; age <= this.known; age++) {
      if (this.#usable[age] === 0) continue
      const weekday = weekdayOf(this.#today - age)
      const count = Math.min(cut, this.counts[age]!)
      sums[weekday]! += count
      seen[weekday]!++
      sum += count
    }
    const mean = sum / this.days
    for (const days of [WORKDAYS, WEEKEND]) {
      let classSum = 0
      let classSeen = 0
      let share = 0
      for (const weekday of days) {
        classSum += sums[weekday]!
        classSeen += seen[weekday]!
        share += this.#factors!.weekdayShare(weekday) / days.length
      }
      const own = mean > 0 ? classSum / mean : 0
      const ofClass = (own + CLASS_WEIGHT * share) / (classSeen + CLASS_WEIGHT)
      for (const weekday of days) {
        const ownDay = mean > 0 ? sums[weekday]! / mean : 0
        sums[weekday] = Math.max(FACTOR_MIN, (ownDay + WEEKDAY_WEIGHT * ofClass) / (seen[weekday]! + WEEKDAY_WEIGHT))
      }
    }
  }

  #learnRate(poolAlpha: number): void {
    const cut = this.#cutOf((age) => this.counts[age]! / this.exposureOf(this.#today - age))
    for (let age = 1; age <= this.known; age++) {
      if (this.#usable[age] === 0) continue
      const exposure = this.exposureOf(this.#today - age)
      this.total += Math.min(cut * exposure, this.counts[age]!)
      this.exposure += exposure
    }
    this.rate = this.total / this.exposure
    let excess = 0
    let scale = 0
    for (let age = 1; age <= this.known; age++) {
      if (this.#usable[age] === 0) continue
      const exposure = this.exposureOf(this.#today - age)
      const mean = this.rate * exposure
      const residual = Math.min(cut * exposure, this.counts[age]!) - mean
      excess += residual * residual
      scale += mean * mean
    }
    // The fit has used up degrees of freedom: the level, and the weekdays as far as they are one's own.
    const perWeekday = this.days / 7
    const used = 2 + (5 * perWeekday) / (perWeekday + WEEKDAY_WEIGHT)
    const corrected = (excess * this.days) / Math.max(1, this.days - used)
    this.ownAlpha = scale > 0 ? Math.max(0, corrected - this.total) / scale : 0
    this.alpha = (this.days * this.ownAlpha + DISPERSION_WEIGHT * poolAlpha) / (this.days + DISPERSION_WEIGHT)
  }
}

const WEEKDAYS_SEEN = new Float64Array(7)
