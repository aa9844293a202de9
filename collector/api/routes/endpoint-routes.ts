import type { EndpointRecord } from "../../store/records.ts"
import type { Store } from "../../store/store.ts"
import { DAY_US, HOUR_US, parseTime } from "../event-time.ts"
import type { Api } from "../http.ts"
import { eventNow, Lookups } from "../lookups.ts"
import { Endpoint, EndpointDetail, SeriesPoint } from "../models.ts"
import { pageRequest } from "../paging.ts"
import { ApiProblem, notFound, PROBLEM } from "../problem.ts"
import { IdParams, ListQuery, PageOf, ref, Type } from "../schema.ts"
import { neighboursIn } from "../views/auth-views.ts"
import { endpointDetailView, endpointView, seriesView } from "../views/inventory-views.ts"

const SORTS = ["template", "method", "requests", "errors", "consumers", "status", "firstSeen", "lastSeen"]
/** Consumers shown with an endpoint. */
const USED_BY_MAX = 50
/** Endpoints of its service that an endpoint is compared with: the busiest. */
const NEIGHBOURS_MAX = 100
/** Windows a series may have: 60 days of hours. */
export const SERIES_MAX = 1440
export const HOURLY_US = 7 * DAY_US
export const DAILY_US = 90 * DAY_US

const STATUSES = ["documented", "shadow", "zombie", "orphan", "rogue", "unknown"] as const

const filter = (description: string) => Type.Optional(Type.String({ maxLength: 256, description }))

const FILTERS = {
  service: filter("Id of a service."),
  method: filter("Method, upper case."),
  status: Type.Optional(Type.Union(STATUSES.map((status) => Type.Literal(status)))),
  consumer: filter("Id of a consumer that uses it."),
  search: filter("Text that the template, operation or service name contains."),
}

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

async function readDetail(store: Store, record: EndpointRecord): Promise<EndpointDetail> {
  const lookups = new Lookups(store)
  const ids = [...Object.keys(record.shapes), ...Object.keys(record.requestShapes)].map(Number)
  const untilUs = record.lastSeenUs + 1
  const by = { endpoint: record.id }
  return endpointDetailView(record, {
    serviceName: await lookups.serviceName(record.service),
    shapes: await store.shapes([...new Set(ids)]),
    usedBy: await readUsedBy(store, record.id, lookups),
    neighbours: neighboursIn(record, await readNeighbours(store, record.service)),
    hourly: await store.series(by, "hour", Math.max(0, untilUs - HOURLY_US), untilUs, SERIES_MAX),
    daily: await store.series(by, "day", Math.max(0, untilUs - DAILY_US), untilUs, SERIES_MAX),
  })
}

function timeOf(text: string | undefined, parameter: string): number | null {
  if (text === undefined) return null
  const timeUs = parseTime(text)
  if (timeUs === null) throw new ApiProblem(400, `"${parameter}" must be an ISO 8601 time with its zone.`, parameter)
  return timeUs
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

export function endpointRoutes(app: Api, store: Store): void {
  app.get(
    "/api/v1/endpoints",
    {
      schema: {
        operationId: "listEndpoints",
        summary: "Endpoints: method, path template and operation of a service",
        tags: ["inventory"],
        querystring: ListQuery(FILTERS, SORTS),
        response: { 200: PageOf(ref(Endpoint)), default: PROBLEM },
      },
    },
    async ({ query }) => {
      const { service, method, status, consumer, search } = query
      const page = await store.endpoints({ service, method, status, consumer, search }, pageRequest(query, "template"))
      const names = await new Lookups(store).serviceNames(page.items.map((record) => record.service))
      const items = page.items.map((record) => endpointView(record, names.get(record.service) ?? record.service))
      return { items, next: page.next, total: page.total }
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
      return readDetail(store, record)
    },
  )
  seriesRoute(app, store)
}
