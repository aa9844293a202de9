// What a missing provenance proves where answers that give ids were not seen, or not wholly.
//
// A list of which not all ids are told (more than the 512 that a sensor looks at, a body that was read in part, an answer with lost bytes or
// none at all) leaves its consumer a credit: so many ids without provenance count for nothing within a day, because clients work off lists
// within a day. How many: those beyond 512; what the bytes of the body have room for; as many as the endpoint's answers ever had. Who asks for
// a large list hides no more than that list. What large lists leave counts only as far as it is more than one and a half times what it is on
// other days: what is usual is in the usual share already.
// An hour of which more than 5 % of all exchanges are lossy blinds everybody for a day. Below that, the share of lossy exchanges tells how
// many are missing of which nothing was seen at all: days are the more restless for it.
import { type SavedSlab, Slab } from "./columns.ts"
import { DAY_US, HOUR_US } from "./event-clock.ts"
import type { Sight } from "./sight.ts"

const BLIND_US = DAY_US
/** Ids of an answer that a sensor looks at: of those it tells the ones that it did not tell before. */
const TOLD_MAX = 512
/** So many bytes of a body hold one id at least; few objects are told in less. */
const BYTES_PER_ID = 64
/** Times the usual credit of a day that is held against nobody. */
const USUAL_CREDIT = 1.5
const FADE = 0.9
/** What the most ids of an endpoint's answers fade by with each answer. */
const MOST_FADE = 0.999
const LOSSY_SHARE = 0.05
const HOUR_EXCHANGES_MIN = 200
/** Exchanges over which the share of lossy ones is averaged. */
const SHARE_EXCHANGES = 20_000
/** Dispersion that is added for each lossy exchange of one: lists have 10 to 100 ids, and those of one that is missing come together. */
const UNREST = 200
const UNREST_MAX = 10

const ENDPOINT_ROWS = {
  /** Most ids that an answer gave, fading. */
  most: [Float32Array, 1],
} as const
const CONSUMER_ROWS = {
  /** Ids that were given and not told, until then. */
  credit: [Float32Array, 1],
  untilUs: [Float64Array, 1],
  /** What large lists left on `lentDay`, and usually on a day. */
  lentDay: [Int32Array, 1],
  lent: [Float32Array, 1],
  usualLent: [Float32Array, 1],
} as const

interface Hour {
  startUs: number
  exchanges: number
  lossy: number
  /** Everybody is blind until then. */
  untilUs: number
  /** Of the last exchanges. */
  lossyShare: number
}

export interface SavedBlindness {
  readonly endpoints: SavedSlab<typeof ENDPOINT_ROWS>
  readonly consumers: SavedSlab<typeof CONSUMER_ROWS>
  readonly hour: Readonly<Hour>
}

export class Blindness {
  readonly #endpoints: Slab<typeof ENDPOINT_ROWS>
  readonly #consumers: Slab<typeof CONSUMER_ROWS>
  readonly #hour: Hour

  constructor(saved?: SavedBlindness) {
    this.#endpoints = new Slab(ENDPOINT_ROWS, saved?.endpoints)
    this.#consumers = new Slab(CONSUMER_ROWS, saved?.consumers)
    this.#hour = { ...(saved?.hour ?? { startUs: 0, exchanges: 0, lossy: 0, untilUs: 0, lossyShare: 0 }) }
  }

  get bytes(): number {
    return this.#endpoints.bytes + this.#consumers.bytes
  }

