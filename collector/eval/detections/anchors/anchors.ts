// Three simple judges to hold the analysis against: a static threshold, a robust z-score, an isolation forest. Each gives every partner's
// day a score; the greatest scores are its alerts, as many as the review lane's budget allows in a world without attacks.
//
// They are favoured: they know the partner behind each credential, and their thresholds are taken from the same kind of world.
import { startOfDay } from "../../../simulate/calendar.ts"
import { Draws } from "../../../simulate/draws.ts"
import type { Attack } from "../truth.ts"
import { FEATURES, type PartnerDay } from "./day-features.ts"
import { IsolationForest } from "./isolation-forest.ts"

/** Days before anything is scored, and days of one's own that are remembered. */
const LEARNING_DAYS = 14
const HISTORY_DAYS = 28
/** A deviation of less than a tenth is none. */
const LEAST_DEVIATION = 0.1
const TRAINING_ROWS = 20_000

export interface ScoredDay {
  readonly partner: number
  readonly day: number
  readonly score: number
}

export interface Anchor {
  readonly name: string
  score(rows: readonly PartnerDay[]): ScoredDay[]
}

const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

const late = (rows: readonly PartnerDay[]): readonly PartnerDay[] => rows.filter(({ day }) => day >= LEARNING_DAYS)

/** The same bound for all partners: figures against the 99.9th percentile of the learning days. */
const staticThreshold: Anchor = {
  name: "static threshold",
  score: (rows) => {
    const early = rows.filter(({ day }) => day < LEARNING_DAYS)
    const bounds = FEATURES.map((_, k) => {
      const values = early.map(({ row }) => row[k]!).sort((a, b) => a - b)
      return Math.max(1, values[Math.floor(values.length * 0.999)] ?? 1)
    })
    return late(rows).map(({ partner, day, row }) => ({
      partner,
      day,
      score: Math.max(...row.map((value, k) => value / bounds[k]!)),
    }))
  },
}

/** Greatest distance of a figure from the partner's own median, in its median absolute deviations. */
const zScore: Anchor = {
  name: "z-score (median/MAD)",
  score: (rows) => {
    const histories = new Map<number, Float64Array[]>()
    const out: ScoredDay[] = []
    for (const { partner, day, row } of rows) {
      const history = histories.get(partner) ?? []
      histories.set(partner, history)
      if (day >= LEARNING_DAYS && history.length >= 5) {
        let score = 0
        row.forEach((value, k) => {
          const own = history.map((one) => one[k]!)
          const centre = middle(own)
          const deviation = 1.4826 * middle(own.map((one) => Math.abs(one - centre)))
          score = Math.max(score, (value - centre) / Math.max(LEAST_DEVIATION, deviation))
        })
        out.push({ partner, day, score })
      }
      history.push(row)
      if (history.length > HISTORY_DAYS) history.shift()
    }
    return out
  },
}

const isolationForest: Anchor = {
  name: "isolation forest",
  score: (rows) => {
    const early = rows.filter(({ day }) => day < LEARNING_DAYS).slice(-TRAINING_ROWS)
    const forest = new IsolationForest(
      early.map(({ row }) => row),
      Draws.of(early.length, "forest"),
    )
    return late(rows).map(({ partner, day, row }) => ({ partner, day, score: forest.score(row) }))
  },
}

export const ANCHORS: readonly Anchor[] = [staticThreshold, zScore, isolationForest]

/** The score that so many of these days reach. */
export function thresholdFor(clean: readonly ScoredDay[], alerts: number): number {
  const scores = clean.map(({ score }) => score).sort((a, b) => b - a)
  return scores[Math.floor(alerts)] ?? 0
}

/** End of the first day on which the attack's partner is above the threshold, µs; null when it never is. */
export function shownBy(scored: readonly ScoredDay[], threshold: number, { label, times }: Attack): number | null {
  for (const { partner, day, score } of scored)
    if (
      partner === label.partner &&
      score > threshold &&
      startOfDay(day + 1) > times[0]! &&
      startOfDay(day) <= times.at(-1)!
    )
      return startOfDay(day + 1)
  return null
}
