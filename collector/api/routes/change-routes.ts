import type { ChangeRecord } from "../../store/records.ts"
import type { ChangeFilter, Page, PageRequest, Store } from "../../store/store.ts"
import { parseTime } from "../event-time.ts"
import { type Columns, FormatParameter, sendExport } from "../export.ts"
import type { Api } from "../http.ts"
import { Change } from "../models.ts"
import { ApiProblem, PROBLEM } from "../problem.ts"
import { PageOf, ref, Type } from "../schema.ts"
import { changeView } from "../views/sensor-views.ts"

const COLUMNS: Columns<Change> = {
  sequence: (row) => row.sequence,
  at: (row) => row.at,
  madeAt: (row) => row.madeAt,
  kind: (row) => row.kind,
  subject: (row) => row.subject,
  sentence: (row) => row.sentence,
}

const SEQUENCE = /^\d{1,15}$/

/** The feed: everything after a sequence number, oldest first, so that a client that polls misses nothing. */
async function feed(store: Store, since: number, filter: ChangeFilter, limit: number): Promise<Page<ChangeRecord>> {
  const items = await store.changes(since, limit, filter)
  const total = await store.countChanges(since, filter)
  return { items, next: total > items.length ? String(items.at(-1)?.sequence ?? since) : null, total }
}

/** Newest first; the cursor is the sequence of the last one shown. */
async function newest(store: Store, filter: ChangeFilter, page: PageRequest): Promise<Page<ChangeRecord>> {
  if (page.cursor !== undefined && !SEQUENCE.test(page.cursor)) {
    throw new ApiProblem(400, "The cursor is not one that this list gave out.", "cursor")
  }
  const before = page.cursor === undefined ? undefined : Number(page.cursor)
  const items = await store.latestChanges(page.limit, filter, before)
  const last = items.at(-1)?.sequence ?? 0
  const hasMore = items.length === page.limit && (await store.latestChanges(1, filter, last)).length > 0
  return { items, next: hasMore ? String(last) : null, total: await store.countChanges(0, filter) }
}

export function changeRoutes(app: Api, store: Store): void {
  app.get(
    "/api/v1/changes",
    {
      schema: {
        operationId: "listChanges",
        summary: "What is new in the inventory",
        description:
          "Without `since`, or with an ISO 8601 time (everything from that event time on, and what people changed from that time on): newest first; `next` is the `cursor` of the following call. With a sequence number: everything after it, oldest first; `next` is the `since` of the following call.",
        tags: ["inventory"],
        querystring: Type.Object(
          {
            since: Type.Optional(Type.String({ minLength: 1, maxLength: 40, description: "Sequence number or time." })),
            kind: Type.Optional(
              Type.String({ maxLength: 64, description: "endpoint.new, or endpoint for all kinds below it." }),
            ),
            subject: Type.Optional(
              Type.String({ maxLength: 128, description: "Id of what changed, former ones included." }),
            ),
            limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: "Changes returned." }),
            cursor: Type.Optional(
              Type.String({ minLength: 1, maxLength: 15, description: "`next` of the page before." }),
            ),
            ...FormatParameter,
          },
          { additionalProperties: false },
        ),
        response: { 200: PageOf(ref(Change)), default: PROBLEM },
      },
    },
    async ({ query }, reply) => {
      const { since, kind, subject, limit, cursor, format } = query
      const isFeed = since !== undefined && SEQUENCE.test(since)
      const sinceUs = since === undefined || isFeed ? undefined : parseTime(since)
      if (sinceUs === null) {
        throw new ApiProblem(400, '"since" must be a sequence number or an ISO 8601 time with its zone.', "since")
      }
      const filter = { kind, subject, sinceUs }
      const read = (page: PageRequest) =>
        isFeed ? feed(store, Number(page.cursor ?? since), filter, page.limit) : newest(store, filter, page)
      if (format !== undefined) {
        const view = (rows: readonly ChangeRecord[]) => rows.map(changeView)
        return sendExport(reply, format, undefined, { name: "changes", read, view, columns: COLUMNS })
      }
      const page = await read({ limit, cursor: isFeed ? undefined : cursor })
      return { ...page, items: page.items.map(changeView) }
    },
  )
}
