// Data classes in the head of a request: values of the query, of matrix parameters, of fields that are not standard, of cookies,
// and tokens of the path. The credential that names the sender is left out: an event says what it is anyway.
//
// In:  a head that was read into an operation, now and then.   Out: `last` of its HeadTurns: "class=log2 count".
// A query with the same names and kinds has the same classes nearly always, so of the heads of one operation entry the first
// FIRST are looked at, then one in EVERY by chance (sampler.ts), and from LONG heads on one in 64. What its fields are is learnt for all entries of a
// template together.
// Bounded: NAME_MAX bytes of a name, SEGMENTS_MAX segments of a path.
import { mix } from "../../../shared/bytes/hash.ts"
import { NO_STRINGS } from "../../../shared/event/api-event.ts"
import { FieldName, type HttpHead } from "../../http/http-head.ts"
import type { CookieJar } from "../cookies.ts"
import type { Layout } from "../head-layout.ts"
import { NO_SOURCES, type SourceList } from "../identity/sources.ts"
import type { OperationEntry } from "../operations.ts"
import type { QueryNames } from "../query-names.ts"
import type { Sampler } from "../sampler.ts"
import type { Target } from "../target.ts"
import { classify, isStrong, Kind } from "../value-class.ts"
import type { DataClasses } from "./data-classes.ts"
import { undoEscapes, undone } from "./escapes.ts"

const FIRST = 4
export const EVERY = 16
const LONG = 1024
/** Beyond, gaps are longer by this factor. */
const SELDOM = 4
const NAME_MAX = 64
const SEGMENTS_MAX = 16

/** Parts of a head: where a name stands is part of its path. */
const Part = { query: 0x71, field: 0x66, cookie: 0x63, segment: 0x73 } as const

/** Of one operation entry: whether the next head is looked at, and what the last one held. */
export class HeadTurns {
  last: readonly string[] = NO_STRINGS
  #turns = 0
  #random = 0
  /** Heads up to and with the next one that is looked at; 0: not drawn yet. */
  #gap = 0

  isDue(sampler: Sampler): boolean {
    const turn = this.#turns++
    if (turn < FIRST) return true
    if (this.#gap === 0) this.#draw(sampler, turn)
    if (--this.#gap > 0) return false
    this.#draw(sampler, turn)
    return true
  }

  #draw(sampler: Sampler, turn: number): void {
    this.#random = sampler.next(this.#random === 0 ? sampler.seed() : this.#random)
    this.#gap = sampler.gap(this.#random) * (turn < LONG ? 1 : SELDOM)
  }
}

export class HeadClasses {
  readonly #classes: DataClasses
  /** Where the credential of the head at hand may stand. */
  #sources: SourceList = NO_SOURCES

  readonly #sampler: Sampler

  /** `sampler`: of one in EVERY. */
  constructor(classes: DataClasses, sampler: Sampler) {
    this.#classes = classes
    this.#sampler = sampler
  }

  /** Whether this head of the operation is looked at. */
  isDue(entry: OperationEntry): boolean {
    return entry.turns.isDue(this.#sampler)
  }

  /** `query` holds the values of this very head. */
  read(entry: OperationEntry, head: HttpHead, target: Target, query: QueryNames, layout: Layout, jar: CookieJar): void {
    this.#sources = entry.sources
    this.#classes.begin(entry.template.head)
    if (!target.isAuthorityForm) this.#path(head.bytes, target.pathStart, target.pathEnd)
    this.#named(Part.query, head.bytes, 0, query.count, query.valueStart, query.valueEnd, "query")
    const cookie = head.known[FieldName.cookie]!
    if (cookie >= 0 && jar.starts.length > 0) {
      const base = head.valueStart[cookie]!
      this.#named(Part.cookie, head.bytes, base, jar.starts.length, jar.starts, jar.ends, "cookie")
    }
    this.#fields(head, layout)
    entry.turns.last = this.#classes.end()
  }

  /** Segments of [start, end) up to a query: those that an event would not show as text. Each is named by the one before it. */
  #path(bytes: Uint8Array, start: number, end: number): void {
    let nameStart = start
    let nameEnd = start
    let at = start
    for (let segment = 0; segment < SEGMENTS_MAX && at < end && bytes[at] === 0x2f; segment++) {
      const from = ++at
      while (at < end && bytes[at] !== 0x2f && bytes[at] !== 0x3f && bytes[at] !== 0x3b && bytes[at] !== 0x23) at++
      if (isToken(bytes, from, at))
        this.#classes.onField(mix(Part.segment + segment), bytes, nameStart, nameEnd, bytes, from, at, true)
      nameStart = from
      nameEnd = at
      while (at < end && bytes[at] !== 0x2f && bytes[at] !== 0x3f && bytes[at] !== 0x23) at++
    }
  }

  /** Values [base + starts[k], base + ends[k]) of `bytes`; a name ends one byte before its value. */
  #named(
    part: number,
    bytes: Uint8Array,
    base: number,
    count: number,
    starts: ArrayLike<number>,
    ends: ArrayLike<number>,
    kind: string,
  ): void {
    for (let i = 0; i < count; i++) {
      const start = base + starts[i]!
      const end = base + ends[i]!
      if (end <= start || this.#isCredential(kind, i)) continue
      const nameEnd = start - 1
      let nameStart = nameEnd
      while (nameStart > nameEnd - NAME_MAX && nameStart > 0 && isNameByte(bytes[nameStart - 1]!)) nameStart--
      this.#tell(part, bytes, nameStart, nameEnd, start, end)
    }
  }

  /** Fields that are not standard, but for ids of requests: they say nothing. */
  #fields(head: HttpHead, { extras, requestIds }: Layout): void {
    const { bytes, nameStart, nameEnd, valueStart, valueEnd } = head
    for (let k = 0; k < extras.length; k++) {
      const i = extras[k]!
      if (requestIds[k] === true || this.#isCredential("field", i)) continue
      const stop = Math.min(nameEnd[i]!, nameStart[i]! + NAME_MAX)
      this.#tell(Part.field, bytes, nameStart[i]!, stop, valueStart[i]!, valueEnd[i]!)
    }
  }

  #isCredential(kind: string, index: number): boolean {
    for (const source of this.#sources.sources) if (source.location.kind === kind && source.index === index) return true
    return false
  }

  #tell(part: number, bytes: Uint8Array, nameStart: number, nameEnd: number, start: number, end: number): void {
    let hash = part
    for (let i = nameStart; i < nameEnd; i++) hash = mix(hash + (bytes[i]! | 0x20))
    this.#classes.onField(hash, bytes, nameStart, nameEnd, bytes, start, end, true)
  }
}

/** Bytes that end a name when it is read from behind: the marks between parameters and between cookies. */
const isNameByte = (b: number): boolean =>
  b > 0x20 && b !== 0x26 && b !== 0x3b && b !== 0x3f && b !== 0x2f && b !== 0x3d

/** A segment that is not literal text of the operation. */
function isToken(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4) return false
  let kind = classify(bytes, start, end)
  if (!isStrong(kind) && isEscaped(bytes, start, end)) kind = classify(undone, 0, undoEscapes(bytes, start, end))
  return isStrong(kind) || (kind === Kind.text && end - start > NAME_MAX)
}

function isEscaped(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] === 0x25) return true
  return false
}
