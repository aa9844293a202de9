// A decoded header block -> HttpHead: whose head it is, method and target or status, the fields that later stages ask for.
//
// Pseudo-header fields stay among the fields, in their order: that is a habit of the client's software. `:authority` is the
// Host. Cookies that were split are one field again (RFC 9113 section 8.2.3). What is unknown is said in `head.unknown`.
import { Anomaly } from "../../../shared/event/anomalies.ts"
import { HeadPart } from "../../../shared/event/api-event.ts"
import { FieldName } from "../http-head.ts"
import { knownMethod } from "../start-line.ts"
import type { DynamicTable } from "./dynamic-table.ts"
import { PSEUDO_MIN, Pseudo } from "./field-code.ts"
import { Likenesses, type LikenessSet } from "./head-likeness.ts"
import { type Block, HpackDecoder } from "./hpack-decoder.ts"
import type { Http2Options } from "./options.ts"

/** What a header block is, by its pseudo-header fields. */
export const HeadKind = {
  request: 0,
  response: 1,
  /** It has none: trailers. */
  trailers: 2,
  /** They may be among the fields that are unknown. */
  unclear: 3,
} as const
export type HeadKind = (typeof HeadKind)[keyof typeof HeadKind]

const METHOD_BYTES_MAX = 32
const LENGTH_DIGITS_MAX = 15
const OUTCOME_DIGITS_MAX = 4
const REQUEST_PARTS = HeadPart.method | HeadPart.path | HeadPart.authority

export class HeadBuilder {
  readonly decoder: HpackDecoder
  readonly likenesses = new Likenesses()
  /** Of the head at hand: may repeat. */
  readonly anomalies: number[] = []
  readonly #name: Uint8Array
  readonly #known: Int16Array
  readonly #cookies: number[] = []

  constructor(options: Http2Options) {
    this.decoder = new HpackDecoder(options.blockBytesMax, options.headBytesMax, options.tablesBytesMax)
    this.#name = this.decoder.head.name
    this.#known = this.decoder.head.known
  }

  decode(table: DynamicTable, bytes: Uint8Array, start: number, end: number): Block {
    if (this.anomalies.length > 0) this.anomalies.length = 0
    return this.decoder.decode(table, bytes, start, end)
  }

  /** The rest of the block that was decoded is lost. */
  cut(): void {
    if (this.decoder.unknowns++ === 0) this.decoder.knownBefore = this.decoder.fields
  }

  get kind(): HeadKind {
    const { codes, fields, unknowns, knownBefore } = this.decoder
    for (let i = 0; i < fields; i++) {
      const code = codes[i]!
      if (code < PSEUDO_MIN) {
        // Regular fields come behind all pseudo-header fields: an unknown one before it may be one of those.
        return unknowns > 0 && knownBefore <= i ? HeadKind.unclear : HeadKind.trailers
      }
      if (code === Pseudo.status) return HeadKind.response
      if (code !== Pseudo.odd) return HeadKind.request
    }
    return unknowns > 0 ? HeadKind.unclear : HeadKind.trailers
  }

  /** Status unknown, and nothing that only a final answer says: Content-Length never stands in a 1xx, Content-Type hardly. */
  get mayBeInterim(): boolean {
    const { codes, fields } = this.decoder
    if (this.kind !== HeadKind.unclear) return false
    for (let i = 0; i < fields; i++)
      if (codes[i] === FieldName.contentLength || codes[i] === FieldName.contentType) return false
    return true
  }

  /** All fields of a block that has unknown ones are unknown. */
  dropFields(): void {
    const { decoder } = this
    decoder.unknowns += decoder.fields
    decoder.fields = decoder.cookies = decoder.knownBefore = 0
  }

