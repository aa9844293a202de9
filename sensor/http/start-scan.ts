// Searches the middle of a stream for the next message: after a loss, after bytes that are no message, on a connection
// joined while a body was on its way.
//
// In:  bytes [from, end) that are no message start as far as they are known.
// Out: where a start line begins, or how much of the tail must be kept because it may begin one.
// Strict, because bodies hold all sorts of text: a known method, a target without white space, "HTTP/1.x" and the line
// end, or "HTTP/1.x" SP three digits; and the next line must begin like a field or be blank. Random bytes do not pass.
// One pass; the work a byte is bounded whatever the bytes are.
import { isDigit, knownMethod, LineKind, Verdict } from "./start-line.ts"
import { isToken } from "./tolerant-head.ts"

/** Longest start line that is found. */
export const START_LINE_BYTES_MAX = 8192
const STATUS_LINE_BYTES_MAX = 512
const METHOD_BYTES_MAX = 24
const FIELD_NAME_BYTES_MAX = 64
/** " HTTP/1.1" */
const VERSION_BYTES = 9

const LF = 10
const CR = 13
const SP = 32
const COLON = 58

export class StartScan {
  /** Where the start line begins, or -1. */
  found = -1
  /** When none was found: bytes from here on must be kept, and searched from `resume` on with more bytes behind them. */
  keep = 0
  resume = 0
  /** As in EitherScan. */
  readonly isFrames: boolean = false

  /** `searched`: where the search goes on; [from, searched) was searched before. */
  run(
    bytes: Uint8Array,
    from: number,
    searched: number,
    end: number,
    wantRequest: boolean,
    wantStatus: boolean,
  ): LineKind {
    this.found = -1
    let keep = wantRequest ? Math.max(from, end - START_LINE_BYTES_MAX) : end
    for (let i = searched; i < end; i++) {
      const byte = bytes[i]
      if (byte === LF && wantRequest) {
        const start = requestStart(bytes, from, i)
        if (start >= 0) {
          const verdict = headFollows(bytes, i + 1, end)
          if (verdict === Verdict.yes) return this.#find(start, LineKind.request)
          if (verdict === Verdict.maybe) return this.#wait(start)
        }
        if (i >= keep) keep = i + 1
      } else if (byte === 72 && wantStatus) {
        const verdict = statusStart(bytes, i, end)
        if (verdict === Verdict.yes) return this.#find(i, LineKind.status)
        // A request line may end in the same bytes that may begin a status line.
        if (verdict === Verdict.maybe) return this.#wait(wantRequest ? Math.min(keep, i) : i, i)
      }
    }
    this.keep = keep
    this.resume = end
    return LineKind.none
  }

  #find(at: number, kind: LineKind): LineKind {
    this.found = at
    return kind
  }

  #wait(keep: number, resume: number = keep): LineKind {
    this.keep = keep
    this.resume = resume
    return LineKind.none
  }
}

/** Where a request line that ends at the LF at `lineFeed` begins, or -1. */
function requestStart(bytes: Uint8Array, from: number, lineFeed: number): number {
  const end = lineFeed > from && bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed
  const version = end - VERSION_BYTES
  if (version < from + 5 || !isVersion1(bytes, version + 1) || bytes[version] !== SP) return -1
  let space = version - 1
  const stop = Math.max(from, lineFeed - START_LINE_BYTES_MAX)
  while (space > stop && bytes[space]! > SP && bytes[space] !== 127) space--
  if (bytes[space] !== SP || space === version - 1) return -1
  for (let length = Math.min(METHOD_BYTES_MAX, space - stop); length >= 3; length--)
    if (knownMethod(bytes, space - length, space) !== "") return space - length
  return -1
}

/** "HTTP/1." digit at `at`. */
function isVersion1(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 72 &&
    bytes[at + 1] === 84 &&
    bytes[at + 2] === 84 &&
    bytes[at + 3] === 80 &&
    bytes[at + 4] === 47 &&
    bytes[at + 5] === 49 &&
    bytes[at + 6] === 46 &&
    isDigit(bytes[at + 7]!)
  )
}

const STATUS_PATTERN = Array.from("HTTP/1.d ddd", (char) => char.charCodeAt(0))
const DIGIT = 100

/** Bytes that statusPattern() looks at. */
export const STATUS_PATTERN_BYTES = STATUS_PATTERN.length

/** Whether [start, end) begins, or may begin, with "HTTP/1.d ddd". */
export function statusPattern(bytes: Uint8Array, start: number, end: number): Verdict {
  for (let i = 0; i < STATUS_PATTERN.length; i++) {
    if (start + i >= end) return Verdict.maybe
    const want = STATUS_PATTERN[i]!
    const byte = bytes[start + i]!
    if (want === DIGIT ? !isDigit(byte) : byte !== want) return Verdict.no
  }
  return Verdict.yes
}

/** Whether a status line begins, or may begin, at `start`. */
function statusStart(bytes: Uint8Array, start: number, end: number): Verdict {
  const pattern = statusPattern(bytes, start, end)
  if (pattern !== Verdict.yes) return pattern
  const i = STATUS_PATTERN.length
  if (start + i >= end) return Verdict.maybe
  const after = bytes[start + i]!
  if (after !== SP && after !== CR && after !== LF) return Verdict.no
  const stop = start + STATUS_LINE_BYTES_MAX
  let at = start + i
  while (at < end && at < stop && bytes[at] !== LF) at++
  if (at === stop) return Verdict.no
  return at === end ? Verdict.maybe : headFollows(bytes, at + 1, end)
}

/** Whether the bytes after a start line begin, or may begin, a field or the blank line. */
function headFollows(bytes: Uint8Array, start: number, end: number): Verdict {
  if (start >= end) return Verdict.maybe
  const first = bytes[start]!
  if (first === LF) return Verdict.yes
  if (first === CR) return start + 1 >= end ? Verdict.maybe : bytes[start + 1] === LF ? Verdict.yes : Verdict.no
  const stop = start + FIELD_NAME_BYTES_MAX
  for (let i = start; i < stop; i++) {
    if (i >= end) return Verdict.maybe
    const byte = bytes[i]!
    if (byte === COLON) return i > start ? Verdict.yes : Verdict.no
    if (!isToken(byte)) return Verdict.no
  }
  return Verdict.no
}
