// Everything read from SQLite that is not a list: the state to go on from, windows, totals, series, map, ledger, changes.
import type { Database, Row, SqlValue, Statement } from "./database.ts"
import { clampLimit, clampRows } from "./keyset.ts"
import type {
  ChangeRecord,
  DarkHour,
  DarkSum,
  LedgerRecord,
  PairCount,
  Position,
  SensorRecord,
  SeriesPoint,
  ShapeRecord,
  StreamPlace,
  WaitingRecord,
  WindowLogRecord,
} from "./records.ts"
import { ENDPOINT_OF_ROUTE, JOIN_ROUTES, ROUTES_OF_ENDPOINT, sumsOf } from "./route-groups.ts"
import {
  consumerOf,
  darkHourOf,
  darkOf,
  darkSumOf,
  endpointOf,
  pairOf,
  pointOf,
  type StoredRow,
  serviceOf,
} from "./rows.ts"
import type { ChangeFilter, Store, StoredState } from "./store.ts"

type PairFilter = Parameters<Store["pairs"]>[0]
type SeriesFilter = Parameters<Store["series"]>[0]
type MapRow = Awaited<ReturnType<Store["map"]>>[number]

/** With all names of the subject. */
export type NamedChanges = Omit<ChangeFilter, "subject"> & { readonly subjects?: readonly string[] | undefined }

export const EMPTY_LEDGER: LedgerRecord = {
  exchanges: 0,
  received: 0,
  conversations: 0,
  tlsSessions: 0,
  joined: 0,
  copies: 0,
  betterCopies: 0,
  halvesExpired: 0,
  waiting: 0,
  batches: 0,
  duplicateBatches: 0,
  missingBatches: 0,
  refused: {},
  states: {},
  unlisted: {},
  limits: {},
}

export class SqliteReader {
  readonly #database: Database
  readonly #statements = new Map<string, Statement>()

  constructor(database: Database) {
    this.#database = database
  }

  load(): Omit<StoredState, "routes" | "merges" | "documents"> {
    const progress = this.#all("SELECT checkpoint, ledger FROM progress")[0]
    return {
      positions: this.#all("SELECT record FROM positions ORDER BY used, rowid").map(documentOf<Position>),
      streamPlaces: this.#all("SELECT record FROM stream_places").map(documentOf<StreamPlace>),
      services: this.#all("SELECT * FROM services JOIN service_details USING (id) ORDER BY id").map(serviceOf),
      endpoints: this.#all("SELECT * FROM endpoints JOIN endpoint_details USING (id) ORDER BY id").map(endpointOf),
      lastAudit: Number(this.#all("SELECT coalesce(max(sequence), 0) AS last FROM audit")[0]?.last ?? 0),
      consumers: this.#all("SELECT * FROM consumers JOIN consumer_details USING (id) ORDER BY id").map(consumerOf),
      pairs: this.#all("SELECT consumer, endpoint, requests FROM pairs WHERE consumer <> '' AND endpoint <> ''").map(
        (row) => [row.consumer as string, row.endpoint as string, row.requests as number] as const,
      ),
      shapes: this.#all("SELECT * FROM shapes").map(shapeOf),
      dark: this.#all("SELECT * FROM dark JOIN dark_details USING (id) ORDER BY id").map(darkOf),
      sensors: this.sensors(),
      window: this.#all("SELECT changes, bytes FROM window_logs ORDER BY checkpoint").map(logOf),
      waiting: this.#all("SELECT events, marks FROM waiting ORDER BY place").map(waitingOf),
      ledger: this.ledger(),
      lastChange: Number(this.#all("SELECT coalesce(max(sequence), 0) AS last FROM changes")[0]?.last ?? 0),
      lastCheckpoint: Number(progress?.checkpoint ?? 0),
    }
  }

  /** Messages that no consumer of this store could take. */
  gone(): number {
    return Number(
      this.#all("SELECT coalesce(sum(json_extract(record, '$.gone')), 0) AS gone FROM stream_places")[0]?.gone,
    )
  }

  windows(by: PairFilter, size: "hour" | "day", sinceUs: number, untilUs: number, limit: number): PairCount[] {
    // `pairs` says which rows of the windows table exist, so that its one index serves every filter.
    const { where, values } = pairWhere(by)
    return this.#all(
      `SELECT ${ENDPOINT_OF_ROUTE} AS endpoint, p.consumer AS consumer, w.window_us AS window_us, ${sumsOf("w")} ` +
        `FROM pairs p CROSS JOIN pair_${size}s w ON w.endpoint = p.endpoint AND w.consumer = p.consumer ` +
        `AND w.window_us >= ? AND w.window_us < ? ${JOIN_ROUTES} WHERE ${where} ` +
        "GROUP BY 3, 1, 2 ORDER BY 3, 1, 2 LIMIT ?",
      sinceUs,
      untilUs,
      ...values,
      clampRows(limit),
    ).map(pairOf)
  }

