// What is exported is valid, and what was observed does not differ from it.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { BodiesRecord, EndpointRecord, ParameterRecord, ServiceRecord } from "../../store/records.ts"
import { classify, successesOf } from "./classification.ts"
import { driftOf } from "./drift.ts"
import { exportDocument } from "./export-document.ts"
import { documentOf, endpoint, indexOf, OK, openapi } from "./fake-specifications.ts"
import { observedBodies } from "./observed-bodies.ts"
import { OperationIndex } from "./operation-index.ts"
import { parseSpecification } from "./parse-specification.ts"
import { References } from "./references.ts"

const SERVICE = {
  id: "s1",
  name: "api.example.com",
  authority: "api.example.com",
  zone: "",
  ports: [443],
  listeners: [],
  requests: 100,
  conversations: 0,
  firstSeenUs: 1_795_428_000_000_000,
  lastSeenUs: 1_795_428_000_000_000,
} as unknown as ServiceRecord

type Texts = Map<number, { readonly paths: readonly string[] }>

function exported(endpoints: readonly EndpointRecord[], texts: Texts = new Map(), index: OperationIndex | null = null) {
  return exportDocument({ service: SERVICE, endpoints, index, texts, hasUnproven: false }) as unknown as {
    paths: Record<
      string,
      Record<
        string,
        {
          operationId: string
          parameters: { name: string; in: string; schema: object }[]
          security: object[]
          responses: object
          "x-sonde-operations"?: object[]
        }
      >
    >
    components: { securitySchemes: Record<string, object> }
    servers?: { url: string }[]
    "x-sonde-left-out": number
  }
}

/** Everything with a success is documented, and nothing differs. */
function assertRoundTrip(endpoints: readonly EndpointRecord[], texts: Texts): void {
  const document = exported(endpoints, texts)
  const parsed = parseSpecification(JSON.stringify(document))
  const index = new OperationIndex([{ name: "again", parsed, isCurrent: true }], SERVICE.authority)
  for (const record of endpoints) {
    const { status, match, why } = classify(record, index, "")
    // What OpenAPI cannot name is in an x- field, and no shadow for that.
    if (successesOf(record) === 0 || /PROPFIND|M-SEARCH/.test(record.method)) continue
    assert.equal(status, "documented", `${record.method} ${record.template}: ${why}`)
    if (match === null) continue
    const { tree, schemes } = parsed
    const bodies = observedBodies(record, texts)
    const drift = driftOf({ record, operation: match.operation, references: new References(tree), schemes, bodies })
    assert.deepEqual(
      drift.map(({ sentence }) => sentence),
      [],
      `${record.method} ${record.template}`,
    )
  }
}

const name = fc.oneof(
  fc.constantFrom("id", "page", "filter[a]", "x-tenant", "api_key", "sid", "__proto__", "constructor"),
  fc.string({ minLength: 1, maxLength: 8 }),
)
const kinds = fc.dictionary(
  fc.constantFrom("int", "float", "uuid", "word", "bool", "date", "empty", "mix", "url"),
  fc.integer({ min: 1, max: 40 }),
  { minKeys: 1, maxKeys: 3 },
)
const parameter: fc.Arbitrary<ParameterRecord> = fc
  .record({ in: fc.constantFrom("query", "header", "cookie"), name, kinds })
  .map(({ in: place, name: called, kinds: of }) => ({
    in: place,
    name: place === "header" ? called.toLowerCase() : called,
    requests: Object.values(of).reduce((sum, count) => sum + count, 0),
    kinds: of,
    values: {},
    isOpen: true,
    firstSeenUs: 5,
    lastSeenUs: 9,
  }))
