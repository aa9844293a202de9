// What a missing provenance proves where answers that give ids were not seen, or not wholly.
//
// A list of which not all ids are told leaves its consumer a credit: so many ids without provenance count for nothing within a day, because
// clients work off lists within a day.
//   read in part, or more than the 512 ids that a sensor looks at: those beyond 512, or what the bytes of the body have room for. Who asks
//     for a large list hides no more than that list. It counts only as far as it is more than one and a half times what it is on other
//     days: what is usual is in the usual share already.
//   lost, wholly or in part: what a list of this consumer usually tells (more, where more bytes of it were seen), times the share of the ids
//     told that this consumer asks for. The greatest list ever would hide whatever is asked for as soon as a packet in fifty is lost.
// No list of one's own explains ids that were given to others only: where something may be missing, those are counted apart, for consumers
// whose own ids are not the others', too.
// Lists of which nothing was seen (their request was lost) are as frequent as requests without a response; each explains as many ids as
// one usually does (provenance-chances.ts), and days are the more restless for it.
// An hour of which more than a quarter of all exchanges are lossy blinds everybody for a day: only ids of others prove something.
import { type SavedSlab, Slab } from "./columns.ts"
import { DAY_US, HOUR_US } from "./event-clock.ts"
import type { UnseenLists } from "./provenance-chances.ts"
import type { Sight } from "./sight.ts"

const BLIND_US = DAY_US
/** Ids of an answer that a sensor looks at: of those it tells the ones that it did not tell before. */
const TOLD_MAX = 512
/** So many bytes of a body hold one id at least; few objects are told in less. */
const BYTES_PER_ID = 64
/** Times the usual credit of a day that is held against nobody. */
const USUAL_CREDIT = 1.5
const FADE = 0.9
/** Share of an hour's exchanges that are lossy: above the first, nothing is left out for certain; above the second, nothing is known. */
const PATCHY_SHARE = 0.05
const BLIND_SHARE = 0.25
/** Below this, what was not seen is a client's doing: it did not wait. */
const UNSEEN_MIN = 1e-4
const NONE_UNSEEN: UnseenLists = { share: 0, ids: 0, common: 0 }
/** Lists that the endpoint's lists count as, where a consumer's own are few. */
const PEER_LISTS = 3
/** Of a lost list more bytes than usual may have been seen: so many times its usual size at most. */
const SIZE_MAX = 100
/** Sums over lists and ids are halved at so many. */
const SUM_MAX = 1_000
/** Ids with provenance that show whether a consumer's ids are its own; share of them that may be others', too. */
const TAKEN_MIN = 10
const COMMON_SHARE = 0.05
/** What is held of the share of told ids that is asked for, as so many that were. */
const UNKNOWN_TAKEN = 4
const HOUR_EXCHANGES_MIN = 200
/** Exchanges over which the share of lossy ones is averaged. */
const SHARE_EXCHANGES = 20_000
const LATE_EXCHANGES = 2_000
/** Lists are not equally long: so many times the usual size. */
const LONG_LIST = 1.5
/** Dispersion that is added for each lossy exchange of one: lists have 10 to 100 ids, and those of one that is missing come together. */
const UNREST = 200
const UNREST_MAX = 10

/** Of lists that were seen, by endpoint and by pair: how many, ids that they told, bytes of their bodies. */
const LIST_ROWS = { lists: [Float32Array, 1], told: [Float32Array, 1], bytes: [Float32Array, 1] } as const
const CONSUMER_ROWS = {
  /** Ids that were given and not told, until then. */
  credit: [Float32Array, 1],
  untilUs: [Float64Array, 1],
  /** What large lists left on `lentDay`, and usually on a day. */
  lentDay: [Int32Array, 1],
  lent: [Float32Array, 1],
  usualLent: [Float32Array, 1],
  /** Ids that lists told, and squares of those of each; those asked for afterwards for the first time; of these, others', too. */
  told: [Float32Array, 1],
  squares: [Float32Array, 1],
  taken: [Float32Array, 1],
  common: [Float32Array, 1],
} as const

const NO_HOUR = {
  startUs: 0,
  exchanges: 0,
  lossy: 0,
  patchyUntilUs: 0,
  blindUntilUs: 0,
  lossyShare: 0,
  unseenShare: 0,
  unseenLately: 0,
}
interface Hour {
  startUs: number
  exchanges: number
  lossy: number
  /** Exchanges are missing here and there until the one, everybody is blind until the other. */
  patchyUntilUs: number
  blindUntilUs: number
  /** Of the last exchanges: share of lossy ones; of those whose response was not seen, over the last many and the last few. */
  lossyShare: number
  unseenShare: number
  unseenLately: number
}

