// Addresses of mail. RFC 5321 section 4.1.2 (dot-string or quoted string without escapes, and domain; no address literals), RFC 6531 for
// what lies beyond ASCII. "Jane <jane@example.com>" and "mailto:jane@example.com" count as well.
import { isDigit, isLetter } from "./byte-sorts.ts"

const LOCAL_MAX = 64
const DOMAIN_MAX = 253
const AT = 0x40
const DOT = 0x2e
const QUOTE = 0x22

/** Bytes of an atom. */
const ATOM = new Uint8Array(256).fill(1, 0x80)
for (const char of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~")
  ATOM[char.charCodeAt(0)] = 1

/** What follows the last dot of a file's name: "logo@2x.png" is no address. */
const FILES = new Set([
  "png",
  "jpg",
  "jpeg",
  "gif",
  "svg",
  "webp",
  "avif",
  "css",
  "html",
  "js",
  "json",
  "ts",
  "txt",
  "pdf",
])

export function isEmail(bytes: Uint8Array, start: number, end: number): boolean {
  let from = start
  let to = end
  if (bytes[end - 1] === 0x3e) {
    to--
    from = to
    while (from > start && bytes[from - 1] !== 0x3c) from--
    if (from === start) return false
  } else if (bytes[start] === 0x6d && bytes[start + 6] === 0x3a && hasMailto(bytes, start)) from += 7
  if (bytes[from] === QUOTE) {
    let close = from + 1
    while (close < to && close - from < LOCAL_MAX && bytes[close] !== QUOTE) close++
    return (
      close > from + 1 &&
      close + 1 < to &&
      bytes[close] === QUOTE &&
      bytes[close + 1] === AT &&
      isDomain(bytes, close + 2, to)
    )
  }
  const at = localEnd(bytes, from, to)
  return at > from && at - from <= LOCAL_MAX && bytes[at] === AT && isDomain(bytes, at + 1, to)
}

function hasMailto(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 7; i++) if (bytes[at + i] !== "mailto:".charCodeAt(i)) return false
  return true
}

/** The index after the local part; `start` when it is none. */
function localEnd(bytes: Uint8Array, start: number, end: number): number {
  let before = DOT
  let i = start
  for (; i < end && i - start <= LOCAL_MAX; i++) {
    const b = bytes[i]!
    if (b === AT) break
    if (b === DOT ? before === DOT : ATOM[b] === 0) return start
    before = b
  }
  return before === DOT ? start : i
}

function isDomain(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 4 || end - start > DOMAIN_MAX) return false
  let label = start
  let labels = 0
  for (let i = start; i <= end; i++) {
    const b = i === end ? DOT : bytes[i]!
    if (b === DOT) {
      if (i === label || i - label > 63 || bytes[i - 1] === 0x2d || bytes[label] === 0x2d) return false
      labels++
      if (i < end) label = i + 1
    } else if (!isLetter(b) && !isDigit(b) && b !== 0x2d && b < 0x80) return false
  }
  return labels >= 2 && isTop(bytes, label, end)
}

/** A top-level domain: letters, "xn--" with digits, or beyond ASCII. */
function isTop(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2) return false
  if (end - start > 4 && bytes[start + 2] === 0x2d && bytes[start + 3] === 0x2d) return true
  let name = ""
  for (let i = start; i < end; i++) {
    const b = bytes[i]!
    if (b >= 0x80) return true
    if (!isLetter(b)) return false
    if (end - start <= 4) name += String.fromCharCode(b | 0x20)
  }
  return !FILES.has(name)
}
