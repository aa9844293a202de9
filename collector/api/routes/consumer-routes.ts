import type { ConsumerRecord } from "../../store/records.ts"
import type { PageRequest, Store } from "../../store/store.ts"
import { type Columns, FormatParameter, sendExport } from "../export.ts"
import type { Api } from "../http.ts"
import { CONSUMER_FILTERS, consumerFilter } from "../list-filters.ts"
import { eventNow, Lookups } from "../lookups.ts"
import { Consumer, ConsumerDetail, MapEntry } from "../models.ts"
import { pageBody, pageRequest } from "../paging.ts"
import { notFound, PROBLEM } from "../problem.ts"
import { IdParams, ListQuery, PageOf, ref, Type } from "../schema.ts"
import { consumerDetailView, consumerView } from "../views/consumer-views.ts"
import { DAILY_US, HOURLY_US, SERIES_MAX } from "./endpoint-routes.ts"

const SORTS = ["name", "scheme", "partner", "requests", "errors", "endpoints", "firstSeen", "lastSeen"]
const COLUMNS: Columns<Consumer> = {
  id: (row) => row.id,
  name: (row) => row.name,
  scheme: (row) => row.scheme,
  partner: (row) => row.partner,
  requests: (row) => row.requests,
  errors: (row) => row.errors,
  endpoints: (row) => row.endpoints,
  firstSeen: (row) => row.firstSeen,
  lastSeen: (row) => row.lastSeen,
  learning: (row) => row.learning,
}
/** Endpoints shown with a consumer, and pairs on the map. */
const USES_MAX = 200
const MAP_MAX = 1000

async function readUses(store: Store, id: string): Promise<ConsumerDetail["uses"]> {
  const lookups = new Lookups(store)
  const pairs = await store.pairs({ consumer: id }, USES_MAX)
  return Promise.all(
    pairs.map(async ({ endpoint, requests, errors, requestBytes, responseBytes, items }) => ({
      endpoint: await lookups.endpointLabel(endpoint),
      requests,
      errors,
      requestBytes,
      responseBytes,
      items,
    })),
  )
}

function mapRoute(app: Api, store: Store): void {
  app.get(
    "/api/v1/map",
    {
      schema: {
        operationId: "getMap",
        summary: "Who talks to what: consumer and service, busiest first",
        tags: ["inventory"],
        querystring: Type.Object(
          { limit: Type.Integer({ minimum: 1, maximum: MAP_MAX, default: 500, description: "Pairs returned." }) },
          { additionalProperties: false },
        ),
        response: { 200: PageOf(MapEntry), default: PROBLEM },
      },
    },
    async ({ query }) => {
      const lookups = new Lookups(store)
      const entries = await store.map(query.limit)
      const items = await Promise.all(
        entries.map(async ({ consumer, service, requests, errors, responseBytes }) => ({
          consumer: await lookups.consumerLabel(consumer),
          service: { id: service, name: await lookups.serviceName(service) },
          requests,
          errors,
          responseBytes,
        })),
      )
      return { items, next: null, total: items.length }
    },
  )
}

export function consumerRoutes(app: Api, store: Store): void {
  app.get(
    "/api/v1/consumers",
    {
      schema: {
        operationId: "listConsumers",
        summary: "Consumers: who calls, by credential",
        tags: ["inventory"],
        querystring: ListQuery({ ...CONSUMER_FILTERS, ...FormatParameter }, SORTS),
        response: { 200: PageOf(ref(Consumer)), default: PROBLEM },
      },
    },
    async ({ query }, reply) => {
      const nowUs = await eventNow(store)
      const filter = consumerFilter(query)
      const read = (page: PageRequest) => store.consumers(page, filter)
      const viewOne = (record: ConsumerRecord) => consumerView(record, nowUs)
      const page = pageRequest(query, "-requests")
      if (query.format !== undefined) {
        const view = (rows: readonly ConsumerRecord[]) => rows.map(viewOne)
        return sendExport(reply, query.format, page.sort, { name: "consumers", read, view, columns: COLUMNS })
      }
      return pageBody(await read(page), viewOne)
    },
  )

  app.get(
    "/api/v1/consumers/:id",
    {
      schema: {
        operationId: "getConsumer",
        summary: "One consumer, the endpoints it uses and its activity",
        tags: ["inventory"],
        params: IdParams,
        response: { 200: ref(ConsumerDetail), default: PROBLEM },
      },
    },
    async ({ params }) => {
      const record = await store.consumer(params.id)
      if (record === null) throw notFound("consumer")
      const untilUs = record.lastSeenUs + 1
      const by = { consumer: record.id }
      return consumerDetailView(record, {
        nowUs: await eventNow(store),
        uses: await readUses(store, record.id),
        hourly: await store.series(by, "hour", Math.max(0, untilUs - HOURLY_US), untilUs, SERIES_MAX),
        daily: await store.series(by, "day", Math.max(0, untilUs - DAILY_US), untilUs, SERIES_MAX),
      })
    },
  )
  mapRoute(app, store)
}
