// Records of the store as the API shows services and endpoints.

import { QuantileSketch } from "../../../shared/sketch/quantile-sketch.ts"
import type { Neighbours } from "../../inventory/posture/conflicts.ts"
import { LOSSY_SHARE_MAX, lossyShare } from "../../inventory/posture.ts"
import type { EndpointRecord, SeriesPoint as SeriesRecord, ShapeRecord, SketchBytes } from "../../store/records.ts"
import { namedAnomalies } from "../anomaly-names.ts"
import { isoTime } from "../event-time.ts"
import type { Endpoint, EndpointDetail, Quantiles, SeriesPoint } from "../models.ts"
import { authDetailView, authView } from "./auth-views.ts"
import { bodySchemasView, parametersView, schemaHistory } from "./schema-views.ts"
import type { templateView } from "./template-views.ts"

export const orNull = (text: string): string | null => (text === "" ? null : text)

export const shapeId = (shape: number): string => (shape >>> 0).toString(16).padStart(8, "0")

/** {"request:email": 3} -> {request: {email: 3}, response: {}}. */
function dataClasses(counts: Readonly<Record<string, number>>): Endpoint["dataClasses"] {
  const out: Endpoint["dataClasses"] = { request: {}, response: {} }
  for (const [key, count] of Object.entries(counts)) {
    const colon = key.indexOf(":")
    const side = key.slice(0, colon)
    if (side === "request" || side === "response") out[side][key.slice(colon + 1)] = count
  }
  return out
}

export function endpointView(record: EndpointRecord, serviceName: string): Endpoint {
  return {
    id: record.id,
    service: record.service,
    serviceName,
    method: record.method,
    template: record.template,
    operation: orNull(record.operation),
    requests: record.requests,
    errors: record.errors,
    firstSeen: isoTime(record.firstSeenUs),
    lastSeen: isoTime(record.lastSeenUs),
    status: record.status,
    statusWhy: record.statusWhy,
    differences: record.drift < 0 ? null : record.drift,
    auth: authView(record),
    dataClasses: dataClasses(record.dataClasses),
    consumers: record.consumers,
  }
}

/** `unit`: what one of the sketch's values is in the unit shown (1000 for µs shown as ms). */
export function quantilesView(bytes: SketchBytes, unit = 1): Quantiles {
  const sketch = QuantileSketch.from(bytes)
  const at = (q: number): number | null =>
    sketch.count === 0 ? null : Number((sketch.quantile(q) / unit).toPrecision(4))
  return { count: sketch.count, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }
}

export function seriesView(points: readonly SeriesRecord[]): SeriesPoint[] {
  return points.map(({ windowUs, ...counts }) => ({ at: isoTime(windowUs), ...counts }))
}

/** Lines of a shape: "customer.email:string#email" is a path, its type, and the data class that was decided for it. */
function fieldsOf(lines: readonly string[]): { paths: string[]; classes: Record<string, string> } {
  const classes: [path: string, dataClass: string][] = []
  const paths = lines.map((line) => {
    const [colon, mark] = [line.lastIndexOf(":"), line.lastIndexOf("#")]
    if (colon < 0 || mark < colon) return line
    classes.push([line.slice(0, colon), line.slice(mark + 1)])
    return line.slice(0, mark)
  })
  return { paths, classes: Object.fromEntries(classes) }
}

const orUnknown = (count: number): number | null => (count < 0 ? null : count)

function shapesView(
  counts: Readonly<Record<string, number>>,
  texts: ReadonlyMap<number, ShapeRecord>,
): EndpointDetail["schemas"]["request"]["shapes"] {
  return Object.entries(counts)
    .map(([shape, exchanges]) => ({
      id: shapeId(Number(shape)),
      exchanges,
      ...fieldsOf(texts.get(Number(shape))?.paths ?? []),
    }))
    .sort((a, b) => b.exchanges - a.exchanges || (a.id < b.id ? -1 : 1))
}

/** What became known when, from the dates that the record keeps. */
function history(record: EndpointRecord): EndpointDetail["history"] {
  const first = { atUs: record.firstSeenUs, kind: "endpoint.new", sentence: "First seen." }
  const later = record.parameters
    .filter((parameter) => parameter.firstSeenUs > record.firstSeenUs)
    .map((parameter) => ({
      atUs: parameter.firstSeenUs,
      kind: "parameter.new",
      sentence: `First request with the ${parameter.in} parameter "${parameter.name}".`,
    }))
  const last = { atUs: record.lastSeenUs, kind: "endpoint.last", sentence: "Latest exchange." }
  return [first, ...later, ...schemaHistory(record), last]
    .sort((a, b) => a.atUs - b.atUs)
    .map(({ atUs, kind, sentence }) => ({ at: isoTime(atUs), kind, sentence }))
}

export interface EndpointParts {
  readonly serviceName: string
  readonly shapes: readonly ShapeRecord[]
  readonly template: ReturnType<typeof templateView>
  readonly usedBy: EndpointDetail["usedBy"]
  readonly drift: EndpointDetail["drift"]
  readonly neighbours: Neighbours
  readonly hourly: readonly SeriesRecord[]
  readonly daily: readonly SeriesRecord[]
}

export function endpointDetailView(record: EndpointRecord, parts: EndpointParts): EndpointDetail {
  const texts = new Map(parts.shapes.map((shape) => [shape.shape, shape]))
  const share = lossyShare(record)
  return {
    ...endpointView(record, parts.serviceName),
    protocols: record.protocols,
    statuses: record.statuses,
    outcomes: record.outcomes,
    calls: { ...record.calls, depth: orUnknown(record.calls.depth), aliases: orUnknown(record.calls.aliases) },
    conversations: record.conversations,
    messages: { request: record.requestMessages, response: record.responseMessages },
    parameters: parametersView(record),
    drift: parts.drift,
    schemas: {
      request: {
        contentTypes: record.requestTypes,
        shapes: shapesView(record.requestShapes, texts),
        bodies: bodySchemasView(record, "request", texts),
      },
      response: {
        contentTypes: record.responseTypes,
        shapes: shapesView(record.shapes, texts),
        bodies: bodySchemasView(record, "response", texts),
      },
    },
    quantiles: {
      latencyMs: quantilesView(record.latencyUs, 1000),
      requestBytes: quantilesView(record.requestBytes),
      responseBytes: quantilesView(record.responseBytes),
      items: quantilesView(record.items),
    },
    anomalies: namedAnomalies(record.anomalies),
    evidence: {
      exchanges: record.requests,
      lossy: record.lossy,
      lossyShare: share,
      states: record.states,
      withheld: share > LOSSY_SHARE_MAX,
    },
    ...parts.template,
    authDetail: authDetailView(record, parts.neighbours),
    usedBy: parts.usedBy,
    history: history(record),
    hourly: seriesView(parts.hourly),
    daily: seriesView(parts.daily),
  }
}
