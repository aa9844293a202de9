// Steps over the bytes of a JSON text: white space, strings, numbers, whole values that nobody looks into.
// Each takes an index and returns the one after what it stepped over, or ENDED or SENSELESS. RFC 8259 sections 2 to 7.
import { JsonType } from "./json-shape-tree.ts"

/** In place of the next index: the bytes ended, or made no sense. */
export const ENDED = -1
export const SENSELESS = -2

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Bytes of a string after which a native search is worth its call. */
const LONG_STRING = 64

export function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let i = at
  for (; i < end; i++) {
    const b = bytes[i]!
    if (b > 0x20 || (b !== 0x20 && b !== 0x0a && b !== 0x0d && b !== 0x09)) return i
  }
  return i
}

/** From the byte after the opening quote to the one after the closing quote. */
export function skipString(bytes: Uint8Array, at: number, end: number): number {
  const near = Math.min(end, at + LONG_STRING)
  let i = at
  for (; i < near; i++) {
    const b = bytes[i]!
    if (b === QUOTE) return i + 1
    if (b === BACKSLASH) i++
  }
  return i >= end ? ENDED : skipLongString(bytes, i, end)
}

/** `at` is not preceded by an open escape. A quote ends the string unless an odd number of backslashes precede it. */
function skipLongString(bytes: Uint8Array, at: number, end: number): number {
  let i = at
  for (;;) {
    i = bytes.indexOf(QUOTE, i)
    if (i < 0 || i >= end) return ENDED
    let run = i
    while (run > at && bytes[run - 1] === BACKSLASH) run--
    if (((i - run) & 1) === 0) return i + 1
    i++
  }
}

/** Parts of a number. */
export const DIGIT = 1
const DOT = 2
const EXPONENT = 3
const SIGN = 4
export const NUMBER: Uint8Array = new Uint8Array(256).fill(DIGIT, 0x30, 0x3a)
for (const [chars, part] of [
  [".", DOT],
  ["eE", EXPONENT],
  ["+-", SIGN],
] as const)
  for (const char of chars) NUMBER[char.charCodeAt(0)] = part

/** The type of the number [start, end), which consists of its parts; 0 when they are in no order. */
export function numberType(bytes: Uint8Array, start: number, end: number): number {
  let before = 0
  let seen = 0
  for (let i = bytes[start] === 0x2d ? start + 1 : start; i < end; i++) {
    const part = NUMBER[bytes[i]!]!
    if (part === SIGN) {
      if (before !== EXPONENT) return 0
    } else if (part !== DIGIT) {
      if (before !== DIGIT || part <= seen) return 0
      seen = part
    }
    before = part
  }
  if (before !== DIGIT) return 0
  return seen === 0 ? JsonType.int : JsonType.number
}

/** What a byte does to the level of a scan. */
const LEVEL = new Uint8Array(256)
LEVEL[QUOTE] = 1
LEVEL[0x5b] = LEVEL[0x7b] = 2
LEVEL[0x5d] = LEVEL[0x7d] = 3
LEVEL[0x2c] = 4

/** Commas that the last skipLevel saw at its own level. */
export let levelCommas = 0

/** From inside a container to the bracket that closes it. Only strings and brackets are looked at. */
export function skipLevel(bytes: Uint8Array, at: number, end: number): number {
  let level = 0
  let commas = 0
  for (let i = at; i < end; i++) {
    const what = LEVEL[bytes[i]!]!
    if (what === 0) continue
    if (what === 1) {
      i = skipString(bytes, i + 1, end) - 1
      if (i < 0) return ENDED
    } else if (what === 2) level++
    else if (what === 4) {
      if (level === 0) commas++
    } else if (level-- === 0) {
      levelCommas = commas
      return i
    }
  }
  return ENDED
}

export function skipValue(bytes: Uint8Array, at: number, end: number): number {
  const what = LEVEL[bytes[at]!]!
  if (what === 1) return skipString(bytes, at + 1, end)
  if (what === 2) {
    const close = skipLevel(bytes, at + 1, end)
    return close < 0 ? close : close + 1
  }
  let i = at
  while (i < end && LEVEL[bytes[i]!]! === 0 && bytes[i]! > 0x20) i++
  if (i >= end) return ENDED
  return i === at ? SENSELESS : i
}

const RECORD_SEPARATOR = 0x1e

/** From between documents to the next one. */
export function skipBetween(bytes: Uint8Array, at: number, end: number): number {
  let i = skipSpace(bytes, at, end)
  while (i < end && bytes[i] === RECORD_SEPARATOR) i = skipSpace(bytes, i + 1, end)
  return i
}

/** Lines of [at, end) that are not empty. */
export function countLines(bytes: Uint8Array, at: number, end: number): number {
  let count = 0
  for (let i = skipBetween(bytes, at, end); i < end; i = skipBetween(bytes, i, end)) {
    count++
    const next = bytes.indexOf(0x0a, i)
    i = next < 0 ? end : next
  }
  return count
}

/** True when nothing else stands on the line: "5 apples" is no JSON, "5" and a newline are. */
export function isAlone(bytes: Uint8Array, at: number, end: number): boolean {
  let i = at
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09 || bytes[i] === 0x0d)) i++
  return i >= end || bytes[i] === 0x0a
}

/** Schemes that servers fetch, without their colon; lower case. */
const SCHEMES: ReadonlySet<string> = new Set([
  "dict",
  "file",
  "ftp",
  "gopher",
  "http",
  "https",
  "ldap",
  "ldaps",
  "ws",
  "wss",
])
const SCHEME_MAX = Math.max(...Array.from(SCHEMES, (scheme) => scheme.length))
/** 1 for the first letters of schemes, either case: nearly every string is out of the question by its first byte. */
const SCHEME_START = new Uint8Array(256)
for (const scheme of SCHEMES)
  for (const letter of [scheme, scheme.toUpperCase()]) SCHEME_START[letter.charCodeAt(0)] = 1
/** "://", its slashes escaped. */
const URL_MARK_MAX = 5

/** Whether the string that begins at `at` begins with a scheme and "//"; slashes may be escaped ("http:\\/\\/"). RFC 3986 section 3. */
export function isUrlStart(bytes: Uint8Array, at: number, end: number): boolean {
  if (at >= end || SCHEME_START[bytes[at]!] !== 1) return false
  const until = Math.min(end, at + SCHEME_MAX + URL_MARK_MAX)
  let colon = at + 1
  while (colon < until && (bytes[colon]! | 0x20) >= 0x61 && (bytes[colon]! | 0x20) <= 0x7a) colon++
  if (colon >= until || bytes[colon] !== 0x3a) return false
  let i = colon + 1
  for (let slashes = 0; slashes < 2; slashes++) {
    if (i < until && bytes[i] === 0x5c) i++
    if (i >= until || bytes[i++] !== 0x2f) return false
  }
  return SCHEMES.has(String.fromCharCode(...bytes.subarray(at, colon)).toLowerCase())
}
