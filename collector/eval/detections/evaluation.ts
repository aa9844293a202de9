// Trials of all seeds put together: outcomes of attacks, false incidents, the anchors on the same events.
import { DETECTOR_NAMES, type DetectorName } from "../../simulate/labels.ts"
import type { WorldOptions } from "../../simulate/world.ts"
import { detectorNumbers } from "./analysis-judge.ts"
import { ANCHORS, shownBy, thresholdFor } from "./anchors/anchors.ts"
import { type Interval, wilson } from "./intervals.ts"
import {
  type Exposure,
  falseCases,
  falseRate,
  type JudgedCase,
  type Outcome,
  outcomeOf,
  precisionAt,
} from "./scores.ts"
import { type Ablation, runTrial, type Trial } from "./trial.ts"

export interface Plan {
  readonly seeds: readonly number[]
  readonly world: Partial<WorldOptions>
  readonly kinds: readonly DetectorName[]
  readonly repeats: number
  /** Mimics, attacks while nothing is learned, a campaign. */
  readonly hasVariants: boolean
  readonly isClean: boolean
  readonly ablation?: Ablation
}

export interface AnchorResult {
  readonly name: string
  readonly recall: Interval
  /** Hours until shown, of each that was. */
  readonly hours: readonly number[]
}

export interface Evaluation {
  readonly outcomes: readonly Outcome[]
  /** With the trial that each is of: those of the worlds without attacks. */
  readonly falses: readonly { readonly trial: Trial; readonly one: JudgedCase }[]
  /** Of the worlds with attacks: what shows none. */
  readonly falseBesides: number
  readonly exposure: readonly Exposure[]
  readonly anchors: readonly AnchorResult[]
  readonly events: number
  readonly costUs: number
}

/** Alerts a day and 1,000 consumers of the review lane. */
const BUDGET = 1

export function evaluate(plan: Plan): Evaluation {
  const outcomes: Outcome[] = []
  const falses: { trial: Trial; one: JudgedCase }[] = []
  const exposure: Exposure[] = []
  const hits = ANCHORS.map(() => [] as (number | null)[])
  const numbers = detectorNumbers()
  let [falseBesides, events, cost] = [0, 0, 0]
  for (const seed of plan.seeds) {
    const clean = runTrial({ ...plan.world, seed: seed + 1_000_000, attacks: [], hasVariants: false }, plan.ablation)
    for (const one of clean.cases) falses.push({ trial: clean, one })
    exposure.push({ consumers: clean.world.options.consumers, days: clean.world.options.days })
    events += clean.events
    cost += clean.events * clean.costUs
    if (plan.isClean) continue
    const kinds = Array.from({ length: plan.repeats }, () => plan.kinds).flat()
    const attacked = runTrial({ ...plan.world, seed, attacks: kinds, hasVariants: plan.hasVariants }, plan.ablation)
    events += attacked.events
    cost += attacked.events * attacked.costUs
    for (const attack of attacked.attacks) {
      const number = (DETECTOR_NAMES as readonly string[]).indexOf(attack.label.kind) + 1
      outcomes.push(outcomeOf(attack, attacked.cases, number, numbers))
    }
    falseBesides += falseCases(attacked.attacks, attacked.cases).length
    const { consumers, days } = clean.world.options
    ANCHORS.forEach((anchor, k) => {
      const threshold = thresholdFor(anchor.score(clean.rows), (BUDGET * consumers * days) / 1000)
      const scored = anchor.score(attacked.rows)
      for (const attack of attacked.attacks) {
        const shownUs = shownBy(scored, threshold, attack)
        hits[k]!.push(shownUs === null ? null : (shownUs - attack.times[0]!) / 3.6e9)
      }
    })
  }
  return {
    outcomes,
    falses,
    falseBesides,
    exposure,
    anchors: ANCHORS.map(({ name }, k) => {
      const hours = hits[k]!.filter((hour) => hour !== null)
      return { name, recall: wilson(hours.length, hits[k]!.length), hours }
    }),
    events,
    costUs: cost / Math.max(1, events),
  }
}

export interface LaneResult {
  readonly lane: string
  /** A week and 1,000 consumers. */
  readonly falses: Interval
  readonly recall: Interval
  readonly precision: number
}

/** `baseRate`: attacks a week on 1,000 consumers. */
export function laneResults({ falses, outcomes, exposure }: Evaluation, baseRate: number): LaneResult[] {
  return ["high", "review"].map((lane) => {
    const rate = falseRate(falses.filter(({ one }) => one.lane === lane).length, exposure)
    const recall = wilson(outcomes.filter((one) => one.shownUs !== null && one.lane === lane).length, outcomes.length)
    return { lane, falses: rate, recall, precision: precisionAt(baseRate, recall.value, rate.value) }
  })
}
