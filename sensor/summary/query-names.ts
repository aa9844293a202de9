// The query of a request: names and kinds of values, never values.
//
// In:  the bytes after "?", and matrix parameters of the path.   Out: their part of the skeleton; later, from a skeleton,
// the sorted names, and which parameter is a credential.
// Bounded: NAMES_MAX parameters are read, the rest are counted; a name that is too long or an id itself is folded.
import type { SummaryCounters } from "./counters.ts"
import type { PathTokens } from "./path-tokens.ts"
import { decodeValue, escapeAt } from "./percent.ts"
import { foldedKind, nameText, uniqueSorted } from "./privacy/names.ts"
import { isSecretLike } from "./privacy/path-secrets.ts"
import { Mark, type Skeleton } from "./skeleton.ts"
import { classify, KIND_NAMES, Kind } from "./value-class.ts"

export const NAMES_MAX = 64
/** Bytes of a value looked at when it holds escapes. */
const DECODED_MAX = 512
const IS_DIGIT = 1
const IS_LOWER = 2
const IS_ESCAPED = 4
const MEANING = new Uint8Array(256)
for (let b = 0x30; b <= 0x39; b++) MEANING[b] = IS_DIGIT
for (let b = 0x61; b <= 0x7a; b++) MEANING[b] = IS_LOWER
MEANING[0x25] = MEANING[0x2b] = IS_ESCAPED
for (let b = 0x41; b <= 0x5a; b++) MEANING[b] = 8
for (const char of "-_.~[]$") MEANING[char.charCodeAt(0)] = 16

const decoded = Buffer.alloc(DECODED_MAX)
/** Mark of a kind after a name: Kind.empty is 0 and would end the section. */
const kindMark = (kind: Kind): number => kind + 1

/** Kind of the value [start, end) of a parameter, escapes undone. */
export function valueKind(bytes: Uint8Array, start: number, end: number): Kind {
  if (start === end) return Kind.empty
  let seen = 0
  for (let i = start; i < end; i++) seen |= MEANING[bytes[i]!]! || 32
  if (seen === IS_DIGIT) return Kind.int
  // "true" and "false" are told apart by classify.
  if (seen === IS_LOWER && end - start < 16 && bytes[start] !== 0x74 && bytes[start] !== 0x66) return Kind.word
  if ((seen & IS_ESCAPED) === 0) return classify(bytes, start, end)
  return classify(decoded, 0, decodeValue(bytes, start, end, decoded, DECODED_MAX))
}

export class QueryNames {
  /** Parameters of the last query read: where each value is, in the order of the skeleton. */
  count = 0
  readonly valueStart: Int32Array = new Int32Array(NAMES_MAX)
  readonly valueEnd: Int32Array = new Int32Array(NAMES_MAX)
  readonly #counters: SummaryCounters

  constructor(counters: SummaryCounters) {
    this.#counters = counters
  }

  /** Reads matrix parameters, and the query that starts with the "?" at `start`, if it is one, into the skeleton. */
  read(bytes: Uint8Array, start: number, end: number, path: PathTokens, skeleton: Skeleton): void {
    this.count = 0
    for (let i = 0; i < path.matrix; i++) {
      skeleton.mark(0x3b)
      this.#parameter(bytes, path.matrixStart[i]!, path.matrixEnd[i]!, skeleton)
    }
    if (start >= end || bytes[start] !== 0x3f) return
    let at = start + 1
    while (at < end) {
      let next = at
      while (next < end && bytes[next] !== 0x26) next++
      if (next > at) {
        if (this.count === NAMES_MAX) {
          this.#counters.namesCut.query++
          return
        }
        this.#parameter(bytes, at, next, skeleton)
      }
      at = next + 1
    }
  }

