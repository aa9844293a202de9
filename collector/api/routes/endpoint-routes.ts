import { observedBodies, shapesOf } from "../../inventory/specification/observed-bodies.ts"
import type { TemplateReads } from "../../inventory/template-edits.ts"
import type { EndpointRecord } from "../../store/records.ts"
import type { PageRequest, Store } from "../../store/store.ts"
import { countsCell } from "../csv.ts"
import { DAY_US, HOUR_US } from "../event-time.ts"
import { type Columns, FormatParameter, sendExport } from "../export.ts"
import type { Api } from "../http.ts"
import { ENDPOINT_FILTERS, endpointFilter, timeOf } from "../list-filters.ts"
import { eventNow, Lookups } from "../lookups.ts"
import { Endpoint, EndpointDetail, SeriesPoint } from "../models.ts"
import { pageRequest } from "../paging.ts"
import { notFound, PROBLEM } from "../problem.ts"
import { IdParams, ListQuery, PageOf, ref, Type } from "../schema.ts"
import { textsOf } from "../service-endpoints.ts"
import type { Drift } from "../specification-models.ts"
import { neighboursIn } from "../views/auth-views.ts"
import { endpointDetailView, endpointView, seriesView } from "../views/inventory-views.ts"
import { endpointDriftView } from "../views/specification-views.ts"
import { templateView } from "../views/template-views.ts"
import { schemaRoute } from "./schema-routes.ts"
import type { SpecificationReader } from "./specification-routes.ts"

const SORTS = [
  ...[
    "template",
    "method",
    "service",
    "operation",
    "requests",
    "errors",
    "consumers",
    "status",
    "posture",
    "drift",
    "lossy",
  ],
  ...["firstSeen", "lastSeen"],
]
const COLUMNS: Columns<Endpoint> = {
  id: (row) => row.id,
  service: (row) => row.service,
  serviceName: (row) => row.serviceName,
  method: (row) => row.method,
  template: (row) => row.template,
  operation: (row) => row.operation,
  status: (row) => row.status,
  posture: (row) => row.auth.posture,
  schemes: (row) => countsCell(row.auth.schemes),
  requestClasses: (row) => countsCell(row.dataClasses.request),
  responseClasses: (row) => countsCell(row.dataClasses.response),
  requests: (row) => row.requests,
  errors: (row) => row.errors,
  differences: (row) => row.differences,
  statusWhy: (row) => row.statusWhy,
  consumers: (row) => row.consumers,
  firstSeen: (row) => row.firstSeen,
  lastSeen: (row) => row.lastSeen,
}
/** Consumers shown with an endpoint. */
const USED_BY_MAX = 50
/** Endpoints of its service that an endpoint is compared with: the busiest. */
const NEIGHBOURS_MAX = 100
/** Routes shown with an endpoint. */
const ROUTES_MAX = 100
/** Windows a series may have: 60 days of hours. */
export const SERIES_MAX = 1440
export const HOURLY_US = 7 * DAY_US
export const DAILY_US = 90 * DAY_US

async function readUsedBy(store: Store, id: string, lookups: Lookups): Promise<EndpointDetail["usedBy"]> {
  const pairs = await store.pairs({ endpoint: id }, USED_BY_MAX)
  return Promise.all(
    pairs.map(async ({ consumer, requests, errors, requestBytes, responseBytes, items }) => ({
      consumer: await lookups.consumerLabel(consumer),
      requests,
      errors,
      requestBytes,
      responseBytes,
      items,
    })),
  )
}

async function readNeighbours(store: Store, service: string): Promise<readonly EndpointRecord[]> {
  return (await store.endpoints({ service }, { limit: NEIGHBOURS_MAX, sort: "-requests" })).items
}

/** Of the endpoint as a specification describes it. */
async function readDrift(store: Store, record: EndpointRecord, shelf: SpecificationReader): Promise<Drift[]> {
  const index = shelf?.index(record.service) ?? null
  if (index === null || record.status !== "documented") return []
  const bodies = observedBodies(record, await textsOf(store, [record]))
  return endpointDriftView(record, index, bodies)?.drift ?? []
}

export interface EndpointReads {
  readonly shelf: SpecificationReader
  readonly templates: TemplateReads | null
}

