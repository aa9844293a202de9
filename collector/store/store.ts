// The one place where state survives. SQLite today; PostgreSQL behind the same interface when users outgrow a machine,
// so every call is a promise, no SQL leaves the implementation, and no caller assumes it is alone.
import type { AuditRecord, DocumentChange, DocumentKind, StoredDocument } from "./documents.ts"
import type { IncidentRecord, JournalRange, JournalRecord, SnapshotRecord } from "./incident-records.ts"
import type { Outbox } from "./outbox.ts"
import type {
  ChangeRecord,
  ConsumerRecord,
  DarkHour,
  DarkRecord,
  DarkSum,
  EndpointHour,
  EndpointRecord,
  LedgerRecord,
  MergeRecord,
  NamedService,
  PairCount,
  Position,
  RouteRecord,
  SensorMinute,
  SensorRecord,
  SeriesPoint,
  ServiceRecord,
  ShapeRecord,
  StoreFacts,
  StreamPlace,
  WaitingRecord,
  WindowLogRecord,
} from "./records.ts"

/** Everything that changed since the last checkpoint: written in one transaction, or not at all. */
export interface Checkpoint {
  /**
   * 1, 2, 3, ... One that the store already holds is left alone, so that a commit whose answer was lost can be repeated
   * although `hours` and `days` are increments.
   */
  readonly number: number
  /** How far each sensor run was applied: makes redelivery harmless. */
  readonly positions: readonly Position[]
  /** How far streams were taken: those that moved. */
  readonly streamPlaces: readonly StreamPlace[]
  /**
   * Done first, in order: whatever is kept under `from` (windows, totals, series, map; nothing of an endpoint) is added to what is kept
   * under `into`, and `from` is remembered as another name of it.
   */
  readonly merges: readonly MergeRecord[]
  readonly services: readonly ServiceRecord[]
  readonly endpoints: readonly EndpointRecord[]
  /** Endpoints whose routes all belong to others now. Their ids still find those, as merges or as ids of routes. */
  readonly goneEndpoints: readonly string[]
  /** Which endpoint each route belongs to. */
  readonly routes: readonly RouteRecord[]
  readonly consumers: readonly ConsumerRecord[]
  readonly documents: readonly DocumentChange[]
  readonly audit: readonly AuditRecord[]
  /** What is to be added to the hours of endpoints: sketches are merged. */
  readonly endpointHours: readonly EndpointHour[]
  /**
   * What is to be added to the windows touched. Increments, because a late event may belong to a window that is long out
   * of memory; everything else in a checkpoint is an absolute value.
   */
  readonly hours: readonly PairCount[]
  readonly days: readonly PairCount[]
  /** The text of one that is there is replaced, its first sight stays. */
  readonly shapes: readonly ShapeRecord[]
  readonly dark: readonly DarkRecord[]
  /** What is to be added to the hours of dark servers. */
  readonly darkHours: readonly DarkHour[]
  readonly sensors: readonly SensorRecord[]
  /** What is to be added to the minutes of sensors; levels are taken where they are greater. */
  readonly minutes: readonly SensorMinute[]
  /** Null when nothing changed. Older logs are needed no more as soon as the newer ones hold `keep` changes. */
  readonly window: (WindowLogRecord & { readonly keep: number }) | null
  /** All that wait, in place of those stored; null when nothing changed. */
  readonly waiting: readonly WaitingRecord[] | null
  readonly changes: readonly ChangeRecord[]
  /** Of the analysis; null when it took nothing in. */
  readonly watch: WatchRows | null
  readonly ledger: LedgerRecord
}

/** What the analysis adds to a checkpoint. */
export interface WatchRows {
  /** What is news of them, against what the store holds, goes into the outbox. */
  readonly incidents: readonly IncidentRecord[]
  readonly journal: readonly JournalRecord[]
  /** In place of the former one; null: that one stays. */
  readonly snapshot: SnapshotRecord | null
  /** Event time reached: what is too old is too old by this; 0: none yet. */
  readonly reachedUs: number
}

/** What the collector needs in memory to go on where it stopped. */
export interface StoredState {
  readonly positions: readonly Position[]
  readonly streamPlaces: readonly StreamPlace[]
  readonly services: readonly ServiceRecord[]
  readonly endpoints: readonly EndpointRecord[]
  readonly routes: readonly RouteRecord[]
  readonly consumers: readonly ConsumerRecord[]
  /** Ids that were merged into others. */
  readonly merges: readonly MergeRecord[]
  /** Of all kinds; with their bytes only those of kind "templates". */
  readonly documents: readonly StoredDocument[]
  readonly lastAudit: number
  /** (consumer, route) pairs ever seen, with their exchanges. */
  readonly pairs: readonly (readonly [consumer: string, endpoint: string, requests: number])[]
  readonly shapes: readonly ShapeRecord[]
  readonly dark: readonly DarkRecord[]
  readonly sensors: readonly SensorRecord[]
  /** Logs of the window of exchange keys, oldest first. */
  readonly window: readonly WindowLogRecord[]
  readonly waiting: readonly WaitingRecord[]
  readonly ledger: LedgerRecord
  readonly lastChange: number
  /** Number of the checkpoint held, 0 in a new store. */
  readonly lastCheckpoint: number
}

