// A schema's tree as the lines that are shown: depth first, a line a field, arrays and maps with their elements below them.
import type { SchemaField } from "./types/schemas.ts"

export interface FieldRow {
  readonly field: SchemaField
  readonly depth: number
  /** "items" for a field, "each element", "any key". */
  readonly label: string
}

function labelOf(name: string): string {
  return name === "[]" ? "each element" : name === "{}" ? "any key" : name
}

/** At most `limit` rows; `more` counts those left out. The body itself is no row unless it is all there is. */
export function schemaRows(root: SchemaField, limit: number): { readonly rows: FieldRow[]; readonly more: number } {
  const rows: FieldRow[] = []
  let more = 0
  const walk = (field: SchemaField, depth: number): void => {
    const isBody = depth < 0
    if (!isBody) {
      if (rows.length < limit) rows.push({ field, depth, label: labelOf(field.name) })
      else more++
    }
    for (const below of field.fields) walk(below, depth + 1)
    if (field.items !== null) walk(field.items, depth + 1)
    if (field.anyKey !== null) walk(field.anyKey, depth + 1)
  }
  walk(root, -1)
  if (rows.length === 0) rows.push({ field: root, depth: 0, label: "the body" })
  return { rows, more }
}
