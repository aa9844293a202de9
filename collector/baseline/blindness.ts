// When a missing provenance proves nothing, because answers that give ids were not seen.
//
// A list whose body was not read, or whose answer is missing altogether, blinds for a day: clients work off lists within a day. Only where
// that is rare: at an endpoint whose answers are unread time and again, and for a consumer that this happens to on three days of ten, the
// usual share of unprovenanced ids has it in it already. An answer that gave more ids than a sensor tells (128) leaves a credit instead: so
// many ids without provenance count for nothing within a day; who asks for a large list cannot hide more than that list. An hour of which more than 5 % of all exchanges are lossy blinds everybody.
import { type SavedSlab, Slab } from "./columns.ts"
import { DAY_US, HOUR_US } from "./event-clock.ts"
import type { Sight } from "./sight.ts"

export const BLIND_US = DAY_US
const ANSWERS_MIN = 5
const ANSWERS_MAX = 1_000
const LOSSY_SHARE = 0.05
const HOUR_EXCHANGES_MIN = 200
const USUAL_SHARE = 0.3
const FADE = 0.9
/** Ids of an answer that a sensor looks at: of those it tells the ones that it did not tell before. */
const TOLD_MAX = 128

const ENDPOINT_ROWS = {
  /** Answers whose ids are known, those of them that gave some, and answers whose ids are not known. */
  read: [Float32Array, 1],
  giving: [Float32Array, 1],
  unread: [Float32Array, 1],
} as const
const CONSUMER_ROWS = {
  untilUs: [Float64Array, 1],
  /** Ids that were given and not told, until then. */
  credit: [Float32Array, 1],
  creditUntilUs: [Float64Array, 1],
  day: [Int32Array, 1],
  /** Whether something was not seen on that day, and the usual share of such days. */
  isBlindDay: [Uint8Array, 1],
  share: [Float32Array, 1],
} as const

export interface SavedBlindness {
  readonly endpoints: SavedSlab<typeof ENDPOINT_ROWS>
  readonly consumers: SavedSlab<typeof CONSUMER_ROWS>
  readonly hour: {
    readonly startUs: number
    readonly exchanges: number
    readonly lossy: number
    readonly untilUs: number
  }
}

export class Blindness {
  readonly #endpoints: Slab<typeof ENDPOINT_ROWS>
  readonly #consumers: Slab<typeof CONSUMER_ROWS>
  readonly #hour: { startUs: number; exchanges: number; lossy: number; untilUs: number }

  constructor(saved?: SavedBlindness) {
    this.#endpoints = new Slab(ENDPOINT_ROWS, saved?.endpoints)
    this.#consumers = new Slab(CONSUMER_ROWS, saved?.consumers)
    this.#hour = { ...(saved?.hour ?? { startUs: 0, exchanges: 0, lossy: 0, untilUs: 0 }) }
  }

  get bytes(): number {
    return this.#endpoints.bytes + this.#consumers.bytes
  }

  /** Takes an exchange at an endpoint in; `isList`: its answers list things. */
  note({ event, atUs, consumer, endpoint, isLossy, isSuccess }: Sight, isList: boolean): void {
    this.#noteHour(atUs, isLossy)
    if (!isList || endpoint === null || !(isSuccess || (isLossy && event.status === 0))) return
    this.#endpoints.reserve(endpoint.ordinal)
    const { read, giving, unread } = this.#endpoints.columns
    const row = endpoint.ordinal
    if (event.returnedTotal >= 0) {
      read[row]!++
      if (event.returnedTotal > 0) giving[row]!++
      if (event.returnedTotal > TOLD_MAX) this.#lend(consumer.ordinal, atUs, event.returnedTotal - TOLD_MAX)
    } else {
      const gives = read[row]! >= ANSWERS_MIN && giving[row]! * 2 >= read[row]!
      if (gives && unread[row]! * 20 <= read[row]!) this.#blind(consumer.ordinal, atUs)
      unread[row]!++
    }
    if (read[row]! + unread[row]! < ANSWERS_MAX) return
    for (const column of [read, giving, unread]) column[row]! /= 2
  }

  isBlind(consumer: number, atUs: number): boolean {
    if (atUs < this.#hour.untilUs) return true
    return consumer < this.#consumers.rows && atUs < this.#consumers.columns.untilUs[consumer]!
  }

  /** How many of `hits` ids without provenance are explained by lists that were told in part; they are used up. */
  takeCredit(consumer: number, atUs: number, hits: number): number {
    if (consumer >= this.#consumers.rows) return 0
    const { credit, creditUntilUs } = this.#consumers.columns
    if (credit[consumer] === 0 || atUs >= creditUntilUs[consumer]!) return 0
    const taken = Math.min(hits, credit[consumer]!)
    credit[consumer]! -= taken
    return taken
  }

  mergeConsumers(former: number, successor: number): void {
    this.#consumers.reserve(Math.max(former, successor))
    const { untilUs } = this.#consumers.columns
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
    if (!isLossy) return
    hour.lossy++
    if (hour.exchanges >= HOUR_EXCHANGES_MIN && hour.lossy > LOSSY_SHARE * hour.exchanges)
      hour.untilUs = Math.max(hour.untilUs, hour.startUs + HOUR_US + BLIND_US)
  }

  #blind(consumer: number, atUs: number): void {
    if (!this.#isRare(consumer, atUs)) return
    const { untilUs } = this.#consumers.columns
    untilUs[consumer] = Math.max(untilUs[consumer]!, atUs + BLIND_US)
  }

  #lend(consumer: number, atUs: number, ids: number): void {
    this.#consumers.reserve(consumer)
    const { credit, creditUntilUs } = this.#consumers.columns
    credit[consumer] = (atUs < creditUntilUs[consumer]! ? credit[consumer]! : 0) + ids
    creditUntilUs[consumer] = atUs + BLIND_US
  }

  /** Notes that something was not seen today, and says whether that is rare for the consumer. */
  #isRare(consumer: number, atUs: number): boolean {
    this.#consumers.reserve(consumer)
    const { day, isBlindDay, share } = this.#consumers.columns
    const today = Math.floor(atUs / DAY_US)
    if (today > day[consumer]!) {
      // Days on which nothing was missing have passed without a call.
      const passed = Math.min(60, today - day[consumer]!)
      share[consumer] = (share[consumer]! * FADE + (1 - FADE) * isBlindDay[consumer]!) * FADE ** (passed - 1)
      day[consumer] = today
    }
    isBlindDay[consumer] = 1
    return share[consumer]! < USUAL_SHARE
  }
}
