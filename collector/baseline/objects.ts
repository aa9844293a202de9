// Objects: which a consumer asked for and was given before, and whose they are (provenance, novelty, ownership).
//
//   request   ids in path, query, body --> asked before? (by kind)   no: fresh --> given before? (by text)   no: without provenance
//                                                                                  usually another's?              foreign
//   answer    ids that it gave          --> given to this consumer, known in their collection, used by it
//
// Sets are asked first and told after, so an answer never clears its own request. An id counts once, when it is fresh: a client that repeats
// one, a constant in a path and the consumer's own id in it are no evidence after the first time. Given is by text alone and not by kind,
// because what a list gives names objects of several kinds; small numbers that are ids of two kinds therefore clear each other, and an
// attack on such ids is seen by what it misses and by whose they are.
// Given up: past limits (id-set.ts) everything is "known". Requests that will be repeated (5xx, 429, 408) are not looked at.
import { showsRequest } from "../inventory/answer.ts"
import type { Baseline, BaselineParts } from "./baseline.ts"
import { Blindness, type SavedBlindness } from "./blindness.ts"
import { Collections, type SavedCollections } from "./collections.ts"
import { type SavedSlab, Slab } from "./columns.ts"
import { DAY_US } from "./event-clock.ts"
import { emptyIdSet, type IdSet, IdSetRoom } from "./id-set.ts"
import type { ObjectSlots } from "./object-slots.ts"
import { type Owned, Ownership, type SavedOwnership } from "./ownership.ts"
import { Parties, type SavedParties } from "./parties.ts"
import { Provenance } from "./provenance.ts"
import { CARRIERS, type SavedProvenance } from "./provenance-rows.ts"
import type { Sight } from "./sight.ts"
import type { ConsumerSubject, EndpointSubject, Subjects } from "./subjects.ts"

/** Uses after which it is said whose an object is. */
export const USES_MIN = 3
/** Carriers: see provenance.ts. */
const PATH = 0
const BODY = 1
/** Kind of all ids in bodies. */
const BODY_KIND = 0x626f6479
/** Batches of several workers come about a second apart: so long an answer may come after what its ids were used for, µs. */
const LATE_US = 60_000_000
const PENDING = 8
/** Consumers that may have been given what is said to be another's. */
const OTHERS_MAX = 2
const PENDING_ROWS = {
  lows: [Int32Array, PENDING],
  startsUs: [Float64Array, PENDING],
  pairs: [Int32Array, PENDING],
  carriers: [Uint8Array, PENDING],
  weights: [Float32Array, PENDING],
  next: [Uint8Array, 1],
  newestUs: [Float64Array, 1],
} as const

export interface SavedObjects {
  readonly asked: readonly (IdSet | undefined)[]
  readonly given: readonly (IdSet | undefined)[]
  readonly setBytes: number
  readonly provenance: SavedProvenance
  readonly ownership: SavedOwnership
  readonly collections: SavedCollections
  readonly blindness: SavedBlindness
  readonly parties: SavedParties
  readonly pending: SavedSlab<typeof PENDING_ROWS>
  readonly kinds: ReadonlyMap<number, number>
}

/** What is known of an id in the hands of a consumer; for people. */
export interface Trace {
  readonly wasGiven: boolean
  /** Null when it was never used by anybody. */
  readonly owned: Owned | null
}

export class Objects implements Baseline {
  readonly provenance: Provenance
  readonly ownership: Ownership
  readonly collections: Collections
  readonly blindness: Blindness
  /** Of the present exchange: low 32 bits of its last object and of its last without provenance (0 none); owner of its last foreign one (-1). */
  lastAsked = 0
  lastUnprovenanced = 0
  foreignOwner = -1
  readonly #subjects: Subjects
  readonly #parties: Parties
  readonly #asked: (IdSet | undefined)[]
  readonly #given: (IdSet | undefined)[]
  readonly #room: IdSetRoom
  readonly #pending: Slab<typeof PENDING_ROWS>
  /** Kind of the last id in the path, by ordinal of the endpoint. */
  readonly #kinds: Map<number, number>
  /** Of the present exchange, by carrier. */
  readonly #fresh = new Float64Array(CARRIERS)
  readonly #hits = new Float64Array(CARRIERS)
  /** Of the hits: those that only others were given, where a list of its own may be missing. */
  readonly #others = new Float64Array(CARRIERS)
  #mayMiss = false
  /** Ids that were given before, and of these those that are others', too. */
  #taken = 0
  #common = 0

