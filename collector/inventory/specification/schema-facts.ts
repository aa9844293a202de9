// What a schema says that drift can be measured against, the same for JSON Schema 2020-12, OpenAPI 3.0 and Swagger 2.
//
//   allOf: all of them together        anyOf, oneOf: any of them, so required only what all require
// In:  a schema with references. Out: types, members, items. Where it is open or unknown it says so, and nothing is concluded from it.
// Bounded: MERGED_MAX schemas are looked at for one place; beyond that it is open.
import { isObject } from "./document.ts"
import type { References } from "./references.ts"

const MERGED_MAX = 200
const DEPTH_MAX = 16

export interface SchemaFacts {
  /** JSON types; empty: any. "integer" only where "number" is not. */
  readonly types: ReadonlySet<string>
  readonly isNullable: boolean
  /** Nothing but null. */
  readonly isNull: boolean
  /** Schemas of the members that are named; several where several say something. */
  readonly members: ReadonlyMap<string, readonly unknown[]>
  readonly required: ReadonlySet<string>
  /** Other members are expected: said so, or none is named. */
  readonly isOpen: boolean
  /** Of a map: the schema of the members that are not named; undefined: any. */
  readonly others: unknown
  readonly items: readonly unknown[]
  readonly format: string
  readonly enumeration: readonly unknown[]
}

const ANYTHING: SchemaFacts = {
  types: new Set(),
  isNullable: true,
  isNull: false,
  members: new Map(),
  required: new Set(),
  isOpen: true,
  others: undefined,
  items: [],
  format: "",
  enumeration: [],
}

/** `schemas`: what is said of one place; all of it holds for alternatives of one place as a whole. */
export function factsOf(schemas: readonly unknown[], references: References): SchemaFacts {
  const budget = { left: MERGED_MAX }
  return schemas.map((schema) => read(schema, references, 0, budget)).reduce(either, null) ?? ANYTHING
}

function read(given: unknown, references: References, depth: number, budget: { left: number }): SchemaFacts {
  if (--budget.left < 0 || depth > DEPTH_MAX) return ANYTHING
  if (!isObject(given)) return ANYTHING
  const next = (one: unknown): SchemaFacts => read(one, references, depth + 1, budget)
  if (typeof given.$ref === "string") {
    const { $ref, ...beside } = given
    const found = references.follow({ $ref }, "")
    const meant = found === null ? ANYTHING : next(found.value)
    return Object.keys(beside).length === 0 ? meant : both(meant, next(beside))
  }
  const schema = given
  const own = ownFacts(schema)
  const list = (name: string): unknown[] => (Array.isArray(schema[name]) ? (schema[name] as unknown[]) : [])
  let facts: SchemaFacts = list("allOf").map(next).reduce(both, own)
  for (const name of ["oneOf", "anyOf"]) {
    const alternatives = list(name)
    if (alternatives.length > 0) facts = both(facts, alternatives.map(next).reduce<SchemaFacts | null>(either, null)!)
  }
  // What inherits from this one has members of its own.
  return schema.discriminator === undefined || list("oneOf").length + list("anyOf").length > 0
    ? facts
    : { ...facts, isOpen: true }
}

function ownFacts(schema: Readonly<Record<string, unknown>>): SchemaFacts {
  const stated = Array.isArray(schema.type)
    ? schema.type.map(String)
    : typeof schema.type === "string"
      ? [schema.type]
      : []
  const types = new Set(stated.filter((type) => type !== "null" && type !== "file"))
  const { properties, additionalProperties } = schema
  const members = new Map<string, readonly unknown[]>()
  if (isObject(properties)) for (const name of Object.keys(properties)) members.set(name, [properties[name]])
  if (types.size === 0 && stated.length === 0 && members.size > 0) types.add("object")
  const required = new Set(Array.isArray(schema.required) ? schema.required.map(String) : [])
  const isMap =
    additionalProperties === true || isObject(additionalProperties) || schema.patternProperties !== undefined
  const isConditional = ["if", "then", "else", "dependentSchemas", "$dynamicRef"].some(
    (name) => schema[name] !== undefined,
  )
  const saysObject = members.size > 0 || additionalProperties === false
  const enumeration = Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? [] : [schema.const]
  return {
    types,
    isNullable: stated.includes("null") || schema.nullable === true || schema["x-nullable"] === true,
    isNull: stated.length > 0 && stated.every((type) => type === "null"),
    members,
    required,
    isOpen: isMap || isConditional || !saysObject,
    others: isObject(additionalProperties) ? additionalProperties : undefined,
    items: schema.items === undefined || Array.isArray(schema.items) ? [] : [schema.items],
    format: typeof schema.format === "string" ? schema.format : "",
    enumeration,
  }
}

/** Whether a schema says nothing of members: then what another says of them stands. */
const isSilent = ({ members, isOpen, others }: SchemaFacts): boolean =>
  members.size === 0 && isOpen && others === undefined

function both(a: SchemaFacts, b: SchemaFacts): SchemaFacts {
  return {
    types: a.types.size === 0 ? b.types : b.types.size === 0 ? a.types : new Set([...a.types, ...b.types]),
    isNullable: a.isNullable || b.isNullable,
    isNull: a.isNull && b.isNull,
    members: joined(a.members, b.members),
    required: new Set([...a.required, ...b.required]),
    isOpen: isSilent(a) ? b.isOpen : isSilent(b) ? a.isOpen : a.isOpen || b.isOpen,
    others: a.others ?? b.others,
    items: [...a.items, ...b.items],
    format: a.format || b.format,
    enumeration: a.enumeration.length > 0 ? a.enumeration : b.enumeration,
  }
}

function either(a: SchemaFacts | null, b: SchemaFacts): SchemaFacts {
  if (a === null) return b
  if (a.isNull && !b.isNull) return { ...b, isNullable: true }
  if (b.isNull) return { ...a, isNullable: true }
  return {
    types: a.types.size === 0 || b.types.size === 0 ? new Set() : new Set([...a.types, ...b.types]),
    isNullable: a.isNullable || b.isNullable,
    isNull: a.isNull && b.isNull,
    members: joined(a.members, b.members),
    required: new Set([...a.required].filter((name) => b.required.has(name))),
    isOpen: a.isOpen || b.isOpen,
    others: a.others ?? b.others,
    items: [...a.items, ...b.items],
    format: a.format === b.format ? a.format : "",
    enumeration: a.enumeration.length > 0 && b.enumeration.length > 0 ? [...a.enumeration, ...b.enumeration] : [],
  }
}

function joined(
  a: ReadonlyMap<string, readonly unknown[]>,
  b: ReadonlyMap<string, readonly unknown[]>,
): ReadonlyMap<string, readonly unknown[]> {
  if (a.size === 0) return b
  if (b.size === 0) return a
  const all = new Map(a)
  for (const [name, schemas] of b) all.set(name, [...(all.get(name) ?? []), ...schemas])
  return all
}
