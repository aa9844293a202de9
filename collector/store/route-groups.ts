// SQL by which what is kept by route is read by endpoint. `p` is a table with a column `endpoint` that holds route ids.

/** All routes of endpoint ?, ? (the same twice): those that say so, and one of the same id where no route says anything else. */
export const ROUTES_OF_ENDPOINT =
  "SELECT id FROM routes WHERE endpoint = ? UNION " +
  "SELECT e.id FROM (SELECT ? AS id) e WHERE NOT EXISTS (SELECT 1 FROM routes o WHERE o.id = e.id)"
/** Joins to `p` what ENDPOINT_OF_ROUTE needs. */
export const JOIN_ROUTES = "LEFT JOIN routes r ON r.id = p.endpoint"
export const ENDPOINT_OF_ROUTE = "coalesce(r.endpoint, p.endpoint)"
/** Sums of the counts of `table`. */
export const sumsOf = (table: string): string =>
  ["requests", "errors", "request_bytes", "response_bytes", "items"]
    .map((column) => `sum(${table}.${column}) AS ${column}`)
    .join(", ")
