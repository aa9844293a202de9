// Objects of exchanges elsewhere than in their paths: the tables that this takes, and the ids of bodies.
//
// In:  bodies and the names of ids at their places (place-ids.ts), Location fields.   Out: ids of BodyFacts: pseudonyms and their number.
// JSON and forms are asked (id-scan.ts), once a walk has shown that the place has ids; other formats when they are walked. Each time, but
// for bodies that came before (told-bodies.ts), and views of one object and bodies of requests beyond a rate (rate-budget.ts).
// Bounded: the tables below. Several workers have each their own: what is told twice costs bytes only.
import { type ApiEvent, NO_NUMBERS } from "../../../shared/event/api-event.ts"
import { FieldName, type HttpHead } from "../../http/http-head.ts"
import type { FieldReceiver } from "../classes/field-receiver.ts"
import type { BodyFacts } from "../facts.ts"
import type { Template } from "../form-state.ts"
import type { ObjectPseudonyms } from "../privacy/object-pseudonyms.ts"
import { IdCollector } from "./id-collector.ts"
import { IdLearner } from "./id-learner.ts"
import { Says } from "./id-names.ts"
import { scanForm, scanJson } from "./id-scan.ts"
import { idHash0, idHash1 } from "./id-text.ts"
import { PlaceIds } from "./place-ids.ts"
import { RateBudget } from "./rate-budget.ts"
import { Steps } from "./steps.ts"
import { markByBytes, markByTag, ToldBodies, UNTOLD } from "./told-bodies.ts"
import { ToldIds } from "./told-ids.ts"

export type ObjectMode = "pseudonym" | "none"
export const OBJECT_MODES: readonly ObjectMode[] = ["pseudonym", "none"]

/** Ids and bodies of a day, and pairs of principal and operation, that are remembered: 1 MB, 0.2 MB and 0.5 MB. */
const TOLD = 131_072
const BODIES = 16_384
const STEPS = 32_768
/** Shorter bodies are scanned as quickly as they are recognised; coded ones cost more. */
const REPEATED_MIN = 512
const CODED_MIN = 64
const DAY_S = 86_400
const SECOND_US = 1_000_000

export interface ObjectCounters {
  /** Bodies asked for ids. */
  scanned: number
  /** Bodies that came again as they were. */
  repeated: number
  /** Views of objects, and bodies of requests, beyond those of a second: their ids are not told. */
  viewsLeft: number
  requestsLeft: number
  /** Ids of bodies beyond those told apart; names of ids beyond the limit of a place. */
  idsCut: number
  namesCut: number
  /** Ids of the day forgotten for lack of room, and last numbers. */
  toldForgotten: number
  stepsForgotten: number
}

export class Objects {
  readonly steps: Steps
  readonly #learner: IdLearner
  readonly #collector: IdCollector
  readonly #told: ToldIds
  readonly #bodies = new ToldBodies(BODIES)
  readonly #views = new RateBudget()
  readonly #requests = new RateBudget()
  #places = 0
  readonly #counters: ObjectCounters
  /** Day of event time of the message that began last. */
  #day = 0
  /** Its second, 32 bits of it. */
  #second = 0

  /** `next`: who wants to know the values of walked bodies besides. */
  constructor(pseudonyms: ObjectPseudonyms, counters: ObjectCounters, next: FieldReceiver | null, told = TOLD) {
    this.#told = new ToldIds(told, counters)
    this.steps = new Steps(STEPS, counters)
    this.#collector = new IdCollector(pseudonyms, this.#told, counters)
    this.#learner = new IdLearner(next, counters)
    this.#counters = counters
  }

  /** Who is told the fields of walked bodies. */
  get receiver(): FieldReceiver {
    return this.#learner
  }

  /** A message begins, at packet time `timeUs`. */
  begin(timeUs: number): void {
    // Without branches: one that is taken once a second is compiled too late, and what is compiled around it thrown away.
    const second = Math.floor(timeUs / SECOND_US)
    this.#second = second | 0
    this.#day = Math.floor(second / DAY_S)
  }

