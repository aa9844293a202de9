import assert from "node:assert/strict"
import { describe, test } from "node:test"
import type { BodiesRecord, EndpointRecord, ParameterRecord } from "../../store/records.ts"
import { driftOf } from "./drift.ts"
import { documentOf, endpoint, indexOf, openapi } from "./fake-specifications.ts"
import { observedBodies } from "./observed-bodies.ts"
import { References } from "./references.ts"

const JSON_TYPE = "application/json"
const schema = (of: object) => ({ content: { [JSON_TYPE]: { schema: of } } })
const parameter = (place: ParameterRecord["in"], name: string, kinds: Record<string, number>): ParameterRecord => ({
  in: place,
  name,
  requests: Object.values(kinds).reduce((sum, count) => sum + count, 0),
  kinds,
  values: {},
  isOpen: true,
  firstSeenUs: 1_500_000,
  lastSeenUs: 1_800_000,
})
const bodies = (shapes: readonly (readonly string[])[], change: Partial<BodiesRecord> = {}) => ({
  texts: new Map(shapes.map((paths, i) => [i + 1, { paths }])),
  record: {
    direction: "response",
    status: 200,
    contentType: JSON_TYPE,
    bodies: 10 * shapes.length,
    firstSeenUs: 1,
    lastSeenUs: 2,
    shapes: Object.fromEntries(shapes.map((_, i) => [i + 1, [10, 1, 2] as const])),
    fields: {},
    unread: 0,
    ...change,
  } as BodiesRecord,
})

/** "kind place name" of every difference. */
function differences(
  operation: object,
  change: Partial<EndpointRecord>,
  body?: ReturnType<typeof bodies>,
  more: object = {},
): string[] {
  const given = { responses: { "200": { description: "" } }, ...operation }
  const document = documentOf(openapi({ "/orders/{id}": { get: given } }, more))
  const record = endpoint({
    template: "/orders/{int}",
    ...change,
    ...(body === undefined ? {} : { bodies: [body.record] }),
  })
  const [match] = indexOf(document).find("GET", record.template)
  const { tree, schemes } = document.parsed
  const observed = body === undefined ? null : observedBodies(record, body.texts)
  return driftOf({
    record,
    operation: match!.operation,
    references: new References(tree),
    schemes,
    bodies: observed,
  }).map(({ kind, place, name, count }) => `${kind} ${place} ${name} ${count}`)
}

