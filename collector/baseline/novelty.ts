// How surprising it is that a consumer takes up an endpoint or a method (B3).
//
// In:  exchanges. Out: whether the present one is the first success (or the first, refused, try) of its consumer at its endpoint, and how
// likely that was: the consumer's rate of news, times how common the endpoint is among its peers (same partner; else a similar mix; else
// all of the service) and overall, (n_ge + a pi_e) / (N_g + a), a = 5. What tenants really take up corrects it: shares of earlier news are
// kept, so that news of rare endpoints are as likely as they proved to be.
// A release is no surprise (novelty-takers.ts): what three parties take up together leaves a quarter of the bits; the first one at an endpoint
// that came up in a known service, and is not grave, is never less likely than 2 in 1,000, because all that is new is rare. A consumer whose
// first month turns leaves half of the bits.
// Given up: consumers younger than three days, and endpoints in the day after they were split from another.
import { grown } from "../../shared/bytes/grown.ts"
import type { Baseline, BaselineParts } from "./baseline.ts"
import { type SavedSlab, Slab } from "./columns.ts"
import { DAY_US } from "./event-clock.ts"
import { NoveltyRate, type SavedNoveltyRate } from "./novelty-rate.ts"
import { isFirstMonthTurn, isNewborn, RELEASE_PARTIES, type SavedTakers, Takers } from "./novelty-takers.ts"
import { isSensitivePath } from "./novelty-words.ts"
import { sensitivityOf } from "./sensitivity.ts"
import { hashText } from "./shapes-names.ts"
import type { Sight } from "./sight.ts"
import type { ConsumerSubject, EndpointSubject, Subjects } from "./subjects.ts"

const WEIGHT = 5
const LEARNING_US = 3 * DAY_US
const LEARNING_DAYS = 3
/** Nobody can have used an endpoint that has just come up: that few do says nothing. */
const NEWBORN_P = 2e-3
/** A consumer of so many reads and no write is a reader. */
const READER_REQUESTS = 50
/** Used by at most this share of the service's consumers: few. */
const FEW_SHARE = 0.1
const SIMILAR_SHARE = 0.5
/** So many of its like that use an endpoint, and more than half of them: it is what its like does. */
const LIKE_MIN = 3
const SIMILAR_MIN = 3
/** From this sensitivity on a data class that the consumer was never given makes news grave. */
const GRAVE = 1.5
const SHARE_BUCKETS = 12
/** "email=3": names of classes with a magnitude. */
const CLASS_TEXTS_MAX = 4_096
/** Active days from which on the next rate holds; and the rates while nothing is known. */
const AGES = [
  { days: LEARNING_DAYS, prior: 0.1 },
  { days: 7, prior: 0.05 },
  { days: 14, prior: 0.02 },
] as const
/** Of grave news: by name or method; by what it answers with. */
const GRAVE_PRIOR = 0.0005
const ANSWERS_PRIOR = 0.002

const CONSUMERS = {
  metDay: [Int32Array, 1],
  /** Day of the last news, and endpoints that were new on it. */
  newsDay: [Int32Array, 1],
  newsCount: [Uint16Array, 1],
  writes: [Uint32Array, 1],
  /** Grave data classes that it was given, a bit each (of a hash). */
  given: [Int32Array, 1],
} as const

export type Why = "words" | "method" | "answers" | ""

export interface Uptake {
  readonly p: number
  /** Chance that a day of this consumer has such news, and that they are of an endpoint so rare. */
  readonly newsChance: number
  readonly rarity: number
  /** Other consumers of the service, and those of them that use it. */
  readonly consumers: number
  readonly users: number
  readonly peers: number
  readonly peersUsing: number
  readonly group: "partner" | "similar" | "all"
  /** Endpoints that the consumer took up before; new ones of the day, this one included. */
  readonly before: number
  readonly ofDay: number
  /** Parties that took it up lately, this one included; enough of them for a release, or a campaign. */
  readonly parties: number
  readonly isRelease: boolean
  /** The endpoint came up lately, in a service that was known. */
  readonly isNewborn: boolean
  readonly isMonthTurn: boolean
  /** Why it is worth more than another, "" for no reason. */
  readonly grave: Why
  readonly sensitivity: number
}

