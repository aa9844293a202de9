// Parameters, types, paths and data classes that an endpoint has shown (B8).
//
// In:  exchanges that succeeded (what was refused proves no parameter), texts of shapes. Out: `news`: parts that the endpoint shows for the
// first time, or for the first time of such a kind, or to another consumer within days of the first; and whether the endpoint is known well
// enough (200 requests, three days) for news to mean anything.
// What each pair showed last, and a cache of what else it has shown, keep the hot path at one look-up; results do not depend on them.
// Given up: bodies whose shape has no text; parts beyond limits (shapes-fields.ts).
import type { ShapeTexts } from "../inventory/shape-notes.ts"
import type { Baseline, BaselineParts } from "./baseline.ts"
import { Slab } from "./columns.ts"
import { DAY_US } from "./event-clock.ts"
import { Fields, Met, type SavedFields } from "./shapes-fields.ts"
import { fieldsOf, hashText, leafOf, type NamedPart, PartsTable, Place, resourceOf, URL_BIT } from "./shapes-names.ts"
import type { Sight } from "./sight.ts"
import type { ConsumerSubject, EndpointSubject, Subjects } from "./subjects.ts"

const LEARNED_REQUESTS = 200
/** Requests have fewer forms than answers. */
const LEARNED_REQUESTS_ASKED = 50
const LEARNED_US = 3 * DAY_US
/** So long other consumers that show the same part are news, too. */
const SPREADING_US = 14 * DAY_US
const CACHE = 2 ** 15
/** What a pair showed last: signature of its parameters, shapes of request and answer; 0 nothing yet. */
const LAST = { parameters: [Int32Array, 1], body: [Int32Array, 1], answer: [Int32Array, 1] } as const
const LEAF_PLACES = 2 ** 17

export interface ShapeNews {
  readonly part: NamedPart
  /** The endpoint has it already; only its kind is new. */
  readonly isKindOnly: boolean
  /** It is a URL, and never was one there. */
  readonly isFirstUrl: boolean
  /** Other parts of requests to the endpoint that were URLs before. */
  readonly urlsBefore: number
  /** Parties (a partner is one, and each consumer without one) that showed it so far, this one included. */
  readonly parties: number
  /** In a request: answers about the same resource have a field of that name. */
  readonly isKnownFromAnswers: boolean
  /** In a request: requests to other endpoints of the service have that name (page, limit). */
  readonly isKnownElsewhere: boolean
}

export interface SavedShapes {
  readonly fields: SavedFields
}

const NO_NEWS: readonly ShapeNews[] = []

export class Shapes implements Baseline {
  /** Of the present exchange; empty while the endpoint is learned. */
  news: readonly ShapeNews[] = NO_NEWS
  readonly #subjects: Subjects
  readonly #fields: Fields
  readonly #texts: ShapeTexts
  readonly #parts = new PartsTable()
  readonly #cache = new Float64Array(CACHE)
  #last = new Slab(LAST)
  readonly #classNames = new Map<string, NamedPart>()
  #found: ShapeNews[] = []

  constructor({ subjects, limits, reached, texts }: BaselineParts, saved?: SavedShapes) {
    this.#subjects = subjects
    this.#texts = texts
    this.#fields = new Fields(limits.baselineFields, reached, saved?.fields)
  }

  get bytes(): number {
    return this.#fields.bytes + this.#cache.byteLength + this.#last.bytes
  }

