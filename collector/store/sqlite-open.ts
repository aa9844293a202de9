// Opening the file of a store: locked, recovered, checked, brought to the newest schema.
//
// In:  a folder, or ":memory:". Out: the database and its lock, or a StoreError with a sentence for the operator.
//
// What a process that was killed had committed lies in the write-ahead log; SQLite takes it into the database when it is opened, and leaves
// out an end that was not written whole.
import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { MIGRATIONS, migrate } from "./migrations.ts"
import { checkAtStart, damaged, walBytesOf, withPath } from "./sqlite-check.ts"
import { guard, storeErrorOf } from "./sqlite-errors.ts"
import { StoreError } from "./store.ts"

export const DATABASE_FILE = "sonde.sqlite"
export const LOCK_FILE = "sonde.lock"
export const MEMORY = ":memory:"
/** How long a process that is just ending may keep the lock, ms. */
const LOCK_WAIT_MS = 200

const SETTINGS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA busy_timeout = 5000;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -32000;
PRAGMA journal_size_limit = 67108864;
PRAGMA trusted_schema = OFF;`

export interface OpenedDatabase {
  readonly database: DatabaseSync
  /** Null in memory. */
  readonly lock: DatabaseSync | null
  /** Path of the file, ":memory:" where there is none. */
  readonly path: string
}

/** `say`: takes a sentence about what was found. `checkBytesMax`: larger files are checked in the short form. */
export function openFolder(folder: string, say: (sentence: string) => void, checkBytesMax?: number): OpenedDatabase {
  if (folder === MEMORY) return { database: guard(openMemory), lock: null, path: MEMORY }
  guard(() => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  })
  const lock = takeLock(folder)
  const path = join(folder, DATABASE_FILE)
  try {
    return { database: openFile(path, say, checkBytesMax), lock, path }
  } catch (error) {
    lock.close()
    throw withPath(storeErrorOf(error), path)
  }
}

function openFile(path: string, say: (sentence: string) => void, checkBytesMax: number | undefined): DatabaseSync {
  const left = walBytesOf(path)
  // SQLite would begin anew and remove the log.
  if (left > 0 && !existsSync(path)) throw damaged(path, "it is not there, but its write-ahead log is")
  const database = new DatabaseSync(path)
  try {
    database.exec(SETTINGS)
    if (left > 0) say(`${path} was not closed in order: ${left} bytes of its write-ahead log were taken over.`)
    if (checkAtStart(database, path, checkBytesMax) !== "whole")
      say(
        `${path} is large: only the tables that a start reads were checked. "sonde-collector check --db ${path}" reads all of it.`,
      )
    migrate(database, MIGRATIONS, path)
    const missing = missingColumn(database)
    if (missing !== "") throw damaged(path, `it has no ${missing}, as a state of development between two schemas`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** A column that the schema has and the store has not, "" for none: some states of development had numbers of schemas that came later. */
function missingColumn(database: DatabaseSync): string {
  const empty = openMemory()
  const columns = (of: DatabaseSync): string[] =>
    of
      .prepare(
        "SELECT t.name || '.' || c.name AS name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'",
      )
      .all()
      .map(({ name }) => name as string)
  try {
    const there = new Set(columns(database))
    return columns(empty).find((column) => !there.has(column)) ?? ""
  } finally {
    empty.close()
  }
}

/** An empty store in memory: made once a process, because laying out the tables takes 5 ms and copying them 0.3. */
let emptyStore: Uint8Array | null = null

function openMemory(): DatabaseSync {
  const database = new DatabaseSync(MEMORY)
  database.exec(SETTINGS)
  if (emptyStore === null) {
    migrate(database)
    emptyStore = database.serialize()
  } else database.deserialize(emptyStore)
  return database
}

/** Throws StoreError; "locked" while another process has it. */
export function takeLock(directory: string): DatabaseSync {
  const path = join(directory, LOCK_FILE)
  let lock: DatabaseSync | null = null
  try {
    lock = new DatabaseSync(path, { timeout: LOCK_WAIT_MS })
    lock.exec("BEGIN EXCLUSIVE")
    return lock
  } catch (error) {
    lock?.close()
    const failure = storeErrorOf(error)
    if (failure.code === "locked") throw new StoreError("locked", `Another collector is using ${directory}.`)
    throw withPath(failure, path)
  }
}
