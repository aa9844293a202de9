// Parameters and bodies of an endpoint as the API shows them.
import { acceptedRequests, isRequired, parameterType, valueVerdict } from "../../inventory/parameter-types.ts"
import { mergedSchema, type SchemaNode, type SchemaTexts } from "../../inventory/schema/schema-tree.ts"
import type { BodiesRecord, SchemaChange } from "../../store/endpoint-records.ts"
import type { EndpointRecord, ParameterRecord } from "../../store/records.ts"
import { isoTime } from "../event-time.ts"
import type { BodySchema, Parameter, SchemaFieldBody } from "../schema-models.ts"

const PLACES = { path: 0, query: 1, header: 2, cookie: 3 }

export function parametersView(record: EndpointRecord): Parameter[] {
  const accepted = acceptedRequests(record)
  return record.parameters
    .map((parameter) => parameterView(parameter, record.requests, accepted))
    .sort((a, b) => PLACES[a.in] - PLACES[b.in] || b.requests - a.requests || (a.name < b.name ? -1 : 1))
}

function parameterView(parameter: ParameterRecord, requests: number, accepted: number): Parameter {
  const { types, format } = parameterType(parameter)
  return {
    in: parameter.in,
    name: parameter.name,
    requests: parameter.requests,
    accepted: parameter.accepted ?? 0,
    presence: requests === 0 ? 0 : Math.min(1, parameter.requests / requests),
    required: isRequired(parameter, accepted),
    types: [...types],
    format: format === "" ? null : format,
    values: valueVerdict(parameter),
    kinds: parameter.kinds,
    firstSeen: isoTime(parameter.firstSeenUs),
    lastSeen: isoTime(parameter.lastSeenUs),
  }
}

export function bodySchemasView(
  { bodies }: Pick<EndpointRecord, "bodies">,
  direction: BodiesRecord["direction"],
  texts: SchemaTexts,
): BodySchema[] {
  return bodies
    .filter((body) => body.direction === direction)
    .map((body) => {
      const { known, root } = mergedSchema([body], texts)
      return {
        status: direction === "request" ? null : body.status,
        contentType: body.contentType === "" ? null : body.contentType,
        bodies: body.bodies,
        known,
        firstSeen: isoTime(body.firstSeenUs),
        lastSeen: isoTime(body.lastSeenUs),
        root: root === null ? null : fieldView(root),
      }
    })
    .sort((a, b) => (a.status ?? 0) - (b.status ?? 0) || b.bodies - a.bodies)
}

function fieldView(node: SchemaNode): SchemaFieldBody {
  return {
    name: node.name,
    path: node.path,
    bodies: node.bodies,
    presence: node.presence,
    required: node.isRequired,
    types: { ...node.types },
    dataClasses: [...node.dataClasses],
    firstSeen: isoTime(node.firstSeenUs),
    lastSeen: isoTime(node.lastSeenUs),
    fields: node.fields.map(fieldView),
    items: node.items === null ? null : fieldView(node.items),
    anyKey: node.anyKey === null ? null : fieldView(node.anyKey),
  }
}

/** What became known of an endpoint's bodies when. */
export function schemaHistory({
  bodies,
}: Pick<EndpointRecord, "bodies">): { atUs: number; kind: string; sentence: string }[] {
  return bodies.flatMap((body) =>
    (body.changes ?? []).map((change) => ({
      atUs: change.atUs,
      kind: change.kind,
      sentence: sentenceOf(change, body),
    })),
  )
}

function sentenceOf(
  { kind, field, before, now }: SchemaChange,
  { direction, status, contentType }: BodiesRecord,
): string {
  const where = direction === "request" ? "request bodies" : `bodies of status ${status}`
  const name = field === "" ? "The whole body" : `"${field}"`
  switch (kind) {
    case "status.new":
      return `First answer with status ${status}.`
    case "type.new":
      return `First ${where} of type ${contentType === "" ? "none" : contentType}.`
    case "schema.field.gone":
      return `${name} is no longer in ${where}.`
    case "schema.type.changed":
      return `${name} in ${where} was ${before}, now ${now}.`
    default:
      return `${name} (${now}) is new in ${where}.`
  }
}
