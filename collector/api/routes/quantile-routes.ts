import type { EndpointHour } from "../../store/records.ts"
import type { Store } from "../../store/store.ts"
import { DAY_US, HOUR_US, isoTime } from "../event-time.ts"
import type { Api } from "../http.ts"
import { timeOf } from "../list-filters.ts"
import { Quantiles } from "../models.ts"
import { notFound, PROBLEM } from "../problem.ts"
import { Count, IdParams, PageOf, ref, Time, Type } from "../schema.ts"
import { quantilesView } from "../views/inventory-views.ts"
import { SERIES_MAX } from "./endpoint-routes.ts"

const QuantilePoint = Type.Object({
  at: Time("Start of the hour or day."),
  requests: Count("Exchanges."),
  errors: Count("Exchanges with status 400 or above."),
  lossyShare: Type.Number({ minimum: 0, maximum: 1, description: "Share of exchanges whose evidence is lossy." }),
  latencyMs: ref(Quantiles),
  requestBytes: ref(Quantiles),
  responseBytes: ref(Quantiles),
  items: ref(Quantiles),
})

function pointView(hour: EndpointHour) {
  return {
    at: isoTime(hour.windowUs),
    requests: hour.requests,
    errors: hour.errors,
    lossyShare: hour.lossy === 0 ? 0 : Math.min(1, hour.lossy / Math.max(1, hour.requests)),
    latencyMs: quantilesView(hour.latencyUs, 1000),
    requestBytes: quantilesView(hour.requestBytes),
    responseBytes: quantilesView(hour.responseBytes),
    items: quantilesView(hour.items),
  }
}

export function quantileRoutes(app: Api, store: Store): void {
  app.get(
    "/api/v1/endpoints/:id/quantiles",
    {
      schema: {
        operationId: "getEndpointQuantiles",
        summary: "Latency, sizes and items of an endpoint by hour or day of event time",
        description: `At most ${SERIES_MAX} windows, the newest, oldest first; windows without traffic are left out. Default: the last 7 days by hour, 90 by day, up to its latest exchange.`,
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
        response: { 200: PageOf(QuantilePoint), default: PROBLEM },
      },
    },
    async ({ params, query }) => {
      const record = await store.endpoint(params.id)
      if (record === null) throw notFound("endpoint")
      const untilUs = timeOf(query.until, "until") ?? record.lastSeenUs + 1
      const spanUs = query.size === "hour" ? 7 * DAY_US : 90 * DAY_US
      const unitUs = query.size === "hour" ? HOUR_US : DAY_US
      const sinceUs = timeOf(query.since, "since") ?? Math.floor(Math.max(0, untilUs - spanUs) / unitUs) * unitUs
      const items = (await store.endpointHours(record.id, query.size, sinceUs, untilUs, SERIES_MAX)).map(pointView)
      return { items, next: null, total: items.length }
    },
  )
}
