// Numbers that European states give to people, each proved by its own check.
//
// PESEL (Poland): law on the register of population, weights 1 3 7 9. DNI and NIE (Spain): RD 1553/2005, letter by remainder of 23.
// Steuer-ID (Germany): § 139b AO, ISO/IEC 7064 MOD 11,10. NIR (France): décret 82-103, key 97. National Insurance number (UK):
// HMRC manual NIM39110; it has no check, its letters are restricted.
import { isDigit, isUpper } from "./byte-sorts.ts"
import { isDay } from "./calendar-day.ts"
import { digits, isMod1110, numberAt, readCode, readDigits, weighted } from "./digits.ts"

const PESEL_WEIGHTS = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]

/** YYMMDD with the century in the month, four digits, a check digit. */
export function isPesel(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 11 || readDigits(bytes, start, end) !== 11) return false
  return isDay(numberAt(2, 4) % 20, numberAt(4, 6)) && weighted(PESEL_WEIGHTS, 11) % 10 === 0
}

const DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"

/** Eight digits and a letter; of foreigners X, Y or Z, seven digits and a letter. */
export function isDni(bytes: Uint8Array, start: number, end: number): boolean {
  if (readCode(bytes, start, end) !== 9 || !isUpper(digits[8]!)) return false
  const first = digits[0]!
  const isForeign = first >= 0x58 && first <= 0x5a
  let number = isForeign ? first - 0x58 : first - 0x30
  if (!isForeign && !isDigit(first)) return false
  for (let i = 1; i < 8; i++) {
    if (!isDigit(digits[i]!)) return false
    number = number * 10 + digits[i]! - 0x30
  }
  return DNI_LETTERS.charCodeAt(number % 23) === digits[8]
}

/** Eleven digits, the first not 0; among ten exactly one occurs twice or thrice. */
export function isSteuerId(bytes: Uint8Array, start: number, end: number): boolean {
  if (readDigits(bytes, start, end) !== 11 || digits[0] === 0) return false
  let once = 0
  let often = 0
  for (let digit = 0; digit < 10; digit++) {
    let count = 0
    for (let i = 0; i < 10; i++) if (digits[i] === digit) count++
    if (count > 3) return false
    if (count > 1) often++
    else if (count === 1) once++
  }
  return often === 1 && once >= 7 && isMod1110(11)
}

/** Sex, year, month, department (2A and 2B for Corsica), commune, order, and a key of two digits. */
export function isNir(bytes: Uint8Array, start: number, end: number): boolean {
  if (readCode(bytes, start, end) !== 15) return false
  const corsica = digits[6]! - 0x40
  const isCorsican = digits[5] === 0x32 && (corsica === 1 || corsica === 2)
  for (let i = 0; i < 15; i++) {
    if (i === 6 && isCorsican) digits[i] = corsica === 1 ? 0x39 : 0x38
    if (!isDigit(digits[i]!)) return false
    digits[i] = digits[i]! - 0x30
  }
  if (isCorsican) digits[5] = 1
  const month = numberAt(3, 5)
  const isSex = digits[0] === 1 || digits[0] === 2 || digits[0] === 7 || digits[0] === 8
  const isMonth = (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50
  return isSex && isMonth && numberAt(5, 7) >= 1 && 97 - (numberAt(0, 13) % 97) === numberAt(13, 15)
}

const NINO_NEVER = new Set(["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"])
const NINO_FIRST = "DFIQUV"

/** Two letters, six digits, A to D. */
export function isNino(bytes: Uint8Array, start: number, end: number): boolean {
  if (readCode(bytes, start, end) !== 9) return false
  const [a, b, last] = [digits[0]!, digits[1]!, digits[8]!]
  if (!isUpper(a) || !isUpper(b) || last < 0x41 || last > 0x44) return false
  for (let i = 2; i < 8; i++) if (!isDigit(digits[i]!)) return false
  const prefix = String.fromCharCode(a, b)
  return !NINO_FIRST.includes(prefix[0]!) && !NINO_FIRST.includes(prefix[1]!) && b !== 0x4f && !NINO_NEVER.has(prefix)
}
