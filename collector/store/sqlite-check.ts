// Whether a store file is whole: in a bounded form at every start, and all of it when somebody asks.
//
// In:  an open database, or a file. Out: nothing, or a StoreError with one sentence that names the file; a report for `check`.
//
// At a start a file of up to `CHECK_BYTES_MAX` is read whole (quick_check: every page and row, no index against its table). Of a larger
// one only the tables that a start reads anyway are: their time is bounded by the limits of the inventory, not by how long it has run.
import { statSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import type { Database } from "./database.ts"
import { NEWEST_SCHEMA, newerSchema } from "./migrations.ts"
import { guard, storeErrorOf } from "./sqlite-errors.ts"
import { StoreError } from "./store.ts"

/** Files up to this size are checked whole when they are opened: 0.4 s. */
export const CHECK_BYTES_MAX = 128 * 1024 * 1024
/** Read whole at every start. */
const LOADED = [
  "progress",
  "positions",
  "stream_places",
  "sensors",
  "services",
  "service_details",
  "endpoints",
  "endpoint_details",
  "consumers",
  "consumer_details",
  "pairs",
  "shapes",
  "dark",
  "dark_details",
  "routes",
  "route_traffic",
  "merges",
  "documents",
  "window_logs",
  "waiting",
  "snapshots",
]
/** Sentences of damage that a report has at most. */
const FINDINGS_MAX = 20

export type StartForm = "whole" | "loaded tables"

/** Throws StoreError("corrupt"). Tells in which form was checked. */
export function checkAtStart(database: Database, path: string, bytesMax = CHECK_BYTES_MAX): StartForm {
  if (statSync(path).size <= bytesMax) {
    quickCheck(database, path, "quick_check(1)")
    return "whole"
  }
  const there = new Set(database.prepare("SELECT name FROM sqlite_schema").all().map(one))
  for (const table of LOADED) if (there.has(table)) quickCheck(database, path, `quick_check(${table})`)
  return "loaded tables"
}

function quickCheck(database: Database, path: string, pragma: string): void {
  const verdict = String(one(database.prepare(`PRAGMA ${pragma}`).get() ?? {}))
  if (verdict !== "ok") throw damaged(path, verdict)
}

/** What SQLite says of damage, on one line, without the name of the only database that there is. */
function oneLine(verdict: string): string {
  return verdict.replace("*** in database main ***", "").replace(/\s+/g, " ").trim().replace(/\.$/, "")
}

/** The one sentence of every damage. */
export function damaged(path: string, what: string): StoreError {
  return new StoreError(
    "corrupt",
    `${path} is damaged (${oneLine(what)}): put a backup in its place with "sonde-collector restore --data DIR FILE" ` +
      "(deploy/docs/backup.md), or move the folder away to begin anew.",
  )
}

/** Of what the database says only, the sentence that also says where and what to do. */
export function withPath(error: StoreError, path: string): StoreError {
  if (error.message.includes(path)) return error
  if (error.code === "corrupt") return damaged(path, error.message)
  return new StoreError(error.code, `${path}: ${error.message}`)
}

/** What a store says of itself. */
export interface StoreFile {
  readonly bytes: number
  readonly schema: number
  readonly exchanges: number
  readonly checkpoint: number
}

export interface CheckReport extends StoreFile {
  /** Nothing is damaged, and no reference lost. */
  readonly well: boolean
  readonly freeBytes: number
  readonly walBytes: number
  /** What is damaged, a sentence each; empty when nothing is. */
  readonly damage: readonly string[]
  /** Rows that refer to a row that is not there. */
  readonly lostReferences: number
  /** Bytes by table, its indexes included, largest first. */
  readonly tables: readonly { readonly table: string; readonly bytes: number }[]
}

/** All of a file: every page, row, index and reference. A collector may be using it. Throws StoreError when it is no store at all. */
export function checkFile(file: string): CheckReport {
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
    try {
      return reportOf(database, file)
    } finally {
      database.close()
    }
  } catch (error) {
    throw withPath(storeErrorOf(error), file)
  }
}

function reportOf(database: Database, file: string): CheckReport {
  const storeFile = storeFileOf(database, file)
  const damage = damageOf(database, FINDINGS_MAX)
  const lostReferences = damage.length > 0 ? 0 : numberOf(database, "SELECT count(*) FROM pragma_foreign_key_check")
  return {
    well: damage.length === 0 && lostReferences === 0,
    ...storeFile,
    freeBytes: numberOf(database, "PRAGMA freelist_count") * numberOf(database, "PRAGMA page_size"),
    walBytes: walBytesOf(file),
    damage,
    lostReferences,
    tables:
      damage.length > 0
        ? []
        : database
            .prepare(
              "SELECT coalesce(s.tbl_name, d.name) AS owner, sum(d.pgsize) AS bytes FROM dbstat d " +
                "LEFT JOIN sqlite_schema s ON s.name = d.name GROUP BY owner ORDER BY bytes DESC, owner",
            )
            .all()
            .map((row) => ({ table: String(row.owner), bytes: Number(row.bytes) })),
  }
}

/** Throws as `schemaOf` does. */
export function storeFileOf(database: Database, file: string): StoreFile {
  return {
    schema: schemaOf(database, file),
    bytes: numberOf(database, "PRAGMA page_count") * numberOf(database, "PRAGMA page_size"),
    exchanges: numberOf(database, "SELECT json_extract(ledger, '$.exchanges') FROM progress"),
    checkpoint: numberOf(database, "SELECT checkpoint FROM progress"),
  }
}

/** What is damaged in a whole file, a sentence each, at most so many; empty for nothing. */
export function damageOf(database: Database, most: number): string[] {
  try {
    const verdicts = database.prepare(`PRAGMA integrity_check(${most})`).all().map(one).map(String)
    return verdicts.join() === "ok" ? [] : verdicts.map(oneLine)
  } catch (error) {
    // Some damage ends the check.
    const failure = storeErrorOf(error)
    if (failure.code !== "corrupt") throw failure
    return [oneLine(failure.message)]
  }
}

/** Newest migration of a store. Throws StoreError when it is no store, or one of a newer program. */
export function schemaOf(database: Database, file: string): number {
  if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'").get() === undefined)
    throw new StoreError("corrupt", `${file} is no store of a collector.`)
  const schema = numberOf(database, "SELECT coalesce(max(number), 0) FROM migrations")
  if (schema > NEWEST_SCHEMA) throw newerSchema(file, schema)
  return schema
}

/** Bytes of the write-ahead log beside a database; 0 where there is none. */
export function walBytesOf(file: string): number {
  return guard(() => statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0)
}

/** The one number that a query gives; 0 where it gives no row. */
function numberOf(database: Database, sql: string): number {
  return Number(one(database.prepare(sql).get() ?? { none: 0 }))
}

function one(row: Record<string, unknown>): unknown {
  return Object.values(row)[0]
}
