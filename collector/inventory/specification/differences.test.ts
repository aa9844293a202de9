import assert from "node:assert/strict"
import { test } from "node:test"
import { specificationDifferences } from "./differences.ts"
import { OK, openapi, swagger } from "./fake-specifications.ts"
import { parseSpecification } from "./parse-specification.ts"

const json = (schema: object) => ({ content: { "application/json": { schema } } })
const response = (schema: object) => ({ responses: { "200": { description: "", ...json(schema) } } })
const request = (schema: object, isRequired = false) => ({
  requestBody: { required: isRequired, ...json(schema) },
  responses: OK,
})
const query = (change: object) => ({ parameters: [{ name: "q", in: "query", schema: {}, ...change }], responses: OK })
const order = (properties: object, more: object = {}) => ({ type: "object", properties, ...more })

function differences(before: object, after: object): string[] {
  const parse = (operation: object) => parseSpecification(openapi({ "/orders": { post: operation } }))
  return specificationDifferences(parse(before), parse(after)).map(({ effect, kind }) => `${effect} ${kind}`)
}

const TABLE: readonly [what: string, before: object, after: object, ...found: string[]][] = [
  ["nothing", query({}), query({})],
  ["an optional parameter more", { responses: OK }, query({}), "compatible parameter.added"],
  ["a required parameter more", { responses: OK }, query({ required: true }), "breaking parameter.added"],
  ["a parameter less", query({}), { responses: OK }, "breaking parameter.removed"],
  ["required now", query({}), query({ required: true }), "breaking parameter.required"],
  ["optional now", query({ required: true }), query({}), "compatible parameter.optional"],
  [
    "narrower",
    query({ schema: { type: "string" } }),
    query({ schema: { type: "integer" } }),
    "breaking parameter.type",
  ],
  ["wider", query({ schema: { type: "integer" } }), query({ schema: { type: "number" } }), "compatible parameter.type"],
  [
    "a value less",
    query({ schema: { enum: ["a", "b"] } }),
    query({ schema: { enum: ["a"] } }),
    "breaking parameter.enum",
  ],
  ["a value more", query({ schema: { enum: ["a"] } }), query({ schema: { enum: ["a", "b"] } })],
  ["deprecated", { responses: OK }, { responses: OK, deprecated: true }, "compatible operation.deprecated"],
  ["a body that is needed now", request(order({})), request(order({}), true), "breaking request.required"],
  [
    "a body of another type",
    request(order({})),
    { requestBody: { content: { "text/xml": {} } }, responses: OK },
    "breaking request.type.removed",
    "compatible request.type.added",
  ],
  [
    "a field of the request more",
    request(order({ a: {} })),
    request(order({ a: {}, b: {} })),
    "compatible request.field.added",
  ],
  [
    "and required",
    request(order({ a: {} })),
    request(order({ a: {}, b: {} }, { required: ["b"] })),
    "breaking request.field.added",
  ],
  [
    "of the request narrower",
    request(order({ a: { type: "number" } })),
    request(order({ a: { type: "integer" } })),
    "breaking request.field.type",
  ],
  [
    "of the request wider",
    request(order({ a: { type: "integer" } })),
    request(order({ a: { type: "number" } })),
    "compatible request.field.type",
  ],
  [
    "of the response narrower",
    response(order({ a: { type: "number" } })),
    response(order({ a: { type: "integer" } })),
    "compatible response.field.type",
  ],
  [
    "of the response wider",
    response(order({ a: { type: "integer" } })),
    response(order({ a: { type: ["integer", "null"] } })),
    "breaking response.field.type",
  ],
  [
    "of the response less",
    response(order({ a: {}, b: {} })),
    response(order({ a: {} })),
    "breaking response.field.removed",
  ],
  [
    "of the response no longer certain",
    response(order({ a: {} }, { required: ["a"] })),
    response(order({ a: {} })),
    "breaking response.field.required",
  ],
  [
    "a value of the response more",
    response(order({ a: { enum: ["x"] } })),
    response(order({ a: { enum: ["x", "y"] } })),
    "breaking response.field.enum",
  ],
  [
    "inside lists",
    response({ type: "array", items: order({ a: {} }) }),
    response({ type: "array", items: order({}) }),
    "breaking response.field.removed",
  ],
  [
    "an answer more",
    { responses: OK },
    { responses: { ...OK, "429": { description: "" } } },
    "compatible response.added",
  ],
  [
    "a success less",
    { responses: { ...OK, "202": { description: "" } } },
    { responses: OK },
    "breaking response.removed",
  ],
  [
    "an error less",
    { responses: { ...OK, "404": { description: "" } } },
    { responses: OK },
    "compatible response.removed",
  ],
  ["credentials", { responses: OK }, { responses: OK, security: [{ key: [] }] }, "breaking security.added"],
  ["no credentials", { responses: OK, security: [{ key: [] }] }, { responses: OK }, "compatible security.removed"],
]
for (const [what, before, after, ...found] of TABLE)
  test(what, () => assert.deepEqual(differences(before, after), found))

test("operations by path and base, names of parameters left out; formats may differ", () => {
  const get = { get: { responses: OK } }
  const before = parseSpecification(swagger({ "/orders/{id}": get, "/old": get }, { basePath: "/v1" }))
  const after = parseSpecification(
    openapi({ "/orders/{orderId}": get, "/new": get }, { servers: [{ url: "https://h/v1" }] }),
  )
  assert.deepEqual(
    specificationDifferences(before, after).map(({ effect, operation, kind }) => `${effect} ${operation} ${kind}`),
    ["breaking GET /v1/old operation.removed", "compatible GET /v1/new operation.added"],
  )
})

test("other base paths are one difference, and the operations are compared below them", () => {
  const at = (url: string, paths: object) => parseSpecification(openapi(paths, { servers: [{ url }] }))
  const get = { get: { responses: OK } }
  const found = specificationDifferences(at("/v1", { "/a": get, "/b": get }), at("/v2", { "/a": get }))
  assert.deepEqual(
    found.map(({ effect, kind }) => `${effect} ${kind}`),
    ["breaking servers.path", "breaking operation.removed"],
  )
})

test("schemas that contain themselves come to an end", () => {
  const tree = {
    components: {
      schemas: {
        T: {
          type: "object",
          properties: { left: { $ref: "#/components/schemas/T" }, right: { $ref: "#/components/schemas/T" } },
        },
      },
    },
  }
  const parsed = parseSpecification(openapi({ "/t": { get: response({ $ref: "#/components/schemas/T" }) } }, tree))
  assert.deepEqual(specificationDifferences(parsed, parsed), [])
})
