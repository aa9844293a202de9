// How much the findings of one case weigh together, and what that makes of them.
//
//   R(t) = sum over families of the greatest  w min(8, -log10 p) 2^(-dt/H)      w: weight; dt: time since the finding was last confirmed
//
// Families are looked at apart because findings of one family are not independent: a scraper raises volume by requests, items and bytes at
// once. H is short where a finding tells of a moment (identity, flow: two days), long where it was gathered over weeks (volume: 30 days).
import type { Family } from "../detect/finding.ts"

const DAY_US = 86_400_000_000

const HALF_LIFE_US: Readonly<Record<Family, number>> = {
  identity: 2 * DAY_US,
  flow: 2 * DAY_US,
  novelty: 7 * DAY_US,
  object: 7 * DAY_US,
  posture: 7 * DAY_US,
  volume: 30 * DAY_US,
}

/** A chance below 10^-8 says no more than one of 10^-8: models are not that good. */
const LOG_P_MAX = 8
/** Evidence of which more than half is lossy weighs half. */
const LOSSY_SHARE = 0.5

export interface Scored {
  readonly family: Family
  readonly p: number
  readonly isRule: boolean
  readonly weight: number
  readonly lossyShare: number
  readonly lastUs: number
  /** It speaks for others, and never for itself. */
  readonly isSupporting: boolean
  readonly doubts: readonly { readonly explains: boolean }[]
}

export interface Thresholds {
  /** Sum over families from which on a case is an incident of the high lane, if two families have a part in it. */
  readonly highScore: number
  /** Sum from which on it is one of the review lane. */
  readonly reviewScore: number
  /** ... if one finding that is not explained is this unlikely. */
  readonly reviewP: number
  /** Chance below which one finding alone makes a high one. */
  readonly certainP: number
}

/**
 * Review 4: a chance of 10^-4 a consumer and day on one look, a false one in ten days for 1,000 consumers if chances are honest, with
 * room for ten times that. High 10 over two families, or 10^-7 alone: a false one in years, with room for models that are not.
 */
export const DEFAULT_THRESHOLDS: Thresholds = { highScore: 10, reviewScore: 4, reviewP: 1e-3, certainP: 1e-7 }

/** What is explained by a known false positive, and what only supports, weigh no more than this. */
const EXPLAINED_MAX = 2
const SUPPORTING_MAX = 1

/** A part smaller than this is no second family. */
const PART_MIN = 1

export function logP(p: number): number {
  return p <= 0 ? LOG_P_MAX : Math.min(LOG_P_MAX, Math.max(0, -Math.log10(p)))
}

/** What one finding weighs at `nowUs`. */
export function partOf(scored: Scored, nowUs: number): number {
  const { family, p, weight, lossyShare, lastUs, isSupporting } = scored
  const decay = 2 ** (-Math.max(0, nowUs - lastUs) / HALF_LIFE_US[family])
  const part = weight * logP(p) * decay * (lossyShare > LOSSY_SHARE ? 0.5 : 1)
  if (isSupporting) return Math.min(SUPPORTING_MAX, part)
  return isExplained(scored) ? Math.min(EXPLAINED_MAX, part) : part
}

function isExplained({ doubts }: Scored): boolean {
  return doubts.some(({ explains }) => explains)
}

export interface Score {
  readonly sum: number
  readonly families: number
}

export function scoreOf(findings: Iterable<Scored>, nowUs: number): Score {
  const best = new Map<Family, number>()
  let support = 0
  for (const finding of findings) {
    const part = partOf(finding, nowUs)
    if (finding.isSupporting) support = Math.max(support, part)
    else if (part > (best.get(finding.family) ?? 0)) best.set(finding.family, part)
  }
  let sum = best.size === 0 ? 0 : support
  let families = 0
  for (const part of best.values()) {
    sum += part
    if (part >= PART_MIN) families++
  }
  return { sum, families }
}

export type Lane = "high" | "review"

/** Which lane a case belongs to at `nowUs`, null for neither. */
export function laneOf(findings: readonly Scored[], nowUs: number, thresholds: Thresholds): Lane | null {
  const { sum, families } = scoreOf(findings, nowUs)
  if (sum >= thresholds.highScore && families >= 2) return "high"
  // Weights say how much it matters, not how likely it is: something must be unlikely by itself.
  const isUnlikely = findings.some((each) => !each.isSupporting && !isExplained(each) && each.p <= thresholds.reviewP)
  let isReview = sum >= thresholds.reviewScore && isUnlikely
  for (const finding of findings) {
    const isSound = finding.lossyShare <= LOSSY_SHARE && !isExplained(finding)
    if (finding.isRule) {
      if (finding.weight >= 1 && isSound) return "high"
      isReview = true
    } else if (finding.p < thresholds.certainP && finding.weight >= 1 && isSound && !finding.isSupporting) return "high"
  }
  return isReview ? "review" : null
}