export interface SavedBlindness {
  readonly endpoints: SavedSlab<typeof LIST_ROWS>
  readonly pairs: SavedSlab<typeof LIST_ROWS>
  readonly consumers: SavedSlab<typeof CONSUMER_ROWS>
  readonly hour: Readonly<Hour>
}

export class Blindness {
  readonly #endpoints: Slab<typeof LIST_ROWS>
  readonly #pairs: Slab<typeof LIST_ROWS>
  readonly #consumers: Slab<typeof CONSUMER_ROWS>
  readonly #hour: Hour

  constructor(saved?: SavedBlindness) {
    this.#endpoints = new Slab(LIST_ROWS, saved?.endpoints)
    this.#pairs = new Slab(LIST_ROWS, saved?.pairs)
    this.#consumers = new Slab(CONSUMER_ROWS, saved?.consumers)
    this.#hour = { ...(saved?.hour ?? NO_HOUR) }
  }

  get bytes(): number {
    return this.#endpoints.bytes + this.#pairs.bytes + this.#consumers.bytes
  }

  /** Dispersion that lost exchanges add to days. */
  get unrest(): number {
    return Math.min(UNREST_MAX, UNREST * this.#hour.lossyShare)
  }

  /** Takes an exchange at an endpoint in; `isList`: its answers list things. */
  note(sight: Sight, isList: boolean): void {
    const { event, atUs, consumer, endpoint, isLossy, isSuccess, answer } = sight
    this.#noteHour(atUs, isLossy, event.state >= 2)
    // What did not change (304) was given before.
    if (!isList || endpoint === null || answer === 304 || !(isSuccess || (isLossy && answer === 0))) return
    const { returnedTotal, responseBytes, returned } = event
    if (returnedTotal >= 0) {
      this.#learn(sight)
      if (returnedTotal > TOLD_MAX)
        this.#lend(consumer.ordinal, atUs, this.#unusual(consumer.ordinal, atUs, returnedTotal - TOLD_MAX))
      return
    }
    if (isLossy) {
      this.#lend(consumer.ordinal, atUs, this.#missing(sight))
      return
    }
    if (this.#told(endpoint.ordinal) === 0 && returned.length === 0) return
    const ids = responseBytes === 0 ? this.#told(endpoint.ordinal) : responseBytes / BYTES_PER_ID
    this.#lend(consumer.ordinal, atUs, this.#unusual(consumer.ordinal, atUs, Math.ceil(ids)))
  }

  /** `taken` ids were asked for that were given before, `common` of them others', too. */
  noteTaken(consumer: number, taken: number, common: number): void {
    this.#consumers.reserve(consumer)
    const { columns } = this.#consumers
    columns.taken[consumer]! += taken
    columns.common[consumer]! += common
    if (columns.taken[consumer]! < SUM_MAX) return
    for (const name of ["told", "squares", "taken", "common"] as const) columns[name][consumer]! /= 2
  }

  /** So much was lost lately that nobody knows which lists there were. */
  isBlind(atUs: number): boolean {
    return atUs < this.#hour.blindUntilUs
  }

  /** Enough was lost lately to make a single missing exchange no surprise. */
  isPatchy(atUs: number): boolean {
    return atUs < this.#hour.patchyUntilUs
  }

  /** Whether a list of the consumer may be missing: then ids that only others were given prove more than the rest. */
  mayMiss(consumer: number, atUs: number): boolean {
    return this.isBlind(atUs) || this.#hour.lossyShare > UNSEEN_MIN || this.#creditOf(consumer, atUs) > 0
  }

  /** Lists of the consumer of which nothing was seen. The size is that of the list that an id comes from: most lists may be empty. */
  unseenLists(consumer: number): UnseenLists {
    const share = Math.max(this.#hour.unseenShare, this.#hour.unseenLately)
    if (consumer >= this.#consumers.rows) return NONE_UNSEEN
    const { told, squares, taken, common } = this.#consumers.columns
    const size = squares[consumer]! / Math.max(1, told[consumer]!)
    return {
      share: share < UNSEEN_MIN ? 0 : share,
      ids: LONG_LIST * size * this.#takenShare(consumer),
      common: (common[consumer]! + 0.5) / (taken[consumer]! + 1),
    }
  }

  /** Whether the consumer's ids are its own: known, and not the others', too. */
  isApart(consumer: number): boolean {
    if (consumer >= this.#consumers.rows) return false
    const { taken, common } = this.#consumers.columns
    return taken[consumer]! >= TAKEN_MIN && common[consumer]! <= COMMON_SHARE * taken[consumer]!
  }

  /** How many of `hits` ids without provenance are explained by lists that were told in part; they are used up. */
  takeCredit(consumer: number, atUs: number, hits: number): number {
    const credit = this.#creditOf(consumer, atUs)
    if (credit === 0) return 0
    const taken = Math.min(hits, Math.ceil(credit))
    this.#consumers.columns.credit[consumer] = Math.max(0, credit - taken)
    return taken
  }

  mergeConsumers(former: number, successor: number): void {
    this.#consumers.reserve(Math.max(former, successor))
    const { credit, untilUs, told, squares, taken, common } = this.#consumers.columns
    for (const sums of [told, squares, taken, common]) sums[successor]! += sums[former]!
    credit[successor]! += credit[former]!
    untilUs[successor] = Math.max(untilUs[successor]!, untilUs[former]!)
  }

  save(): SavedBlindness {
    const [endpoints, pairs, consumers] = [this.#endpoints.save(), this.#pairs.save(), this.#consumers.save()]
    return { endpoints, pairs, consumers, hour: { ...this.#hour } }
  }

  #creditOf(consumer: number, atUs: number): number {
    if (consumer >= this.#consumers.rows) return 0
    const { credit, untilUs } = this.#consumers.columns
    return atUs < untilUs[consumer]! ? credit[consumer]! : 0
  }

  #learn({ event, consumer, endpoint, pair }: Sight): void {
    const { returned, responseBytes } = event
    this.#consumers.reserve(consumer.ordinal)
    this.#consumers.columns.told[consumer.ordinal]! += returned.length
    this.#consumers.columns.squares[consumer.ordinal]! += returned.length ** 2
    add(this.#endpoints, endpoint!.ordinal, returned.length, responseBytes)
    if (pair !== null) add(this.#pairs, pair.ordinal, returned.length, responseBytes)
  }

  /** Ids that a list at the endpoint tells on the average. */
  #told(endpoint: number): number {
    this.#endpoints.reserve(endpoint)
    const { lists, told } = this.#endpoints.columns
    return told[endpoint]! / Math.max(1, lists[endpoint]!)
  }

  /** Ids that the consumer is likely to ask for because of a list of which not all was seen. */
  #missing({ event, consumer, endpoint, pair }: Sight): number {
    const { ordinal } = endpoint!
    let told = this.#told(ordinal) * PEER_LISTS
    let bytes =
      (this.#endpoints.columns.bytes[ordinal]! / Math.max(1, this.#endpoints.columns.lists[ordinal]!)) * PEER_LISTS
    let lists = PEER_LISTS
    if (pair !== null && pair.ordinal < this.#pairs.rows) {
      const own = this.#pairs.columns
      told += own.told[pair.ordinal]!
      bytes += own.bytes[pair.ordinal]!
      lists += own.lists[pair.ordinal]!
    }
    const size = bytes === 0 ? 1 : Math.min(SIZE_MAX, Math.max(1, (event.responseBytes * lists) / bytes))
    return Math.max(0, (told / lists) * size - event.returned.length) * this.#takenShare(consumer.ordinal)
  }

  #takenShare(consumer: number): number {
    this.#consumers.reserve(consumer)
    const { taken, told } = this.#consumers.columns
    return Math.min(1, (taken[consumer]! + UNKNOWN_TAKEN) / (told[consumer]! + UNKNOWN_TAKEN))
  }

  #noteHour(atUs: number, isLossy: boolean, isUnseen: boolean): void {
    const hour = this.#hour
    if (atUs >= hour.startUs + HOUR_US) {
      hour.startUs = Math.floor(atUs / HOUR_US) * HOUR_US
      hour.exchanges = 0
      hour.lossy = 0
    }
    hour.exchanges++
    hour.lossyShare += ((isLossy ? 1 : 0) - hour.lossyShare) / SHARE_EXCHANGES
    hour.unseenShare += ((isUnseen ? 1 : 0) - hour.unseenShare) / SHARE_EXCHANGES
    hour.unseenLately += ((isUnseen ? 1 : 0) - hour.unseenLately) / LATE_EXCHANGES
    if (!isLossy) return
    hour.lossy++
    if (hour.exchanges < HOUR_EXCHANGES_MIN) return
    const untilUs = hour.startUs + HOUR_US + BLIND_US
    if (hour.lossy > PATCHY_SHARE * hour.exchanges) hour.patchyUntilUs = Math.max(hour.patchyUntilUs, untilUs)
    if (hour.lossy > BLIND_SHARE * hour.exchanges) hour.blindUntilUs = Math.max(hour.blindUntilUs, untilUs)
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

function add(slab: Slab<typeof LIST_ROWS>, row: number, ids: number, bytesOfBody: number): void {
  slab.reserve(row)
  const { lists, told, bytes } = slab.columns
  lists[row]!++
  told[row]! += ids
  bytes[row]! += Math.max(0, bytesOfBody)
  if (lists[row]! < SUM_MAX) return
  lists[row]! /= 2
  told[row]! /= 2
  bytes[row]! /= 2
}