  pairs(by: PairFilter, limit: number): PairCount[] {
    const { where, values } = pairWhere(by)
    return this.#all(
      `SELECT ${ENDPOINT_OF_ROUTE} AS endpoint, p.consumer AS consumer, max(p.window_us) AS window_us, ${sumsOf("p")} ` +
        `FROM pairs p ${JOIN_ROUTES} WHERE ${where} GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2 LIMIT ?`,
      ...values,
      clampRows(limit),
    ).map(pairOf)
  }

  map(limit: number): MapRow[] {
    return this.#all("SELECT * FROM map ORDER BY requests DESC, consumer, service LIMIT ?", clampRows(limit)).map(
      mapRowOf,
    )
  }

  /** Newest `limit` windows, oldest first. One subject has a table of sums; two are added up from the pairs. */
  series(by: SeriesFilter, size: "hour" | "day", sinceUs: number, untilUs: number, limit: number): SeriesPoint[] {
    const subjects = (["service", "endpoint", "consumer"] as const).filter((kind) => by[kind] !== undefined)
    const window = [sinceUs, untilUs, clampRows(limit)]
    if (subjects.length <= 1) {
      const kind = subjects[0] ?? "all"
      const subject = subjects[0] === undefined ? "" : by[subjects[0]]!
      const own = kind === "endpoint" ? `subject IN (${ROUTES_OF_ENDPOINT})` : "subject = ?"
      return this.#all(
        `SELECT window_us, ${sumsOf("s")} FROM series_${size}s s WHERE kind = ? AND ${own} ` +
          "AND window_us >= ? AND window_us < ? GROUP BY window_us ORDER BY window_us DESC LIMIT ?",
        kind,
        ...(kind === "endpoint" ? [subject, subject] : [subject]),
        ...window,
      )
        .map(pointOf)
        .reverse()
    }
    const { where, values } = pairWhere(by)
    return this.#all(
      `SELECT w.window_us AS window_us, ${sumsOf("w")} FROM pairs p ` +
        `CROSS JOIN pair_${size}s w ON w.endpoint = p.endpoint AND w.consumer = p.consumer ` +
        `WHERE ${where} AND w.window_us >= ? AND w.window_us < ? ` +
        "GROUP BY w.window_us ORDER BY w.window_us DESC LIMIT ?",
      ...values,
      ...window,
    )
      .map(pointOf)
      .reverse()
  }

  shapes(ids: readonly number[]): ShapeRecord[] {
    return ids.flatMap((id) => this.#all("SELECT * FROM shapes WHERE shape = ?", id).map(shapeOf))
  }

  darkHours(id: string, sinceUs: number, untilUs: number, limit: number): DarkHour[] {
    return this.#all(
      "SELECT * FROM dark_hours WHERE dark = ? AND window_us >= ? AND window_us < ? ORDER BY window_us DESC LIMIT ?",
      id,
      sinceUs,
      untilUs,
      clampRows(limit),
    )
      .map(darkHourOf)
      .reverse()
  }

  darkSums(): DarkSum[] {
    return this.#all(
      "SELECT state, count(*) AS servers, sum(sessions) AS sessions, sum(request_bytes) AS request_bytes, " +
        "sum(response_bytes) AS response_bytes FROM dark GROUP BY state ORDER BY state",
    ).map(darkSumOf)
  }

  sensors(): SensorRecord[] {
    return this.#all("SELECT record FROM sensors ORDER BY sensor").map(documentOf<SensorRecord>)
  }

  ledger(): LedgerRecord {
    const row = this.#all("SELECT ledger FROM progress")[0]
    return row === undefined ? EMPTY_LEDGER : (JSON.parse(row.ledger as string) as LedgerRecord)
  }

  changes(sinceSequence: number, limit: number, filter: NamedChanges): ChangeRecord[] {
    const { where, values } = changeWhere(filter)
    return this.#all(
      `SELECT * FROM changes WHERE sequence > ?${where} ORDER BY sequence LIMIT ?`,
      sinceSequence,
      ...values,
      clampLimit(limit),
    ).map(changeOf)
  }

  latestChanges(limit: number, filter: NamedChanges, beforeSequence = Number.MAX_SAFE_INTEGER): ChangeRecord[] {
    const { where, values } = changeWhere(filter)
    return this.#all(
      `SELECT * FROM changes WHERE sequence < ?${where} ORDER BY sequence DESC LIMIT ?`,
      beforeSequence,
      ...values,
      clampLimit(limit),
    ).map(changeOf)
  }

  countChanges(sinceSequence: number, filter: NamedChanges): number {
    const { where, values } = changeWhere(filter)
    const row = this.#all(
      `SELECT count(*) AS count FROM changes WHERE sequence > ?${where}`,
      sinceSequence,
      ...values,
    )[0]
    return Number(row?.count)
  }

  ping(): void {
    this.#all("SELECT checkpoint FROM progress")
  }

  #all(sql: string, ...values: SqlValue[]): Row[] {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement.all(...values) as Row[]
  }
}

