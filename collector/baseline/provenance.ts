// Ids that a consumer asks for without having been given them: today, and usually, by pair and by where the request carries them.
//
//   row = pair x carrier (0: path and query, 1: body)
//   trials    ids asked for the first time ("fresh"); a refused one weighs half
//   hits      those of them that no answer ever gave to this consumer
//   usual     hits / trials of closed days, each day's hits at most what was likely (winsorised), old days fading by 5 % an active day,
//             shrunk towards what the others at the endpoint do as if they were 2 trials of its own: consumers differ more than days do, some get all ids by mail
//
// Hits of a day are beta-binomial with the usual share as mean and evidence a: 1 / a = 1 / (hits learned, the peers' part included) +
// (dispersion - 1) / mean: the uncertainty of the share, and the unrest of days, the latter from squares of past days, shrunk towards the
// tenant's.
// Rows turn to a new day when they are touched: nobody walks through all of them at midnight.
import type { Baseline } from "./baseline.ts"
import { Slab } from "./columns.ts"
import { DAY_US } from "./event-clock.ts"
import {
  dispersionOf,
  othersTail,
  scoreStep,
  tailOf,
  tailWithUnseen,
  type UnseenLists,
  type UsualShare,
} from "./provenance-chances.ts"
import {
  CARRIERS,
  CONSUMER_ROWS,
  type Counts,
  ENDPOINT_ROWS,
  ROWS,
  type SavedProvenance,
  type Today,
} from "./provenance-rows.ts"
import type { ConsumerSubject, EndpointSubject, PairSubject, Subjects } from "./subjects.ts"

const FADE = 0.95
/** What is held of a share of which nothing is known, and how many trials it weighs. */
const UNKNOWN_SHARE = 0.02
const UNKNOWN_TRIALS = 10
const PEER_TRIALS = 2
/** Of a tenant's first days nothing is held: ids were given before the sensor looked. µs since a consumer's first exchange. */
const WARM_UP_US = 3 * DAY_US
/** Rows with more than this usual share tell nothing of the unrest of others. */
const POOLED_SHARE = 0.1
/** Chance below which a day is not learned from as it was. */
const UNLIKELY = 0.02
/** Of a day's ids that only others were given, so many are learned at least. */
const OTHERS_LEARNED = 2
/** Days of history from which on days are summed up. */
const SCORE_DAYS = 7
const SCORE_MAX = 60
/** Fresh ids that had been given, at an endpoint: then provenance is something that can be missing there. */
const GIVEN_MIN = 10
/** Trials of closed days at an endpoint that make it known enough to judge a consumer of which nothing is known yet. */
const KNOWN_TRIALS = 50
/** Above this usual share nothing follows from a missing provenance. */
const SHARE_MAX = 0.5
const PEER_TRIALS_TODAY = 30

type Hooks = Required<Pick<Baseline, "mergeConsumers" | "mergeEndpoints" | "splitEndpoint" | "purge" | "adopt">>

export class Provenance implements Hooks {
  /** Dispersion that lost exchanges add to days. */
  unrest = 0
  readonly #subjects: Subjects
  readonly #pairs: Slab<typeof ROWS>
  readonly #endpoints: Slab<typeof ENDPOINT_ROWS>
  readonly #consumers: Slab<typeof CONSUMER_ROWS>
  #squares: number
  #means: number

  constructor(subjects: Subjects, saved?: SavedProvenance) {
    this.#subjects = subjects
    this.#pairs = new Slab(ROWS, saved?.pairs)
    this.#endpoints = new Slab(ENDPOINT_ROWS, saved?.endpoints)
    this.#consumers = new Slab(CONSUMER_ROWS, saved?.consumers)
    this.#squares = saved?.squares ?? 0
    this.#means = saved?.means ?? 0
  }

  get bytes(): number {
    return this.#pairs.bytes + this.#endpoints.bytes + this.#consumers.bytes
  }

