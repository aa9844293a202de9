// Shares of operations and hours of a consumer against what is usual (B4).
//
// Operations: of each pair a fading mean of its requests on days on which its consumer was there. At the close of a day
//   G = 2 sum n_i ln(n_i / (N q_i)),   q_i = (usual_i + .5) / sum (usual + .5),
// over the pairs, is held against chi-square of (pairs - 1) after division by how much larger G usually is for this consumer, because days
// differ by more than chance. Hours: of each hour of a working day and of a weekend day, on what share of days the consumer was there.
// Both are supporting evidence: partners change what they do all the time.
import type { Baseline, BaselineParts } from "./baseline.ts"
import { type SavedSlab, Slab } from "./columns.ts"
import { DAY_US, HOUR_US, type Turn } from "./event-clock.ts"
import { weekdayOf } from "./level.ts"
import { lnStudentTail } from "./negative-binomial.ts"
import type { Sight } from "./sight.ts"
import type { ConsumerSubject, EndpointSubject, Subjects } from "./subjects.ts"

const SLOTS = 48
const WEIGHT = 1 / 20
const PRIOR = 0.5
/** Fewer requests on a day say nothing about shares. */
const REQUESTS_MIN = 20
const DAYS_MIN = 10

const CONSUMER = {
  /** Days with activity by hour: 24 of working days, 24 of weekend days; fading. */
  hours: [Float32Array, SLOTS],
  /** Days of either kind with any activity, fading. */
  days: [Float32Array, 2],
  /** Hours of the day in progress, bit by hour. */
  seen: [Uint32Array, 1],
  day: [Int32Array, 1],
  /** Days with activity, all. */
  active: [Uint32Array, 1],
  /** Fading mean of G by its degrees of freedom. */
  spread: [Float32Array, 1],
} as const
const PAIR = { today: [Float32Array, 1], usual: [Float32Array, 1] } as const

export interface SavedMix {
  readonly consumers: SavedSlab<typeof CONSUMER>
  readonly pairs: SavedSlab<typeof PAIR>
}

/** A day whose shares were not the usual ones. */
export interface Shift {
  readonly consumer: number
  readonly lnP: number
  /** Requests of the day, and pairs that they are spread over. */
  readonly requests: number
  readonly pairs: number
  /** The endpoint that has grown most, its share on the day and usually. */
  readonly endpoint: number
  readonly share: number
  readonly usualShare: number
}

interface Sums {
  requests: number
  usual: number
  pairs: number
  g: number
  most: number
  endpoint: number
  count: number
  expected: number
}

export class Mix implements Baseline {
  /** Share of like days on which the consumer was there at the hour of the present exchange; -1 when that is no news or not known. */
  hourShare = -1
  readonly #subjects: Subjects
  readonly #consumers: Slab<typeof CONSUMER>
  readonly #pairs: Slab<typeof PAIR>

  constructor({ subjects }: BaselineParts, saved?: SavedMix) {
    this.#subjects = subjects
    this.#consumers = new Slab(CONSUMER, saved?.consumers)
    this.#pairs = new Slab(PAIR, saved?.pairs)
  }

  get bytes(): number {
    return this.#consumers.bytes + this.#pairs.bytes
  }

  note(sight: Sight): void {
    this.hourShare = -1
    if (sight.isLate) return
    const row = sight.consumer.ordinal
    const day = Math.floor(sight.atUs / DAY_US)
    this.#consumers.reserve(row)
    const { columns } = this.#consumers
    if (columns.day[row]! < day) this.#open(row, day)
    const bit = 1 << Math.floor((sight.atUs % DAY_US) / HOUR_US)
    if ((columns.seen[row]! & bit) === 0) this.#noteHour(row, day, bit)
    if (sight.pair === null) return
    this.#pairs.reserve(sight.pair.ordinal)
    this.#pairs.columns.today[sight.pair.ordinal]!++
  }

  turn({ kind, startUs }: Turn): void {
    if (kind !== "day") return
    const day = Math.floor(startUs / DAY_US)
    const { spread, day: days } = this.#consumers.columns
    for (const [consumer, sums] of this.#sums(day)) {
      const freedom = sums.pairs - 1
      if (freedom < 1 || sums.requests < REQUESTS_MIN || days[consumer]! < day) continue
      spread[consumer]! += (Math.max(1, Math.min(100, sums.g / freedom)) - spread[consumer]!) * WEIGHT * 2
    }
    const { today, usual } = this.#pairs.columns
    for (let row = 0; row < this.#pairs.rows; row++) {
      const { consumer } = this.#subjects.pairs[row]!
      if (days[consumer]! < day && today[row] === 0) continue
      usual[row]! += (today[row]! - usual[row]!) * WEIGHT
      today[row] = 0
    }
  }

