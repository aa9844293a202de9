// Keys of JSON objects: read, judged, printed.
//
// A key is a name in most objects and a value in some ({"alice@example.com": 3}). What looks like a value, or is too long
// for a name, is folded to "{}" and never leaves the sensor. RFC 8259 section 7 for escapes, which are undone before a
// key is compared or judged: "\u0061" is "a".
import { isNoName } from "./privacy/name-likeness.ts"
import { classify, isStrong, Kind } from "./value-class.ts"

/** Bytes of a key, escapes undone, as UTF-8. */
export const KEY_BYTES_MAX = 64
const BACKSLASH = 0x5c
/** FNV-1a: where the hash of a key begins, and its multiplier. */
export const KEY_HASH: number = 0x811c9dc5 | 0
export const KEY_PRIME = 0x01000193

const scratch = Buffer.alloc(KEY_BYTES_MAX + 4)

function hashKey(bytes: Uint8Array, start: number, end: number): number {
  let hash = KEY_HASH
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, KEY_PRIME)
  return hash
}

/** The key [start, end) without its escapes, in `scratch`: its length, or -1 when it is longer than the limit. */
function undoEscapes(bytes: Uint8Array, start: number, end: number): number {
  let length = 0
  for (let i = start; i < end; ) {
    if (length >= KEY_BYTES_MAX) return -1
    const b = bytes[i++]!
    if (b !== BACKSLASH || i >= end) {
      scratch[length++] = b
      continue
    }
    const mark = bytes[i++]!
    if (mark !== 0x75) {
      scratch[length++] = ESCAPES[mark]!
      continue
    }
    let code = hex4(bytes, i, end)
    i = code < 0 ? i : i + 4
    if (code >= 0xd800 && code < 0xdc00 && bytes[i] === BACKSLASH && bytes[i + 1] === 0x75) {
      const low = hex4(bytes, i + 2, end)
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
        i += 6
      }
    }
    length = appendUtf8(length, code < 0 || (code >= 0xd800 && code < 0xe000) ? 0xfffd : code)
  }
  return length > KEY_BYTES_MAX ? -1 : length
}

const ESCAPES = new Uint8Array(256)
for (let b = 0; b < 256; b++) ESCAPES[b] = b
for (const [from, to] of ["b\b", "f\f", "n\n", "r\r", "t\t"]) ESCAPES[from!.charCodeAt(0)] = to!.charCodeAt(0)

/** Four hexadecimal digits, -1 when there are fewer. */
function hex4(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return -1
  let value = 0
  for (let i = at; i < at + 4; i++) {
    const b = bytes[i]!
    const lower = b | 0x20
    if (b >= 0x30 && b <= 0x39) value = value * 16 + b - 0x30
    else if (lower >= 0x61 && lower <= 0x66) value = value * 16 + lower - 0x57
    else return -1
  }
  return value
}

/** First byte by the number of those that follow. */
const LEAD = [0, 0xc0, 0xe0, 0xf0]

function appendUtf8(at: number, code: number): number {
  if (code < 0x80) {
    scratch[at] = code
    return at + 1
  }
  const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3
  scratch[at] = LEAD[more]! | (code >>> (6 * more))
  for (let k = 1; k <= more; k++) scratch[at + k] = 0x80 | ((code >>> (6 * (more - k))) & 0x3f)
  return at + 1 + more
}

/** Hash of a key with escapes, as if it had none. The key is at most KEY_BYTES_MAX long without them. */
export function hashEscapedKey(bytes: Uint8Array, start: number, end: number): number {
  return hashKey(scratch, 0, undoEscapes(bytes, start, end))
}

/** True when the key [start, end), its escapes undone, is longer than the limit. */
export const isLongKey = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start > KEY_BYTES_MAX && undoEscapes(bytes, start, end) < 0

/** What a byte says about the key that it stands in. */
const Sort = { lower: 1, underscore: 2, upper: 4, other: 8 } as const
export const KEY_SORT: Uint8Array = new Uint8Array(256).fill(Sort.other)
KEY_SORT.fill(Sort.lower, 0x61, 0x7b).fill(Sort.upper, 0x41, 0x5b)[0x5f] = Sort.underscore

/** True for a key that is a name beyond doubt; `sorts` are those of its bytes together. Saves the look that isValueLike takes. */
export const isPlainName = (length: number, sorts: number): boolean =>
  (length < 16 && (sorts & ~(Sort.lower | Sort.upper)) === 0) ||
  (length < 24 && (sorts & ~(Sort.lower | Sort.underscore)) === 0)

/** True when the key is a value rather than the name of one. The key is at most KEY_BYTES_MAX long without its escapes. */
export function isValueLike(bytes: Uint8Array, start: number, end: number): boolean {
  const length = undoEscapes(bytes, start, end)
  const kind = classify(scratch, 0, length)
  if (isStrong(kind) || kind === Kind.url || kind === Kind.list || kind === Kind.json) return true
  let sorts = 0
  for (let i = 0; i < length; i++) sorts |= KEY_SORT[scratch[i]!]!
  return !isPlainName(length, sorts) && isNoName(scratch, 0, length)
}

/** Characters that would make a path ambiguous, change the line that they stand on, or hide there. */
const ESCAPED = /["\\.[{\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** The key as text of a path: "a.b" is "a\.b", a line feed is "\u000a", and no character at all is two quotes. */
export function keyText(bytes: Uint8Array, start: number, end: number): string {
  const length = undoEscapes(bytes, start, end)
  if (length === 0) return '""'
  return scratch.toString("utf8", 0, length).replace(ESCAPED, escapeCharacter)
}

function escapeCharacter(c: string): string {
  if (c > " " && c < "\u007f") return `\\${c}`
  const hex = c.codePointAt(0)!.toString(16)
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`
}
