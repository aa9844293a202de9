// Consumers: lists, one of them, and what people say of them.
import type { WatchReads } from "../../analysis/watch-reads.ts"
import type { Edits } from "../../inventory/edits.ts"
import type { ConsumerRecord } from "../../store/records.ts"
import type { PageRequest, Store } from "../../store/store.ts"
import { Consumer, ConsumerDetail, Edited } from "../consumer-models.ts"
import { type Columns, FormatParameter, sendExport } from "../export.ts"
import type { Api } from "../http.ts"
import { CONSUMER_FILTERS, consumerFilter } from "../list-filters.ts"
import { eventNow, Lookups } from "../lookups.ts"
import { pageBody, pageRequest } from "../paging.ts"
import { notFound, PROBLEM } from "../problem.ts"
import { IdParams, ListQuery, PageOf, ref, Type } from "../schema.ts"
import { consumerDetailView, consumerView, servicesOf } from "../views/consumer-views.ts"
import { partnerNames } from "../views/partner-views.ts"
import { actorOf } from "../write-guard.ts"
import { DAILY_US, HOURLY_US, SERIES_MAX } from "./endpoint-routes.ts"

const SORTS = ["name", "scheme", "partner", "requests", "errors", "endpoints", "firstSeen", "lastSeen"]
const COLUMNS: Columns<Consumer> = {
  id: (row) => row.id,
  name: (row) => row.name,
  scheme: (row) => row.scheme,
  partner: (row) => row.partner,
  partnerName: (row) => row.partnerName,
  requests: (row) => row.requests,
  errors: (row) => row.errors,
  endpoints: (row) => row.endpoints,
  firstSeen: (row) => row.firstSeen,
  lastSeen: (row) => row.lastSeen,
  learning: (row) => row.learning,
  learningState: (row) => row.learningState,
}
/** Endpoints shown with a consumer. */
const USES_MAX = 200
export const Reason = Type.Optional(Type.String({ maxLength: 500, description: "Why, for the audit log." }))
const IdText = (description: string) => Type.String({ minLength: 1, maxLength: 128, description })

async function readUses(store: Store, lookups: Lookups, id: string): Promise<ConsumerDetail["uses"]> {
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

function listRoute(app: Api, store: Store, reads: WatchReads | null): void {
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
      const names = await partnerNames(store)
      const viewOne = (record: ConsumerRecord) =>
        consumerView(record, nowUs, names.get(record.partner ?? "") ?? null, reads?.learning(record.id)?.state ?? null)
      const page = pageRequest(query, "-requests")
      if (query.format !== undefined) {
        const view = (rows: readonly ConsumerRecord[]) => rows.map(viewOne)
        return sendExport(reply, query.format, page.sort, { name: "consumers", read, view, columns: COLUMNS })
      }
      return pageBody(await read(page), viewOne)
    },
  )
}

function detailRoute(app: Api, store: Store, reads: WatchReads | null): void {
  app.get(
    "/api/v1/consumers/:id",
    {
      schema: {
        operationId: "getConsumer",
        summary: "One consumer, the endpoints it uses and its activity; a former id finds it, too",
        tags: ["inventory"],
        params: IdParams,
        response: { 200: ref(ConsumerDetail), default: PROBLEM },
      },
    },
    async ({ params }) => {
      const record = await store.consumer(params.id)
      if (record === null) throw notFound("consumer")
      const lookups = new Lookups(store)
      const untilUs = record.lastSeenUs + 1
      const by = { consumer: record.id }
      return consumerDetailView(record, {
        nowUs: await eventNow(store),
        partnerName: (await partnerNames(store)).get(record.partner ?? "") ?? null,
        learningState: reads?.learning(record.id)?.state ?? null,
        serviceNames: await lookups.serviceNames(servicesOf(record)),
        uses: await readUses(store, lookups, record.id),
        hourly: await store.series(by, "hour", Math.max(0, untilUs - HOURLY_US), untilUs, SERIES_MAX),
        daily: await store.series(by, "day", Math.max(0, untilUs - DAILY_US), untilUs, SERIES_MAX),
      })
    },
  )
}

function editRoutes(app: Api, edits: Edits): void {
  app.put(
    "/api/v1/consumers/:id/name",
    {
      schema: {
        operationId: "renameConsumer",
        summary: "Gives a consumer a name; an empty one gives back what its exchanges say",
        tags: ["inventory"],
        params: IdParams,
        body: Type.Object({ name: Type.String({ maxLength: 200 }), reason: Reason }, { additionalProperties: false }),
        response: { 200: ref(Edited), default: PROBLEM },
      },
    },
    async (request) =>
      edits.edit({ kind: "consumer.rename", consumer: request.params.id, ...request.body }, actorOf(request)),
  )
  app.put(
    "/api/v1/consumers/:id/partner",
    {
      schema: {
        operationId: "assignConsumer",
        summary: "Says whose consumer it is",
        tags: ["inventory"],
        params: IdParams,
        body: Type.Object(
          {
            partner: Type.Unsafe<string | null>({
              type: ["string", "null"],
              maxLength: 128,
              description: "Id of a partner; null: of none, whatever rules say; empty: as rules say.",
            }),
            reason: Reason,
          },
          { additionalProperties: false },
        ),
        response: { 200: ref(Edited), default: PROBLEM },
      },
    },
    async (request) =>
      edits.edit({ kind: "consumer.assign", consumer: request.params.id, ...request.body }, actorOf(request)),
  )
  app.post(
    "/api/v1/consumers/:id/merge",
    {
      schema: {
        operationId: "mergeConsumers",
        summary: "Says that another consumer is this one: its past and its future are put here, its id finds this one",
        tags: ["inventory"],
        params: IdParams,
        body: Type.Object(
          { successor: IdText("Id of the consumer that goes on as this one."), reason: Reason },
          { additionalProperties: false },
        ),
        response: { 200: ref(Edited), default: PROBLEM },
      },
    },
    async (request) =>
      edits.edit({ kind: "consumer.merge", former: request.params.id, ...request.body }, actorOf(request)),
  )
}

export interface ConsumerParts {
  readonly store: Store
  readonly edits: Edits
  readonly reads: WatchReads | null
}

export function consumerRoutes(app: Api, { store, edits, reads }: ConsumerParts): void {
  listRoute(app, store, reads)
  detailRoute(app, store, reads)
  editRoutes(app, edits)
}