  /** Fills the decoder's head. `isEnd`: no body follows. */
  fill(isRequest: boolean, isEnd: boolean, set: LikenessSet): void {
    const { decoder } = this
    const { head, slab } = decoder
    if (head.bytes !== slab.bytes) {
      head.bytes = head.buffer = slab.bytes
      head.view = slab.view
    }
    head.version = 20
    head.isRequest = isRequest
    head.isFramed = true
    head.closing = false
    head.start = head.end = head.targetStart = head.targetEnd = 0
    if (decoder.cookies > 1) this.#joinCookies()
    head.fields = decoder.fields
    head.fieldsDropped = decoder.fieldsDropped
    const like = decoder.unknowns === 0 && decoder.fieldsDropped === 0 ? this.likenesses.find(set, decoder) : null
    if (like === null) this.#read(isRequest, set)
    else {
      head.stencil = like
      head.method = like.method
      head.status = like.status
      head.name = like.name
      head.known = like.known
      head.unknown = 0
      this.#target(like.targetField)
    }
    const length = head.known[FieldName.contentLength]!
    head.contentLength = isEnd ? 0 : length < 0 ? -1 : this.#digits(length, LENGTH_DIGITS_MAX)
    head.chunked = !isEnd && head.contentLength < 0
  }

  /** grpc-status of the block at hand, -1 without. */
  outcome(): number {
    const { codes, fields } = this.decoder
    for (let i = 0; i < fields; i++) if (codes[i] === FieldName.grpcStatus) return this.#digits(i, OUTCOME_DIGITS_MAX)
    return -1
  }

  /** Declared length of the body whatever follows, -1 without. */
  declaredLength(): number {
    const i = this.decoder.head.known[FieldName.contentLength]!
    return i < 0 ? -1 : this.#digits(i, LENGTH_DIGITS_MAX)
  }

  /** True when the head's content type is that of gRPC itself, of whatever message format. */
  isGrpc(): boolean {
    const { head } = this.decoder
    const i = head.known[FieldName.contentType]!
    if (i < 0) return false
    const { bytes } = head
    let at = head.valueStart[i]!
    const end = head.valueEnd[i]!
    if (end - at < GRPC.length) return false
    for (let k = 0; k < GRPC.length; k++) if (bytes[at++] !== GRPC[k]) return false
    return at === end || bytes[at] === PLUS || bytes[at] === SEMICOLON
  }

  #read(isRequest: boolean, set: LikenessSet): void {
    const { decoder, anomalies } = this
    const { head, codes, fields } = decoder
    head.name = this.#name
    head.known = this.#known
    head.stencil = null
    head.method = ""
    head.status = 0
    head.known.fill(-1)
    let seen = 0
    let isRegular = false
    let targetField = -1
    for (let i = 0; i < fields; i++) {
      const code = codes[i]!
      if (code < PSEUDO_MIN) {
        isRegular = true
        head.name[i] = code
        if (code !== FieldName.other) {
          if (head.known[code] === -1) head.known[code] = i
        } else if (this.#isMisspelt(i)) anomalies.push(Anomaly.malformedHead)
        continue
      }
      const bit = 1 << (code - PSEUDO_MIN)
      if (isRegular || (seen & bit) !== 0 || code === Pseudo.odd || isRequest === (code === Pseudo.status)) {
        anomalies.push(Anomaly.malformedHead)
        head.name[i] = FieldName.other
        if (isRegular || (seen & bit) !== 0) continue
      }
      seen |= bit
      head.name[i] = code === Pseudo.authority ? FieldName.host : FieldName.other
      if (code === Pseudo.authority) head.known[FieldName.host] = i
      else if (code === Pseudo.path) targetField = i
      else if (code === Pseudo.method) head.method = this.#method(i)
      else if (code === Pseudo.status) head.status = this.#status(i)
    }
    if (targetField < 0 && head.method === "CONNECT") targetField = head.known[FieldName.host]!
    this.#target(targetField)
    this.#tellUnknown(isRequest, targetField)
    if (anomalies.length === 0) head.stencil = this.likenesses.learn(set, decoder, targetField)
  }

