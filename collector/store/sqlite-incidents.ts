// Incidents, the journal of the analysis and its snapshot in SQLite.
//
// A piece of the journal is needed as long as the snapshot does not hold it; older ones are kept for back-tests until they are too old or
// take too many bytes (sqlite-retention.ts).
import type { Database, Row, Statement } from "./database.ts"
import { newsOf, type Told } from "./incident-news.ts"
import type { IncidentRecord, JournalRange, JournalRecord, SnapshotRecord } from "./incident-records.ts"
import { afterCursor, type Condition, clampLimit, cursorOf, parseSort, type SortColumns } from "./keyset.ts"
import type { SqliteOutbox } from "./sqlite-outbox.ts"
import type { IncidentFilter, Page, PageRequest, WatchRows } from "./store.ts"

/** Bytes of journal kept for back-tests: 20 to 50 million exchanges. */
export const JOURNAL_BYTES_MAX = 1024 * 1024 * 1024

const SORTS: SortColumns = {
  id: "t.id",
  openedUs: "t.opened_us",
  lastEventUs: "t.last_us",
  score: "t.score",
  lane: "t.lane",
  state: "t.state",
  kind: "t.kind",
}

const CONDITIONS: Readonly<Record<keyof IncidentFilter, string>> = {
  state: "t.state = ?",
  notState: "t.state <> ?",
  lane: "t.lane = ?",
  verdict: "t.verdict = ?",
  kind: "t.kind = ?",
  consumer: "t.consumer = ?",
  service: "t.service = ?",
  endpoint: "t.endpoint = ?",
  openedSinceUs: "t.opened_us >= ?",
  activeSinceUs: "t.last_us >= ?",
}

export class SqliteIncidents {
  readonly #database: Database
  readonly #outbox: SqliteOutbox
  readonly #told: Statement
  readonly #put: Statement
  readonly #one: Statement
  readonly #addPiece: Statement
  readonly #nextPiece: Statement
  readonly #putSnapshot: Statement
  readonly #snapshot: Statement
  readonly #forget: Statement
  readonly #oldest: Statement
  readonly #range: Statement
  readonly #bytesMax: number
  /** Bytes of all pieces. */
  #bytes: number

