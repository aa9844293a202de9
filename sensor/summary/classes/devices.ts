// Numbers of things that follow a person: vehicles, telephones, network cards, addresses on the network.
//
// VIN: ISO 3779, with the check digit of 49 CFR 565.15. IMEI: 3GPP TS 23.003 section 6.2. MAC: IEEE 802. IP: RFC 791, RFC 4291 section 2.2.
import { isDigit, isHex, isUpperOrDigit } from "./byte-sorts.ts"
import { isLuhn, readDigits } from "./digits.ts"

const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
/** Worth of A to Z; I, O and Q do not occur. */
const VIN_LETTERS = [1, 2, 3, 4, 5, 6, 7, 8, -1, 1, 2, 3, 4, 5, -1, 7, -1, 9, 2, 3, 4, 5, 6, 7, 8, 9]

/** Sum of the weighted characters, -1 when it is no number of a vehicle. */
function vinSum(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 17) return -1
  let sum = 0
  let letters = 0
  let count = 0
  for (let i = 0; i < 17; i++) {
    const b = bytes[start + i]!
    if (!isUpperOrDigit(b)) return -1
    const worth = isDigit(b) ? b - 0x30 : VIN_LETTERS[b - 0x41]!
    if (worth < 0) return -1
    if (isDigit(b)) count++
    else letters++
    sum += worth * VIN_WEIGHTS[i]!
  }
  // The last three are digits wherever vehicles are made.
  for (let i = 14; i < 17; i++) if (!isDigit(bytes[start + i])) return -1
  return letters > 0 && count > 3 ? sum : -1
}

/** European makers do not fill the check digit in: this one does not ask for it. */
export const isVin = (bytes: Uint8Array, start: number, end: number): boolean => vinSum(bytes, start, end) >= 0

export function isCheckedVin(bytes: Uint8Array, start: number, end: number): boolean {
  const sum = vinSum(bytes, start, end)
  if (sum < 0) return false
  const check = bytes[start + 8]!
  return sum % 11 === 10 ? check === 0x58 : check - 0x30 === sum % 11
}

export const isImei = (bytes: Uint8Array, start: number, end: number): boolean =>
  readDigits(bytes, start, end) === 15 && isLuhn(15)

/** Six pairs of hexadecimal digits with ":" or "-" between them. */
export function isMac(bytes: Uint8Array, start: number, end: number): boolean {
  const mark = bytes[start + 2]
  if (end - start !== 17 || (mark !== 0x3a && mark !== 0x2d)) return false
  for (let i = 0; i < 17; i++) if (i % 3 === 2 ? bytes[start + i] !== mark : !isHex(bytes[start + i]!)) return false
  return true
}

export const isIp = (bytes: Uint8Array, start: number, end: number): boolean =>
  isIpv4(bytes, start, end) || isIpv6(bytes, start, end)

/** Not "1.12.3.4", which is a version more often than an address. */
export const isLikelyIp = (bytes: Uint8Array, start: number, end: number): boolean =>
  isIpv6(bytes, start, end) || (bytes[start + 1] !== 0x2e && isIpv4(bytes, start, end))

function isIpv4(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 15) return false
  let groups = 0
  for (let i = start; i <= end; i++) {
    let value = 0
    const from = i
    for (; i < end && isDigit(bytes[i]); i++) value = value * 10 + bytes[i]! - 0x30
    if (i === from || i - from > 3 || value > 255 || (i - from > 1 && bytes[from] === 0x30)) return false
    groups++
    if (i < end && bytes[i] !== 0x2e) return false
  }
  return groups === 4 && bytes[end - 1] !== 0x2e
}

/** Eight groups of up to four hexadecimal digits, a run of zeros as "::" once, the last two perhaps as IPv4; a zone is passed over. */
function isIpv6(bytes: Uint8Array, start: number, end: number): boolean {
  let groups = 0
  let isShort = false
  const isDouble = (at: number): boolean => at + 1 < end && bytes[at] === 0x3a && bytes[at + 1] === 0x3a
  let i = start
  while (i < end && bytes[i] !== 0x25) {
    if (isDouble(i)) {
      if (isShort) return false
      isShort = true
      i += 2
      continue
    }
    const from = i
    while (i < end && isHex(bytes[i]!)) i++
    if (i < end && bytes[i] === 0x2e) return isIpv4(bytes, from, end) && (isShort ? groups < 6 : groups === 6)
    if (i === from || i - from > 4) return false
    groups++
    if (i === end || bytes[i] === 0x25 || isDouble(i)) continue
    if (bytes[i] !== 0x3a || ++i === end || bytes[i] === 0x25) return false
  }
  return isShort ? groups < 8 && i - start > 2 : groups === 8
}
