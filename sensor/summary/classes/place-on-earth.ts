// Geographic coordinates. ISO 6709: degrees with a decimal fraction, latitude within 90, longitude within 180. A number alone proves
// nothing: what makes coordinates of two fields is that both are named so and stand at one place (field-rule.ts).
import { isDigit } from "./byte-sorts.ts"

/** Digits after the point. Fewer than two do not tell a village. */
const FRACTION_MIN = 2

/** The index after degrees with a fraction and within `max`, -1 when there are none at `start`. */
function degreesEnd(bytes: Uint8Array, start: number, end: number, max: number): number {
  let i = bytes[start] === 0x2d || bytes[start] === 0x2b ? start + 1 : start
  const from = i
  let whole = 0
  for (; i < end && isDigit(bytes[i]); i++) whole = whole * 10 + bytes[i]! - 0x30
  if (i === from || i - from > 3 || bytes[i] !== 0x2e || i >= end || whole > max) return -1
  const point = i++
  while (i < end && isDigit(bytes[i])) i++
  return i - point > FRACTION_MIN && (whole < max || isZero(bytes, point + 1, i)) ? i : -1
}

const isZero = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) if (bytes[i] !== 0x30) return false
  return true
}

export const isLatitude = (bytes: Uint8Array, start: number, end: number): boolean =>
  degreesEnd(bytes, start, end, 90) === end
export const isLongitude = (bytes: Uint8Array, start: number, end: number): boolean =>
  degreesEnd(bytes, start, end, 180) === end

/** "geo:52.52001,13.40495;u=35", RFC 5870. */
export function isGeoUri(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = 0; i < 4; i++) if (bytes[start + i] !== "geo:".charCodeAt(i)) return false
  const comma = degreesEnd(bytes, start + 4, end, 90)
  if (comma < 0 || bytes[comma] !== 0x2c) return false
  const stop = degreesEnd(bytes, comma + 1, end, 180)
  return stop === end || (stop > 0 && (bytes[stop] === 0x3b || bytes[stop] === 0x2c || bytes[stop] === 0x3f))
}

/** "52.520008,13.404954", perhaps with a space and in brackets. */
export function isPair(bytes: Uint8Array, start: number, end: number): boolean {
  const comma = degreesEnd(bytes, start, end, 90)
  if (comma < 0 || bytes[comma] !== 0x2c) return false
  return isLongitude(bytes, bytes[comma + 1] === 0x20 ? comma + 2 : comma + 1, end)
}
