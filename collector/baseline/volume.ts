// Counts by pair and by consumer and day, against their usual level (B1), and summed up over days (B2).
//
//   exchange --> row of the consumer, row of the pair     add, and compare with the count from which it is worth a look
//                     |  worth a look                     (a few a day of a consumer)
//                     v
//   ring of days --> level.ts --> scan.ts --> calibration.ts --> `looks`, which detectors read before the next exchange
//                    peers.ts where there is no history
//
// Includes the present exchange: counts of the day, looks. Before it: levels. Given up: what is late; pairs past their limit are counted
// in their consumer's row alone.
import { grown } from "../../shared/bytes/grown.ts"
import type { Baseline, BaselineParts } from "./baseline.ts"
import { factorOf } from "./common-factor.ts"
import type { Turn } from "./event-clock.ts"
import { CONSUMER_DAYS, type Level } from "./level.ts"
import { lnPeersTail } from "./peers.ts"
import type { Excess, Scan } from "./scan.ts"
import { SENSITIVE } from "./sensitivity.ts"
import type { Sight } from "./sight.ts"
import type { ConsumerSubject, EndpointSubject, PairSubject, Subjects } from "./subjects.ts"
import { ACTIVE_DAYS, type Drift, dayOf, type SavedVolumeLevels, VolumeLevels } from "./volume-levels.ts"
import {
  addTo,
  CHANCES,
  ChangeKind,
  changeKindOf,
  KINDS,
  LANE_OF,
  LANES,
  Lane,
  MEASURES,
  Measure,
  PAIR_MEASURES,
  PAIR_PLACES,
} from "./volume-measures.ts"
import { addRows, forget, meanOf, roll, scale, sumOf } from "./volume-rows.ts"

const PAIR_WIDTH = PAIR_MEASURES.length
/** A count is looked at again when it has grown by that. */
const AGAIN = 1.05
/** Others that a consumer without history is compared with. */
const PEERS_MAX = 256
/** What looking at bursts, at what lasts and at what is slow costs, ln. */
const LN_KINDS = Math.log(KINDS)
/** What partners do in a day where nobody does it yet. */
const GUESS_READS = { mean: 10, deviation: 1.6 }
const GUESS_CHANGES = { mean: 3, deviation: 1.3 }
/** A chance below that is worth finding out what moves everybody. */
const LN_NOTABLE = -3
/** From so many days on, never having done a thing says that it is rare. */
const KNOWN_DAYS = 7
/** A count that is higher than usual. */
export interface Look {
  readonly consumer: number
  /** Ordinals, -1 where it is the consumer's count over all endpoints. */
  readonly pair: number
  readonly endpoint: number
  readonly measure: Measure
  readonly lane: Lane
  /** Count of the day in progress. */
  readonly today: number
  /** The window that is least usual. */
  readonly excess: Readonly<Excess>
  /** ln of the chance for one look a consumer and day at all series of the lane, calibrated. */
  readonly lnP: number
  /** By its own history; otherwise by what peers do. */
  readonly isOwn: boolean
}

export type SavedVolume = SavedVolumeLevels

export class Volume implements Baseline {
  /** What the present exchange has brought beyond the usual; mostly empty. */
  readonly looks: Look[] = []
  readonly levels: VolumeLevels
  readonly subjects: Subjects
  /** ChangeKind by endpoint, 0 not known yet. */
  #kinds = new Uint8Array(64)
  readonly #peers = new Float64Array(PEERS_MAX)

  constructor({ subjects }: BaselineParts, saved?: SavedVolume) {
    this.subjects = subjects
    this.levels = new VolumeLevels(saved)
  }

  get bytes(): number {
    return this.levels.bytes + this.#kinds.byteLength
  }

