// Hours of endpoints in SQLite, with sketches. Kept by route; read by endpoint, its routes added up; days are the sum of their hours.
//
// In:  increments. Out: hours or days, oldest first. Sketches are merged as bytes (shared/sketch).
//
// Given up: what lies more than `hoursUs` before the newest hour is kept by day only, days longer than `daysUs` not at all, and of
// more than `rowsMax` rows of either the oldest go. Looked at once in so many checkpoints, so much at a time.
import { mergeSketches } from "../../shared/sketch/sketch-merge.ts"
import type { Database, Statement } from "./database.ts"
import type { EndpointHour } from "./records.ts"
import { ROUTES_OF_ENDPOINT } from "./route-groups.ts"
import { endpointHourOf } from "./rows.ts"

const DAY_US = 24 * 3_600_000_000

export interface EndpointHourLimits {
  readonly hoursUs: number
  readonly daysUs: number
  /** Of hours, and of days. */
  readonly rowsMax: number
}

export const ENDPOINT_HOUR_LIMITS: EndpointHourLimits = {
  hoursUs: 35 * DAY_US,
  daysUs: 400 * DAY_US,
  rowsMax: 2_000_000,
}
/** Old hours are looked for once in so many checkpoints, and so many rows are then put away at most. */
const FORGET_EVERY = 64
const FORGET_ROWS = 5_000
/** Rows put away at once when the store is too large. */
const SHED_ROWS = 500
/** Rows that one call adds up, whatever it asks for. */
const READ_ROWS_MAX = 20_000

const SKETCHES = ["latency_us", "request_bytes", "response_bytes", "items"]
const COLUMNS = ["route", "window_us", "requests", "errors", "lossy", ...SKETCHES]

export class SqliteEndpointHours {
  readonly #limits: EndpointHourLimits
  readonly #hours: WindowTable
  readonly #days: WindowTable

  constructor(database: Database, limits: EndpointHourLimits = ENDPOINT_HOUR_LIMITS) {
    this.#limits = limits
    this.#hours = new WindowTable(database, "endpoint_hours")
    this.#days = new WindowTable(database, "endpoint_days")
  }

  write(checkpoint: number, hours: readonly EndpointHour[]): void {
    for (const hour of hours) this.#hours.add(hour)
    if (checkpoint % FORGET_EVERY === 0) this.#forget()
  }

  /** Everything of one route to another. */
  move(from: string, into: string): void {
    this.#hours.move(from, into)
    this.#days.move(from, into)
  }

  /** Newest `limit` windows, oldest first. `endpoint` is a present id. */
  read(endpoint: string, size: "hour" | "day", sinceUs: number, untilUs: number, limit: number): EndpointHour[] {
    if (size === "hour") return sumByWindow(endpoint, this.#hours.ofEndpoint(endpoint, sinceUs, untilUs), 1, limit)
    const [fromUs, toUs] = [sinceUs, untilUs].map((us) => Math.ceil(us / DAY_US) * DAY_US) as [number, number]
    const rows = [this.#hours, this.#days].flatMap((table) => table.ofEndpoint(endpoint, fromUs, toUs))
    return sumByWindow(endpoint, rows, DAY_US, limit)
  }

  /** Hours before this are kept by day only, so many at a time. Returns how many were put away. */
  putAwayBefore(beforeUs: number): number {
    const hours = this.#hours.oldest(beforeUs, SHED_ROWS)
    for (const hour of hours) this.#putAway(hour)
    return hours.length
  }

  #forget(): void {
    const newestUs = this.#hours.newestUs()
    const hours = this.#hours.oldest(newestUs - this.#limits.hoursUs, FORGET_ROWS)
    for (const hour of hours) this.#putAway(hour)
    for (const hour of this.#hours.oldest(Number.POSITIVE_INFINITY, this.#hours.count() - this.#limits.rowsMax)) {
      this.#putAway(hour)
    }
    const days = this.#days.oldest(newestUs - this.#limits.daysUs, FORGET_ROWS)
    for (const day of days) this.#days.remove(day)
    for (const day of this.#days.oldest(Number.POSITIVE_INFINITY, this.#days.count() - this.#limits.rowsMax)) {
      this.#days.remove(day)
    }
  }

  #putAway(hour: EndpointHour): void {
    this.#days.add({ ...hour, windowUs: startOf(hour.windowUs, DAY_US) })
    this.#hours.remove(hour)
  }
}

/** Rows of one of the two tables. `endpoint` of a row is its route. */
class WindowTable {
  readonly #find: Statement
  readonly #insert: Statement
  readonly #update: Statement
  readonly #ofRoute: Statement
  readonly #ofEndpoint: Statement
  readonly #oldest: Statement
  readonly #newest: Statement
  readonly #count: Statement
  readonly #remove: Statement

