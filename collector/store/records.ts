// What the store keeps, row by row. Times are event time in µs since 1970 unless the name says otherwise; ids are minted
// by the collector, opaque, never derived from text, and never used again.

export type { ConsumerKeyRecord, ConsumerRecord, Sight, SightKind } from "./consumer-records.ts"
export type {
  AuthRecord,
  AuthWindow,
  BodiesRecord,
  CallRecord,
  EndpointHour,
  EndpointRecord,
  MergeRecord,
  OpenSample,
  ParameterRecord,
  RouteRecord,
  SampleRecord,
  SketchBytes,
  TrafficRecord,
} from "./endpoint-records.ts"

/** What tells which service a server behind TLS may be. */
export type NamedService = Pick<ServiceRecord, "id" | "name" | "authority" | "zone" | "addresses">

/** Exchanges that did not come through a gateway although the service has one. */
export interface BypassRecord {
  requests: number
  successes: number
  /** Of the successes: with a credential. */
  authenticated: number
  firstUs: number
  lastUs: number
  /** Requests by consumer id ("" unknown), bounded, with the consumer's name when it was met. */
  consumers: Record<string, { name: string; requests: number }>
}

/** A place where a service answers; inventory/place/place.ts. */
export interface ListenerRecord {
  /** "pseudonym:port". */
  readonly listener: string
  /** private, public, ..., or the name of a sensor's network. */
  readonly addressClass: string
  /** Exchanges with TLS and without, as far as the sensor sees. */
  requests: { tls: number; clear: number }
  successes: number
  firstSeenUs: number
  lastSeenUs: number
  /** gateway, bypass, behind (a proxy), unknown. */
  role: string
  /** The role was concluded and stays: what is shown as a gateway before that may still turn out as none. */
  isFixed: boolean
  /** Clients while there are few: pseudonym of the address to at most 3 of its principals; `isCrowded`: there were more. */
  clients: Record<string, string[]>
  isCrowded: boolean
  /** Exchanges that gateways had carried when this one was first met beside them. */
  gatewayBase: number
  /** Exchanges here since the latest one at a gateway, and how many those had carried by then. */
  run: number
  runBase: number
  bypass: BypassRecord | null
}

