// Checkpoints into SQLite: one transaction each, statements prepared once.
//
// Rows of services, endpoints, consumers, sensors, positions are replaced by absolute values; windows, totals, series and
// map grow by increments, which is safe because the checkpoint's number is written in the same transaction and one that is
// already held is left alone. Series and map are summed in memory first: many pairs share a window; pairs are logged (sqlite-pairs.ts).
import type { Database, Statement } from "./database.ts"
import { darkState, type PairCount } from "./records.ts"
import {
  consumerDetail,
  darkDetail,
  dataClassesOf,
  endpointDetail,
  endpointParts,
  linesOf,
  parameterNamesOf,
  serviceDetail,
} from "./rows.ts"
import { sumMap, sumSeries } from "./series-sums.ts"
import type { SqliteDocuments } from "./sqlite-documents.ts"
import type { EndpointHourLimits, SqliteEndpointHours } from "./sqlite-endpoint-hours.ts"
import type { SqliteIncidents } from "./sqlite-incidents.ts"
import type { SqliteMerges } from "./sqlite-merges.ts"
import type { OutboxLimits } from "./sqlite-outbox.ts"
import { PAIR_COUNTS, type PairLogLimits, type SqlitePairs } from "./sqlite-pairs.ts"
import type { RetentionLimits, SqliteRetention } from "./sqlite-retention.ts"
import type { SqliteRoutes } from "./sqlite-routes.ts"
import { SENSOR_HISTORY_LIMITS, SensorHistory, type SensorHistoryLimits } from "./sqlite-sensor-history.ts"
import { increase, replace, upsert } from "./sqlite-upsert.ts"
import type { Checkpoint } from "./store.ts"
import { transact } from "./transaction.ts"

/** Changes kept; older ones have been news long enough. */
export const CHANGES_MAX = 100_000
/** Positions kept: those of the runs that moved last. */
export const POSITIONS_MAX = 20_000
/** Positions are counted once in so many checkpoints: it means a look at all of them. */
const FORGET_EVERY = 256

export interface WriterLimits {
  readonly changes: number
  readonly positions: number
  readonly history?: SensorHistoryLimits
  readonly endpointHours?: EndpointHourLimits
  readonly merges?: number
  readonly journalBytes?: number
  readonly outbox?: OutboxLimits
  readonly pairLog?: PairLogLimits
  readonly retention?: RetentionLimits
}

/** What writes its own tables, in the same transaction. */
export interface WriterParts {
  readonly documents: SqliteDocuments
  readonly merges: SqliteMerges
  readonly pairs: SqlitePairs
  readonly routes: SqliteRoutes
  readonly endpointHours: SqliteEndpointHours
  readonly incidents: SqliteIncidents
  readonly retention: SqliteRetention
}

export class SqliteWriter {
  readonly #database: Database
  readonly #limits: WriterLimits
  readonly #parts: WriterParts
  readonly #statements: ReturnType<typeof prepareAll>
  /** Service of each route and endpoint, for the series and the map. */
  readonly #serviceOf = new Map<string, string>()
  readonly #history: SensorHistory
  /** Logs of the window of exchange keys in the store, oldest first. */
  #logs: { readonly checkpoint: number; readonly changes: number }[]

  constructor(
    database: Database,
    parts: WriterParts,
    limits: WriterLimits = { changes: CHANGES_MAX, positions: POSITIONS_MAX },
  ) {
    this.#database = database
    this.#parts = parts
    this.#limits = limits
    this.#statements = prepareAll(database)
    this.#history = new SensorHistory(database, limits.history ?? SENSOR_HISTORY_LIMITS)
    this.#logs = database
      .prepare("SELECT checkpoint, changes FROM window_logs ORDER BY checkpoint")
      .all()
      .map((row) => ({ checkpoint: Number(row.checkpoint), changes: Number(row.changes) }))
    for (const row of database
      .prepare("SELECT id, service FROM routes UNION SELECT id, service FROM endpoints")
      .all()) {
      this.#serviceOf.set(row.id as string, row.service as string)
    }
  }

