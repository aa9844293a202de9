// Telephone numbers. ITU-T E.164: "+", a country code that is assigned, at most 15 digits; E.123 for the marks between them.
// A national number proves nothing: it is taken only where the name says so.
import { isDigit } from "./byte-sorts.ts"

/** Assigned country codes of one and two digits, and the first two of those with three. */
const SHORT = new Set(
  "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98".split(
    " ",
  ),
)
const LONG = new Set("21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99".split(" "))

/** Digits of a number with its country code. */
const DIGITS_MIN = 8
const DIGITS_MAX = 15

const KNOWN = new Uint8Array(100)
for (let first = 10; first < 100; first++) {
  const two = String(first)
  if (SHORT.has(two) || LONG.has(two) || SHORT.has(two[0]!)) KNOWN[first] = 1
}

const isMark = (b: number): boolean => b === 0x20 || b === 0x2d || b === 0x2e || b === 0x28 || b === 0x29 || b === 0x2f

/** Digits of [start, end), -1 when something is neither digit nor mark, or marks outnumber digits. */
function digitsOf(bytes: Uint8Array, start: number, end: number): number {
  let count = 0
  for (let i = start; i < end; i++) {
    const b = bytes[i]!
    if (isDigit(b)) count++
    else if (!isMark(b)) return -1
  }
  return count * 2 > end - start && isDigit(bytes[end - 1]) ? count : -1
}

/** "tel:" of RFC 3966 in front is passed over. */
export function isE164(bytes: Uint8Array, from: number, end: number): boolean {
  const hasScheme = bytes[from] === 0x74 && bytes[from + 1] === 0x65 && bytes[from + 3] === 0x3a
  const start = hasScheme ? from + 4 : from
  if (bytes[start] !== 0x2b || !isDigit(bytes[start + 1]) || !isDigit(bytes[start + 2])) {
    return bytes[start] === 0x2b && bytes[start + 1] === 0x31 && isNorthAmerican(bytes, start + 2, end)
  }
  const count = digitsOf(bytes, start + 1, end)
  if (count < DIGITS_MIN || count > DIGITS_MAX) return false
  if (bytes[start + 1] === 0x31) return isNorthAmerican(bytes, start + 2, end)
  return KNOWN[(bytes[start + 1]! - 0x30) * 10 + bytes[start + 2]! - 0x30] === 1
}

/** After "+1": ten digits of which neither the first nor the fourth is 0 or 1. */
function isNorthAmerican(bytes: Uint8Array, start: number, end: number): boolean {
  let count = 0
  for (let i = start; i < end; i++) {
    const b = bytes[i]!
    if (!isDigit(b)) {
      if (!isMark(b)) return false
      continue
    }
    if ((count === 0 || count === 3) && b < 0x32) return false
    count++
  }
  return count === 10
}

/** E.164, or seven to fifteen digits with marks, as one would dial them. */
export function isDialled(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] === 0x2b || bytes[start] === 0x74) return isE164(bytes, start, end)
  const count = digitsOf(bytes, start, end)
  return count >= 7 && count <= DIGITS_MAX
}
