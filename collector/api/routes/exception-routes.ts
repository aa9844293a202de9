// Exceptions: what is allowed although a detection would say otherwise, until a day of event time.
import type { Edits, ExceptionFields } from "../../inventory/edits.ts"
import type { ExceptionRecord } from "../../store/documents.ts"
import { Edited } from "../consumer-models.ts"
import { isoTime, parseTime } from "../event-time.ts"
import type { Api } from "../http.ts"
import { Exception, ExceptionEdit } from "../incident-models.ts"
import { Lookups } from "../lookups.ts"
import { ApiProblem, PROBLEM } from "../problem.ts"
import { pageOfRecords } from "../record-pages.ts"
import { IdParams, ListQuery, PageOf, ref } from "../schema.ts"
import { orNull } from "../views/inventory-views.ts"
import { actorOf, editsOf } from "../write-guard.ts"
import type { DetectionParts } from "./detection-routes.ts"

function fieldsOf({
  until,
  detection,
  reason: _reason,
  ...rest
}: {
  until: string
  detection?: string
  reason: string
  owner: string
}): ExceptionFields {
  const untilUs = parseTime(until)
  if (untilUs === null) throw new ApiProblem(400, "until is no ISO 8601 time with zone, and no date.")
  return { ...rest, untilUs, ...(detection !== undefined && { detector: detection }) }
}

export function exceptionRoutes(app: Api, { store, edits, reads }: DetectionParts): void {
  const viewed = async (records: readonly ExceptionRecord[]): Promise<Exception[]> => {
    const lookups = new Lookups(store)
    const partners = new Map((await store.documents("partner")).map(({ record }) => [record.id, record.name] as const))
    return Promise.all(
      records.map(async ({ consumer, partner, endpoint, detector, untilUs, atUs, incident, ...rest }) => {
        const use = reads?.exceptionUse(rest.id) ?? { count: 0, lastUs: 0 }
        return {
          ...rest,
          consumer: consumer === "" ? null : { id: consumer, name: (await lookups.consumerLabel(consumer)).name },
          partner: partner === "" ? null : { id: partner, name: partners.get(partner) ?? partner },
          endpoint: orNull(endpoint),
          detection: orNull(detector),
          until: isoTime(untilUs),
          at: isoTime(atUs),
          incident: orNull(incident),
          heldBack: use.count,
          lastHeldBack: isoTime(use.lastUs),
        }
      }),
    )
  }
  app.get(
    "/api/v1/exceptions",
    {
      schema: {
        operationId: "listExceptions",
        summary: "What is allowed although a detection would say otherwise",
        tags: ["incidents"],
        querystring: ListQuery({}, ["until", "at"]),
        response: { 200: PageOf(ref(Exception)), default: PROBLEM },
      },
    },
    async ({ query: { limit, cursor, sort = "until" } }) => {
      const records = (await store.documents("exception")).map(({ record }) => record)
      const sorts = { until: (row: ExceptionRecord) => row.untilUs, at: (row: ExceptionRecord) => row.atUs }
      const { items, next, total } = pageOfRecords(records, ({ id }) => id, sorts, { limit, cursor, sort })
      return { items: await viewed(items), next, total }
    },
  )
  writeRoutes(app, edits)
}

function writeRoutes(app: Api, edits: Edits | null): void {
  app.post(
    "/api/v1/exceptions",
    {
      schema: {
        operationId: "addException",
        summary: "Allow something until a day, with owner and reason",
        tags: ["incidents"],
        body: ExceptionEdit,
        response: { 200: ref(Edited), default: PROBLEM },
      },
    },
    async (request) => {
      const { reason } = request.body
      return editsOf(edits).edit({ kind: "exception.put", exception: fieldsOf(request.body), reason }, actorOf(request))
    },
  )
  app.put(
    "/api/v1/exceptions/:id",
    {
      schema: {
        operationId: "setException",
        summary: "Change an exception",
        tags: ["incidents"],
        params: IdParams,
        body: ExceptionEdit,
        response: { 200: ref(Edited), default: PROBLEM },
      },
    },
    async (request) => {
      const { id } = request.params
      const { reason } = request.body
      const exception = fieldsOf(request.body)
      return editsOf(edits).edit({ kind: "exception.put", id, exception, reason }, actorOf(request))
    },
  )
  app.delete(
    "/api/v1/exceptions/:id",
    {
      schema: {
        operationId: "removeException",
        summary: "Remove an exception",
        tags: ["incidents"],
        params: IdParams,
        response: { 200: ref(Edited), default: PROBLEM },
      },
    },
    async (request) => editsOf(edits).edit({ kind: "exception.remove", id: request.params.id }, actorOf(request)),
  )
}
