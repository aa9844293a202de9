// Bodies: whether to look into one, and what it looked like.
//
// In:  heads, then the start of a body.   Out: BodyFacts with a Form and the length of the collection; the text of a shape that
// is new. A form that is known of its look is taken over without reading (form-state.ts); kinds without fields are only
// named (media.ts). Bounded: `prefixBytes` of a body, less of a coded one, since it expands.
import { Anomaly } from "../../shared/event/anomalies.ts"
import { EMPTY_CALL, type Form, type ShapeNote } from "../../shared/event/api-event.ts"
import { connectOutcome } from "../http/body-walkers/envelope-walker.ts"
import { FieldName, type HttpHead } from "../http/http-head.ts"
import { Charset } from "./body/charset.ts"
import { Parameters } from "./body/parameters.ts"
import { BOUNDARY_MAX } from "./body/part-head.ts"
import { Walkers } from "./body/walkers.ts"
import { CallMedia } from "./calls/call-media.ts"
import { CALL_BYTES, type Calls, ERROR_BYTES, isSearched } from "./calls/calls.ts"
import type { DataClasses } from "./classes/data-classes.ts"
import type { SummaryCounters } from "./counters.ts"
import { BodyDecoder } from "./decode-body.ts"
import { type BodyFacts, Odd, type RequestFacts, type ResponseFacts } from "./facts.ts"
import { type FormState, type Look, lookOf, type Template } from "./form-state.ts"
import { isWalked, type Media, type MediaTypes } from "./media.ts"
import { isScanned, type Objects } from "./objects/objects.ts"
import type { Sampler } from "./sampler.ts"
import { ShapeTexts } from "./shape-texts.ts"

/** Coded bytes read at most: JSON expands about tenfold, and the decoder stops at 256 KiB. */
const CODED_MAX = 16 * 1024
/** Nothing comes of a zstd body before its first block is whole, which is 128 KiB when decoded. */
const ZSTD_MAX = 64 * 1024
/** Bytes of a cut document that show its shape: a long list repeats itself. */
const CUT_MIN = 8 * 1024
/** Stands for the status of a response where it could not be decoded. */
export const UNKNOWN_STATUS = 1

export class Bodies {
  readonly #media: MediaTypes
  readonly #counters: SummaryCounters
  readonly #walkers: Walkers
  readonly #charset: Charset
  readonly #parameters = new Parameters()
  readonly #decoder = new BodyDecoder()
  readonly #calls: Calls
  readonly #classes: DataClasses
  readonly #texts: ShapeTexts
  readonly #prefixBytes: number
  readonly #sampler: Sampler
  /** Null: no ids of bodies are told. */
  readonly #objects: Objects | null

  constructor(
    media: MediaTypes,
    calls: Calls,
    counters: SummaryCounters,
    classes: DataClasses,
    note: (shape: ShapeNote) => void,
    prefixBytes: number,
    sampler: Sampler,
    objects: Objects | null = null,
  ) {
    this.#media = media
    this.#calls = calls
    this.#counters = counters
    this.#walkers = new Walkers(counters)
    this.#charset = new Charset(counters.charset)
    this.#classes = classes
    this.#objects = objects
    if (objects !== null) this.#walkers.receiver = objects.receiver
    else if (!classes.isOff) this.#walkers.receiver = classes
    this.#texts = new ShapeTexts(counters, note)
    this.#prefixBytes = prefixBytes
    this.#sampler = sampler
  }

