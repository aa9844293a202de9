// Bodies: whether to look into one, and what it looked like.
//
// In:  heads, then the start of a body.   Out: BodyFacts with a Form and the length of the collection; the text of a shape that
// is new. A form that is known at its place is taken over without reading (form-state.ts); only JSON is walked, other
// kinds are named. Bounded: `prefixBytes` of a body, less of a coded one, since it expands; SHAPES texts remembered.
import { StringInterner } from "../../shared/bytes/interner.ts"
import { Anomaly } from "../../shared/event/anomalies.ts"
import type { ShapeNote } from "../../shared/event/api-event.ts"
import type { HttpHead } from "../http/http-head.ts"
import type { Calls } from "./calls/calls.ts"
import type { SummaryCounters } from "./counters.ts"
import { BodyDecoder } from "./decode-body.ts"
import { type BodyFacts, Odd } from "./facts.ts"
import type { Template } from "./form-state.ts"
import { JsonShape } from "./json-shape.ts"
import { type BodyKind, isWalked, type Media, type MediaTypes, sniffedKind } from "./media.ts"

/** Coded bytes read at most: JSON expands about tenfold, and the decoder stops at 256 KiB. */
const CODED_MAX = 16 * 1024
const SHAPES = 16_384
/** Bytes of a cut document that show its shape: a long list repeats itself. */
const CUT_MIN = 8 * 1024

export class Bodies {
  readonly #media: MediaTypes
  readonly #counters: SummaryCounters
  readonly #json: JsonShape
  readonly #decoder = new BodyDecoder()
  readonly #calls: Calls
  readonly #shapes = new StringInterner<number>(SHAPES)
  readonly #note: (shape: ShapeNote) => void
  readonly #prefixBytes: number
  readonly #sampleEvery: number

  constructor(
    media: MediaTypes,
    calls: Calls,
    counters: SummaryCounters,
    note: (shape: ShapeNote) => void,
    prefixBytes: number,
    sampleEvery: number,
  ) {
    this.#media = media
    this.#calls = calls
    this.#counters = counters
    this.#json = new JsonShape(counters.json)
    this.#note = note
    this.#prefixBytes = prefixBytes
    this.#sampleEvery = sampleEvery
  }

  /** Decides at the head, and begins the facts. `template` null: the operation is not known. `status` 0 for requests. */
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
      return
    }
    const state = template === null ? media.orphan : template.state(media, status)
    if (!state.next(this.#sampleEvery)) {
      facts.begin(media, state, 0, state.form)
      return
    }
    const limit = media.coding === "" ? this.#prefixBytes : Math.min(CODED_MAX, this.#prefixBytes)
    facts.begin(media, state, head.contentLength >= 0 ? Math.min(head.contentLength, limit) : limit, null)
  }

  /** The start of the body, or all of it when `whole`. */
  read(facts: BodyFacts, bytes: Uint8Array, start: number, end: number, whole: boolean): void {
    const { media } = facts
    if (media.coding !== "") {
      const decoded = this.#decoder.decode(media.coding, bytes, start, end, whole)
      if (decoded.anomaly === Anomaly.bodyBomb) {
        facts.odd |= Odd.bodyBomb
        this.#counters.decode.bombs++
      } else if (decoded.anomaly !== 0) {
        facts.odd |= Odd.bodyDecodeFailed
        this.#counters.decode.failed++
      }
      bytes = decoded.bytes
      start = decoded.start
      end = decoded.end
      whole = decoded.whole
    }
    this.#counters.bodyBytes += end - start
    if (end === start) return
    facts.call = this.#calls.read(media, bytes, start, end, whole)
    const kind = media.kind === "none" ? sniffedKind(bytes, start, end) : media.kind
    facts.form = this.#formOf(facts, kind, bytes, start, end, whole)
    facts.state?.learn(facts.form)
  }

  #formOf(facts: BodyFacts, kind: BodyKind, bytes: Uint8Array, start: number, end: number, whole: boolean) {
    if (kind !== "json" && kind !== "ndjson") return this.#media.form(facts.media, kind, 0, 0)
    const json = this.#json
    if (!json.walk(bytes, start, end, kind === "json" && !whole)) {
      this.#counters.json.malformed++
      return this.#media.form(facts.media, sniffedKind(bytes, start, end), 0, 0)
    }
    const { full, coarse, items, truncated } = json
    if (whole && !truncated && kind === "json") facts.items = items
    // The shape of a document that was cut early is that of where it was cut, one for every place: it says nothing.
    if (truncated && end - start < CUT_MIN) return this.#media.form(facts.media, kind, 0, 0)
    if (full !== 0) this.#describe(full)
    return this.#media.form(facts.media, kind, coarse, full)
  }

  #describe(shape: number): void {
    const key = `${shape}`
    if (this.#shapes.find(key) !== undefined) return
    this.#shapes.add(key, shape)
    this.#counters.shapes++
    this.#note({ shape, paths: this.#json.paths() })
  }
}
