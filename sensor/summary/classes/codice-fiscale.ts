// The Italian codice fiscale. DM 23 December 1976: six letters of the names, year, month letter, day (40 more for women), place
// of birth, check letter. Where two people would share one, digits are written as letters, from the right.
import { isUpper } from "./byte-sorts.ts"
import { isDay } from "./calendar-day.ts"

const MONTHS = "ABCDEHLMPRST"
/** Letters that stand for 0 to 9. */
const SUBSTITUTES = "LMNPQRSTUV"
/** Worth of 0 to 9 (also of A to J), then of K to Z, at the places that count from one as odd. */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
/** A: letter, D: digit or its substitute. */
const FORM = "AAAAAADDADDADDDA"

const digitOf = (b: number): number => {
  if (b >= 0x30 && b <= 0x39) return b - 0x30
  return SUBSTITUTES.indexOf(String.fromCharCode(b))
}

export function isCodiceFiscale(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== FORM.length) return false
  let sum = 0
  for (let i = 0; i < FORM.length; i++) {
    const b = bytes[start + i]!
    const isLetter = isUpper(b)
    if (FORM[i] === "A" ? !isLetter : digitOf(b) < 0) return false
    const worth = isLetter ? b - 0x41 : b - 0x30
    if (i < 15) sum += i % 2 === 0 ? ODD[worth]! : worth
  }
  const day = digitOf(bytes[start + 9]!) * 10 + digitOf(bytes[start + 10]!)
  const month = MONTHS.indexOf(String.fromCharCode(bytes[start + 8]!)) + 1
  return isDay(month, day > 40 ? day - 40 : day) && sum % 26 === bytes[start + 15]! - 0x41
}
