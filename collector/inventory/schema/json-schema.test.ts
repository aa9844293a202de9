// Observed schemas as JSON Schema: valid under the draft, and accepting what was seen.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Ajv2020 } from "ajv/dist/2020.js"
import fc from "fast-check"
import type { BodiesRecord } from "../../store/endpoint-records.ts"
import { type JsonSchema, jsonSchemaOf } from "./json-schema.ts"
import { mergedSchema } from "./schema-tree.ts"

const AT_US = 1_795_428_000_000_000

function schemaOf(shapes: readonly (readonly string[])[], each: number, isAnnotated: boolean): JsonSchema {
  const bodies: BodiesRecord = {
    direction: "response",
    status: 200,
    contentType: "application/json",
    bodies: each * shapes.length,
    firstSeenUs: AT_US,
    lastSeenUs: AT_US,
    shapes: Object.fromEntries(shapes.map((_, i) => [i + 1, [each, AT_US, AT_US] as const])),
    fields: {},
    unread: 0,
  }
  const texts = new Map(shapes.map((paths, i) => [i + 1, { paths }]))
  return jsonSchemaOf(mergedSchema([bodies], texts), isAnnotated)
}

test("types, required fields, items, maps and formats", () => {
  const schema = schemaOf(
    [
      ["id:int", "mail:string#email", "lines[].price:number", "labels.{}:string", "note:null"],
      ["id:int", "mail:string#email", "lines[].price:int", "note:string", "photo:bytes"],
    ],
    50,
    false,
  )
  assert.deepEqual(schema, {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: {
      id: { type: "integer" },
      labels: { type: "object", additionalProperties: { type: "string" } },
      lines: { type: "array", items: { type: "object", properties: { price: { type: "number" } } } },
      mail: { type: "string", format: "email" },
      note: { type: ["string", "null"] },
      photo: { type: "string" },
    },
    required: ["id", "lines", "mail", "note"],
  })
})

test("what was observed stands beside it, and nothing known accepts everything", () => {
  const schema = schemaOf([["state:string%3"], ["at:date"]], 10, true)
  assert.deepEqual(schema.properties?.state?.["x-sonde"], {
    bodies: 10,
    presence: 0.5,
    values: 3,
    firstSeen: "2026-11-23T10:00:00.000Z",
    lastSeen: "2026-11-23T10:00:00.000Z",
  })
  assert.deepEqual(schema.properties?.at?.["x-sonde"]?.types, ["date"])
  assert.deepEqual(jsonSchemaOf(mergedSchema([], new Map())), { $schema: schema.$schema })
})

const ajv = new Ajv2020({ strict: false, ownProperties: true })

/** The lines that a sensor would write of a document. */
function linesOf(value: unknown, path = "", lines = new Map<string, Set<string>>()): Map<string, Set<string>> {
  const note = (type: string): void => {
    lines.set(path, (lines.get(path) ?? new Set()).add(type))
  }
  if (Array.isArray(value)) {
    if (value.length === 0) note("array")
    for (const element of value) linesOf(element, `${path}[]`, lines)
  } else if (value !== null && typeof value === "object") {
    if (Object.keys(value).length === 0) note("object")
    for (const [key, member] of Object.entries(value)) {
      const text = key === "" ? '""' : key.replace(/["\\.[{]/g, "\\$&")
      linesOf(member, path === "" ? text : `${path}.${text}`, lines)
    }
  } else if (value === null) note("null")
  else if (typeof value === "number") note(Number.isInteger(value) ? "int" : "number")
  else note(typeof value === "boolean" ? "bool" : "string")
  return lines
}

test("any documents: their schema is valid, and each of them is valid against it", () => {
  const key = fc.constantFrom("id", "name", "a.b", "[]", "{x", "", "constructor", "x\\y")
  const { document } = fc.letrec((tie) => ({
    document: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      tie("list"),
      tie("record"),
    ),
    list: fc.array(tie("document"), { maxLength: 3 }),
    record: fc.dictionary(key, tie("document"), { maxKeys: 4 }),
  }))
  fc.assert(
    fc.property(fc.array(document, { minLength: 1, maxLength: 5 }), fc.constantFrom(1, 40), (documents, each) => {
      const shapes = documents.map((one) =>
        Array.from(linesOf(one), ([path, types]) => `${path}:${[...types].join("|")}`).sort(),
      )
      const schema = schemaOf(shapes, each, true)
      assert.equal(ajv.validateSchema(schema), true, JSON.stringify(ajv.errors))
      const validate = ajv.compile(schema)
      for (const one of documents) assert.equal(validate(one), true, `${JSON.stringify(one)} ${JSON.stringify(schema)}`)
    }),
    { numRuns: 60, verbose: true },
  )
})
