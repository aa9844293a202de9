// How unlikely a day's ids without provenance are: beta-binomial around the usual share, and the step that the day adds to a sum over days.
import { betaBinomialTail } from "./share-tails.ts"

/** A day adds at most so much to the score. */
const SCORE_STEP = 6
/** The other alternative of the score: so large a share without provenance. */
const HIGH_SHARE = 0.6

/** What is usual for a row at this moment. */
export interface UsualShare {
  /** Share of hits that is expected: the greatest of its own, and of what the others at the endpoint show today. */
  readonly share: number
  readonly peerShare: number
  /** Trials behind its own share. */
  readonly trials: number
  readonly days: number
  readonly shape: number
  readonly dispersion: number
}

/** Evidence (a of Beta(a, b)) that a day's share is drawn with: how sure the usual share is, and how restless days are. */
function evidenceOf({ shape, dispersion }: UsualShare, mean: number): number {
  return 1 / (1 / shape + (dispersion - 1) / Math.max(mean, 1e-9))
}

/** Chance of as many hits among the trials, or more. */
export function tailOf(hits: number, trials: number, usual: UsualShare): number {
  const share = Math.min(0.99, usual.share)
  const a = evidenceOf(usual, trials * share)
  return betaBinomialTail(hits, Math.ceil(trials), a, (a * (1 - share)) / share)
}

/**
 * ln of the likelihood of the day if more came without provenance (half as "1.6 times as many and half a one", half as 60 %), over that of a
 * usual one.
 */
export function scoreStep(hits: number, trials: number, usual: UsualShare): number {
  const m0 = Math.max(trials * usual.share, 1e-3)
  const shape = evidenceOf(usual, m0)
  const slow = ratioOf(hits, shape, m0, 1.6 * m0 + 0.5)
  const high = trials * HIGH_SHARE > m0 ? ratioOf(hits, shape, m0, trials * HIGH_SHARE) : slow
  return Math.min(SCORE_STEP, Math.max(slow, high) - Math.LN2)
}

/** ln likelihood ratio of a count under two means of a negative binomial. */
function ratioOf(count: number, shape: number, m0: number, m1: number): number {
  return count * Math.log(m1 / m0) - (count + shape) * Math.log((shape + m1) / (shape + m0))
}
