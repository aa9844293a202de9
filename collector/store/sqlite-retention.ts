// What of the past is kept: by age, and by the size of the whole store. Inventory, totals over all time, map and audit stay.
//
// In:  event time reached, with a checkpoint, in its transaction. Out: rows removed, counted by kind and reason.
//
//   kind        rows of                                                counted in
//   evidence    journal                                                exchanges
//   hours       pair_hours, series_hours, dark_hours                   rows
//   days        pair_days, series_days                                 rows
//   incidents   incidents that are closed                              incidents
//
// Age is event time: what a replay keeps does not depend on when it runs. Over `bytesMax` the older of evidence and hours goes first, a day at a
// time, then days; never evidence that the analysis needs for its next start, the newest two days of hours, or the newest month of days.
// Bounded: a few milliseconds a checkpoint. Pages that become free are used again; the file does not shrink.
import type { Database, Statement } from "./database.ts"
import type { RemovedRecord } from "./records.ts"
import type { SqliteEndpointHours } from "./sqlite-endpoint-hours.ts"
import type { SqliteIncidents } from "./sqlite-incidents.ts"
import { type Budget, Sweep, type SweptTable } from "./sqlite-sweep.ts"

const HOUR_US = 3_600_000_000
const DAY_US = 24 * HOUR_US

export interface RetentionLimits {
  /** How far back of the event time that was reached, µs. */
  readonly evidenceUs: number
  readonly hoursUs: number
  readonly daysUs: number
  readonly incidentsUs: number
  /** Of the store without free pages; 0: no limit. */
  readonly bytesMax: number
}

export const RETENTION_LIMITS: RetentionLimits = {
  evidenceUs: 90 * DAY_US,
  hoursUs: 100 * DAY_US,
  daysUs: 400 * DAY_US,
  incidentsUs: 800 * DAY_US,
  bytesMax: 64 * 1024 ** 3,
}

/** Looks and rows of one checkpoint. */
const GROUPS = 500
const ROWS = 5000
const PIECES = 16
const INCIDENTS = 200
/** Never removed for room. */
const HOURS_LEAST_US = 2 * DAY_US
const DAYS_LEAST_US = 31 * DAY_US

const HOURS: readonly SweptTable[] = [
  { table: "pair_hours", group: ["endpoint", "consumer"], lookUs: 1000 * HOUR_US },
  { table: "series_hours", group: ["kind", "subject"], lookUs: 1000 * HOUR_US },
  { table: "dark_hours", group: ["dark"], lookUs: 1000 * HOUR_US },
]
const DAYS: readonly SweptTable[] = [
  { table: "pair_days", group: ["endpoint", "consumer"], lookUs: 1000 * DAY_US },
  { table: "series_days", group: ["kind", "subject"], lookUs: 1000 * DAY_US },
]

type Reason = RemovedRecord["reason"]

/** Tables of one kind, swept one after the other. */
class Windows {
  readonly kind: "hours" | "days"
  readonly #sweeps: readonly Sweep[]
  readonly #oldest: Statement
  #beforeUs = 0
  #reason: Reason = "age"