  /** Decides at the head, and begins the facts. `template` null: the operation is not known, or not yet. `status` 0 for requests. */
  begin(
    facts: BodyFacts,
    head: HttpHead,
    media: Media,
    hasBody: boolean,
    template: Template | null,
    status: number,
  ): void {
    if (!hasBody || !isWalked(media.kind) || this.#prefixBytes === 0) {
      facts.begin(media, null, 0, null)
      facts.isRequest = status === 0
      if (!hasBody && this.#objects !== null) facts.idsTotal = 0
      if (hasBody && media.call === CallMedia.graphql) this.#wantCall(facts, head)
      return
    }
    const state = template === null ? media.orphan : template.state(media, status)
    facts.lookNumber = lookOf(head.contentLength)
    const look = this.#lookAt(state, facts.lookNumber)
    facts.look = look
    const areIdsWanted = this.#objects !== null && template !== null && status < 400
    if (!state.next(look, this.#sampler)) {
      facts.begin(media, state, 0, state.isMixed ? null : look)
      if (status === 0 && template !== null && isSearched(template, media)) this.#wantCall(facts, head)
      facts.isRequest = status === 0
      if (areIdsWanted) {
        this.#beginIds(facts, head, template, status)
        this.#wantIds(facts, head)
      }
      return
    }
    const limit = Math.min(this.#prefixBytes, codedMax(media.coding))
    facts.begin(media, state, head.contentLength >= 0 ? Math.min(head.contentLength, limit) : limit, null)
    facts.isRequest = status === 0
    if (areIdsWanted) this.#beginIds(facts, head, template, status)
    if (media.kind === "multipart") this.#findBoundary(facts, head)
  }

  /** What a response answers is known now, too late for its head: unread, its body is what the last of its look was there. */
  settle({ body, status }: ResponseFacts, request: RequestFacts): void {
    const { media, form } = body
    if (body.state !== media.orphan) return
    const state = request.answerTemplate(status)?.state(media, status)
    if (state?.isMixed !== false) return
    const look = this.#lookAt(state, body.lookNumber)
    if (form === null) body.take(look)
    else if (!look.isKnown && !body.isCut) state.learn(look, form, body.classes)
  }

  /** The ids of the body are learned; are they told, too? Always those of lists and of what was created. */
  #beginIds(facts: BodyFacts, head: HttpHead, template: Template, status: number): void {
    const objects = this.#objects!
    facts.isIdsWanted = true
    if (status === 0) facts.isIdsLeft = !objects.isRequestDue(facts)
    else if (template.isView && status !== 201) facts.isIdsLeft = !objects.isViewDue(facts)
    else facts.isIdsLeft = objects.isTagTold(facts, head, template)
  }

  #lookAt(state: FormState, number: number): Look {
    const look = state.look(number)
    if (look.isRest) this.#counters.looksCut++
    return look
  }

  /** The shape is not looked at this time, but what the body asks for is. */
  #wantCall(facts: BodyFacts, head: HttpHead): void {
    const limit = Math.min(this.#prefixBytes, CALL_BYTES)
    facts.wanted = head.contentLength >= 0 ? Math.min(head.contentLength, limit) : limit
    facts.isCallOnly = true
    if (facts.media.kind === "multipart") this.#findBoundary(facts, head)
  }

  /** The shape is not looked at this time, but the ids are, if the place has any. */
  #wantIds(facts: BodyFacts, head: HttpHead): void {
    const { media, state } = facts
    if (facts.isIdsLeft || facts.isCallOnly || state === null || state.ids === null || !isScanned(media.kind)) return
    if (state.ids.isEmpty) {
      facts.idsTotal = 0
      return
    }
    const limit = Math.min(this.#prefixBytes, codedMax(media.coding))
    facts.wanted = head.contentLength >= 0 ? Math.min(head.contentLength, limit) : limit
    facts.isIdsOnly = true
  }

  #findBoundary(facts: BodyFacts, head: HttpHead): void {
    const i = head.known[FieldName.contentType]!
    const parameters = this.#parameters
    facts.boundary ??= new Uint8Array(BOUNDARY_MAX)
    facts.boundaryLength = -1
    if (i < 0) return
    parameters.begin(head.bytes, head.valueStart[i]!, head.valueEnd[i]!)
    while (parameters.next()) if (parameters.is("boundary")) facts.boundaryLength = parameters.copy(facts.boundary)
  }