async function readDetail(store: Store, record: EndpointRecord, reads: EndpointReads): Promise<EndpointDetail> {
  const lookups = new Lookups(store)
  const ids = [...Object.keys(record.shapes), ...Object.keys(record.requestShapes)].map(Number).concat(shapesOf(record))
  const untilUs = record.lastSeenUs + 1
  const by = { endpoint: record.id }
  return endpointDetailView(record, {
    serviceName: await lookups.serviceName(record.service),
    shapes: await store.shapes([...new Set(ids)]),
    template: templateView(
      record,
      await store.routes(record.id, ROUTES_MAX),
      reads.templates?.endpoint(record.id) ?? null,
    ),
    usedBy: await readUsedBy(store, record.id, lookups),
    drift: await readDrift(store, record, reads.shelf),
    neighbours: neighboursIn(record, await readNeighbours(store, record.service)),
    hourly: await store.series(by, "hour", Math.max(0, untilUs - HOURLY_US), untilUs, SERIES_MAX),
    daily: await store.series(by, "day", Math.max(0, untilUs - DAILY_US), untilUs, SERIES_MAX),
  })
}

async function endpointViews(records: readonly EndpointRecord[], lookups: Lookups): Promise<Endpoint[]> {
  const names = await lookups.serviceNames(records.map((record) => record.service))
  return records.map((record) => endpointView(record, names.get(record.service) ?? record.service))
}

function seriesRoute(app: Api, store: Store): void {
  app.get(
    "/api/v1/endpoints/:id/series",
    {
      schema: {
        operationId: "getEndpointSeries",
        summary: "What happened at an endpoint by hour or day of event time",
        description: `At most ${SERIES_MAX} windows, the newest; windows without traffic are left out.`,
        tags: ["inventory"],
        params: IdParams,
        querystring: Type.Object(
          {
            size: Type.Unsafe<"hour" | "day">({ type: "string", enum: ["hour", "day"], default: "hour" }),
            since: Type.Optional(Type.String({ maxLength: 40, description: "ISO 8601, inclusive." })),
            until: Type.Optional(Type.String({ maxLength: 40, description: "ISO 8601, exclusive." })),
          },
          { additionalProperties: false },
        ),
        response: { 200: PageOf(ref(SeriesPoint)), default: PROBLEM },
      },
    },
    async ({ params, query }) => {
      const record = await store.endpoint(params.id)
      if (record === null) throw notFound("endpoint")
      const unitUs = query.size === "hour" ? HOUR_US : DAY_US
      const untilUs = timeOf(query.until, "until") ?? Math.max(await eventNow(store), record.lastSeenUs) + unitUs
      const sinceUs = timeOf(query.since, "since") ?? Math.max(0, untilUs - SERIES_MAX * unitUs)
      const items = seriesView(await store.series({ endpoint: params.id }, query.size, sinceUs, untilUs, SERIES_MAX))
      return { items, next: null, total: items.length }
    },
  )
}

export function endpointRoutes(app: Api, store: Store, reads: EndpointReads): void {
  app.get(
    "/api/v1/endpoints",
    {
      schema: {
        operationId: "listEndpoints",
        summary: "Endpoints: method, path template and operation of a service",
        tags: ["inventory"],
        querystring: ListQuery({ ...ENDPOINT_FILTERS, ...FormatParameter }, SORTS),
        response: { 200: PageOf(ref(Endpoint)), default: PROBLEM },
      },
    },
    async ({ query }, reply) => {
      const filter = endpointFilter(query)
      const read = (page: PageRequest) => store.endpoints(filter, page)
      const lookups = new Lookups(store)
      const view = (rows: readonly EndpointRecord[]) => endpointViews(rows, lookups)
      const page = pageRequest(query, "template")
      if (query.format !== undefined) {
        return sendExport(reply, query.format, page.sort, { name: "endpoints", read, view, columns: COLUMNS })
      }
      const { items, next, total } = await read(page)
      return { items: await view(items), next, total }
    },
  )

  app.get(
    "/api/v1/endpoints/:id",
    {
      schema: {
        operationId: "getEndpoint",
        summary: "Everything known about one endpoint",
        tags: ["inventory"],
        params: IdParams,
        response: { 200: ref(EndpointDetail), default: PROBLEM },
      },
    },
    async ({ params }) => {
      const record = await store.endpoint(params.id)
      if (record === null) throw notFound("endpoint")
      return readDetail(store, record, reads)
    },
  )
  seriesRoute(app, store)
  schemaRoute(app, store)
}
