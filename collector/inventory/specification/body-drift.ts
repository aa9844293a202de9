// Bodies of an endpoint against the schemas of its operation: media types, fields and their types.
//
// In:  what bodies have in common (inventory/schema), the operation. Out: differences. Fields of JSON are compared with their types, those
// of forms by name; other formats by media type only. Below a field that differs nothing more is said.
import { typeReason } from "../sample-reasons.ts"
import type { SchemaNode } from "../schema/schema-tree.ts"
import type { Difference, Subject } from "./drift.ts"
import type { ObservedBody } from "./observed-bodies.ts"
import { contentFor, isFormType, isJsonType, isMediaType, responseFor } from "./response-lookup.ts"
import { factsOf } from "./schema-facts.ts"
import type { SpecifiedBody, SpecifiedContent } from "./specified-operation.ts"

const FIELDS_DEPTH_MAX = 40

/** Names of JSON types by what sensors call them; what they tell apart beyond that is text. */
const JSON_TYPES: Readonly<Record<string, string>> = {
  int: "integer",
  number: "number",
  bool: "boolean",
  object: "object",
  array: "array",
  null: "null",
}

export function* bodyDrift(subject: Subject): Iterable<Difference> {
  const { bodies, record } = subject
  if (bodies !== null) {
    for (const body of bodies) yield* ofBody(subject, body)
    return
  }
  if (record.bodies.length > 0) {
    for (const { direction, status, contentType, bodies: count, firstSeenUs, lastSeenUs } of record.bodies)
      yield* ofBody(subject, {
        direction,
        status,
        contentType,
        bodies: count,
        firstSeenUs,
        lastSeenUs,
        root: null,
        shapesWith: () => [],
      })
    return
  }
  yield* ofTypes(subject)
}

/** Of older records, which do not tell whose types they are: only where each status that was seen documents its content. */
function* ofTypes({ record, operation }: Subject): Iterable<Difference> {
  const documented = Object.keys(record.statuses).map((status) => responseFor(operation, Number(status))?.content ?? [])
  if (documented.length === 0 || documented.some((content) => content.length === 0)) return
  for (const [type, count] of Object.entries(record.responseTypes))
    if (isMediaType(type) && contentFor(documented.flat(), type) === null)
      yield unknownType("response", type, { bodies: count, firstSeenUs: 0, lastSeenUs: 0 })
}

function* ofBody(subject: Subject, body: ObservedBody): Iterable<Difference> {
  const { operation } = subject
  const content =
    body.direction === "request"
      ? contentOfRequest(operation.requestBody)
      : responseFor(operation, body.status)?.content
  // A status that is not documented is a difference of its own; a response without content says nothing of bodies.
  if (content === undefined || !isMediaType(body.contentType) || body.bodies === 0) return
  if (body.direction === "response" && content.length === 0) return
  const documented = contentFor(content, body.contentType)
  const place =
    body.direction === "request" ? `request ${body.contentType}` : `response ${body.status} ${body.contentType}`
  if (documented === null) {
    yield unknownType(body.direction === "request" ? "request" : `response ${body.status}`, body.contentType, body)
    return
  }
  if (body.root === null || documented.schema === undefined) return
  const isTyped = isJsonType(body.contentType)
  if (!isTyped && !isFormType(body.contentType)) return
  yield* ofField(subject, body, place, body.root, [documented.schema], isTyped, 0)
}

function unknownType(
  place: string,
  type: string,
  { bodies, firstSeenUs, lastSeenUs }: Pick<ObservedBody, "bodies" | "firstSeenUs" | "lastSeenUs">,
): Difference {
  return {
    kind: "contentType.undocumented",
    place,
    name: type,
    count: bodies,
    firstUs: firstSeenUs,
    lastUs: lastSeenUs,
    sentence: `Bodies of the ${place} were ${type} (${bodies}), which is not documented.`,
    shows: ({ why }) => why.includes(typeReason(place.startsWith("request") ? "request" : "response", type)),
  }
}

/** No documented body at all: then every one is undocumented. */
const contentOfRequest = (body: SpecifiedBody | null): readonly SpecifiedContent[] => body?.content ?? []

function* ofField(
  subject: Subject,
  body: ObservedBody,
  place: string,
  field: SchemaNode,
  schemas: readonly unknown[],
  isTyped: boolean,
  depth: number,
): Iterable<Difference> {
  if (depth > FIELDS_DEPTH_MAX) return
  const facts = factsOf(schemas, subject.references)
  if (isTyped) yield* typeDrift(field, facts, place, body)
  const inner = (one: SchemaNode, of: readonly unknown[]): Iterable<Difference> =>
    ofField(subject, body, place, one, of, isTyped, depth + 1)
  for (const one of field.fields) {
    const member = facts.members.get(one.name)
    if (member !== undefined) yield* inner(one, member)
    else if (facts.others !== undefined) yield* inner(one, [facts.others])
    else if (!facts.isOpen && !(facts.types.size > 0 && !facts.types.has("object")))
      yield undocumented(one, place, body)
  }
  if (field.anyKey !== null && facts.others !== undefined) yield* inner(field.anyKey, [facts.others])
  if (field.items !== null && facts.items.length > 0) yield* inner(field.items, facts.items)
}

function* typeDrift(
  field: SchemaNode,
  { types, isNullable, isNull, enumeration }: ReturnType<typeof factsOf>,
  place: string,
  body: ObservedBody,
): Iterable<Difference> {
  if (types.size === 0 && !isNull) return
  const fits = (type: string): boolean => {
    if (type === "null") return isNullable || enumeration.includes(null)
    return types.has(type) || (type === "integer" && types.has("number"))
  }
  const others = Object.entries(field.types).filter(([name]) => !fits(JSON_TYPES[name] ?? "string"))
  const count = others.reduce((sum, [, bodies]) => sum + bodies, 0)
  if (count === 0) return
  const named = field.path === "" ? "The body" : `The field "${field.path}"`
  const stated = types.size === 0 ? "null" : [...types].join(" or ")
  yield {
    kind: "field.type",
    place,
    name: field.path,
    count,
    firstUs: field.firstSeenUs,
    lastUs: field.lastSeenUs,
    sentence: `${named} of the ${place} is documented as ${stated}, and was ${others.map(([name]) => JSON_TYPES[name] ?? "string").join(", ")} in ${count} bodies.`,
    shows: showing(body, field, (types) => types.some((type) => !fits(JSON_TYPES[type] ?? "string"))),
  }
}

/** Samples whose body has a shape that holds the field with such types. */
function showing(
  { direction, shapesWith }: ObservedBody,
  { path }: SchemaNode,
  isSuch: (types: readonly string[]) => boolean,
): Difference["shows"] {
  // Asked for each sample, and only when somebody reads them.
  let shapes: readonly number[] | null = null
  return ({ requestShape, responseShape }) => {
    shapes ??= shapesWith(path, isSuch)
    return shapes.includes(direction === "request" ? requestShape : responseShape)
  }
}

function undocumented(field: SchemaNode, place: string, body: ObservedBody): Difference {
  return {
    kind: "field.undocumented",
    place,
    name: field.path,
    count: field.bodies,
    firstUs: field.firstSeenUs,
    lastUs: field.lastSeenUs,
    sentence: `The field "${field.path}" of the ${place} (${field.bodies} bodies) is not documented.`,
    shows: showing(body, field, () => true),
  }
}