export interface SavedNovelty {
  readonly users: readonly (readonly number[] | undefined)[]
  readonly taken: readonly (readonly number[] | undefined)[]
  readonly tried: Uint8Array
  readonly consumers: SavedSlab<typeof CONSUMERS>
  readonly rates: readonly SavedNoveltyRate[]
  readonly shares: Float64Array
  /** Missing in snapshots of before. */
  readonly takers?: SavedTakers
}

const NONE: readonly number[] = []

export class Novelty implements Baseline {
  /** Of the present exchange: first success of its consumer there; first try, which was refused. Both false while learning. */
  isFirst = false
  isFirstTry = false
  /** Of the present exchange: parties that took its endpoint up lately, when it is the first success of a known consumer; 0 otherwise. */
  parties = 0
  readonly #takers: Takers
  readonly #subjects: Subjects
  /** By endpoint: consumers with a success there. By consumer: those endpoints. */
  readonly #users: number[][]
  readonly #taken: number[][]
  /** By pair: tried without success. */
  #tried: Uint8Array
  readonly #consumers: Slab<typeof CONSUMERS>
  /** By age. */
  readonly #rates: readonly NoveltyRate[]
  readonly #grave: NoveltyRate
  readonly #answers: NoveltyRate
  /** News by rarity: bucket k is a share of 2^-k to 2^-(k+1). */
  readonly #shares: Float64Array
  #overlap = new Int32Array(64)
  /** Bit of each text of a class that events had; 0 where it is not grave. */
  readonly #classBits = new Map<string, number>()
  #wrote = false
  /** The present answer has grave classes that its consumer was never given. */
  #isGivenMore = false

  constructor({ subjects }: BaselineParts, saved?: SavedNovelty) {
    this.#subjects = subjects
    this.#takers = new Takers(subjects, saved?.takers)
    this.#users = Array.from(saved?.users ?? [], (list) => [...(list ?? NONE)])
    this.#taken = Array.from(saved?.taken ?? [], (list) => [...(list ?? NONE)])
    this.#tried = saved?.tried ?? new Uint8Array(64)
    this.#consumers = new Slab(CONSUMERS, saved?.consumers)
    this.#rates = AGES.map(({ prior }, i) => new NoveltyRate(prior, saved?.rates[i]))
    this.#grave = new NoveltyRate(GRAVE_PRIOR, saved?.rates[AGES.length])
    this.#answers = new NoveltyRate(ANSWERS_PRIOR, saved?.rates[AGES.length + 1])
    this.#shares = saved?.shares ?? new Float64Array(SHARE_BUCKETS)
  }

  get bytes(): number {
    const { pairs } = this.#subjects
    return pairs.length * 20 + this.#tried.length + this.#consumers.bytes + 5 * this.#grave.bytes
  }

