// The regularised incomplete beta function, in logarithms: tails of binomial, negative binomial, beta and Student's distributions.
//
// Continued fraction by Lentz's method, of the side where it converges fast (DLMF 8.17.22). Relative error of the tail about 1e-10 where
// the fraction converges within its bound, which takes about sqrt(max(a, b)) steps.
const STEPS_MAX = 20_000
const TINY = 1e-300
const PRECISION = 1e-12

// Lanczos, g = 7, nine terms.
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const

/** ln Gamma(x), x > 0. */
export function lnGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x)
  const z = x - 1
  let sum: number = LANCZOS[0]
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (z + i)
  const t = z + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** ln I_x(a, b), for 0 <= x <= 1 and a, b > 0. `complement` is 1 - x where that is known better than by subtraction. */
export function lnBetaTail(x: number, a: number, b: number, complement: number = 1 - x): number {
  if (x <= 0) return Number.NEGATIVE_INFINITY
  if (complement <= 0) return 0
  const front = lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log(complement)
  if (x <= (a + 1) / (a + b + 2)) return Math.min(0, front + Math.log(fraction(x, a, b)) - Math.log(a))
  const other = Math.exp(front + Math.log(fraction(complement, b, a)) - Math.log(b))
  return other >= 1 ? Number.NEGATIVE_INFINITY : Math.log1p(-other)
}

function fraction(x: number, a: number, b: number): number {
  let c = 1
  let d = inverse(1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let m = 1; m <= STEPS_MAX; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = inverse(1 + even * d)
    c = away(1 + even / c)
    value *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = inverse(1 + odd * d)
    c = away(1 + odd / c)
    const step = d * c
    value *= step
    if (Math.abs(step - 1) < PRECISION) break
  }
  return value
}

function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}

function inverse(value: number): number {
  return 1 / away(value)
}
