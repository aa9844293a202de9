// Pages of a list by key, not by offset: a page costs the same wherever it is, and rows that come or go between two pages
// shift nothing.
//
// In:  a page request, the sortable columns of a list, its filters. Out: SQL for the ids of the page, and the cursor.
// The cursor names sort, value and id of the last row, so that it can be told from one of another list or another sort.
import type { SqlValue } from "./database.ts"
import { type PageRequest, StoreError } from "./store.ts"

/** Record field to SQL expression. */
export type SortColumns = Readonly<Record<string, string>>

export interface Sort {
  /** As requested, with "-" for descending. */
  readonly text: string
  readonly column: string
  readonly isDescending: boolean
}

export interface Condition {
  readonly sql: string
  readonly values: readonly SqlValue[]
}

const LIMIT_MAX = 1000
/** Rows that a call without pages may return, whatever it asks for. */
const ROWS_MAX = 100_000
const CURSOR_MAX = 4096

export function parseSort(sort: string, columns: SortColumns): Sort {
  const isDescending = sort.startsWith("-")
  const field = isDescending ? sort.slice(1) : sort
  if (!Object.hasOwn(columns, field)) {
    throw new StoreError("bad-sort", `Cannot sort by "${field}"; possible are ${Object.keys(columns).join(", ")}.`)
  }
  return { text: sort, column: columns[field]!, isDescending }
}

export function clampLimit(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit) || 1, 1), LIMIT_MAX)
}

export function clampRows(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit) || 1, 1), ROWS_MAX)
}

export function cursorOf(sort: Sort, value: string | number, id: string): string {
  return Buffer.from(JSON.stringify([sort.text, value, id])).toString("base64url")
}

/** The condition that starts the page after the cursor; null on the first page. */
export function afterCursor(page: PageRequest, sort: Sort, idColumn: string): Condition | null {
  if (page.cursor === undefined) return null
  const bad = new StoreError("bad-cursor", "The cursor is not one that this list gave out for this sort.")
  if (page.cursor.length > CURSOR_MAX) throw bad
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(page.cursor, "base64url").toString())
  } catch {
    throw bad
  }
  if (!Array.isArray(parts) || parts.length !== 3) throw bad
  const [text, value, id] = parts as unknown[]
  if (text !== sort.text || typeof id !== "string") throw bad
  if (typeof value !== "string" && !(typeof value === "number" && Number.isFinite(value))) throw bad
  const comparison = sort.isDescending ? "<" : ">"
  return { sql: `(${sort.column}, ${idColumn}) ${comparison} (?, ?)`, values: [value, id] }
}

/** LIKE pattern for "contains", with the wildcards of the text taken literally (ESCAPE '\'). */
export function containsPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`
}