  note(sight: Sight): void {
    if (this.looks.length > 0) this.looks.length = 0
    if (sight.isLate) return
    const { consumers } = this.levels
    const row = sight.consumer.ordinal
    const day = dayOf(sight.atUs)
    if (row >= consumers.rows || consumers.columns.day[row]! < day) this.levels.openConsumer(row, day)
    const { today, watch } = consumers.columns
    const kind = sight.endpoint === null ? 0 : this.#kindOf(sight.endpoint)
    const at = row * MEASURES
    addTo(today, at, sight, kind)
    if (sight.pair !== null) this.#notePair(sight, sight.pair, day, kind)
    for (let measure = 0; measure < MEASURES; measure++)
      if (today[at + measure]! > watch[at + measure]!) this.#lookAtConsumer(row, measure as Measure)
  }

  turn({ kind, startUs }: Turn): void {
    if (kind === "day") this.levels.closeDay(dayOf(startUs))
  }

  takeDrifts(): readonly Drift[] {
    return this.levels.takeDrifts()
  }

  /** The level of a look's series, and the scan over it; valid until the next exchange or level. */
  levelOf(consumer: number, pair: number, measure: Measure): { readonly level: Level; readonly scan: Scan } {
    if (pair < 0) this.levels.learnConsumer(consumer, measure)
    else this.levels.learnPair(pair, consumer, measure)
    return this.levels
  }

  /** Day in progress of a look's series, days since 1970. */
  dayOf({ consumer, pair }: Pick<Look, "consumer" | "pair">): number {
    return pair < 0 ? this.levels.consumers.columns.day[consumer]! : this.levels.pairs.columns.day[pair]!
  }

  /** Count of an average day; 0 where there is too little history. */
  usual(consumer: number, measure: Measure): number {
    return this.levels.consumers.columns.usual[consumer * MEASURES + measure]!
  }

  /** Count of the last `days` days of a consumer, today included. */
  recent(consumer: number, measure: Measure, days: number): number {
    const level = this.levels.learnConsumer(consumer, measure)
    let sum = this.today(consumer, measure)
    for (let age = 1; age < days && age <= level.known; age++) sum += Math.max(0, level.counts[age]!)
    return sum
  }

  /** Of a consumer's count of the last `days` days, what came by pairs that are younger than `youngDays`; bytes by requests. */
  ofNewPairs(consumer: number, measure: Measure, days: number, youngDays: number): number {
    const { pairs } = this.levels
    const day = this.dayOf({ consumer, pair: -1 })
    const place = measure === Measure.sensitive ? 1 : Math.max(0, PAIR_PLACES[measure]!)
    let sum = 0
    for (const { ordinal, endpoint } of this.#pairsOf(consumer)) {
      if (pairs.columns.firstDay[ordinal]! <= day - youngDays) continue
      if (measure === Measure.sensitive && this.subjects.endpoints[endpoint]!.sensitivity < SENSITIVE) continue
      roll(pairs, ordinal, day, this.levels.isSeen)
      const count = (at: number): number =>
        pairs.columns.today[ordinal * PAIR_WIDTH + at]! + sumOf(pairs, ordinal, at, days - 1)
      sum += measure === Measure.sensitive ? Math.max(count(0), count(1)) : count(place)
    }
    if (measure !== Measure.bytes || sum === 0) return sum
    const requests = this.recent(consumer, Measure.requests, days)
    return (sum / Math.max(1, requests)) * this.recent(consumer, Measure.bytes, days)
  }

  /** Whether anything was counted of it. */
  isKnown(consumer: number, pair: number): boolean {
    const rows = pair < 0 ? this.levels.consumers : this.levels.pairs
    const row = pair < 0 ? consumer : pair
    return row < rows.rows && rows.columns.day[row] !== 0
  }

  /** Count of the day in progress of a consumer, or of a pair. */
  todayOf(consumer: number, pair: number, measure: Measure): number {
    if (pair < 0) return this.today(consumer, measure)
    return this.levels.pairs.columns.today[pair * PAIR_WIDTH + PAIR_PLACES[measure]!] ?? 0
  }

