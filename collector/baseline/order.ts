// What comes before what on the same object (B5): an order is confirmed before it is shipped.
//
//   history   of an object, once for each consumer ("own") and once for all ("any"): the last 8 different operations that succeeded on it
//   B         an operation on an object that it was not done on before by this consumer: repetitions and retries prove nothing
//   rule      A before B: of the objects that B was done on, nearly all (Wilson lower bound) had A in their history before
//   missing   the strongest rule of B whose A this object's history does not have
//
// A B of which the object's history has nothing is counted only when the service is known for three days and nothing was forgotten lately:
// what was done before the sensor looked proves nothing. Of one pair and week at most four misses are learned, and held against the rule of
// others only, so that an attack cannot unmake the rule it breaks. An operation that makes an object ("POST /orders", few ids in its answer) is in the history of what it made.
import { mix } from "../../shared/bytes/hash.ts"
import type { Baseline, BaselineParts } from "./baseline.ts"
import { type SavedSlab, Slab } from "./columns.ts"
import { DAY_US } from "./event-clock.ts"
import { KeyTable, type SavedKeyTable } from "./key-table.ts"
import type { ObjectSlots } from "./object-slots.ts"
import { wilsonLower } from "./share-tails.ts"
import type { Sight } from "./sight.ts"
import type { ConsumerSubject, EndpointSubject } from "./subjects.ts"

const DONE = 8
const HISTORY = {
  /** Ordinals + 1 of the endpoints; the next one takes the place `next`. */
  done: [Int32Array, DONE],
  next: [Uint8Array, 1],
} as const
const CANDIDATES = 12
/** Whose history: own, any. */
const SCOPES = 2
const RULE_ROWS = {
  /** Objects that B was done on. */
  objects: [Float32Array, 1],
  /** Ordinal + 1 of each A, and objects that had it before, by candidate and scope. */
  before: [Int32Array, CANDIDATES],
  hits: [Float32Array, CANDIDATES * SCOPES],
} as const
/** Misses that were learned from a pair since `day`, and are held against the rule of all others only. */
const PAIR_ROWS = { day: [Int32Array, 1], misses: [Uint8Array, 1] } as const

const OBJECTS_MAX = 1_000
const WARM_UP_US = 3 * DAY_US
/** After the table forgot something, or two consumers became one, an empty history proves nothing for so long. */
const FORGOT_US = 7 * DAY_US
const MISSES_LEARNED = 4
const MISSES_DAYS = 7
/** An answer that makes objects gives few ids. */
const MADE_MAX = 8
const KNOWN_SHARE = 0.9

export interface SavedOrder {
  readonly histories: SavedKeyTable<typeof HISTORY>
  readonly rules: SavedSlab<typeof RULE_ROWS>
  readonly pairs: SavedSlab<typeof PAIR_ROWS>
  readonly forgotUs: number
  readonly mergedUs: ReadonlyMap<number, number>
}

/** A rule that the present exchange breaks. */
export interface Missing {
  /** Ordinal of the endpoint that should have come before. */
  before: number
  /** Whether the same consumer should have done it. */
  isOwn: boolean
  /** Objects that the rule was learned from, and those of them that kept it, the present one not among them. */
  objects: number
  hits: number
  /** Low 32 bits of the object. */
  object: number
}

export class Order implements Baseline {
  /** Of the present exchange: whether a B was done on an object, and the rule that it breaks. */
  hasObject = false
  isBroken = false
  readonly missing: Missing = { before: -1, isOwn: false, objects: 0, hits: 0, object: 0 }
  readonly #histories: KeyTable<typeof HISTORY>
  readonly #rules: Slab<typeof RULE_ROWS>
  readonly #pairs: Slab<typeof PAIR_ROWS>
  #forgotUs: number
  #atUs = 0
  readonly #mergedUs: Map<number, number>
  /** Candidates that the present object has before B, as bits, by scope. */
  readonly #had = new Int32Array(SCOPES)