  constructor(database: Database, kind: "hours" | "days", tables: readonly SweptTable[]) {
    this.kind = kind
    this.#sweeps = tables.map((table) => new Sweep(database, table))
    this.#oldest = database.prepare(
      `SELECT window_us FROM series_${kind} WHERE kind = 'all' AND subject = '' ORDER BY window_us LIMIT 1`,
    )
  }

  get isDone(): boolean {
    return this.#sweeps.every(({ isDone }) => isDone)
  }

  /** Oldest window of all traffic, µs; -1 where there is none. */
  oldestUs(): number {
    return Number(this.#oldest.get()?.window_us ?? -1)
  }

  begin(beforeUs: number, reason: Reason): void {
    this.#beforeUs = beforeUs
    this.#reason = reason
    for (const sweep of this.#sweeps) sweep.begin(beforeUs)
  }

  step(budget: Budget, count: (record: RemovedRecord) => void): void {
    const removed = this.#sweeps.reduce((sum, sweep) => sum + sweep.step(budget), 0)
    if (removed > 0) count({ kind: this.kind, reason: this.#reason, removed, untilUs: this.#beforeUs })
  }
}

export interface RetentionParts {
  readonly incidents: SqliteIncidents
  readonly endpointHours: SqliteEndpointHours
}

export class SqliteRetention {
  readonly #limits: RetentionLimits
  readonly #parts: RetentionParts
  readonly #hours: Windows
  readonly #days: Windows
  /** Both, the one first that was last: the hours of very many pairs, or of a fast replay, are never done for long. */
  readonly #turns: Windows[]
  readonly #count: Statement
  readonly #removed: Statement
  readonly #sizes: Statement
  readonly #forgetIncidents: Statement
  /** Hour and day of event time up to which was swept by age; -1 before the first. */
  #hour = -1
  #day = -1

  constructor(database: Database, parts: RetentionParts, limits: RetentionLimits = RETENTION_LIMITS) {
    this.#limits = limits
    this.#parts = parts
    this.#hours = new Windows(database, "hours", HOURS)
    this.#days = new Windows(database, "days", DAYS)
    this.#turns = [this.#hours, this.#days]
    this.#count = database.prepare(
      "INSERT INTO removed VALUES (?, ?, ?, ?) ON CONFLICT (kind, reason) " +
        "DO UPDATE SET removed = removed + excluded.removed, until_us = max(until_us, excluded.until_us)",
    )
    this.#removed = database.prepare("SELECT kind, reason, removed, until_us FROM removed ORDER BY kind, reason")
    this.#sizes = database.prepare(
      "SELECT page_count * page_size AS bytes, freelist_count * page_size AS free_bytes " +
        "FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()",
    )
    this.#forgetIncidents = database.prepare(
      "DELETE FROM incidents WHERE id IN (SELECT id FROM incidents WHERE state = 'closed' AND last_us < ? LIMIT ?)",
    )
  }

  /** In the transaction of a checkpoint. `reachedUs`: event time reached. */
  write(reachedUs: number): void {
    if (reachedUs <= 0) return
    const { bytes, freeBytes } = this.sizes()
    const { bytesMax } = this.#limits
    // Room first: sweeps by age begin with every hour, and a fast replay would leave nothing between them.
    if (bytesMax > 0 && bytes - freeBytes > bytesMax && this.#hours.isDone && this.#days.isDone) this.#shed(reachedUs)
    this.#forgetByAge(reachedUs)
    const budget: Budget = { groups: GROUPS, rows: ROWS }
    for (const windows of this.#turns) windows.step(budget, this.#note)
    this.#turns.reverse()
  }

  /** After a transaction that was rolled back: what was looked at may have to be looked at again. */
  reload(): void {
    this.#hour = -1
    this.#day = -1
  }

  sizes(): { readonly bytes: number; readonly freeBytes: number; readonly bytesMax: number } {
    const row = this.#sizes.get()
    return { bytes: Number(row?.bytes), freeBytes: Number(row?.free_bytes), bytesMax: this.#limits.bytesMax }
  }

  removed(): RemovedRecord[] {
    return this.#removed.all().map((row) => ({
      kind: row.kind as RemovedRecord["kind"],
      reason: row.reason as Reason,
      removed: Number(row.removed),
      untilUs: Number(row.until_us),
    }))
  }

  #forgetByAge(reachedUs: number): void {
    const { evidenceUs, hoursUs, daysUs, incidentsUs } = this.#limits
    const { incidents } = this.#parts
    this.#noteEvidence("age", incidents.forgetOlder(reachedUs - evidenceUs, PIECES))
    this.#noteEvidence("size", incidents.forgetOverflow(PIECES))
    const hour = Math.floor(reachedUs / HOUR_US)
    if (hour > this.#hour && this.#hours.isDone) {
      this.#hour = hour
      this.#hours.begin(hour * HOUR_US - hoursUs, "age")
    }
    const day = Math.floor(reachedUs / DAY_US)
    if (day <= this.#day || !this.#days.isDone) return
    this.#day = day
    this.#days.begin(day * DAY_US - daysUs, "age")
    const beforeUs = day * DAY_US - incidentsUs
    const { changes } = this.#forgetIncidents.run(beforeUs, INCIDENTS)
    if (changes > 0) this.#note({ kind: "incidents", reason: "age", removed: Number(changes), untilUs: beforeUs })
  }

  /** Too large: begins to remove what is oldest. */
  #shed(reachedUs: number): void {
    const { incidents, endpointHours } = this.#parts
    const evidenceUs = incidents.oldestForgettableUs()
    const hoursUs = this.#hours.oldestUs()
    const hasHours = hoursUs >= 0 && hoursUs < reachedUs - HOURS_LEAST_US
    if (evidenceUs >= 0 && (!hasHours || evidenceUs <= hoursUs)) {
      this.#noteEvidence("size", incidents.forgetOlder(Number.POSITIVE_INFINITY, PIECES))
      return
    }
    if (hasHours) {
      const beforeUs = Math.min(dayAfter(hoursUs), reachedUs - HOURS_LEAST_US)
      this.#hours.begin(beforeUs, "size")
      return
    }
    if (endpointHours.putAwayBefore(reachedUs - HOURS_LEAST_US) > 0) return
    const daysUs = this.#days.oldestUs()
    if (daysUs < 0 || daysUs >= reachedUs - DAYS_LEAST_US) return
    this.#days.begin(Math.min(daysUs + 7 * DAY_US, reachedUs - DAYS_LEAST_US), "size")
  }

  #noteEvidence(reason: Reason, { removed, untilUs }: { readonly removed: number; readonly untilUs: number }): void {
    if (removed > 0) this.#note({ kind: "evidence", reason, removed, untilUs })
  }

  readonly #note = ({ kind, reason, removed, untilUs }: RemovedRecord): void => {
    this.#count.run(kind, reason, removed, Math.floor(untilUs))
  }
}

function dayAfter(timeUs: number): number {
  return (Math.floor(timeUs / DAY_US) + 1) * DAY_US
}
