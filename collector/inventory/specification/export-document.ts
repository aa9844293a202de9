// What was observed of a service, as an OpenAPI 3.1 document.
//
// In:  the records of a service and its endpoints, its specifications (for their names), texts of shapes. Out: a document that is valid, and
// that what was observed does not differ from: imported again, every endpoint in it is documented and none drifts.
// What OpenAPI has no place for stands in "x-sonde-…" fields. Left out: endpoints without traffic, those that never answered with success
// (unless asked for: a scanner's paths are no API), and what is no path ("*").
import type { EndpointRecord, ServiceRecord } from "../../store/records.ts"
import type { SchemaTexts } from "../schema/schema-tree.ts"
import { classify, successesOf } from "./classification.ts"
import type { JsonObject } from "./document.ts"
import { exportedOperation, type OperationGroup } from "./export-operation.ts"
import { exportedPath, formOf } from "./export-paths.ts"
import { ExportedSchemes } from "./export-security.ts"
import type { OperationIndex } from "./operation-index.ts"
import { METHODS } from "./operation-parts.ts"

export interface ExportInput {
  readonly service: ServiceRecord
  readonly endpoints: readonly EndpointRecord[]
  /** Null without specifications. */
  readonly index: OperationIndex | null
  readonly texts: SchemaTexts
  /** Also those that never answered with success. */
  readonly hasUnproven: boolean
}

interface PathGroup {
  readonly path: string
  readonly methods: Map<string, OperationGroup>
}

export function exportDocument(input: ExportInput): JsonObject {
  const { service, endpoints, hasUnproven } = input
  const chosen = endpoints.filter(
    (record) =>
      record.template.startsWith("/") &&
      record.requests + record.conversations > 0 &&
      (hasUnproven || successesOf(record) > 0),
  )
  const groups = grouped(chosen, input.index)
  const schemes = new ExportedSchemes(chosen)
  const ids = new Set<string>()
  const tags = new Set<string>()
  const paths = [...groups.values()]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, methods }): [string, JsonObject] => {
      const operations = [...methods].map(([method, group]): [string, unknown] => {
        const operation = exportedOperation(path, group, { texts: input.texts, schemes, ids })
        for (const tag of operation.tags as string[]) tags.add(tag)
        return [
          METHODS.includes(method.toLowerCase()) ? method.toLowerCase() : `x-sonde-${method.toLowerCase()}`,
          operation,
        ]
      })
      return [path, Object.fromEntries(operations)]
    })
  return {
    openapi: "3.1.0",
    info: {
      title: service.name,
      version: dayOf(service.lastSeenUs),
      description: `What was observed of ${service.name}: ${chosen.length} endpoints, ${service.requests} requests. Nothing here was promised by anybody.`,
    },
    ...serversOf(service),
    tags: [...tags].sort().map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: { securitySchemes: schemes.definitions() },
    "x-sonde-service": service.id,
    "x-sonde-requests": service.requests,
    ...(service.requests + service.conversations === 0
      ? {}
      : { "x-sonde-first-seen": isoOf(service.firstSeenUs), "x-sonde-last-seen": isoOf(service.lastSeenUs) }),
    "x-sonde-left-out": endpoints.length - chosen.length,
  }
}

export const isoOf = (us: number): string => new Date(Math.floor(us / 1000)).toISOString()

const dayOf = (us: number): string => (Number.isFinite(us) && us > 0 ? isoOf(us).slice(0, 10) : "0")

/** By path and method: what OpenAPI calls one operation may be several endpoints (operation keys, kinds of value, unlearned paths). */
function grouped(records: readonly EndpointRecord[], index: OperationIndex | null): Map<string, PathGroup> {
  const groups = new Map<string, PathGroup>()
  const matched = records.map((record) => ({ record, match: classify(record, index, "").match }))
  // Names of specifications first: the first path of a form names its parameters.
  matched.sort((a, b) => Number(b.match !== null) - Number(a.match !== null))
  for (const { record, match } of matched) {
    const path = exportedPath(record.template, match?.template ?? null)
    const form = formOf(path)
    let group = groups.get(form)
    if (group === undefined) {
      group = { path, methods: new Map() }
      groups.set(form, group)
    }
    const known = group.methods.get(record.method)
    if (known === undefined) group.methods.set(record.method, { method: record.method, records: [record], match })
    else known.records.push(record)
  }
  return groups
}

function serversOf({ authority, ports, listeners }: ServiceRecord): JsonObject {
  if (authority === "" || !/^[a-z0-9._~:[\]-]+$/i.test(authority)) return {}
  const isTls = listeners.some(({ requests }) => requests.tls > 0) || (ports.includes(443) && !ports.includes(80))
  return { servers: [{ url: `${isTls ? "https" : "http"}://${authority}` }] }
}
