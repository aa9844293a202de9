// Partners: lists, one of them with what it did and what its contract says to that, changes, suggestions.

import type { WatchReads } from "../../analysis/watch-reads.ts"
import { suggestGroups } from "../../consumer/grouping.ts"
import type { Edits, PartnerFields } from "../../inventory/edits.ts"
import type { ConsumerRecord } from "../../store/records.ts"
import type { PageRequest, Store } from "../../store/store.ts"
import { Edited } from "../consumer-models.ts"
import { isoTime, parseTime } from "../event-time.ts"
import { type Columns, FormatParameter, sendExport } from "../export.ts"
import type { Api } from "../http.ts"
import { eventNow, Lookups } from "../lookups.ts"
import { pageOfAll } from "../paging.ts"
import { ChangedPartner, NewPartner, Partner, PartnerDetail, PartnerSuggestion } from "../partner-models.ts"
import { checkContract, readMembers, readPartnerUses, readSeries, sumDataClasses } from "../partner-sums.ts"
import { ApiProblem, notFound, PROBLEM } from "../problem.ts"
import { IdParams, ListQuery, PageOf, ref, Type } from "../schema.ts"
import { consumerView } from "../views/consumer-views.ts"
import { seriesView } from "../views/inventory-views.ts"
import { partnerView, sumMembers, violationView } from "../views/partner-views.ts"
import { actorOf } from "../write-guard.ts"
import type { ConsumerParts } from "./consumer-routes.ts"
import { DAILY_US, HOURLY_US, SERIES_MAX } from "./endpoint-routes.ts"

/** Consumers shown with a partner; consumers read for suggestions. */
const SHOWN_MAX = 200
const SUGGESTED_FROM_MAX = 10_000
const PAGE_MAX = 1000

const COLUMNS: Columns<Partner> = {
  id: (row) => row.id,
  name: (row) => row.name,
  owner: (row) => row.owner,
  contact: (row) => row.contact,
  labels: (row) => row.labels.join(" "),
  source: (row) => row.source,
  consumers: (row) => row.consumers,
  requests: (row) => row.requests,
  errors: (row) => row.errors,
  firstSeen: (row) => row.firstSeen,
  lastSeen: (row) => row.lastSeen,
  note: (row) => row.note,
}

function listRoute(app: Api, store: Store): void {
  app.get(
    "/api/v1/partners",
    {
      schema: {
        operationId: "listPartners",
        summary: "Partners: relationships, each with its consumers added up",
        tags: ["inventory"],
        querystring: ListQuery(
          {
            search: Type.Optional(
              Type.String({ maxLength: 256, description: "Text that name, owner or a label contains." }),
            ),
            ...FormatParameter,
          },
          ["name", "owner"],
        ),
        response: { 200: PageOf(ref(Partner)), default: PROBLEM },
      },
    },
    async ({ query }, reply) => {
      const wanted = query.search?.toLowerCase() ?? ""
      const partners = (await store.documents("partner"))
        .map(({ record }) => record)
        .filter(({ name, owner, labels }) =>
          [name, owner, ...labels].some((text) => text.toLowerCase().includes(wanted)),
        )
      const read = async (request: PageRequest) => {
        const page = pageOfAll(partners, request, "name", (partner, field) =>
          field === "owner" ? partner.owner : partner.name,
        )
        const items: Partner[] = []
        for (const partner of page.items) {
          const members = await readMembers(store, partner.id)
          items.push(partnerView(partner, sumMembers(members.records, members.total)))
        }
        return { items, next: page.next, total: page.total }
      }
      const { format, limit, cursor, sort } = query
      if (format === undefined) return read({ limit, cursor, sort })
      return sendExport(reply, format, sort, { name: "partners", read, view: (rows) => rows, columns: COLUMNS })
    },
  )
}