/** A service: an authority (or, without one, a listening address) in a zone. */
export interface ServiceRecord {
  readonly id: string
  /** What people call it: the authority, or the pseudonym of the address and the port. */
  name: string
  readonly authority: string
  readonly zone: string
  /** Where it was seen to answer: "pseudonym:port", bounded, in order of first appearance. */
  addresses: string[]
  /** The same with what was seen there. */
  listeners: ListenerRecord[]
  /** By hand or by rule (documents.ts): "" and none when nobody has said. */
  owner: string
  labels: string[]
  /** 0 to 100: a sum of stated facts (inventory/risk.ts). */
  risk: number
  /** Names of its specifications. */
  specifications: string[]
  ports: number[]
  protocols: string[]
  firstSeenUs: number
  lastSeenUs: number
  requests: number
  /** Exchanges with status >= 400. */
  errors: number
  /** Distinct endpoints minted. */
  endpoints: number
  /** WebSocket conversations; not among the requests. */
  conversations: number
  /** Requests by identity rule and scheme: "jwt bearer-jwt". */
  rules: Record<string, number>
  /** Paths and operations that somebody made up (inventory/flood.ts, path-sweep.ts), as they are kept there; null for none. */
  flood?: unknown
  operationFlood?: unknown
  sweep?: unknown
  /**
   * Exchanges that belong to no endpoint, by reason (inventory/answer.ts). requests + conversations = those of its endpoints
   * + these.
   */
  unlisted: Record<string, number>
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

/** What a sensor saw and missed, of which lists and charts are made. */
export interface SensorCounts {
  /** Packets delivered to the decoder, and packets that the kernel dropped before. */
  packets: number
  kernelDrops: number
  /** Packets that came twice from the mirror and were counted once. */
  duplicates: number
  /** TCP payload that was captured, and stream bytes that never came. */
  payloadBytes: number
  gapBytes: number
  exchanges: number
  /** Of the exchanges: those that were not seen whole. */
  incomplete: number
  /** Message boundaries lost, and sessions pushed out of a full table. */
  resyncs: number
  evictions: number
}

/** The same with what is a state and no count. */
export interface SensorLevels {
  /** Interfaces whose loss cannot be counted: while there are any, no drops means nothing. */
  unknownLoss: number
  /** Step of degradation under overload. */
  overloadStep: number
}

/** A worker of a sensor's present run. */
export interface WorkerRecord {
  readonly worker: number
  readonly boot: string
  /** How often it was started again. */
  readonly restart: number
  readonly sequence: number
  readonly watermarkUs: number
  /** Wall clock of the latest batch at the bus, µs. */
  readonly heardUs: number
  readonly finished: boolean
  readonly silent: boolean
  /** Since its last start. */
  readonly counts: SensorCounts
  readonly levels: SensorLevels
}

export interface SensorRecord {
  readonly sensor: string
  readonly tenant: string
  /** Boot of the latest batch of the present run. */
  boot: string
  sequence: number
  keyEpoch: number
  watermarkUs: number
  firstBatchUs: number
  exchanges: number
  batches: number
  /** Sum of the ledgers of all boots, dotted names; levels are those of the present run, peaks the greatest. */
  ledger: Record<string, number>
  /** Events by quality flag. */
  flags: Record<string, number>
  /** Every worker of the present run has ended by itself. */
  finished: boolean
  /** The present run: boots RUN or RUN-w0, RUN-w1, ... */
  run: string
  workers: readonly WorkerRecord[]
  /** Runs met so far. */
  runs: number
  /** Wall clock of the latest batch at the bus, µs; 0 when it is not known. */
  lastHeardUs: number
  /** No worker of the present run that has not ended is heard. */
  silent: boolean
  /** Batches missing between two that arrived. */
  missingBatches: number
  /** Events by identity rule and scheme: "jwt bearer-jwt". */
  rules: Record<string, number>
  /** Of `exchanges`: dropped as copies when they arrived, because another sensor had shown the exchange already. */
  copies: number
}

/** What happened at a sensor in a minute (or hour) of its packet time. */
export interface SensorMinute extends SensorCounts, SensorLevels {
  readonly sensor: string
  /** Start of the minute or hour, µs. */
  readonly windowUs: number
}

/** What is listening behind TLS, as far as the sessions themselves tell: an entry of the ledger of dark APIs. */
export interface DarkRecord {
  readonly id: string
  /** Server name (SNI) that clients ask for, "" when they ask for none or it was not seen. */
  readonly name: string
  /** Pseudonym of the server's address, its class and port. */
  readonly address: string
  readonly addressClass: string
  readonly port: number
  readonly zone: string
  firstSeenUs: number
  lastSeenUs: number
  sessions: number
  /** TLS bytes each way. */
  requestBytes: number
  responseBytes: number
  /** Notes of sessions by how much of them was read: read, partly, unread. A long session has a note an hour. */
  states: Record<string, number>
  /** Notes by the reason why not (all) was read. */
  reasons: Record<string, number>
  versions: Record<string, number>
  ciphers: Record<string, number>
  alpns: Record<string, number>
  ja4s: Record<string, number>
  issuers: Record<string, number>
  certificateNames: string[]
  /** Subjects of client certificates, by display name, else by pseudonym. */
  clientNames: string[]
  /** Pseudonyms of client addresses, bounded: `isCrowded` says that there were more. */
  clients: string[]
  isCrowded: boolean
  resumed: number
  earlyData: number
}

/** How much is read of what a dark server's sessions said: of all, of some, of none. */
export function darkState({ states }: DarkRecord): "read" | "partly" | "unread" {
  const { read = 0, partly = 0, unread = 0 } = states
  if (partly === 0 && unread === 0) return "read"
  return read > 0 || partly > 0 ? "partly" : "unread"
}

/** Sessions of a dark server in an hour of event time, by their start. */
export interface DarkHour {
  readonly dark: string
  /** Start of the hour, µs. */
  readonly windowUs: number
  sessions: number
  requestBytes: number
  responseBytes: number
}

/** Sums over the ledger of dark APIs, by state of its entries. */
export interface DarkSum {
  /** read, partly, unread. */
  readonly state: string
  readonly servers: number
  readonly sessions: number
  readonly requestBytes: number
  readonly responseBytes: number
}

/** Changes of the window of exchange keys since the checkpoint before (inventory/window-log.ts). */
export interface WindowLogRecord {
  readonly changes: number
  readonly bytes: Uint8Array
}

/** Events that wait for their other half (inventory/waiting-halves.ts). */
export interface WaitingRecord {
  readonly events: Uint8Array
  readonly marks: Uint8Array
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

/** What retention removed since the store was made: sqlite-retention.ts has the units. */
export interface RemovedRecord {
  readonly kind: "evidence" | "hours" | "days" | "incidents"
  /** Older than it is to be kept, or the store was too large. */
  readonly reason: "age" | "size"
  readonly removed: number
  /** Nothing older than this is there any more, but for what comes late; event time, µs. */
  readonly untilUs: number
}

/** How far the stream was taken by one durable consumer: consume/stream-place.ts. */
export interface StreamPlace {
  readonly durable: string
  /** When the stream was made, as its server says it. */
  readonly created: string
  /** Greatest sequence of the stream that was taken. */
  readonly sequence: number
  /** Messages that were no longer in the stream when they were to be taken; those acknowledged and taken again. Totals. */
  readonly gone: number
  readonly again: number
}

/** The store itself. */
export interface StoreFacts {
  /** Of the file; of them free for what comes next; of the write-ahead log beside it. */
  readonly bytes: number
  readonly freeBytes: number
  readonly walBytes: number
  /** Beyond this the oldest is removed; 0: no limit. */
  readonly bytesMax: number
  readonly removed: readonly RemovedRecord[]
  /** Messages that were no longer in the stream when they were to be taken. */
  readonly gone: number
}

/** End-to-end totals since the store was made. */
export interface LedgerRecord {
  /** Exchanges applied to the store. */
  exchanges: number
  /** Events in the batches applied: received = exchanges + joined + copies + waiting. */
  received: number
  /** WebSocket conversations among the exchanges. */
  conversations: number
  /** TLS sessions told of: those of the dark ledger, and those that `limits` says found no place there. */
  tlsSessions: number
  /** Exchanges put together from the halves of two sensors: two events each. */
  joined: number
  /** Events not applied, because another sensor had shown, or then showed, the same exchange. */
  copies: number
  /** Of the copies: those that said more than what had been applied before. */
  betterCopies: number
  /** Halves applied as halves: the other one did not come in time. */
  halvesExpired: number
  /** Events that wait for their other half. */
  waiting: number
  batches: number
  /** Batches seen again and skipped, because their position was already applied. */
  duplicateBatches: number
  /** Batches missing between two that arrived, by their numbers. */
  missingBatches: number
  /** Messages refused, by reason. */
  refused: Record<string, number>
  states: Record<string, number>
  /** Exchanges that belong to no service, by reason. exchanges = requests and conversations of all services + these. */
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
  /** Event time. */
  readonly atUs: number
  /** Wall clock of the edit that brought it about; absent for what was seen. */
  readonly madeUs?: number
  /** service.new, endpoint.new, consumer.new, parameter.new, ... */
  readonly kind: string
  readonly subject: string
  readonly sentence: string
}