describe("parameters", () => {
  const parameters = [
    { name: "id", in: "path", required: true, schema: { type: "integer" } },
    { name: "page", in: "query", schema: { type: "integer" } },
    { name: "sort", in: "query", schema: { enum: ["up", "down"] } },
    { name: "filter", in: "query", style: "deepObject", schema: { type: "object" } },
    { name: "ids", in: "query", schema: { type: "array" } },
    { name: "X-Tenant", in: "header", required: true, schema: { type: "string" } },
    { name: "Accept-Language", in: "header", required: true, schema: { type: "string" } },
  ]
  const tenant = parameter("header", "x-tenant", { word: 100 })
  const table: readonly [what: string, seen: ParameterRecord[], change: Partial<EndpointRecord>, ...found: string[]][] =
    [
      [
        "all as it should be",
        [tenant, parameter("query", "page", { int: 9, empty: 1 }), parameter("query", "sort", { word: 3 })],
        {},
      ],
      [
        "one that nobody knows",
        [tenant, parameter("query", "debug", { bool: 4 })],
        {},
        "parameter.undocumented query debug 4",
      ],
      [
        "names are as they are written",
        [tenant, parameter("query", "Page", { int: 4 })],
        {},
        "parameter.undocumented query Page 4",
      ],
      [
        "another type",
        [tenant, parameter("query", "page", { int: 9, word: 2, uuid: 1 })],
        {},
        "parameter.type query page 3",
      ],
      [
        "of the path, under a name of ours",
        [tenant, parameter("path", "orderId", { int: 90, uuid: 10 })],
        {},
        "parameter.type path id 10",
      ],
      ["values of an enumeration are pseudonyms", [tenant, parameter("query", "sort", { int: 4 })], {}],
      [
        "parts of parameters",
        [tenant, parameter("query", "filter[a][b]", { word: 1 }), parameter("query", "ids[]", { word: 1 })],
        {},
      ],
      [
        "what proxies, browsers and tests of caches add",
        [
          tenant,
          parameter("header", "x-request-id", { uuid: 9 }),
          parameter("header", "traceparent", { mix: 1 }),
          parameter("query", "_", { int: 1 }),
          parameter("query", "utm_source", { word: 1 }),
          parameter("cookie", "_ga", { mix: 1 }),
        ],
        {},
      ],
      ["hidden names", [tenant, parameter("query", "{hex}", { int: 1 })], {}],
      [
        "a field and a cookie",
        [tenant, parameter("header", "x-debug", { word: 1 }), parameter("cookie", "sid", { mix: 2 })],
        {},
        "parameter.undocumented header x-debug 1",
        "parameter.undocumented cookie sid 2",
      ],
      [
        "required and left out",
        [parameter("header", "x-tenant", { word: 90 })],
        {},
        "parameter.missing header x-tenant 10",
      ],
      [
        "left out where it was refused",
        [parameter("header", "x-tenant", { word: 90 })],
        { statuses: { 200: 90, 400: 10 } },
        "status.undocumented response 400 10",
      ],
      ["left out where bytes were lost", [parameter("header", "x-tenant", { word: 90 })], { lossy: 10 }],
    ]
  for (const [what, seen, change, ...found] of table)
    test(what, () => assert.deepEqual(differences({ parameters }, { parameters: seen, ...change }), found))

  test("members of an object that is spread over the query", () => {
    const exploded = (schema: object) => ({ parameters: [{ name: "p", in: "query", schema }] })
    const seen = { parameters: [parameter("query", "a", { int: 1 }), parameter("query", "b", { int: 1 })] }
    const closed = { type: "object", properties: { a: {} }, additionalProperties: false }
    assert.deepEqual(differences(exploded(closed), seen), ["parameter.undocumented query b 1"])
    assert.deepEqual(differences(exploded({ type: "object" }), seen), [])
  })
})

test("statuses: themselves, ranges, the default, and what HTTP answers by itself", () => {
  const seen = { statuses: { 200: 5, 304: 2, 404: 1, 418: 1 } }
  const responses = (...statuses: string[]) => ({
    responses: Object.fromEntries(statuses.map((status) => [status, { description: "" }])),
  })
  assert.deepEqual(differences(responses("200", "404"), seen), ["status.undocumented response 418 1"])
  assert.deepEqual(differences(responses("2XX", "4XX"), seen), [])
  assert.deepEqual(differences(responses("200", "default"), seen), [])
  assert.deepEqual(
    differences(responses("201"), seen),
    ["200", "304", "404", "418"].map(
      (status) => `status.undocumented response ${status} ${seen.statuses[Number(status) as 200]}`,
    ),
  )
})

