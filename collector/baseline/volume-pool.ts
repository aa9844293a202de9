// What the volumes of all consumers have in common: factors of days, dispersions, correlation of days, honest chances.
//
// Filled when a consumer's day closes, used when a level is learned or a count looked at.
import { Calibration, type SavedCalibration } from "./calibration.ts"
import { CommonFactor, factorOf, medianOf, type SavedCommonFactor } from "./common-factor.ts"
import type { Level } from "./level.ts"
import { CHANCES, LANES, MEASURES } from "./volume-measures.ts"

/** Squared coefficient of variation between days that is assumed to begin with. */
const ALPHA_GUESS = 0.3
/** Measures, endpoints and the sum of them are looked at; what lasts in one of them lasts in the others. */
const BURST_LOOKS = 3
const LASTING_LOOKS = 1.5
/** Windows overlap: what is unusual today mostly is tomorrow. Measured on simulated days without attack. */
const LASTING_DAYS = 2.5
/** A dispersion beyond that is a batch that runs now and then, not how counts vary. */
const ALPHA_MAX = 3
/** Levels over which a pooled dispersion is averaged at most, and those that the guess counts for. */
const ALPHA_WEIGHT = 300
const ALPHA_GUESSES = 20
const CORRELATION_GUESS = 0.1
/** Sum of squares whose weight the guess has: about a hundred days. */
const CORRELATION_WEIGHT = 10
const CORRELATION_MAX = 0.8

export interface SavedVolumePool {
  readonly factors: SavedCommonFactor
  readonly chances: readonly SavedCalibration[]
  readonly alphas: Float64Array
  readonly learned: Float64Array
  readonly products: Float64Array
  readonly ratios: readonly (readonly number[])[]
}

export class VolumePool {
  readonly factors: CommonFactor
  /** By lane: of bursts, of what lasts, of what is slow. */
  readonly chances: readonly Calibration[]
  /** By measure, of consumers, then of pairs. */
  readonly #alphas: Float64Array
  /** Levels behind each. */
  readonly #learned: Float64Array
  /** Sums of residual times residual of the day before, and of squares. */
  readonly #products: Float64Array
  /** Of the day that closes: by measure, counts by what was expected; last: requests by those of an average day. */
  readonly #ratios: number[][]

  constructor(saved?: SavedVolumePool) {
    this.factors = new CommonFactor(MEASURES, saved?.factors)
    this.chances = Array.from({ length: CHANCES }, (_, i) =>
      i < LANES
        ? new Calibration(BURST_LOOKS, 1, saved?.chances[i])
        : new Calibration(LASTING_LOOKS, LASTING_DAYS, saved?.chances[i]),
    )
    this.#alphas = saved?.alphas ?? new Float64Array(2 * MEASURES).fill(ALPHA_GUESS)
    this.#learned = saved?.learned ?? new Float64Array(2 * MEASURES)
    this.#products = saved?.products ?? new Float64Array(2)
    this.#ratios = Array.from({ length: MEASURES + 1 }, (_, i) => [...(saved?.ratios[i] ?? [])])
  }

  get bytes(): number {
    return this.factors.bytes + this.chances.reduce((sum, { bytes }) => sum + bytes, 0) + 1_000
  }

  alphaOf(measure: number, isPair: boolean): number {
    return this.#alphas[isPair ? MEASURES + measure : measure]!
  }

  /** A level that was learned from so much history that its own dispersion says something. */
  addAlpha(measure: number, isPair: boolean, level: Level): void {
    if (level.days < 7 || level.activeDays < 3) return
    const at = isPair ? MEASURES + measure : measure
    const weight = Math.min(ALPHA_WEIGHT, ++this.#learned[at]! + ALPHA_GUESSES)
    this.#alphas[at]! += (Math.min(ALPHA_MAX, level.ownAlpha) - this.#alphas[at]!) / weight
  }

  /** Of consecutive days, 0 to 0.8. */
  readonly correlation = (): number => {
    const [products, squares] = this.#products
    const guess = CORRELATION_GUESS * CORRELATION_WEIGHT
    return Math.min(CORRELATION_MAX, Math.max(0, (products! + guess) / (squares! + CORRELATION_WEIGHT)))
  }

  addResiduals(former: number, residual: number): void {
    this.#products[0]! += former * residual
    this.#products[1]! += residual * residual
  }

  /** A consumer's day has ended. `requests`: by those of an average day, 0 unknown. */
  addDay(counts: Float64Array, expected: Float32Array, at: number, requests: number): void {
    for (let measure = 0; measure < MEASURES; measure++) {
      const usual = expected[at + measure]!
      if (usual > 0) this.#ratios[measure]!.push(counts[at + measure]! / usual)
    }
    if (requests > 0) this.#ratios[MEASURES]!.push(requests)
  }

  closeDay(day: number): void {
    const factors = this.#ratios.slice(0, MEASURES).map((ratios) => factorOf(Float64Array.from(ratios)))
    this.factors.close(day, factors, medianOf(Float64Array.from(this.#ratios[MEASURES]!)))
    for (const ratios of this.#ratios) ratios.length = 0
    for (const chance of this.chances) chance.fade()
    this.#products[0]! *= 0.98
    this.#products[1]! *= 0.98
  }

  save(): SavedVolumePool {
    return {
      factors: this.factors.save(),
      chances: this.chances.map((each) => each.save()),
      alphas: this.#alphas,
      learned: this.#learned,
      products: this.#products,
      ratios: this.#ratios,
    }
  }
}
