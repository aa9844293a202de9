// Numbers of people and cards as they are written: digits, perhaps in groups; and the sums that prove them.
//
// `digits` holds what the last readDigits or readCode found. One pass over at most VALUE_MAX bytes; nothing is allocated.
import { isDigit, isUpperOrDigit } from "./byte-sorts.ts"

/** Longest number read, with its separators. */
const VALUE_MAX = 64
/** Digits of the last number as 0 to 9; of the last code as ASCII. */
export const digits: Uint8Array = new Uint8Array(VALUE_MAX)

const isSeparator = (b: number): boolean => b === 0x20 || b === 0x2d || b === 0x2e || b === 0x2f

/** Digits of [start, end) without the single separators between them: how many, -1 when there is something else. */
export function readDigits(bytes: Uint8Array, start: number, end: number): number {
  const count = read(bytes, start, end, isDigit)
  for (let i = 0; i < count; i++) digits[i] = digits[i]! - 0x30
  return count
}

/** Capital letters and digits of [start, end) in the same way. */
export const readCode = (bytes: Uint8Array, start: number, end: number): number =>
  read(bytes, start, end, isUpperOrDigit)

function read(bytes: Uint8Array, start: number, end: number, isPart: (b: number) => boolean): number {
  if (end - start > VALUE_MAX) return -1
  let count = 0
  let wasPart = false
  for (let i = start; i < end; i++) {
    const b = bytes[i]!
    if (isPart(b)) {
      digits[count++] = b
      wasPart = true
    } else if (wasPart && isSeparator(b)) wasPart = false
    else return -1
  }
  return wasPart ? count : -1
}

/** The number in digits [from, to). */
export function numberAt(from: number, to: number): number {
  let value = 0
  for (let i = from; i < to; i++) value = value * 10 + digits[i]!
  return value
}

export function isOneDigit(count: number): boolean {
  for (let i = 1; i < count; i++) if (digits[i] !== digits[0]) return false
  return true
}

/** ISO/IEC 7812-1 annex B. */
export function isLuhn(count: number): boolean {
  let sum = 0
  for (let i = count - 1, isDouble = false; i >= 0; i--, isDouble = !isDouble) {
    const d = digits[i]! * (isDouble ? 2 : 1)
    sum += d > 9 ? d - 9 : d
  }
  return sum % 10 === 0
}

/** The first `count` digits times `weights`, summed. */
export function weighted(weights: readonly number[], count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += digits[i]! * weights[i]!
  return sum
}

/** ISO/IEC 7064, MOD 11,10: the last digit proves the others. */
export function isMod1110(count: number): boolean {
  let product = 10
  for (let i = 0; i < count - 1; i++) {
    const sum = (digits[i]! + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === digits[count - 1]
}

/** The dihedral group of order 10 and its permutation, J. Verhoeff, "Error detecting decimal codes", 1969. */
const PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
const POWERS: number[][] = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]
for (let i = 1; i < 8; i++) POWERS.push(POWERS[i - 1]!.map((digit) => PERMUTATION[digit]!))

function times(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : ((a + b) % 5) + 5
  return b < 5 ? ((a - b + 5) % 5) + 5 : (a - b + 5) % 5
}

export function isVerhoeff(count: number): boolean {
  let sum = 0
  for (let i = 0; i < count; i++) sum = times(sum, POWERS[i % 8]![digits[count - 1 - i]!]!)
  return sum === 0
}
