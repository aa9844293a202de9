// One operation of an exported document: parameters, bodies, responses and security as they were observed at its endpoints.
import { STATUS_CODES } from "node:http"
import type { BodiesRecord, EndpointRecord, ParameterRecord } from "../../store/records.ts"
import { type JsonSchema, nodeSchema } from "../schema/json-schema.ts"
import { mergedSchema, type SchemaTexts } from "../schema/schema-tree.ts"
import { type JsonObject, UNTAKEN } from "./document.ts"
import { isoOf } from "./export-document.ts"
import { marksOf } from "./export-paths.ts"
import type { ExportedSchemes } from "./export-security.ts"
import type { IndexedOperation } from "./operation-index.ts"
import { isMediaType } from "./response-lookup.ts"

/** Endpoints that OpenAPI calls one operation. */
export interface OperationGroup {
  readonly method: string
  readonly records: EndpointRecord[]
  readonly match: IndexedOperation | null
}

export interface ExportContext {
  readonly texts: SchemaTexts
  readonly schemes: ExportedSchemes
  /** operationIds given out. */
  readonly ids: Set<string>
}

/** Kinds whose values are of another JSON type than string, or have a format. */
const KIND_SCHEMAS: Readonly<Record<string, JsonObject>> = {
  int: { type: "integer" },
  float: { type: "number" },
  bool: { type: "boolean" },
  uuid: { type: "string", format: "uuid" },
  email: { type: "string", format: "email" },
  date: { type: "string", format: "date" },
  url: { type: "string", format: "uri" },
}

export function exportedOperation(path: string, group: OperationGroup, context: ExportContext): JsonObject {
  const { records, match } = group
  const requests = sum(records, (record) => record.requests)
  const security = context.schemes.securityOf(counts(records, (record) => record.schemes))
  const body = requestBody(records, context.texts)
  return {
    operationId: operationId(path, group, context.ids),
    ...(match === null || match.operation.summary === "" ? {} : { summary: match.operation.summary }),
    tags: tagsOf(path, match),
    ...(match?.operation.isDeprecated === true ? { deprecated: true } : {}),
    parameters: [...pathParameters(path, records), ...otherParameters(records, requests, context.schemes)],
    ...(body === null ? {} : { requestBody: body }),
    responses: responses(records, context.texts),
    security,
    ...observed(records, requests),
  }
}

const sum = (records: readonly EndpointRecord[], of: (record: EndpointRecord) => number): number =>
  records.reduce((total, record) => total + of(record), 0)

function counts(
  records: readonly EndpointRecord[],
  of: (record: EndpointRecord) => Readonly<Record<string, number>>,
): Record<string, number> {
  const all = new Map<string, number>()
  for (const record of records)
    for (const [name, count] of Object.entries(of(record))) all.set(name, (all.get(name) ?? 0) + count)
  return Object.fromEntries(all)
}

function operationId(path: string, { method, match }: OperationGroup, taken: Set<string>): string {
  const words = path.replaceAll(/[^A-Za-z0-9]+/g, " ").trim()
  const given = match?.operation.operationId ?? ""
  const stem =
    given !== "" && match?.operation.method === method
      ? given
      : [method.toLowerCase(), ...words.split(" ")].filter((word) => word !== "").join("_")
  let id = stem
  for (let k = 2; taken.has(id); k++) id = `${stem}_${k}`
  taken.add(id)
  return id
}

function tagsOf(path: string, match: IndexedOperation | null): string[] {
  if (match !== null && match.operation.tags.length > 0) return [...match.operation.tags]
  const text = path
    .split("/")
    .find((segment) => segment !== "" && !segment.includes("{") && !/^(api|rest|v\d+(\.\d+)?)$/i.test(segment))
  return text === undefined ? [] : [text]
}

/** A schema that takes every kind of value that was seen. */
function schemaOf(kinds: Readonly<Record<string, number>>): JsonObject {
  const names = Object.keys(kinds).filter((kind) => kind !== "empty")
  if (names.length === 0 || kinds.empty !== undefined) return { type: "string" }
  if (names.length === 1) return KIND_SCHEMAS[names[0]!] ?? { type: "string" }
  return names.every((kind) => kind === "int" || kind === "float") ? { type: "number" } : { type: "string" }
}

function pathParameters(path: string, records: readonly EndpointRecord[]): JsonObject[] {
  const names = marksOf(path)
  const kinds = names.map((): Record<string, number>[] => [])
  let isKnown = true
  for (const { parameters } of records) {
    const own = parameters.filter((parameter) => parameter.in === "path")
    // Where a path was not learned, its text stands in the place of a parameter: then nothing is said of kinds.
    if (own.length !== names.length) isKnown = false
    else own.forEach((parameter, i) => void kinds[i]!.push(parameter.kinds))
  }
  return names.map((name, i) => ({
    name,
    in: "path",
    required: true,
    schema: isKnown ? schemaOf(Object.assign({}, ...kinds[i]!) as Record<string, number>) : { type: "string" },
  }))
}

