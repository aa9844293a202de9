// The path of a request as typed tokens.
//
// In:  the bytes of a path (without query).   Out: its part of the skeleton, flags, and the objects it names.
// Segment by segment: a strong kind becomes its mark, and its text only a pseudonym; everything else stays text in one
// spelling ("%41" is "A", "%2F" stays inside its segment, braces are escaped). Matrix parameters are cut off and their
// names handed on; a known file extension is split off the last segment. Dot segments and empty ones are flagged and left
// where they are: what a server makes of them differs, and an attempt to climb must not look like the path it aims at.
// Given up: what lies beyond SEGMENTS_MAX, PATH_BYTES_MAX or UNITS_MAX; flagged and counted. RFC 3986 section 3.3.
//
// Fast for what is common: a segment of digits or of lower-case letters is decided while it is copied.
import { NO_NUMBERS, PathFlag } from "../../shared/event/api-event.ts"
import type { SummaryCounters } from "./counters.ts"
import { isVersion as isMarkedVersion } from "./objects/id-text.ts"
import { numberAtEnd } from "./objects/steps.ts"
import { extensionStart } from "./path-extension.ts"
import { normalise, textOf } from "./percent.ts"
import type { ObjectPseudonyms } from "./privacy/object-pseudonyms.ts"
import { type PathPrivacy, PSEUDONYM_DIGITS } from "./privacy/path-privacy.ts"
import { isCredentialLike, isPronounceable, isRandomLetters, isSecretLike } from "./privacy/path-secrets.ts"
import { Mark, type Skeleton } from "./skeleton.ts"
import { classify, isStrong, KIND_NAMES, Kind } from "./value-class.ts"

export const SEGMENTS_MAX = 64
export const PATH_BYTES_MAX = 8192
/** Characters of the path that is published. */
export const UNITS_MAX = 960
/** Longest segment that may be a name; a longer one is {text}. */
export const LITERAL_MAX = 64
export const OBJECTS_MAX = 8
export const WEAK_MAX = 4
/** Letters of a verb behind a colon. */
const VERB_MIN = 3
const VERB_MAX = 32
export const MATRIX_MAX = 8
const MARK_UNITS = 12

/** What a byte means while a segment is copied. */
const Bit = { digit: 1, lower: 2, plain: 4, dot: 8, special: 16, stop: 32, colon: 64 } as const
const MEANING = new Uint8Array(256).fill(Bit.special)
for (let b = 0x30; b <= 0x39; b++) MEANING[b] = Bit.digit
for (let b = 0x61; b <= 0x7a; b++) MEANING[b] = Bit.lower
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_~!$&'()*+,=@") MEANING[char.charCodeAt(0)] = Bit.plain
MEANING[0x2e] = Bit.dot
MEANING[0x3a] = Bit.plain | Bit.colon
MEANING[0x2f] = MEANING[0x3f] = MEANING[0x23] = Bit.stop

export class PathTokens {
  /** Bit set of PathFlag, of the last path read. */
  flags = 0
  /** Pseudonyms of the strong tokens, in order. */
  objects: readonly number[] = NO_NUMBERS
  /** Pseudonyms of the tokens of text that have a digit in them, in order. */
  weak: readonly number[] = NO_NUMBERS
  /** The number that the last strong token is or ends with, -1 without one. */
  number = -1
  /** Matrix parameters "name=value" found: [start, end) in the bytes read. */
  matrix = 0
  readonly matrixStart: Int32Array = new Int32Array(MATRIX_MAX)
  readonly matrixEnd: Int32Array = new Int32Array(MATRIX_MAX)
  readonly #pseudonyms: ObjectPseudonyms
  readonly #counters: SummaryCounters
  /** Null: every weak token leaves as text. */
  readonly privacy: PathPrivacy | null
  #units = 0

  constructor(pseudonyms: ObjectPseudonyms, counters: SummaryCounters, privacy: PathPrivacy | null = null) {
    this.privacy = privacy
    this.#pseudonyms = pseudonyms
    this.#counters = counters
  }

  /** Reads the path that starts a target into the skeleton. Returns where it ends: at "?", "#" or `end`. */
  read(bytes: Uint8Array, start: number, end: number, skeleton: Skeleton): number {
    this.flags = 0
    this.objects = NO_NUMBERS
    this.weak = NO_NUMBERS
    this.number = -1
    this.matrix = 0
    this.#units = 0
    this.privacy?.clear()
    const stop = end
    if (end - start > PATH_BYTES_MAX) end = start + PATH_BYTES_MAX
    const out = skeleton.bytes
    let at = start
    let segments = 0
    if (bytes[at] === 0x2f && at < end) {
      skeleton.mark(0x2f)
      at++
    }
    for (;;) {
      if (++segments > SEGMENTS_MAX || this.#units > UNITS_MAX) {
        this.#cut()
        return pathEnd(bytes, at, stop)
      }
      const from = skeleton.length
      let to = from
      let seen = 0
      for (; at < end; at++) {
        const b = bytes[at]!
        const meaning = MEANING[b]!
        if (meaning === Bit.stop) break
        seen |= meaning
        out[to++] = b
      }
      skeleton.length = to
      const isLast = at >= end || bytes[at] !== 0x2f
      if (seen === Bit.digit) this.#token(Kind.int, skeleton, from)
      else if (seen === Bit.lower && to - from < 32 && !isRandomLetters(out, from, to))
        this.#text(skeleton, from, Kind.word)
      else this.#segment(bytes, at - (to - from), at, seen, isLast, skeleton, from)
      if (isLast) {
        if (at < end || end === stop) return at
        this.#cut()
        return pathEnd(bytes, at, stop)
      }
      skeleton.mark(0x2f)
      at++
    }
  }

