// What the console reads of the API's answers. The API's own document is /api/v1/openapi.json.
import type { Dark } from "./dark-types.ts"

export type Counts = Readonly<Record<string, number>>
export type Time = string | null

export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
  readonly total: number
}

export interface Service {
  readonly id: string
  readonly name: string
  readonly authority: string | null
  readonly zone: string | null
  readonly addresses: readonly string[]
  readonly ports: readonly number[]
  readonly protocols: readonly string[]
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly requests: number
  readonly errors: number
  readonly endpoints: number
  readonly conversations: number
  readonly unlisted: Counts
}

export interface IdentityCoverage {
  readonly requests: number
  readonly anonymous: number
  readonly anonymousShare: number
  readonly rules: readonly {
    readonly rule: string
    readonly scheme: string
    readonly requests: number
    readonly share: number
  }[]
}

export interface ServiceDetail extends Service {
  readonly identity: IdentityCoverage
  readonly dark: readonly Dark[]
}

export type Posture = "consistent" | "partial" | "missing" | "unknown"

export interface EndpointLabel {
  readonly id: string
  readonly service: string
  readonly serviceName: string
  readonly method: string
  readonly template: string
  readonly operation: string | null
}

export interface Endpoint extends EndpointLabel {
  readonly requests: number
  readonly errors: number
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly status: string
  readonly auth: { readonly posture: Posture; readonly schemes: Counts }
  readonly dataClasses: { readonly request: Counts; readonly response: Counts }
  readonly consumers: number
}

export interface Parameter {
  readonly in: "path" | "query" | "header" | "cookie"
  readonly name: string
  readonly requests: number
  readonly presence: number
  readonly kinds: Counts
  readonly firstSeen: Time
  readonly lastSeen: Time
}

export interface Shape {
  readonly id: string
  readonly exchanges: number
  readonly paths: readonly string[]
  /** Data class of a field, by its path. */
  readonly classes: Readonly<Record<string, string>>
}

export interface Body {
  readonly contentTypes: Counts
  readonly shapes: readonly Shape[]
}

export interface Quantiles {
  readonly count: number
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly max: number | null
}

export interface SeriesPoint {
  readonly at: Time
  readonly requests: number
  readonly errors: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly items: number
}

export interface Usage {
  readonly requests: number
  readonly errors: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly items: number
}

export interface EndpointDetail extends Endpoint {
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

export interface Consumer {
  readonly id: string
  readonly name: string
  readonly scheme: string
  readonly partner: string | null
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly requests: number
  readonly errors: number
  readonly endpoints: number
  readonly learning: boolean
}

export interface ConsumerDetail extends Consumer {
  readonly issuer: string | null
  readonly rule: string
  readonly formerPrincipals: readonly string[]
  readonly credentials: readonly string[]
  readonly userAgents: readonly string[]
  readonly prefixes: readonly string[]
  readonly uses: readonly (Usage & { readonly endpoint: EndpointLabel })[]
  readonly hourly: readonly SeriesPoint[]
  readonly daily: readonly SeriesPoint[]
}

export interface MapEntry {
  readonly consumer: { readonly id: string; readonly name: string; readonly scheme: string }
  readonly service: { readonly id: string; readonly name: string }
  readonly requests: number
  readonly errors: number
  readonly responseBytes: number
}

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

export interface Change {
  readonly sequence: number
  readonly at: Time
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