  /** The start of the body, or all of it when `whole`. */
  read(facts: BodyFacts, bytes: Uint8Array, start: number, end: number, whole: boolean): void {
    const { media } = facts
    facts.isCut = !whole && end - start < facts.wanted
    const areIdsTold =
      facts.isIdsLeft || (facts.isIdsWanted && this.#objects!.isRepeated(facts, bytes, start, end, whole))
    if (areIdsTold && facts.isIdsOnly) return
    if (media.coding !== "") {
      const decoded = this.#decoder.decode(media.coding, bytes, start, end, whole)
      if (decoded.isForeign) this.#counters.decode.foreign++
      if (decoded.anomaly !== 0) this.#note(facts, decoded.anomaly)
      bytes = decoded.bytes
      start = decoded.start
      end = decoded.end
      whole = decoded.whole
    }
    if (end === start) return
    if (facts.isConnectError)
      facts.outcome = connectOutcome(
        Buffer.from(bytes.subarray(start, Math.min(end, start + ERROR_BYTES))).latin1Slice(),
      )
    const { state: place, look } = facts
    if (facts.hints !== null && facts.call === EMPTY_CALL && !facts.isIdsOnly) {
      facts.call = this.#calls.read(facts.hints, media, bytes, start, end, whole)
      if (facts.call.key !== "") this.#moveToCall(facts)
    }
    // At a place of calls a body that names none may have no other to take after.
    if (facts.hints !== null && place === facts.state && place !== null && facts.form === null) facts.isCallOnly = false
    if (facts.isCallOnly) this.#counters.calls.only++
    const isWalked = !facts.isCallOnly && !facts.isIdsOnly
    if (!isWalked && facts.state?.ids?.isEmpty !== false) return
    if (isWalked) this.#counters.bodyBytes += end - start
    if (isText(media)) {
      const charset = this.#charset
      charset.read(bytes, start, end, media.charset)
      bytes = charset.bytes
      start = charset.start
      end = charset.end
    }
    if (isWalked) {
      this.#walk(facts, bytes, start, end, whole)
      if (!facts.isCut) {
        facts.state?.learn(facts.look, facts.form!, facts.classes)
        // The place learns, too, so that it knows when it has seen enough.
        if (place !== facts.state) place?.settle(look, facts.form!)
      }
    }
    if (!areIdsTold) this.#objects?.scan(facts, facts.form?.kind ?? media.kind, bytes, start, end, whole)
  }

  #walk(facts: BodyFacts, bytes: Uint8Array, start: number, end: number, whole: boolean): void {
    this.#objects?.beginWalk(facts)
    const { fields, isMixed } = facts.state ?? facts.media.orphan
    this.#classes.begin(fields, isMixed)
    facts.form = this.#formOf(facts, bytes, start, end, whole)
    facts.classes = this.#classes.end()
    this.#objects?.endWalk(facts, facts.form.kind, whole)
  }

  /** The body is one of its call, whose shape may differ from others at its place: it is walked when that shape is due. */
  #moveToCall(facts: BodyFacts): void {
    const template = facts.hints!.holder.calls?.templateOf(facts.call)
    if (template === undefined || facts.state === null) return
    const state = template.state(facts.media, 0)
    const look = this.#lookAt(state, facts.look.number)
    const isDue = state.next(look, this.#sampler)
    facts.state = state
    facts.look = look
    if (!facts.isCallOnly) return
    facts.isCallOnly = !isDue
    facts.take(isDue || template.isMixed ? null : look)
  }

  #formOf(facts: BodyFacts, bytes: Uint8Array, start: number, end: number, whole: boolean): Form {
    const { media } = facts
    const walkers = this.#walkers
    if (media.kind === "multipart") {
      walkers.boundary = facts.boundary!
      walkers.boundaryLength = facts.boundaryLength
    }
    const kind = walkers.walk(media, bytes, start, end, whole)
    const { shape, anomaly } = walkers
    if (anomaly !== 0) this.#note(facts, anomaly)
    if (shape === null) return this.#media.form(media, kind, 0, 0)
    const { full, coarse, items, truncated } = shape
    if (whole && !truncated) facts.items = items
    // The shape of a document that was cut early is that of where it was cut, one for every place: it says nothing.
    if (truncated && end - start < CUT_MIN) return this.#media.form(media, kind, 0, 0)
    if (full !== 0) this.#texts.describe(shape, this.#classes)
    return this.#media.form(media, kind, coarse, full)
  }

  #note(facts: BodyFacts, anomaly: number): void {
    if (anomaly === Anomaly.bodyBomb) {
      facts.odd |= Odd.bodyBomb
      this.#counters.decode.bombs++
    } else if (anomaly === Anomaly.bodyDecodeFailed) {
      facts.odd |= Odd.bodyDecodeFailed
      this.#counters.decode.failed++
    } else if (anomaly === Anomaly.multipartMalformed) facts.odd |= Odd.multipartMalformed
    else facts.odd |= Odd.xmlEntities
  }
}

function codedMax(coding: string): number {
  if (coding === "") return Number.POSITIVE_INFINITY
  return coding.endsWith("zstd") ? ZSTD_MAX : CODED_MAX
}

const isText = ({ kind }: Media): boolean => kind === "json" || kind === "ndjson" || kind === "xml" || kind === "none"
