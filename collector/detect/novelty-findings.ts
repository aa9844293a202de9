// What findings of single exchanges have in common: the exchange is the evidence.
import type { Sight } from "../baseline/sight.ts"
import type { DetectorSpec } from "./detector.ts"
import { sampleOf } from "./episodes.ts"
import type { Finding } from "./finding.ts"

type Said = Pick<Finding, "p" | "weight" | "key" | "sentence" | "facts" | "doubts"> &
  Partial<Pick<Finding, "family" | "sinceUs" | "consumer" | "endpoint" | "isRule" | "samples" | "lossyShare">>

export function findingOf(spec: DetectorSpec, sight: Sight, said: Said): Finding {
  return {
    detector: spec.name,
    family: spec.family,
    atUs: sight.atUs,
    sinceUs: sight.atUs,
    consumer: sight.consumer.ordinal,
    endpoint: sight.endpoint?.ordinal ?? -1,
    isRule: false,
    samples: [sampleOf(sight, 0)],
    lossyShare: 0,
    ...said,
  }
}

/** 0.5 to 2. */
export const weightOf = (weight: number): number => Math.min(2, Math.max(0.5, weight))

export const named = ({
  method,
  template,
  operation,
}: {
  method: string
  template: string
  operation: string
}): string => (operation === "" ? `${method} ${template}` : `${method} ${template} ${operation}`)

export const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`
