// Rotations: consumers that seem to go on under another credential, and what people decide.
import type { Edits } from "../../inventory/edits.ts"
import type { ConsumerRecord } from "../../store/records.ts"
import type { PageRequest, Store } from "../../store/store.ts"
import { Edited } from "../consumer-models.ts"
import { type Columns, FormatParameter, sendExport } from "../export.ts"
import type { Api } from "../http.ts"
import { pageOfAll } from "../paging.ts"
import { Rotation } from "../partner-models.ts"
import { PROBLEM } from "../problem.ts"
import { IdParams, ListQuery, PageOf, ref, Type } from "../schema.ts"
import { rotationView } from "../views/partner-views.ts"
import { actorOf } from "../write-guard.ts"
import { Reason } from "./consumer-routes.ts"

const STATES = ["proposed", "confirmed", "rejected", "withdrawn"]

const COLUMNS: Columns<Rotation> = {
  id: (row) => row.id,
  state: (row) => row.state,
  former: (row) => row.former.id,
  formerName: (row) => row.former.name,
  successor: (row) => row.successor.id,
  successorName: (row) => row.successor.name,
  score: (row) => row.score,
  grounds: (row) => row.grounds.join(" "),
  proposedAt: (row) => row.proposedAt,
  by: (row) => row.by,
  decidedAt: (row) => row.decidedAt,
}

function listRoute(app: Api, store: Store): void {
  app.get(
    "/api/v1/rotations",
    {
      schema: {
        operationId: "listRotations",
        summary: "Consumers that seem to go on under another credential, newest proposal first",
        tags: ["inventory"],
        querystring: ListQuery(
          {
            consumer: Type.Optional(
              Type.String({ maxLength: 128, description: "Id, or former id, of a consumer that it is about." }),
            ),
            state: Type.Optional(
              Type.Unsafe<string>({ type: "string", enum: STATES, description: "What became of it." }),
            ),
            ...FormatParameter,
          },
          ["proposedAt", "score"],
        ),
        response: { 200: PageOf(ref(Rotation)), default: PROBLEM },
      },
    },
    async ({ query }, reply) => {
      const rotations = (await store.documents("rotation"))
        .map(({ record }) => record)
        .filter(({ state }) => query.state === undefined || state === query.state)
        .filter(({ former, successor }) => query.consumer === undefined || [former, successor].includes(query.consumer))
      const read = async (request: PageRequest) => {
        const page = pageOfAll(rotations, request, "-proposedAt", ({ score, proposedUs }, field) =>
          field === "score" ? score : proposedUs,
        )
        const consumers = new Map<string, ConsumerRecord | null>()
        for (const id of page.items.flatMap(({ former, successor }) => [former, successor]))
          if (!consumers.has(id)) consumers.set(id, await store.consumer(id))
        const items = page.items.map((record) => rotationView(record, (id) => consumers.get(id) ?? null))
        return { items, next: page.next, total: page.total }
      }
      const { format, limit, cursor, sort } = query
      if (format === undefined) return read({ limit, cursor, sort })
      return sendExport(reply, format, sort, { name: "rotations", read, view: (rows) => rows, columns: COLUMNS })
    },
  )
}

export function rotationRoutes(app: Api, store: Store, edits: Edits): void {
  listRoute(app, store)
  app.post(
    "/api/v1/rotations/:id/decision",
    {
      schema: {
        operationId: "decideRotation",
        summary: "Confirms (the two become one consumer) or rejects a rotation",
        tags: ["inventory"],
        params: IdParams,
        body: Type.Object({ confirmed: Type.Boolean(), reason: Reason }, { additionalProperties: false }),
        response: { 200: ref(Edited), default: PROBLEM },
      },
    },
    async (request) => {
      const { confirmed: isConfirmed, ...rest } = request.body
      return edits.edit({ kind: "rotation.decide", id: request.params.id, isConfirmed, ...rest }, actorOf(request))
    },
  )
}