describe("bodies", () => {
  const order = {
    type: "object",
    properties: {
      id: { type: "integer" },
      note: { type: ["string", "null"] },
      lines: { type: "array", items: { $ref: "#/components/schemas/Line" } },
    },
  }
  const more = {
    components: {
      schemas: {
        Line: {
          type: "object",
          properties: {
            sku: { type: "string" },
            price: { type: "number" },
            parent: { $ref: "#/components/schemas/Line" },
          },
        },
      },
    },
  }
  const ok = (of: object) => ({ responses: { "200": { description: "", ...schema(of) } } })
  const place = `response 200 ${JSON_TYPE}`
  const table: readonly [what: string, of: object, shapes: string[][], ...found: string[]][] = [
    [
      "as it should be",
      order,
      [
        ["id:int", "lines[].price:int|number", "lines[].sku:string", "note:null|string"],
        ["id:int", "lines:array"],
      ],
    ],
    ["a field more", order, [["id:int", "secret:string"], ["id:int"]], `field.undocumented ${place} secret 10`],
    [
      "a field more in a list, told once for all below it",
      order,
      [["lines[].x.a:int", "lines[].x.b:int"]],
      `field.undocumented ${place} lines[].x 10`,
    ],
    [
      "a list that contains itself",
      order,
      [["lines[].parent.parent.sku:int"]],
      `field.type ${place} lines[].parent.parent.sku 10`,
    ],
    ["another type", order, [["id:string"]], `field.type ${place} id 10`],
    ["null where it may not be", order, [["id:null"]], `field.type ${place} id 10`],
    ["a list in place of an object", order, [["[].id:int"]], `field.type ${place}  10`],
    ["others are allowed", { ...order, additionalProperties: true }, [["id:int", "secret:string"]]],
    [
      "a map",
      { type: "object", additionalProperties: { type: "integer" } },
      [["{}:int"], ["a:int", "b:string"]],
      `field.type ${place} b 10`,
    ],
    ["free form", { type: "object" }, [["a.b.c:int"]]],
    ["nothing said", {}, [["a.b.c:int"]]],
    [
      "together and either",
      { allOf: [order, { properties: { extra: { type: "string" } } }] },
      [["id:int", "extra:string", "more:int"]],
      `field.undocumented ${place} more 10`,
    ],
    [
      "one of several",
      { oneOf: [order, { type: "object", properties: { error: { type: "string" } } }, { type: "null" }] },
      [["error:string"], ["id:int"], ["x:int"]],
      `field.undocumented ${place} x 10`,
    ],
    [
      "what inherits has members of its own",
      { ...order, discriminator: { propertyName: "kind" } },
      [["id:int", "kind:string"]],
    ],
  ]
  for (const [what, of, shapes, ...found] of table)
    test(what, () => assert.deepEqual(differences(ok(of), {}, bodies(shapes), more), found))

  test("media types: themselves, ranges; of a status that is documented without content nothing is said", () => {
    const pdf = bodies([], { contentType: "application/pdf", bodies: 7 })
    assert.deepEqual(differences(ok(order), {}, pdf, more), ["contentType.undocumented response 200 application/pdf 7"])
    assert.deepEqual(
      differences({ responses: { "200": { description: "", content: { "application/*": {} } } } }, {}, pdf),
      [],
    )
    assert.deepEqual(differences({ responses: { "200": { description: "" } } }, {}, pdf), [])
    const html = bodies([], { contentType: "text/html", status: 502, bodies: 1 })
    assert.deepEqual(differences(ok(order), { statuses: { 200: 1, 502: 1 } }, html, more), [
      "status.undocumented response 502 1",
    ])
    const sent = bodies([["a:int"]], { direction: "request", status: 0 })
    assert.deepEqual(differences({}, {}, sent), [`contentType.undocumented request ${JSON_TYPE} 10`])
    const form = bodies([["a:date", "b:string"]], {
      direction: "request",
      status: 0,
      contentType: "multipart/form-data",
    })
    const requestBody = {
      content: { "multipart/form-data": { schema: { type: "object", properties: { a: { type: "integer" } } } } },
    }
    assert.deepEqual(differences({ requestBody }, {}, form), ["field.undocumented request multipart/form-data b 10"])
    assert.deepEqual(differences(ok(order), {}, bodies([], { contentType: "no type; at all" }), more), [])
  })

  test("records of older stores: media types only where they can be nobody else's", () => {
    const types = { responseTypes: { "application/json": 1, "application/pdf": 2 } }
    assert.deepEqual(differences(ok(order), types, undefined, more), [
      "contentType.undocumented response application/pdf 2",
    ])
    assert.deepEqual(differences(ok(order), { ...types, statuses: { 200: 1, 404: 1 } }, undefined, more), [
      "status.undocumented response 404 1",
    ])
  })
})

