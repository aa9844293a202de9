// The Store on SQLite: one file, one process, write-ahead log.
//
// In:  a directory (made when it is not there), or ":memory:" for tests.
// Out: the store, or a StoreError with a sentence for the operator: locked by another process, newer schema, corrupt.
//
//   DIRECTORY/sonde.sqlite        everything; other programs may read it while the collector runs
//   DIRECTORY/sonde.lock          held exclusively as long as the store is open; the system frees it when a process dies
//
// synchronous=FULL: a commit is on the disk when it returns. Messages are acknowledged after it, so a power cut after an
// acknowledgement must not take the commit back; NORMAL would survive the death of the process only. FULL costs one fsync a
// checkpoint, and checkpoints come once a second.
import type { DatabaseSync } from "node:sqlite"
import type { DocumentKind } from "./documents.ts"
import { clampLimit, clampRows } from "./keyset.ts"
import { walBytesOf, withPath } from "./sqlite-check.ts"
import { SqliteDocuments } from "./sqlite-documents.ts"
import { SqliteEndpointHours } from "./sqlite-endpoint-hours.ts"
import { guard, storeErrorOf } from "./sqlite-errors.ts"
import { SqliteIncidents } from "./sqlite-incidents.ts"
import { SqliteLists } from "./sqlite-lists.ts"
import { SqliteMerges } from "./sqlite-merges.ts"
import { MEMORY, type OpenedDatabase, openFolder } from "./sqlite-open.ts"
import { SqliteOutbox } from "./sqlite-outbox.ts"
import { SqlitePairs } from "./sqlite-pairs.ts"
import { type NamedChanges, SqliteReader } from "./sqlite-reader.ts"
import { SqliteRetention } from "./sqlite-retention.ts"
import { SqliteRoutes } from "./sqlite-routes.ts"
import { readSensorHistory } from "./sqlite-sensor-history.ts"
import { SqliteWriter, type WriterLimits } from "./sqlite-writer.ts"
import type {
  ChangeFilter,
  Checkpoint,
  ConsumerFilter,
  DarkFilter,
  EndpointFilter,
  IncidentFilter,
  PageRequest,
  ServiceFilter,
  Store,
} from "./store.ts"

export interface OpenOptions {
  readonly limits?: WriterLimits
  /** Takes a sentence about what was found at the opening. */
  readonly say?: (sentence: string) => void
  /** Files larger than this are checked in the short form, bytes. */
  readonly checkBytesMax?: number
}

/** Opens the store in `directory` and brings its schema up to date. Rejects with a StoreError. */
export async function openSqliteStore(directory: string, options: OpenOptions = {}): Promise<Store> {
  const opened = openFolder(directory, options.say ?? (() => undefined), options.checkBytesMax)
  try {
    return guard(() => new SqliteStore(opened, options.limits))
  } catch (error) {
    opened.database.close()
    opened.lock?.close()
    throw withPath(storeErrorOf(error), opened.path)
  }
}

class SqliteStore implements Store {
  readonly outbox: SqliteOutbox
  readonly #database: DatabaseSync
  readonly #lock: DatabaseSync | null
  readonly #path: string
  readonly #lists: SqliteLists
  readonly #reader: SqliteReader
  readonly #writer: SqliteWriter
  readonly #documents: SqliteDocuments
  readonly #merges: SqliteMerges
  readonly #pairs: SqlitePairs
  readonly #routes: SqliteRoutes
  readonly #endpointHours: SqliteEndpointHours
  readonly #incidents: SqliteIncidents
  readonly #retention: SqliteRetention