function detailRoute(app: Api, store: Store, reads: WatchReads | null): void {
  app.get(
    "/api/v1/partners/:id",
    {
      schema: {
        operationId: "getPartner",
        summary: "One partner: its consumers, what they did, and what of it the contract does not allow",
        tags: ["inventory"],
        params: IdParams,
        querystring: Type.Object(
          {
            since: Type.Optional(
              Type.String({ maxLength: 64, description: "Held against the contract from this event time on; 7 days." }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: ref(PartnerDetail), default: PROBLEM },
      },
    },
    async ({ params, query }) => readPartner({ store, reads }, params.id, query.since),
  )
}

async function readPartner(
  { store, reads }: Pick<ConsumerParts, "store" | "reads">,
  id: string,
  since: string | undefined,
): Promise<PartnerDetail> {
  const partner = (await store.document("partner", id))?.record
  if (partner === undefined) throw notFound("partner")
  const members = await readMembers(store, id)
  const { records } = members
  const sums = sumMembers(records, members.total)
  const untilUs = sums.lastUs + 1
  const sinceUs = since === undefined ? Math.max(0, untilUs - HOURLY_US) : parseTime(since)
  if (sinceUs === null) throw new ApiProblem(400, "It is no time like 2026-11-24T10:00:00Z.", "since")
  const lookups = new Lookups(store)
  const nowUs = await eventNow(store)
  const uses = await readPartnerUses(store, lookups, records)
  const checked = await checkContract(store, lookups, partner, members, sinceUs, untilUs)
  const bytes = (field: "requestBytes" | "responseBytes") => uses.reduce((sum, use) => sum + use[field], 0)
  return {
    ...partnerView(partner, sums),
    by: partner.by,
    changedAt: isoTime(partner.atUs),
    requestBytes: bytes("requestBytes"),
    responseBytes: bytes("responseBytes"),
    members: records
      .slice(0, SHOWN_MAX)
      .map((record) => consumerView(record, nowUs, partner.name, reads?.learning(record.id)?.state ?? null)),
    uses,
    dataClasses: sumDataClasses(records),
    checked: { from: isoTime(sinceUs), to: isoTime(sums.lastUs === 0 ? 0 : untilUs), sentence: checked.sentence },
    violations: checked.violations.map(violationView),
    hourly: seriesView(await readSeries(store, records, "hour", Math.max(0, untilUs - HOURLY_US), untilUs, SERIES_MAX)),
    daily: seriesView(await readSeries(store, records, "day", Math.max(0, untilUs - DAILY_US), untilUs, SERIES_MAX)),
  }
}

function suggestionRoute(app: Api, store: Store): void {
  app.get(
    "/api/v1/partners/suggestions",
    {
      schema: {
        operationId: "suggestPartners",
        summary: "Consumers of no partner that seem to belong together",
        tags: ["inventory"],
        response: { 200: PageOf(ref(PartnerSuggestion)), default: PROBLEM },
      },
    },
    async () => {
      const consumers: ConsumerRecord[] = []
      let cursor: string | null = null
      do {
        const request = { limit: PAGE_MAX, sort: "-requests", ...(cursor === null ? {} : { cursor }) }
        const page = await store.consumers(request, { partner: "" })
        consumers.push(...page.items)
        cursor = page.next
      } while (cursor !== null && consumers.length < SUGGESTED_FROM_MAX)
      const groups = suggestGroups(consumers)
      const items = groups.map(({ rule, consumers: members, ...group }) => ({
        ...group,
        rule: rule === "" ? null : rule,
        consumers: [...members],
      }))
      return { items, next: null, total: items.length }
    },
  )
}

interface Written extends Partial<PartnerFields> {
  readonly reason?: string
}

function editRoutes(app: Api, edits: Edits): void {
  app.post(
    "/api/v1/partners",
    {
      schema: {
        operationId: "addPartner",
        summary: "Adds a partner",
        tags: ["inventory"],
        body: NewPartner,
        response: { 200: ref(Edited), default: PROBLEM },
      },
    },
    async (request) => {
      const { reason, ...partner } = request.body as Written & PartnerFields
      return edits.edit({ kind: "partner.put", partner, ...reasonOf(reason) }, actorOf(request))
    },
  )
  app.put(
    "/api/v1/partners/:id",
    {
      schema: {
        operationId: "changePartner",
        summary: "Changes a partner; what is not said stays as it was",
        tags: ["inventory"],
        params: IdParams,
        body: ChangedPartner,
        response: { 200: ref(Edited), default: PROBLEM },
      },
    },
    async (request) => {
      const { reason, ...fields } = request.body as Written
      const edit = { kind: "partner.put", id: request.params.id, partner: fields as PartnerFields } as const
      return edits.edit({ ...edit, ...reasonOf(reason) }, actorOf(request))
    },
  )
  app.delete(
    "/api/v1/partners/:id",
    {
      schema: {
        operationId: "removePartner",
        summary: "Removes a partner; its consumers belong to none, or where other rules say",
        tags: ["inventory"],
        params: IdParams,
        response: { 200: ref(Edited), default: PROBLEM },
      },
    },
    async (request) => edits.edit({ kind: "partner.remove", id: request.params.id }, actorOf(request)),
  )
}

function reasonOf(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason }
}

export function partnerRoutes(app: Api, { store, edits, reads }: ConsumerParts): void {
  listRoute(app, store)
  suggestionRoute(app, store)
  detailRoute(app, store, reads)
  editRoutes(app, edits)
}