function pairWhere(by: SeriesFilter): { where: string; values: SqlValue[] } {
  const conditions = ["p.endpoint <> ''", "p.consumer <> ''"]
  const values: SqlValue[] = []
  if (by.endpoint !== undefined) {
    conditions.push(`p.endpoint IN (${ROUTES_OF_ENDPOINT})`)
    values.push(by.endpoint, by.endpoint)
  }
  if (by.service !== undefined) {
    conditions.push(
      "p.endpoint IN (SELECT id FROM routes WHERE service = ? UNION SELECT id FROM endpoints WHERE service = ?)",
    )
    values.push(by.service, by.service)
  }
  if (by.consumer !== undefined) {
    conditions.push("p.consumer = ?")
    values.push(by.consumer)
  }
  return { where: conditions.join(" AND "), values }
}

function changeWhere({ kind, subjects, sinceUs }: NamedChanges): { where: string; values: SqlValue[] } {
  const conditions: string[] = []
  const values: SqlValue[] = []
  if (kind !== undefined) {
    conditions.push(" AND (kind = ? OR substr(kind, 1, length(?) + 1) = ? || '.')")
    values.push(kind, kind, kind)
  }
  if (subjects !== undefined) {
    conditions.push(" AND subject IN (SELECT value FROM json_each(?))")
    values.push(JSON.stringify(subjects))
  }
  if (sinceUs !== undefined) {
    conditions.push(" AND max(at_us, made_us) >= ?")
    values.push(sinceUs)
  }
  return { where: conditions.join(""), values }
}

function documentOf<T>(row: StoredRow): T {
  return JSON.parse(row.record) as T
}

function logOf({ changes, bytes }: StoredRow): WindowLogRecord {
  return { changes, bytes }
}

function shapeOf({ shape, paths, first_seen_us }: StoredRow): ShapeRecord {
  return { shape, paths: JSON.parse(paths as string) as string[], firstSeenUs: first_seen_us }
}

function waitingOf({ events, marks }: StoredRow): WaitingRecord {
  return { events, marks }
}

function mapRowOf(row: StoredRow): MapRow {
  const { consumer, service, requests, errors } = row
  return { consumer, service, requests, errors, responseBytes: row.response_bytes }
}

function changeOf(row: StoredRow): ChangeRecord {
  const { sequence, at_us: atUs, made_us: madeUs, kind, subject, sentence } = row
  return { sequence, atUs, ...(madeUs === 0 ? {} : { madeUs }), kind, subject, sentence }
}
