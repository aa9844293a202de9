// What each consumer did at each route, in SQLite: by hour, by day, over all time. Increments are logged with their checkpoint and
// added to their rows later, many at a time.
//
//   checkpoint --> pair_log, one row each for hours and days --fold--> pair_hours, pair_days, pairs
//
// A pair that is touched by twenty checkpoints is then three rows changed and not sixty. Folded before anybody reads those tables or
// moves rows in them, and when the log has grown: what is read is the same. A log row and the rows that it went into change in one
// transaction, so every increment counts once.
// Given up: programs that read the file beside the collector find the newest increments in the log only.
import type { Database, Statement } from "./database.ts"
import type { PairCount } from "./records.ts"
import type { StoredRow } from "./rows.ts"
import { increase, upsert } from "./sqlite-upsert.ts"
import { transact } from "./transaction.ts"

/** Folded when the log holds so many increments (a second of work at most), or comes from so many checkpoints. */
export const PAIR_LOG_LIMITS: PairLogLimits = { increments: 131_072, checkpoints: 64 }

export interface PairLogLimits {
  readonly increments: number
  readonly checkpoints: number
}

type Size = "hour" | "day"

const PAIR = ["endpoint", "consumer"]
export const PAIR_COUNTS = ["requests", "errors", "request_bytes", "response_bytes", "items"]
/** Numbers of an increment: two ids by their place, the window, the counts. */
const WIDTH = 3 + PAIR_COUNTS.length

export class SqlitePairs {
  readonly #database: Database
  readonly #limits: PairLogLimits
  readonly #rows: Readonly<Record<Size | "all", Statement>>
  readonly #log: Statement
  readonly #logged: Statement
  readonly #forget: Statement
  readonly #count: Statement
  /** What the log holds. */
  #increments = 0
  #checkpoints = 0

