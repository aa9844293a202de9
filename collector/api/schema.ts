// The words in which routes describe what they take and give: JSON Schema with TypeScript types (the only import of
// typebox). What is written here becomes validation, serialisation and the OpenAPI document alike, so they cannot disagree.
import { type Static, type TObject, type TSchema, Type } from "typebox"

export type { Static, TSchema }
export { Type }

/** Either the type or null, in the form that JSON Schema 2020-12 (OpenAPI 3.1) prefers. */
export const NullableString = (description: string) =>
  Type.Unsafe<string | null>({ type: ["string", "null"], description })

export const NullableNumber = (description: string) =>
  Type.Unsafe<number | null>({ type: ["number", "null"], description })

/** Event time, ISO 8601, UTC, milliseconds. Null when nothing was seen yet. */
export const Time = (description: string) =>
  Type.Unsafe<string | null>({ type: ["string", "null"], format: "date-time", description })

export const Count = (description: string) => Type.Integer({ minimum: 0, description })

/** Name to count. */
export const Counts = (description: string) =>
  Type.Unsafe<Record<string, number>>({ type: "object", additionalProperties: { type: "number" }, description })

/** A reference to a schema that the server registered under its `$id`: it appears once in the OpenAPI document. */
export const ref = <T extends TSchema>(schema: T) => {
  const id = (schema as { $id?: string }).$id
  if (id === undefined) throw new Error("A schema that is referred to needs an $id.")
  return Type.Unsafe<Static<T>>({ $ref: `${id}#` })
}

/** The one shape of every list. */
export const PageOf = <T extends TSchema>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    next: NullableString("Cursor of the following page, null on the last."),
    total: Count("Rows that match the filter, over all pages."),
  })

export type PageBody<T> = { items: T[]; next: string | null; total: number }

/** Query of a list: its filters, the page, and the orders that it knows ("-" in front for descending). */
export const ListQuery = <T extends Record<string, TSchema>>(filters: T, sorts: readonly string[]) =>
  Type.Object(
    {
      ...filters,
      limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: "Rows a page." }),
      cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, description: "`next` of the page before." })),
      sort: Type.Optional(
        Type.Unsafe<string>({
          type: "string",
          enum: sorts.flatMap((name) => [name, `-${name}`]),
          description: `One of ${sorts.join(", ")}; "-" in front for descending.`,
        }),
      ),
    },
    { additionalProperties: false },
  )

export const IdParams: TObject<{ id: ReturnType<typeof Type.String> }> = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 128, description: "Opaque id." }),
})