  /** Count of the day in progress. */
  today(consumer: number, measure: Measure): number {
    return this.levels.consumers.columns.today[consumer * MEASURES + measure] ?? 0
  }

  /** What moves everybody today, as far as the day has come: 1 or more. */
  factorOfToday(consumer: number, measure: Measure): number {
    const { day, today, expected } = this.levels.consumers.columns
    const ratios: number[] = []
    for (let row = 0; row < this.levels.consumers.rows; row++) {
      const usual = expected[row * MEASURES + measure]!
      if (row !== consumer && day[row] === day[consumer] && usual > 0)
        ratios.push(today[row * MEASURES + measure]! / usual)
    }
    return Math.max(1, factorOf(Float64Array.from(ratios)))
  }

  /** Usual daily counts of others: of the endpoint's pairs, or of consumers; valid until the next call. */
  peersOf(consumer: number, pair: number, measure: Measure): Float64Array {
    const { pairs, consumers } = this.levels
    let n = 0
    if (!this.levels.hasHistory) return this.#peers.subarray(0, 0)
    if (pair >= 0) {
      const endpoint = this.subjects.endpoints[this.subjects.pairs[pair]!.endpoint]!
      for (const { ordinal, consumer: other } of this.subjects.pairsOf(endpoint)) {
        if (other === consumer || ordinal >= pairs.rows || n === PEERS_MAX) continue
        const mean = meanOf(pairs, ordinal, PAIR_PLACES[measure]!)
        if (mean >= 0) this.#peers[n++] = mean
      }
    } else {
      const { usual } = consumers.columns
      for (let row = 0; row < consumers.rows && n < PEERS_MAX; row++)
        if (row !== consumer && usual[row * MEASURES + measure]! > 0)
          this.#peers[n++] = usual[row * MEASURES + measure]!
    }
    return this.#peers.subarray(0, n)
  }

  mergeConsumers(former: ConsumerSubject, successor: ConsumerSubject): void {
    for (const { ordinal, endpoint } of this.#pairsOf(former.ordinal)) {
      const into = this.subjects.pairAt(successor, this.subjects.endpoints[endpoint]!, former.firstUs)
      if (into !== null) this.#mergePairs(ordinal, into.ordinal, successor.ordinal)
    }
    const { consumers, pool } = this.levels
    for (const chance of pool.chances) chance.merge(former.ordinal, successor.ordinal)
    if (former.ordinal >= consumers.rows || consumers.columns.day[former.ordinal] === 0) return
    const day = Math.max(consumers.columns.day[former.ordinal]!, consumers.columns.day[successor.ordinal] ?? 0)
    this.levels.openConsumer(former.ordinal, day)
    this.levels.openConsumer(successor.ordinal, day)
    addRows(consumers, former.ordinal, successor.ordinal)
    this.levels.relearn(successor.ordinal)
  }

  mergeEndpoints(former: EndpointSubject, successor: EndpointSubject): void {
    for (const { consumer, ordinal } of this.subjects.pairsOf(former)) {
      if (ordinal >= this.levels.pairs.rows || this.levels.pairs.columns.day[ordinal] === 0) continue
      const into = this.subjects.pairAt(this.subjects.consumers[consumer]!, successor, former.firstUs)
      if (into !== null) this.#mergePairs(ordinal, into.ordinal, consumer)
    }
  }