/** A page of a list. `next` is the cursor of the following page, null on the last. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
  /** Rows that match the filter, over all pages. */
  readonly total: number
}

export interface PageRequest {
  /** 1 to 1000. */
  readonly limit: number
  readonly cursor?: string | undefined
  /** Field name of the record, "-" in front for descending. The implementation refuses unknown ones with a StoreError. */
  readonly sort?: string | undefined
}

export interface EndpointFilter {
  readonly service?: string | undefined
  readonly method?: string | undefined
  readonly status?: string | undefined
  readonly consumer?: string | undefined
  /**
   * Text that the template, operation, a label, the name of a parameter, or name or owner of the service contains,
   * case-insensitive.
   */
  readonly search?: string | undefined
  /** consistent, partial, missing, unknown. */
  readonly posture?: string | undefined
  /** A data class, in either direction. */
  readonly dataClass?: string | undefined
  /** Whether it differs from its specification. */
  readonly hasDrift?: boolean | undefined
  readonly label?: string | undefined
  /** Event time: those first seen at or after it, those last seen at or after it, µs. */
  readonly newSinceUs?: number | undefined
  readonly seenSinceUs?: number | undefined
}

export interface ServiceFilter {
  /** Text that its name, owner or a label contains, case-insensitive. */
  readonly search?: string | undefined
  readonly owner?: string | undefined
  readonly label?: string | undefined
  /** As for endpoints. */
  readonly newSinceUs?: number | undefined
  readonly seenSinceUs?: number | undefined
}

export interface ConsumerFilter {
  /** Text that its name or its partner's name contains, case-insensitive. */
  readonly search?: string | undefined
  readonly scheme?: string | undefined
  /** Id of a partner; "" for those of none. */
  readonly partner?: string | undefined
  /** Id of a service that it uses. */
  readonly service?: string | undefined
  /** As for endpoints. */
  readonly newSinceUs?: number | undefined
  readonly seenSinceUs?: number | undefined
}

export interface ChangeFilter {
  /** "endpoint.new", or "endpoint" for all kinds below it. */
  readonly kind?: string | undefined
  /** Id of what changed; of an endpoint what was told under its other ids is found, too. */
  readonly subject?: string | undefined
  /** Those at or after it, µs: by event time, or by the time when people made it. */
  readonly sinceUs?: number | undefined
}

export interface IncidentFilter {
  /** open, acknowledged, closed. */
  readonly state?: string | undefined
  readonly notState?: string | undefined
  readonly lane?: string | undefined
  readonly verdict?: string | undefined
  readonly kind?: string | undefined
  /** Ids; not resolved. */
  readonly consumer?: string | undefined
  readonly service?: string | undefined
  readonly endpoint?: string | undefined
  /** Event time, µs. */
  readonly openedSinceUs?: number | undefined
  readonly activeSinceUs?: number | undefined
}

export interface DarkFilter {
  /** read, partly, unread. */
  readonly state?: string | undefined
  readonly name?: string | undefined
  readonly port?: number | undefined
  /** Text that the server name, the address or a certificate name contains, case-insensitive. */
  readonly search?: string | undefined
}

/** The store's failures, each with a stable code. */
export class StoreError extends Error {
  readonly code: "newer-schema" | "corrupt" | "disk-full" | "locked" | "bad-cursor" | "bad-sort" | "io"
  constructor(code: StoreError["code"], message: string) {
    super(message)
    this.code = code
  }
}

export interface Store {
  /** Filled by `commit` from what is news of the incidents of its checkpoint. */
  readonly outbox: Outbox
  /** Reads what the collector keeps in memory. */
  load(): Promise<StoredState>
  /** Commits a checkpoint: all of it or, when it throws, nothing. Acknowledge messages only after it resolved. */
  commit(checkpoint: Checkpoint): Promise<void>