function otherParameters(records: readonly EndpointRecord[], requests: number, schemes: ExportedSchemes): JsonObject[] {
  const merged = new Map<string, ParameterRecord[]>()
  for (const parameter of records.flatMap(({ parameters }) => parameters)) {
    if (parameter.in === "path" || parameter.name === "" || parameter.name.includes("{") || schemes.isKey(parameter))
      continue
    const key = `${parameter.in} ${parameter.name}`
    const known = merged.get(key)
    if (known === undefined) merged.set(key, [parameter])
    else known.push(parameter)
  }
  const order = { path: 0, query: 1, header: 2, cookie: 3 }
  return [...merged.values()]
    .sort(([a], [b]) => order[a!.in] - order[b!.in] || (a!.name < b!.name ? -1 : 1))
    .map((all) => {
      const carried = all.reduce((total, one) => total + one.requests, 0)
      const { in: place, name } = all[0]!
      return {
        name,
        in: place,
        required: carried >= requests && requests > 0,
        schema: schemaOf(Object.assign({}, ...all.map(({ kinds }) => kinds)) as Record<string, number>),
        "x-sonde-requests": carried,
        "x-sonde-first-seen": isoOf(Math.min(...all.map(({ firstSeenUs }) => firstSeenUs))),
        "x-sonde-last-seen": isoOf(Math.max(...all.map(({ lastSeenUs }) => lastSeenUs))),
      }
    })
}

function contentOf(bodies: readonly BodiesRecord[], texts: SchemaTexts): JsonObject {
  const byType = new Map<string, BodiesRecord[]>()
  for (const body of bodies)
    if (isMediaType(body.contentType)) byType.set(body.contentType, [...(byType.get(body.contentType) ?? []), body])
  return Object.fromEntries(
    [...byType]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, those]) => {
        const { root } = mergedSchema(those, texts)
        return [type, root === null ? {} : { schema: importable(nodeSchema(root)) }]
      }),
  )
}

/** Without fields that no import takes ("__proto__"): a remark stands for them, and the object is open. */
function importable(schema: JsonSchema): object {
  const { properties, required, items, additionalProperties } = schema
  const isWhole = properties === undefined || !Object.hasOwn(properties, UNTAKEN)
  const fields = Object.entries(properties ?? {}).filter(([name]) => name !== UNTAKEN)
  return {
    ...schema,
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(fields.map(([name, field]) => [name, importable(field)])) }),
    ...(required === undefined ? {} : { required: required.filter((name) => name !== UNTAKEN) }),
    ...(items === undefined ? {} : { items: importable(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: importable(additionalProperties) }),
    ...(isWhole
      ? {}
      : { additionalProperties: true, "x-sonde-left-out": `A field "${UNTAKEN}": specifications do not take it.` }),
  }
}

function requestBody(records: readonly EndpointRecord[], texts: SchemaTexts): JsonObject | null {
  const content = contentOf(
    records.flatMap(({ bodies }) => bodies.filter(({ direction }) => direction === "request")),
    texts,
  )
  return Object.keys(content).length === 0 ? null : { content }
}

function responses(records: readonly EndpointRecord[], texts: SchemaTexts): JsonObject {
  const statuses = counts(records, (record) => record.statuses)
  const bodies = records.flatMap((record) => record.bodies.filter(({ direction }) => direction === "response"))
  const entries = Object.entries(statuses)
    .filter(([status]) => /^[1-5]\d\d$/.test(status))
    .map(([status, count]): [string, JsonObject] => {
      const content = contentOf(
        bodies.filter((body) => body.status === Number(status)),
        texts,
      )
      return [
        status,
        {
          description: STATUS_CODES[status] ?? `Status ${status}.`,
          ...(Object.keys(content).length === 0 ? {} : { content }),
          "x-sonde-responses": count,
        },
      ]
    })
  return entries.length === 0 ? { default: { description: "No response was seen." } } : Object.fromEntries(entries)
}

function observed(records: readonly EndpointRecord[], requests: number): JsonObject {
  const [busiest] = [...records].sort((a, b) => b.requests - a.requests)
  const classes = Object.keys(counts(records, (record) => record.dataClasses)).sort()
  const called = records.filter(({ operation }) => operation !== "")
  return {
    "x-sonde-endpoint": busiest!.id,
    "x-sonde-first-seen": isoOf(Math.min(...records.map(({ firstSeenUs }) => firstSeenUs))),
    "x-sonde-last-seen": isoOf(Math.max(...records.map(({ lastSeenUs }) => lastSeenUs))),
    "x-sonde-requests": requests,
    "x-sonde-errors": sum(records, (record) => record.errors),
    "x-sonde-consumers": Math.max(...records.map(({ consumers }) => consumers)),
    "x-sonde-posture": busiest!.posture,
    "x-sonde-status": busiest!.status,
    ...(classes.length === 0 ? {} : { "x-sonde-classes": classes }),
    ...(called.length === 0 ? {} : { "x-sonde-operations": called.map(calledOperation) }),
  }
}

/** GraphQL, RPC and SOAP: what one URL was asked for. */
function calledOperation({ id, operation, calls, requests, statuses }: EndpointRecord): JsonObject {
  return {
    operation,
    endpoint: id,
    kinds: Object.keys(calls.kinds).sort(),
    fields: Object.keys(calls.fields).sort(),
    requests,
    statuses: Object.keys(statuses),
  }
}
