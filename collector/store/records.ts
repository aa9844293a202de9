// What the store keeps, row by row. Times are event time in µs since 1970 unless the name says otherwise; ids are minted
// by the collector, opaque, never derived from text, and never used again.

/** A service: an authority (or, without one, a listening address) in a zone. */
export interface ServiceRecord {
  readonly id: string
  /** What people call it: the authority, or the pseudonym of the address and the port. */
  name: string
  readonly authority: string
  readonly zone: string
  /** Where it was seen to answer: "pseudonym:port", bounded, in order of first appearance. */
  addresses: string[]
  ports: number[]
  protocols: string[]
  firstSeenUs: number
  lastSeenUs: number
  requests: number
  /** Exchanges with status >= 400. */
  errors: number
  /** Distinct endpoints minted. */
  endpoints: number
  /** Exchanges that belong to no endpoint, by reason (inventory/answer.ts). requests = those of its endpoints + these. */
  unlisted: Record<string, number>
}

/** A parameter of an endpoint. */
export interface ParameterRecord {
  readonly in: "path" | "query" | "header" | "cookie"
  readonly name: string
  /** Requests that carried it. */
  requests: number
  /** Value kinds seen and how often: {"int": 120, "word": 3}. */
  kinds: Record<string, number>
  firstSeenUs: number
  lastSeenUs: number
}

/** A mergeable quantile sketch, serialised; see inventory/quantile-sketch.ts. */
export type SketchBytes = Uint8Array

export interface EndpointRecord {
  readonly id: string
  readonly service: string
  readonly method: string
  /** "/v1/orders/{int}". */
  readonly template: string
  /** Operation key, "" when the path says it all. */
  readonly operation: string
  /** documented, shadow, zombie, orphan, rogue, unknown. */
  status: string
  firstSeenUs: number
  lastSeenUs: number
  requests: number
  errors: number
  /** Exchanges whose evidence is lossy, one-way, midstream or resynchronised: conclusions are weaker by this share. */
  lossy: number
  states: Record<string, number>
  statuses: Record<string, number>
  requestTypes: Record<string, number>
  responseTypes: Record<string, number>
  /** Auth schemes of successful exchanges. */
  schemes: Record<string, number>
  anomalies: Record<string, number>
  /** "request:email" -> count. */
  dataClasses: Record<string, number>
  /** Full response shape hash -> count, bounded. */
  shapes: Record<string, number>
  /** Full request shape hash -> count, bounded. */
  requestShapes: Record<string, number>
  protocols: Record<string, number>
  parameters: ParameterRecord[]
  /** Distinct consumers. */
  consumers: number
  latencyUs: SketchBytes
  requestBytes: SketchBytes
  responseBytes: SketchBytes
  items: SketchBytes
}

export interface ConsumerRecord {
  readonly id: string
  /** Display name, else scheme and pseudonym. */
  name: string
  readonly scheme: string
  /** Principal pseudonym. */
  readonly principal: string
  issuer: string
  rule: string
  partner: string | null
  /** Credential pseudonyms, bounded. */
  credentials: string[]
  userAgents: string[]
  prefixes: string[]
  firstSeenUs: number
  lastSeenUs: number
  requests: number
  errors: number
  /** Distinct endpoints used. */
  endpoints: number
}

/** What one consumer did at one endpoint in one hour (or day) of event time. */
export interface PairCount {
  readonly consumer: string
  readonly endpoint: string
  /** Start of the hour or day, µs. */
  readonly windowUs: number
  requests: number
  errors: number
  requestBytes: number
  responseBytes: number
  items: number
}

/** What happened in one hour (or day) of event time, summed over consumers and endpoints. */
export interface SeriesPoint {
  /** Start of the hour or day, µs. */
  readonly windowUs: number
  readonly requests: number
  readonly errors: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly items: number
}

export interface SensorRecord {
  readonly sensor: string
  readonly tenant: string
  boot: string
  sequence: number
  keyEpoch: number
  watermarkUs: number
  firstBatchUs: number
  exchanges: number
  batches: number
  /** Sum of the ledgers of finished boots plus the present boot's, dotted names. */
  ledger: Record<string, number>
  /** Events by quality flag. */
  flags: Record<string, number>
  finished: boolean
}

/** How far the collector has applied one sensor run. */
export interface Position {
  readonly sensor: string
  readonly boot: string
  /** Greatest sequence applied. */
  readonly sequence: number
  /** Inclusive ranges below `sequence` that were not applied, ascending; at most HOLES_MAX (consume/positions.ts). */
  readonly holes: readonly (readonly [first: number, last: number])[]
  /** Batches in holes that were closed for good because there were too many. */
  readonly lost: number
  /** Cumulative ledger of that run. */
  readonly ledger: Readonly<Record<string, number>>
}

/** End-to-end totals since the store was made. */
export interface LedgerRecord {
  /** Events applied to the store. */
  exchanges: number
  batches: number
  /** Batches seen again and skipped, because their position was already applied. */
  duplicateBatches: number
  /** Batches missing between two that arrived, by their numbers. */
  missingBatches: number
  /** Messages refused, by reason. */
  refused: Record<string, number>
  states: Record<string, number>
  /** Exchanges that belong to no service, by reason. exchanges = requests of all services + these. */
  unlisted: Record<string, number>
  /** What was given up to stay within limits, by limit. */
  limits: Record<string, number>
}

export interface ShapeRecord {
  readonly shape: number
  readonly paths: readonly string[]
  readonly firstSeenUs: number
}

/** Something new in the inventory: the change feed. */
export interface ChangeRecord {
  /** Grows by one a change. */
  readonly sequence: number
  readonly atUs: number
  /** service.new, endpoint.new, consumer.new, parameter.new, ... */
  readonly kind: string
  readonly subject: string
  readonly sentence: string
}
