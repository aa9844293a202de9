// What a head says of its body: media type and content coding, and the kind of body that follows from them.
//
// In:  the values of Content-Type and Content-Encoding.   Out: a Media record, the same for equal bytes while remembered, with
// the Form records that need no look into the body. Parameters of the type are cut off (a boundary is not a fact of an API).
// A value that is not a media type is published as "". RFC 9110 sections 8.3 and 8.4.
import { ByteInterner, StringInterner } from "../../shared/bytes/interner.ts"
import { EMPTY_FORM, type Form } from "../../shared/event/api-event.ts"
import { FieldName, type HttpHead } from "../http/http-head.ts"
import { isWord } from "./body/parameters.ts"
import { type CallMedia, callMedia, soapAction } from "./calls/call-media.ts"
import { FormState } from "./form-state.ts"
import { publishedCoding, publishedMediaType } from "./privacy/published-media.ts"

const MEDIA = { entries: 2048, keyBytes: 256 * 1024 }
/** Bytes of each of the two values that are read. */
const VALUE_MAX = 256
const SHAPED = 16_384

/** Values of Form.kind. */
export type BodyKind =
  | "none"
  | "json"
  | "ndjson"
  | "form"
  | "multipart"
  | "xml"
  | "protobuf"
  | "msgpack"
  | "cbor"
  | "text"
  | "binary"

/** Messages of gRPC, gRPC-Web and Connect's streams stand behind a prefix of five bytes; in the text form in base64 as well. */
export type Envelope = "none" | "prefix" | "base64"

export interface Media {
  /** Content-Type and Content-Encoding as sent, for comparison with the next head's. */
  readonly type: Uint8Array
  readonly codingBytes: Uint8Array
  readonly contentType: string
  /** Content-Encoding, lower case; "" for none or identity. */
  readonly coding: string
  /** "none": not told by the type; the first byte decides. */
  readonly kind: BodyKind
  readonly envelope: Envelope
  /** What it tells of the call that a request with it makes. */
  readonly call: CallMedia
  /** SOAP 1.2: the operation that its action names, "" for none. */
  readonly soapAction: string
  /** Lower case, "" when none is stated. */
  readonly charset: string
  /** Of a message without a body; of one that was not looked into: its kind where the type says all that would be found. */
  readonly empty: Form
  readonly unread: Form
  /** Of messages whose operation is not known, or not yet. */
  readonly orphan: FormState
}

