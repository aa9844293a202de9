import type { SensorRecord } from "../../store/records.ts"
import { type PageRequest, type Store, StoreError } from "../../store/store.ts"
import { DAY_US, HOUR_US, parseTime } from "../event-time.ts"
import { type Columns, FormatParameter, sendExport } from "../export.ts"
import type { Api } from "../http.ts"
import { ApiProblem, notFound, PROBLEM } from "../problem.ts"
import { IdParams, ListQuery, type PageBody, PageOf, ref, Type } from "../schema.ts"
import { Sensor, SensorHistory, STEPS } from "../sensor-models.ts"
import { pointView, sensorView } from "../views/sensor-views.ts"

/** Points a history may have: a day of minutes, 60 days of hours. */
const POINTS_MAX = 1440
const STEP_US = { minute: 60_000_000, hour: HOUR_US, day: DAY_US } as const
type Step = keyof typeof STEP_US
/** Time shown when none is asked for. */
const SPAN_US: Readonly<Record<Step, number>> = { minute: 6 * HOUR_US, hour: 7 * DAY_US, day: 90 * DAY_US }

const COLUMNS: Columns<Sensor> = {
  id: (row) => row.id,
  tenant: (row) => row.tenant,
  state: (row) => row.state,
  lastHeard: (row) => row.lastHeard,
  run: (row) => row.run,
  runs: (row) => row.runs,
  workers: (row) => row.workers,
  watermark: (row) => row.watermark,
  firstBatch: (row) => row.firstBatch,
  exchanges: (row) => row.exchanges,
  copies: (row) => row.copies,
  batches: (row) => row.batches,
  missingBatches: (row) => row.missingBatches,
  finished: (row) => row.finished,
}

/** Sensors in the order of their names; the cursor is the name of the last one shown. */
function sensorPage(
  all: readonly SensorRecord[],
  query: { readonly limit: number; readonly cursor?: string | undefined; readonly sort?: string | undefined },
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

async function findSensor(store: Store, id: string): Promise<SensorRecord> {
  const record = (await store.sensors()).find((sensor) => sensor.sensor === id)
  if (record === undefined) throw notFound("sensor")
  return record
}

function timeOf(text: string | undefined, parameter: string): number | null {
  if (text === undefined) return null
  const timeUs = parseTime(text)
  if (timeUs === null) throw new ApiProblem(400, `"${parameter}" must be an ISO 8601 time with its zone.`, parameter)
  return timeUs
}

/** The finest step in which `spanUs` fits into the points of an answer. */
function stepFor(spanUs: number): Step {
  if (spanUs <= POINTS_MAX * STEP_US.minute) return "minute"
  return spanUs <= POINTS_MAX * STEP_US.hour ? "hour" : "day"
}

function historyRoute(app: Api, store: Store): void {
  app.get(
    "/api/v1/sensors/:id/history",
    {
      schema: {
        operationId: "getSensorHistory",
        summary: "What a sensor saw and missed over time",
        description: `By minute, hour or day of its packet time, oldest first; at most ${POINTS_MAX} points, the newest; times without a batch are left out. Minutes are kept for a week, hours for 400 days.`,
        tags: ["evidence"],
        params: IdParams,
        querystring: Type.Object(
          {
            from: Type.Optional(Type.String({ maxLength: 40, description: "ISO 8601, inclusive." })),
            to: Type.Optional(Type.String({ maxLength: 40, description: "ISO 8601, exclusive; default: the latest." })),
            step: Type.Optional(
              Type.Unsafe<Step>({ type: "string", enum: [...STEPS], description: "Default: as fine as fits." }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: ref(SensorHistory), default: PROBLEM },
      },
    },
    async ({ params, query }) => {
      const { watermarkUs } = await findSensor(store, params.id)
      const fromUs = timeOf(query.from, "from")
      const toUs = timeOf(query.to, "to") ?? watermarkUs + 1
      const step = query.step ?? (fromUs === null ? "hour" : stepFor(toUs - fromUs))
      const sinceUs = fromUs ?? Math.max(0, toUs - SPAN_US[step])
      const items = (await store.sensorHistory(params.id, step, sinceUs, toUs, POINTS_MAX)).map(pointView)
      return { step, items, next: null, total: items.length }
    },
  )
}

export function sensorRoutes(app: Api, store: Store): void {
  app.get(
    "/api/v1/sensors",
    {
      schema: {
        operationId: "listSensors",
        summary: "Sensors, what they saw and what they missed",
        tags: ["evidence"],
        querystring: ListQuery({ ...FormatParameter }, ["id"]),
        response: { 200: PageOf(ref(Sensor)), default: PROBLEM },
      },
    },
    async ({ query }, reply) => {
      const { format, limit, cursor, sort } = query
      const sensors = await store.sensors()
      const read = async (request: PageRequest) => sensorPage(sensors, request)
      if (format === undefined) return read({ limit, cursor, sort })
      return sendExport(reply, format, sort, { name: "sensors", read, view: (rows) => rows, columns: COLUMNS })
    },
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
    async ({ params }) => sensorView(await findSensor(store, params.id)),
  )
  historyRoute(app, store)
}
