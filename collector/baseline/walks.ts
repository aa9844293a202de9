// How a consumer walks through ids: neighbours, misses, ids that it was never given, ids of others (B7).
//
//   windows  of a pair: 20 to 500 requests for another id than before (new to it, or at a known distance), at most a day of them unless they
//            are fewer than 20, then a week; and 20 to 50 without a pause of ten minutes, at most an hour
//   signs    near: distance 1 from the id before, of those requests with a known step; missed: 401, 403, 404; guessed: without provenance;
//            foreign: usually another's; the last two of those that are new to it
//   usual    share of each sign in past windows (fading by 10 % a window), shrunk towards the others at the endpoint as if they were 20
//            requests of its own, those towards what is usual anywhere (10)
//   chance   beta-binomial, the Beta as wide as M requests: windows of one client differ more than requests within one
//
// One sign alone is no walk: a back-fill goes through neighbours, a client with an old list misses, one that gets ids by mail was never
// given any. So the two strongest signs are taken together, as if they were independent, and the second must be unlikely, too.
import type { Baseline, BaselineParts } from "./baseline.ts"
import { type SavedSlab, Slab } from "./columns.ts"
import { DAY_US } from "./event-clock.ts"
import { betaBinomialTail } from "./share-tails.ts"
import type { Sight } from "./sight.ts"
import type { ConsumerSubject, EndpointSubject, PairSubject, Subjects } from "./subjects.ts"

export const REQUESTS_MIN = 20
const REQUESTS_MAX = 500
/** Windows of a pair: one of a sitting, so that what was honest before does not dilute it, and one of a day. */
export const SCALES = 2
const SHORT = 0
const LONG = 1
const SHORT_REQUESTS_MAX = 50
const SHORT_US = 3_600_000_000
/** A sitting ends with a pause, µs. */
const PAUSE_US = 600_000_000
const WINDOW_US = DAY_US
const WINDOW_US_MAX = 7 * DAY_US
/** Looks at a window come when it has grown by a quarter; so many fit into both windows. */
const LOOK_GROWTH = 1.25
export const LOOKS = 20
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
/** Usual shares, by pair. */
const USUAL_ROWS = { usualTrials: [Float32Array, COUNT], usualHits: [Float32Array, COUNT] } as const
/** Windows, by pair and scale. */
const WINDOW_ROWS = {
  startUs: [Float64Array, 1],
  lastUs: [Float64Array, 1],
  /** Requests for ids; those for another id than before; and those for an id that is new to the consumer. */
  asks: [Float32Array, 1],
  requests: [Float32Array, 1],
  fresh: [Float32Array, 1],
  /** By sign: requests that could show it, and those that did. */
  trials: [Float32Array, COUNT],
  hits: [Float32Array, COUNT],
  /** Requests at which the window is looked at next. */
  nextLook: [Float32Array, 1],
  /** The window was raised: nothing is learned from it. */
  isRaised: [Uint8Array, 1],
} as const

export interface SavedWalks {
  readonly windows: SavedSlab<typeof WINDOW_ROWS>
  readonly pairs: SavedSlab<typeof USUAL_ROWS>
  readonly endpoints: SavedSlab<typeof USUAL_ROWS>
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
  readonly fresh: number
  /** Most unlikely first. */
  readonly signs: readonly SignChance[]
}

export class Walks implements Baseline {
  readonly #subjects: Subjects
  readonly #windows: Slab<typeof WINDOW_ROWS>
  readonly #pairs: Slab<typeof USUAL_ROWS>
  readonly #endpoints: Slab<typeof USUAL_ROWS>

  constructor({ subjects }: BaselineParts, saved?: SavedWalks) {
    this.#subjects = subjects
    this.#windows = new Slab(WINDOW_ROWS, saved?.windows)
    this.#pairs = new Slab(USUAL_ROWS, saved?.pairs)
    this.#endpoints = new Slab(USUAL_ROWS, saved?.endpoints)
  }

  get bytes(): number {
    return this.#windows.bytes + this.#pairs.bytes + this.#endpoints.bytes
  }

  note(sight: Sight): void {
    const { pair, asked, answer } = sight
    if (asked === 0 || pair === null || sight.isLossy || answer === 0) return
    for (let scale = 0; scale < SCALES; scale++) this.#note(sight, this.#turnTo(pair, scale, sight.atUs))
  }

