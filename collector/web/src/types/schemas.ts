// What the console reads of parameters and bodies.
import type { Counts, Time } from "./common.ts"

export interface Parameter {
  readonly in: "path" | "query" | "header" | "cookie"
  readonly name: string
  readonly requests: number
  readonly presence: number
  readonly required: boolean
  readonly types: readonly string[]
  readonly format: string | null
  readonly values: {
    readonly verdict: "enum" | "constant" | "open" | "unsure"
    readonly distinct: number
    readonly told: number
    readonly sentence: string
  }
  readonly kinds: Counts
  readonly firstSeen: Time
  readonly lastSeen: Time
}

export interface SchemaField {
  /** "[]" elements of an array, "{}" any key of a map, "" the body itself. */
  readonly name: string
  readonly path: string
  readonly bodies: number
  readonly presence: number
  readonly required: boolean
  readonly types: Counts
  readonly dataClasses: readonly string[]
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly fields: readonly SchemaField[]
  readonly items: SchemaField | null
  readonly anyKey: SchemaField | null
}

export interface BodySchema {
  readonly status: number | null
  readonly contentType: string | null
  readonly bodies: number
  /** Bodies whose shape is known: what the fields are counted of. */
  readonly known: number
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly root: SchemaField | null
}

export interface Body {
  readonly contentTypes: Counts
  readonly bodies: readonly BodySchema[]
}
