// What the API may ask of the analysis while it runs: what is in memory only.

import { type Learning, learningOf } from "../baseline/subjects.ts"
import type { DetectorSpec } from "../detect/detector.ts"
import { DETECTORS } from "../detect/detectors.ts"
import { BUDGET } from "../incident/budget.ts"
import type { ShapeTexts } from "../inventory/shape-notes.ts"
import type { Analysis } from "./analysis.ts"
import {
  type BaselineRead,
  baselineRead,
  type IdTrace,
  type LearningRead,
  learningRead,
  traceRead,
} from "./baseline-reads.ts"

export interface BudgetUse {
  readonly consumers: number
  /** How many of them are known how far. */
  readonly learning: Readonly<Record<Learning, number>>
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
  /** By id, former ones too; null for a consumer that the analysis does not know. */
  learning(consumer: string): LearningRead | null
  /** `endpoint` "": over all of them. Null for a consumer or an endpoint that the analysis does not know. */
  baseline(consumer: string, endpoint: string): BaselineRead | null
  trace(consumer: string, endpoint: string, pseudonym: string): IdTrace | null
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
      const learning = { rules: 0, shrunk: 0, full: 0 }
      let consumers = 0
      for (const consumer of subjects.consumers) {
        if (consumer.id === "") continue
        consumers++
        learning[learningOf(consumer, nowUs)]++
      }
      const thousands = consumers / 1000
      return {
        consumers,
        learning,
        ...incidents.budget.use(nowUs),
        highPerWeek: BUDGET.highPerWeek * thousands,
        reviewPerDay: BUDGET.reviewPerDay * thousands,
        nowUs,
      }
    },
    exceptionUse: (id) => analysis().incidents.exceptions.useOf(id),
    learning: (id) => {
      const { subjects, nowUs } = analysis()
      const consumer = subjects.consumer(id)
      return consumer === null ? null : learningRead(consumer, nowUs)
    },
    baseline: (id, endpointId) => {
      const { subjects } = analysis()
      const consumer = subjects.consumer(id)
      const endpoint = endpointId === "" ? null : subjects.endpoint(endpointId)
      if (consumer === null || (endpointId !== "" && endpoint === null)) return null
      return baselineRead(analysis(), consumer, endpoint)
    },
    trace: (consumerId, endpointId, pseudonym) => {
      const { subjects } = analysis()
      const consumer = subjects.consumer(consumerId)
      const endpoint = subjects.endpoint(endpointId)
      if (consumer === null || endpoint === null) return null
      return traceRead(analysis(), consumer, endpoint, pseudonym)
    },
    analysis,
    texts,
    nowUs: () => analysis().nowUs,
  }
}
