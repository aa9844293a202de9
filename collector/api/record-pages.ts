// Pages of a list that is in memory as a whole: documents are few.
//
// In:  all rows that match, what they may be sorted by, a page request. Out: a page whose cursor holds sort, value and id of its last
// row, so that rows that come or go between two pages shift nothing.
import { type Page, type PageRequest, StoreError } from "../store/store.ts"

type Value = string | number
export type SortValues<Row> = Readonly<Record<string, (row: Row) => Value>>

export function pageOfRecords<Row>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  sorts: SortValues<Row>,
  { limit, cursor, sort = "id" }: PageRequest,
): Page<Row> {
  const isDescending = sort.startsWith("-")
  const sortedBy = sorts[isDescending ? sort.slice(1) : sort]
  if (sortedBy === undefined) throw new StoreError("bad-sort", `Cannot sort by "${sort}".`)
  const keyed = rows.map((row) => ({ row, value: sortedBy(row), id: idOf(row) }))
  const sign = isDescending ? -1 : 1
  const compare = (a: { value: Value; id: string }, b: { value: Value; id: string }): number =>
    sign * (a.value < b.value ? -1 : a.value > b.value ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  keyed.sort(compare)
  const after = cursor === undefined ? null : cursorOf(cursor, sort)
  const from = after === null ? 0 : keyed.findIndex((one) => compare(one, after) > 0)
  const page = from < 0 ? [] : keyed.slice(from, from + limit)
  const last = page.at(-1)
  const isEnd = last === undefined || from + limit >= keyed.length
  const next = isEnd ? null : Buffer.from(JSON.stringify([sort, last.value, last.id])).toString("base64url")
  return { items: page.map(({ row }) => row), next, total: rows.length }
}

function cursorOf(text: string, sort: string): { readonly value: Value; readonly id: string } {
  const bad = new StoreError("bad-cursor", "The cursor is not one that this list gave out for this sort.")
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(text, "base64url").toString())
  } catch {
    throw bad
  }
  if (!Array.isArray(parts) || parts.length !== 3 || parts[0] !== sort) throw bad
  const [, value, id] = parts as unknown[]
  if (typeof id !== "string" || (typeof value !== "string" && typeof value !== "number")) throw bad
  return { value, id }
}
