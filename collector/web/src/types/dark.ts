// What the console reads of the ledger of dark APIs.
import type { Counts, Time } from "./common.ts"

export type DarkState = "read" | "partly" | "unread"
interface ServiceLabel {
  readonly id: string
  readonly name: string
  readonly zone: string | null
}

/** A server behind TLS. */
export interface Dark {
  readonly id: string
  readonly name: string | null
  readonly address: string
  readonly addressClass: string
  readonly port: number
  readonly zone: string | null
  readonly state: DarkState
  readonly sessions: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly clients: number
  readonly moreClients: boolean
  readonly versions: Counts
  readonly alpns: Counts
  readonly reasons: Counts
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly service: ServiceLabel | null
}

export interface DarkDetail extends Dark {
  readonly states: Counts
  readonly why: readonly {
    readonly reason: string
    readonly notes: number
    readonly sentence: string
    readonly advice: string
  }[]
  readonly ciphers: Counts
  readonly ja4s: Counts
  readonly issuers: Counts
  readonly certificateNames: readonly string[]
  readonly clientNames: readonly string[]
  readonly resumed: number
  readonly earlyData: number
  readonly services: readonly ServiceLabel[]
  readonly hourly: readonly {
    readonly at: Time
    readonly sessions: number
    readonly requestBytes: number
    readonly responseBytes: number
  }[]
}
