// Detections and what people set of them: which run, with which numbers; decoys.
import type { WatchReads } from "../../analysis/watch-reads.ts"
import type { DetectorSpec } from "../../detect/detector.ts"
import type { Edits } from "../../inventory/edits.ts"
import type { DetectorRecord } from "../../store/documents.ts"
import type { Store } from "../../store/store.ts"
import { Edited } from "../consumer-models.ts"
import { isoTime } from "../event-time.ts"
import type { Api } from "../http.ts"
import { Decoy, Detection, DetectionEdit } from "../incident-models.ts"
import { notFound, PROBLEM } from "../problem.ts"
import { pageOfRecords } from "../record-pages.ts"
import { IdParams, ListQuery, PageOf, ref, Type } from "../schema.ts"
import { actorOf, editsOf } from "../write-guard.ts"

export interface DetectionParts {
  readonly store: Store
  readonly edits: Edits | null
  readonly reads: WatchReads | null
}

export function detectionRoutes(app: Api, parts: DetectionParts): void {
  settingRoutes(app, parts)
  decoyRoutes(app, parts)
}

function detectionView(spec: DetectorSpec, set: DetectorRecord | null): Detection {
  return {
    name: spec.name,
    number: spec.number,
    title: spec.title,
    about: spec.about,
    family: spec.family,
    owasp: [...spec.owasp],
    falsePositives: [...spec.falsePositives],
    isEnabled: set?.isEnabled ?? true,
    settings: Object.entries(spec.settings).map(([name, { default: normal, min, max, unit, why }]) => ({
      name,
      value: set?.values[name] ?? normal,
      default: normal,
      min,
      max,
      unit,
      why,
    })),
    by: set?.by ?? null,
    at: set === null ? null : isoTime(set.atUs),
  }
}

function settingRoutes(app: Api, { store, edits, reads }: DetectionParts): void {
  app.get(
    "/api/v1/detections",
    {
      schema: {
        operationId: "listDetections",
        summary: "Detections with their settings, by number",
        tags: ["incidents"],
        querystring: ListQuery({}, ["number", "name"]),
        response: { 200: PageOf(ref(Detection)), default: PROBLEM },
      },
    },
    async ({ query: { limit, cursor, sort = "number" } }) => {
      const set = new Map((await store.documents("detector")).map(({ record }) => [record.name, record] as const))
      const all = (reads?.specs() ?? []).map((spec) => detectionView(spec, set.get(spec.name) ?? null))
      const sorts = { number: (row: Detection) => row.number, name: (row: Detection) => row.name }
      const page = pageOfRecords(all, ({ name }) => name, sorts, { limit, cursor, sort })
      return { ...page, items: [...page.items] }
    },
  )
  app.put(
    "/api/v1/detections/:id",
    {
      schema: {
        operationId: "setDetection",
        summary: "Switch a detection off or on, and change its settings",
        tags: ["incidents"],
        params: IdParams,
        body: DetectionEdit,
        response: { 200: ref(Edited), default: PROBLEM },
      },
    },
    async (request) =>
      editsOf(edits).edit({ kind: "detector.set", name: request.params.id, ...request.body }, actorOf(request)),
  )
}

function decoyRoutes(app: Api, { store, edits }: DetectionParts): void {
  app.get(
    "/api/v1/decoys",
    {
      schema: {
        operationId: "listDecoys",
        summary: "Endpoints that nobody has a reason to touch",
        tags: ["incidents"],
        querystring: ListQuery({}, ["pattern"]),
        response: { 200: PageOf(ref(Decoy)), default: PROBLEM },
      },
    },
    async ({ query: { limit, cursor, sort = "pattern" } }) => {
      const records = (await store.documents("decoy")).map(({ record: { atUs, ...rest } }) => ({
        ...rest,
        at: isoTime(atUs),
      }))
      const page = pageOfRecords(
        records,
        ({ id }) => id,
        { pattern: ({ pattern }) => pattern },
        { limit, cursor, sort },
      )
      return { ...page, items: [...page.items] }
    },
  )
  app.post(
    "/api/v1/decoys",
    {
      schema: {
        operationId: "addDecoy",
        summary: 'Name a decoy: "SERVICE METHOD /PATH", each with * for any text',
        tags: ["incidents"],
        body: Type.Object(
          { pattern: Type.String({ maxLength: 2000 }), reason: Type.Optional(Type.String({ maxLength: 2000 })) },
          { additionalProperties: false },
        ),
        response: { 200: ref(Edited), default: PROBLEM },
      },
    },
    async (request) => editsOf(edits).edit({ kind: "decoy.put", ...request.body }, actorOf(request)),
  )
  app.delete(
    "/api/v1/decoys/:id",
    {
      schema: {
        operationId: "removeDecoy",
        summary: "A decoy is none any more",
        tags: ["incidents"],
        params: IdParams,
        response: { 200: ref(Edited), default: PROBLEM },
      },
    },
    async (request) => {
      const { id } = request.params
      if ((await store.document("decoy", id)) === null) throw notFound("decoy")
      return editsOf(edits).edit({ kind: "decoy.remove", id }, actorOf(request))
    },
  )
}