  constructor(database: Database, outbox: SqliteOutbox, bytesMax = JOURNAL_BYTES_MAX) {
    this.#database = database
    this.#outbox = outbox
    this.#told = database.prepare("SELECT state, lane, verdict, version FROM incidents WHERE id = ?")
    this.#bytesMax = bytesMax
    this.#put = database.prepare(
      "INSERT OR REPLACE INTO incidents (id, state, verdict, lane, kind, consumer, service, endpoint, opened_us, last_us, score, record, version) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    this.#one = database.prepare("SELECT record FROM incidents WHERE id = ?")
    this.#addPiece = database.prepare(
      "INSERT INTO journal (sequence, from_us, to_us, exchanges, bytes) VALUES (?, ?, ?, ?, ?)",
    )
    this.#nextPiece = database.prepare("SELECT * FROM journal WHERE sequence > ? ORDER BY sequence LIMIT 1")
    this.#putSnapshot = database.prepare("INSERT OR REPLACE INTO snapshots (one, sequence, bytes) VALUES (1, ?, ?)")
    this.#snapshot = database.prepare("SELECT sequence, bytes FROM snapshots")
    this.#forget = database.prepare("DELETE FROM journal WHERE sequence = ?")
    this.#oldest = database.prepare(
      "SELECT sequence, to_us, exchanges, length(bytes) AS length FROM journal " +
        "WHERE sequence <= coalesce((SELECT sequence FROM snapshots), 0) ORDER BY sequence LIMIT 1",
    )
    this.#range = database.prepare(
      "SELECT count(*) AS pieces, coalesce(sum(exchanges), 0) AS exchanges, coalesce(sum(length(bytes)), 0) AS bytes, " +
        "coalesce(min(iif(exchanges > 0, from_us, NULL)), 0) AS from_us, coalesce(max(to_us), 0) AS to_us FROM journal",
    )
    this.#bytes = Number(this.#range.get()?.bytes ?? 0)
  }

  write(rows: WatchRows): void {
    for (const record of rows.incidents) this.#writeIncident(record)
    for (const { sequence, fromUs, toUs, exchanges, bytes } of rows.journal) {
      this.#addPiece.run(sequence, fromUs, toUs, exchanges, bytes)
      this.#bytes += bytes.length
    }
    if (rows.snapshot !== null) this.#putSnapshot.run(rows.snapshot.sequence, rows.snapshot.bytes)
  }

  incidents(filter: IncidentFilter, page: PageRequest): Page<IncidentRecord> {
    const sort = parseSort(page.sort ?? "-openedUs", SORTS)
    const after = afterCursor(page, sort, "t.id")
    const limit = clampLimit(page.limit)
    const filters: Condition[] = (Object.keys(CONDITIONS) as (keyof IncidentFilter)[]).flatMap((name) => {
      const value = filter[name]
      return value === undefined ? [] : [{ sql: CONDITIONS[name], values: [value] }]
    })
    const conditions = after === null ? filters : [...filters, after]
    const order = sort.isDescending ? "DESC" : "ASC"
    const rows = this.#database
      .prepare(
        `SELECT t.id AS id, ${sort.column} AS sort_value, t.record AS record FROM incidents t ${whereOf(conditions)} ` +
          `ORDER BY ${sort.column} ${order}, t.id ${order} LIMIT ?`,
      )
      .all(...conditions.flatMap(({ values }) => values), limit + 1)
    const count = this.#database.prepare(`SELECT count(*) AS total FROM incidents t ${whereOf(filters)}`)
    const total = Number(count.get(...filters.flatMap(({ values }) => values))?.total)
    const shown = rows.slice(0, limit)
    const last = shown.at(-1)
    const next =
      rows.length > limit && last !== undefined
        ? cursorOf(sort, last.sort_value as string | number, last.id as string)
        : null
    return { items: shown.map(({ record }) => JSON.parse(record as string) as IncidentRecord), next, total }
  }

  incident(id: string): IncidentRecord | null {
    const row = this.#one.get(id)
    return row === undefined ? null : (JSON.parse(row.record as string) as IncidentRecord)
  }

  journalAfter(after: number): JournalRecord | null {
    const row = this.#nextPiece.get(after) as Row | undefined
    if (row === undefined) return null
    return {
      sequence: Number(row.sequence),
      fromUs: Number(row.from_us),
      toUs: Number(row.to_us),
      exchanges: Number(row.exchanges),
      bytes: row.bytes as Uint8Array,
    }
  }

  journalRange(): JournalRange {
    const row = this.#range.get() as Row
    return {
      pieces: Number(row.pieces),
      exchanges: Number(row.exchanges),
      bytes: Number(row.bytes),
      fromUs: Number(row.from_us),
      toUs: Number(row.to_us),
    }
  }

  snapshot(): SnapshotRecord | null {
    const row = this.#snapshot.get()
    return row === undefined ? null : { sequence: Number(row.sequence), bytes: row.bytes as Uint8Array }
  }

  /** After a transaction that was rolled back. */
  reload(): void {
    this.#bytes = this.journalRange().bytes
  }

  /** With what is news of it. */
  #writeIncident(record: IncidentRecord): void {
    const { id, state, verdict, lane, kind, consumer, service, endpoint, openedUs, lastEventUs, score } = record
    const former = this.#told.get(id)
    const news = newsOf((former as unknown as Told | undefined) ?? null, record)
    const version = Number(former?.version ?? 0) + (news === null ? 0 : 1)
    const text = JSON.stringify(record)
    const places = [consumer, service, endpoint, openedUs, lastEventUs]
    this.#put.run(id, state, verdict, lane, kind, ...places, score, text, version)
    if (news !== null) this.#outbox.note(news, version, record, text)
  }

  /** Pieces that the snapshot holds and that end before this, the oldest first, at most so many. Returns their exchanges. */
  forgetOlder(beforeUs: number, piecesMax: number): Forgotten {
    return this.#forgetWhile((toUs) => toUs < beforeUs, piecesMax)
  }

  /** The same of what takes more bytes than the limit. */
  forgetOverflow(piecesMax: number): Forgotten {
    return this.#forgetWhile(() => this.#bytes > this.#bytesMax, piecesMax)
  }

  /** Event time of the oldest piece that may be forgotten, -1 for none. */
  oldestForgettableUs(): number {
    return Number(this.#oldest.get()?.to_us ?? -1)
  }

  #forgetWhile(isOld: (toUs: number) => boolean, piecesMax: number): Forgotten {
    let removed = 0
    let untilUs = 0
    for (let pieces = 0; pieces < piecesMax; pieces++) {
      const oldest = this.#oldest.get()
      if (oldest === undefined || !isOld(Number(oldest.to_us))) break
      this.#forget.run(Number(oldest.sequence))
      this.#bytes -= Number(oldest.length)
      removed += Number(oldest.exchanges)
      untilUs = Number(oldest.to_us)
    }
    return { removed, untilUs }
  }
}

interface Forgotten {
  /** Exchanges. */
  readonly removed: number
  /** End of the newest, µs. */
  readonly untilUs: number
}

function whereOf(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? "" : `WHERE ${conditions.map(({ sql }) => sql).join(" AND ")}`
}
