// Payment card numbers. ISO/IEC 7812-1 (structure, Luhn), and the ranges that the networks publish.
import { digits, isLuhn, readDigits } from "./digits.ts"

/** First digits from, to, and the lengths that occur. */
const RANGES: readonly (readonly [from: number, to: number, lengths: readonly number[]])[] = [
  // Visa
  [4, 4, [13, 16, 19]],
  // Mastercard
  [51, 55, [16]],
  [2221, 2720, [16]],
  // American Express
  [34, 34, [15]],
  [37, 37, [15]],
  // Diners Club
  [300, 305, [14, 16]],
  [3095, 3095, [14, 16]],
  [36, 36, [14, 16]],
  [38, 39, [14, 16]],
  // Discover
  [6011, 6011, [16, 19]],
  [644, 649, [16, 19]],
  [65, 65, [16, 19]],
  // JCB
  [3528, 3589, [16, 19]],
  // UnionPay
  [62, 62, [16, 17, 18, 19]],
  // Maestro
  [5018, 5018, [13, 16, 19]],
  [5020, 5020, [13, 16, 19]],
  [5038, 5038, [13, 16, 19]],
  [56, 58, [16, 19]],
  [6304, 6304, [16, 19]],
  [6759, 6763, [16, 19]],
  // Mir, Troy, RuPay
  [2200, 2204, [16, 19]],
  [9792, 9792, [16]],
  [508, 508, [16]],
  [6069, 6085, [16]],
  [81, 82, [16]],
]

/** By the first four digits: bit n is set for a length of n + 12. The ranges do not overlap. */
const LENGTHS = new Uint8Array(10_000)
for (const [from, to, lengths] of RANGES) {
  const scale = 10 ** (4 - String(from).length)
  const bits = lengths.reduce((sum, n) => sum | (1 << (n - 12)), 0)
  LENGTHS.fill(bits, from * scale, (to + 1) * scale)
}

export function isCard(bytes: Uint8Array, start: number, end: number): boolean {
  const count = readDigits(bytes, start, end)
  if (count < 13 || count > 19) return false
  const iin = digits[0]! * 1000 + digits[1]! * 100 + digits[2]! * 10 + digits[3]!
  return (LENGTHS[iin]! & (1 << (count - 12))) !== 0 && isLuhn(count)
}
