// The map: who talks to what, by consumer or by partner, what matches, what is shown and what is left out.
//
// In:  totals of (consumer, service), busiest first, the records of their consumers. Out: edges, their ends, and the sum of the rest.
import type { ConsumerRecord } from "../../store/records.ts"
import type { MapEntry, TrafficMap } from "../consumer-models.ts"
import { isoTime } from "../event-time.ts"
import { splitDataClass } from "./consumer-views.ts"

export interface MapRow {
  readonly consumer: string
  readonly service: string
  readonly requests: number
  readonly errors: number
  readonly responseBytes: number
}

export interface MapQuery {
  readonly by: "consumer" | "partner"
  readonly limit: number
  readonly service?: string | undefined
  /** "" for those of none. */
  readonly partner?: string | undefined
  /** Edges that were used at or after it, µs. */
  readonly sinceUs?: number | undefined
}

export interface MapNames {
  readonly consumers: ReadonlyMap<string, ConsumerRecord>
  readonly partners: ReadonlyMap<string, string>
  serviceName(id: string): string
}

interface Edge {
  readonly service: string
  readonly consumer: ConsumerRecord | null
  readonly partner: string | null
  requests: number
  errors: number
  responseBytes: number
  consumers: number
  firstUs: number
  lastUs: number
  readonly dataClasses: { readonly request: Record<string, number>; readonly response: Record<string, number> }
}

/** `isCut`: there were more rows than were read. */
export function mapView(rows: readonly MapRow[], query: MapQuery, names: MapNames, isCut: boolean): TrafficMap {
  const edges = new Map<string, Edge>()
  for (const row of rows) {
    const record = names.consumers.get(row.consumer) ?? null
    if (query.service !== undefined && row.service !== query.service) continue
    if (query.partner !== undefined && (record?.partner ?? "") !== query.partner) continue
    const [, firstUs, lastUs] = record?.sights.service?.[row.service] ?? [
      0,
      record?.firstSeenUs ?? 0,
      record?.lastSeenUs ?? 0,
    ]
    if (query.sinceUs !== undefined && lastUs < query.sinceUs) continue
    const caller = query.by === "partner" ? (record?.partner ?? "") : row.consumer
    addRow(edgeOf(edges, `${caller}\n${row.service}`, row.service, record, query.by), row, record, firstUs, lastUs)
  }
  const sorted = [...edges.values()].sort((a, b) => b.requests - a.requests)
  const shown = sorted.slice(0, query.limit)
  const rest = sorted.slice(query.limit)
  const sum = (field: "requests" | "errors" | "responseBytes") => rest.reduce((total, edge) => total + edge[field], 0)
  return {
    items: shown.map((edge) => entryOf(edge, names, query.by)),
    next: null,
    total: sorted.length,
    callers: nodesOf(shown, (edge) => callerOf(edge, names, query.by)),
    services: nodesOf(shown, ({ service }) => ({ id: service, name: names.serviceName(service) })),
    rest: {
      edges: rest.length,
      requests: sum("requests"),
      errors: sum("errors"),
      responseBytes: sum("responseBytes"),
      sentence: restSentence(rest.length, sum("requests"), isCut, rows.length),
    },
  }
}

function edgeOf(
  edges: Map<string, Edge>,
  key: string,
  service: string,
  record: ConsumerRecord | null,
  by: string,
): Edge {
  let edge = edges.get(key)
  if (edge === undefined) {
    edge = {
      service,
      consumer: by === "partner" ? null : record,
      partner: record?.partner ?? null,
      requests: 0,
      errors: 0,
      responseBytes: 0,
      consumers: 0,
      firstUs: Number.POSITIVE_INFINITY,
      lastUs: 0,
      dataClasses: { request: {}, response: {} },
    }
    edges.set(key, edge)
  }
  return edge
}

function addRow(edge: Edge, row: MapRow, record: ConsumerRecord | null, firstUs: number, lastUs: number): void {
  edge.requests += row.requests
  edge.errors += row.errors
  edge.responseBytes += row.responseBytes
  edge.consumers++
  edge.firstUs = Math.min(edge.firstUs, firstUs)
  edge.lastUs = Math.max(edge.lastUs, lastUs)
  for (const [key, [requests]] of Object.entries(record?.sights.dataClass ?? {})) {
    const split = splitDataClass(key)
    if (split === null || split.service !== row.service) continue
    const counts = edge.dataClasses[split.direction]
    counts[split.name] = (counts[split.name] ?? 0) + requests
  }
}

function entryOf(edge: Edge, names: MapNames, by: MapQuery["by"]): MapEntry {
  const { consumer, partner, service, requests, errors, responseBytes, consumers, firstUs, lastUs, dataClasses } = edge
  const label = consumer === null ? null : { id: consumer.id, name: consumer.name, scheme: consumer.scheme }
  return {
    // A map by partner has no consumers: the model says so, its type leaves null out for those who ask by consumer.
    consumer: (by === "partner" ? null : label) as MapEntry["consumer"],
    partner: partner === null ? null : { id: partner, name: names.partners.get(partner) ?? partner },
    service: { id: service, name: names.serviceName(service) },
    requests,
    errors,
    responseBytes,
    consumers,
    firstSeen: isoTime(firstUs),
    lastSeen: isoTime(lastUs),
    dataClasses,
  }
}

function callerOf(edge: Edge, names: MapNames, by: MapQuery["by"]): { readonly id: string; readonly name: string } {
  if (by === "consumer") return { id: edge.consumer?.id ?? "", name: edge.consumer?.name ?? "" }
  if (edge.partner === null) return { id: "", name: "no partner" }
  return { id: edge.partner, name: names.partners.get(edge.partner) ?? edge.partner }
}

function nodesOf(edges: readonly Edge[], endOf: (edge: Edge) => { id: string; name: string }): TrafficMap["callers"] {
  const nodes = new Map<string, { id: string; name: string; requests: number; edges: number }>()
  for (const edge of edges) {
    const end = endOf(edge)
    const node = nodes.get(end.id) ?? { ...end, requests: 0, edges: 0 }
    node.requests += edge.requests
    node.edges++
    nodes.set(end.id, node)
  }
  return [...nodes.values()].sort((a, b) => b.requests - a.requests)
}

function restSentence(edges: number, requests: number, isCut: boolean, read: number): string {
  const parts: string[] = []
  if (edges > 0) parts.push(`${edges} more edges with ${requests} requests are not shown.`)
  if (isCut) parts.push(`Only the busiest ${read} pairs of consumer and service were looked at.`)
  return parts.join(" ")
}
