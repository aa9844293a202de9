// A head that was read before, as a stencil for the next one: most of a head repeats, byte for byte, from one message to the
// next, and what changes (the target, an id, a length, the date) stands at the same places.
//
//   GET /v1/orders/17 HTTP/1.1\r\nHost: a\r\nX-Request-Id: 8f31\r\nAccept: */*\r\n\r\n
//   ====--------------====================================----=====================     = as before   - a hole: anything fit
//
// In:  a head that the strict parser took.   Out: for the bytes of another head, the same record that the strict parser
// would fill, at the price of a comparison; or no, and then the parser is asked. It says yes only to heads that differ in
// the target (a path of bytes that llhttp takes in any place of one) and in values (bytes that it takes in any value;
// digits for a length), and never in a field that decides how a message is framed. head-stencil.test.ts holds the
// two against each other. Which values change is learnt: the first one that does becomes a hole.
import { announcesClose, frameBody } from "./framing.ts"
import { FieldName, type HeadLikeness, type HttpHead } from "./http-head.ts"

/** Fields of a head that can be a stencil: one bit each. */
const FIELDS_MAX = 31
/** Bytes of such a head. */
const BYTES_MAX = 2048
const LENGTH_DIGITS_MAX = 15

const CR = 13
const SP = 32
const SLASH = 47

/** Bytes of a path or a query: visible ASCII but "#", as llhttp's strict mode has it. */
const IN_TARGET = new Uint8Array(256).fill(1, 0x21, 0x7f)
IN_TARGET[0x23] = 0
/** Bytes of a value: no control byte. A tab is one of those that the parser is asked about. */
const IN_VALUE = new Uint8Array(256).fill(1, 0x20, 0x7f).fill(1, 0x80)

/** Fields whose value decides what the bytes behind the head are: it must be the same, byte for byte. */
const FRAMING = new Set<FieldName>([FieldName.transferEncoding, FieldName.connection, FieldName.upgrade])
const PROXY_CONNECTION = "proxy-connection"

export class Stencil implements HeadLikeness {
  /** Of the stage above, for what it worked out about the fields; goes with the stencil. */
  memo: unknown = null
  /** Bit i: the value of field i changes. */
  changing = 0
  /** Bytes kept: what a limit counts. */
  readonly size: number
  readonly isRequest: boolean
  readonly #method: string
  readonly #version: number
  readonly #status: number
  readonly #fields: number
  /** The head without its target, which stood at `#before`. */
  readonly #bytes: DataView
  readonly #before: number
  /** Of field i, in `#bytes`: where its name and its value begin and end. */
  readonly #nameStart: Int32Array
  readonly #nameEnd: Int32Array
  readonly #valueStart: Int32Array
  readonly #valueEnd: Int32Array
  /** As in HttpHead. */
  readonly #name: Uint8Array
  readonly #known: Int16Array
  /** Fields that are holes, ascending. */
  readonly #holes: Int32Array
  #holeCount = 0
  /** Bit i: field i must not become a hole. */
  readonly #fixed: number
  /** What follows from the framing fields, as in HttpHead; the length only while its field is no hole. */
  readonly #isFramed: boolean
  readonly #contentLength: number
  readonly #chunked: boolean
  readonly #closing: boolean

  /** The head is a strict one without an anomaly. Use `canBe` first. */
  constructor(head: HttpHead) {
    const { start, end, fields, bytes } = head
    const before = head.targetStart - start
    const target = head.targetEnd - head.targetStart
    const kept = new Uint8Array(end - start - target)
    kept.set(bytes.subarray(start, head.targetStart))
    kept.set(bytes.subarray(head.targetEnd, end), before)
    this.#bytes = new DataView(kept.buffer)
    this.#before = before
    this.isRequest = head.isRequest
    this.#method = head.method
    this.#version = head.version
    this.#status = head.status
    this.#fields = fields
    const place = (at: number): number => at - start - target
    this.#nameStart = head.nameStart.subarray(0, fields).map(place)
    this.#nameEnd = head.nameEnd.subarray(0, fields).map(place)
    this.#valueStart = head.valueStart.subarray(0, fields).map(place)
    this.#valueEnd = head.valueEnd.subarray(0, fields).map(place)
    this.#name = head.name.slice()
    this.#known = head.known.slice()
    this.#holes = new Int32Array(fields)
    this.#fixed = fixedFields(head)
    const oddities: number[] = []
    frameBody(head, "", oddities)
    this.#isFramed = oddities.length === 0 && (head.chunked || head.known[FieldName.transferEncoding] === -1)
    this.#contentLength = head.contentLength
    this.#chunked = head.chunked
    this.#closing = announcesClose(head)
    this.size = kept.length + fields * 4 * 5 + this.#name.length + this.#known.length * 2
  }

  /** True when the head, which the strict parser took without an anomaly, can be a stencil. */
  static canBe(head: HttpHead): boolean {
    if (head.fields === 0 || head.fields > FIELDS_MAX || head.end - head.start > BYTES_MAX) return false
    return !head.isRequest || (head.bytes[head.targetStart] === SLASH && head.method !== "CONNECT")
  }

