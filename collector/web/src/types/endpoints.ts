// What the console reads of endpoints.
import type { Counts, EndpointLabel, Quantiles, SeriesPoint, Time, Usage } from "./common.ts"
import type { Body, Parameter } from "./schemas.ts"
import type { Drift } from "./specifications.ts"
import type { EndpointRoute, TemplateEvidence } from "./templates.ts"

export type Posture = "consistent" | "partial" | "missing" | "unknown"

export interface Endpoint extends EndpointLabel {
  readonly requests: number
  readonly errors: number
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly status: string
  readonly statusWhy: string
  /** Differences from its specification; null where there is none. */
  readonly differences: number | null
  readonly auth: {
    readonly posture: Posture
    readonly schemes: Counts
    readonly withheld: string
    readonly why: string
  }
  readonly dataClasses: { readonly request: Counts; readonly response: Counts }
  readonly consumers: number
}

export interface AuthDetail {
  readonly basis: "recent" | "all"
  readonly successes: number
  readonly authenticated: number
  readonly recentSchemes: Counts
  readonly weak: readonly {
    readonly form: string
    readonly exchanges: number
    readonly recent: number
    readonly words: string
  }[]
  readonly conflicts: readonly {
    readonly kind: string
    readonly sentence: string
    readonly samples: readonly {
      readonly at: Time
      readonly path: string
      readonly status: number
      readonly client: string
      readonly exchange: string
    }[]
  }[]
}

/** One exchange, kept as an example: never values. */
export interface Sample {
  readonly at: Time
  readonly why: readonly string[]
  readonly path: string
  readonly status: number
  readonly consumer: string | null
  readonly client: string
  readonly exchange: string | null
  readonly requestBytes: number
  readonly responseBytes: number
  readonly latencyMs: number | null
  readonly state: string
}

export interface EndpointNote {
  readonly id: string
  readonly labels: readonly string[]
  readonly note: string
}

/** Quantiles of an hour or a day. */
export interface QuantilePoint {
  readonly at: Time
  readonly requests: number
  readonly errors: number
  readonly lossyShare: number
  readonly latencyMs: Quantiles
  readonly requestBytes: Quantiles
  readonly responseBytes: Quantiles
  readonly items: Quantiles
}

export interface EndpointDetail extends Endpoint {
  readonly authDetail: AuthDetail
  readonly templateEvidence: readonly TemplateEvidence[]
  readonly routes: readonly EndpointRoute[]
  readonly aliases: readonly string[]
  readonly derivedFrom: string | null
  readonly samples: readonly Sample[]
  readonly drift: readonly Drift[]
  readonly protocols: Counts
  readonly statuses: Counts
  readonly outcomes: Counts
  readonly calls: {
    readonly kinds: Counts
    readonly fields: Counts
    readonly depth: number | null
    readonly aliases: number | null
    readonly batch: number
  }
  readonly conversations: number
  readonly messages: { readonly request: number; readonly response: number }
  readonly parameters: readonly Parameter[]
  readonly schemas: { readonly request: Body; readonly response: Body }
  readonly quantiles: {
    readonly latencyMs: Quantiles
    readonly requestBytes: Quantiles
    readonly responseBytes: Quantiles
    readonly items: Quantiles
  }
  readonly anomalies: Counts
  readonly evidence: {
    readonly exchanges: number
    readonly lossy: number
    readonly lossyShare: number
    readonly states: Counts
    readonly withheld: boolean
  }
  readonly usedBy: readonly (Usage & { readonly consumer: { id: string; name: string; scheme: string } })[]
  readonly history: readonly { readonly at: Time; readonly kind: string; readonly sentence: string }[]
  readonly hourly: readonly SeriesPoint[]
  readonly daily: readonly SeriesPoint[]
}
