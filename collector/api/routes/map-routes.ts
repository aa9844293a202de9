// Who talks to what.
import type { ConsumerRecord } from "../../store/records.ts"
import type { Store } from "../../store/store.ts"
import { type MapEntry, TrafficMap } from "../consumer-models.ts"
import { countsCell } from "../csv.ts"
import { parseTime } from "../event-time.ts"
import { type Columns, FormatParameter, sendExport } from "../export.ts"
import type { Api } from "../http.ts"
import { Lookups } from "../lookups.ts"
import { ApiProblem, PROBLEM } from "../problem.ts"
import { ref, Type } from "../schema.ts"
import { mapView } from "../views/map-view.ts"
import { partnerNames } from "../views/partner-views.ts"

/** Edges returned, and pairs of consumer and service looked at for them. */
const MAP_MAX = 1000
const PAIRS_MAX = 20_000

const QUERY = Type.Object(
  {
    by: Type.Unsafe<"consumer" | "partner">({
      type: "string",
      enum: ["consumer", "partner"],
      default: "consumer",
      description: "Whose edges: of each consumer, or of all consumers of a partner together.",
    }),
    service: Type.Optional(Type.String({ maxLength: 128, description: "Id of a service." })),
    partner: Type.Optional(Type.String({ maxLength: 128, description: "Id of a partner; empty for those of none." })),
    since: Type.Optional(
      Type.String({ maxLength: 64, description: "Edges that were used at or after this event time, ISO 8601." }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: MAP_MAX, default: 500, description: "Edges returned." }),
    ...FormatParameter,
  },
  { additionalProperties: false },
)

const COLUMNS: Columns<MapEntry> = {
  consumer: (row) => row.consumer?.id ?? null,
  consumerName: (row) => row.consumer?.name ?? null,
  partner: (row) => row.partner?.name ?? null,
  service: (row) => row.service.id,
  serviceName: (row) => row.service.name,
  requests: (row) => row.requests,
  errors: (row) => row.errors,
  responseBytes: (row) => row.responseBytes,
  consumers: (row) => row.consumers,
  firstSeen: (row) => row.firstSeen,
  lastSeen: (row) => row.lastSeen,
  requestClasses: (row) => countsCell(row.dataClasses.request),
  responseClasses: (row) => countsCell(row.dataClasses.response),
}

export function mapRoutes(app: Api, store: Store): void {
  app.get(
    "/api/v1/map",
    {
      schema: {
        operationId: "getMap",
        summary: "Who talks to what: consumer (or partner) and service, busiest first; the rest is summed",
        tags: ["inventory"],
        querystring: QUERY,
        response: { 200: ref(TrafficMap), default: PROBLEM },
      },
    },
    async ({ query }, reply) => {
      const { since, format, ...given } = query
      const filter = format === undefined ? given : { ...given, limit: PAIRS_MAX }
      const sinceUs = since === undefined ? undefined : parseTime(since)
      if (sinceUs === null) throw new ApiProblem(400, "It is no time like 2026-11-24T10:00:00Z.", "since")
      const rows = await store.map(PAIRS_MAX)
      const consumers = new Map<string, ConsumerRecord>()
      const needsAll = query.by === "partner" || query.partner !== undefined || since !== undefined
      const looked = needsAll || query.service !== undefined ? rows : rows.slice(0, filter.limit)
      for (const { consumer, service } of looked) {
        if (consumers.has(consumer) || (query.service !== undefined && service !== query.service)) continue
        const record = await store.consumer(consumer)
        if (record !== null) consumers.set(consumer, record)
      }
      const lookups = new Lookups(store)
      const services = await lookups.serviceNames(rows.map(({ service }) => service))
      const names = {
        consumers,
        partners: await partnerNames(store),
        serviceName: (id: string) => services.get(id) ?? id,
      }
      const map = mapView(rows, { ...filter, sinceUs }, names, rows.length >= PAIRS_MAX)
      if (format === undefined) return map
      const read = async () => ({ items: map.items, next: null, total: map.total })
      return sendExport(reply, format, undefined, { name: "map", read, view: (edges) => edges, columns: COLUMNS })
    },
  )
}