export function bodyKind(type: string): BodyKind {
  if (type === "" || type === "text/plain" || /^(?:application|text)\/(?:x-)?(?:java|ecma)script$/.test(type))
    return "none"
  if (type === "application/x-www-form-urlencoded") return "form"
  if (type.startsWith("multipart/")) return "multipart"
  if (/^application\/(?:x-)?(?:ndjson|json-?lines|jsonl|json-seq|stream\+json)$|\+json-seq$/.test(type)) return "ndjson"
  if (/^application\/(?:grpc(?:-web(?:-text)?)?|connect)\+json$/.test(type)) return "ndjson"
  if (/[/+]json$|^application\/(?:json[-+.]|x-json$|x-amz-json)|^text\/(?:json|x-json)$/.test(type)) return "json"
  if (/^application\/xhtml|^image\//.test(type)) return type.startsWith("image/") ? "binary" : "text"
  if (/[/+]xml$|^text\/xml|^application\/soap/.test(type)) return "xml"
  if (/^application\/grpc(?:-web(?:-text)?)?(?:\+proto)?$|[/+.-](?:proto|protobuf)$/.test(type)) return "protobuf"
  if (/^application\/(?:x-|vnd\.)?msgpack$|\+msgpack$/.test(type)) return "msgpack"
  if (/[/+]cbor(?:-seq)?$/.test(type)) return "cbor"
  return type.startsWith("text/") || /graphql|yaml|csv/.test(type) ? "text" : "binary"
}

function envelopeOf(type: string): Envelope {
  if (type.startsWith("application/grpc-web-text")) return "base64"
  return /^application\/(?:grpc|connect\+)/.test(type) ? "prefix" : "none"
}

/** Kinds whose bodies are looked into; "none" because its kind is not known before. */
export function isWalked(kind: BodyKind): boolean {
  return kind !== "text" && kind !== "binary"
}

/** What an undeclared body is, by its first byte that is not white space. */
export function sniffedKind(bytes: Uint8Array, start: number, end: number): BodyKind {
  let at = start
  if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3
  while (at < end && (bytes[at] === 0x20 || (bytes[at]! >= 0x09 && bytes[at]! <= 0x0d))) at++
  const b = bytes[at]
  if (at >= end || b === undefined) return "text"
  if (b === 0x7b || b === 0x5b) return "json"
  if (b === 0x3c) return "xml"
  const until = Math.min(end, at + 64)
  for (let i = at; i < until; i++) if (bytes[i]! < 0x09 || (bytes[i]! > 0x0d && bytes[i]! < 0x20)) return "binary"
  return "text"
}

const isSame = (bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean => {
  if (end - start !== other.length) return false
  for (let i = 0; i < other.length; i++) if (bytes[start + i] !== other[i]) return false
  return true
}

export class MediaTypes {
  readonly #known = new ByteInterner<Media>(MEDIA)
  readonly #forms = new StringInterner<Form>(SHAPED)
  readonly #key = new Uint8Array(2 * VALUE_MAX + 2)
  /** Of a head that says nothing. */
  readonly none: Media = this.#make(new Uint8Array(0), new Uint8Array(0))

  /** `last`: the record of the message before in this direction, which it mostly is again. */
  of(head: HttpHead, last: Media): Media {
    const type = head.known[FieldName.contentType]!
    const coding = head.known[FieldName.contentEncoding]!
    const typeStart = type < 0 ? 0 : head.valueStart[type]!
    const typeEnd = type < 0 ? 0 : typeEndOf(head, typeStart, Math.min(head.valueEnd[type]!, typeStart + VALUE_MAX))
    const codingStart = coding < 0 ? 0 : head.valueStart[coding]!
    const codingEnd = coding < 0 ? 0 : Math.min(head.valueEnd[coding]!, codingStart + VALUE_MAX)
    const { bytes } = head
    if (isSame(bytes, typeStart, typeEnd, last.type) && isSame(bytes, codingStart, codingEnd, last.codingBytes))
      return last
    const key = this.#key
    let to = 0
    for (let i = typeStart; i < typeEnd; i++) key[to++] = bytes[i]!
    key[to++] = 0
    for (let i = codingStart; i < codingEnd; i++) key[to++] = bytes[i]!
    const known = this.#known.find(key, 0, to)
    if (known !== undefined) return known
    const media = this.#make(bytes.slice(typeStart, typeEnd), bytes.slice(codingStart, codingEnd))
    this.#known.add(key, 0, to, media)
    return media
  }

  /** The remembered Form with that content. */
  form(media: Media, kind: string, coarseShape: number, fullShape: number): Form {
    const { contentType, coding: contentEncoding } = media
    return this.#form({ contentType, contentEncoding, kind, coarseShape, fullShape })
  }

  #form(form: Form): Form {
    const key = Object.values(form).join("\n")
    let known = this.#forms.find(key)
    if (known === undefined) {
      known = form
      this.#forms.add(key, known)
    }
    return known
  }

  #make(type: Uint8Array, codingBytes: Uint8Array): Media {
    const stated = Buffer.from(type).toString("latin1")
    const contentType = publishedMediaType(stated)
    const coding = publishedCoding(Buffer.from(codingBytes).toString("latin1"))
    const kind = bodyKind(contentType)
    const named = { contentType, contentEncoding: coding, coarseShape: 0, fullShape: 0 }
    return {
      type,
      codingBytes,
      contentType,
      coding,
      kind,
      envelope: envelopeOf(contentType),
      call: callMedia(contentType),
      soapAction: soapAction(contentType, stated),
      charset: charsetOf(stated),
      empty: contentType === "" && coding === "" ? EMPTY_FORM : this.#form({ ...named, kind: "none" }),
      unread: this.#form({ ...named, kind: isWalked(kind) ? "unread" : kind }),
      orphan: new FormState(true),
    }
  }
}

/** A boundary is another one each time: it would make a type of each message. */
function typeEndOf({ bytes }: HttpHead, start: number, end: number): number {
  if (!isWord(bytes, start, end, "multipart/")) return end
  let stop = start
  while (stop < end && bytes[stop] !== 0x3b) stop++
  return stop
}

function charsetOf(value: string): string {
  const found = /;\s*charset\s*=\s*"?([a-z0-9._-]{1,24})/i.exec(value)
  return found === null ? "" : found[1]!.toLowerCase()
}
