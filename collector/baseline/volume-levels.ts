// Rows and levels behind volume: opens and closes the days of consumers and pairs, and learns what is usual from their rings.
import { DAY_US } from "./event-clock.ts"
import { CONSUMER_DAYS, Level, PAIR_DAYS } from "./level.ts"
import { Scan } from "./scan.ts"
import { CHANCES, LANE_OF, LEAST, MEASURES, Measure, PAIR_MEASURES, PAIR_PLACES } from "./volume-measures.ts"
import { type SavedVolumePool, VolumePool } from "./volume-pool.ts"
import {
  type ConsumerRows,
  consumerRows,
  type PairRows,
  pairRows,
  roll,
  type SavedConsumerRows,
  type SavedPairRows,
} from "./volume-rows.ts"

const PAIR_WIDTH = PAIR_MEASURES.length
/** With fewer days with a count, peers say what is usual. */
export const ACTIVE_DAYS = 3
/** A day with a chance below that is not learned from for a while. */
const LN_SUSPECT = Math.log(0.01)
/** Days of a consumer's life whose chances say nothing about those of others. */
const YOUNG_DAYS = 5
/** From then on its days say how days depend on each other. */
const SETTLED_DAYS = 14
const ANCHOR_DAYS = 90
const ANCHOR_RATIO = 2
/** Counts that are anchored: the others follow from them. */
const ANCHORED = [Measure.requests, Measure.items, Measure.fresh, Measure.sensitive] as const
const DRIFTS_MAX = 1_000

/** A level that has more than doubled in a quarter without an alarm. */
export interface Drift {
  readonly consumer: number
  readonly measure: Measure
  readonly former: number
  readonly present: number
  readonly days: number
}

export interface SavedVolumeLevels {
  readonly consumers: SavedConsumerRows
  readonly pairs: SavedPairRows
  readonly pool: SavedVolumePool
  readonly drifts: readonly Drift[]
}

export class VolumeLevels {
  readonly pool: VolumePool
  readonly consumers: ConsumerRows
  readonly pairs: PairRows
  readonly level = new Level()
  readonly scan: Scan
  /** First day of anything, and the last that was opened; days since 1970. */
  #firstDay = Number.POSITIVE_INFINITY
  #lastDay = 0
  #drifts: Drift[]

  constructor(saved?: SavedVolumeLevels) {
    this.pool = new VolumePool(saved?.pool)
    this.consumers = consumerRows(saved?.consumers)
    this.pairs = pairRows(saved?.pairs)
    this.scan = new Scan(this.level, this.pool.factors, this.pool.correlation)
    this.#drifts = [...(saved?.drifts ?? [])]
    const { firstDay, day } = this.consumers.columns
    for (let row = 0; row < this.consumers.rows; row++) if (day[row] !== 0) this.#meetDay(firstDay[row]!, day[row]!)
  }

  get bytes(): number {
    return this.consumers.bytes + this.pairs.bytes + this.pool.bytes
  }

  /** False as long as nothing is known for so long that anybody could have a usual count. */
  get hasHistory(): boolean {
    return this.#lastDay - this.#firstDay >= ACTIVE_DAYS
  }

  readonly isSeen = (day: number): boolean => this.pool.factors.isSeen(day)

  /** The first exchange of a consumer on a day. */
  openConsumer(row: number, day: number): void {
    this.pool.factors.open(day)
    this.#meetDay(day, day)
    this.consumers.reserve(row)
    const { day: days, closedDay, suspects } = this.consumers.columns
    const former = days[row]!
    if (former > 0 && closedDay[row] !== former) this.#closeConsumer(row)
    roll(this.consumers, row, day, this.isSeen)
    for (let past = Math.max(former + 1, day - CONSUMER_DAYS + 1); past <= day; past++)
      suspects[row * CONSUMER_DAYS + (past % CONSUMER_DAYS)] = 0
    for (let measure = 0; measure < MEASURES; measure++) {
      this.learnConsumer(row, measure as Measure)
      this.pool.addAlpha(measure, false, this.level)
      this.#expect(row, measure as Measure)
    }
    this.#anchor(row, day)
  }

  /** The first exchange of a pair on a day. True if it is the pair's first. */
  openPair(row: number, consumer: number, day: number): void {
    this.pairs.reserve(row)
    const isFirst = this.pairs.columns.day[row] === 0
    roll(this.pairs, row, day, this.isSeen)
    if (isFirst) this.consumers.columns.pairs[consumer]!++
    this.unwatchPair(row)
  }

  /** From the least count on it is looked at; how far beyond, its first look finds out. */
  unwatchPair(row: number): void {
    for (const [place, measure] of PAIR_MEASURES.entries())
      this.pairs.columns.watch[row * PAIR_WIDTH + place] = measure === Measure.requests ? 4 : LEAST[measure]! - 1
  }

  closeDay(day: number): void {
    const { day: days, closedDay } = this.consumers.columns
    for (let row = 0; row < this.consumers.rows; row++)
      if (days[row] === day && closedDay[row] !== day) this.#closeConsumer(row)
    this.pool.closeDay(day)
  }

