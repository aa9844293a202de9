// Numbers that states outside Europe give to people and firms.
//
// Social Security number (US): SSA, randomization of 2011; it has no check, some areas, groups and serials are never given. Aadhaar
// (India): UIDAI, Verhoeff. CPF and CNPJ (Brazil): Receita Federal, two digits modulo 11.
import { isDigit } from "./byte-sorts.ts"
import { digits, isOneDigit, isVerhoeff, numberAt, readDigits, weighted } from "./digits.ts"

const isGiven = (): boolean => {
  const area = numberAt(0, 3)
  return area !== 0 && area !== 666 && area < 900 && numberAt(3, 5) !== 0 && numberAt(5, 9) !== 0
}

/** In groups of three, two and four. */
export function isSsn(bytes: Uint8Array, start: number, end: number): boolean {
  const mark = bytes[start + 3]
  if (end - start !== 11 || (mark !== 0x2d && mark !== 0x20) || bytes[start + 6] !== mark) return false
  return readDigits(bytes, start, end) === 9 && isGiven()
}

/** Nine digits, in groups or not: only where the name says what they are. */
export const isBareSsn = (bytes: Uint8Array, start: number, end: number): boolean =>
  isSsn(bytes, start, end) || (end - start === 9 && readDigits(bytes, start, end) === 9 && isGiven())

export function isAadhaar(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length !== 12 && (length !== 14 || isDigit(bytes[start + 4]) || isDigit(bytes[start + 9]))) return false
  return readDigits(bytes, start, end) === 12 && digits[0]! >= 2 && isVerhoeff(12)
}

const CPF_WEIGHTS = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]
const CNPJ_WEIGHTS = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]

/** The check digit at `at` after the digits before it, with the last of `weights`. */
function isCheck(weights: readonly number[], at: number): boolean {
  const rest = weighted(weights.slice(weights.length - at), at) % 11
  return digits[at] === (rest < 2 ? 0 : 11 - rest)
}

/** 123.456.789-09 or without marks. */
export const isCpf = (bytes: Uint8Array, start: number, end: number): boolean =>
  readDigits(bytes, start, end) === 11 && !isOneDigit(11) && isCheck(CPF_WEIGHTS, 9) && isCheck(CPF_WEIGHTS, 10)

/** 12.345.678/0001-95 or without marks. */
export const isCnpj = (bytes: Uint8Array, start: number, end: number): boolean =>
  readDigits(bytes, start, end) === 14 && !isOneDigit(14) && isCheck(CNPJ_WEIGHTS, 12) && isCheck(CNPJ_WEIGHTS, 13)
