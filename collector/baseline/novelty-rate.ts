// How often something new of a kind comes up, per consumer and active day: its own rate, shrunk towards that of all others.
//
//   chance = (own days with news + k) / (own days + k / r), k = 0.5,   r = (days of others with news + prior) / (days of others + 50)
//
// The weight of the others is in events, not in days: three weeks without news say little against what comes up once a year.
// News of one day are one: a partner's new feature takes up three endpoints at once. An attacker does not make his own excess usual for
// others by much: a day counts once, however much was new in it, and he is left out of what he is compared with.
import { type SavedSlab, Slab } from "./columns.ts"

const SHAPE = 0.5
const PRIOR_DAYS = 50

const LAYOUT = {
  seenDay: [Int32Array, 1],
  newsDay: [Int32Array, 1],
  days: [Float32Array, 1],
  news: [Float32Array, 1],
} as const

export interface SavedNoveltyRate {
  readonly slab: SavedSlab<typeof LAYOUT>
  readonly pool: Float64Array
}

export class NoveltyRate {
  readonly #slab: Slab<typeof LAYOUT>
  /** Days, and days with news, of all consumers. */
  readonly #pool: Float64Array
  readonly #prior: number

  /** `prior`: chance a consumer and day while nothing is known. */
  constructor(prior: number, saved?: SavedNoveltyRate) {
    this.#prior = prior
    this.#slab = new Slab(LAYOUT, saved?.slab)
    this.#pool = saved?.pool ?? new Float64Array(2)
  }

  get bytes(): number {
    return this.#slab.bytes
  }

  /** The consumer is active on the day (days since 1970). */
  meet(ordinal: number, day: number): void {
    this.#slab.reserve(ordinal)
    const { seenDay, days } = this.#slab.columns
    if (day <= seenDay[ordinal]!) return
    seenDay[ordinal] = day
    days[ordinal]!++
    this.#pool[0]!++
  }

  note(ordinal: number, day: number): void {
    this.#slab.reserve(ordinal)
    const { newsDay, news } = this.#slab.columns
    if (day <= newsDay[ordinal]!) return
    newsDay[ordinal] = day
    news[ordinal]!++
    this.#pool[1]!++
  }

  /** Chance that a day of the consumer has news; what was noted on that day is not counted. */
  chance(ordinal: number, day: number): number {
    const { newsDay, news, days } = this.#slab.columns
    const isKnown = ordinal < this.#slab.rows
    const ownNews = isKnown ? news[ordinal]! : 0
    const ownDays = isKnown ? days[ordinal]! : 0
    const before = ownNews - (isKnown && newsDay[ordinal] === day ? 1 : 0)
    const others = (this.#pool[1]! - ownNews + PRIOR_DAYS * this.#prior) / (this.#pool[0]! - ownDays + PRIOR_DAYS)
    return Math.min(1, (before + SHAPE) / (ownDays + SHAPE / others))
  }

  merge(former: number, successor: number): void {
    if (former >= this.#slab.rows) return
    this.#slab.reserve(successor)
    const { seenDay, newsDay, days, news } = this.#slab.columns
    seenDay[successor] = Math.max(seenDay[successor]!, seenDay[former]!)
    newsDay[successor] = Math.max(newsDay[successor]!, newsDay[former]!)
    days[successor]! += days[former]!
    news[successor]! += news[former]!
    this.#slab.clear(former)
  }

  save(): SavedNoveltyRate {
    return { slab: this.#slab.save(), pool: this.#pool }
  }
}
