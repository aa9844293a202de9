// Counts summed up over the last days, against the usual level (B2): what is too small to show on a day shows in two weeks.
//
// Of each window of 1, 2, 4, 7, 10 and 14 days that ends today: Y, the count; M = rate * exposure, what is usual; the chance of Y or more
// is the tail of a negative binomial whose shape is the history's evidence (total / phi), so that the uncertainty of the level is in it.
// A burst is the window of one day. What lasts is the least likely of the longer ones without its greatest day; what is slow is the least
// likely with no day counted for more than three standard deviations beyond the usual. So a synchronisation of one night is a burst, and
// not ten days of unusual windows after it. The three have a calibration each, because bursts are common and what lasts is not. Chances only fall while the day's count rises, so a count can be told in advance below which nothing has to be
// worked out. Why not a CUSUM: README.md.
import { type DayFactors, DISPERSION_WEIGHT, type Level, WEEKDAY_WEIGHT } from "./level.ts"
import { lnUpperTail } from "./negative-binomial.ts"

export const WINDOWS = [1, 2, 4, 7, 10, 14] as const

export interface Excess {
  /** Days of the window, today included. */
  days: number
  count: number
  /** What is usual in that window. */
  mean: number
  /** ln of the chance, all windows considered. */
  lnP: number
}

const SQRT_3 = Math.sqrt(3)
/** Spread of the logarithm of a dispersion, by that of the variance of so many normal values. */
const ALPHA_SPREAD = 1

/** ln of what looking at `windows` overlapping windows costs: about the number of those that do not depend on each other. */
export const lnCost = (windows: number): number => Math.log(1 + 0.5 * (windows - 1))

/** Standard deviations (each with one more object) beyond the usual that a day counts for: of all days, and of all but the greatest. */
const CAP = 3
const LIMIT = 10

/** Sums over the last days of a series, for one look. */
export class Scan {
  /**
   * Filled by `look`: of today alone; of the least likely longer window without its greatest day; of the least likely one with all days cut.
   * `count` is the whole count.
   */
  readonly burst: Excess = { days: 1, count: 0, mean: 0, lnP: 0 }
  readonly lasting: Excess = { days: 1, count: 0, mean: 0, lnP: 0 }
  readonly slow: Excess = { days: 1, count: 0, mean: 0, lnP: 0 }
  readonly #sums = { whole: 0, capped: 0, limited: 0, greatest: 0, greatestMean: 0 }
  readonly #level: Level
  readonly #factors: DayFactors
  /** Of consecutive days: 0 if they do not depend on each other. */
  readonly #correlation: () => number

  constructor(level: Level, factors: DayFactors, correlation: () => number) {
    this.#level = level
    this.#factors = factors
    this.#correlation = correlation
  }

