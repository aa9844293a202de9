// Counts of the last days of each series, in 16 bits each: one slab row a subject, `measures` rings of `days` in it.
//
//   row:  [ measure 0: day d0 d1 ... d34 ][ measure 1: ... ]     the count of a day is at day % days
//
// A count below 2,048 is exact, a greater one within 0.05 % (11 bits of mantissa, 5 of exponent). UNKNOWN says that nothing can be said
// of the day: nothing was captured, or what was done is known to be malicious.
export const UNKNOWN = 0xffff
const MANTISSA = 2_048

/** Up to 2e12; more is that much. */
export function packed(count: number): number {
  if (count < MANTISSA) return Math.round(count) // 2,048 when it rounds up, which unpacks to itself
  const exponent = Math.min(29, Math.floor(Math.log2(count)) - 11)
  const mantissa = Math.min(2 * MANTISSA - 1, Math.round(count / 2 ** exponent))
  return (exponent + 1) * MANTISSA + (mantissa - MANTISSA)
}

export function unpacked(code: number): number {
  if (code < MANTISSA) return code
  const exponent = Math.floor(code / MANTISSA) - 1
  return ((code % MANTISSA) + MANTISSA) * 2 ** exponent
}
