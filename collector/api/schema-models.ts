// How the API shows parameters and bodies: what was concluded of them, with the numbers behind it.
import { Count, Counts, NullableNumber, NullableString, ref, type Static, Time, Type } from "./schema.ts"

const Share = (description: string) => Type.Number({ minimum: 0, maximum: 1, description })

const ParameterValues = Type.Object(
  {
    verdict: Type.Unsafe<"enum" | "constant" | "open" | "unsure">({
      type: "string",
      enum: ["enum", "constant", "open", "unsure"],
      description: "enum: few values, again and again; open: more than are told apart; unsure: too few seen or told.",
    }),
    distinct: Count("Distinct values held: pseudonyms, so that which ones they are is not known."),
    told: Count("Accepted requests whose value was told."),
    sentence: Type.String(),
  },
  { description: "Whether the values of a query parameter are few." },
)

export const Parameter = Type.Object(
  {
    in: Type.Unsafe<"path" | "query" | "header" | "cookie">({
      type: "string",
      enum: ["path", "query", "header", "cookie"],
    }),
    name: Type.String(),
    requests: Count("Requests that carried it."),
    accepted: Count("Those that were answered without an error."),
    presence: Share("Share of the endpoint's requests that carried it."),
    required: Type.Boolean({ description: "Every accepted request had it, and there were enough of them." }),
    types: Type.Array(Type.String(), { description: "Types of JSON Schema that its values fit." }),
    format: NullableString("Format of JSON Schema that its values have."),
    values: ParameterValues,
    kinds: Counts("Kinds of value seen; never values."),
    firstSeen: Time("First request with it."),
    lastSeen: Time("Latest request with it."),
  },
  { $id: "Parameter" },
)

/** Recursive, so its type is written out. */
export interface SchemaFieldBody {
  name: string
  path: string
  bodies: number
  presence: number
  required: boolean
  types: Record<string, number>
  dataClasses: string[]
  firstSeen: string | null
  lastSeen: string | null
  fields: SchemaFieldBody[]
  items: SchemaFieldBody | null
  anyKey: SchemaFieldBody | null
}

const SELF = { $ref: "SchemaField#" }
const orNone = (description: string) =>
  Type.Unsafe<SchemaFieldBody | null>({ anyOf: [SELF, { type: "null" }], description })

export const SchemaField = Type.Object(
  {
    name: Type.String({
      description: 'Its key; "[]" elements of an array, "{}" any key of a map, "" the body itself.',
    }),
    path: Type.String({ description: '"items[].id".' }),
    bodies: Count("Bodies that had it."),
    presence: Share("Share of the bodies in which it could have stood that had it."),
    required: Type.Boolean({ description: "All of enough bodies had it. Not said of what lies in arrays and maps." }),
    types: Counts("Bodies by type: int, number, string, bool, object, array, null, date, bytes."),
    dataClasses: Type.Array(Type.String()),
    firstSeen: Time("First body with it."),
    lastSeen: Time("Latest body with it."),
    fields: Type.Array(Type.Unsafe<SchemaFieldBody>(SELF), { description: "Members, in order of name." }),
    items: orNone("Elements of the array."),
    anyKey: orNone("Values of the map."),
  },
  { $id: "SchemaField" },
)

export const BodySchema = Type.Object(
  {
    status: NullableNumber("Status of the answer; null for requests' bodies."),
    contentType: NullableString("Media type; null for answers without a body."),
    bodies: Count("Bodies."),
    known: Count("Bodies whose shape is known: what the fields are counted of."),
    firstSeen: Time("First body."),
    lastSeen: Time("Latest body."),
    root: Type.Unsafe<SchemaFieldBody | null>({ anyOf: [SELF, { type: "null" }] }),
  },
  { $id: "BodySchema" },
)

const Shape = Type.Object(
  {
    id: Type.String({ description: "Hash of the shape." }),
    exchanges: Count("Bodies of this shape."),
    paths: Type.Array(Type.String(), {
      description: '"path:type" a line: "items[].id:int". Empty until its text is known.',
    }),
    classes: Type.Unsafe<Record<string, string>>({
      type: "object",
      additionalProperties: { type: "string" },
      description: 'Data class of a field, by its path: {"customer.email": "email"}.',
    }),
  },
  { $id: "Shape" },
)

export const Body = Type.Object({
  contentTypes: Counts("Media type to exchanges."),
  shapes: Type.Array(ref(Shape)),
  bodies: Type.Array(ref(BodySchema), { description: "What the bodies have in common, by status and media type." }),
})

export const SCHEMA_SHARED = [Parameter, Shape, SchemaField, BodySchema]

export type Parameter = Static<typeof Parameter>
export type BodySchema = Static<typeof BodySchema>
