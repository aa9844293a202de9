// How a consumer walks through ids: neighbours, misses, ids that it was never given, ids of others (B7).
//
//   window   of a pair: 20 to 500 requests for ids that are new to it, at most a day of them unless they are fewer than 20, then a week
//   signs    near: distance 1 from the id before, of those requests with a known step; missed: 401, 403, 404; guessed: without provenance;
//            foreign: usually another's
//   usual    share of each sign in past windows (fading by 10 % a window), shrunk towards the others at the endpoint as if they were 20
//            requests of its own, those towards what is usual anywhere (10)
//   chance   beta-binomial, the Beta as wide as M requests: windows of one client differ more than requests within one
//
// One sign alone is no walk: a back-fill goes through neighbours, a client with an old list misses, one that gets ids by mail was never
// given any. So the two strongest signs are taken together, as if they were independent, and the second must be unlikely, too.
import type { Baseline, BaselineParts } from "./baseline.ts"
import { type SavedSlab, Slab } from "./columns.ts"
import { DAY_US } from "./event-clock.ts"
import type { Sight } from "./sight.ts"
import type { ConsumerSubject, EndpointSubject, PairSubject, Subjects } from "./subjects.ts"
import { betaBinomialTail } from "./upper-tails.ts"

export const REQUESTS_MIN = 20
const REQUESTS_MAX = 500
const WINDOW_US = DAY_US
const WINDOW_US_MAX = 7 * DAY_US
/** Looks at a window come when it has grown by a quarter; so many fit between 20 and 500. */
const LOOK_GROWTH = 1.25
export const LOOKS = 15
const FADE = 0.9
const PEER_REQUESTS = 20
const UNKNOWN_REQUESTS = 10

export const SIGNS = ["near", "missed", "guessed", "foreign"] as const
export type Sign = (typeof SIGNS)[number]
/** Share that is usual where nothing is known, and requests that the Beta is as wide as. */
const PRIOR: Readonly<Record<Sign, { readonly share: number; readonly width: number }>> = {
  near: { share: 0.1, width: 8 },
  missed: { share: 0.03, width: 12 },
  guessed: { share: 0.02, width: 12 },
  foreign: { share: 0.005, width: 20 },
}
const COUNT = SIGNS.length
const PAIR_ROWS = {
  startUs: [Float64Array, 1],
  /** Requests for ids, and those for ids that are new to the consumer. */
  asks: [Float32Array, 1],
  requests: [Float32Array, 1],
  /** By sign: requests that could show it, and those that did; in the window and usually. */
  trials: [Float32Array, COUNT],
  hits: [Float32Array, COUNT],
  usualTrials: [Float32Array, COUNT],
  usualHits: [Float32Array, COUNT],
  /** Requests at which the window is looked at next. */
  nextLook: [Float32Array, 1],
  /** The window was raised: nothing is learned from it. */
  isRaised: [Uint8Array, 1],
} as const
const ENDPOINT_ROWS = { usualTrials: [Float32Array, COUNT], usualHits: [Float32Array, COUNT] } as const

export interface SavedWalks {
  readonly pairs: SavedSlab<typeof PAIR_ROWS>
  readonly endpoints: SavedSlab<typeof ENDPOINT_ROWS>
}

/** One sign of a window. */
export interface SignChance {
  readonly sign: Sign
  readonly trials: number
  readonly hits: number
  readonly usualShare: number
  readonly p: number
}

export interface Walk {
  readonly sinceUs: number
  readonly asks: number
  readonly requests: number
  /** Most unlikely first. */
  readonly signs: readonly SignChance[]
}

export class Walks implements Baseline {
  readonly #subjects: Subjects
  readonly #pairs: Slab<typeof PAIR_ROWS>
  readonly #endpoints: Slab<typeof ENDPOINT_ROWS>

  constructor({ subjects }: BaselineParts, saved?: SavedWalks) {
    this.#subjects = subjects
    this.#pairs = new Slab(PAIR_ROWS, saved?.pairs)
    this.#endpoints = new Slab(ENDPOINT_ROWS, saved?.endpoints)
  }

  get bytes(): number {
    return this.#pairs.bytes + this.#endpoints.bytes
  }

