import type { SensorRecord } from "../../store/records.ts"
import { type Store, StoreError } from "../../store/store.ts"
import { parseTime } from "../event-time.ts"
import type { Api } from "../http.ts"
import { Change, Sensor, Totals } from "../models.ts"
import { ApiProblem, notFound, PROBLEM } from "../problem.ts"
import { IdParams, ListQuery, type PageBody, PageOf, ref, Type } from "../schema.ts"
import { changeView, sensorView, totalsView } from "../views/sensor-views.ts"

/** How many of the newest changes are looked through when a time is asked for. */
const CHANGES_SCANNED_MAX = 10_000

/** Sensors in the order of their names; the cursor is the name of the last one shown. */
function sensorPage(
  all: readonly SensorRecord[],
  query: { readonly limit: number; readonly cursor?: string; readonly sort?: string },
): PageBody<Sensor> {
  const sign = query.sort === "-id" ? -1 : 1
  const sorted = all.toSorted((a, b) => (a.sensor < b.sensor ? -sign : sign))
  let from = 0
  if (query.cursor !== undefined) {
    const last = Buffer.from(query.cursor, "base64url").toString()
    from = sorted.findIndex((record) => record.sensor === last) + 1
    if (from === 0) throw new StoreError("bad-cursor", "no sensor of this name")
  }
  const shown = sorted.slice(from, from + query.limit)
  const more = from + query.limit < sorted.length
  const next = more ? Buffer.from(shown.at(-1)!.sensor).toString("base64url") : null
  return { items: shown.map(sensorView), next, total: all.length }
}

/** The feed: everything after a sequence number, oldest first, so that a client that polls misses nothing. */
async function feed(store: Store, since: number, limit: number): Promise<PageBody<Change>> {
  const newest = (await store.latestChanges(1))[0]?.sequence ?? 0
  const items = (await store.changes(since, limit)).map(changeView)
  const last = items.at(-1)?.sequence ?? newest
  return { items, next: last < newest ? String(last) : null, total: Math.max(0, newest - since) }
}

/** The newest changes, newest first; from `sinceUs` on, of the newest CHANGES_SCANNED_MAX. */
async function newest(store: Store, sinceUs: number | null, limit: number): Promise<PageBody<Change>> {
  if (sinceUs === null) {
    const items = (await store.latestChanges(limit)).map(changeView)
    return { items, next: null, total: items[0]?.sequence ?? 0 }
  }
  const matching = (await store.latestChanges(CHANGES_SCANNED_MAX)).filter((change) => change.atUs >= sinceUs)
  return { items: matching.slice(0, limit).map(changeView), next: null, total: matching.length }
}

function changesRoute(app: Api, store: Store): void {
  app.get(
    "/api/v1/changes",
    {
      schema: {
        operationId: "listChanges",
        summary: "What is new in the inventory",
        description:
          "Without `since`: the newest, newest first. With a sequence number: everything after it, oldest first; `next` is the `since` of the following call. With an ISO 8601 time: everything from that event time on, newest first.",
        tags: ["inventory"],
        querystring: Type.Object(
          {
            since: Type.Optional(Type.String({ minLength: 1, maxLength: 40, description: "Sequence number or time." })),
            limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: "Changes returned." }),
          },
          { additionalProperties: false },
        ),
        response: { 200: PageOf(ref(Change)), default: PROBLEM },
      },
    },
    async ({ query }) => {
      if (query.since === undefined) return newest(store, null, query.limit)
      if (/^\d{1,15}$/.test(query.since)) return feed(store, Number(query.since), query.limit)
      const sinceUs = parseTime(query.since)
      if (sinceUs === null) {
        throw new ApiProblem(400, '"since" must be a sequence number or an ISO 8601 time with its zone.', "since")
      }
      return newest(store, sinceUs, query.limit)
    },
  )
}

export function evidenceRoutes(app: Api, store: Store): void {
  app.get(
    "/api/v1/sensors",
    {
      schema: {
        operationId: "listSensors",
        summary: "Sensors, what they saw and what they missed",
        tags: ["evidence"],
        querystring: ListQuery({}, ["id"]),
        response: { 200: PageOf(ref(Sensor)), default: PROBLEM },
      },
    },
    async ({ query }) => sensorPage(await store.sensors(), query),
  )

  app.get(
    "/api/v1/sensors/:id",
    {
      schema: {
        operationId: "getSensor",
        summary: "One sensor with its loss ledger",
        tags: ["evidence"],
        params: IdParams,
        response: { 200: ref(Sensor), default: PROBLEM },
      },
    },
    async ({ params }) => {
      const record = (await store.sensors()).find((sensor) => sensor.sensor === params.id)
      if (record === undefined) throw notFound("sensor")
      return sensorView(record)
    },
  )

  app.get(
    "/api/v1/ledger",
    {
      schema: {
        operationId: "getLedger",
        summary: "End-to-end totals: exchanges is the number of events applied to the store",
        tags: ["evidence"],
        response: { 200: ref(Totals), default: PROBLEM },
      },
    },
    async () => totalsView(await store.ledger(), await store.sensors()),
  )
  changesRoute(app, store)
}
