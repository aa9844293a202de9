// Lists of services, endpoints, consumers and dark servers: filter, sort, page, total.
//
// A page is found in two steps: ids from the narrow table, then whole records for those ids only.
import type { Database, SqlValue, Statement } from "./database.ts"
import { afterCursor, type Condition, clampLimit, cursorOf, parseSort, type SortColumns } from "./keyset.ts"
import { consumerConditions, darkConditions, endpointConditions, serviceConditions } from "./list-filters.ts"
import type { ConsumerRecord, DarkRecord, EndpointRecord, NamedService, ServiceRecord } from "./records.ts"
import { consumerOf, darkOf, endpointOf, listedEndpointOf, type StoredRow, serviceOf } from "./rows.ts"
import type { ConsumerFilter, DarkFilter, EndpointFilter, Page, PageRequest, ServiceFilter } from "./store.ts"

interface ListShape<T> {
  /** FROM clause; the listed table has the alias t. */
  readonly from: string
  readonly detail: string
  readonly sorts: SortColumns
  readonly defaultSort: string
  readonly recordOf: (row: StoredRow) => T
  /** Of a row of a page; where it is not the same. */
  readonly listedOf?: (row: StoredRow) => T
}

const SEEN_SORTS = {
  firstSeenUs: "t.first_seen_us",
  lastSeenUs: "t.last_seen_us",
  requests: "t.requests",
  errors: "t.errors",
}

const SERVICES: ListShape<ServiceRecord> = {
  from: "services t",
  detail: "service_details",
  sorts: { id: "t.id", name: "t.name", zone: "t.zone", endpoints: "t.endpoints", owner: "t.owner", ...SEEN_SORTS },
  defaultSort: "name",
  recordOf: serviceOf,
}

/** `service` sorts by the service's name, as a person would. */
const ENDPOINTS: ListShape<EndpointRecord> = {
  from: "endpoints t JOIN services s ON s.id = t.service",
  detail: "endpoint_details",
  sorts: {
    id: "t.id",
    service: "s.name",
    method: "t.method",
    template: "t.template",
    operation: "t.operation",
    status: "t.status",
    lossy: "t.lossy",
    consumers: "t.consumers",
    posture: "t.posture",
    drift: "t.drift",
    ...SEEN_SORTS,
  },
  defaultSort: "template",
  recordOf: endpointOf,
  listedOf: listedEndpointOf,
}

const CONSUMERS: ListShape<ConsumerRecord> = {
  from: "consumers t",
  detail: "consumer_details",
  sorts: {
    id: "t.id",
    name: "t.name",
    scheme: "t.scheme",
    partner: "coalesce(t.partner, '')",
    endpoints: "t.endpoints",
    ...SEEN_SORTS,
  },
  defaultSort: "name",
  recordOf: consumerOf,
}

const DARK: ListShape<DarkRecord> = {
  from: "dark t",
  detail: "dark_details",
  sorts: {
    id: "t.id",
    name: "t.name",
    address: "t.address",
    port: "t.port",
    zone: "t.zone",
    state: "t.state",
    sessions: "t.sessions",
    clients: "t.clients",
    requestBytes: "t.request_bytes",
    responseBytes: "t.response_bytes",
    firstSeenUs: "t.first_seen_us",
    lastSeenUs: "t.last_seen_us",
  },
  defaultSort: "-sessions",
  recordOf: darkOf,
}

/** Services of one authority that a call gives back. */
const NAMED_MAX = 100
/** Services of some listeners that a call gives back. */
const PLACED_MAX = 1000
const NAMED = "id, name, authority, zone, detail ->> '$.addresses' AS addresses"
/** Texts of statements kept prepared; there are about 60 combinations of filters and sorts that a console asks for. */
const STATEMENTS_MAX = 256

export class SqliteLists {
  readonly #database: Database
  readonly #statements = new Map<string, Statement>()

  constructor(database: Database) {
    this.#database = database
  }

  services(page: PageRequest, filter: ServiceFilter = {}): Page<ServiceRecord> {
    return this.#page(SERVICES, page, serviceConditions(filter))
  }

