// Chances of a count or more: the upper tails that detectors compare with. Exact sums, double precision, no table.
//
// A count at or below its mean has chance 1: nobody asks about those, and a sum over the bulk would cost what it is not worth.

/** Terms of a sum at most; what is beyond is bounded by a geometric series. */
const TERMS_MAX = 2_000
const LANCZOS: readonly number[] = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Gamma(x), x > 0 (Lanczos, g = 7). */
export function lnGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x)
  const z = x - 1
  let sum = LANCZOS[0]!
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (z + i)
  const t = z + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** P(Y >= count) of a negative binomial with the mean and the shape: variance mean + mean^2 / shape. */
export function negativeBinomialTail(count: number, mean: number, shape: number): number {
  const k = Math.ceil(count)
  if (k <= mean || k <= 0) return 1
  if (mean <= 0) return 0
  const q = mean / (mean + shape)
  let term = Math.exp(
    lnGamma(k + shape) - lnGamma(shape) - lnGamma(k + 1) + shape * Math.log(shape / (mean + shape)) + k * Math.log(q),
  )
  let sum = 0
  for (let j = k; j < k + TERMS_MAX; j++) {
    sum += term
    const ratio = ((j + shape) / (j + 1)) * q
    if (term * ratio < sum * 1e-12) break
    term *= ratio
  }
  return Math.min(1, sum)
}

/** P(Y >= count) of `trials` with a chance that is itself Beta(a, b). */
export function betaBinomialTail(count: number, trials: number, a: number, b: number): number {
  const n = Math.floor(trials)
  const k = Math.ceil(count)
  if (k > n) return 0
  if (k <= (n * a) / (a + b) || k <= 0) return 1
  const lnBeta = (x: number, y: number): number => lnGamma(x) + lnGamma(y) - lnGamma(x + y)
  let term = Math.exp(lnGamma(n + 1) - lnGamma(k + 1) - lnGamma(n - k + 1) + lnBeta(k + a, n - k + b) - lnBeta(a, b))
  let sum = 0
  for (let j = k; j <= n; j++) {
    sum += term
    term *= ((n - j) * (j + a)) / ((j + 1) * (n - j - 1 + b))
    if (term < sum * 1e-12) break
  }
  return Math.min(1, sum)
}

/** Lower end of the interval of a share (Wilson), at `z` standard deviations. */
export function wilsonLower(hits: number, trials: number, z = 1.96): number {
  if (trials <= 0) return 0
  const share = hits / trials
  const z2 = z * z
  const centre = share + z2 / (2 * trials)
  const spread = z * Math.sqrt((share * (1 - share) + z2 / (4 * trials)) / trials)
  return Math.max(0, (centre - spread) / (1 + z2 / trials))
}
