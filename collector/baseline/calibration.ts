// Chances made honest by what really happened: how often, over all consumers, did a chance that small come up?
//
// Of each consumer and day, x = -ln p, p the smallest of all its series of a lane as the model has it, uncorrected for their number.
// Beyond u = 4 the pool's tail is fitted as exponential of mean sigma, a few right ones assumed to begin with:
//   p = P(x > u) exp(-(x - u) / sigma)
// A tail of counts that is heavier than negative binomial (Pareto-like) is exponential in x with sigma > 1; so this is the generalised
// Pareto tail of the counts' chances, and its one parameter is known from a few dozen excesses, which own history never has. P(x > u)
// learns what looking at many series costs. An attacker must not make his own excess usual: the consumer in question is left out, and of
// days in a row beyond u the first one counts (runs of a week), so that he is one excess for the others.
import { type SavedSlab, Slab } from "./columns.ts"

const THRESHOLD = 4
/** Excesses assumed to begin with, of mean 1. */
const PRIOR_EXCESSES = 8
const RATE_MIN = 0.25 * Math.exp(-THRESHOLD)
const SIGMA_MIN = 0.75
/** One excess counts at most so much. */
const EXCESS_MAX = 6
/** Days after an excess that belong to it. */
const RUN_DAYS = 7
/** A day's weight falls to half in so many days. */
const HALF_LIFE_DAYS = 60
const KEPT = 0.5 ** (1 / HALF_LIFE_DAYS)

/** Of each consumer: days, excesses, and their sum, fading; the last day of the run that it is in. */
const LAYOUT = { sums: [Float64Array, 3], runEnd: [Int32Array, 1] } as const

export interface SavedCalibration {
  readonly pool: Float64Array
  readonly slab: SavedSlab<typeof LAYOUT>
}

export class Calibration {
  readonly #pool: Float64Array
  readonly #slab: Slab<typeof LAYOUT>

  readonly #priorDays: number
  readonly #runDays: number

  /**
   * `runDays`: days of a run on which the chance stays beyond the threshold, on average; the rate is of days, while runs are counted.
   * `looks`: series that are looked at as if each were alone, which is how often the model is taken to be passed to begin with.
   */
  constructor(looks: number, runDays: number, saved?: SavedCalibration) {
    this.#runDays = runDays
    this.#priorDays = PRIOR_EXCESSES / (looks * Math.exp(-THRESHOLD))
    this.#pool = saved?.pool ?? new Float64Array(3)
    this.#slab = new Slab(LAYOUT, saved?.slab)
  }

  get bytes(): number {
    return this.#slab.bytes
  }

  /** A day of a consumer ended with that ln p. */
  add(ordinal: number, day: number, lnP: number): void {
    this.#slab.reserve(ordinal)
    const { runEnd } = this.#slab.columns
    const excess = -lnP - THRESHOLD
    const isInRun = day <= runEnd[ordinal]!
    if (excess > 0) runEnd[ordinal] = day + RUN_DAYS
    if (isInRun) return
    this.#count(ordinal, 0, 1)
    if (excess <= 0) return
    this.#count(ordinal, 1, 1)
    this.#count(ordinal, 2, Math.min(EXCESS_MAX, excess))
  }

  /** A day has gone by. */
  fade(): void {
    const { sums } = this.#slab.columns
    for (let i = 0; i < this.#slab.rows * 3; i++) sums[i]! *= KEPT
    for (let i = 0; i < 3; i++) this.#pool[i]! *= KEPT
  }

  /** ln of the honest chance. */
  lnP(ordinal: number, lnP: number): number {
    const x = -lnP
    const { rate, sigma } = this.tailFor(ordinal)
    // Below the threshold the costs of looking fall to the rate at it.
    if (x <= THRESHOLD) return (x / THRESHOLD) * Math.log(rate)
    return Math.log(rate) - (x - THRESHOLD) / sigma
  }

  /** The tail of all others: share of days beyond the threshold, and mean excess. */
  tailFor(ordinal: number): { readonly rate: number; readonly sigma: number } {
    const own = ordinal < this.#slab.rows ? ordinal * 3 : -1
    const { sums } = this.#slab.columns
    const others = (i: number): number => Math.max(0, this.#pool[i]! - (own < 0 ? 0 : sums[own + i]!))
    const excesses = others(1) + PRIOR_EXCESSES
    return {
      rate: Math.max(RATE_MIN, (this.#runDays * excesses) / (others(0) + this.#priorDays)),
      sigma: Math.max(SIGMA_MIN, (others(2) + PRIOR_EXCESSES) / excesses),
    }
  }

  merge(former: number, successor: number): void {
    if (former >= this.#slab.rows) return
    this.#slab.reserve(successor)
    const { sums, runEnd } = this.#slab.columns
    for (let i = 0; i < 3; i++) sums[successor * 3 + i]! += sums[former * 3 + i]!
    runEnd[successor] = Math.max(runEnd[successor]!, runEnd[former]!)
    this.#slab.clear(former)
  }

  save(): SavedCalibration {
    return { pool: this.#pool, slab: this.#slab.save() }
  }

  #count(ordinal: number, place: number, by: number): void {
    this.#slab.columns.sums[ordinal * 3 + place]! += by
    this.#pool[place]! += by
  }
}
