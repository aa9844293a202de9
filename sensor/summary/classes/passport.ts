// Travel documents. ICAO Doc 9303: the machine readable zone of cards (3 lines of 30), of old documents (2 of 36), of passports (2 of
// 44), with its check digits; the lines may stand together or apart. A number alone proves nothing.
import { isDigit, isUpper, isUpperOrDigit } from "./byte-sorts.ts"

const FILLER = 0x3c
const ZONE_MAX = 96
const zone = new Uint8Array(ZONE_MAX)
const WEIGHTS = [7, 3, 1]

const worth = (b: number): number => (b === FILLER ? 0 : isDigit(b) ? b - 0x30 : b - 0x37)

/** The digit at `at` proves [from, to): sum of worths times 7, 3, 1. */
function isProved(from: number, to: number, at: number): boolean {
  let sum = 0
  for (let i = from; i < to; i++) sum += worth(zone[i]!) * WEIGHTS[(i - from) % 3]!
  return isDigit(zone[at]!) && sum % 10 === zone[at]! - 0x30
}

export function isMachineReadable(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > ZONE_MAX) return false
  let count = 0
  for (let i = start; i < end; i++) {
    const b = bytes[i]!
    if (b === 0x0a || b === 0x0d || b === 0x20) continue
    if (!isUpperOrDigit(b) && b !== FILLER) return false
    zone[count++] = b
  }
  if (!isUpper(zone[0]!)) return false
  if (count === 88) return isProved(44, 53, 53) && isProved(57, 63, 63) && isProved(65, 71, 71)
  if (count === 72) return isProved(36, 45, 45) && isProved(49, 55, 55) && isProved(57, 63, 63)
  return count === 90 && isProved(5, 14, 14) && isProved(30, 36, 36) && isProved(38, 44, 44)
}

/** A machine readable zone, or six to nine capital letters and digits with four digits at least. */
export function isPassport(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 9) return isMachineReadable(bytes, start, end)
  let count = 0
  for (let i = start; i < end; i++) {
    if (!isUpperOrDigit(bytes[i])) return false
    if (isDigit(bytes[i])) count++
  }
  return end - start >= 6 && count >= 4
}
