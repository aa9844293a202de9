// A schema that was observed, as JSON Schema (draft 2020-12), which is also what OpenAPI 3.1 takes.
//
// In:  a tree of fields (schema-tree.ts), the kinds of a parameter's values.   Out: a schema that is valid as such, and accepts what was
// seen: nothing is forbidden that was not, since what was never seen may still be allowed. Formats are said only where sensors have
// judged values; how often, since when and of which data class stands in "x-sonde", which validators pass over.
import type { MergedSchema, SchemaNode } from "./schema-tree.ts"

export const JSON_SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"

export interface JsonSchema {
  readonly $schema?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly contentMediaType?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema
  readonly items?: JsonSchema
  readonly "x-sonde"?: Observed
}

/** What was observed of a field, beside its form. */
export interface Observed {
  readonly bodies?: number
  /** To four places. */
  readonly presence?: number
  readonly dataClasses?: readonly string[]
  /** About so many distinct values. */
  readonly values?: number
  /** ISO 8601. */
  readonly firstSeen?: string
  readonly lastSeen?: string
  /** Types as sensors name them, where JSON's say less ("date", "bytes"). */
  readonly types?: readonly string[]
}

/** Types as sensors name them, of JSON and of formats that are none (XML, forms, protobuf on the wire). */
const TYPES: Readonly<Record<string, string>> = {
  int: "integer",
  number: "number",
  string: "string",
  url: "string",
  bool: "boolean",
  object: "object",
  array: "array",
  null: "null",
  empty: "string",
  date: "string",
  bytes: "string",
  varint: "integer",
  fixed32: "number",
  fixed64: "number",
  message: "object",
  group: "object",
}
const ORDER = ["object", "array", "string", "number", "integer", "boolean", "null"]
/** Types that JSON's name says all of. */
const JSON_TYPES: ReadonlySet<string> = new Set(["int", "number", "string", "bool", "object", "array", "null"])
const CLASS_FORMATS: Readonly<Record<string, string>> = { email: "email" }

/** `isAnnotated`: with "x-sonde" at each field. A schema of which nothing is known accepts everything. */
export function jsonSchemaOf({ root }: MergedSchema, isAnnotated = true): JsonSchema {
  return { $schema: JSON_SCHEMA_DIALECT, ...(root === null ? {} : nodeSchema(root, isAnnotated)) }
}

/** The same without "$schema": as a part of another document. */
export function nodeSchema(node: SchemaNode, isAnnotated = true): JsonSchema {
  const required = node.fields.filter((field) => field.isRequired).map((field) => field.name)
  const types = jsonTypes(Object.keys(node.types).map((type) => TYPES[type] ?? "string"))
  const format = types === "string" ? formatOf(node) : undefined
  return {
    ...(types === undefined ? {} : { type: types }),
    ...(format === undefined ? {} : { format }),
    ...(node.fields.length === 0
      ? {}
      : { properties: Object.fromEntries(node.fields.map((field) => [field.name, nodeSchema(field, isAnnotated)])) }),
    ...(required.length === 0 ? {} : { required }),
    ...(node.anyKey === null ? {} : { additionalProperties: nodeSchema(node.anyKey, isAnnotated) }),
    ...(node.items === null ? {} : { items: nodeSchema(node.items, isAnnotated) }),
    ...(isAnnotated ? { "x-sonde": observed(node) } : {}),
  }
}

function formatOf({ dataClasses, types }: SchemaNode): string | undefined {
  if (dataClasses.length === 1) return CLASS_FORMATS[dataClasses[0]!]
  const names = Object.keys(types)
  return names.length === 1 && names[0] === "url" ? "uri" : undefined
}

/** Each once, "number" in place of both; undefined for none. */
export function jsonTypes(types: readonly string[]): string | readonly string[] | undefined {
  const known = new Set(types)
  if (known.has("number")) known.delete("integer")
  const list = ORDER.filter((type) => known.has(type))
  return list.length === 0 ? undefined : list.length === 1 ? list[0]! : list
}

function observed(node: SchemaNode): Observed {
  const types = Object.keys(node.types)
  return {
    bodies: node.bodies,
    presence: Number(node.presence.toFixed(4)),
    ...(node.dataClasses.length === 0 ? {} : { dataClasses: node.dataClasses }),
    ...(node.values === null ? {} : { values: node.values }),
    firstSeen: isoTime(node.firstSeenUs),
    lastSeen: isoTime(node.lastSeenUs),
    ...(types.every((type) => JSON_TYPES.has(type)) ? {} : { types }),
  }
}

const isoTime = (us: number): string => new Date(Math.floor(us / 1000)).toISOString()
