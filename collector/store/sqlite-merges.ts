// Former ids in SQLite: what was counted under one id goes on under another, and the former still finds it.
//
//   pair_hours, pair_days, pairs, series, map, endpoint_hours of `from`  --added to-->  those of `into`;  merges: from -> into
//
// In:  the merges of a checkpoint, before anything else of it. Out: the present id for any former one.
// What comes under a former id later (halves that waited, a count that was under way) is added to the present one, too.
// Given up: of more than `mergesMax` former ids of a kind the oldest are forgotten.
import type { Database, Statement } from "./database.ts"
import type { EndpointHour, MergeRecord, PairCount } from "./records.ts"
import type { StoredRow } from "./rows.ts"
import type { SqliteEndpointHours } from "./sqlite-endpoint-hours.ts"

export const MERGES_MAX = 200_000
const COUNTS = ["requests", "errors", "request_bytes", "response_bytes", "items"]

type Kind = MergeRecord["kind"]

/** One table: rows of the former id (?2) added to those of the present one (?1), then removed. */
interface Move {
  readonly add: Statement | null
  readonly remove: Statement
}

export class SqliteMerges {
  readonly #hours: SqliteEndpointHours
  readonly #max: number
  readonly #moves: Readonly<Record<Kind, readonly Move[]>>
  readonly #all: Statement
  readonly #note: Statement
  readonly #retarget: Statement
  readonly #forget: Statement
  /** Former ids to what they were merged into, which may be a former id by now. */
  readonly #former: Readonly<Record<Kind, Map<string, string>>> = {
    route: new Map(),
    consumer: new Map(),
    endpoint: new Map(),
  }

  constructor(database: Database, hours: SqliteEndpointHours, mergesMax = MERGES_MAX) {
    this.#hours = hours
    this.#max = mergesMax
    this.#moves = { route: routeMoves(database), consumer: consumerMoves(database), endpoint: [] }
    this.#all = database.prepare("SELECT kind, source, target FROM merges ORDER BY place")
    this.#note = database.prepare("INSERT INTO merges (kind, source, target) VALUES (?, ?, ?)")
    this.#retarget = database.prepare("UPDATE merges SET target = ? WHERE kind = ? AND target = ?")
    this.#forget = database.prepare(
      "DELETE FROM merges WHERE place IN (SELECT place FROM merges WHERE kind = ? ORDER BY place DESC LIMIT -1 OFFSET ?)",
    )
    this.reload()
  }

  write(merges: readonly MergeRecord[]): void {
    for (const { kind, from, into: named } of merges) {
      const into = this.#now(kind, named)
      if (into === from || this.#former[kind].has(from)) continue
      for (const { add, remove } of this.#moves[kind]) {
        add?.run(into, from)
        remove.run(from)
      }
      if (kind === "route") this.#hours.move(from, into)
      this.#retarget.run(into, kind, from)
      this.#note.run(kind, from, into)
      this.#former[kind].set(from, into)
    }
    for (const [kind, former] of Object.entries(this.#former)) {
      if (former.size <= this.#max) continue
      this.#forget.run(kind, this.#max)
      this.reload()
    }
  }

  /** The counts, under the ids that are in use now. */
  present<Counted extends PairCount | EndpointHour>(counts: readonly Counted[]): readonly Counted[] {
    const { route, consumer } = this.#former
    if (route.size === 0 && consumer.size === 0) return counts
    return counts.map((count) => {
      const endpoint = this.#now("route", count.endpoint)
      if (!("consumer" in count)) return endpoint === count.endpoint ? count : { ...count, endpoint }
      const user = this.#now("consumer", count.consumer)
      return endpoint === count.endpoint && user === count.consumer ? count : { ...count, endpoint, consumer: user }
    })
  }

  routeNow(id: string): string {
    return this.#now("route", id)
  }

  endpointNow(id: string): string {
    return this.#now("endpoint", id)
  }

  consumerNow(id: string): string {
    return this.#now("consumer", id)
  }

  load(): MergeRecord[] {
    return this.#all.all().map(({ kind, source, target }: StoredRow) => ({ kind, from: source, into: target }))
  }

  /** After a transaction that failed: what the store holds is what counts. */
  reload(): void {
    for (const names of Object.values(this.#former)) names.clear()
    for (const { kind, from, into } of this.load()) this.#former[kind].set(from, into)
  }

  #now(kind: Kind, id: string): string {
    const former = this.#former[kind]
    let now = id
    for (let next = former.get(now); next !== undefined; next = former.get(now)) now = next
    return now
  }
}

function routeMoves(database: Database): Move[] {
  const moves = ["pair_hours", "pair_days"].map((table) => ({
    add: adder(
      database,
      table,
      ["endpoint", "consumer", "window_us"],
      ["?1", "consumer", "window_us"],
      "endpoint = ?2",
    ),
    remove: database.prepare(`DELETE FROM ${table} WHERE endpoint = ?1`),
  }))
  return [
    ...moves,
    {
      add: adder(database, "pairs", ["endpoint", "consumer"], ["?1", "consumer"], "endpoint = ?2"),
      remove: database.prepare("DELETE FROM pairs WHERE endpoint = ?1"),
    },
    ...seriesMoves(database, "endpoint"),
    { add: null, remove: database.prepare("DELETE FROM route_traffic WHERE id = ?1") },
    { add: null, remove: database.prepare("DELETE FROM routes WHERE id = ?1") },
  ]
}

function consumerMoves(database: Database): Move[] {
  const moves = ["pair_hours", "pair_days"].map((table) => {
    const own = "consumer = ?2 AND endpoint IN (SELECT endpoint FROM pairs WHERE consumer = ?2)"
    return {
      add: adder(database, table, ["endpoint", "consumer", "window_us"], ["endpoint", "?1", "window_us"], own),
      remove: database.prepare(`DELETE FROM ${table} WHERE ${own.replaceAll("?2", "?1")}`),
    }
  })
  return [
    ...moves,
    {
      add: adder(database, "pairs", ["endpoint", "consumer"], ["endpoint", "?1"], "consumer = ?2"),
      remove: database.prepare("DELETE FROM pairs WHERE consumer = ?1"),
    },
    {
      add: database.prepare(
        "INSERT INTO map (consumer, service, requests, errors, response_bytes) " +
          "SELECT ?1, service, requests, errors, response_bytes FROM map WHERE consumer = ?2 " +
          `ON CONFLICT (consumer, service) DO UPDATE SET ${additions(["requests", "errors", "response_bytes"])}`,
      ),
      remove: database.prepare("DELETE FROM map WHERE consumer = ?1"),
    },
    ...seriesMoves(database, "consumer"),
    { add: null, remove: database.prepare("DELETE FROM consumer_details WHERE id = ?1") },
    { add: null, remove: database.prepare("DELETE FROM consumers WHERE id = ?1") },
  ]
}

function seriesMoves(database: Database, kind: string): Move[] {
  return ["series_hours", "series_days"].map((table) => ({
    add: adder(
      database,
      table,
      ["kind", "subject", "window_us"],
      [`'${kind}'`, "?1", "window_us"],
      `kind = '${kind}' AND subject = ?2`,
    ),
    remove: database.prepare(`DELETE FROM ${table} WHERE kind = '${kind}' AND subject = ?1`),
  }))
}

/** INSERT of the table's own rows under other keys; of `pairs` the newest day stays. */
function adder(
  database: Database,
  table: string,
  keys: readonly string[],
  values: readonly string[],
  where: string,
): Statement {
  const newest = keys.includes("window_us") ? [] : ["window_us"]
  const columns = [...keys, ...newest, ...COUNTS].join(", ")
  const sets = [...newest.map((column) => `${column} = max(${column}, excluded.${column})`), additions(COUNTS)].join(
    ", ",
  )
  return database.prepare(
    `INSERT INTO ${table} (${columns}) SELECT ${[...values, ...newest, ...COUNTS].join(", ")} FROM ${table} WHERE ${where} ` +
      `ON CONFLICT (${keys.join(", ")}) DO UPDATE SET ${sets}`,
  )
}

function additions(columns: readonly string[]): string {
  return columns.map((column) => `${column} = ${column} + excluded.${column}`).join(", ")
}