  note(sight: Sight): void {
    this.news = NO_NEWS
    const { endpoint, pair, event } = sight
    if (endpoint === null || pair === null || !sight.isSuccess) return
    const { operation, request, response, responseClasses } = event
    const { ordinal } = pair
    this.#last.reserve(ordinal)
    const last = this.#last.columns
    const { signature, parts } = this.#parts.of(operation, endpoint.ordinal)
    if (signature !== 0 && last.parameters[ordinal] !== (signature | 0)) {
      if (this.#isNew(ordinal, signature)) this.#meetAll(sight, parts)
      last.parameters[ordinal] = signature
    }
    if (request.fullShape !== 0 && last.body[ordinal] !== (request.fullShape | 0)) {
      if (this.#meetBody(sight, request.fullShape, Place.body)) last.body[ordinal] = request.fullShape
    }
    if (response.fullShape !== 0 && last.answer[ordinal] !== (response.fullShape | 0)) {
      if (this.#meetBody(sight, response.fullShape, Place.answer)) last.answer[ordinal] = response.fullShape
    }
    for (const text of responseClasses) {
      const part = this.#classOf(text)
      if (this.#isNew(pair.ordinal, part.hash)) this.#meet(sight, part)
    }
    if (this.#found.length === 0) return
    this.news = this.#found
    this.#found = []
  }

  mergeConsumers(former: ConsumerSubject, successor: ConsumerSubject): void {
    this.#fields.mergeConsumers(former.ordinal, successor.ordinal)
  }

  mergeEndpoints(former: EndpointSubject, successor: EndpointSubject): void {
    this.#fields.copyEndpoint(former.ordinal, successor.ordinal)
    this.#cache.fill(0)
    this.#last = new Slab(LAST)
  }

  splitEndpoint(parent: EndpointSubject, fresh: EndpointSubject): void {
    this.#fields.copyEndpoint(parent.ordinal, fresh.ordinal)
  }

  save(): SavedShapes {
    return { fields: this.#fields.save() }
  }

  /** Whether the pair has (as far as the cache remembers) not shown this yet; then it has. */
  #isNew(pair: number, signature: number): boolean {
    const key = pair * 2 ** 32 + (signature >>> 0) + 1
    const place = placeOf(pair, signature)
    if (this.#cache[place] === key) return false
    this.#cache[place] = key
    return true
  }

  /** False as long as the shape has no text. */
  #meetBody(sight: Sight, shape: number, place: Place): boolean {
    const signature = place === Place.body ? shape : ~shape
    if (!this.#isNew(sight.pair!.ordinal, signature)) return true
    const lines = this.#texts.linesOf(shape)
    if (lines === null) {
      // Its text may come later.
      this.#cache[placeOf(sight.pair!.ordinal, signature)] = 0
      return false
    }
    const fields = fieldsOf(lines, place)
    this.#meetAll(sight, fields)
    if (place !== Place.answer) return true
    const resource = leafPlace(sight.endpoint!)
    for (const { name } of fields)
      this.#fields.meet(resource, Place.leaf, hashText(leafOf(name)), 0, sight.consumer.ordinal, sight.atUs)
    return true
  }

  #meetAll(sight: Sight, parts: readonly NamedPart[]): void {
    for (const part of parts) this.#meet(sight, part)
  }

  #meet(sight: Sight, part: NamedPart): void {
    const { atUs } = sight
    const endpoint = sight.endpoint!
    const fields = this.#fields
    const met = fields.meet(endpoint.ordinal, part.place, part.hash, part.kinds, sight.consumer.ordinal, atUs)
    if (met === Met.known || fields.slot < 0) return
    const { slot, kindsBefore } = fields
    const isAsked = part.place <= Place.body
    const isKnownElsewhere = isAsked && met === Met.field && this.#meetService(sight, part)
    const isFirstUrl = isAsked && (part.kinds & URL_BIT) !== 0 && (kindsBefore & URL_BIT) === 0
    const urlsBefore = fields.urlsOf(endpoint.ordinal)
    if (isFirstUrl) fields.countUrl(endpoint.ordinal)
    const { wasNews, firstUs } = fields.slab.columns
    const isLearned =
      endpoint.requests >= (part.place <= Place.body ? LEARNED_REQUESTS_ASKED : LEARNED_REQUESTS) &&
      atUs - endpoint.firstUs >= LEARNED_US &&
      (endpoint.splitUs === 0 || atUs - endpoint.splitUs >= DAY_US)
    if (!isLearned) return
    if (met === Met.user && (wasNews[slot] === 0 || atUs - firstUs[slot]! > SPREADING_US)) return
    if (met === Met.field) wasNews[slot] = 1
    this.#found.push({
      part,
      isKindOnly: met === Met.kind,
      isFirstUrl,
      urlsBefore,
      parties: this.#partiesOf(slot),
      isKnownFromAnswers: isAsked && fields.has(leafPlace(endpoint), Place.leaf, hashText(leafOf(part.name))),
      isKnownElsewhere,
    })
  }

  #partiesOf(slot: number): number {
    const { consumers } = this.#subjects
    return new Set(this.#fields.usersOf(slot).map((user) => consumers[user]!.partner || user)).size
  }

  /** True if the service knew the name in requests; it does then. */
  #meetService({ endpoint, consumer, atUs }: Sight, { name }: NamedPart): boolean {
    const place = (hashText(endpoint!.serviceName) >>> 0) % LEAF_PLACES
    const slot = this.#fields.slot
    const met = this.#fields.meet(place, Place.service, hashText(leafOf(name)), 0, consumer.ordinal, atUs)
    this.#fields.slot = slot
    return met !== Met.field
  }

  #classOf(text: string): NamedPart {
    let part = this.#classNames.get(text)
    if (part === undefined) {
      const end = text.indexOf("=")
      const name = end < 0 ? text : text.slice(0, end)
      part = { place: Place.dataClass, name, hash: hashText(name), kinds: 1, kind: "" }
      // "email=3": names of classes with a magnitude of 0 to 31; a sensor that sends more is not trusted with memory.
      if (this.#classNames.size < 4_096) this.#classNames.set(text, part)
    }
    return part
  }
}

function placeOf(pair: number, signature: number): number {
  return (Math.imul(pair, 0x9e3779b1) ^ signature) & (CACHE - 1)
}

/** Where names of fields in answers about a resource are kept. */
function leafPlace({ serviceName, template }: EndpointSubject): number {
  return ((hashText(serviceName) ^ hashText(resourceOf(template))) >>> 0) % LEAF_PLACES
}
