// Findings of the inventory: the list, one, and what somebody decides about it.
import type { Edits } from "../../inventory/edits.ts"
import type { FindingRecord } from "../../store/documents.ts"
import type { PageRequest, Store } from "../../store/store.ts"
import { type Columns, FormatParameter, sendExport } from "../export.ts"
import { FINDING_STATES, Finding, FindingEdit } from "../finding-models.ts"
import type { Api } from "../http.ts"
import { Lookups } from "../lookups.ts"
import { notFound, PROBLEM } from "../problem.ts"
import { pageOfRecords, type SortValues } from "../record-pages.ts"
import { IdParams, ListQuery, PageOf, ref, Type } from "../schema.ts"
import { findingView } from "../views/finding-views.ts"
import { actorOf, editsOf } from "../write-guard.ts"

const SORTS: SortValues<FindingRecord> = {
  last: (row) => row.lastUs,
  first: (row) => row.firstUs,
  count: (row) => row.count,
  kind: (row) => row.kind,
  state: (row) => row.state,
}

const text = (description: string) => Type.Optional(Type.String({ maxLength: 256, description }))
const FILTERS = {
  state: Type.Union(
    [...FINDING_STATES, "all" as const].map((state) => Type.Literal(state)),
    { default: "open", description: "Left out: those that are open." },
  ),
  kind: text('Kind, or the beginning of several with "*" behind: "auth.*".'),
  service: text("Id of a service."),
  endpoint: text("Id of an endpoint."),
  consumer: text("Id of a consumer."),
}

const COLUMNS: Columns<Finding> = {
  id: (row) => row.id,
  kind: (row) => row.kind,
  state: (row) => row.state,
  service: (row) => row.service.name,
  count: (row) => row.count,
  first: (row) => row.first,
  last: (row) => row.last,
  sentence: (row) => row.sentence,
  goneSince: (row) => row.goneSince,
  by: (row) => row.by,
  reason: (row) => row.reason,
}

/** `state` "all" or left out: whatever it is. */
type Filter = { readonly [Name in keyof typeof FILTERS]?: string | undefined }

function isWanted(record: FindingRecord, { kind, state, ...exact }: Filter): boolean {
  if (state !== undefined && state !== "all" && record.state !== state) return false
  if (kind !== undefined) {
    const isBeginning = kind.endsWith("*")
    if (isBeginning ? !record.kind.startsWith(kind.slice(0, -1)) : record.kind !== kind) return false
  }
  for (const [name, value] of Object.entries(exact))
    if (value !== undefined && record[name as "service" | "endpoint" | "consumer"] !== value) return false
  return true
}

/** Findings that match, as records. */
export async function findingsWhere(store: Store, filter: Filter): Promise<FindingRecord[]> {
  const stored = await store.documents("finding")
  return stored.map(({ record }) => record).filter((record) => isWanted(record, filter))
}

export function findingRoutes(
  app: Api,
  { store, edits }: { readonly store: Store; readonly edits: Edits | null },
): void {
  const viewed = async (records: readonly FindingRecord[]): Promise<Finding[]> => {
    const names = await new Lookups(store).serviceNames(records.map(({ service }) => service))
    return records.map((record) => findingView(record, names.get(record.service) ?? record.service))
  }
  const one = async (id: string): Promise<Finding> => {
    const stored = await store.document("finding", id)
    if (stored === null) throw notFound("finding")
    return (await viewed([stored.record]))[0]!
  }

  app.get(
    "/api/v1/findings",
    {
      schema: {
        operationId: "listFindings",
        summary: "Findings of the inventory: one a kind and subject, counted, the latest first",
        tags: ["findings"],
        querystring: ListQuery({ ...FILTERS, ...FormatParameter }, Object.keys(SORTS)),
        response: { 200: PageOf(ref(Finding)), default: PROBLEM },
      },
    },
    async ({ query }, reply) => {
      const { state, kind, service, endpoint, consumer, limit, cursor, sort = "-last", format } = query
      const records = await findingsWhere(store, { state, kind, service, endpoint, consumer })
      const read = (page: PageRequest) => pageOfRecords(records, ({ id }) => id, SORTS, page)
      if (format !== undefined) {
        const list = { name: "findings", read: async (page: PageRequest) => read(page), view: viewed, columns: COLUMNS }
        return sendExport(reply, format, sort, list)
      }
      const { items, next, total } = read({ limit, cursor, sort })
      return { items: await viewed(items), next, total }
    },
  )

  app.get(
    "/api/v1/findings/:id",
    {
      schema: {
        operationId: "getFinding",
        summary: "One finding",
        tags: ["findings"],
        params: IdParams,
        response: { 200: ref(Finding), default: PROBLEM },
      },
    },
    async ({ params }) => one(params.id),
  )

  app.post(
    "/api/v1/findings/:id/state",
    {
      schema: {
        operationId: "setFindingState",
        summary: "Dismiss a finding with a reason, or open it again",
        description: "A finding that was dismissed does not open by itself, whatever is counted later.",
        tags: ["findings"],
        params: IdParams,
        body: FindingEdit,
        response: { 200: ref(Finding), default: PROBLEM },
      },
    },
    async (request) => {
      const { id } = request.params
      await editsOf(edits).edit({ kind: "finding.state", id, ...request.body }, actorOf(request))
      return one(id)
    },
  )
}
