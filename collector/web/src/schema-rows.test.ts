import assert from "node:assert/strict"
import { test } from "node:test"
import { schemaRows } from "./schema-rows.ts"
import type { SchemaField } from "./types/schemas.ts"

const field = (name: string, parts: Partial<SchemaField> = {}): SchemaField => ({
  name,
  path: name,
  bodies: 1,
  presence: 1,
  required: false,
  types: { object: 1 },
  dataClasses: [],
  firstSeen: null,
  lastSeen: null,
  fields: [],
  items: null,
  anyKey: null,
  ...parts,
})

const TREE = field("", {
  fields: [
    field("id"),
    field("lines", { items: field("[]", { fields: [field("sku")] }) }),
    field("names", { anyKey: field("{}") }),
  ],
})

test("a tree as lines", () => {
  const { rows, more } = schemaRows(TREE, 99)
  assert.deepEqual(
    rows.map(({ depth, label }) => `${"  ".repeat(depth)}${label}`),
    ["id", "lines", "  each element", "    sku", "names", "  any key"],
  )
  assert.equal(more, 0)
})

test("a limit leaves out and counts", () => {
  const { rows, more } = schemaRows(TREE, 2)
  assert.deepEqual([rows.length, more], [2, 4])
})

test("a body without fields is one line", () => {
  assert.deepEqual(
    schemaRows(field("", { types: { string: 3 } }), 9).rows.map(({ label }) => label),
    ["the body"],
  )
})