  constructor({ subjects, limits, reached }: BaselineParts, saved?: SavedObjects) {
    this.#subjects = subjects
    this.#asked = [...(saved?.asked ?? [])]
    this.#given = [...(saved?.given ?? [])]
    this.#room = new IdSetRoom(limits.baselineObjectBytes, limits.baselineObjectsPerSet, reached, saved?.setBytes)
    this.provenance = new Provenance(subjects, saved?.provenance)
    this.ownership = new Ownership(limits.baselineOwners, reached, saved?.ownership)
    this.collections = new Collections(limits, reached, saved?.collections)
    this.blindness = new Blindness(saved?.blindness)
    this.#parties = new Parties(subjects, saved?.parties)
    this.#pending = new Slab(PENDING_ROWS, saved?.pending)
    this.#kinds = new Map(saved?.kinds)
  }

  get bytes(): number {
    const { provenance, ownership, collections, blindness } = this
    return (
      this.#room.bytes +
      provenance.bytes +
      ownership.bytes +
      collections.bytes +
      blindness.bytes +
      this.#pending.bytes +
      (this.#asked.length + this.#given.length) * 120
    )
  }

  note(sight: Sight): void {
    const { event, endpoint, answer, slots } = sight
    this.foreignOwner = -1
    this.lastAsked = 0
    this.lastUnprovenanced = 0
    if (endpoint === null) return
    this.blindness.note(sight, slots.given !== 0)
    this.provenance.unrest = this.blindness.unrest
    this.#parties.meet(sight.consumer)
    const isRepeated = answer >= 500 || answer === 429 || answer === 408
    if (!isRepeated && event.operation.method !== "OPTIONS" && showsRequest(event)) this.#noteAsked(sight, slots)
    if (sight.isSuccess) this.#noteGiven(sight, slots)
  }

  /** Objects of the endpoint's kind that the consumer asked for, and all that are known; null where it has none. */
  coverage(consumer: ConsumerSubject, endpoint: EndpointSubject): { asked: number; known: number } | null {
    const kind = this.#kinds.get(endpoint.ordinal)
    return kind === undefined ? null : this.collections.coverage(consumer.ordinal, kind)
  }

  /** What is known of an id (low 32 bits) that the consumer asked for at the endpoint. */
  trace(consumer: ConsumerSubject, endpoint: EndpointSubject, low: number): Trace {
    const kind = this.#kinds.get(endpoint.ordinal) ?? 0
    const place = this.ownership.find(Ownership.key(low, kind))
    return {
      wasGiven: this.#isGiven(consumer, low),
      owned: place < 0 ? null : this.ownership.at(place),
    }
  }

  /** Ordinal of another that uses the id most, -1 none. */
  otherOwner(consumer: ConsumerSubject, endpoint: EndpointSubject, low: number): number {
    const place = this.ownership.find(Ownership.key(low, this.#kinds.get(endpoint.ordinal) ?? 0))
    return place < 0 || this.#isOf(consumer, place) ? -1 : this.#parties.present(this.ownership.ownerAt(place))
  }

  /** Consumers, other than this one and its partner's, that were given the id: ordinals. Slow: asks each one. */
  othersGiven(consumer: ConsumerSubject, low: number): number[] {
    const out: number[] = []
    for (const other of this.#subjects.consumers) {
      const set = this.#given[other.ordinal]
      if (set === undefined || this.#parties.isSame(other.ordinal, consumer)) continue
      if (!this.#room.isBlank(set) && this.#room.has(set, low | 0)) out.push(other.ordinal)
    }
    return out
  }

  mergeConsumers(former: ConsumerSubject, successor: ConsumerSubject): void {
    this.provenance.mergeConsumers(former, successor)
    this.collections.mergeConsumers(former.ordinal, successor.ordinal)
    this.blindness.mergeConsumers(former.ordinal, successor.ordinal)
    this.#parties.merge(former, successor)
    for (const sets of [this.#asked, this.#given]) {
      const from = sets[former.ordinal]
      if (from !== undefined) this.#room.merge(from, setAt(sets, successor.ordinal))
    }
  }

  mergeEndpoints(former: EndpointSubject, successor: EndpointSubject): void {
    this.provenance.mergeEndpoints(former, successor)
  }

  splitEndpoint(parent: EndpointSubject, fresh: EndpointSubject): void {
    this.provenance.splitEndpoint(parent, fresh)
  }

  purge(consumer: ConsumerSubject, fromUs: number, toUs: number): void {
    this.provenance.purge(consumer, fromUs, toUs)
  }

  adopt(consumer: ConsumerSubject, endpoint: EndpointSubject | null): void {
    this.provenance.adopt(consumer, endpoint)
  }

  save(): SavedObjects {
    return {
      asked: this.#asked,
      given: this.#given,
      setBytes: this.#room.bytes,
      provenance: this.provenance.save(),
      ownership: this.ownership.save(),
      collections: this.collections.save(),
      blindness: this.blindness.save(),
      parties: this.#parties.save(),
      pending: this.#pending.save(),
      kinds: this.#kinds,
    }
  }

  #noteAsked(sight: Sight, { strong, weak, query }: ObjectSlots): void {
    const { event, pair, consumer } = sight
    const { objects, weakObjects, queryObjects, bodyObjects } = event
    this.#fresh.fill(0)
    this.#hits.fill(0)
    this.#others.fill(0)
    this.#taken = 0
    this.#common = 0
    this.#mayMiss = this.blindness.mayMiss(consumer.ordinal, sight.atUs) && this.blindness.isApart(consumer.ordinal)
    for (let k = 0; k < objects.length; k++) this.#ask(sight, objects[k]!, strong[k] ?? 0, PATH)
    for (let k = 0; k < weakObjects.length; k++) this.#ask(sight, weakObjects[k]!, weak[k] ?? 0, PATH)
    for (let k = 0; k < queryObjects.length; k++) this.#ask(sight, queryObjects[k]!, query[k] ?? 0, PATH)
    for (let k = 0; k < bodyObjects.length; k++) this.#ask(sight, bodyObjects[k]!, BODY_KIND, BODY)
    if (sight.fresh === 0 || pair === null || sight.isLossy || sight.isLate) return
    if (this.#taken > 0) this.blindness.noteTaken(consumer.ordinal, this.#taken, this.#common)
    const isBlind = this.blindness.isBlind(sight.atUs)
    const day = Math.floor(sight.atUs / DAY_US)
    const weight = weightOf(sight)
    for (let carrier = 0; carrier < CARRIERS; carrier++) {
      const fresh = this.#fresh[carrier]!
      if (fresh === 0) continue
      let hits = this.#hits[carrier]!
      const others = this.#others[carrier]!
      if (isBlind) hits = others
      else if (hits > others) hits -= this.blindness.takeCredit(consumer.ordinal, sight.atUs, hits - others)
      if (hits > 0 && this.provenance.works(pair, carrier, day)) sight.unprovenanced += hits
      this.provenance.note(pair, carrier, { trials: fresh, hits, others }, weight, day)
    }
  }

  /** `object`: 48 or 32 bits; only the low 32 are known everywhere. */
  #ask(sight: Sight, object: number, kind: number, carrier: number): void {
    if (kind === 0 || object === 0) return
    const { consumer, atUs, isSuccess, endpoint } = sight
    const low = object | 0
    const key = Ownership.key(low, kind)
    sight.asked++
    this.lastAsked = low
    const isFresh = this.#room.add(setAt(this.#asked, consumer.ordinal), key | 0, atUs)
    const place = carrier === BODY ? -1 : this.ownership.find(key)
    if (isFresh) {
      sight.fresh++
      this.#fresh[carrier]!++
      if (!this.#isGiven(consumer, low)) {
        this.#hits[carrier]!++
        this.lastUnprovenanced = low
        this.#hold(sight, low, carrier)
        if (place >= 0) this.#noteForeign(sight, place)
        if (place >= 0 && this.#mayMiss && this.#isOthersOnly(consumer, place, low)) this.#others[carrier]!++
      } else {
        this.#taken++
        if (place >= 0 && !this.#isOf(consumer, place)) this.#common++
      }
      if (isSuccess && carrier === PATH) this.collections.ask(consumer.ordinal, kind)
    }
    if (carrier === BODY) return
    if (isSuccess) this.#use(consumer, kind, key, place, -1, atUs)
    if (this.#kinds.get(endpoint!.ordinal) !== kind) this.#kinds.set(endpoint!.ordinal, kind)
  }

  #isOf(consumer: ConsumerSubject, place: number): boolean {
    return this.#parties.isSame(this.#parties.present(this.ownership.ownerAt(place)), consumer)
  }

  /** Whether the id is known in the hands of one or two others: what many were given is everybody's. Slow where it is another's. */
  #isOthersOnly(consumer: ConsumerSubject, place: number, low: number): boolean {
    if (this.#isOf(consumer, place)) return false
    return this.ownership.at(place).others === 0 && this.othersGiven(consumer, low).length <= OTHERS_MAX
  }

  #noteForeign(sight: Sight, place: number): void {
    if (!this.ownership.isSettled(place, USES_MIN)) return
    const owner = this.#parties.present(this.ownership.ownerAt(place))
    if (this.#parties.isSame(owner, sight.consumer)) return
    sight.foreign++
    this.foreignOwner = owner
  }

  #noteGiven(sight: Sight, slots: ObjectSlots): void {
    const { event, consumer, endpoint, atUs } = sight
    const { returned, operation, status } = event
    const hasOwn = operation.method === "PUT" || (status === 201 && event.bodyObjects.length > 0)
    if (returned.length === 0 && !hasOwn) return
    const set = setAt(this.#given, consumer.ordinal)
    for (let k = 0; k < returned.length; k++) {
      const low = returned[k]! | 0
      this.#room.add(set, low, atUs)
      if (slots.given === 0) continue
      const key = Ownership.key(low, slots.given)
      this.#use(consumer, slots.given, key, this.ownership.find(key), endpoint!.ordinal, atUs)
    }
    if (returned.length > 0) this.#release(sight, returned)
    // What it made under a name of its own choice, it knows from itself.
    if (operation.method === "PUT") for (const object of event.objects) this.#room.add(set, object | 0, atUs)
    if (status === 201) for (const object of event.bodyObjects) this.#room.add(set, object | 0, atUs)
  }

  #use(consumer: ConsumerSubject, kind: number, key: number, place: number, giver: number, atUs: number): void {
    const owner = place < 0 ? -1 : this.ownership.ownerAt(place)
    const by = owner >= 0 && this.#parties.isSame(this.#parties.present(owner), consumer) ? owner : consumer.ordinal
    this.ownership.use(key, place, by, giver, Math.floor(atUs / DAY_US))
    if (place < 0) this.collections.meet(kind, key)
  }

  #isGiven(consumer: ConsumerSubject, low: number): boolean {
    const own = this.#given[consumer.ordinal]
    if (own !== undefined && this.#room.has(own, low)) return true
    for (const ordinal of this.#parties.siblings(consumer)) {
      const set = this.#given[ordinal]
      if (ordinal !== consumer.ordinal && set !== undefined && this.#room.has(set, low)) return true
    }
    return own === undefined && this.#room.isBlank(emptyIdSet())
  }

  /** Keeps an id without provenance for a while: the answer that gave it may be under way from another worker. */
  #hold(sight: Sight, low: number, carrier: number): void {
    const { consumer, event, pair, atUs } = sight
    if (pair === null) return
    const row = consumer.ordinal
    this.#pending.reserve(row)
    const { lows, startsUs, pairs, carriers, weights, next, newestUs } = this.#pending.columns
    const at = row * PENDING + next[row]!
    lows[at] = low
    startsUs[at] = event.startUs
    pairs[at] = pair.ordinal
    carriers[at] = carrier
    weights[at] = weightOf(sight)
    next[row] = (next[row]! + 1) % PENDING
    newestUs[row] = Math.max(newestUs[row]!, atUs)
  }

  /** Takes back what an answer gave that began before the request did. */
  #release({ consumer, atUs }: Sight, returned: readonly number[]): void {
    const row = consumer.ordinal
    if (row >= this.#pending.rows) return
    const { lows, startsUs, pairs, carriers, weights, newestUs } = this.#pending.columns
    if (newestUs[row]! <= atUs || newestUs[row]! > atUs + LATE_US) return
    const day = Math.floor(atUs / DAY_US)
    for (let at = row * PENDING; at < (row + 1) * PENDING; at++) {
      if (startsUs[at]! <= atUs || !returned.includes(lows[at]! >>> 0)) continue
      startsUs[at] = 0
      this.provenance.retract(pairs[at]!, carriers[at]!, weights[at]!, day)
    }
  }
}

/** A refusal shows that somebody tries, a success that he got it. */
function weightOf({ isSuccess }: Sight): number {
  return isSuccess ? 1 : 0.5
}

function setAt(sets: (IdSet | undefined)[], ordinal: number): IdSet {
  while (sets.length <= ordinal) sets.push(undefined)
  const known = sets[ordinal]
  if (known !== undefined) return known
  const set = emptyIdSet()
  sets[ordinal] = set
  return set
}
