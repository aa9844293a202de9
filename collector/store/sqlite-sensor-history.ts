// What sensors saw and missed over time: a row a sensor and minute, and one a sensor and hour that lasts longer.
//
// In:  increments by minute of packet time, with a checkpoint. Out: points by minute, hour or day.
// Given up: minutes older than a week and hours older than 400 days before a sensor's newest; beyond `rowsMax` rows of
// either, the oldest of all sensors. Looked at once in `FORGET_EVERY` checkpoints.
import type { Database, SqlValue, Statement } from "./database.ts"
import type { SensorMinute } from "./records.ts"
import type { StoredRow } from "./rows.ts"
import { upsert } from "./sqlite-upsert.ts"
import type { Store } from "./store.ts"

export interface SensorHistoryLimits {
  /** How far back of a sensor's newest row, µs. */
  readonly minutesUs: number
  readonly hoursUs: number
  /** Rows of minutes, and rows of hours, over all sensors: a hundred sensors for a week. */
  readonly rowsMax: number
}

const MINUTE_US = 60_000_000
const HOUR_US = 60 * MINUTE_US
const DAY_US = 24 * HOUR_US
export const SENSOR_HISTORY_LIMITS: SensorHistoryLimits = {
  minutesUs: 7 * DAY_US,
  hoursUs: 400 * DAY_US,
  rowsMax: 1_000_000,
}
const FORGET_EVERY = 64
/** Points that one call may return, whatever it asks for. */
const POINTS_MAX = 20_000

const COUNTS = [
  "packets",
  "kernel_drops",
  "duplicates",
  "payload_bytes",
  "gap_bytes",
  "exchanges",
  "incomplete",
  "resyncs",
  "evictions",
] as const
const LEVELS = ["unknown_loss", "overload_step"] as const

const TABLES = ["sensor_minutes", "sensor_hours"] as const
type Table = (typeof TABLES)[number]

interface TableStatements {
  readonly add: Statement
  readonly newest: Statement
  readonly forget: Statement
  readonly count: Statement
  readonly cutoff: Statement
  readonly forgetAll: Statement
}

export class SensorHistory {
  readonly #limits: SensorHistoryLimits
  readonly #statements: Readonly<Record<Table, TableStatements>>
  /** Sensors with rows since they were last looked at. */
  readonly #touched = new Set<string>()

  constructor(database: Database, limits: SensorHistoryLimits) {
    this.#limits = limits
    this.#statements = {
      sensor_minutes: prepare(database, "sensor_minutes"),
      sensor_hours: prepare(database, "sensor_hours"),
    }
  }

  write(checkpoint: number, minutes: readonly SensorMinute[]): void {
    for (const minute of minutes) {
      const hourUs = Math.floor(minute.windowUs / HOUR_US) * HOUR_US
      this.#statements.sensor_minutes.add.run(...valuesOf(minute, minute.windowUs))
      this.#statements.sensor_hours.add.run(...valuesOf(minute, hourUs))
      this.#touched.add(minute.sensor)
    }
    if (checkpoint % FORGET_EVERY !== 0 || this.#touched.size === 0) return
    for (const sensor of this.#touched) {
      this.#forget("sensor_minutes", sensor, this.#limits.minutesUs)
      this.#forget("sensor_hours", sensor, this.#limits.hoursUs)
    }
    this.#touched.clear()
    for (const table of TABLES) this.#bound(table)
  }

  #forget(table: Table, sensor: string, keepUs: number): void {
    const { newest, forget } = this.#statements[table]
    const row = newest.get(sensor)
    if (row !== undefined) forget.run(sensor, Number(row.window_us) - keepUs)
  }

  #bound(table: Table): void {
    const { count, cutoff, forgetAll } = this.#statements[table]
    if (Number(count.get()?.rows) <= this.#limits.rowsMax) return
    const row = cutoff.get(this.#limits.rowsMax)
    if (row !== undefined) forgetAll.run(Number(row.window_us))
  }
}

function prepare(database: Database, table: Table): TableStatements {
  const sets = [
    ...COUNTS.map((column) => `${column} = ${column} + excluded.${column}`),
    ...LEVELS.map((column) => `${column} = max(${column}, excluded.${column})`),
  ]
  const keys = ["sensor", "window_us"]
  return {
    add: upsert(database, table, keys, [...keys, ...COUNTS, ...LEVELS], sets),
    newest: database.prepare(`SELECT window_us FROM ${table} WHERE sensor = ? ORDER BY window_us DESC LIMIT 1`),
    forget: database.prepare(`DELETE FROM ${table} WHERE sensor = ? AND window_us < ?`),
    count: database.prepare(`SELECT count(*) AS rows FROM ${table}`),
    cutoff: database.prepare(`SELECT window_us FROM ${table} ORDER BY window_us DESC LIMIT 1 OFFSET ?`),
    forgetAll: database.prepare(`DELETE FROM ${table} WHERE window_us <= ?`),
  }
}

function valuesOf(minute: SensorMinute, windowUs: number): SqlValue[] {
  const { sensor, packets, kernelDrops, duplicates, payloadBytes, gapBytes, exchanges } = minute
  const { incomplete, resyncs, evictions, unknownLoss, overloadStep } = minute
  const seen = [packets, kernelDrops, duplicates, payloadBytes, gapBytes, exchanges]
  return [sensor, windowUs, ...seen, incomplete, resyncs, evictions, unknownLoss, overloadStep]
}

export function readSensorHistory(
  database: Database,
  ...[sensor, step, sinceUs, untilUs, limit]: Parameters<Store["sensorHistory"]>
): SensorMinute[] {
  const table: Table = step === "minute" ? "sensor_minutes" : "sensor_hours"
  const unitUs = step === "minute" ? MINUTE_US : step === "hour" ? HOUR_US : DAY_US
  const sums = COUNTS.map((column) => `sum(${column}) AS ${column}`)
  const levels = LEVELS.map((column) => `max(${column}) AS ${column}`)
  return database
    .prepare(
      `SELECT sensor, window_us - window_us % ? AS start_us, ${[...sums, ...levels].join(", ")} FROM ${table} ` +
        "WHERE sensor = ? AND window_us >= ? AND window_us < ? GROUP BY start_us ORDER BY start_us DESC LIMIT ?",
    )
    .all(unitUs, sensor, sinceUs, untilUs, Math.min(Math.max(Math.trunc(limit) || 1, 1), POINTS_MAX))
    .map(minuteOf)
    .reverse()
}

function minuteOf(row: StoredRow): SensorMinute {
  return {
    sensor: row.sensor,
    windowUs: row.start_us,
    packets: row.packets,
    kernelDrops: row.kernel_drops,
    duplicates: row.duplicates,
    payloadBytes: row.payload_bytes,
    gapBytes: row.gap_bytes,
    exchanges: row.exchanges,
    incomplete: row.incomplete,
    resyncs: row.resyncs,
    evictions: row.evictions,
    unknownLoss: row.unknown_loss,
    overloadStep: row.overload_step,
  }
}