  note(sight: Sight): void {
    const { pair, endpoint, consumer, atUs } = sight
    this.isFirst = false
    this.isFirstTry = false
    this.parties = 0
    const { ordinal } = consumer
    const age = ageOf(consumer, atUs)
    if (this.#consumers.reserve(ordinal) || age >= 0) this.#meet(ordinal, age, Math.floor(atUs / DAY_US))
    if (pair === null || endpoint === null) return
    const { writes } = this.#consumers.columns
    this.#wrote = writes[ordinal]! > 0
    this.#isGivenMore = false
    if (sight.isSuccess) {
      if (sight.isWrite) writes[ordinal]!++
      if (sight.event.responseClasses.length > 0) this.#give(ordinal, sight.event.responseClasses)
      if (pair.ordinal < this.#tried.length && this.#tried[pair.ordinal] === 2) return
      this.#mark(pair.ordinal, 2)
      if (!this.#take(ordinal, endpoint.ordinal)) return
      this.isFirst = age >= 0 && !isMuted(endpoint, atUs)
      if (this.isFirst) this.parties = this.#takers.note(endpoint, ordinal, atUs)
    } else if (sight.answer >= 400 && sight.answer < 500) {
      if (pair.ordinal < this.#tried.length && this.#tried[pair.ordinal] !== 0) return
      this.#mark(pair.ordinal, 1)
      const isNew = !(this.#taken[ordinal] ?? NONE).includes(endpoint.ordinal)
      this.isFirstTry = isNew && age >= 0 && !isMuted(endpoint, atUs)
    }
  }

  /** Consumers that had a success at the endpoint. */
  usersOf(endpoint: EndpointSubject): readonly number[] {
    return this.#users[endpoint.ordinal] ?? NONE
  }

  /** Of a sight that is a first one, once; the news are learned with it. */
  takeUp(sight: Sight): Uptake {
    const { consumer, atUs } = sight
    const endpoint = sight.endpoint!
    const { ordinal } = consumer
    const day = Math.floor(atUs / DAY_US)
    const around = this.#around(consumer, endpoint)
    const share = (around.peersUsing + WEIGHT * around.usual) / (around.peers + WEIGHT)
    const grave = this.#graveOf(sight, around)
    const rate = this.#rateOf(grave, ageOf(consumer, atUs))
    const newsChance = rate.chance(ordinal, day)
    const rarity = this.#rarity(share, grave !== "")
    const { newsDay, newsCount } = this.#consumers.columns
    if (newsDay[ordinal] !== day) newsCount[ordinal] = 0
    newsDay[ordinal] = day
    newsCount[ordinal]!++
    const ofDay = newsCount[ordinal]!
    const parties = this.#takers.partiesAt(endpoint.ordinal, atUs)
    const isRelease = parties >= RELEASE_PARTIES
    const isYoung = isNewborn(endpoint, atUs) && grave === ""
    const isMonthTurn = grave === "" && isFirstMonthTurn(consumer.firstUs, atUs)
    const whole = Math.min(1, newsChance * rarity * ofDay) ** (isRelease ? 0.25 : isMonthTurn ? 0.5 : 1)
    if (sight.isSuccess) {
      rate.note(ordinal, day)
      if (grave === "" && ofDay === 1) this.#shares[bucketOf(share)]!++
    }
    const before = (this.#taken[ordinal]?.length ?? 0) - (sight.isSuccess ? 1 : 0)
    return {
      p: isYoung ? Math.max(NEWBORN_P, whole) : whole,
      newsChance,
      rarity,
      ...around,
      before,
      ofDay,
      parties,
      isRelease,
      isNewborn: isYoung,
      isMonthTurn,
      grave,
      sensitivity: Math.max(endpoint.sensitivity, sensitivityOf(sight.event.responseClasses)),
    }
  }

  mergeConsumers(former: ConsumerSubject, successor: ConsumerSubject): void {
    for (const endpoint of this.#taken[former.ordinal] ?? NONE) this.#take(successor.ordinal, endpoint)
    const { columns } = this.#consumers
    this.#consumers.reserve(Math.max(former.ordinal, successor.ordinal))
    this.#consumers.columns.writes[successor.ordinal]! += columns.writes[former.ordinal] ?? 0
    this.#consumers.columns.given[successor.ordinal]! |= columns.given[former.ordinal] ?? 0
    this.#takers.mergeConsumers(former.ordinal, successor.ordinal)
    for (const rate of [...this.#rates, this.#grave, this.#answers]) rate.merge(former.ordinal, successor.ordinal)
  }

  mergeEndpoints(former: EndpointSubject, successor: EndpointSubject): void {
    for (const consumer of this.#users[former.ordinal] ?? NONE) this.#take(consumer, successor.ordinal)
    this.#takers.mergeEndpoints(former.ordinal)
  }

  save(): SavedNovelty {
    return {
      users: this.#users,
      taken: this.#taken,
      tried: this.#tried,
      consumers: this.#consumers.save(),
      rates: [...this.#rates, this.#grave, this.#answers].map((rate) => rate.save()),
      shares: this.#shares,
      takers: this.#takers.save(),
    }
  }

  #meet(ordinal: number, age: number, day: number): void {
    const { metDay } = this.#consumers.columns
    if (age < 0 || metDay[ordinal] === day) return
    metDay[ordinal] = day
    this.#rates[age]!.meet(ordinal, day)
    this.#grave.meet(ordinal, day)
    this.#answers.meet(ordinal, day)
  }

  #give(ordinal: number, classes: readonly string[]): void {
    let bits = 0
    for (const text of classes) {
      let bit = this.#classBits.get(text)
      if (bit === undefined) {
        bit = sensitivityOf([text]) >= GRAVE ? 1 << (hashText(text.split("=", 1)[0]!) & 31) : 0
        if (this.#classBits.size < CLASS_TEXTS_MAX) this.#classBits.set(text, bit)
      }
      bits |= bit
    }
    const { given } = this.#consumers.columns
    this.#isGivenMore = (bits & ~given[ordinal]!) !== 0
    given[ordinal]! |= bits
  }

  #mark(pair: number, what: number): void {
    if (pair >= this.#tried.length)
      this.#tried = grown(this.#tried, new Uint8Array(2 ** Math.ceil(Math.log2(pair + 1))))
    this.#tried[pair] = what
  }

  #rateOf(grave: Why, age: number): NoveltyRate {
    if (grave === "") return this.#rates[Math.max(0, age)]!
    return grave === "answers" ? this.#answers : this.#grave
  }

  /** False if it had it already. */
  #take(consumer: number, endpoint: number): boolean {
    while (this.#taken.length <= consumer) this.#taken.push([])
    while (this.#users.length <= endpoint) this.#users.push([])
    const taken = this.#taken[consumer]!
    if (taken.includes(endpoint)) return false
    taken.push(endpoint)
    this.#users[endpoint]!.push(consumer)
    return true
  }

  /** Who else is there, and who of them uses the endpoint; of what uses as much of the same as this consumer does. */
  #around(consumer: ConsumerSubject, endpoint: EndpointSubject): Around {
    const { consumers, endpoints } = this.#subjects
    if (this.#overlap.length < consumers.length) this.#overlap = new Int32Array(consumers.length * 2)
    const overlap = this.#overlap.fill(0)
    const own = (this.#taken[consumer.ordinal] ?? NONE).filter((other) => other !== endpoint.ordinal)
    for (const other of own) for (const user of this.#users[other] ?? NONE) overlap[user]!++
    const using = new Set(this.#users[endpoint.ordinal])
    using.delete(consumer.ordinal)
    const there = new Set<number>()
    for (let k = 0; k < this.#users.length; k++)
      if (endpoints[k]!.service === endpoint.service) for (const user of this.#users[k]!) there.add(user)
    there.delete(consumer.ordinal)
    const isPartner = (user: number): boolean =>
      consumer.partner !== "" && consumers[user]!.partner === consumer.partner
    const enough = Math.max(SIMILAR_MIN, SIMILAR_SHARE * own.length)
    let group: Around["group"] = "all"
    let peers = [...there].filter(isPartner)
    if (peers.length > 0) group = "partner"
    else {
      peers = [...there].filter((user) => overlap[user]! >= enough)
      if (peers.length > 0) group = "similar"
      else peers = [...there]
    }
    return {
      consumers: there.size,
      users: using.size,
      usual: (using.size + 0.5) / (there.size + 1),
      peers: peers.length,
      peersUsing: peers.filter((user) => using.has(user)).length,
      group,
    }
  }

  #graveOf(sight: Sight, { consumers, users, peers, peersUsing, group }: Around): Why {
    const endpoint = sight.endpoint!
    if (users > Math.max(1, FEW_SHARE * consumers)) return ""
    // Few do it, and those are its like.
    if (group !== "all" && peersUsing >= LIKE_MIN && peersUsing > peers / 2) return ""
    if (isSensitivePath(endpoint.template)) return "words"
    const isReader = !this.#wrote && sight.consumer.requests >= READER_REQUESTS
    if (sight.isWrite && (endpoint.method === "DELETE" || isReader)) return "method"
    return this.#isGivenMore ? "answers" : ""
  }

  /** P(news are of an endpoint so rare): what earlier news say, and the root of the share as five of them (what is new is mostly rare). */
  #rarity(share: number, isGrave: boolean): number {
    if (isGrave) return Math.min(1, share)
    const bucket = bucketOf(share)
    let all = 0
    let rarer = 0
    this.#shares.forEach((count, k) => {
      all += count
      if (k >= bucket) rarer += count
    })
    return Math.min(1, (rarer + WEIGHT * Math.sqrt(share)) / (all + WEIGHT))
  }
}

interface Around {
  readonly consumers: number
  readonly users: number
  readonly usual: number
  readonly peers: number
  readonly peersUsing: number
  readonly group: "partner" | "similar" | "all"
}

/** Index of the rate that holds at this age, -1 while learning. */
function ageOf(consumer: ConsumerSubject, atUs: number): number {
  if (consumer.requests === 0 || consumer.activeDays < LEARNING_DAYS || atUs - consumer.firstUs < LEARNING_US) return -1
  let age = 0
  while (age + 1 < AGES.length && consumer.activeDays >= AGES[age + 1]!.days) age++
  return age
}

function isMuted({ splitUs }: EndpointSubject, atUs: number): boolean {
  return splitUs > 0 && atUs - splitUs < DAY_US
}

function bucketOf(share: number): number {
  return Math.max(0, Math.min(SHARE_BUCKETS - 1, Math.floor(-Math.log2(share))))
}
