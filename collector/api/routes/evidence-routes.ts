import type { Store } from "../../store/store.ts"
import { parseTime } from "../event-time.ts"
import type { Api } from "../http.ts"
import { Change, Totals } from "../models.ts"
import { ApiProblem, PROBLEM } from "../problem.ts"
import { type PageBody, PageOf, ref, Type } from "../schema.ts"
import { changeView, totalsView } from "../views/sensor-views.ts"

/** How many of the newest changes are looked through when a time is asked for. */
const CHANGES_SCANNED_MAX = 10_000

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
    "/api/v1/ledger",
    {
      schema: {
        operationId: "getLedger",
        summary: "End-to-end totals: exchanges is the number of exchanges applied to the store",
        description: "received = exchanges + joined + copies + waiting; exchanges = the sum of states.",
        tags: ["evidence"],
        response: { 200: ref(Totals), default: PROBLEM },
      },
    },
    async () => totalsView(await store.ledger(), await store.sensors()),
  )
  changesRoute(app, store)
}
