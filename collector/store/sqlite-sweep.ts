// Old windows of one table removed, little by little: a look at each group of rows in the order of the key, whose first window is its oldest.
//
//   key      a,x: 1 2 3 4 5   a,y: 4 5   b,x: 2 3        before 4: three looks, 3 + 0 + 2 rows removed
//
// No index on time is needed, and a table of a hundred million rows is gone through without reading them. Bounded: so many groups and rows
// a call; a group with very many old windows takes several looks.
import type { Database, SqlValue, Statement } from "./database.ts"

export interface SweptTable {
  readonly table: string
  /** The key without `window_us`, which is its last column. */
  readonly group: readonly string[]
  /** Windows of a group that one look removes at most, µs of event time. */
  readonly lookUs: number
}

export interface Budget {
  groups: number
  rows: number
}

export class Sweep {
  readonly #first: Statement
  readonly #next: Statement
  readonly #forget: Statement
  readonly #group: readonly string[]
  readonly #lookUs: number
  #beforeUs = 0
  /** The group that was looked at last; null before the first. */
  #after: SqlValue[] | null = null
  #isDone = true

  constructor(database: Database, { table, group, lookUs }: SweptTable) {
    const keys = group.join(", ")
    const select = `SELECT ${keys}, window_us FROM ${table}`
    const order = `ORDER BY ${keys}, window_us LIMIT 1`
    this.#first = database.prepare(`${select} ${order}`)
    this.#next = database.prepare(`${select} WHERE (${keys}) > (${group.map(() => "?").join(", ")}) ${order}`)
    const same = group.map((column) => `${column} = ?`).join(" AND ")
    this.#forget = database.prepare(`DELETE FROM ${table} WHERE ${same} AND window_us < ?`)
    this.#group = group
    this.#lookUs = lookUs
  }

  get isDone(): boolean {
    return this.#isDone
  }

  /** Windows before this go, from the first group on. */
  begin(beforeUs: number): void {
    this.#beforeUs = beforeUs
    this.#after = null
    this.#isDone = false
  }

  /** Goes on as far as the budget reaches, which it takes from. Returns the rows removed. */
  step(budget: Budget): number {
    let removed = 0
    while (!this.#isDone && budget.groups > 0 && budget.rows > 0) {
      budget.groups--
      const row = this.#after === null ? this.#first.get() : this.#next.get(...this.#after)
      if (row === undefined) {
        this.#isDone = true
        break
      }
      const group = this.#group.map((column) => row[column] as SqlValue)
      const rows = this.#look(group, Number(row.window_us))
      removed += rows
      budget.rows -= rows
    }
    return removed
  }

  #look(group: SqlValue[], oldestUs: number): number {
    let removed = 0
    if (oldestUs < this.#beforeUs) {
      const untilUs = Math.min(this.#beforeUs, oldestUs + this.#lookUs)
      removed = Number(this.#forget.run(...group, untilUs).changes)
      // What is left of the group is looked at again.
      if (untilUs < this.#beforeUs) return removed
    }
    this.#after = group
    return removed
  }
}