  services(page: PageRequest, filter?: ServiceFilter): Promise<Page<ServiceRecord>>
  service(id: string): Promise<ServiceRecord | null>
  endpoints(filter: EndpointFilter, page: PageRequest): Promise<Page<EndpointRecord>>
  /** Also by a former id: the record has the id that it is known by now. */
  endpoint(id: string): Promise<EndpointRecord | null>
  /** Routes of an endpoint, busiest first, at most `limit`. */
  routes(endpoint: string, limit: number): Promise<readonly RouteRecord[]>
  /** Hours or days of an endpoint with sketches, oldest first; of more than `limit` the newest ones. */
  endpointHours(
    endpoint: string,
    size: "hour" | "day",
    sinceUs: number,
    untilUs: number,
    limit: number,
  ): Promise<readonly EndpointHour[]>
  consumers(page: PageRequest, filter?: ConsumerFilter): Promise<Page<ConsumerRecord>>
  /** Also by a former id. */
  consumer(id: string): Promise<ConsumerRecord | null>
  incidents(filter: IncidentFilter, page: PageRequest): Promise<Page<IncidentRecord>>
  incident(id: string): Promise<IncidentRecord | null>
  /** The piece of the journal that follows, null after the last one. */
  journalAfter(sequence: number): Promise<JournalRecord | null>
  journalRange(): Promise<JournalRange>
  snapshot(): Promise<SnapshotRecord | null>
  /** All documents of a kind, in order of id, without their bytes. */
  documents<Kind extends DocumentKind>(kind: Kind): Promise<readonly StoredDocument<Kind>[]>
  /** With its bytes. */
  document<Kind extends DocumentKind>(kind: Kind, id: string): Promise<StoredDocument<Kind> | null>
  /** Newest first, those before `beforeSequence` (0: from the newest), of one subject (under all its ids) where it is given. */
  audit(beforeSequence: number, limit: number, subject?: string): Promise<readonly AuditRecord[]>
  countAudit(subject?: string): Promise<number>
  /** Window counts of a consumer, an endpoint (all its routes), or a pair, oldest first, at most `limit`. */
  windows(
    by: { readonly consumer?: string; readonly endpoint?: string },
    size: "hour" | "day",
    sinceUs: number,
    untilUs: number,
    limit: number,
  ): Promise<readonly PairCount[]>
  /** Totals per (consumer, endpoint) over all time, busiest first, at most `limit`. */
  pairs(by: { readonly consumer?: string; readonly endpoint?: string }, limit: number): Promise<readonly PairCount[]>
  /** Totals per (consumer, service) over all time, busiest first, at most `limit`: the map. */
  map(limit: number): Promise<
    readonly {
      readonly consumer: string
      readonly service: string
      readonly requests: number
      readonly errors: number
      readonly responseBytes: number
    }[]
  >
  /**
   * Counts by hour or day, summed in the store over everything that matches: an endpoint, a service, a consumer, or (with an
   * empty filter) all traffic. Oldest first; of more than `limit` windows the newest ones.
   */
  series(
    by: { readonly consumer?: string; readonly endpoint?: string; readonly service?: string },
    size: "hour" | "day",
    sinceUs: number,
    untilUs: number,
    limit: number,
  ): Promise<readonly SeriesPoint[]>
  /** Services of these authorities, in any zone, at most 100 of each. */
  servicesNamed(authorities: readonly string[]): Promise<readonly NamedService[]>
  /** Services seen at one of these places ("pseudonym:port"), in any zone, at most 1000. */
  servicesAt(listeners: readonly string[]): Promise<readonly NamedService[]>
  /** The ledger of dark APIs. */
  dark(filter: DarkFilter, page: PageRequest): Promise<Page<DarkRecord>>
  darkServer(id: string): Promise<DarkRecord | null>
  /** Oldest first; of more than `limit` hours the newest ones. */
  darkHours(id: string, sinceUs: number, untilUs: number, limit: number): Promise<readonly DarkHour[]>
  darkSums(): Promise<readonly DarkSum[]>
  shapes(ids: readonly number[]): Promise<readonly ShapeRecord[]>
  sensors(): Promise<readonly SensorRecord[]>
  /**
   * What happened at a sensor by minute, hour or day of its packet time, oldest first; of more than `limit` windows the newest
   * ones. Minutes are kept for a week, hours for over a year.
   */
  sensorHistory(
    sensor: string,
    step: "minute" | "hour" | "day",
    sinceUs: number,
    untilUs: number,
    limit: number,
  ): Promise<readonly SensorMinute[]>
  ledger(): Promise<LedgerRecord>
  /** Sizes, and what retention removed. */
  facts(): Promise<StoreFacts>
  /** Oldest first, those after `sinceSequence`. */
  changes(sinceSequence: number, limit: number, filter?: ChangeFilter): Promise<readonly ChangeRecord[]>
  /** The newest changes, newest first, those before `beforeSequence` where it is given. */
  latestChanges(limit: number, filter?: ChangeFilter, beforeSequence?: number): Promise<readonly ChangeRecord[]>
  /** Changes after `sinceSequence`. */
  countChanges(sinceSequence: number, filter?: ChangeFilter): Promise<number>
  /** Cheap proof that the store answers: for /readyz. */
  ping(): Promise<void>
  close(): Promise<void>
}