  /** Dispersion that lost exchanges add to days. */
  get unrest(): number {
    return Math.min(UNREST_MAX, UNREST * this.#hour.lossyShare)
  }

  /** Takes an exchange at an endpoint in; `isList`: its answers list things. */
  note({ event, atUs, consumer, endpoint, isLossy, isSuccess, answer }: Sight, isList: boolean): void {
    this.#noteHour(atUs, isLossy)
    // What did not change (304) was given before.
    if (!isList || endpoint === null || answer === 304 || !(isSuccess || (isLossy && answer === 0))) return
    const row = endpoint.ordinal
    this.#endpoints.reserve(row)
    const { most } = this.#endpoints.columns
    const { returnedTotal, responseBytes, returned } = event
    if (returnedTotal >= 0) {
      most[row] = Math.max(returnedTotal, most[row]! * MOST_FADE)
      if (returnedTotal > TOLD_MAX)
        this.#lend(consumer.ordinal, atUs, this.#unusual(consumer.ordinal, atUs, returnedTotal - TOLD_MAX))
      return
    }
    if (most[row] === 0 && returned.length === 0) return
    const ids = Math.ceil(responseBytes / BYTES_PER_ID)
    if (isLossy) this.#lend(consumer.ordinal, atUs, Math.max(ids, most[row]!))
    else
      this.#lend(
        consumer.ordinal,
        atUs,
        this.#unusual(consumer.ordinal, atUs, Math.max(ids, responseBytes === 0 ? most[row]! : 0)),
      )
  }

  isBlind(atUs: number): boolean {
    return atUs < this.#hour.untilUs
  }

  /** How many of `hits` ids without provenance are explained by lists that were told in part; they are used up. */
  takeCredit(consumer: number, atUs: number, hits: number): number {
    if (consumer >= this.#consumers.rows) return 0
    const { credit, untilUs } = this.#consumers.columns
    if (credit[consumer] === 0 || atUs >= untilUs[consumer]!) return 0
    const taken = Math.min(hits, credit[consumer]!)
    credit[consumer]! -= taken
    return taken
  }

  mergeConsumers(former: number, successor: number): void {
    this.#consumers.reserve(Math.max(former, successor))
    const { credit, untilUs } = this.#consumers.columns
    credit[successor]! += credit[former]!
    untilUs[successor] = Math.max(untilUs[successor]!, untilUs[former]!)
  }

  save(): SavedBlindness {
    return { endpoints: this.#endpoints.save(), consumers: this.#consumers.save(), hour: { ...this.#hour } }
  }

  #noteHour(atUs: number, isLossy: boolean): void {
    const hour = this.#hour
    if (atUs >= hour.startUs + HOUR_US) {
      hour.startUs = Math.floor(atUs / HOUR_US) * HOUR_US
      hour.exchanges = 0
      hour.lossy = 0
    }
    hour.exchanges++
    hour.lossyShare += ((isLossy ? 1 : 0) - hour.lossyShare) / SHARE_EXCHANGES
    if (!isLossy) return
    hour.lossy++
    if (hour.exchanges >= HOUR_EXCHANGES_MIN && hour.lossy > LOSSY_SHARE * hour.exchanges)
      hour.untilUs = Math.max(hour.untilUs, hour.startUs + HOUR_US + BLIND_US)
  }

  #lend(consumer: number, atUs: number, ids: number): void {
    if (ids === 0) return
    this.#consumers.reserve(consumer)
    const { credit, untilUs } = this.#consumers.columns
    credit[consumer] = (atUs < untilUs[consumer]! ? credit[consumer]! : 0) + ids
    untilUs[consumer] = atUs + BLIND_US
  }

  /** How many of `ids` are more than large lists leave on other days. */
  #unusual(consumer: number, atUs: number, ids: number): number {
    this.#consumers.reserve(consumer)
    const { lentDay, lent, usualLent } = this.#consumers.columns
    const today = Math.floor(atUs / DAY_US)
    if (today > lentDay[consumer]!) {
      const passed = Math.min(60, today - lentDay[consumer]!)
      usualLent[consumer] = (usualLent[consumer]! * FADE + (1 - FADE) * lent[consumer]!) * FADE ** (passed - 1)
      lentDay[consumer] = today
      lent[consumer] = 0
    }
    const usual = usualLent[consumer]! * USUAL_CREDIT
    const before = Math.max(0, lent[consumer]! - usual)
    lent[consumer]! += ids
    return Math.max(0, lent[consumer]! - usual) - before
  }
}