const line = fc.constantFrom(
  "id:int",
  "id:int|string",
  "items[].sku:string",
  "items[].price:int|number",
  "items:array",
  "customer.name:null|string",
  "{}:bool",
  "a\\.b:string",
  ":array",
  "[].x.y:object",
  "tags[]:string",
  "__proto__:string",
  "customer.__proto__.x:int",
)
const SHAPES = 8
const body = fc.record({
  direction: fc.constantFrom("request", "response"),
  status: fc.constantFrom(200, 201, 404, 500),
  contentType: fc.constantFrom(
    "application/json",
    "application/problem+json",
    "multipart/form-data",
    "application/pdf",
    "weird",
    "a/b;c",
    "",
  ),
  shapes: fc.uniqueArray(fc.integer({ min: 1, max: SHAPES }), { maxLength: 3 }),
})
const segment = fc.constantFrom(
  "v1",
  "orders",
  "{int}",
  "{uuid}",
  "{orderId}",
  "Orders({int})",
  "{word}.json",
  "a-b",
  "{~0a1b2c3d4e5f}",
  "%7Bx%7D",
  "17:cancel",
  "{id}:refund",
  "{bookingId}:refund",
  "TMVEUX:refund",
  "sales-{int}.csv",
  "{serial}.csv",
)
const observed: fc.Arbitrary<EndpointRecord> = fc
  .record({
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "PROPFIND", "M-SEARCH"),
    segments: fc.array(segment, { maxLength: 4 }),
    operation: fc.constantFrom("", "", "query GetOrders"),
    statuses: fc.dictionary(
      fc.constantFrom("200", "201", "204", "304", "401", "404", "500", "999"),
      fc.integer({ min: 1, max: 50 }),
      { minKeys: 1, maxKeys: 4 },
    ),
    schemes: fc.dictionary(
      fc.constantFrom(
        "none",
        "basic",
        "bearer-jwt",
        "bearer-opaque",
        "api-key",
        "cookie",
        "mtls",
        "sigv4",
        "digest",
        "negotiate",
      ),
      fc.integer({ min: 1, max: 50 }),
      { maxKeys: 3 },
    ),
    parameters: fc.uniqueArray(parameter, { maxLength: 5, selector: (one) => `${one.in} ${one.name}` }),
    bodies: fc.uniqueArray(body, {
      maxLength: 4,
      selector: (one) => `${one.direction} ${one.direction === "request" ? 0 : one.status} ${one.contentType}`,
    }),
  })
  .map(({ segments, bodies, statuses, ...rest }) => {
    const given = bodies.map(
      (one): BodiesRecord => ({
        direction: one.direction as "request" | "response",
        status: one.direction === "request" ? 0 : one.status,
        contentType: one.contentType,
        bodies: 10,
        firstSeenUs: 5,
        lastSeenUs: 9,
        shapes: Object.fromEntries(one.shapes.map((shape) => [shape, [3, 5, 9] as const])),
        fields: {},
        unread: 0,
      }),
    )
    // A body belongs to an answer that was counted.
    const seen = Object.fromEntries(
      given.filter(({ direction }) => direction === "response").map(({ status }) => [status, 10]),
    )
    return endpoint({ ...rest, template: `/${segments.join("/")}`, statuses: { ...statuses, ...seen }, bodies: given })
  })

test("property: valid, and imported again everything is documented and nothing differs", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(observed, {
        minLength: 1,
        maxLength: 8,
        selector: ({ method, template, operation }) => `${method} ${template} ${operation}`,
      }),
      fc.array(fc.uniqueArray(line, { maxLength: 5 }), { minLength: SHAPES, maxLength: SHAPES }),
      (endpoints, shapes) => assertRoundTrip(endpoints, new Map(shapes.map((paths, i) => [i + 1, { paths }]))),
    ),
    { numRuns: 25 },
  )
})

test("names of specifications and of pins before names of ours; what is one path of OpenAPI is one", () => {
  const document = documentOf(
    openapi({
      "/orders/{number}": { get: { operationId: "getOrder", tags: ["sales"], summary: "One.", responses: OK } },
    }),
  )
  const index = indexOf(document)
  const { paths } = exported(
    [
      endpoint({ template: "/orders/{int}" }),
      endpoint({ id: "e2", template: "/orders/{uuid}", method: "DELETE" }),
      endpoint({ id: "e3", template: "/users/{userName}/files/{uuid}.pdf" }),
    ],
    new Map(),
    index,
  )
  assert.deepEqual(Object.keys(paths), ["/orders/{number}", "/users/{userName}/files/{fileId}.pdf"])
  assert.deepEqual(Object.keys(paths["/orders/{number}"]!), ["get", "delete"])
  assert.equal(paths["/orders/{number}"]!.get!.operationId, "getOrder")
})

test("operations inside one URL stand below it; security as it was seen to succeed; what proves nothing is left out", () => {
  const calls = (kind: string) => ({ kinds: { [kind]: 5 }, fields: { orders: 5 }, depth: 2, aliases: 0, batch: 1 })
  const document = exported([
    endpoint({
      method: "POST",
      template: "/graphql",
      operation: "query A",
      calls: calls("graphql"),
      schemes: { "bearer-jwt": 9, none: 1 },
    }),
    endpoint({
      id: "e2",
      method: "POST",
      template: "/graphql",
      operation: "query B",
      calls: calls("graphql"),
      schemes: { "api-key": 9 },
      parameters: [
        {
          in: "header",
          name: "x-api-key",
          requests: 9,
          kinds: { mix: 9 },
          values: {},
          isOpen: true,
          firstSeenUs: 1,
          lastSeenUs: 1,
        },
      ],
    }),
    endpoint({ id: "e3", template: "/probe", statuses: { 401: 9 }, schemes: {} }),
    endpoint({ id: "e4", template: "*", method: "OPTIONS" }),
  ])
  assert.deepEqual(Object.keys(document.paths), ["/graphql"])
  assert.equal(document["x-sonde-left-out"], 2)
  const post = document.paths["/graphql"]!.post!
  assert.equal(post["x-sonde-operations"]?.length, 2)
  assert.deepEqual(post.security, [{ "api-key": [] }, { "bearer-jwt": [] }, {}])
  assert.deepEqual(post.parameters, [])
  assert.deepEqual(document.components.securitySchemes["api-key"], { type: "apiKey", in: "header", name: "x-api-key" })
  assert.deepEqual(document.servers, [{ url: "https://api.example.com" }])
  assert.deepEqual(exported([]).paths, {})
})
