// Chances of counts whose mean is known from a history only.
//
// The daily count of a series is overdispersed: variance = phi * mean. In units of phi it is taken for Poisson, and its rate for a Gamma
// with the history as evidence; the count to come is then negative binomial, with the uncertainty of the level in it: a week of history
// gives wide tails, a month narrow ones.
import { lnBetaTail } from "./incomplete-beta.ts"

/** ln P(N >= y) for N negative binomial of that shape (k) and mean; y and shape need not be whole. */
export function lnUpperTail(y: number, shape: number, mean: number): number {
  if (y <= 0) return 0
  if (mean <= 0) return Number.NEGATIVE_INFINITY
  return lnBetaTail(mean / (mean + shape), y, shape, shape / (mean + shape))
}

/** ln P(T > t) of Student's distribution. */
export function lnStudentTail(t: number, freedom: number): number {
  const half = lnBetaTail(freedom / (freedom + t * t), freedom / 2, 0.5) - Math.LN2
  return t >= 0 ? half : Math.log1p(-Math.exp(half))
}

/** Smallest count whose upper tail is at most exp(`lnP`): a quantile. */
export function quantile(lnP: number, shape: number, mean: number): number {
  if (mean <= 0) return 0
  let low = 0
  let high = mean + 1
  while (lnUpperTail(high, shape, mean) > lnP && high < 1e15) high *= 2
  for (let i = 0; i < 40 && high - low > 0.5; i++) {
    const middle = (low + high) / 2
    if (lnUpperTail(middle, shape, mean) > lnP) low = middle
    else high = middle
  }
  return Math.ceil(high)
}
