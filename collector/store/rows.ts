// Records to rows and back. Columns hold what lists filter and sort by; the rest of a record is JSON in `detail`.
import type {
  ConsumerRecord,
  DarkHour,
  DarkRecord,
  DarkSum,
  EndpointHour,
  EndpointRecord,
  PairCount,
  RouteRecord,
  SeriesPoint,
  ServiceRecord,
  TrafficRecord,
} from "./records.ts"

// A row as the database gives it: the reader trusts what the writer of this folder wrote under a STRICT schema.
// biome-ignore lint/suspicious/noExplicitAny: columns are typed by the schema, not by the driver
export type StoredRow = any

const SEEN = ["id", "name", "zone", "authority", "firstSeenUs", "lastSeenUs", "requests", "errors", "endpoints"]
const ENDPOINT_COLUMNS = new Set([
  ...SEEN,
  "service",
  "method",
  "template",
  "operation",
  "status",
  "lossy",
  "consumers",
  "drift",
  "posture",
])
const SKETCHES = new Set(["latencyUs", "requestBytes", "responseBytes", "items"])
/** What is long, and shown of one endpoint only: lists do not read it. */
const ENDPOINT_PARTS = ["bodies", "samples", "parameters", "shapes", "requestShapes"] as const
/** Columns and sketches, and the parts. */
const ENDPOINT_OWN = new Set<string>([...ENDPOINT_COLUMNS, ...SKETCHES, ...ENDPOINT_PARTS])
const SERVICE_COLUMNS = new Set([...SEEN, "owner"])
const CONSUMER_COLUMNS = new Set([...SEEN, "scheme", "partner"])

/** What of a record has no column of its own, as JSON. */
function detailOf(record: object, columns: ReadonlySet<string>): string {
  const detail: Record<string, unknown> = {}
  const values = record as Record<string, unknown>
  for (const name in values) if (!columns.has(name)) detail[name] = values[name]
  return JSON.stringify(detail)
}

/** A list of words in a column that is searched: a line each, with a line end before the first, so that a whole word can be found. */
export function linesOf(words: readonly string[]): string {
  return words.length === 0 ? "" : `\n${words.join("\n")}\n`
}

/** {"request:email": 3, "response:email": 1} -> email. */
export function dataClassesOf(record: EndpointRecord): string[] {
  const names = Object.keys(record.dataClasses).map((key) => key.slice(key.indexOf(":") + 1))
  return [...new Set(names)].sort()
}

export function parameterNamesOf(record: EndpointRecord): string[] {
  return [...new Set(record.parameters.map(({ name }) => name))].sort()
}

export function serviceDetail(record: ServiceRecord): string {
  return detailOf(record, SERVICE_COLUMNS)
}

export function serviceOf(row: StoredRow): ServiceRecord {
  return {
    id: row.id,
    name: row.name,
    authority: row.authority,
    zone: row.zone,
    firstSeenUs: row.first_seen_us,
    lastSeenUs: row.last_seen_us,
    requests: row.requests,
    errors: row.errors,
    endpoints: row.endpoints,
    owner: row.owner,
    ...JSON.parse(row.detail),
  }
}

export function endpointDetail(record: EndpointRecord): string {
  return detailOf(record, ENDPOINT_OWN)
}

export function endpointParts({ bodies, samples, parameters, shapes, requestShapes }: EndpointRecord): string {
  return JSON.stringify({ bodies, samples, parameters, shapes, requestShapes })
}

export function endpointOf(row: StoredRow): EndpointRecord {
  const record = shortEndpointOf(row)
  return row.parts === "" ? record : { ...record, ...JSON.parse(row.parts) }
}

/** The same, whose parts are read when somebody asks for them. */
export function listedEndpointOf(row: StoredRow): EndpointRecord {
  const record = shortEndpointOf(row)
  if (row.parts === "") return record
  let parts: Pick<EndpointRecord, (typeof ENDPOINT_PARTS)[number]> | null = null
  for (const name of ENDPOINT_PARTS) {
    const get = () => {
      parts ??= JSON.parse(row.parts) as NonNullable<typeof parts>
      return parts[name]
    }
    Object.defineProperty(record, name, { get, enumerable: true, configurable: true })
  }
  return record
}

function shortEndpointOf(row: StoredRow): EndpointRecord {
  return {
    id: row.id,
    service: row.service,
    method: row.method,
    template: row.template,
    operation: row.operation,
    status: row.status,
    firstSeenUs: row.first_seen_us,
    lastSeenUs: row.last_seen_us,
    requests: row.requests,
    errors: row.errors,
    lossy: row.lossy,
    drift: row.drift,
    posture: row.posture,
    ...JSON.parse(row.detail),
    consumers: row.consumers,
    ...sketchesOf(row),
  }
}

function sketchesOf(row: StoredRow) {
  return {
    latencyUs: row.latency_us,
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    items: row.items,
  }
}

export function trafficDetail(record: TrafficRecord): string {
  return detailOf(record, SKETCHES)
}

/** `row`: of the route, with its traffic's detail null where there is none. */
export function routeOf(row: StoredRow): RouteRecord {
  const { id, endpoint, service, method, path, extension, operation, leaf, detail } = row
  const traffic = detail === null ? null : { ...JSON.parse(detail), ...sketchesOf(row) }
  return { id, endpoint, service, method, path, extension, operation, leaf, traffic }
}

export function endpointHourOf(row: StoredRow): EndpointHour {
  const { requests, errors, lossy } = row
  return { endpoint: row.route, windowUs: row.window_us, requests, errors, lossy, ...sketchesOf(row) }
}

export function consumerDetail(record: ConsumerRecord): string {
  return detailOf(record, CONSUMER_COLUMNS)
}

export function consumerOf(row: StoredRow): ConsumerRecord {
  return {
    id: row.id,
    name: row.name,
    scheme: row.scheme,
    partner: row.partner,
    firstSeenUs: row.first_seen_us,
    lastSeenUs: row.last_seen_us,
    requests: row.requests,
    errors: row.errors,
    endpoints: row.endpoints,
    ...JSON.parse(row.detail),
  }
}

export function pointOf(row: StoredRow): SeriesPoint {
  return {
    windowUs: row.window_us,
    requests: row.requests,
    errors: row.errors,
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    items: row.items,
  }
}

export function pairOf(row: StoredRow): PairCount {
  return { consumer: row.consumer, endpoint: row.endpoint, ...pointOf(row) }
}

export function darkDetail(record: DarkRecord): string {
  const { states, reasons, versions, ciphers, alpns, ja4s, issuers, certificateNames, clientNames } = record
  const { clients, isCrowded, resumed, earlyData } = record
  const seen = { states, reasons, versions, ciphers, alpns, ja4s, issuers, certificateNames, clientNames }
  return JSON.stringify({ ...seen, clients, isCrowded, resumed, earlyData })
}

export function darkOf(row: StoredRow): DarkRecord {
  return {
    id: row.id,
    name: row.name,
    address: row.address,
    addressClass: row.address_class,
    port: row.port,
    zone: row.zone,
    firstSeenUs: row.first_seen_us,
    lastSeenUs: row.last_seen_us,
    sessions: row.sessions,
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    ...JSON.parse(row.detail),
  }
}

export function darkHourOf(row: StoredRow): DarkHour {
  return {
    dark: row.dark,
    windowUs: row.window_us,
    sessions: row.sessions,
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
  }
}

export function darkSumOf(row: StoredRow): DarkSum {
  const { state, servers, sessions } = row
  return { state, servers, sessions, requestBytes: row.request_bytes, responseBytes: row.response_bytes }
}