  consumers(page: PageRequest, filter: ConsumerFilter = {}): Page<ConsumerRecord> {
    return this.#page(CONSUMERS, page, consumerConditions(filter))
  }

  endpoints(filter: EndpointFilter, page: PageRequest): Page<EndpointRecord> {
    return this.#page(ENDPOINTS, page, endpointConditions(filter))
  }

  servicesNamed(authorities: readonly string[]): NamedService[] {
    const find = this.#statement(
      `SELECT ${NAMED} FROM services JOIN service_details USING (id) WHERE authority = ? ORDER BY id LIMIT ?`,
    )
    return authorities.flatMap((authority) => (find.all(authority, NAMED_MAX) as StoredRow[]).map(namedOf))
  }

  servicesAt(listeners: readonly string[]): NamedService[] {
    if (listeners.length === 0) return []
    const find = this.#statement(
      `SELECT ${NAMED} FROM services JOIN service_details USING (id) WHERE EXISTS (SELECT 1 FROM json_each(detail, '$.addresses') a ` +
        "WHERE a.value IN (SELECT value FROM json_each(?))) ORDER BY id LIMIT ?",
    )
    return (find.all(JSON.stringify(listeners), PLACED_MAX) as StoredRow[]).map(namedOf)
  }

  dark(filter: DarkFilter, page: PageRequest): Page<DarkRecord> {
    return this.#page(DARK, page, darkConditions(filter))
  }

  darkServer(id: string): DarkRecord | null {
    return this.#one(DARK, id)
  }

  service(id: string): ServiceRecord | null {
    return this.#one(SERVICES, id)
  }

  endpoint(id: string): EndpointRecord | null {
    return this.#one(ENDPOINTS, id)
  }

  consumer(id: string): ConsumerRecord | null {
    return this.#one(CONSUMERS, id)
  }

  #one<T>(list: ListShape<T>, id: string, recordOf = list.recordOf): T | null {
    const row = this.#statement(
      `SELECT t.*, d.* FROM ${list.from} JOIN ${list.detail} d USING (id) WHERE t.id = ?`,
    ).get(id)
    return row === undefined ? null : recordOf(row)
  }

  #page<T>(list: ListShape<T>, page: PageRequest, filters: readonly Condition[]): Page<T> {
    const sort = parseSort(page.sort ?? list.defaultSort, list.sorts)
    const after = afterCursor(page, sort, "t.id")
    const limit = clampLimit(page.limit)
    const order = sort.isDescending ? "DESC" : "ASC"
    const conditions = after === null ? filters : [...filters, after]
    const found = this.#statement(
      `SELECT t.id AS id, ${sort.column} AS sort_value FROM ${list.from} ${whereOf(conditions)} ` +
        `ORDER BY ${sort.column} ${order}, t.id ${order} LIMIT ?`,
    ).all(...valuesOf(conditions), limit + 1) as { id: string; sort_value: string | number }[]
    const count = this.#statement(`SELECT count(*) AS total FROM ${list.from} ${whereOf(filters)}`)
    const total = Number(count.get(...valuesOf(filters))?.total)
    const shown = found.slice(0, limit)
    const last = shown.at(-1)
    const next = found.length > limit && last !== undefined ? cursorOf(sort, last.sort_value, last.id) : null
    const items = shown.map(({ id }) => this.#one(list, id, list.listedOf)).filter((item) => item !== null)
    return { items, next, total }
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      if (this.#statements.size >= STATEMENTS_MAX) this.#statements.clear()
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

function namedOf({ id, name, authority, zone, addresses }: StoredRow): NamedService {
  return { id, name, authority, zone, addresses: JSON.parse(addresses) }
}

function whereOf(conditions: readonly Condition[]): string {
  return conditions.length === 0 ? "" : `WHERE ${conditions.map((condition) => condition.sql).join(" AND ")}`
}

function valuesOf(conditions: readonly Condition[]): SqlValue[] {
  return conditions.flatMap((condition) => condition.values)
}
