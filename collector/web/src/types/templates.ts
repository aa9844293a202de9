// What the console reads of path templates: why a segment is a parameter, what people said of it.
import type { Counts, Edited, Time } from "./common.ts"

export interface TemplateEvidence {
  readonly segment: number
  readonly name: string
  readonly rule: string
  readonly decided: Time
  readonly kinds: Counts
  readonly values: number
  readonly open: boolean
  readonly examples: readonly { readonly value: string; readonly requests: number }[]
  readonly numbers: Counts
  readonly sentence: string
}

export interface EndpointRoute {
  readonly id: string
  readonly path: string
  readonly requests: number
}

export interface Pin {
  readonly id: string
  readonly kind: "template" | "apart"
  readonly path: string
  readonly by: string
  readonly at: Time
  readonly reason: string
}

export interface Suggestion {
  readonly template: string
  readonly values: readonly string[]
  readonly requests: number
  readonly sentence: string
}

export interface TemplateChange extends Edited {
  readonly endpoint: string | null
}
