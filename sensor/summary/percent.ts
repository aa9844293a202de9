// Percent-encoding, RFC 3986 section 2: one spelling for what is the same, and no byte that could be mistaken for another.

/** Value of a hex digit, -1 for other bytes. */
const HEX_VALUE = new Int8Array(256).fill(-1)
for (let i = 0; i < 10; i++) HEX_VALUE[0x30 + i] = i
for (let i = 0; i < 6; i++) HEX_VALUE[0x61 + i] = HEX_VALUE[0x41 + i] = 10 + i

/**
 * Bytes that stand for themselves in the text of a path: unreserved, sub-delims, ":", "@", and bytes of UTF-8 sequences.
 * Not "/", "%", "?", "#", braces, brackets, quotes, space and controls, and not ";", which is cut off before.
 */
export const IS_TEXT = new Uint8Array(256)
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@;")
  IS_TEXT[char.charCodeAt(0)] = 1
for (let b = 0x80; b < 0x100; b++) IS_TEXT[b] = 1

const UPPER = "0123456789ABCDEF"

/** The byte that "%XX" at `at` stands for, -1 when it is not an escape. */
export function escapeAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 >= end) return -1
  const high = HEX_VALUE[bytes[at + 1]!]!
  const low = HEX_VALUE[bytes[at + 2]!]!
  return high < 0 || low < 0 ? -1 : (high << 4) | low
}

export function writeEscape(to: Uint8Array, at: number, byte: number): number {
  to[at] = 0x25
  to[at + 1] = UPPER.charCodeAt(byte >> 4)
  to[at + 2] = UPPER.charCodeAt(byte & 15)
  return at + 3
}

/**
 * Copies text in its one spelling: escapes of bytes that stand for themselves are undone, all others are written in upper
 * case, raw bytes that must be escaped are. Returns the new end in `to`; at most three times the length.
 */
export function normalise(bytes: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  for (let i = start; i < end; i++) {
    let b = bytes[i]!
    if (b === 0x25) {
      const escaped = escapeAt(bytes, i, end)
      if (escaped >= 0) {
        b = escaped
        i += 2
      }
    }
    if (IS_TEXT[b] === 1) to[at++] = b
    else at = writeEscape(to, at, b)
  }
  return at
}

/** Undoes the escapes of a query value, "+" being a space but for a leading one. At most `max` bytes; returns the end. */
export function decodeValue(bytes: Uint8Array, start: number, end: number, to: Uint8Array, max: number): number {
  let at = 0
  for (let i = start; i < end && at < max; i++) {
    let b = bytes[i]!
    if (b === 0x25) {
      const escaped = escapeAt(bytes, i, end)
      if (escaped >= 0) {
        b = escaped
        i += 2
      }
    } else if (b === 0x2b && i > start) b = 0x20
    to[at++] = b
  }
  return at
}

const strict = new TextDecoder("utf-8", { fatal: true })
/** Characters that a screen does not show as themselves: controls, direction marks, spaces, unassigned. */
const INVISIBLE = /[\p{C}\p{Z}]/gu

/** Text bytes as a string: UTF-8 where it is valid and visible, escapes elsewhere. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  let isAscii = true
  for (let i = start; i < end; i++) if (bytes[i]! < 0x21 || bytes[i]! > 0x7e) isAscii = false
  const span = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
  if (isAscii) return span.latin1Slice(0, span.length)
  try {
    return strict.decode(span).replace(INVISIBLE, encodeURIComponent)
  } catch {
    const out = new Uint8Array(3 * span.length)
    let at = 0
    for (const b of span) {
      if (b > 0x20 && b < 0x7f) out[at++] = b
      else at = writeEscape(out, at, b)
    }
    return Buffer.from(out.buffer, 0, at).latin1Slice(0, at)
  }
}