  learnConsumer(row: number, measure: Measure): Level {
    const { codes, firstDay, day, suspects } = this.consumers.columns
    this.level.learn(
      { codes, at: (row * MEASURES + measure) * CONSUMER_DAYS, days: CONSUMER_DAYS },
      { measure, firstDay: firstDay[row]!, today: day[row]! },
      { flags: suspects, at: row * CONSUMER_DAYS },
      this.pool.factors,
      this.pool.alphaOf(measure, false),
    )
    return this.level
  }

  learnPair(row: number, consumer: number, measure: Measure): Level {
    const { codes, firstDay, day } = this.pairs.columns
    this.level.learn(
      { codes, at: (row * PAIR_WIDTH + PAIR_PLACES[measure]!) * PAIR_DAYS, days: PAIR_DAYS },
      { measure, firstDay: firstDay[row]!, today: day[row]! },
      { flags: this.consumers.columns.suspects, at: consumer * CONSUMER_DAYS },
      this.pool.factors,
      this.pool.alphaOf(measure, true),
    )
    return this.level
  }

  /** Anew, after what is behind the levels of a consumer has changed. */
  relearn(row: number): void {
    for (let measure = 0; measure < MEASURES; measure++) {
      this.learnConsumer(row, measure as Measure)
      this.#expect(row, measure as Measure)
    }
  }

  /** Levels that grew without an alarm since the last call. */
  takeDrifts(): readonly Drift[] {
    const drifts = this.#drifts
    if (drifts.length > 0) this.#drifts = []
    return drifts
  }

  save(): SavedVolumeLevels {
    return {
      consumers: this.consumers.save(),
      pairs: this.pairs.save(),
      pool: this.pool.save(),
      drifts: this.#drifts,
    }
  }

  #meetDay(firstDay: number, day: number): void {
    if (firstDay < this.#firstDay) this.#firstDay = firstDay
    if (day > this.#lastDay) this.#lastDay = day
  }

  /** What the level that was just learned makes of the day in progress. */
  #expect(row: number, measure: Measure): void {
    const { day, usual, expected, watch } = this.consumers.columns
    const at = row * MEASURES + measure
    const isOwn = this.level.activeDays >= ACTIVE_DAYS
    usual[at] = isOwn ? this.level.rate : 0
    expected[at] = isOwn ? this.level.rate * this.level.weekdayFactor(day[row]!) : 0
    if (LANE_OF[measure]! < 0) watch[at] = Number.POSITIVE_INFINITY
    else watch[at] = Math.max(LEAST[measure]! - 1, isOwn ? this.scan.watchFrom(measure, day[row]!) : 0)
  }

  #closeConsumer(row: number): void {
    const { day: days, firstDay, closedDay, today, expected, usual, worst, suspects, residual } = this.consumers.columns
    const day = days[row]!
    closedDay[row] = day
    for (let chance = 0; chance < CHANCES; chance++) {
      const lnP = worst[row * CHANCES + chance]!
      worst[row * CHANCES + chance] = 0
      if (this.pool.chances[chance]!.lnP(row, lnP) < LN_SUSPECT)
        suspects[row * CONSUMER_DAYS + (day % CONSUMER_DAYS)] = 1
      if (day - firstDay[row]! >= YOUNG_DAYS) this.pool.chances[chance]!.add(row, day, lnP)
    }
    const at = row * MEASURES
    const average = usual[at]!
    this.pool.addDay(today, expected, at, average > 0 ? today[at]! / average : 0)
    const usualRequests = expected[at]!
    if (usualRequests <= 0) return
    const off = (today[at]! - usualRequests) / (usualRequests + Math.sqrt(usualRequests))
    const now = Math.min(2, off)
    // Before that the level is still coming to what it will be.
    if (day - firstDay[row]! >= SETTLED_DAYS) this.pool.addResiduals(residual[row]!, now)
    residual[row] = now
  }

  /** Once a quarter: what is usual now against what was then. */
  #anchor(row: number, day: number): void {
    const { anchors, anchorDay, usual, firstDay } = this.consumers.columns
    const days = day - anchorDay[row]!
    if (day - firstDay[row]! < 14 || (anchorDay[row] !== 0 && days < ANCHOR_DAYS)) return
    for (const measure of ANCHORED) {
      const former = anchors[row * MEASURES + measure]!
      const present = usual[row * MEASURES + measure]!
      const isDrift = anchorDay[row] !== 0 && former > 0 && present > ANCHOR_RATIO * former && present >= LEAST_DRIFT
      if (isDrift && this.#drifts.length < DRIFTS_MAX)
        this.#drifts.push({ consumer: row, measure, former, present, days })
    }
    anchorDay[row] = day
    anchors.set(usual.subarray(row * MEASURES, (row + 1) * MEASURES), row * MEASURES)
  }
}

/** A level below that may double unseen, a day. */
const LEAST_DRIFT = 10
export const dayOf = (atUs: number): number => Math.floor(atUs / DAY_US)