  purge(consumer: ConsumerSubject, fromUs: number, toUs: number): void {
    const row = consumer.ordinal
    const { consumers, pairs } = this.levels
    if (row >= consumers.rows) return
    const from = dayOf(fromUs)
    const to = dayOf(toUs - 1)
    forget(consumers, row, from, to)
    for (const { ordinal } of this.#pairsOf(row)) forget(pairs, ordinal, from, to)
    const today = consumers.columns.day[row]!
    if (to >= today) consumers.columns.suspects[row * CONSUMER_DAYS + (today % CONSUMER_DAYS)] = 1
    this.levels.relearn(row)
  }

  adopt(consumer: ConsumerSubject, endpoint: EndpointSubject | null): void {
    const row = consumer.ordinal
    const { consumers } = this.levels
    if (row >= consumers.rows) return
    consumers.columns.suspects.fill(0, row * CONSUMER_DAYS, (row + 1) * CONSUMER_DAYS)
    for (let measure = 0; measure < MEASURES; measure++) this.#raise(row, -1, measure as Measure)
    for (const pair of this.#pairsOf(row)) {
      if (endpoint !== null && pair.endpoint !== endpoint.ordinal) continue
      for (const measure of PAIR_MEASURES) this.#raise(row, pair.ordinal, measure)
      this.levels.unwatchPair(pair.ordinal)
    }
    this.levels.relearn(row)
  }

  save(): SavedVolume {
    return this.levels.save()
  }

  #kindOf({ ordinal }: EndpointSubject): number {
    if (ordinal >= this.#kinds.length)
      this.#kinds = grown(this.#kinds, new Uint8Array(2 ** Math.ceil(Math.log2(ordinal + 1))))
    const known = this.#kinds[ordinal]!
    if (known !== 0) return known
    const kind = changeKindOf(this.subjects.endpoints[ordinal]!)
    this.#kinds[ordinal] = kind
    return kind
  }

  #notePair(sight: Sight, pair: PairSubject, day: number, kind: number): void {
    const { pairs } = this.levels
    const row = pair.ordinal
    if (row >= pairs.rows || pairs.columns.day[row]! < day) this.levels.openPair(row, pair.consumer, day)
    const { today, watch } = pairs.columns
    const at = row * PAIR_WIDTH
    const isGiven = sight.isSuccess || sight.answer === 0
    if (isGiven || kind === ChangeKind.reading) today[at]!++
    if (!isGiven) return
    if (sight.event.items > 0) today[at + 1]! += sight.event.items
    today[at + 2]! += sight.fresh
    if (kind >= ChangeKind.changing && today[at]! > watch[at]!) this.#lookAtPair(pair, Measure.requests)
    if (today[at + 1]! > watch[at + 1]!) this.#lookAtPair(pair, Measure.items)
    if (today[at + 2]! > watch[at + 2]!) this.#lookAtPair(pair, Measure.fresh)
  }