  constructor(database: Database, table: string) {
    const all = COLUMNS.join(", ")
    const sets = COLUMNS.slice(2).map((column) => `${column} = ?`)
    this.#find = database.prepare(`SELECT rowid, ${all} FROM ${table} WHERE route = ? AND window_us = ?`)
    this.#insert = database.prepare(`INSERT INTO ${table} (${all}) VALUES (${COLUMNS.map(() => "?").join(", ")})`)
    this.#update = database.prepare(`UPDATE ${table} SET ${sets.join(", ")} WHERE rowid = ?`)
    this.#ofRoute = database.prepare(`SELECT ${all} FROM ${table} WHERE route = ?`)
    this.#ofEndpoint = database.prepare(
      `SELECT ${all} FROM ${table} WHERE route IN (${ROUTES_OF_ENDPOINT}) AND window_us >= ? AND window_us < ? ` +
        "ORDER BY window_us DESC LIMIT ?",
    )
    this.#oldest = database.prepare(`SELECT ${all} FROM ${table} WHERE window_us < ? ORDER BY window_us LIMIT ?`)
    this.#newest = database.prepare(`SELECT max(window_us) AS at FROM ${table}`)
    this.#count = database.prepare(`SELECT count(*) AS count FROM ${table}`)
    this.#remove = database.prepare(`DELETE FROM ${table} WHERE route = ? AND window_us = ?`)
  }

  add(hour: EndpointHour): void {
    const row = this.#find.get(hour.endpoint, hour.windowUs)
    if (row === undefined) {
      this.#insert.run(hour.endpoint, hour.windowUs, ...quantitiesOf(hour))
      return
    }
    this.#update.run(...quantitiesOf(sumOf(endpointHourOf(row), hour)), row.rowid as number)
  }

  remove({ endpoint, windowUs }: EndpointHour): void {
    this.#remove.run(endpoint, windowUs)
  }

  move(from: string, into: string): void {
    for (const hour of this.#ofRoute.all(from).map(endpointHourOf)) {
      this.add({ ...hour, endpoint: into })
      this.remove(hour)
    }
  }

  /** Newest first. Of more rows than one call adds up, those of the windows that are whole. */
  ofEndpoint(endpoint: string, sinceUs: number, untilUs: number): EndpointHour[] {
    const rows = this.#ofEndpoint.all(endpoint, endpoint, sinceUs, untilUs, READ_ROWS_MAX).map(endpointHourOf)
    if (rows.length < READ_ROWS_MAX) return rows
    const cutUs = rows.at(-1)!.windowUs
    return rows.filter((row) => row.windowUs > cutUs)
  }

  oldest(beforeUs: number, limit: number): EndpointHour[] {
    if (limit <= 0) return []
    return this.#oldest.all(Math.min(beforeUs, Number.MAX_SAFE_INTEGER), limit).map(endpointHourOf)
  }

  newestUs(): number {
    return Number(this.#newest.get()?.at ?? 0)
  }

  count(): number {
    return Number(this.#count.get()?.count)
  }
}

function sumByWindow(endpoint: string, rows: readonly EndpointHour[], lengthUs: number, limit: number): EndpointHour[] {
  const windows = new Map<number, EndpointHour>()
  for (const row of rows) {
    const windowUs = startOf(row.windowUs, lengthUs)
    const known = windows.get(windowUs)
    windows.set(windowUs, known === undefined ? { ...row, endpoint, windowUs } : sumOf(known, row))
  }
  return [...windows.values()].sort((a, b) => a.windowUs - b.windowUs).slice(-limit)
}

function startOf(timeUs: number, lengthUs: number): number {
  return Math.floor(timeUs / lengthUs) * lengthUs
}

/** `known` with `more` added to it. */
function sumOf(known: EndpointHour, more: EndpointHour): EndpointHour {
  return {
    endpoint: known.endpoint,
    windowUs: known.windowUs,
    requests: known.requests + more.requests,
    errors: known.errors + more.errors,
    lossy: known.lossy + more.lossy,
    latencyUs: mergeSketches(known.latencyUs, more.latencyUs),
    requestBytes: mergeSketches(known.requestBytes, more.requestBytes),
    responseBytes: mergeSketches(known.responseBytes, more.responseBytes),
    items: mergeSketches(known.items, more.items),
  }
}

function quantitiesOf({ requests, errors, lossy, latencyUs, requestBytes, responseBytes, items }: EndpointHour) {
  return [requests, errors, lossy, latencyUs, requestBytes, responseBytes, items] as const
}
