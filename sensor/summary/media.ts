// What a head says of its body: media type and content coding, and the kind of body that follows from them.
//
// In:  the values of Content-Type and Content-Encoding.   Out: a Media record, the same for equal bytes while remembered, with
// the Form records that need no look into the body. Parameters of the type are cut off (a boundary is not a fact of an API).
// A value that is not a media type is published as "". RFC 9110 sections 8.3 and 8.4.
import { ByteInterner, StringInterner } from "../../shared/bytes/interner.ts"
import { EMPTY_FORM, type Form } from "../../shared/event/api-event.ts"
import { FieldName, type HttpHead } from "../http/http-head.ts"
import { FormState } from "./form-state.ts"

const MEDIA = { entries: 2048, keyBytes: 256 * 1024 }
/** Bytes of each of the two values that are read. */
const VALUE_MAX = 256
const SHAPED = 16_384

/** Values of Form.kind. */
export type BodyKind = "none" | "json" | "ndjson" | "form" | "multipart" | "xml" | "text" | "binary"

export interface Media {
  /** Content-Type and Content-Encoding as sent, for comparison with the next head's. */
  readonly type: Uint8Array
  readonly codingBytes: Uint8Array
  readonly contentType: string
  /** Content-Encoding, lower case; "" for none or identity. */
  readonly coding: string
  /** "none": not told by the type; the first byte decides. */
  readonly kind: BodyKind
  /** Of a message without a body; of one that was not looked into: its kind where the type says all that would be found. */
  readonly empty: Form
  readonly unread: Form
  /** Of messages whose operation is not known. */
  readonly orphan: FormState
}

export function bodyKind(type: string): BodyKind {
  if (type === "" || type === "text/plain") return "none"
  if (type === "application/x-www-form-urlencoded") return "form"
  if (type.startsWith("multipart/")) return "multipart"
  if (/^application\/(?:x-)?(?:ndjson|json-?lines|jsonl|json-seq|stream\+json)$|\+json-seq$/.test(type)) return "ndjson"
  if (/[/+]json$|^application\/(?:json[-+.]|x-json$|x-amz-json)|^text\/(?:json|x-json)$/.test(type)) return "json"
  if (/[/+]xml$|^text\/xml|^application\/soap/.test(type)) return "xml"
  return type.startsWith("text/") || /javascript|ecmascript|graphql|yaml|csv/.test(type) ? "text" : "binary"
}

/** Kinds whose bodies are looked into; "none" because its kind is not known before. */
export function isWalked(kind: BodyKind): boolean {
  return kind === "json" || kind === "ndjson" || kind === "none"
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
    const typeEnd = type < 0 ? 0 : Math.min(head.valueEnd[type]!, typeStart + VALUE_MAX)
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
    const contentType = mediaType(Buffer.from(type).toString("latin1"))
    const coding = contentCoding(Buffer.from(codingBytes).toString("latin1"))
    const kind = bodyKind(contentType)
    const named = { contentType, contentEncoding: coding, coarseShape: 0, fullShape: 0 }
    return {
      type,
      codingBytes,
      contentType,
      coding,
      kind,
      empty: contentType === "" && coding === "" ? EMPTY_FORM : this.#form({ ...named, kind: "none" }),
      unread: this.#form({ ...named, kind: isWalked(kind) ? "unread" : kind }),
      orphan: new FormState(),
    }
  }
}

function mediaType(value: string): string {
  const type = value.split(/[;,]/, 1)[0]!.trim().toLowerCase()
  return /^[a-z0-9!#$&^_.+-]{1,64}\/[a-z0-9!#$&^_.+-]{1,96}$/.test(type) ? type : ""
}

function contentCoding(value: string): string {
  const coding = value.replaceAll(/\s/g, "").toLowerCase()
  return coding === "identity" || !/^[a-z0-9,._-]{1,40}$/.test(coding) ? "" : coding
}
