// How unlikely a day's ids without provenance are: beta-binomial around the usual share, and the step that the day adds to a sum over days.
import { betaBinomialTail } from "./share-tails.ts"

/** A day adds at most so much to the score. */
const SCORE_STEP = 6
/** The other alternative of the score: so large a share without provenance. */
const HIGH_SHARE = 0.6

const DISPERSION = 1.2
const DISPERSION_MIN = 1.05
const DISPERSION_MAX = 4
/** Hits that the dispersion of others weighs. */
const DISPERSION_MEAN = 3

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

/** Of days: squared differences of hits from their means over those means, shrunk towards the tenant's, which is shrunk towards DISPERSION. */
export function dispersionOf(squares: number, means: number, tenantSquares: number, tenantMeans: number): number {
  const pooled = (tenantSquares + DISPERSION * DISPERSION_MEAN) / (tenantMeans + DISPERSION_MEAN)
  return Math.max(
    DISPERSION_MIN,
    (squares + Math.min(DISPERSION_MAX, pooled) * DISPERSION_MEAN) / (means + DISPERSION_MEAN),
  )
}

/** Evidence (a of Beta(a, b)) that a day's share is drawn with: how sure the usual share is, and how restless days are. */
function evidenceOf({ shape, dispersion }: UsualShare, mean: number): number {
  return 1 / (1 / shape + (dispersion - 1) / Math.max(mean, 1e-9))
}

/** Lists of which nothing at all was seen, not even that they were asked for. */
export interface UnseenLists {
  /** Share of all lists. */
  readonly share: number
  /** Ids of one that the consumer usually asks for. */
  readonly ids: number
  /** Share of ids given to the consumer that are others', too. */
  readonly common: number
}

const UNSEEN_MAX = 20
/** What is held of the share of ids that only others were given, and how many trials it weighs: as detect/foreign-object.ts. */
const OTHERS_SHARE = 0.001
const OTHERS_TRIALS = 300

/**
 * The same where each list is unseen with the chance `share`: sum over j of Poisson(j; share x lists of the day) times the chance of what j
 * lists leave unexplained. Re-syncs have lists longer than any before: one of `hits` ids is taken to be ids / hits as frequent as others.
 */
export function tailWithUnseen(hits: number, trials: number, usual: UsualShare, { share, ids }: UnseenLists): number {
  if (share === 0) return tailOf(hits, trials, usual)
  const each = Math.max(1, ids)
  // Of a day with few ids nobody knows how many lists there were: one at least.
  const mean = share * Math.max(1, trials / each)
  let weight = Math.exp(-mean)
  let rest = 1
  let p = 0
  for (let j = 0; j < UNSEEN_MAX && hits > j * each; j++) {
    p += weight * tailOf(hits - j * each, trials - j * each, usual)
    rest -= weight
    weight *= mean / (j + 1)
  }
  return Math.min(1, Math.max(p + Math.max(0, rest), (share * each) / Math.max(each, hits)))
}

/**
 * Chance of as many ids that only others were given, where so many were usual among `usualTrials`. Without provenance and others' by chance
 * is what is common to both and was in a list that was not seen.
 */
export function othersTail(
  others: number,
  trials: number,
  usualOthers: number,
  usual: UsualShare,
  common: number,
): number {
  const known = (usualOthers + OTHERS_SHARE * OTHERS_TRIALS) / (usual.trials + OTHERS_TRIALS)
  const share = Math.min(0.99, known + common * usual.share)
  const a = usualOthers + 0.5
  return betaBinomialTail(others, Math.ceil(trials), a, (a * (1 - share)) / share)
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