  /**
   * Fills `head` from the bytes at `start` if they are a head that fits, and returns its length; 0 when they are not, or go
   * on beyond `end`.
   */
  fit(head: HttpHead, start: number, end: number): number {
    const { bytes, view, nameStart, nameEnd, valueStart, valueEnd } = head
    let from = 0
    let at = start
    if (this.isRequest) {
      from = this.#before
      if (end - at <= from || this.#agreeing(view, at, 0, from) < from || bytes[at + from] !== SLASH) return 0
      at += from
      head.targetStart = at
      while (at < end && IN_TARGET[bytes[at]!] === 1) at++
      head.targetEnd = at
    } else head.targetStart = head.targetEnd = start
    let contentLength = this.#contentLength
    let field = 0
    for (let hole = 0; ; ) {
      const last = hole < this.#holeCount ? this.#holes[hole]! : this.#fields
      const stop = hole < this.#holeCount ? this.#valueStart[last]! : this.#bytes.byteLength
      const length = Math.min(stop - from, end - at)
      const same = this.#agreeing(view, at, from, length)
      if (same < length) {
        if (!this.#learn(from + same, hole)) return 0
        continue
      }
      if (length < stop - from) return 0
      const shift = at - from
      for (; field < last; field++) {
        nameStart[field] = this.#nameStart[field]! + shift
        nameEnd[field] = this.#nameEnd[field]! + shift
        valueStart[field] = this.#valueStart[field]! + shift
        valueEnd[field] = this.#valueEnd[field]! + shift
      }
      at += length
      if (last === this.#fields) break
      const valueAt = at
      const isLength = this.#name[last] === FieldName.contentLength
      at = isLength ? digitsEnd(bytes, at, end) : textEnd(bytes, at, end)
      if (at < 0) return 0
      if (isLength) contentLength = digitsValue(bytes, valueAt, at)
      nameStart[last] = this.#nameStart[last]! + shift
      nameEnd[last] = this.#nameEnd[last]! + shift
      valueStart[last] = valueAt
      valueEnd[last] = at
      from = this.#valueEnd[last]!
      field = last + 1
      hole++
    }
    head.start = start
    head.end = at
    head.isRequest = this.isRequest
    head.method = this.#method
    head.version = this.#version
    head.status = this.#status
    head.fields = this.#fields
    head.fieldsDropped = 0
    head.name = this.#name
    head.known = this.#known
    head.stencil = this
    head.isFramed = this.#isFramed
    head.contentLength = contentLength
    head.chunked = this.#chunked
    head.closing = this.#closing
    return at - start
  }

  /** How many of `length` bytes at `at` are those of the stencil from `from` on. */
  #agreeing(view: DataView, at: number, from: number, length: number): number {
    const own = this.#bytes
    let i = 0
    while (i + 4 <= length && view.getInt32(at + i, true) === own.getInt32(from + i, true)) i += 4
    while (i < length && view.getUint8(at + i) === own.getUint8(from + i)) i++
    return i
  }

  /** Makes a hole of the value that the byte at `place` belongs to, the `hole`-th of them; false when it may not be one. */
  #learn(place: number, hole: number): boolean {
    let field = hole === 0 ? 0 : this.#holes[hole - 1]! + 1
    while (field < this.#fields && this.#valueEnd[field]! < place) field++
    if (field >= this.#fields || this.#valueStart[field]! > place || (this.#fixed & (1 << field)) !== 0) return false
    this.#holes.copyWithin(hole + 1, hole, this.#holeCount)
    this.#holes[hole] = field
    this.#holeCount++
    this.changing |= 1 << field
    return true
  }
}

/** Bit i: the value of field i is empty, or decides about framing. */
function fixedFields(head: HttpHead): number {
  let fixed = 0
  for (let i = 0; i < head.fields; i++) {
    const isEmpty = head.valueStart[i] === head.valueEnd[i]
    const isProxy =
      head.name[i] === FieldName.other &&
      head.nameEnd[i]! - head.nameStart[i]! === PROXY_CONNECTION.length &&
      head.buffer.latin1Slice(head.nameStart[i], head.nameEnd[i]).toLowerCase() === PROXY_CONNECTION
    if (isEmpty || isProxy || FRAMING.has(head.name[i] as FieldName)) fixed |= 1 << i
  }
  return fixed
}

/** End of the value at `start`, at its CR; -1 when it is empty, has white space at its ends, or bytes to ask about. */
function textEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && IN_VALUE[bytes[at]!] === 1) at++
  return at < end && at > start && bytes[at] === CR && bytes[start] !== SP && bytes[at - 1] !== SP ? at : -1
}

/** The same for a length: digits only, few enough to be exact. */
function digitsEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at]! >= 48 && bytes[at]! <= 57) at++
  return at < end && at > start && at - start <= LENGTH_DIGITS_MAX && bytes[at] === CR ? at : -1
}

function digitsValue(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at++) value = value * 10 + bytes[at]! - 48
  return value
}