  constructor({ limits, reached }: BaselineParts, saved?: SavedOrder) {
    const onEvicted = (): void => {
      reached.baselineHistories++
      this.#forgotUs = this.#atUs
    }
    this.#histories = new KeyTable(HISTORY, limits.baselineHistories, onEvicted, saved?.histories)
    this.#rules = new Slab(RULE_ROWS, saved?.rules)
    this.#pairs = new Slab(PAIR_ROWS, saved?.pairs)
    this.#forgotUs = saved?.forgotUs ?? 0
    this.#mergedUs = new Map(saved?.mergedUs)
  }

  get bytes(): number {
    return this.#histories.bytes + this.#rules.bytes + this.#pairs.bytes
  }

  note(sight: Sight): void {
    this.hasObject = false
    this.isBroken = false
    const { event, endpoint, consumer, slots } = sight
    if (endpoint === null || !sight.isSuccess || event.operation.method === "OPTIONS") return
    this.#atUs = sight.atUs
    const { objects, weakObjects, returned } = event
    const isMaking = slots.given !== 0 && event.operation.method === "POST" && returned.length <= MADE_MAX
    if (objects.length === 0 && weakObjects.length === 0 && !isMaking) return
    const place = lastObject(event.objects, slots.strong)
    const low = place !== 0 ? place : lastObject(weakObjects, slots.weak)
    if (low !== 0) this.#done(sight, slots, low)
    if (!isMaking) return
    for (const made of returned) {
      this.#add(keyOf(made | 0, slots.given, consumer.ordinal), endpoint.ordinal)
      this.#add(keyOf(made | 0, slots.given, -1), endpoint.ordinal)
    }
  }

  mergeConsumers(_former: ConsumerSubject, successor: ConsumerSubject): void {
    this.#mergedUs.set(successor.ordinal, this.#atUs)
  }

  mergeEndpoints(former: EndpointSubject, successor: EndpointSubject): void {
    this.#reset(former)
    this.#reset(successor)
    this.#forgotUs = this.#atUs
  }

  splitEndpoint(parent: EndpointSubject, fresh: EndpointSubject): void {
    this.#reset(parent)
    this.#reset(fresh)
    this.#forgotUs = this.#atUs
  }

  save(): SavedOrder {
    return {
      histories: this.#histories.save(),
      rules: this.#rules.save(),
      pairs: this.#pairs.save(),
      forgotUs: this.#forgotUs,
      mergedUs: this.#mergedUs,
    }
  }

