// The audit log: every change by people, newest first. It is only added to, by Edits.
import type { AuditRecord } from "../../store/documents.ts"
import type { PageRequest, Store } from "../../store/store.ts"
import { AuditEntry } from "../audit-models.ts"
import { type Columns, FormatParameter, sendExport } from "../export.ts"
import type { Api } from "../http.ts"
import { ApiProblem, PROBLEM } from "../problem.ts"
import { PageOf, ref, Type } from "../schema.ts"

const COLUMNS: Columns<AuditEntry> = {
  sequence: (row) => row.sequence,
  at: (row) => row.at,
  who: (row) => row.who,
  action: (row) => row.action,
  subject: (row) => row.subject,
  reason: (row) => row.reason,
  sentence: (row) => row.sentence,
}

const SEQUENCE = /^\d{1,15}$/

function auditView({ atUs, ...record }: AuditRecord): AuditEntry {
  return { ...record, at: new Date(atUs / 1000).toISOString() }
}

async function page(store: Store, { limit, cursor }: PageRequest, subject: string | undefined) {
  if (cursor !== undefined && !SEQUENCE.test(cursor))
    throw new ApiProblem(400, "The cursor is not one that this list gave out.", "cursor")
  const items = await store.audit(Number(cursor ?? 0), limit, subject)
  const last = items.at(-1)?.sequence ?? 0
  const hasMore = items.length === limit && (await store.audit(last, 1, subject)).length > 0
  return { items, next: hasMore ? String(last) : null, total: await store.countAudit(subject) }
}

export function auditRoutes(app: Api, store: Store): void {
  app.addSchema(AuditEntry)
  app.get(
    "/api/v1/audit",
    {
      schema: {
        operationId: "listAudit",
        summary: "Who changed what, when and why: every change by people, newest first",
        tags: ["operation"],
        querystring: Type.Object(
          {
            subject: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 128,
                description: "Id of what was changed, former ones included.",
              }),
            ),
            limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: "Entries returned." }),
            cursor: Type.Optional(
              Type.String({ minLength: 1, maxLength: 15, description: "`next` of the page before." }),
            ),
            ...FormatParameter,
          },
          { additionalProperties: false },
        ),
        response: { 200: PageOf(ref(AuditEntry)), default: PROBLEM },
      },
    },
    async ({ query: { subject, limit, cursor, format } }, reply) => {
      if (format !== undefined) {
        const view = (rows: readonly AuditRecord[]) => rows.map(auditView)
        const read = (request: PageRequest) => page(store, request, subject)
        return sendExport(reply, format, undefined, { name: "audit", read, view, columns: COLUMNS })
      }
      const { items, next, total } = await page(store, { limit, cursor }, subject)
      return { items: items.map(auditView), next, total }
    },
  )
}