  #lookAtConsumer(row: number, measure: Measure): void {
    const { columns } = this.levels.consumers
    this.levels.learnConsumer(row, measure)
    const at = row * MEASURES + measure
    const count = columns.today[at]!
    columns.watch[at] = Math.max(count, Math.floor(count * AGAIN))
    this.#look(row, -1, measure, LANE_OF[measure] as Lane, count, 0)
  }

  #lookAtPair(pair: PairSubject, measure: Measure): void {
    const { columns } = this.levels.pairs
    const at = pair.ordinal * PAIR_WIDTH + PAIR_PLACES[measure]!
    const count = columns.today[at]!
    const level = this.levels.learnPair(pair.ordinal, pair.consumer, measure)
    const watch = level.activeDays >= ACTIVE_DAYS ? this.levels.scan.watchFrom(measure, columns.day[pair.ordinal]!) : 0
    columns.watch[at] = Math.max(count, Math.floor(count * AGAIN), watch)
    if (count <= watch) {
      this.levels.pool.addAlpha(measure, true, level)
      return
    }
    // A pair lists, or reads, or changes: about half of them are looked at in a lane.
    const pairs = Math.max(1, this.levels.consumers.columns.pairs[pair.consumer]! / 2)
    const lane = measure === Measure.requests ? Lane.changing : Lane.reading
    this.#look(pair.consumer, pair.ordinal, measure, lane, count, Math.log(pairs))
  }

  /** The level is the one just learned. A burst, and what lasts or is slow, is a look each. */
  #look(consumer: number, pair: number, measure: Measure, lane: Lane, count: number, lnCost: number): void {
    const { level, scan } = this.levels
    const endpoint = pair < 0 ? -1 : this.subjects.pairs[pair]!.endpoint
    const isOwn = level.activeDays >= ACTIVE_DAYS
    const push = (excess: Excess, lnP: number): void => {
      const at = { consumer, pair, endpoint, measure, lane, today: count }
      this.looks.push({ ...at, excess: { ...excess }, lnP: Math.min(0, lnP), isOwn })
    }
    if (!isOwn) {
      const peers = this.peersOf(consumer, pair, measure)
      const rare = level.known >= KNOWN_DAYS ? Math.log((level.activeDays + 0.5) / (level.known + 1)) : 0
      const guess = lane === Lane.changing ? GUESS_CHANGES : GUESS_READS
      const lnP = Math.min(0, lnPeersTail(count, peers, peers.length, guess) + rare + lnCost)
      const chance = this.levels.pool.chances[lane]!
      push(
        { days: 1, count, mean: level.rate, lnP },
        lane === Lane.changing ? lnP + LN_KINDS : chance.lnP(consumer, lnP),
      )
      return
    }
    const day = this.dayOf({ consumer, pair })
    scan.look(measure, day, count, 1)
    const { burst, lasting, slow } = scan
    if (Math.min(burst.lnP, lasting.lnP, slow.lnP) + lnCost < LN_NOTABLE) {
      const factor = this.factorOfToday(consumer, measure)
      if (factor > 1) scan.look(measure, day, count, factor)
    }
    push(burst, this.#honest(consumer, lane, burst.lnP + lnCost) + LN_KINDS)
    const lnLasting = this.#honest(consumer, LANES + lane, lasting.lnP + lnCost)
    const lnSlow = this.#honest(consumer, 2 * LANES + lane, slow.lnP + lnCost)
    const least = Math.min(lnLasting, lnSlow)
    if (least < 0) push(lnLasting < lnSlow ? lasting : slow, least + LN_KINDS)
  }

  /** The chance as the pool has it; the day's smallest is kept for the pool. */
  #honest(consumer: number, chance: number, lnP: number): number {
    const { worst } = this.levels.consumers.columns
    const model = Math.min(0, lnP)
    const at = consumer * CHANCES + chance
    if (model < worst[at]!) worst[at] = model
    return this.levels.pool.chances[chance]!.lnP(consumer, model)
  }

  *#pairsOf(consumer: number): Iterable<PairSubject> {
    const { rows, columns } = this.levels.pairs
    for (let i = 0; i < this.subjects.pairs.length; i++) {
      const pair = this.subjects.pairs[i]!
      if (pair.consumer === consumer && i < rows && columns.day[i] !== 0) yield pair
    }
  }

  #mergePairs(former: number, successor: number, consumer: number): void {
    if (former === successor) return
    const { pairs } = this.levels
    const day = Math.max(pairs.columns.day[former]!, successor < pairs.rows ? pairs.columns.day[successor]! : 0)
    roll(pairs, former, day, this.levels.isSeen)
    this.levels.openPair(successor, consumer, day)
    addRows(pairs, former, successor)
  }

  /** What the last days were is what has always been, for the level that they have come to. */
  #raise(consumer: number, pair: number, measure: Measure): void {
    const { level, scan } = this.levelOf(consumer, pair, measure)
    const { consumers, pairs } = this.levels
    if (level.rate <= 0) return
    const isPair = pair >= 0
    const rows = isPair ? pairs : consumers
    const row = isPair ? pair : consumer
    const place = isPair ? PAIR_PLACES[measure]! : measure
    const count = rows.columns.today[row * (isPair ? PAIR_WIDTH : MEASURES) + place]!
    const ratio = scan.greatestRatio(measure, rows.columns.day[row]!, count)
    if (ratio > 1) scale(rows, row, place, ratio)
  }
}
