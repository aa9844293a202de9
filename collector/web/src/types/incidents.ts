// What the console reads of incidents, detections, exceptions, back-tests, and of what is usual.
import type { Named, Time } from "./common.ts"

export type IncidentState = "open" | "acknowledged" | "closed"
export type Lane = "high" | "review"
export type LearningState = "rules" | "shrunk" | "full"

export interface Sample {
  readonly at: Time
  readonly operation: string
  readonly status: number
  readonly exchange: string | null
  readonly object: string | null
}

export interface Doubt {
  readonly what: string
  readonly explains: boolean
  readonly sentence: string
}

export interface Evidence {
  readonly key: string
  readonly detection: string
  readonly family: string
  readonly endpoint: string | null
  readonly first: Time
  readonly last: Time
  readonly since: Time
  readonly count: number
  readonly p: number
  readonly isRule: boolean
  readonly weight: number
  readonly sentence: string
  readonly facts: Readonly<Record<string, number | string>>
  readonly doubts: readonly Doubt[]
  readonly samples: readonly Sample[]
  readonly lossyShare: number
}

export interface Incident {
  readonly id: string
  readonly state: IncidentState
  readonly verdict: string | null
  readonly lane: Lane
  readonly kind: string
  readonly detections: readonly string[]
  readonly consumer: Named | null
  readonly partner: Named | null
  readonly service: Named | null
  readonly endpoint: Named | null
  readonly sensor: string | null
  readonly firstEvent: Time
  readonly lastEvent: Time
  readonly openedAt: Time
  readonly closedAt: Time
  readonly score: number
  readonly summary: string
  readonly evidence: readonly Evidence[]
  readonly timeline: readonly { readonly at: Time; readonly what: string }[]
  readonly notes: readonly { readonly at: Time; readonly by: string; readonly text: string }[]
  readonly consumers: readonly Named[]
  readonly lossyShare: number
}

export interface Setting {
  readonly name: string
  readonly value: number
  readonly default: number
  readonly min: number
  readonly max: number
  readonly unit: string
  readonly why: string
}

export interface Detection {
  readonly name: string
  readonly number: number
  readonly title: string
  readonly about: string
  readonly family: string
  readonly owasp: readonly string[]
  readonly falsePositives: readonly string[]
  readonly isEnabled: boolean
  readonly settings: readonly Setting[]
  readonly by: string | null
  readonly at: Time
}

export interface Decoy {
  readonly id: string
  readonly pattern: string
  readonly by: string
  readonly at: Time
}

export interface Exception {
  readonly id: string
  readonly consumer: Named | null
  readonly partner: Named | null
  readonly endpoint: string | null
  readonly detection: string | null
  readonly owner: string
  readonly reason: string
  readonly until: Time
  readonly incident: string | null
  readonly by: string
  readonly at: Time
  readonly heldBack: number
  readonly lastHeldBack: Time
}

export interface Budget {
  readonly consumers: number
  readonly learning: Readonly<Record<LearningState, number>>
  readonly highInWeek: number
  readonly highPerWeek: number
  readonly reviewInDay: number
  readonly reviewInWeek: number
  readonly reviewPerDay: number
  readonly nowAt: Time
}

export interface BacktestIncident {
  readonly id: string
  readonly lane: Lane
  readonly kind: string
  readonly consumer: string
  readonly openedAt: Time
  readonly summary: string
}

export interface Backtest {
  readonly exchanges: number
  readonly from: Time
  readonly to: Time
  readonly incidentsBefore: number
  readonly incidentsAfter: number
  readonly highBefore: number
  readonly highAfter: number
  readonly heldBack: number
  readonly more: readonly BacktestIncident[]
  readonly fewer: readonly BacktestIncident[]
  readonly sentence: string
}

export interface BandDay {
  readonly at: Time
  readonly count: number | null
  readonly q50: number | null
  readonly q99: number | null
}

export interface Band {
  readonly measure: string
  readonly isWatched: boolean
  readonly learnedDays: number
  readonly days: readonly BandDay[]
  readonly peers: { readonly count: number; readonly q50: number; readonly q99: number } | null
}

export interface Baseline {
  readonly consumer: string
  readonly endpoint: string | null
  readonly learning: { readonly state: LearningState; readonly days: number; readonly requests: number } | null
  /** Clients that detections know of it. */
  readonly fingerprints: readonly {
    readonly dimension: string
    readonly value: string
    readonly first: Time
    readonly last: Time
    readonly days: number
  }[]
  readonly bands: readonly Band[]
}

export interface TracedId {
  readonly object: string
  readonly detection: string
  readonly at: Time
  readonly wasGiven: boolean
  readonly owner: Named | null
  readonly isOwn: boolean
  readonly uses: number
  readonly otherUses: number
  readonly givenBy: Named | null
  readonly othersGiven: number
  readonly others: readonly Named[]
}

export interface Provenance {
  readonly items: readonly TracedId[]
  readonly more: number
}
