// What may be a start line. RFC 9112 sections 3 and 4, read tolerantly where the place of a message is known (the start
// of a stream, right after another message); the strict reading for search in the middle of a stream is in scan.ts.
//
// A verdict on the first bytes never changes to its opposite when more bytes come, so that it does not depend on how
// the bytes were cut.

export const Verdict = { no: 0, maybe: 1, yes: 2 } as const
export type Verdict = (typeof Verdict)[keyof typeof Verdict]

/** Longest method token believed. */
const METHOD_BYTES_MAX = 24
/** White space before a start line that is forgiven. */
const INDENT_MAX = 8

const SP = 32
const TAB = 9

/** Registered methods (IANA) and those that are common without: what is told apart from an unknown token. */
export const METHODS: readonly string[] = [
  "GET POST PUT DELETE PATCH HEAD OPTIONS CONNECT TRACE QUERY PURGE",
  "PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK SEARCH BIND UNBIND REBIND ACL REPORT MKACTIVITY CHECKOUT CHECKIN MERGE",
  "MKCALENDAR VERSION-CONTROL UNCHECKOUT MKWORKSPACE UPDATE LABEL BASELINE-CONTROL ORDERPATCH MKREDIRECTREF",
  "UPDATEREDIRECTREF LINK UNLINK SUBSCRIBE UNSUBSCRIBE NOTIFY M-SEARCH SOURCE RPC_IN_DATA RPC_OUT_DATA POLL",
  "BCOPY BDELETE BMOVE BPROPFIND BPROPPATCH CCM_POST",
].flatMap((line) => line.split(" "))

const METHOD_SLOTS = 512
const METHOD_SLOT: readonly string[] = buildMethodTable()

function methodSlot(length: number, first: number, last: number): number {
  return (length * 31 + first * 7 + last * 5) & (METHOD_SLOTS - 1)
}

/** Open addressing: a clash moves on to the next slot. */
function buildMethodTable(): string[] {
  const table = new Array<string>(METHOD_SLOTS).fill("")
  for (const name of METHODS) {
    let slot = methodSlot(name.length, name.charCodeAt(0), name.charCodeAt(name.length - 1))
    while (table[slot] !== "") slot = (slot + 1) & (METHOD_SLOTS - 1)
    table[slot] = name
  }
  return table
}

/** The interned method in [start, end), or "" when it is not a known one. Methods are case-sensitive. */
export function knownMethod(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start
  if (length < 3 || length > METHOD_BYTES_MAX) return ""
  let slot = methodSlot(length, bytes[start]!, bytes[end - 1]!)
  for (;;) {
    const name = METHOD_SLOT[slot]!
    if (name === "") return ""
    if (name.length === length) {
      let i = 0
      while (i < length && bytes[start + i] === name.charCodeAt(i)) i++
      if (i === length) return name
    }
    slot = (slot + 1) & (METHOD_SLOTS - 1)
  }
}

function isMethodByte(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte === 45 || byte === 95
}

/** Past the white space that is forgiven before a start line. */
export function skipIndent(bytes: Uint8Array, start: number, end: number): number {
  let i = start
  while (i < end && i - start < INDENT_MAX && (bytes[i] === SP || bytes[i] === TAB)) i++
  return i
}

/** Whether [start, end) begins, or may begin, with a method and a space. */
export function requestPrefix(bytes: Uint8Array, start: number, end: number): Verdict {
  const method = skipIndent(bytes, start, end)
  const stop = Math.min(end, method + METHOD_BYTES_MAX + 1)
  for (let i = method; i < stop; i++) {
    const byte = bytes[i]!
    if (isMethodByte(byte)) continue
    return (byte === SP || byte === TAB) && i > method ? Verdict.yes : Verdict.no
  }
  return stop === method + METHOD_BYTES_MAX + 1 ? Verdict.no : Verdict.maybe
}

const STATUS_PREFIX = [72, 84, 84, 80, 47]

/** Whether [start, end) begins, or may begin, with "HTTP/" digit. */
export function statusPrefix(bytes: Uint8Array, start: number, end: number): Verdict {
  const line = skipIndent(bytes, start, end)
  for (let i = 0; i < STATUS_PREFIX.length; i++) {
    if (line + i >= end) return Verdict.maybe
    if (bytes[line + i] !== STATUS_PREFIX[i]) return Verdict.no
  }
  const at = line + STATUS_PREFIX.length
  if (at >= end) return Verdict.maybe
  return isDigit(bytes[at]!) ? Verdict.yes : Verdict.no
}

export function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

/** "HTTP/" and a digit at `at`. */
export function isVersionAt(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 5 < end && statusPrefix(bytes, at, end) === Verdict.yes && bytes[at] === 72
}

/** Where the last "HTTP/…" after white space begins in the request line [start, end), or -1. */
export function versionAt(bytes: Uint8Array, start: number, end: number): number {
  for (let i = end - 6; i > start; i--) {
    const before = bytes[i - 1]
    if (bytes[i] === 72 && (before === SP || before === TAB) && isVersionAt(bytes, i, end)) return i
  }
  return -1
}

export const LineKind = { none: 0, request: 1, simpleRequest: 2, status: 3 } as const
export type LineKind = (typeof LineKind)[keyof typeof LineKind]

/** What the whole line [start, end), without its line end, is: a request line with a version, one of HTTP/0.9, or neither. */
export function requestLineKind(bytes: Uint8Array, start: number, end: number): LineKind {
  if (requestPrefix(bytes, start, end) !== Verdict.yes) return LineKind.none
  const method = skipIndent(bytes, start, end)
  if (versionAt(bytes, method, end) >= 0) return LineKind.request
  return isSimpleRequest(bytes, method, end) ? LineKind.simpleRequest : LineKind.none
}

/**
 * HTTP/0.9: "GET" SP target, the target beginning as a path or an absolute address does, and nothing else. Other methods are
 * believed with a path: servers answer them, so they must show.
 */
function isSimpleRequest(bytes: Uint8Array, start: number, end: number): boolean {
  let target = start
  while (target < end && bytes[target]! > SP) target++
  const method = knownMethod(bytes, start, target)
  if (method === "" || bytes[target++] !== SP || target >= end) return false
  if (bytes[target] !== 47 && !(method === "GET" && bytes[target] === 104)) return false
  let stop = end
  while (stop > target && (bytes[stop - 1] === 13 || bytes[stop - 1] === SP)) stop--
  for (let i = target; i < stop; i++) if (bytes[i]! <= SP || bytes[i] === 127) return false
  return true
}

/** LineKind.status when [start, end) is "HTTP/" version SP digit …. */
export function statusLineKind(bytes: Uint8Array, start: number, end: number): LineKind {
  if (statusPrefix(bytes, start, end) !== Verdict.yes) return LineKind.none
  let i = skipIndent(bytes, start, end)
  while (i < end && bytes[i]! > SP) i++
  while (i < end && (bytes[i] === SP || bytes[i] === TAB)) i++
  return i < end && isDigit(bytes[i]!) ? LineKind.status : LineKind.none
}