  /** Whether a window has grown enough for another look; then the next one is set. */
  takeLook(pair: PairSubject, scale: number): boolean {
    const row = pair.ordinal * SCALES + scale
    if (row >= this.#windows.rows) return false
    const { requests, nextLook } = this.#windows.columns
    if (requests[row]! < nextLook[row]!) return false
    nextLook[row] = Math.ceil(requests[row]! * LOOK_GROWTH)
    return true
  }

  /**
   * The present window. `guessedShare`: what provenance says is usual; 1: nothing follows from it. `unseenShare`: chance that a list that
   * gave them was not seen; ids are not more surely guessed than that.
   */
  walkOf(pair: PairSubject, scale: number, guessedShare: number, unseenShare = 0): Walk {
    const row = pair.ordinal * SCALES + scale
    const { columns } = this.#windows
    const signs = SIGNS.map((sign, at) => {
      const trials = columns.trials[row * COUNT + at]!
      const hits = columns.hits[row * COUNT + at]!
      const usualShare = sign === "guessed" ? guessedShare : this.#usualShare(pair, at)
      const { width } = PRIOR[sign]
      const p =
        usualShare >= 1 || trials === 0
          ? 1
          : betaBinomialTail(hits, trials, usualShare * width, (1 - usualShare) * width)
      return { sign, trials, hits, usualShare, p: sign === "guessed" ? Math.max(p, unseenShare) : p }
    })
    signs.sort((a, b) => a.p - b.p)
    const { startUs, asks, requests, fresh } = columns
    return { sinceUs: startUs[row]!, asks: asks[row]!, requests: requests[row]!, fresh: fresh[row]!, signs }
  }

  markRaised(pair: PairSubject): void {
    this.#windows.columns.isRaised.fill(1, pair.ordinal * SCALES, (pair.ordinal + 1) * SCALES)
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
    for (const { consumer: of, ordinal, lastUs, firstUs } of this.#subjects.pairs) {
      if (of !== consumer.ordinal || lastUs < fromUs || firstUs > toUs) continue
      for (let row = ordinal * SCALES; row < Math.min(this.#windows.rows, (ordinal + 1) * SCALES); row++)
        if (this.#windows.columns.startUs[row]! >= fromUs) this.#begin(row, 0)
    }
  }

  adopt(consumer: ConsumerSubject, endpoint: EndpointSubject | null): void {
    for (const pair of this.#subjects.pairs) {
      if (pair.consumer !== consumer.ordinal || (endpoint !== null && pair.endpoint !== endpoint.ordinal)) continue
      const row = pair.ordinal * SCALES + LONG
      if (row >= this.#windows.rows) continue
      this.#windows.columns.isRaised[row] = 0
      this.#learn(pair)
      this.#begin(row, 0)
    }
  }

  save(): SavedWalks {
    return { windows: this.#windows.save(), pairs: this.#pairs.save(), endpoints: this.#endpoints.save() }
  }

  #note({ event, fresh, answer, isRefused, unprovenanced, foreign, atUs }: Sight, row: number): void {
    const { columns } = this.#windows
    columns.asks[row]!++
    columns.lastUs[row] = atUs
    // Another id than before: a new one, or one at a distance. A client that repeats one id takes no step.
    if (fresh === 0 && event.step === 0) return
    columns.requests[row]!++
    const first = row * COUNT
    if (event.step !== 0) this.#count(first, event.step === 1 || event.step === -1)
    this.#count(first + 1, answer === 404 || isRefused)
    if (fresh === 0) return
    columns.fresh[row]!++
    this.#count(first + 2, unprovenanced > 0)
    this.#count(first + 3, foreign > 0)
  }

  #count(at: number, isHit: boolean): void {
    const { trials, hits } = this.#windows.columns
    trials[at]!++
    if (isHit) hits[at]!++
  }

  #turnTo(pair: PairSubject, scale: number, atUs: number): number {
    const row = pair.ordinal * SCALES + scale
    this.#windows.reserve(pair.ordinal * SCALES + SCALES - 1)
    const { requests, startUs, lastUs } = this.#windows.columns
    const ageUs = atUs - startUs[row]!
    const isOver =
      scale === SHORT
        ? requests[row]! >= SHORT_REQUESTS_MAX || ageUs >= SHORT_US || atUs - lastUs[row]! >= PAUSE_US
        : requests[row]! >= REQUESTS_MAX ||
          (ageUs >= WINDOW_US && (requests[row]! >= REQUESTS_MIN || ageUs >= WINDOW_US_MAX))
    if (!isOver) return row
    if (scale === LONG) this.#learn(pair)
    this.#begin(row, atUs)
    return row
  }

  #begin(row: number, atUs: number): void {
    this.#windows.clear(row)
    this.#windows.columns.startUs[row] = atUs
    this.#windows.columns.nextLook[row] = REQUESTS_MIN
  }

  #learn(pair: PairSubject): void {
    const row = pair.ordinal * SCALES + LONG
    const { trials, hits, isRaised, requests } = this.#windows.columns
    if (isRaised[row] === 1 || requests[row] === 0) return
    this.#pairs.reserve(pair.ordinal)
    const { usualTrials, usualHits } = this.#pairs.columns
    this.#endpoints.reserve(pair.endpoint)
    const endpoint = this.#endpoints.columns
    for (let at = 0; at < COUNT; at++) {
      const [now, own, all] = [row * COUNT + at, pair.ordinal * COUNT + at, pair.endpoint * COUNT + at]
      endpoint.usualTrials[all] = endpoint.usualTrials[all]! - usualTrials[own]! * (1 - FADE) + trials[now]!
      endpoint.usualHits[all] = endpoint.usualHits[all]! - usualHits[own]! * (1 - FADE) + hits[now]!
      usualTrials[own] = usualTrials[own]! * FADE + trials[now]!
      usualHits[own] = usualHits[own]! * FADE + hits[now]!
    }
  }

  #usualShare(pair: PairSubject, sign: number): number {
    this.#endpoints.reserve(pair.endpoint)
    this.#pairs.reserve(pair.ordinal)
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