  #cut(): void {
    if ((this.flags & PathFlag.tooManySegments) === 0) this.#counters.pathsCut++
    this.flags |= PathFlag.tooManySegments
  }

  /** Replaces the text written since `from` by the mark of its kind, and keeps its pseudonym. */
  #token(kind: Kind, skeleton: Skeleton, from: number): void {
    const { objects } = this
    const { bytes } = skeleton
    if (kind === Kind.uuid) for (let i = from; i < skeleton.length; i++) if (bytes[i]! >= 0x41) bytes[i]! |= 0x20
    if (objects.length < OBJECTS_MAX) {
      const pseudonym = this.#pseudonyms.of(bytes, from, skeleton.length)
      this.objects = objects.length === 0 ? [pseudonym] : [...objects, pseudonym]
    }
    if (kind === Kind.int || kind === Kind.serial) this.number = numberAtEnd(bytes, from, skeleton.length)
    bytes[from] = kind
    skeleton.length = from + 1
    this.#units += MARK_UNITS
  }

  /** A segment that is neither a number nor a plain word: source [start, end), a raw copy in the skeleton from `from`. */
  #segment(
    bytes: Uint8Array,
    start: number,
    end: number,
    seen: number,
    isLast: boolean,
    skeleton: Skeleton,
    from: number,
  ): void {
    if (start === end) {
      if (!isLast) this.flags |= PathFlag.emptySegment
      this.#units++
      return
    }
    const out = skeleton.bytes
    if ((seen & Bit.special) !== 0) this.#normalise(bytes, start, end, skeleton, from)
    const length = skeleton.length - from
    if (out[from] === 0x2e && (length === 1 || (length === 2 && out[from + 1] === 0x2e)))
      this.flags |= PathFlag.dotSegment
    const dot = isLast && (seen & (Bit.dot | Bit.special)) !== 0 ? extensionStart(out, from, skeleton.length) : -1
    if (dot < 0) {
      this.#decide(skeleton, from, seen)
      return
    }
    const extension = out.latin1Slice(dot + 1, skeleton.length).toLowerCase()
    skeleton.length = dot
    this.#decide(skeleton, from, seen | Bit.plain)
    skeleton.mark(Mark.extension)
    skeleton.text(extension)
  }

  #decide(skeleton: Skeleton, from: number, seen: number): void {
    const out = skeleton.bytes
    const length = skeleton.length - from
    const isShort = length < 3 && (seen & ~(Bit.digit | Bit.lower)) === 0 && out[from]! >= 0x61
    const kind = isShort ? Kind.word : classify(out, from, skeleton.length)
    if (isVersion(kind, out, from, length)) {
      this.#units += length + 1
    } else if (out[skeleton.length - 1] === 0x29 && this.#keyed(skeleton, from)) {
      // Done.
    } else if (isStrong(kind)) this.#token(kind, skeleton, from)
    else if ((seen & Bit.colon) !== 0 && this.#verbed(skeleton, from)) {
      // Done.
    } else if (length > LITERAL_MAX) this.#token(Kind.text, skeleton, from)
    else if (isSecretLike(out, from, skeleton.length, kind)) this.#token(Kind.id, skeleton, from)
    else {
      if ((seen & (Bit.digit | Bit.special)) !== 0) this.#weak(skeleton, from)
      this.#text(skeleton, from, kind)
    }
  }

  /** A token of text: it may be an id when it has a digit and is no version. */
  #weak(skeleton: Skeleton, from: number): void {
    const { bytes, length } = skeleton
    if (this.weak.length >= WEAK_MAX || isMarkedVersion(bytes, from, length)) return
    let i = from
    while (i < length && (bytes[i]! < 0x30 || bytes[i]! > 0x39)) i += bytes[i] === 0x25 ? 3 : 1
    if (i < length) this.weak = [...this.weak, this.#pseudonyms.of(bytes, from, length)]
  }

  /** A weak token that stays text, unless privacy says otherwise. */
  #text(skeleton: Skeleton, from: number, kind: Kind): void {
    this.#units += skeleton.length - from + 1
    this.privacy?.token(skeleton, from, kind)
  }

  /** OData: "Customers('ALFKI')" is a set and a key (Part 2, section 4.3). False when the segment is not of that form. */
  #keyed(skeleton: Skeleton, from: number): boolean {
    const out = skeleton.bytes
    let open = from

    while (open < skeleton.length && out[open] !== 0x28) open++
    const close = skeleton.length - 1
    if (open === from || open + 1 >= close || open - from > LITERAL_MAX) return false
    const isQuoted = out[open + 1] === 0x27 && out[close - 1] === 0x27 && close - open > 2
    const start = isQuoted ? open + 2 : open + 1
    const stop = isQuoted ? close - 1 : close
    const kind = classify(out, start, stop)
    const key = Buffer.from(out.subarray(start, stop))
    skeleton.length = open
    if (isSecretLike(out, from, open, classify(out, from, open))) return this.#restore(skeleton, close + 1)
    this.#text(skeleton, from, Kind.word)
    skeleton.mark(0x28)
    const at = skeleton.length
    out.set(key, at)
    skeleton.length = at + key.length
    this.#token(isStrong(kind) ? kind : Kind.text, skeleton, at)
    skeleton.mark(0x29)
    return true
  }

  /** What is done to an object, in the manner of Google's APIs: "{uuid}:cancel". False when the segment is not of that form. */
  #verbed(skeleton: Skeleton, from: number): boolean {
    const out = skeleton.bytes
    const end = skeleton.length
    let colon = end - 1
    while (colon > from && out[colon] !== 0x3a) colon--
    const verb = colon + 1
    if (colon === from || end - verb < VERB_MIN || end - verb > VERB_MAX || out[verb]! < 0x61) return false
    for (let i = verb; i < end; i++) if ((out[i]! | 0x20) < 0x61 || (out[i]! | 0x20) > 0x7a) return false
    if (isCredentialLike(out, verb, end)) return false
    const kind = classify(out, from, colon)
    // Too short to tell alone, and no word with the verb: "RTKBXT:refund". Not where the verb may be the secret.
    const isOdd = (): boolean => isPronounceable(out, verb, end) && isSecretLike(out, from, end, Kind.mix)
    if (!isStrong(kind) && !isSecretLike(out, from, colon, kind) && !isOdd()) return false
    const text = Buffer.from(out.subarray(colon, end))
    skeleton.length = colon
    this.#token(isStrong(kind) ? kind : Kind.id, skeleton, from)
    skeleton.mark(0x3a)
    const at = skeleton.length
    out.set(text.subarray(1), at)
    skeleton.length = at + text.length - 1
    this.#text(skeleton, at, Kind.word)
    return true
  }

  #restore(skeleton: Skeleton, length: number): false {
    skeleton.length = length
    return false
  }

  /** Cuts matrix parameters off, and writes the segment's text in its one spelling. */
  #normalise(bytes: Uint8Array, start: number, end: number, skeleton: Skeleton, from: number): void {
    let stop = start
    while (stop < end && bytes[stop] !== 0x3b) stop++
    for (let at = stop; at < end; ) {
      let next = ++at
      while (next < end && bytes[next] !== 0x3b) next++
      this.flags |= PathFlag.matrixParameter
      if (next > at && this.matrix < MATRIX_MAX) {
        this.matrixStart[this.matrix] = at
        this.matrixEnd[this.matrix++] = next
      }
      at = next
    }
    skeleton.length = normalise(bytes, start, stop, skeleton.bytes, from)
    for (let i = from; i + 2 < skeleton.length; i++)
      if (skeleton.bytes[i] === 0x25 && skeleton.bytes[i + 1] === 0x32 && skeleton.bytes[i + 2] === 0x46)
        this.flags |= PathFlag.encodedSlash
  }
}

function pathEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== 0x3f && bytes[at] !== 0x23) at++
  return at
}

/** "2.0", "1.10": a version where a path has one, although it reads as a number. */
function isVersion(kind: Kind, bytes: Uint8Array, from: number, length: number): boolean {
  return kind === Kind.float && length <= 4 && bytes[from + length - 2] === 0x2e && bytes[from]! >= 0x30
}

/** The path part of a skeleton, [start, end), as it is published. */
export function pathText(bytes: Buffer, start: number, end: number): { path: string; extension: string } {
  let path = ""
  let from = start
  for (let i = start; i < end; i++) {
    const b = bytes[i]!
    if (b >= 0x20) continue
    path += textOf(bytes, from, i)
    from = i + 1
    if (b === Mark.extension) return { path, extension: textOf(bytes, from, end) }
    if (b === Mark.hidden) {
      path += `{~${bytes.latin1Slice(from, from + PSEUDONYM_DIGITS)}}`
      i += PSEUDONYM_DIGITS
      from = i + 1
      continue
    }
    path += `{${KIND_NAMES[b]}}`
  }
  return { path: path + textOf(bytes, from, end), extension: "" }
}
