// Records to rows and back. Columns hold what lists filter and sort by; the rest of a record is JSON in `detail`.
import type {
  ConsumerRecord,
  DarkHour,
  DarkRecord,
  DarkSum,
  EndpointRecord,
  PairCount,
  SeriesPoint,
  ServiceRecord,
} from "./records.ts"

// A row as the database gives it: the reader trusts what the writer of this folder wrote under a STRICT schema.
// biome-ignore lint/suspicious/noExplicitAny: columns are typed by the schema, not by the driver
export type StoredRow = any

export function serviceDetail(record: ServiceRecord): string {
  const { addresses, ports, protocols, conversations, rules, unlisted } = record
  return JSON.stringify({ addresses, ports, protocols, conversations, rules, unlisted })
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
    ...JSON.parse(row.detail),
  }
}

export function endpointDetail(record: EndpointRecord): string {
  return JSON.stringify({
    states: record.states,
    statuses: record.statuses,
    requestTypes: record.requestTypes,
    responseTypes: record.responseTypes,
    schemes: record.schemes,
    anomalies: record.anomalies,
    dataClasses: record.dataClasses,
    shapes: record.shapes,
    requestShapes: record.requestShapes,
    protocols: record.protocols,
    outcomes: record.outcomes,
    calls: record.calls,
    conversations: record.conversations,
    requestMessages: record.requestMessages,
    responseMessages: record.responseMessages,
    parameters: record.parameters,
  })
}

export function endpointOf(row: StoredRow): EndpointRecord {
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
    ...JSON.parse(row.detail),
    consumers: row.consumers,
    latencyUs: row.latency_us,
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    items: row.items,
  }
}

export function consumerDetail(record: ConsumerRecord): string {
  const { principal, formerPrincipals, issuer, rule, credentials, userAgents, prefixes } = record
  return JSON.stringify({ principal, formerPrincipals, issuer, rule, credentials, userAgents, prefixes })
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
