// Days on which people are born, as they are written, and the months of identity numbers.
import { isDigit } from "./byte-sorts.ts"

/** Years that a living person, or one on record, may be born in. There is no clock here: the last is the end of the decade. */
const YEAR_MIN = 1900
const YEAR_MAX = 2029
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

export const isDay = (month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month - 1]!

const isYear = (year: number): boolean => year >= YEAR_MIN && year <= YEAR_MAX

function numberIn(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let i = start; i < end; i++) {
    if (!isDigit(bytes[i])) return -1
    value = value * 10 + bytes[i]! - 0x30
  }
  return start < end ? value : -1
}

/**
 * 1987-03-14 and what may follow of a time of day, 1987/03/14, 19870314, 14.03.1987, 14/3/1987, 3/14/1987. ISO 8601 and habits.
 */
export function isBirthDate(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start === 8 && numberIn(bytes, start, end) >= 0)
    return (
      isYear(numberIn(bytes, start, start + 4)) &&
      isDay(numberIn(bytes, start + 4, start + 6), numberIn(bytes, start + 6, end))
    )
  let at = start
  while (at < end && isDigit(bytes[at])) at++
  const mark = bytes[at]
  if (at === end || (mark !== 0x2d && mark !== 0x2f && mark !== 0x2e)) return false
  let second = at + 1
  while (second < end && isDigit(bytes[second])) second++
  if (second === end || bytes[second] !== mark) return false
  let third = second + 1
  while (third < end && isDigit(bytes[third])) third++
  const a = numberIn(bytes, start, at)
  const b = numberIn(bytes, at + 1, second)
  const c = numberIn(bytes, second + 1, third)
  if (at - start === 4) return isYear(a) && isDay(b, c) && (third === end || isTimeMark(bytes[third]!))
  return third === end && third - second === 5 && isYear(c) && (isDay(b, a) || isDay(a, b))
}

const isTimeMark = (b: number): boolean => b === 0x54 || b === 0x20