  /** Of the day that is about to close: before `turn`. */
  *shifts(day: number): Iterable<Shift> {
    const { active, spread } = this.#consumers.columns
    for (const [consumer, sums] of this.#sums(day)) {
      const { requests, usual, pairs, g, endpoint, count, expected } = sums
      if (requests < REQUESTS_MIN || usual <= 0 || pairs < 2 || active[consumer]! < DAYS_MIN) continue
      const freedom = pairs - 1
      const value = g / Math.max(1, spread[consumer]!)
      // Wilson and Hilferty: the cube root of chi-square is nearly normal.
      const off = (Math.cbrt(value / freedom) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom))
      const lnP = lnStudentTail(off, 1_000)
      yield { consumer, lnP, requests, pairs, endpoint, share: count / requests, usualShare: expected / requests }
    }
  }

  mergeConsumers(former: ConsumerSubject, successor: ConsumerSubject): void {
    if (former.ordinal >= this.#consumers.rows) return
    this.#consumers.reserve(successor.ordinal)
    const { active, day } = this.#consumers.columns
    if (active[former.ordinal]! > active[successor.ordinal]!) {
      const latest = Math.max(day[former.ordinal]!, day[successor.ordinal]!)
      this.#consumers.copy(former.ordinal, successor.ordinal)
      day[successor.ordinal] = latest
    }
    this.#consumers.clear(former.ordinal)
    for (const pair of [...this.#subjects.pairs]) {
      if (pair.consumer !== former.ordinal) continue
      const endpoint = this.#subjects.endpoints[pair.endpoint]!
      this.#add(pair.ordinal, this.#subjects.pair(successor, endpoint)?.ordinal ?? -1)
    }
  }

  mergeEndpoints(former: EndpointSubject, successor: EndpointSubject): void {
    for (const { ordinal, consumer } of this.#subjects.pairsOf(former)) {
      const into = this.#subjects.pair(this.#subjects.consumers[consumer]!, successor)
      this.#add(ordinal, into?.ordinal ?? -1)
    }
  }

  save(): SavedMix {
    return { consumers: this.#consumers.save(), pairs: this.#pairs.save() }
  }

  #add(former: number, successor: number): void {
    if (former >= this.#pairs.rows || former === successor) return
    if (successor >= 0) {
      this.#pairs.reserve(successor)
      const { today, usual } = this.#pairs.columns
      today[successor]! += today[former]!
      usual[successor]! += usual[former]!
    }
    this.#pairs.clear(former)
  }

  #open(row: number, day: number): void {
    const { columns } = this.#consumers
    const former = columns.day[row]!
    columns.day[row] = day
    columns.active[row]!++
    const seen = columns.seen[row]!
    columns.seen[row] = 0
    if (former === 0) return
    const kind = weekdayOf(former) >= 5 ? 1 : 0
    columns.days[row * 2 + kind]! += 1 - columns.days[row * 2 + kind]! * WEIGHT
    for (let hour = 0; hour < 24; hour++) {
      const at = row * SLOTS + kind * 24 + hour
      columns.hours[at]! += ((seen >>> hour) & 1) - columns.hours[at]! * WEIGHT
    }
  }

  #noteHour(row: number, day: number, bit: number): void {
    const { columns } = this.#consumers
    columns.seen[row]! |= bit
    const kind = weekdayOf(day) >= 5 ? 1 : 0
    const days = columns.days[row * 2 + kind]!
    // Working days and weekends are learned apart: three weekends say little, and p says so.
    if (columns.active[row]! < DAYS_MIN) return
    const hour = 31 - Math.clz32(bit)
    this.hourShare = (columns.hours[row * SLOTS + kind * 24 + hour]! + PRIOR) / (days + 2 * PRIOR)
  }

  /** By consumer: what its pairs did on the day that closes, and G. */
  #sums(day: number): Map<number, Sums> {
    const sums = new Map<number, Sums>()
    const { today, usual } = this.#pairs.columns
    const { day: days } = this.#consumers.columns
    for (let row = 0; row < this.#pairs.rows; row++) {
      const { consumer } = this.#subjects.pairs[row]!
      if (consumer >= this.#consumers.rows || days[consumer]! < day || (today[row] === 0 && usual[row] === 0)) continue
      let sum = sums.get(consumer)
      if (sum === undefined) {
        sum = { requests: 0, usual: 0, pairs: 0, g: 0, most: 0, endpoint: -1, count: 0, expected: 0 }
        sums.set(consumer, sum)
      }
      sum.requests += today[row]!
      sum.usual += usual[row]! + PRIOR
      sum.pairs++
    }
    for (let row = 0; row < this.#pairs.rows; row++) {
      const { consumer, endpoint } = this.#subjects.pairs[row]!
      const count = today[row]!
      const sum = count === 0 ? undefined : sums.get(consumer)
      if (sum === undefined) continue
      const expected = (sum.requests * (usual[row]! + PRIOR)) / sum.usual
      const part = 2 * count * Math.log(count / expected)
      sum.g += part
      if (part > sum.most) Object.assign(sum, { most: part, endpoint, count, expected })
    }
    return sums
  }
}
