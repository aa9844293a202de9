// What the API may ask of the analysis while it runs: what is in memory only.

import type { DetectorSpec } from "../detect/detector.ts"
import { DETECTORS } from "../detect/detectors.ts"
import { BUDGET } from "../incident/budget.ts"
import type { ShapeTexts } from "../inventory/shape-notes.ts"
import type { Analysis } from "./analysis.ts"

export interface BudgetUse {
  readonly consumers: number
  readonly highInWeek: number
  readonly highPerWeek: number
  readonly reviewInDay: number
  readonly reviewInWeek: number
  readonly reviewPerDay: number
  /** Event time reached, µs. */
  readonly nowUs: number
}

export interface WatchReads {
  specs(): readonly DetectorSpec[]
  budget(): BudgetUse
  /** Findings that an exception held back, and when last (event time, µs). */
  exceptionUse(id: string): { readonly count: number; readonly lastUs: number }
  analysis(): Analysis
  texts(): ShapeTexts
  /** Event time reached, µs; -1 before the first exchange. */
  nowUs(): number
}

export function watchReads(analysis: () => Analysis, texts: () => ShapeTexts): WatchReads {
  return {
    specs: () => DETECTORS.map(({ spec }) => spec),
    budget: () => {
      const { incidents, subjects, nowUs } = analysis()
      const consumers = subjects.consumers.reduce((sum, { id }) => (id === "" ? sum : sum + 1), 0)
      const thousands = consumers / 1000
      return {
        consumers,
        ...incidents.budget.use(nowUs),
        highPerWeek: BUDGET.highPerWeek * thousands,
        reviewPerDay: BUDGET.reviewPerDay * thousands,
        nowUs,
      }
    },
    exceptionUse: (id) => analysis().incidents.exceptions.useOf(id),
    analysis,
    texts,
    nowUs: () => analysis().nowUs,
  }
}
