// From the query of a list to a page of the store, and back.
import type { Page, PageRequest } from "../store/store.ts"
import type { PageBody } from "./schema.ts"

/** API names of the orders that differ from the record's field. */
const FIELDS: Readonly<Record<string, string>> = { firstSeen: "firstSeenUs", lastSeen: "lastSeenUs" }

export function pageRequest(
  query: { readonly limit: number; readonly cursor?: string; readonly sort?: string },
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