  /** What is missing is unknown where something is, and a fault of the sender where nothing is. */
  #tellUnknown(isRequest: boolean, targetField: number): void {
    const { head, unknowns, fieldsDropped } = this.decoder
    let missing = 0
    if (isRequest) {
      if (head.method === "") missing |= HeadPart.method
      if (targetField < 0) missing |= HeadPart.path
      if (head.known[FieldName.host] === -1) missing |= HeadPart.authority
    } else if (head.status === 0) missing |= HeadPart.status
    if (fieldsDropped > 0) this.anomalies.push(Anomaly.manyFields)
    head.unknown = unknowns === 0 ? 0 : missing | HeadPart.fields
    if (unknowns > 0) return
    const needed = isRequest ? REQUEST_PARTS & ~HeadPart.authority : HeadPart.status
    if ((missing & needed) !== 0) this.anomalies.push(Anomaly.malformedHead)
  }

  #target(field: number): void {
    const { head } = this.decoder
    if (field < 0) return
    head.targetStart = head.valueStart[field]!
    head.targetEnd = head.valueEnd[field]!
  }

  #method(i: number): string {
    const { head } = this.decoder
    const start = head.valueStart[i]!
    const end = head.valueEnd[i]!
    const known = knownMethod(head.bytes, start, end)
    if (known !== "") return known
    this.anomalies.push(Anomaly.unknownMethod)
    return head.buffer.latin1Slice(start, Math.min(end, start + METHOD_BYTES_MAX))
  }

  #status(i: number): number {
    const { head } = this.decoder
    const status = head.valueEnd[i]! - head.valueStart[i]! === 3 ? this.#digits(i, 3) : -1
    if (status >= 100) return status
    this.anomalies.push(Anomaly.invalidStatus)
    return 0
  }

  /** The value of field `i` as a number, -1 when it is none. */
  #digits(i: number, digitsMax: number): number {
    const { head, slab } = this.decoder
    const start = head.valueStart[i]!
    const end = head.valueEnd[i]!
    if (end === start || end - start > digitsMax) return -1
    let value = 0
    for (let at = start; at < end; at++) {
      const digit = slab.bytes[at]! - 48
      if (digit < 0 || digit > 9) return -1
      value = value * 10 + digit
    }
    return value
  }

  /** Upper case letters and bytes below "!" are no part of a name (RFC 9113 section 8.2.1). */
  #isMisspelt(i: number): boolean {
    const { head } = this.decoder
    for (let at = head.nameStart[i]!; at < head.nameEnd[i]!; at++) {
      const byte = head.bytes[at]!
      if ((byte >= 65 && byte <= 90) || byte <= 32 || byte >= 127) return true
    }
    return head.nameStart[i] === head.nameEnd[i]
  }

  #joinCookies(): void {
    const { decoder } = this
    const { codes, head, serials } = decoder
    const cookies = this.#cookies
    cookies.length = 0
    for (let i = 0; i < decoder.fields; i++) if (codes[i] === FieldName.cookie) cookies.push(i)
    let length = 0
    for (const i of cookies) length += head.valueEnd[i]! - head.valueStart[i]! + 2
    let at = decoder.reserve(length)
    if (at < 0) return
    const first = cookies[0]!
    const start = at
    const { bytes } = decoder.slab
    for (const i of cookies) {
      if (i !== first) at += bytes.write("; ", at, "latin1")
      bytes.copyWithin(at, head.valueStart[i]!, head.valueEnd[i]!)
      at += head.valueEnd[i]! - head.valueStart[i]!
    }
    head.valueStart[first] = start
    head.valueEnd[first] = at
    serials[first] = 0
    let to = first + 1
    for (let i = first + 1; i < decoder.fields; i++) {
      if (codes[i] === FieldName.cookie) continue
      head.nameStart[to] = head.nameStart[i]!
      head.nameEnd[to] = head.nameEnd[i]!
      head.valueStart[to] = head.valueStart[i]!
      head.valueEnd[to] = head.valueEnd[i]!
      codes[to] = codes[i]!
      serials[to] = serials[i]!
      to++
    }
    decoder.fields = to
  }
}

const GRPC = Buffer.from("application/grpc")
const PLUS = 43
const SEMICOLON = 59
