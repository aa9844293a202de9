// What the console reads of sensors and of the ledger.
import type { Counts, Time } from "./common.ts"

export interface Loss {
  readonly counter: string
  readonly stage: string
  readonly value: number
  readonly unit: string
  readonly severity: "lost" | "ignored" | "noted"
  readonly sentence: string
}

export interface Balance {
  readonly stage: string
  readonly unit: string
  readonly sentence: string
  readonly offered: number
  readonly accounted: number
  readonly holds: boolean
  readonly terms: Counts
}

export interface CounterGroup {
  readonly [name: string]: number | CounterGroup
}

export interface Ledger {
  readonly settled: boolean
  readonly stages: Readonly<Record<string, CounterGroup>>
  readonly balances: readonly Balance[]
  readonly losses: readonly Loss[]
}

export type SensorState = "running" | "silent" | "finished"

/** What was seen and missed. Null where it cannot be told. */
export interface SensorLoss {
  readonly packets: number
  readonly kernelDrops: number | null
  readonly duplicates: number
  readonly payloadBytes: number
  readonly gapBytes: number
  readonly exchanges: number
  readonly incomplete: number
  readonly resyncs: number
  readonly evictions: number
  readonly packetLoss: number | null
  readonly byteLoss: number | null
}

export interface SensorWorker extends SensorLoss {
  readonly worker: number
  readonly boot: string
  readonly restarts: number
  readonly state: SensorState
  readonly lastHeard: Time
  readonly watermark: Time
  readonly overloadStep: number
}

export interface SensorPort {
  readonly name: string
  readonly packets: number
  readonly bytes: number
  readonly kernelDrops: number | null
  readonly packetLoss: number | null
  readonly other: Counts
}

export interface SensorZone {
  readonly name: string
  readonly packets: number
  readonly payloadBytes: number
  readonly gapBytes: number
  readonly gaps: number
  readonly byteLoss: number | null
}

export interface Sensor {
  readonly id: string
  readonly tenant: string
  readonly state: SensorState
  readonly lastHeard: Time
  readonly run: string
  readonly runs: number
  readonly boot: string
  readonly sequence: number
  readonly workers: number
  readonly keyEpoch: number
  readonly watermark: Time
  readonly firstBatch: Time
  readonly exchanges: number
  readonly copies: number
  readonly batches: number
  readonly missingBatches: number
  readonly finished: boolean
  readonly flags: Counts
  readonly loss: SensorLoss & { readonly unknownInterfaces: number }
  readonly overload: {
    readonly step: number
    readonly stepMax: number
    readonly raised: number
    readonly lowered: number
    readonly shedBytes: number
  }
  readonly perWorker: readonly SensorWorker[]
  readonly perPort: readonly SensorPort[]
  readonly perZone: readonly SensorZone[]
  readonly ledger: Ledger
}

export type Step = "minute" | "hour" | "day"

export interface SensorPoint extends SensorLoss {
  readonly at: Time
  readonly unknownInterfaces: number
  readonly overloadStep: number
}

export interface SensorHistory {
  readonly step: Step
  readonly items: readonly SensorPoint[]
}

export interface Totals {
  readonly exchanges: number
  readonly received: number
  readonly joined: number
  readonly copies: number
  readonly betterCopies: number
  readonly halvesExpired: number
  readonly waiting: number
  readonly batches: number
  readonly duplicateBatches: number
  readonly missingBatches: number
  readonly refused: Counts
  readonly states: Counts
  readonly unlisted: Counts
  readonly limits: Counts
  readonly sensors: Ledger
}