  commit(checkpoint: Checkpoint): void {
    const { merges, incidents, pairs, retention } = this.#parts
    transact(
      this.#database,
      () => {
        if (Number(this.#statements.held.get()?.checkpoint ?? 0) < checkpoint.number) this.#write(checkpoint)
      },
      () => {
        for (const part of [merges, incidents, pairs, retention]) part.reload()
      },
    )
  }

  #write(checkpoint: Checkpoint): void {
    const s = this.#statements
    const { merges, pairs, routes, documents, endpointHours } = this.#parts
    // They move rows of pairs.
    if (checkpoint.merges.length > 0) pairs.foldInside()
    merges.write(checkpoint.merges)
    this.#writeInventory(checkpoint)
    routes.write(checkpoint.routes, checkpoint.goneEndpoints)
    for (const route of checkpoint.routes) this.#serviceOf.set(route.id, route.service)
    if (checkpoint.watch !== null) this.#parts.incidents.write(checkpoint.watch)
    documents.write(checkpoint.documents, checkpoint.audit)
    this.#writeCounts(checkpoint.number, merges.present(checkpoint.hours), merges.present(checkpoint.days))
    endpointHours.write(checkpoint.number, merges.present(checkpoint.endpointHours))
    this.#writeWindow(checkpoint)
    this.#writeDark(checkpoint)
    this.#history.write(checkpoint.number, checkpoint.minutes)
    for (const shape of checkpoint.shapes) s.shape.run(shape.shape, JSON.stringify(shape.paths), shape.firstSeenUs)
    for (const sensor of checkpoint.sensors) s.sensor.run(sensor.sensor, JSON.stringify(sensor))
    for (const position of checkpoint.positions) {
      s.position.run(position.sensor, position.boot, checkpoint.number, JSON.stringify(position))
    }
    for (const place of checkpoint.streamPlaces) s.streamPlace.run(place.durable, JSON.stringify(place))
    if (checkpoint.number % FORGET_EVERY === 0) s.forgetPositions.run(this.#limits.positions)
    for (const change of checkpoint.changes) {
      s.change.run(change.sequence, change.atUs, change.kind, change.subject, change.sentence, change.madeUs ?? 0)
    }
    const newest = checkpoint.changes.at(-1)
    if (newest !== undefined) s.forgetChanges.run(newest.sequence - this.#limits.changes)
    if (checkpoint.watch !== null) this.#parts.retention.write(checkpoint.watch.reachedUs)
    s.progress.run(checkpoint.number, JSON.stringify(checkpoint.ledger))
  }

  #writeInventory(checkpoint: Checkpoint): void {
    const s = this.#statements
    for (const r of checkpoint.services) {
      const seen = [r.firstSeenUs, r.lastSeenUs, r.requests, r.errors]
      s.service.run(r.id, r.name, r.authority, r.zone, ...seen, r.endpoints, r.owner, linesOf(r.labels))
      s.serviceDetail.run(r.id, serviceDetail(r))
    }
    for (const r of checkpoint.endpoints) {
      const seen = [r.firstSeenUs, r.lastSeenUs, r.requests, r.errors]
      const words = [linesOf(r.labels), linesOf(dataClassesOf(r))]
      const judged = [r.lossy, r.consumers, r.posture, r.drift]
      s.endpoint.run(r.id, r.service, r.method, r.template, r.operation, r.status, ...seen, ...judged, ...words)
      s.endpointNames.run(r.id, linesOf(parameterNamesOf(r)))
      s.endpointDetail.run(
        r.id,
        endpointDetail(r),
        endpointParts(r),
        r.latencyUs,
        r.requestBytes,
        r.responseBytes,
        r.items,
      )
      this.#serviceOf.set(r.id, r.service)
    }
    for (const r of checkpoint.consumers) {
      const seen = [r.firstSeenUs, r.lastSeenUs, r.requests, r.errors]
      s.consumer.run(r.id, r.name, r.scheme, r.partner, ...seen, r.endpoints)
      s.consumerDetail.run(r.id, consumerDetail(r))
    }
  }

  #writeCounts(checkpoint: number, hours: readonly PairCount[], days: readonly PairCount[]): void {
    const s = this.#statements
    this.#parts.pairs.add(checkpoint, hours, days)
    this.#writeSeries(s.seriesHour, hours)
    this.#writeSeries(s.seriesDay, days)
    for (const { consumer, service, sums } of sumMap(days, this.#serviceOf)) {
      s.map.run(consumer, service, sums[0], sums[1], sums[3])
    }
  }

  #writeDark({ dark, darkHours }: Checkpoint): void {
    const s = this.#statements
    for (const r of dark) {
      const seen = [r.firstSeenUs, r.lastSeenUs, r.sessions, r.requestBytes, r.responseBytes, r.clients.length]
      s.dark.run(r.id, r.name, r.address, r.addressClass, r.port, r.zone, darkState(r), ...seen)
      s.darkDetail.run(r.id, [...r.certificateNames, ...r.clientNames].join(" "), darkDetail(r))
    }
    for (const h of darkHours) s.darkHour.run(h.dark, h.windowUs, h.sessions, h.requestBytes, h.responseBytes)
  }

  #writeWindow({ number, window, waiting }: Checkpoint): void {
    const s = this.#statements
    if (window !== null) {
      s.log.run(number, window.changes, window.bytes)
      // When the transaction fails the same checkpoint comes again: it is in the list once, and in no harm's way.
      if (this.#logs.at(-1)?.checkpoint !== number) this.#logs.push({ checkpoint: number, changes: window.changes })
      let newer = 0
      let needed = this.#logs.length
      while (needed > 0 && newer < window.keep) newer += this.#logs[--needed]!.changes
      this.#logs.splice(0, needed)
      s.forgetLogs.run(this.#logs[0]!.checkpoint)
    }
    if (waiting === null) return
    s.forgetWaiting.run()
    for (const [place, { events, marks }] of waiting.entries()) s.waiting.run(place, events, marks)
  }

  #writeSeries(statement: Statement, counts: readonly PairCount[]): void {
    for (const { kind, subject, windowUs, sums } of sumSeries(counts, this.#serviceOf)) {
      statement.run(kind, subject, windowUs, ...sums)
    }
  }
}

function prepareAll(database: Database) {
  const seen = ["first_seen_us", "last_seen_us", "requests", "errors"]
  const judged = ["lossy", "consumers", "posture", "drift"]
  const sketches = ["latency_us", "request_bytes", "response_bytes", "items"]
  return {
    held: database.prepare("SELECT checkpoint FROM progress"),
    progress: database.prepare(
      "INSERT INTO progress (one, checkpoint, ledger) VALUES (1, ?, ?) " +
        "ON CONFLICT (one) DO UPDATE SET checkpoint = excluded.checkpoint, ledger = excluded.ledger",
    ),
    service: replace(
      database,
      "services",
      ["id"],
      ["name", "authority", "zone", ...seen, "endpoints", "owner", "labels"],
    ),
    serviceDetail: replace(database, "service_details", ["id"], ["detail"]),
    endpoint: replace(
      database,
      "endpoints",
      ["id"],
      ["service", "method", "template", "operation", "status", ...seen, ...judged, "labels", "classes"],
    ),
    // Names hardly ever change: a row that says the same is left alone.
    endpointNames: database.prepare(
      "INSERT INTO endpoint_names VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET parameters = excluded.parameters " +
        "WHERE parameters <> excluded.parameters",
    ),
    endpointDetail: replace(database, "endpoint_details", ["id"], ["detail", "parts", ...sketches]),
    consumer: replace(database, "consumers", ["id"], ["name", "scheme", "partner", ...seen, "endpoints"]),
    consumerDetail: replace(database, "consumer_details", ["id"], ["detail"]),
    map: increase(database, "map", ["consumer", "service"], ["requests", "errors", "response_bytes"]),
    seriesHour: increase(database, "series_hours", ["kind", "subject", "window_us"], PAIR_COUNTS),
    seriesDay: increase(database, "series_days", ["kind", "subject", "window_us"], PAIR_COUNTS),
    ...prepareDark(database),
    shape: upsert(database, "shapes", ["shape"], ["shape", "paths", "first_seen_us"], ["paths = excluded.paths"]),
    sensor: replace(database, "sensors", ["sensor"], ["record"]),
    position: replace(database, "positions", ["sensor", "boot"], ["used", "record"]),
    streamPlace: replace(database, "stream_places", ["durable"], ["record"]),
    forgetPositions: database.prepare(
      "DELETE FROM positions WHERE rowid IN (SELECT rowid FROM positions ORDER BY used DESC, rowid DESC LIMIT -1 OFFSET ?)",
    ),
    log: replace(database, "window_logs", ["checkpoint"], ["changes", "bytes"]),
    forgetLogs: database.prepare("DELETE FROM window_logs WHERE checkpoint < ?"),
    waiting: database.prepare("INSERT INTO waiting VALUES (?, ?, ?)"),
    forgetWaiting: database.prepare("DELETE FROM waiting"),
    change: database.prepare(
      "INSERT INTO changes (sequence, at_us, kind, subject, sentence, made_us) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    forgetChanges: database.prepare("DELETE FROM changes WHERE sequence <= ?"),
  }
}

function prepareDark(database: Database) {
  const place = ["name", "address", "address_class", "port", "zone", "state"]
  const seen = ["first_seen_us", "last_seen_us", "sessions", "request_bytes", "response_bytes", "clients"]
  return {
    dark: replace(database, "dark", ["id"], [...place, ...seen]),
    darkDetail: replace(database, "dark_details", ["id"], ["names", "detail"]),
    darkHour: increase(database, "dark_hours", ["dark", "window_us"], ["sessions", "request_bytes", "response_bytes"]),
  }
}
