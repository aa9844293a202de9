// What the console reads of the whole: totals, what is new, who changed what.
import type { Counts, SeriesPoint, Time } from "./common.ts"
import type { Ledger } from "./sensors.ts"

export interface Change {
  readonly sequence: number
  readonly at: Time
  /** When somebody made it; null for what was seen. */
  readonly madeAt: Time
  readonly kind: string
  readonly subject: string
  readonly sentence: string
}

export interface Overview {
  readonly services: number
  readonly endpoints: number
  readonly consumers: number
  readonly sensors: number
  readonly silentSensors: number
  readonly exchanges: number
  readonly errors: number
  readonly firstEvent: Time
  readonly lastEvent: Time
  readonly states: Counts
  readonly postures: Counts
  readonly schemes: Counts
  readonly lossyShare: number
  readonly dark: {
    readonly servers: number
    readonly unread: number
    readonly partly: number
    readonly sessions: number
    readonly bytes: number
  }
  readonly ledger: Ledger
  readonly hourly: readonly SeriesPoint[]
}

/** A change by somebody. Wall clock: people act in their own time. */
export interface AuditEntry {
  readonly sequence: number
  readonly at: Time
  readonly who: string
  readonly action: string
  readonly subject: string
  readonly reason: string
  readonly sentence: string
  readonly edit: unknown
  readonly before: unknown
}