  /** `low`: low 32 bits of the object that the path names last. */
  #done(sight: Sight, slots: ObjectSlots, low: number): void {
    const { consumer, pair, endpoint, atUs } = sight
    const own = keyOf(low, slots.last, consumer.ordinal)
    const any = keyOf(low, slots.last, -1)
    const ownPlace = this.#histories.find(own)
    const isAgain = ownPlace >= 0 && this.#has(ownPlace, endpoint!.ordinal)
    if (!isAgain && pair !== null && !sight.isLossy) {
      const anyPlace = this.#histories.find(any)
      const isEmpty = ownPlace < 0
      const provesNothing =
        atUs - endpoint!.serviceFirstUs < WARM_UP_US ||
        (isEmpty &&
          (atUs - this.#forgotUs < FORGOT_US || atUs - (this.#mergedUs.get(consumer.ordinal) ?? 0) < FORGOT_US))
      if (!provesNothing) this.#judge(pair.ordinal, endpoint!.ordinal, ownPlace, anyPlace, low)
    }
    if (!isAgain) this.#add(own, endpoint!.ordinal)
    this.#add(any, endpoint!.ordinal)
  }

  #judge(pair: number, endpoint: number, ownPlace: number, anyPlace: number, low: number): void {
    this.#rules.reserve(endpoint)
    const { objects, before, hits } = this.#rules.columns
    const first = endpoint * CANDIDATES
    this.hasObject = true
    this.#had.fill(0)
    let best = 0
    // What it broke itself in the last days is no evidence against the rule.
    const known = objects[endpoint]! - this.#recentMisses(pair)
    for (let at = 0; at < CANDIDATES; at++) {
      const candidate = before[first + at]! - 1
      if (candidate < 0) continue
      for (let scope = 0; scope < SCOPES; scope++) {
        const place = scope === 0 ? ownPlace : anyPlace
        if (place >= 0 && this.#has(place, candidate)) {
          this.#had[scope]! |= 1 << at
          continue
        }
        const kept = hits[(first + at) * SCOPES + scope]!
        const bound = kept < known * KNOWN_SHARE ? 0 : wilsonLower(Math.min(kept, known), known)
        if (bound <= best) continue
        best = bound
        Object.assign(this.missing, {
          before: candidate,
          isOwn: scope === 0,
          objects: known,
          hits: Math.min(kept, known),
          object: low,
        })
      }
    }
    this.isBroken = best > 0
    if (best > 0 && !this.#mayLearnMiss(pair)) return
    this.#learn(endpoint, ownPlace, anyPlace)
  }

  #mayLearnMiss(pair: number): boolean {
    if (this.#recentMisses(pair) >= MISSES_LEARNED) return false
    this.#pairs.columns.misses[pair]!++
    return true
  }

  #recentMisses(pair: number): number {
    this.#pairs.reserve(pair)
    const { day, misses } = this.#pairs.columns
    const today = Math.floor(this.#atUs / DAY_US)
    if (today >= day[pair]! + MISSES_DAYS) {
      day[pair] = today
      misses[pair] = 0
    }
    return misses[pair]!
  }

  #learn(endpoint: number, ownPlace: number, anyPlace: number): void {
    const { objects, before, hits } = this.#rules.columns
    const first = endpoint * CANDIDATES
    objects[endpoint]!++
    for (let at = 0; at < CANDIDATES; at++)
      for (let scope = 0; scope < SCOPES; scope++)
        if ((this.#had[scope]! & (1 << at)) !== 0) hits[(first + at) * SCOPES + scope]!++
    // What came before and is no candidate yet, becomes one as long as B is young enough for it to reach the bound.
    const { done } = this.#histories.columns
    for (let i = 0; anyPlace >= 0 && i < DONE; i++) {
      const candidate = done[anyPlace * DONE + i]! - 1
      if (candidate < 0 || candidate === endpoint) continue
      let free = -1
      let isKnown = false
      for (let at = 0; at < CANDIDATES; at++) {
        if (before[first + at] === candidate + 1) isKnown = true
        else if (free < 0 && isFree(before, hits, first + at, objects[endpoint]!)) free = at
      }
      if (isKnown || free < 0) continue
      before[first + free] = candidate + 1
      const isOwn = ownPlace >= 0 && this.#has(ownPlace, candidate)
      hits[(first + free) * SCOPES] = isOwn ? 1 : 0
      hits[(first + free) * SCOPES + 1] = 1
    }
    if (objects[endpoint]! < OBJECTS_MAX) return
    objects[endpoint]! /= 2
    for (let at = first * SCOPES; at < (first + CANDIDATES) * SCOPES; at++) hits[at]! /= 2
  }

  #has(place: number, endpoint: number): boolean {
    const { done } = this.#histories.columns
    for (let at = place * DONE; at < (place + 1) * DONE; at++) if (done[at] === endpoint + 1) return true
    return false
  }

  #add(key: number, endpoint: number): void {
    let place = this.#histories.find(key)
    if (place < 0) place = this.#histories.insert(key)
    else this.#histories.meet(place)
    if (this.#has(place, endpoint)) return
    const { done, next } = this.#histories.columns
    done[place * DONE + next[place]!] = endpoint + 1
    next[place] = (next[place]! + 1) % DONE
  }

  #reset({ ordinal }: EndpointSubject): void {
    if (ordinal < this.#rules.rows) this.#rules.clear(ordinal)
  }
}

/** A candidate's place may be taken when it has none, or one that is far from any rule. */
function isFree(before: Int32Array, hits: Float32Array, at: number, objects: number): boolean {
  return before[at] === 0 || (objects > 20 && hits[at * SCOPES + 1]! < objects * 0.5)
}

/** Low 32 bits of the last object that names something, 0 without any. */
function lastObject(objects: readonly number[], kinds: readonly number[]): number {
  for (let k = objects.length - 1; k >= 0; k--) if ((kinds[k] ?? 0) !== 0) return objects[k]! | 0
  return 0
}

function keyOf(low: number, kind: number, consumer: number): number {
  return mix(mix(low ^ Math.imul(kind, 0x9e3779b1)) + Math.imul(consumer + 2, 0x85ebca6b)) >>> 0 || 1
}