  /** True when the ids of one more body of a request are asked for. */
  isRequestDue(facts: BodyFacts): boolean {
    if (this.#requests.take(facts.principalHash, this.#second)) return true
    this.#counters.requestsLeft++
    return false
  }

  /** True when the ids of one more view of an object are. */
  isViewDue(facts: BodyFacts): boolean {
    if (this.#views.take(facts.principalHash, this.#second)) return true
    this.#counters.viewsLeft++
    return false
  }

  /** True when the response is tagged as one that gave its principal all of its ids today. `template` learns whether it has tags. */
  isTagTold(facts: BodyFacts, head: HttpHead, template: Template): boolean {
    const place = placeOf(facts)
    // A range has the tag of the whole.
    if (place === null || head.status === 206 || !markByTag(facts, head)) return false
    template.isTagged = true
    facts.hasTag = facts.targetHash !== 0
    return facts.hasTag && this.#isTold(facts, place)
  }

  /** The head of a response may say where the object is: 201, 202, 3xx. */
  onHead(head: HttpHead, status: number, facts: BodyFacts): void {
    const i = head.known[FieldName.location]!
    if (i < 0 || status <= 200 || status >= 400) return
    const collector = this.#collector
    this.#begin(facts)
    collector.note(head.bytes, head.valueStart[i]!, head.valueEnd[i]!, Says.link, true)
    if (collector.total === 0) return
    facts.locationHash0 = idHash0
    facts.locationHash1 = idHash1
    facts.hasLocation = true
    facts.ids = collector.end()
    if (facts.idsTotal === 0) facts.idsTotal = 1
  }

  /** A body is about to be walked. */
  beginWalk(facts: BodyFacts): void {
    const { state } = facts
    if (state === null || !facts.isIdsWanted) return
    state.ids ??= new PlaceIds(++this.#places)
    this.#learner.place = state.ids
    if (facts.isIdsLeft || isScanned(facts.media.kind)) return
    this.#begin(facts)
    this.#learner.collector = this.#collector
  }

  /** The body was walked, and was of that kind. `whole`: all of it. */
  endWalk(facts: BodyFacts, kind: string, whole: boolean): void {
    const learner = this.#learner
    learner.place = null
    if (learner.collector === null) return
    learner.collector = null
    this.#end(facts, kind !== "binary" && whole)
  }

  /** True when the body, as it came, gave its principal all of its ids today: it needs no look. */
  isRepeated(facts: BodyFacts, bytes: Uint8Array, start: number, end: number, whole: boolean): boolean {
    const place = placeOf(facts)
    // What was lost of a tagged body may have held ids.
    if (facts.hasTag) facts.hasTag = whole || end - start === facts.wanted
    if (place === null || facts.isRequest || facts.hasLocation || facts.hasTag) return false
    if (end - start < (facts.media.coding === "" ? REPEATED_MIN : CODED_MIN)) return false
    markByBytes(facts, bytes, start, end)
    facts.hasMark = true
    if (!this.#isTold(facts, place)) return false
    if (!whole) facts.idsTotal = -1
    return true
  }

  #isTold(facts: BodyFacts, place: PlaceIds): boolean {
    const total = this.#bodies.find(facts, place, this.#day)
    if (total === UNTOLD) return false
    this.#counters.repeated++
    facts.idsTotal = total
    return true
  }

  /** The body of a place whose names are known. */
  scan(facts: BodyFacts, kind: string, bytes: Uint8Array, start: number, end: number, whole: boolean): void {
    const place = facts.state?.ids ?? null
    if (place === null || !facts.isIdsWanted || !isScanned(facts.media.kind)) return
    if (place.isEmpty) {
      if (whole && facts.idsTotal < 0) facts.idsTotal = facts.hasLocation ? 1 : 0
      return
    }
    this.#counters.scanned++
    this.#begin(facts)
    if (kind === "form") scanForm(bytes, start, end, whole, place, this.#collector)
    else if (kind === "json" || kind === "ndjson") scanJson(bytes, start, end, place, this.#collector)
    else return
    this.#end(facts, whole)
    if ((facts.hasMark || facts.hasTag) && this.#collector.untold === 0)
      this.#bodies.note(facts, place, this.#day, facts.idsTotal)
  }

  #begin(facts: BodyFacts): void {
    const collector = this.#collector
    if (facts.isRequest) collector.beginRequest()
    else collector.beginResponse(facts.principalHash, this.#day)
    if (facts.hasLocation) collector.seed(facts.locationHash0, facts.locationHash1, facts.ids)
  }

  #end(facts: BodyFacts, whole: boolean): void {
    facts.ids = this.#collector.end()
    facts.idsTotal = whole ? this.#collector.total : -1
  }
}

/** Ids of bodies into their event; null: the message was not seen. */
export function writeIds(event: ApiEvent, request: BodyFacts | null, response: BodyFacts | null): void {
  event.bodyObjects = request === null ? NO_NUMBERS : request.ids
  event.returned = response === null ? NO_NUMBERS : response.ids
  event.returnedTotal = response === null ? -1 : response.idsTotal
}

/** Of bodies that are scanned, and whose place has ids. */
function placeOf({ state, media }: BodyFacts): PlaceIds | null {
  const place = state?.ids ?? null
  return place === null || place.isEmpty || !isScanned(media.kind) ? null : place
}

/** Kinds that have a scan of their own. */
export const isScanned = (kind: string): boolean => kind === "json" || kind === "ndjson" || kind === "form"