  #parameter(bytes: Uint8Array, start: number, end: number, skeleton: Skeleton): void {
    const out = skeleton.bytes
    const from = skeleton.length
    let to = from
    let at = start
    let seen = 0
    for (; at < end; at++) {
      const b = bytes[at]!
      if (b === 0x3d) break
      seen |= MEANING[b]! || 32
      out[to++] = b
      if (to - from > 3 * DECODED_MAX) break
    }
    skeleton.length = to
    const isPlain = (seen & ~IS_LOWER) === 0 && to - from < 16
    // Without "=" it may be a value as well as a name: "?2f7c", "?S3cret".
    if (!isPlain) this.#nameOf(skeleton, from, (seen & (IS_ESCAPED | 32)) !== 0, at >= end)
    while (at < end && bytes[at] !== 0x3d) at++
    const value = at < end ? at + 1 : end
    this.valueStart[this.count] = value
    this.valueEnd[this.count++] = end
    skeleton.mark(kindMark(valueKind(bytes, value, end)))
  }

  /** A name that is not a short lower-case word: escapes undone, folded when it must be. */
  #nameOf(skeleton: Skeleton, from: number, isEscaped: boolean, isBare: boolean): void {
    const out = skeleton.bytes
    if (isEscaped) {
      let to = from
      for (let i = from; i < skeleton.length; i++) {
        let b = out[i]!
        const escaped = b === 0x25 ? escapeAt(out, i, skeleton.length) : -1
        if (escaped >= 0) {
          b = escaped
          i += 2
        }
        out[to++] = b < 0x21 || b === 0x7f ? 0x5f : b
      }
      skeleton.length = to
    }
    let kind = foldedKind(out, from, skeleton.length)
    if (kind === Kind.empty && isBare) kind = bareKind(out, from, skeleton.length)
    if (kind === Kind.empty) return
    out[from] = Mark.folded
    out[from + 1] = kind
    skeleton.length = from + 2
  }
}

/** What a parameter without a value is folded to, unless it is words: then Kind.empty. */
function bareKind(bytes: Uint8Array, start: number, end: number): Kind {
  const kind = classify(bytes, start, end)
  if (kind !== Kind.word && kind !== Kind.slug) return kind
  return isSecretLike(bytes, start, end, kind) || isHexGroups(bytes, start, end) ? Kind.id : Kind.empty
}

/** Groups of hexadecimal digits, letters and decimal ones among them, with dashes between: "77d7e-62368". */
function isHexGroups(bytes: Uint8Array, start: number, end: number): boolean {
  return /^(?=.*\d.*\d)[0-9a-f]{4,}(?:-[0-9a-f]{4,})+$/i.test(Buffer.from(bytes.subarray(start, end)).latin1Slice())
}

/** A parameter as the skeleton holds it. */
export interface Parameter {
  readonly name: string
  /** It stands in the path, after ";". */
  readonly isMatrix: boolean
  readonly kind: Kind
}

/** The query part of a skeleton, [start, end): parameters in the order of QueryNames' values. */
export function parametersOf(bytes: Uint8Array, start: number, end: number): Parameter[] {
  const out: Parameter[] = []
  let from = start
  for (let i = start; i < end; i++) {
    const b = bytes[i]!
    if (b >= 0x20) continue
    const isMatrix = bytes[from] === 0x3b
    const at = isMatrix ? from + 1 : from
    if (b === Mark.folded) {
      out.push({ name: `{${KIND_NAMES[bytes[i + 1]!]}}`, isMatrix, kind: (bytes[i + 2]! - 1) as Kind })
      i += 2
    } else out.push({ name: nameText(bytes, at, i), isMatrix, kind: (b - 1) as Kind })
    from = i + 1
  }
  return out
}

/** "name:kind", sorted, each once. Matrix parameters keep their ";". */
export function queryNames(parameters: readonly Parameter[]): readonly string[] {
  const names = parameters.map((p) => `${p.isMatrix ? ";" : ""}${p.name}:${KIND_NAMES[p.kind]}`)
  return uniqueSorted(names, NAMES_MAX).names
}
