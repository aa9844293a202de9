// From the query of a list to a page of the store, and back.
import type { Page, PageRequest } from "../store/store.ts"
import { ApiProblem } from "./problem.ts"
import type { PageBody } from "./schema.ts"

/** API names of the orders that differ from the record's field. */
const FIELDS: Readonly<Record<string, string>> = { firstSeen: "firstSeenUs", lastSeen: "lastSeenUs" }

export function pageRequest(
  query: { readonly limit: number; readonly cursor?: string | undefined; readonly sort?: string | undefined },
  order: string,
): PageRequest {
  const sort = query.sort ?? order
  const name = sort.replace(/^-/, "")
  const field = FIELDS[name] ?? name
  return { limit: query.limit, cursor: query.cursor, sort: sort.startsWith("-") ? `-${field}` : field }
}

export function pageBody<R, T>(page: Page<R>, view: (record: R) => T): PageBody<T> {
  return { items: page.items.map(view), next: page.next, total: page.total }
}

interface Placed {
  readonly id: string
}

/** A page of a list that is small enough to be read as a whole. A cursor names the last row by its order and its id. */
export function pageOfAll<T extends Placed>(
  all: readonly T[],
  query: { readonly limit: number; readonly cursor?: string | undefined; readonly sort?: string | undefined },
  order: string,
  fieldOf: (item: T, field: string) => string | number,
): { readonly items: readonly T[]; readonly next: string | null; readonly total: number } {
  const sort = query.sort ?? order
  const field = sort.replace(/^-/, "")
  const sign = sort.startsWith("-") ? -1 : 1
  const compare = (a: readonly [string | number, string], b: readonly [string | number, string]): number =>
    sign * (compareValues(a[0], b[0]) || compareValues(a[1], b[1]))
  const rows = all.map((item) => ({ item, place: [fieldOf(item, field), item.id] as const }))
  rows.sort((a, b) => compare(a.place, b.place))
  const after = query.cursor === undefined ? null : placeOf(query.cursor, sort)
  const from = after === null ? 0 : rows.findIndex(({ place }) => compare(place, after) > 0)
  const shown = from < 0 ? [] : rows.slice(from, from + query.limit)
  const last = shown.at(-1)
  const isLast = last === undefined || last === rows.at(-1)
  const next = isLast ? null : Buffer.from(JSON.stringify([sort, ...last.place])).toString("base64url")
  return { items: shown.map(({ item }) => item), next, total: all.length }
}

function compareValues(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function placeOf(cursor: string, sort: string): readonly [string | number, string] {
  try {
    const [order, value, id] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[]
    const isValue = typeof value === "string" || typeof value === "number"
    if (order === sort && isValue && typeof id === "string") return [value, id]
  } catch {
    // Not one of ours: refused below, as one of another order is.
  }
  throw new ApiProblem(400, "The cursor is not one that this list gave out for this order.", "cursor")
}