  note(sight: Sight): void {
    const { pair, asked, fresh, answer, event, atUs } = sight
    if (asked === 0 || pair === null || sight.isLossy || answer === 0) return
    const row = this.#turnTo(pair, atUs)
    const { columns } = this.#pairs
    columns.asks[row]!++
    if (fresh === 0) return
    columns.requests[row]!++
    const first = row * COUNT
    if (event.step !== 0) {
      columns.trials[first]!++
      if (event.step === 1 || event.step === -1) columns.hits[first]!++
    }
    this.#count(first + 1, answer === 404 || sight.isRefused)
    this.#count(first + 2, sight.unprovenanced > 0)
    this.#count(first + 3, sight.foreign > 0)
  }

  /** Whether the window has grown enough for another look; then the next one is set. */
  takeLook(pair: PairSubject): boolean {
    const row = pair.ordinal
    if (row >= this.#pairs.rows) return false
    const { requests, nextLook } = this.#pairs.columns
    if (requests[row]! < nextLook[row]!) return false
    nextLook[row] = Math.ceil(requests[row]! * LOOK_GROWTH)
    return true
  }

  /** The present window. `guessedShare`: what provenance says is usual; 1: nothing follows from it. */
  walkOf(pair: PairSubject, guessedShare: number): Walk {
    const row = pair.ordinal
    const { columns } = this.#pairs
    const signs = SIGNS.map((sign, at) => {
      const trials = columns.trials[row * COUNT + at]!
      const hits = columns.hits[row * COUNT + at]!
      const usualShare = sign === "guessed" ? guessedShare : this.#usualShare(pair, at)
      const { width } = PRIOR[sign]
      const p =
        usualShare >= 1 || trials === 0
          ? 1
          : betaBinomialTail(hits, trials, usualShare * width, (1 - usualShare) * width)
      return { sign, trials, hits, usualShare, p }
    })
    signs.sort((a, b) => a.p - b.p)
    return { sinceUs: columns.startUs[row]!, asks: columns.asks[row]!, requests: columns.requests[row]!, signs }
  }

  markRaised(pair: PairSubject): void {
    this.#pairs.columns.isRaised[pair.ordinal] = 1
  }

  mergeConsumers(former: ConsumerSubject, successor: ConsumerSubject): void {
    for (const pair of [...this.#subjects.pairs]) {
      if (pair.consumer !== former.ordinal) continue
      const into = this.#subjects.pairAt(successor, this.#subjects.endpoints[pair.endpoint]!, pair.firstUs)
      if (into !== null) this.#add(pair, into)
    }
  }

  mergeEndpoints(former: EndpointSubject, successor: EndpointSubject): void {
    for (const pair of [...this.#subjects.pairsOf(former)]) {
      const into = this.#subjects.pairAt(this.#subjects.consumers[pair.consumer]!, successor, pair.firstUs)
      if (into !== null) this.#add(pair, into)
    }
    this.#addEndpoint(former, successor, 1)
  }

  splitEndpoint(parent: EndpointSubject, fresh: EndpointSubject): void {
    this.#addEndpoint(parent, fresh, 0.5)
  }

  purge(consumer: ConsumerSubject, fromUs: number, toUs: number): void {
    for (const pair of this.#subjects.pairs) {
      if (pair.consumer !== consumer.ordinal || pair.lastUs < fromUs || pair.firstUs > toUs) continue
      if (pair.ordinal >= this.#pairs.rows) continue
      if (this.#pairs.columns.startUs[pair.ordinal]! >= fromUs) this.#begin(pair.ordinal, 0)
    }
  }

  adopt(consumer: ConsumerSubject, endpoint: EndpointSubject | null): void {
    for (const pair of this.#subjects.pairs) {
      if (pair.consumer !== consumer.ordinal || (endpoint !== null && pair.endpoint !== endpoint.ordinal)) continue
      if (pair.ordinal >= this.#pairs.rows) continue
      this.#pairs.columns.isRaised[pair.ordinal] = 0
      this.#learn(pair)
      this.#begin(pair.ordinal, 0)
    }
  }

  save(): SavedWalks {
    return { pairs: this.#pairs.save(), endpoints: this.#endpoints.save() }
  }

  #count(at: number, isHit: boolean): void {
    const { trials, hits } = this.#pairs.columns
    trials[at]!++
    if (isHit) hits[at]!++
  }

  #turnTo(pair: PairSubject, atUs: number): number {
    const row = pair.ordinal
    this.#pairs.reserve(row)
    const { requests, startUs } = this.#pairs.columns
    const ageUs = atUs - startUs[row]!
    const isOver =
      requests[row]! >= REQUESTS_MAX ||
      (ageUs >= WINDOW_US && (requests[row]! >= REQUESTS_MIN || ageUs >= WINDOW_US_MAX))
    if (!isOver) return row
    this.#learn(pair)
    this.#begin(row, atUs)
    return row
  }

  #begin(row: number, atUs: number): void {
    const { startUs, asks, requests, trials, hits, nextLook, isRaised } = this.#pairs.columns
    startUs[row] = atUs
    asks[row] = 0
    requests[row] = 0
    trials.fill(0, row * COUNT, (row + 1) * COUNT)
    hits.fill(0, row * COUNT, (row + 1) * COUNT)
    nextLook[row] = REQUESTS_MIN
    isRaised[row] = 0
  }

  #learn(pair: PairSubject): void {
    const row = pair.ordinal
    const { trials, hits, usualTrials, usualHits, isRaised, requests } = this.#pairs.columns
    if (isRaised[row] === 1 || requests[row] === 0) return
    this.#endpoints.reserve(pair.endpoint)
    const endpoint = this.#endpoints.columns
    for (let at = 0; at < COUNT; at++) {
      const own = row * COUNT + at
      const all = pair.endpoint * COUNT + at
      endpoint.usualTrials[all] = endpoint.usualTrials[all]! - usualTrials[own]! * (1 - FADE) + trials[own]!
      endpoint.usualHits[all] = endpoint.usualHits[all]! - usualHits[own]! * (1 - FADE) + hits[own]!
      usualTrials[own] = usualTrials[own]! * FADE + trials[own]!
      usualHits[own] = usualHits[own]! * FADE + hits[own]!
    }
  }

  #usualShare(pair: PairSubject, sign: number): number {
    this.#endpoints.reserve(pair.endpoint)
    const own = pair.ordinal * COUNT + sign
    const all = pair.endpoint * COUNT + sign
    const { usualTrials, usualHits } = this.#pairs.columns
    const endpoint = this.#endpoints.columns
    const trials = Math.max(0, endpoint.usualTrials[all]! - usualTrials[own]!)
    const hits = Math.max(0, Math.min(trials, endpoint.usualHits[all]! - usualHits[own]!))
    const { share } = PRIOR[SIGNS[sign]!]
    const peerShare = (hits + share * UNKNOWN_REQUESTS) / (trials + UNKNOWN_REQUESTS)
    return (usualHits[own]! + peerShare * PEER_REQUESTS) / (usualTrials[own]! + PEER_REQUESTS)
  }

  /** What is usual for `from` is usual for `into`; the window of `from` is given up. */
  #add(from: PairSubject, into: PairSubject): void {
    if (from.ordinal >= this.#pairs.rows) return
    this.#pairs.reserve(into.ordinal)
    const { usualTrials, usualHits } = this.#pairs.columns
    for (let at = 0; at < COUNT; at++) {
      usualTrials[into.ordinal * COUNT + at]! += usualTrials[from.ordinal * COUNT + at]!
      usualHits[into.ordinal * COUNT + at]! += usualHits[from.ordinal * COUNT + at]!
    }
    this.#pairs.clear(from.ordinal)
  }

  #addEndpoint(from: EndpointSubject, into: EndpointSubject, weight: number): void {
    this.#endpoints.reserve(Math.max(from.ordinal, into.ordinal))
    const { usualTrials, usualHits } = this.#endpoints.columns
    for (let at = 0; at < COUNT; at++) {
      usualTrials[into.ordinal * COUNT + at]! += usualTrials[from.ordinal * COUNT + at]! * weight
      usualHits[into.ordinal * COUNT + at]! += usualHits[from.ordinal * COUNT + at]! * weight
    }
  }
}
