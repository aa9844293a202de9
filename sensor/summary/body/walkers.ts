// Which walker reads a body, and what it found.
//
// In:  the kind that the type says, and decoded bytes.
// Out: the kind that it is, and its shape when there is one. A body that is not what its type says is named by its first bytes.
import { Anomaly } from "../../../shared/event/anomalies.ts"
import type { FieldReceiver } from "../classes/field-receiver.ts"
import type { SummaryCounters } from "../counters.ts"
import { JsonShape } from "../json-shape.ts"
import { type BodyKind, type Media, sniffedKind } from "../media.ts"
import { Envelopes } from "./envelopes.ts"
import type { Shape } from "./field-shape.ts"
import { FormShape } from "./form-shape.ts"
import { jsonStart } from "./json-start.ts"
import { MultipartShape } from "./multipart-shape.ts"
import { PackedShape } from "./packed-shape.ts"
import { ProtobufShape } from "./protobuf-shape.ts"
import { XmlShape } from "./xml-shape.ts"

export class Walkers {
  /** Of the last body; null: it has none. */
  shape: Shape | null = null
  /** Anomalies of the last body: bodyDecodeFailed or bodyBomb of a message in it, multipartMalformed, xmlEntities; 0 for none. */
  anomaly = 0
  /** First bytes of the boundary of a multipart body, set before walk(); -1 for none. */
  boundary: Uint8Array = new Uint8Array(0)
  boundaryLength = -1
  readonly #counters: SummaryCounters
  readonly #json: JsonShape
  readonly #form: FormShape
  readonly #multipart: MultipartShape
  readonly #xml: XmlShape
  readonly #protobuf: ProtobufShape
  readonly #packed: PackedShape
  readonly #envelopes = new Envelopes()

  constructor(counters: SummaryCounters) {
    this.#counters = counters
    this.#json = new JsonShape(counters.json)
    this.#form = new FormShape(counters.form)
    this.#multipart = new MultipartShape(counters.multipart)
    this.#xml = new XmlShape(counters.xml)
    this.#protobuf = new ProtobufShape(counters.protobuf)
    this.#packed = new PackedShape(counters.packed)
  }

  /** Who wants to know the values; null: nobody. */
  set receiver(receiver: FieldReceiver | null) {
    for (const walker of [this.#json, this.#form, this.#multipart, this.#xml, this.#protobuf, this.#packed])
      walker.receiver = receiver
  }

  /** The kind of the body, which is not empty. */
  walk(media: Media, bytes: Uint8Array, start: number, end: number, whole: boolean): BodyKind {
    this.shape = null
    this.anomaly = 0
    const { kind } = media
    if (kind === "json" || kind === "none") {
      const from = jsonStart(bytes, start, end)
      if (from > start && this.#isWalked("json", bytes, from, end, whole)) return "json"
      return this.#sniffed(kind, bytes, start, end, whole)
    }
    if (kind === "form") return this.#formOf(bytes, start, end, whole)
    if (media.envelope !== "none") return this.#messages(media, bytes, start, end, whole)
    if (this.#isWalked(kind, bytes, start, end, whole)) return kind
    return this.#sniffed("none", bytes, start, end, whole)
  }

  /** As the kind says, and if it is not that, as the first bytes say. */
  #sniffed(kind: BodyKind, bytes: Uint8Array, start: number, end: number, whole: boolean): BodyKind {
    if (kind !== "none" && this.#isWalked(kind, bytes, start, end, whole)) return kind
    const sniffed = sniffedKind(bytes, start, end)
    if (sniffed !== "json" && sniffed !== "xml") return sniffed
    if (sniffed !== kind && this.#isWalked(sniffed, bytes, start, end, whole)) return sniffed
    return sniffed === "xml" ? "text" : sniffed
  }

  /** Many a client sends JSON as a form, because its library says so unless told otherwise. */
  #formOf(bytes: Uint8Array, start: number, end: number, whole: boolean): BodyKind {
    const sniffed = sniffedKind(bytes, start, end)
    if ((sniffed === "json" || sniffed === "xml") && this.#isWalked(sniffed, bytes, start, end, whole)) return sniffed
    return this.#isWalked("form", bytes, start, end, whole) ? "form" : sniffed === "json" ? "text" : sniffed
  }

  /** False when the bytes are not of that kind, which is counted. */
  #isWalked(kind: BodyKind, bytes: Uint8Array, start: number, end: number, whole: boolean): boolean {
    switch (kind) {
      case "json":
        return this.#took(this.#json, this.#json.walk(bytes, start, end, !whole), this.#counters.json)
      case "ndjson":
        return this.#took(this.#json, this.#json.walkAll(bytes, start, end), this.#counters.json)
      case "form":
        return this.#took(this.#form, this.#form.walk(bytes, start, end, whole), this.#counters.form)
      case "xml": {
        const isGood = this.#xml.walk(bytes, start, end, whole)
        if (isGood && this.#xml.hasEntities) this.anomaly = Anomaly.xmlEntities
        return this.#took(this.#xml, isGood, this.#counters.xml)
      }
      case "multipart": {
        const { boundary, boundaryLength } = this
        const isGood = this.#multipart.walk(boundary, boundaryLength, bytes, start, end, whole)
        if (!isGood) this.anomaly = Anomaly.multipartMalformed
        this.#took(this.#multipart, isGood, this.#counters.multipart)
        return true
      }
      case "protobuf":
        return this.#took(this.#protobuf, this.#protobuf.walk(bytes, start, end, whole), this.#counters.protobuf)
      case "msgpack":
      case "cbor":
        return this.#took(this.#packed, this.#packed.walk(kind, bytes, start, end, whole), this.#counters.packed)
      default:
        return false
    }
  }

  #took(shape: Shape, isGood: boolean, counters: { malformed: number }): boolean {
    if (isGood) this.shape = shape
    else counters.malformed++
    return isGood
  }

  /** The messages of an enveloped body, as one document. */
  #messages(media: Media, bytes: Uint8Array, start: number, end: number, whole: boolean): BodyKind {
    const envelopes = this.#envelopes
    envelopes.begin(bytes, start, end, media.envelope === "base64")
    if (media.kind === "ndjson") this.#jsonMessages()
    else {
      const shape = this.#protobuf
      let isGood = true
      let hasMessage = false
      shape.begin()
      while (envelopes.next()) {
        if (!shape.add(envelopes.bytes, envelopes.start, envelopes.end, envelopes.whole)) isGood = false
        hasMessage = true
      }
      if (envelopes.truncated || !whole) shape.truncated = true
      shape.finish()
      if (hasMessage) this.#took(shape, isGood, this.#counters.protobuf)
    }
    this.anomaly = envelopes.anomaly
    return media.kind
  }

  #jsonMessages(): void {
    const envelopes = this.#envelopes
    const messages: Uint8Array[] = []
    while (envelopes.next()) messages.push(envelopes.bytes.subarray(envelopes.start, envelopes.end), NEW_LINE)
    if (messages.length === 0) return
    const joined = Buffer.concat(messages)
    this.#took(this.#json, this.#json.walkAll(joined, 0, joined.length), this.#counters.json)
  }
}

const NEW_LINE = Uint8Array.of(0x0a)