  /** One exchange's trials and hits, each of `weight`. */
  note(pair: PairSubject, carrier: number, { trials, hits, others }: Counts, weight: number, day: number): void {
    const row = this.#turnTo(pair, carrier, day)
    const { columns } = this.#pairs
    const endpoints = this.#endpoints.columns
    const endpointRow = pair.endpoint * CARRIERS + carrier
    if (columns.trials[row] === 0) {
      endpoints.active[endpointRow]!++
      this.#countActive(pair.consumer, day)
    }
    const expected = trials * weight * this.#ownShare(row, endpointRow)
    columns.expected[row]! += expected
    endpoints.expected[endpointRow]! += expected
    columns.trials[row]! += trials * weight
    columns.hits[row]! += hits * weight
    columns.others[row]! += others * weight
    columns.trialIds[row]! += trials
    columns.hitIds[row]! += hits
    endpoints.trials[endpointRow]! += trials * weight
    endpoints.hits[endpointRow]! += hits * weight
  }

  /** A hit of today was given after all: by an answer that began before and came late. */
  retract(pairOrdinal: number, carrier: number, weight: number, day: number): void {
    const pair = this.#subjects.pairs[pairOrdinal]
    if (pair === undefined) return
    const row = this.#turnTo(pair, carrier, day)
    const { columns } = this.#pairs
    columns.hits[row] = Math.max(0, columns.hits[row]! - weight)
    columns.others[row] = Math.min(columns.others[row]!, columns.hits[row]!)
    columns.hitIds[row] = Math.max(0, columns.hitIds[row]! - 1)
    const { hits } = this.#endpoints.columns
    const endpointRow = pair.endpoint * CARRIERS + carrier
    hits[endpointRow] = Math.max(0, hits[endpointRow]! - weight)
  }

  /** Whether a missing provenance means something for the pair: ids of this endpoint are given, and usually to those who ask. */
  works(pair: PairSubject, carrier: number, day: number): boolean {
    const row = this.#turnTo(pair, carrier, day)
    const endpoints = this.#endpoints.columns
    const endpointRow = pair.endpoint * CARRIERS + carrier
    const trials = endpoints.usualTrials[endpointRow]! + endpoints.trials[endpointRow]!
    const given = trials - endpoints.usualHits[endpointRow]! - endpoints.hits[endpointRow]!
    const { firstUs } = this.#subjects.consumers[pair.consumer]!
    const isYoung = day * DAY_US - firstUs < WARM_UP_US
    if (isYoung && endpoints.usualTrials[endpointRow]! < KNOWN_TRIALS) return false
    return given >= GIVEN_MIN && this.#share(row, endpointRow) <= SHARE_MAX
  }

  /** Trials and hits of today, weighted, and as numbers of ids. */
  today(pair: PairSubject, carrier: number, day: number): Today {
    const row = this.#turnTo(pair, carrier, day)
    const { trials, hits, trialIds, hitIds } = this.#pairs.columns
    return { trials: trials[row]!, hits: hits[row]!, trialIds: trialIds[row]!, hitIds: hitIds[row]! }
  }

  usual(pair: PairSubject, carrier: number, day: number): UsualShare {
    const row = this.#turnTo(pair, carrier, day)
    return this.#usual(row, pair.endpoint * CARRIERS + carrier)
  }

