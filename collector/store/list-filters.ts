// Filters of lists as SQL conditions. The listed table has the alias t; endpoints have their service as s.
import type { SqlValue } from "./database.ts"
import { type Condition, containsPattern } from "./keyset.ts"
import { ENDPOINT_OF_ROUTE, JOIN_ROUTES } from "./route-groups.ts"
import type { ConsumerFilter, DarkFilter, EndpointFilter, ServiceFilter } from "./store.ts"

/** `consumer` is a present id. */
export function endpointConditions(filter: EndpointFilter): Condition[] {
  const { hasDrift } = filter
  return [
    ...when(filter.service, "t.service = ?"),
    ...when(filter.method, "t.method = ?"),
    ...when(filter.status, "t.status = ?"),
    ...when(filter.posture, "t.posture = ?"),
    ...when(filter.dataClass, HAS_LINE("t.classes")),
    ...when(filter.label, HAS_LINE("t.labels")),
    ...(hasDrift === undefined ? [] : [{ sql: hasDrift ? "t.drift > 0" : "t.drift <= 0", values: [] }]),
    ...when(filter.newSinceUs, "t.first_seen_us >= ?"),
    ...when(filter.seenSinceUs, "t.last_seen_us >= ?"),
    ...when(filter.consumer, `t.id IN (SELECT ${ENDPOINT_OF_ROUTE} FROM pairs p ${JOIN_ROUTES} WHERE p.consumer = ?)`),
    ...contains(filter.search, [
      "t.template",
      "t.operation",
      "t.labels",
      "s.name",
      "s.owner",
      "(SELECT n.parameters FROM endpoint_names n WHERE n.id = t.id)",
    ]),
  ]
}

export function serviceConditions(filter: ServiceFilter): Condition[] {
  return [
    ...when(filter.owner, "t.owner = ?"),
    ...when(filter.label, HAS_LINE("t.labels")),
    ...when(filter.newSinceUs, "t.first_seen_us >= ?"),
    ...when(filter.seenSinceUs, "t.last_seen_us >= ?"),
    ...contains(filter.search, ["t.name", "t.authority", "t.owner", "t.labels"]),
  ]
}

const PARTNER_NAME = "(SELECT d.record ->> '$.name' FROM documents d WHERE d.kind = 'partner' AND d.id = t.partner)"

export function consumerConditions(filter: ConsumerFilter): Condition[] {
  return [
    ...when(filter.scheme, "t.scheme = ?"),
    ...when(filter.partner, "coalesce(t.partner, '') = ?"),
    ...when(filter.service, "EXISTS (SELECT 1 FROM map m WHERE m.consumer = t.id AND m.service = ?)"),
    ...when(filter.newSinceUs, "t.first_seen_us >= ?"),
    ...when(filter.seenSinceUs, "t.last_seen_us >= ?"),
    ...contains(filter.search, ["t.name", PARTNER_NAME]),
  ]
}

export function darkConditions(filter: DarkFilter): Condition[] {
  return [
    ...when(filter.state, "t.state = ?"),
    ...when(filter.name, "t.name = ?"),
    ...when(filter.port, "t.port = ?"),
    ...contains(filter.search, ["t.name", "t.address", "(SELECT names FROM dark_details n WHERE n.id = t.id)"]),
  ]
}

/** A word of a list that stands a line each (rows.ts). */
const HAS_LINE = (column: string): string => `instr(${column}, char(10) || ? || char(10)) > 0`

function when(value: SqlValue | undefined, sql: string): Condition[] {
  return value === undefined ? [] : [{ sql, values: [value] }]
}

function contains(text: string | undefined, columns: readonly string[]): Condition[] {
  if (text === undefined) return []
  const pattern = containsPattern(text)
  const sql = `(${columns.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(" OR ")})`
  return [{ sql, values: columns.map(() => pattern) }]
}