  constructor(database: Database, limits: PairLogLimits = PAIR_LOG_LIMITS) {
    this.#database = database
    this.#limits = limits
    const totals = PAIR_COUNTS.map((column) => `${column} = ${column} + excluded.${column}`)
    this.#rows = {
      hour: increase(database, "pair_hours", [...PAIR, "window_us"], PAIR_COUNTS),
      day: increase(database, "pair_days", [...PAIR, "window_us"], PAIR_COUNTS),
      all: upsert(
        database,
        "pairs",
        PAIR,
        [...PAIR, "window_us", ...PAIR_COUNTS],
        ["window_us = max(window_us, excluded.window_us)", ...totals],
      ),
    }
    this.#log = database.prepare("INSERT INTO pair_log VALUES (?, ?, ?, ?, ?)")
    this.#logged = database.prepare("SELECT ids, counts FROM pair_log WHERE size = ? ORDER BY checkpoint")
    this.#forget = database.prepare("DELETE FROM pair_log")
    this.#count = database.prepare(
      "SELECT coalesce(sum(increments), 0) AS increments, count(*) AS checkpoints FROM pair_log WHERE size = 'hour'",
    )
    this.reload()
  }

  /** Inside the transaction of a checkpoint. */
  add(checkpoint: number, hours: readonly PairCount[], days: readonly PairCount[]): void {
    if (hours.length + days.length === 0) return
    for (const [size, counts] of [["hour", hours] as const, ["day", days] as const]) {
      const { ids, numbers } = encode(counts)
      this.#log.run(checkpoint, size, counts.length, JSON.stringify(ids), new Uint8Array(numbers.buffer))
    }
    this.#increments += hours.length
    this.#checkpoints++
    if (this.#increments >= this.#limits.increments || this.#checkpoints >= this.#limits.checkpoints) this.foldInside()
  }

  /** In a transaction of its own: before the rows are read. */
  fold(): void {
    if (this.#checkpoints === 0) return
    transact(
      this.#database,
      () => this.foldInside(),
      () => this.reload(),
    )
  }

  /** The same inside a transaction: before rows are moved. */
  foldInside(): void {
    if (this.#checkpoints === 0) return
    for (const hour of this.#sums("hour")) run(this.#rows.hour, hour)
    for (const day of this.#sums("day")) {
      run(this.#rows.day, day)
      run(this.#rows.all, day)
    }
    this.#forget.run()
    this.#increments = 0
    this.#checkpoints = 0
  }

  /** After a transaction that failed: what the store holds is what counts. */
  reload(): void {
    const held = this.#count.get()
    this.#increments = Number(held?.increments)
    this.#checkpoints = Number(held?.checkpoints)
  }

  /** What the log holds, each window of a pair once, in the order of the rows: neighbours are written together. */
  *#sums(size: Size): Iterable<PairCount> {
    const logs = this.#logged.all(size).map(decode)
    const names = [...new Set(logs.flatMap(({ ids }) => ids))].sort()
    const rankOf = new Map(names.map((name, rank) => [name, rank]))
    const windows = new Map<number, WindowSums>()
    for (const { ids, numbers } of logs) {
      const ranks = ids.map((id) => rankOf.get(id)!)
      for (let at = 0; at < numbers.length; at += WIDTH) {
        const windowUs = numbers[at + 2]!
        let window = windows.get(windowUs)
        if (window === undefined) {
          window = new WindowSums()
          windows.set(windowUs, window)
        }
        window.add(ranks[numbers[at]!]! * names.length + ranks[numbers[at + 1]!]!, numbers, at + 3)
      }
    }
    for (const [windowUs, window] of windows) {
      for (const [pair, sums] of window.inOrder()) {
        const [requests, errors, requestBytes, responseBytes, items] = sums as Five
        const consumer = names[pair % names.length]!
        const endpoint = names[Math.floor(pair / names.length)]!
        yield { consumer, endpoint, windowUs, requests, errors, requestBytes, responseBytes, items }
      }
    }
  }
}

type Five = [number, number, number, number, number]

/** Sums of one window by pair, which is a number here: texts put together would cost more than the rows. */
class WindowSums {
  readonly #places = new Map<number, number>()
  readonly #sums: number[] = []

  /** Counts stand from `at` on. */
  add(pair: number, counts: Float64Array, at: number): void {
    const sums = this.#sums
    let place = this.#places.get(pair)
    if (place === undefined) {
      place = sums.length
      this.#places.set(pair, place)
      for (let i = 0; i < PAIR_COUNTS.length; i++) sums.push(0)
    }
    for (let i = 0; i < PAIR_COUNTS.length; i++) sums[place + i]! += counts[at + i]!
  }

  *inOrder(): Iterable<[pair: number, sums: readonly number[]]> {
    for (const pair of Float64Array.from(this.#places.keys()).sort()) {
      const place = this.#places.get(pair)!
      yield [pair, this.#sums.slice(place, place + PAIR_COUNTS.length)]
    }
  }
}

function run(statement: Statement, c: PairCount): void {
  statement.run(c.endpoint, c.consumer, c.windowUs, c.requests, c.errors, c.requestBytes, c.responseBytes, c.items)
}

/** Ids once each; numbers as this machine has them, WIDTH for each increment. */
function encode(counts: readonly PairCount[]): { ids: string[]; numbers: Float64Array } {
  const places = new Map<string, number>()
  const placeOf = (id: string): number => {
    let place = places.get(id)
    if (place === undefined) {
      place = places.size
      places.set(id, place)
    }
    return place
  }
  const numbers = new Float64Array(counts.length * WIDTH)
  let at = 0
  for (const c of counts) {
    numbers[at] = placeOf(c.endpoint)
    numbers[at + 1] = placeOf(c.consumer)
    numbers[at + 2] = c.windowUs
    numbers[at + 3] = c.requests
    numbers[at + 4] = c.errors
    numbers[at + 5] = c.requestBytes
    numbers[at + 6] = c.responseBytes
    numbers[at + 7] = c.items
    at += WIDTH
  }
  return { ids: [...places.keys()], numbers }
}

function decode({ ids, counts }: StoredRow): { ids: string[]; numbers: Float64Array } {
  return { ids: JSON.parse(ids), numbers: new Float64Array((counts as Uint8Array).slice().buffer) }
}