  /** Chance of as many hits as today has, or more; and of the score with today in it (1 where there is none yet). */
  chances(pair: PairSubject, carrier: number, day: number, unseen: UnseenLists): { today: number; score: number } {
    const row = this.#turnTo(pair, carrier, day)
    const { trials, hits, others, usualOthers, days, score } = this.#pairs.columns
    const usual = this.#usual(row, pair.endpoint * CARRIERS + carrier)
    let today = tailWithUnseen(hits[row]!, trials[row]!, usual, unseen)
    // Lists that were not seen explain no ids of others. Two statistics, so twice the chance.
    if (others[row]! > 0)
      today = Math.min(today, 2 * othersTail(others[row]!, trials[row]!, usualOthers[row]!, usual, unseen.common))
    const step = days[row]! < SCORE_DAYS ? 0 : scoreStep(hits[row]!, trials[row]!, this.#restless(usual))
    return { today, score: step === 0 ? 1 : Math.exp(-Math.max(0, score[row]! + step)) }
  }

  /** Whether another consumer usually asks there for what no answer gave it. Slow. */
  hasLikePeers(pair: PairSubject, carrier: number): boolean {
    const { usualTrials, usualHits } = this.#pairs.columns
    return this.#subjects.pairsOf(this.#subjects.endpoints[pair.endpoint]!).some(({ ordinal }) => {
      const row = ordinal * CARRIERS + carrier
      return ordinal !== pair.ordinal && usualTrials[row]! >= GIVEN_MIN && 2 * usualHits[row]! > usualTrials[row]!
    })
  }

  /** Rows of the consumer that have trials today: among so many the most conspicuous one is chosen. */
  activeRows(consumer: number, day: number): number {
    if (consumer >= this.#consumers.rows || this.#consumers.columns.day[consumer] !== day) return 1
    return Math.max(1, this.#consumers.columns.active[consumer]!)
  }

  mergeConsumers(former: ConsumerSubject, successor: ConsumerSubject): void {
    for (const pair of [...this.#subjects.pairs]) {
      if (pair.consumer !== former.ordinal) continue
      const endpoint = this.#subjects.endpoints[pair.endpoint]!
      const into = this.#subjects.pairAt(successor, endpoint, pair.firstUs)
      if (into !== null) this.#add(pair, into)
    }
  }

  mergeEndpoints(former: EndpointSubject, successor: EndpointSubject): void {
    for (const pair of [...this.#subjects.pairsOf(former)]) {
      const into = this.#subjects.pairAt(this.#subjects.consumers[pair.consumer]!, successor, pair.firstUs)
      if (into !== null) this.#add(pair, into)
    }
    this.#reserveEndpoint(former.ordinal)
    this.#reserveEndpoint(successor.ordinal)
    const { usualTrials, usualHits } = this.#endpoints.columns
    for (let carrier = 0; carrier < CARRIERS; carrier++) {
      const [from, to] = [former.ordinal * CARRIERS + carrier, successor.ordinal * CARRIERS + carrier]
      usualTrials[to]! += usualTrials[from]!
      usualHits[to]! += usualHits[from]!
    }
  }

  splitEndpoint(parent: EndpointSubject, fresh: EndpointSubject): void {
    this.#reserveEndpoint(parent.ordinal)
    this.#reserveEndpoint(fresh.ordinal)
    const { columns } = this.#endpoints
    for (let carrier = 0; carrier < CARRIERS; carrier++) {
      const [from, to] = [parent.ordinal * CARRIERS + carrier, fresh.ordinal * CARRIERS + carrier]
      columns.parent[to] = parent.ordinal + 1
      columns.usualTrials[to]! += columns.usualTrials[from]! / 2
      columns.usualHits[to]! += columns.usualHits[from]! / 2
    }
  }

  purge(consumer: ConsumerSubject, fromUs: number, toUs: number): void {
    const { columns } = this.#pairs
    for (const pair of this.#subjects.pairs) {
      if (pair.consumer !== consumer.ordinal || pair.lastUs < fromUs || pair.firstUs > toUs) continue
      for (let carrier = 0; carrier < CARRIERS; carrier++) {
        const row = pair.ordinal * CARRIERS + carrier
        if (row >= this.#pairs.rows) continue
        // Days are not kept apart; what remains is at most what the others at the endpoint do.
        const peerShare = this.#peerShare(row, pair.endpoint * CARRIERS + carrier)
        columns.usualHits[row] = Math.min(columns.usualHits[row]!, columns.usualTrials[row]! * peerShare)
        columns.score[row] = 0
        columns.trials[row] = Math.max(0, columns.trials[row]! - columns.hits[row]!)
        columns.hits[row] = 0
        columns.others[row] = 0
      }
    }
  }

  adopt(consumer: ConsumerSubject, endpoint: EndpointSubject | null): void {
    const { columns } = this.#pairs
    for (const pair of this.#subjects.pairs) {
      if (pair.consumer !== consumer.ordinal || (endpoint !== null && pair.endpoint !== endpoint.ordinal)) continue
      for (let carrier = 0; carrier < CARRIERS; carrier++) {
        const row = pair.ordinal * CARRIERS + carrier
        if (row >= this.#pairs.rows || columns.trials[row] === 0) continue
        // Today's share is the usual one from now on, with the weight that its history had.
        const weight = Math.max(columns.usualTrials[row]!, columns.trials[row]!)
        columns.usualHits[row] = (weight * columns.hits[row]!) / columns.trials[row]!
        columns.usualTrials[row] = weight
        columns.score[row] = 0
      }
    }
  }

  save(): SavedProvenance {
    const [pairs, endpoints, consumers] = [this.#pairs.save(), this.#endpoints.save(), this.#consumers.save()]
    return { pairs, endpoints, consumers, squares: this.#squares, means: this.#means }
  }

  #turnTo(pair: PairSubject, carrier: number, day: number): number {
    const row = pair.ordinal * CARRIERS + carrier
    const endpointRow = pair.endpoint * CARRIERS + carrier
    if (endpointRow >= this.#endpoints.rows) this.#reserveEndpoint(pair.endpoint)
    const endpoints = this.#endpoints.columns
    if (endpoints.day[endpointRow]! < day) {
      const fade = FADE ** Math.min(60, day - endpoints.day[endpointRow]!)
      endpoints.usualTrials[endpointRow]! *= fade
      endpoints.usualHits[endpointRow]! *= fade
      endpoints.day[endpointRow] = day
      endpoints.trials[endpointRow] = 0
      endpoints.hits[endpointRow] = 0
      endpoints.expected[endpointRow] = 0
      endpoints.active[endpointRow] = 0
    }
    if (row >= this.#pairs.rows) {
      this.#pairs.reserve(pair.ordinal * CARRIERS + CARRIERS - 1)
      this.#inherit(pair)
    }
    const { columns } = this.#pairs
    if (columns.day[row]! < day) {
      if (columns.trials[row]! > 0) this.#close(row, endpointRow, pair)
      columns.day[row] = day
      columns.trials[row] = 0
      columns.hits[row] = 0
      columns.others[row] = 0
      columns.expected[row] = 0
      columns.trialIds[row] = 0
      columns.hitIds[row] = 0
    }
    return row
  }

  /** A day of the row becomes history. */
  #close(row: number, endpointRow: number, pair: PairSubject): void {
    const { columns } = this.#pairs
    const [trials, hits] = [columns.trials[row]!, columns.hits[row]!]
    const { firstUs } = this.#subjects.consumers[pair.consumer]!
    if ((columns.day[row]! + 1) * DAY_US - firstUs < WARM_UP_US) return
    const usual = this.#restless(this.#usual(row, endpointRow))
    const mean = trials * usual.share
    if (columns.days[row]! >= SCORE_DAYS)
      columns.score[row] = Math.min(SCORE_MAX, Math.max(0, columns.score[row]! + scoreStep(hits, trials, usual)))
    const isKnown = columns.days[row]! >= 3
    // An attack must not make itself usual: of an unlikely day little more than its mean is learned, so that a new habit takes weeks.
    const isUnlikely = isKnown && hits > mean && tailOf(hits, trials, usual) < UNLIKELY
    const learned = isUnlikely ? Math.min(hits, mean + Math.sqrt(mean) + 0.5) : hits
    columns.usualTrials[row] = columns.usualTrials[row]! * FADE + trials - (hits - learned)
    columns.usualHits[row] = columns.usualHits[row]! * FADE + learned
    const usualOthers = columns.usualOthers[row]!
    columns.usualOthers[row] =
      usualOthers * FADE + Math.min(columns.others[row]!, Math.max(OTHERS_LEARNED, usualOthers))
    const endpoints = this.#endpoints.columns
    endpoints.usualTrials[endpointRow]! += trials - (hits - learned)
    endpoints.usualHits[endpointRow]! += learned
    columns.days[row]!++
    if (!isKnown) return
    const square = Math.min(learned - mean, 3 * Math.sqrt(mean) + 1) ** 2
    columns.squares[row] = columns.squares[row]! * FADE + square
    columns.means[row] = columns.means[row]! * FADE + mean
    if (usual.share > POOLED_SHARE) return
    this.#squares = this.#squares * 0.999 + square
    this.#means = this.#means * 0.999 + mean
  }

  #peerShare(row: number, endpointRow: number): number {
    const { usualTrials, usualHits } = this.#pairs.columns
    const endpoints = this.#endpoints.columns
    const trials = Math.max(0, endpoints.usualTrials[endpointRow]! - usualTrials[row]!)
    const hits = Math.min(trials, Math.max(0, endpoints.usualHits[endpointRow]! - usualHits[row]!))
    return (hits + UNKNOWN_SHARE * UNKNOWN_TRIALS) / (trials + UNKNOWN_TRIALS)
  }

  #ownShare(row: number, endpointRow: number): number {
    const { usualTrials, usualHits } = this.#pairs.columns
    const peerShare = this.#peerShare(row, endpointRow)
    return (usualHits[row]! + peerShare * PEER_TRIALS) / (usualTrials[row]! + PEER_TRIALS)
  }

  /**
   * Share of hits that is expected today. A day on which the others, too, ask for more than they use to without having been given it is
   * the sensor's or the API's: lists that were not seen, a new way; what they have too much of is expected of everybody.
   */
  #share(row: number, endpointRow: number): number {
    const own = this.#ownShare(row, endpointRow)
    const { columns } = this.#pairs
    const { trials, hits, expected, active } = this.#endpoints.columns
    const others = trials[endpointRow]! - columns.trials[row]!
    if (active[endpointRow]! < 3 || others < PEER_TRIALS_TODAY) return own
    const mean = Math.max(0, expected[endpointRow]! - columns.expected[row]!)
    const excess = hits[endpointRow]! - columns.hits[row]! - mean - 2 * Math.sqrt(mean + 1)
    return excess <= 0 ? own : Math.min(1, own + excess / others)
  }

  #usual(row: number, endpointRow: number): UsualShare {
    const { columns } = this.#pairs
    return {
      share: this.#share(row, endpointRow),
      peerShare: this.#peerShare(row, endpointRow),
      trials: columns.usualTrials[row]!,
      days: columns.days[row]!,
      shape: Math.max(0.5, columns.usualHits[row]! + this.#peerShare(row, endpointRow) * PEER_TRIALS),
      dispersion: dispersionOf(columns.squares[row]!, columns.means[row]!, this.#squares, this.#means),
    }
  }

  #restless(usual: UsualShare): UsualShare {
    return this.unrest === 0 ? usual : { ...usual, dispersion: usual.dispersion + this.unrest }
  }

  #countActive(consumer: number, day: number): void {
    this.#consumers.reserve(consumer)
    const { columns } = this.#consumers
    if (columns.day[consumer] !== day) {
      columns.day[consumer] = day
      columns.active[consumer] = 0
    }
    columns.active[consumer]!++
  }

  #reserveEndpoint(ordinal: number): void {
    this.#endpoints.reserve(ordinal * CARRIERS + CARRIERS - 1)
  }

  /** A pair at an endpoint that was split off begins with half of what it knew at the other. */
  #inherit(pair: PairSubject): void {
    const parent = this.#endpoints.columns.parent[pair.endpoint * CARRIERS]! - 1
    if (parent < 0) return
    const from = this.#subjects.pair(this.#subjects.consumers[pair.consumer]!, this.#subjects.endpoints[parent]!)
    if (from === null || from.ordinal * CARRIERS >= this.#pairs.rows) return
    const { columns } = this.#pairs
    for (let carrier = 0; carrier < CARRIERS; carrier++) {
      const [source, row] = [from.ordinal * CARRIERS + carrier, pair.ordinal * CARRIERS + carrier]
      for (const name of ["usualTrials", "usualHits", "squares", "means"] as const)
        columns[name][row] = columns[name][source]! / 2
      columns.days[row] = columns.days[source]!
    }
  }

  #add(from: PairSubject, into: PairSubject): void {
    this.#pairs.reserve(Math.max(from.ordinal, into.ordinal) * CARRIERS + CARRIERS - 1)
    const { columns } = this.#pairs
    for (let carrier = 0; carrier < CARRIERS; carrier++) {
      const [source, row] = [from.ordinal * CARRIERS + carrier, into.ordinal * CARRIERS + carrier]
      for (const name of ["usualTrials", "usualHits", "squares", "means"] as const)
        columns[name][row]! += columns[name][source]!
      columns.days[row] = Math.max(columns.days[row]!, columns.days[source]!)
      this.#pairs.clear(source)
    }
  }
}