  constructor({ database, lock, path }: OpenedDatabase, limits: WriterLimits | undefined) {
    this.#database = database
    this.#lock = lock
    this.#path = path
    this.outbox = new SqliteOutbox(database, limits?.outbox)
    const documents = new SqliteDocuments(database)
    const endpointHours = new SqliteEndpointHours(database, limits?.endpointHours)
    const merges = new SqliteMerges(database, endpointHours, limits?.merges)
    const pairs = new SqlitePairs(database, limits?.pairLog)
    const routes = new SqliteRoutes(database, merges)
    const incidents = new SqliteIncidents(database, this.outbox, limits?.journalBytes)
    this.#incidents = incidents
    this.#lists = new SqliteLists(database)
    this.#reader = new SqliteReader(database)
    const retention = new SqliteRetention(database, { incidents, endpointHours }, limits?.retention)
    this.#retention = retention
    const parts = { documents, merges, pairs, routes, endpointHours, incidents, retention }
    this.#writer = new SqliteWriter(database, parts, limits)
    this.#documents = documents
    this.#merges = merges
    this.#pairs = pairs
    this.#routes = routes
    this.#endpointHours = endpointHours
  }

  async load() {
    try {
      return this.#guardPairs(() => ({
        ...this.#reader.load(),
        routes: this.#routes.load(),
        merges: this.#merges.load(),
        documents: this.#documents.load(),
      }))
    } catch (error) {
      throw withPath(storeErrorOf(error), this.#path)
    }
  }

  async commit(checkpoint: Checkpoint) {
    guard(() => {
      this.#writer.commit(checkpoint)
    })
  }

  async services(page: PageRequest, filter?: ServiceFilter) {
    return guard(() => this.#lists.services(page, filter))
  }

  async service(id: string) {
    return guard(() => this.#lists.service(id))
  }

  async endpoints(filter: EndpointFilter, page: PageRequest) {
    const { consumer } = filter
    if (consumer === undefined) return guard(() => this.#lists.endpoints(filter, page))
    return this.#guardPairs(() =>
      this.#lists.endpoints({ ...filter, consumer: this.#merges.consumerNow(consumer) }, page),
    )
  }

  async endpoint(id: string) {
    return guard(() => this.#lists.endpoint(this.#routes.endpointNow(id)))
  }

  async consumers(page: PageRequest, filter?: ConsumerFilter) {
    return guard(() => this.#lists.consumers(page, filter))
  }

  async consumer(id: string) {
    return guard(() => this.#lists.consumer(this.#merges.consumerNow(id)))
  }

  async routes(endpoint: string, limit: number) {
    return guard(() => this.#routes.ofEndpoint(endpoint, clampLimit(limit)))
  }

  async endpointHours(...[endpoint, size, sinceUs, untilUs, limit]: Parameters<Store["endpointHours"]>) {
    return guard(() => {
      const id = this.#routes.endpointNow(endpoint)
      return this.#endpointHours.read(id, size, sinceUs, untilUs, clampRows(limit))
    })
  }

  async incidents(filter: IncidentFilter, page: PageRequest) {
    return guard(() => {
      const { consumer, endpoint } = filter
      return this.#incidents.incidents(
        {
          ...filter,
          ...(consumer !== undefined && { consumer: this.#merges.consumerNow(consumer) }),
          ...(endpoint !== undefined && { endpoint: this.#routes.endpointNow(endpoint) }),
        },
        page,
      )
    })
  }

  async incident(id: string) {
    return guard(() => this.#incidents.incident(id))
  }

  async journalAfter(sequence: number) {
    return guard(() => this.#incidents.journalAfter(sequence))
  }

  async journalRange() {
    return guard(() => this.#incidents.journalRange())
  }

  async snapshot() {
    return guard(() => this.#incidents.snapshot())
  }

  async documents<Kind extends DocumentKind>(kind: Kind) {
    return guard(() => this.#documents.documents(kind))
  }

  async document<Kind extends DocumentKind>(kind: Kind, id: string) {
    return guard(() => this.#documents.document(kind, id))
  }

  async audit(beforeSequence: number, limit: number, subject?: string) {
    return guard(() => this.#documents.audit(beforeSequence, limit, this.#names(subject)))
  }

  async countAudit(subject?: string) {
    return guard(() => this.#documents.countAudit(this.#names(subject)))
  }

  async windows(...[by, ...request]: Parameters<Store["windows"]>) {
    return this.#guardPairs(() => this.#reader.windows(this.#present(by), ...request))
  }

  async pairs(...[by, ...request]: Parameters<Store["pairs"]>) {
    return this.#guardPairs(() => this.#reader.pairs(this.#present(by), ...request))
  }

  async map(limit: number) {
    return guard(() => this.#reader.map(limit))
  }

  async series(...[by, ...request]: Parameters<Store["series"]>) {
    const hasOwnTable = Object.values(by).filter((id) => id !== undefined).length <= 1
    const read = () => this.#reader.series(this.#present(by), ...request)
    return hasOwnTable ? guard(read) : this.#guardPairs(read)
  }

  async servicesNamed(authorities: readonly string[]) {
    return guard(() => this.#lists.servicesNamed(authorities))
  }

  async servicesAt(listeners: readonly string[]) {
    return guard(() => this.#lists.servicesAt(listeners))
  }

  async dark(filter: DarkFilter, page: PageRequest) {
    return guard(() => this.#lists.dark(filter, page))
  }

  async darkServer(id: string) {
    return guard(() => this.#lists.darkServer(id))
  }

  async darkHours(...request: Parameters<Store["darkHours"]>) {
    return guard(() => this.#reader.darkHours(...request))
  }

  async darkSums() {
    return guard(() => this.#reader.darkSums())
  }

  async shapes(ids: readonly number[]) {
    return guard(() => this.#reader.shapes(ids))
  }

  async sensors() {
    return guard(() => this.#reader.sensors())
  }

  async sensorHistory(...request: Parameters<Store["sensorHistory"]>) {
    return guard(() => readSensorHistory(this.#database, ...request))
  }

  async ledger() {
    return guard(() => this.#reader.ledger())
  }

  async facts() {
    return guard(() => ({
      ...this.#retention.sizes(),
      walBytes: this.#path === MEMORY ? 0 : walBytesOf(this.#path),
      removed: this.#retention.removed(),
      gone: this.#reader.gone(),
    }))
  }

  async changes(sinceSequence: number, limit: number, filter: ChangeFilter = {}) {
    return guard(() => this.#reader.changes(sinceSequence, limit, this.#named(filter)))
  }

  async latestChanges(limit: number, filter: ChangeFilter = {}, beforeSequence?: number) {
    return guard(() => this.#reader.latestChanges(limit, this.#named(filter), beforeSequence))
  }

  async countChanges(sinceSequence: number, filter: ChangeFilter = {}) {
    return guard(() => this.#reader.countChanges(sinceSequence, this.#named(filter)))
  }

  /** Reads rows of pairs: all of them, the newest increments included. */
  #guardPairs<T>(read: () => T): T {
    return guard(() => {
      this.#pairs.fold()
      return read()
    })
  }

  /** The same with present ids. */
  #present<By extends { readonly consumer?: string; readonly endpoint?: string }>(by: By): By {
    const { endpoint, consumer } = by
    return {
      ...by,
      ...(endpoint !== undefined && { endpoint: this.#routes.endpointNow(endpoint) }),
      ...(consumer !== undefined && { consumer: this.#merges.consumerNow(consumer) }),
    }
  }

  #names(subject: string | undefined): string[] | undefined {
    return subject === undefined ? undefined : this.#routes.namesOf(subject)
  }

  #named({ subject, ...filter }: ChangeFilter): NamedChanges {
    return { ...filter, subjects: this.#names(subject) }
  }

  async ping() {
    guard(() => {
      this.#reader.ping()
    })
  }

  async close() {
    if (this.#database.isOpen) this.#database.close()
    if (this.#lock?.isOpen === true) this.#lock.close()
  }
}
