// Incidents: the list, one, what people decide, and how much of the budget is used.
import type { BudgetUse, WatchReads } from "../../analysis/watch-reads.ts"
import type { Edits } from "../../inventory/edits.ts"
import type { IncidentFilter, PageRequest, Store } from "../../store/store.ts"
import { isoTime, parseTime } from "../event-time.ts"
import { type Columns, FormatParameter, sendExport } from "../export.ts"
import type { Api } from "../http.ts"
import { Budget, INCIDENT_STATES, Incident, IncidentEdit, LANES } from "../incident-models.ts"
import { ApiProblem, notFound, PROBLEM } from "../problem.ts"
import { IdParams, ListQuery, PageOf, ref, Type } from "../schema.ts"
import { incidentViews } from "../views/incident-views.ts"
import { actorOf, editsOf } from "../write-guard.ts"

const SORTS: Readonly<Record<string, string>> = {
  openedAt: "openedUs",
  lastEvent: "lastEventUs",
  score: "score",
  lane: "lane",
  state: "state",
  kind: "kind",
}

const text = (description: string) => Type.Optional(Type.String({ maxLength: 256, description }))
const FILTERS = {
  state: Type.Optional(
    Type.Unsafe<string>({
      type: "string",
      enum: [...INCIDENT_STATES, "active", "all"],
      description: "active: open or acknowledged. Left out or all: whatever it is.",
    }),
  ),
  lane: Type.Optional(Type.Unsafe<string>({ type: "string", enum: [...LANES] })),
  verdict: text("malicious, benign, expected, shared, explained, back."),
  kind: text("Name of a detection."),
  consumer: text("Id, or former id, of a consumer."),
  service: text("Id of a service."),
  endpoint: text("Id of an endpoint."),
  openedSince: text("ISO 8601, event time."),
  activeSince: text("ISO 8601, event time."),
}

const COLUMNS: Columns<Incident> = {
  id: (row) => row.id,
  state: (row) => row.state,
  verdict: (row) => row.verdict,
  lane: (row) => row.lane,
  kind: (row) => row.kind,
  detections: (row) => row.detections.join(" "),
  consumer: (row) => row.consumer?.name ?? "",
  service: (row) => row.service?.name ?? "",
  endpoint: (row) => row.endpoint?.name ?? "",
  openedAt: (row) => row.openedAt,
  firstEvent: (row) => row.firstEvent,
  lastEvent: (row) => row.lastEvent,
  score: (row) => row.score,
  summary: (row) => row.summary,
}

function timeOf(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const timeUs = parseTime(value)
  if (timeUs === null) throw new ApiProblem(400, `${name} is no ISO 8601 time with zone, and no date.`)
  return timeUs
}

/** Without the analysis nobody is watched, and nothing promised. */
const UNWATCHED: BudgetUse = {
  consumers: 0,
  learning: { rules: 0, shrunk: 0, full: 0 },
  highInWeek: 0,
  highPerWeek: 0,
  reviewInDay: 0,
  reviewInWeek: 0,
  reviewPerDay: 0,
  nowUs: 0,
}

export interface IncidentParts {
  readonly store: Store
  readonly edits: Edits | null
  readonly reads: WatchReads | null
}

export function incidentRoutes(app: Api, { store, edits, reads }: IncidentParts): void {
  const one = async (id: string): Promise<Incident> => {
    const record = await store.incident(id)
    if (record === null) throw notFound("incident")
    return (await incidentViews(store, [record]))[0]!
  }

  app.get(
    "/api/v1/incidents",
    {
      schema: {
        operationId: "listIncidents",
        summary: "Incidents, newest first",
        tags: ["incidents"],
        querystring: ListQuery({ ...FILTERS, ...FormatParameter }, Object.keys(SORTS)),
        response: { 200: PageOf(ref(Incident)), default: PROBLEM },
      },
    },
    async ({ query }, reply) => {
      const { limit, cursor, sort = "-openedAt", format, state, openedSince, activeSince, ...exact } = query
      const filter: IncidentFilter = {
        ...exact,
        ...(state === "active" ? { notState: "closed" } : state !== undefined && state !== "all" && { state }),
        openedSinceUs: timeOf("openedSince", openedSince),
        activeSinceUs: timeOf("activeSince", activeSince),
      }
      const sign = sort.startsWith("-") ? "-" : ""
      const by = `${sign}${SORTS[sort.slice(sign.length)]}`
      const read = (page: PageRequest) => store.incidents(filter, { ...page, sort: by })
      const view = (records: Parameters<typeof incidentViews>[1]) => incidentViews(store, records)
      if (format !== undefined)
        return sendExport(reply, format, sort, { name: "incidents", read, view, columns: COLUMNS })
      const { items, next, total } = await read({ limit, cursor })
      return { items: await view(items), next, total }
    },
  )

  app.get(
    "/api/v1/incidents/:id",
    {
      schema: {
        operationId: "getIncident",
        summary: "One incident",
        tags: ["incidents"],
        params: IdParams,
        response: { 200: ref(Incident), default: PROBLEM },
      },
    },
    async ({ params }) => one(params.id),
  )

  app.post(
    "/api/v1/incidents/:id/state",
    {
      schema: {
        operationId: "setIncidentState",
        summary: "Acknowledge, close or open an incident again",
        description:
          "malicious takes what happened out of the baselines; benign keeps the same evidence closed for two weeks; expected adopts the present level and makes an exception.",
        tags: ["incidents"],
        params: IdParams,
        body: IncidentEdit,
        response: { 200: ref(Incident), default: PROBLEM },
      },
    },
    async (request) => {
      const { id } = request.params
      await editsOf(edits).edit({ kind: "incident.state", id, ...request.body }, actorOf(request))
      return one(id)
    },
  )

  app.get(
    "/api/v1/incident-budget",
    {
      schema: {
        operationId: "getIncidentBudget",
        summary: "Incidents opened, against what was promised",
        tags: ["incidents"],
        response: { 200: ref(Budget), default: PROBLEM },
      },
    },
    async () => {
      const { nowUs, ...budget } = reads?.budget() ?? UNWATCHED
      return { ...budget, nowAt: isoTime(nowUs) }
    },
  )
}