describe("credentials", () => {
  const schemes = {
    token: { type: "http", scheme: "bearer" },
    key: { type: "apiKey", in: "header", name: "X-Key" },
    user: { type: "http", scheme: "basic" },
    cert: { type: "mutualTLS" },
    raw: { type: "apiKey", in: "header", name: "Authorization" },
  }
  const table: readonly [what: string, security: object[], change: Partial<EndpointRecord>, ...found: string[]][] = [
    ["as demanded", [{ token: [] }], { schemes: { "bearer-jwt": 90, "bearer-opaque": 10 } }],
    ["without", [{ token: [] }], { schemes: { "bearer-jwt": 94, none: 6 } }, "auth.missing auth none 6"],
    ["another one", [{ token: [] }], { schemes: { "bearer-jwt": 94, basic: 6 } }, "auth.scheme auth basic 6"],
    ["one of two", [{ token: [] }, { user: [] }], { schemes: { "bearer-jwt": 94, basic: 6 } }],
    ["optional", [{ token: [] }, {}], { schemes: { none: 100 } }],
    ["nothing demanded", [], { schemes: { "bearer-jwt": 100 } }],
    [
      "lossy evidence proves as much as it cannot explain",
      [{ token: [] }],
      { lossy: 4, schemes: { "bearer-jwt": 94, none: 6 } },
      "auth.missing auth none 2",
    ],
    ["too lossy", [{ token: [] }], { lossy: 30, schemes: { none: 100 } }],
    [
      "a key that the sensor took for a parameter",
      [{ key: [] }],
      { schemes: { none: 100 }, parameters: [parameter("header", "x-key", { mix: 100 })] },
    ],
    [
      "keys that are known and counted by scheme take nothing from those without",
      [{ token: [] }, { key: [] }, { user: [] }],
      {
        requests: 302,
        schemes: { "api-key": 213, "bearer-jwt": 51, basic: 28, none: 10 },
        parameters: [parameter("header", "x-key", { id: 213 })],
      },
      "auth.missing auth none 10",
    ],
    [
      "some keys known, some taken for parameters",
      [{ key: [] }],
      { schemes: { "api-key": 40, none: 60 }, parameters: [parameter("header", "x-key", { id: 95 })] },
      "auth.missing auth none 5",
    ],
    [
      "heads that were not read whole",
      [{ token: [] }],
      {
        schemes: { "bearer-jwt": 90, none: 10 },
        auth: { windows: [{ startUs: 0, schemes: {}, weak: {}, lossy: 0, unseen: 7, open: [] }], weak: {} },
      },
      "auth.missing auth none 3",
    ],
    ["certificates are not seen", [{ cert: [] }], { schemes: { none: 100 } }],
    ["a whole field", [{ raw: [] }], { schemes: { basic: 50, "bearer-jwt": 50 } }],
  ]
  for (const [what, security, change, ...found] of table)
    test(what, () =>
      assert.deepEqual(
        differences({ security }, change, undefined, { components: { securitySchemes: schemes } }),
        found,
      ),
    )
})

test("samples are those that showed it first", () => {
  const sample = { why: ["status 500"], atUs: 77, path: "/orders/{int}", status: 500 }
  const document = documentOf(openapi({ "/orders": { get: { responses: { "200": { description: "" } } } } }))
  const record = endpoint({
    statuses: { 200: 1, 500: 1 },
    samples: [sample as unknown as EndpointRecord["samples"][number]],
  })
  const { tree, schemes } = document.parsed
  const [found] = driftOf({
    record,
    operation: document.parsed.operations[0]!,
    references: new References(tree),
    schemes,
    bodies: null,
  })
  assert.deepEqual(
    [found?.samples.length, found?.firstUs, found?.sentence],
    [1, 77, "Answered with status 500 (1 times), which is not documented."],
  )
})