  /** Windows that the level allows. */
  windows(): number {
    let windows = 0
    while (windows < WINDOWS.length && WINDOWS[windows]! <= this.#level.lag + 1) windows++
    return Math.max(1, windows)
  }

  /** Fills the three for the level as it was learned. `factor`: what moves everybody today. */
  look(measure: number, today: number, count: number, factor: number): void {
    const { burst, lasting, slow } = this
    const windows = this.windows()
    lasting.lnP = slow.lnP = 0
    this.#walk(measure, today, windows, factor, count, (days, mean) => {
      const { whole, capped, limited, greatest, greatestMean } = this.#sums
      if (days === 1) {
        Object.assign(burst, { days, count, mean, lnP: this.#lnTail(1, count, mean) })
        return
      }
      const lnRest = this.#lnTail(days - 1, limited - greatest, mean - greatestMean)
      if (lnRest < lasting.lnP) Object.assign(lasting, { days, count: whole, mean, lnP: lnRest })
      const lnCut = this.#lnTail(days, capped, mean)
      if (lnCut < slow.lnP) Object.assign(slow, { days, count: whole, mean, lnP: lnCut })
    })
    lasting.lnP = Math.min(0, lasting.lnP + lnCost(windows - 1))
    slow.lnP = Math.min(0, slow.lnP + lnCost(windows - 1))
  }

  /**
   * Growth a day that the history before the lag shows, as a factor, 1 to 1.03: between its older and its newer half, less one standard
   * deviation of chance.
   */
  growth(today: number): number {
    const level = this.#level
    const middle = level.lag + Math.ceil((level.known - level.lag) / 2)
    const sums = [0, 0]
    const exposures = [0, 0]
    for (let age = level.lag + 1; age < level.known; age++) {
      if (level.counts[age]! < 0) continue
      const half = age <= middle ? 1 : 0
      const exposure = level.exposureOf(today - age)
      sums[half]! += Math.min(level.counts[age]!, this.#capOf(exposure))
      exposures[half]! += exposure
    }
    const [older, newer] = sums as [number, number]
    if (older <= 0 || newer <= 0 || level.known - level.lag < 6) return 1
    const phi = level.phiAt(level.total / level.days)
    const ln = Math.log(newer / exposures[1]! / (older / exposures[0]!)) - Math.sqrt(phi / older + phi / newer)
    return Math.min(1.03, Math.max(1, Math.exp(ln / ((level.known - level.lag) / 2))))
  }

  /** ln of the smallest chance if the level had gone on growing as `growth` says, until the middle of a window of `days`. */
  lnIfGrown(measure: number, today: number, count: number, growth: number, days: number): number {
    const level = this.#level
    level.rate *= growth ** (level.lag + (level.known - level.lag) / 2 - days / 2)
    this.look(measure, today, count, 1)
    return Math.min(this.burst.lnP, this.lasting.lnP, this.slow.lnP)
  }

  /** Greatest sum of so many days in a row before the window, -1 where there were not as many. */
  greatestBefore(days: number): number {
    const { counts, known } = this.#level
    let greatest = -1
    for (let from = days; from + days - 1 <= known - 1; from++) {
      let sum = 0
      for (let age = from; age < from + days; age++) sum += Math.max(0, counts[age]!)
      greatest = Math.max(greatest, sum)
    }
    return greatest
  }

  /** Count by what is usual, of the window where that is most. */
  greatestRatio(measure: number, today: number, count: number): number {
    let ratio = 0
    this.#walk(measure, today, this.windows(), 1, count, (_days, mean) => {
      if (mean > 0) ratio = Math.max(ratio, this.#sums.whole / mean)
    })
    return ratio
  }

  /** Count of today below which no window is out of the usual: two standard deviations of each, roughly. */
  watchFrom(measure: number, today: number): number {
    let watch = Number.POSITIVE_INFINITY
    this.#walk(measure, today, this.windows(), 1, 0, (days, mean) => {
      const phi = this.#phi(days, mean, 1)
      const deviation = Math.sqrt(phi * mean * (1 + mean / Math.max(1, this.#level.total)))
      watch = Math.min(watch, mean + 2 * deviation - this.#sums.capped)
    })
    return Math.max(0, watch)
  }

  /** Visits each window with what is usual in it and `#sums` over it. */
  #walk(
    measure: number,
    today: number,
    windows: number,
    factor: number,
    count: number,
    visit: (days: number, mean: number) => void,
  ): void {
    const level = this.#level
    const sums = this.#sums
    sums.whole = sums.capped = sums.limited = sums.greatest = sums.greatestMean = 0
    let exposure = level.weekdayFactor(today) * factor
    this.#add(count, level.rate * exposure)
    let next = 0
    for (let days = 1; next < windows; days++) {
      const age = days - 1
      if (age > 0 && age <= level.known && level.counts[age]! >= 0) {
        const ofDay = level.weekdayFactor(today - age) * Math.max(1, this.#factors.factorOf(measure, today - age))
        exposure += ofDay
        this.#add(level.counts[age]!, level.rate * ofDay)
      }
      if (days !== WINDOWS[next]) continue
      visit(days, level.rate * exposure)
      next++
    }
  }

  #add(count: number, mean: number): void {
    const sums = this.#sums
    const deviation = Math.sqrt(this.#level.phiAt(mean) * mean) + 1
    const limited = Math.min(count, mean + LIMIT * deviation)
    sums.whole += count
    sums.capped += Math.min(count, mean + CAP * deviation)
    sums.limited += limited
    if (limited <= sums.greatest) return
    sums.greatest = limited
    sums.greatestMean = mean
  }

  #capOf(exposure: number): number {
    const mean = this.#level.rate * exposure
    return mean + CAP * (Math.sqrt(this.#level.phiAt(mean) * mean) + 1)
  }

  /** Variance of a window's count by its mean, for `alpha` times what the level says of dispersion. */
  #phi(days: number, mean: number, times: number): number {
    const level = this.#level
    const correlation = this.#correlation()
    const together = Math.min(days, (1 + correlation) / (1 - correlation))
    return level.phiAt(mean / days, times) * together * (1 + 1 / ((level.days / 7 + WEEKDAY_WEIGHT) * days))
  }

  /** Averaged over what the dispersion may be: lognormal, three nodes. */
  #lnTail(days: number, count: number, mean: number): number {
    const spread = Math.exp(SQRT_3 * ALPHA_SPREAD * Math.sqrt(2 / (this.#level.days + DISPERSION_WEIGHT)))
    const middle = this.#lnTailAt(days, count, mean, 1)
    const wide = this.#lnTailAt(days, count, mean, spread)
    const narrow = this.#lnTailAt(days, count, mean, 1 / spread)
    const most = Math.max(middle, wide, narrow)
    if (most === Number.NEGATIVE_INFINITY) return most
    return most + Math.log((4 * Math.exp(middle - most) + Math.exp(wide - most) + Math.exp(narrow - most)) / 6)
  }

  #lnTailAt(days: number, count: number, mean: number, times: number): number {
    const level = this.#level
    const phi = this.#phi(days, mean, times)
    const correlation = this.#correlation()
    const phiPast = level.phiAt(level.total / level.days, times) * ((1 + correlation) / (1 - correlation))
    return lnUpperTail(count / phi, level.total / phiPast + 0.5, mean / phi)
  }
}
