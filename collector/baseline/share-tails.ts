// Chances of a share or more, where the share itself is known from a history only; and what a share is at least.
//
// Exact sums in double precision. A count at or below its mean has chance 1: nobody asks about those, and a sum over the bulk would cost what
// it is not worth.
import { lnGamma } from "./incomplete-beta.ts"

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
