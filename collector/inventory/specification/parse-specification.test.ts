import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import { OK, openapi, swagger } from "./fake-specifications.ts"
import { parseSpecification } from "./parse-specification.ts"
import { SpecificationError } from "./specification-error.ts"

const yaml = (lines: string): string => `openapi: 3.0.3\ninfo: { title: x, version: "1" }\n${lines}`

function refusal(text: string): SpecificationError {
  try {
    parseSpecification(text)
  } catch (error) {
    assert.ok(error instanceof SpecificationError, String(error))
    return error
  }
  throw new Error("it was taken")
}

describe("what is refused, with its place", () => {
  let laughs = "x-0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n"
  for (let i = 1; i < 12; i++)
    laughs += `x-${i}: &a${i} [${Array(9)
      .fill(`*a${i - 1}`)
      .join(",")}]\n`
  const table: readonly [what: string, text: string, sentence: RegExp, place: string][] = [
    ["nothing", "", /empty/, ""],
    ["text", "hello", /no object/, ""],
    ["a list", "[1]", /no object/, ""],
    ["another format", "{}", /neither openapi nor swagger/, ""],
    ["JSON with a slip", '{"openapi": "3.0.0",\n "info": {,}}', /no valid JSON/, "line 2, column 11"],
    ["JSON that ends too soon", '{"openapi": "3.0.0",\n "info": {"a"', /no valid JSON/, "line 2, column 14"],
    ["YAML with a slip", 'openapi: 3.0.0\ninfo:\n  title: "x\n  y: [', /no valid YAML/, "line 4, column 7"],
    ["version 1", '{"swagger":"1.2"}', /Swagger "1.2" is not read/, "/swagger"],
    ["version 4", '{"openapi":"4.0.0"}', /OpenAPI "4.0.0" is not read/, "/openapi"],
    ["a version as a number", "openapi: 3.1\n", /OpenAPI 3.1 is not read/, "/openapi"],
    ["no paths", '{"openapi":"3.0.0","info":{"title":"x","version":"1"}}', /"paths" is missing/, ""],
    [
      "a number as version of the API",
      "openapi: 3.0.0\ninfo: {title: x, version: 1.0}\npaths: {}",
      /must be string/,
      "/info/version",
    ],
    [
      "a place that there is not",
      openapi({ "/a": { get: { parameters: [{ name: "a", in: "quer", schema: {} }], responses: OK } } }),
      /query, header, path, cookie/,
      "/paths/~1a/get/parameters/0/in",
    ],
    [
      "the same in Swagger",
      swagger({ "/a": { get: { parameters: [{ name: "a", in: "quer", type: "string" }], responses: OK } } }),
      /must be one of/,
      "/paths/~1a/get/parameters/0/in",
    ],
    [
      "a reference to nothing",
      openapi({ "/a": { get: { parameters: [{ $ref: "#/components/parameters/a" }], responses: OK } } }),
      /leads to nothing/,
      "/paths/~1a/get/parameters/0",
    ],
    ["a path that is itself", openapi({ "/a": { $ref: "#/paths/~1a" } }), /back to itself/, "/paths/~1a"],
    [
      "__proto__",
      '{"openapi":"3.0.0","info":{"title":"x","version":"1"},"paths":{},"x-a":{"__proto__":{"a":1}}}',
      /"__proto__" is not taken/,
      "/x-a",
    ],
    ["__proto__ in YAML", yaml("paths: {}\nx-a:\n  __proto__: {a: 1}"), /"__proto__" is not taken/, "/x-a"],
    ["aliases of aliases", yaml(`paths: {}\n${laughs}`), /too often/, ""],
    ["a cycle of aliases", yaml("paths: {}\nx-a: &a\n  b: *a"), /nested too deeply/, ""],
    ["nesting", yaml(`paths: {}\nx-a: ${"[".repeat(200)}${"]".repeat(200)}`), /nested too deeply/, ""],
    [
      "nesting beyond the stack",
      `{"openapi":"3.0.0","x-a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
      /nested too deeply/,
      "",
    ],
    ["nesting of YAML beyond the stack", yaml(`x-a: ${"[".repeat(20_000)}`), /nested too deeply/, ""],
    ["100 MB", `{"a":"${"x".repeat(100_000_000)}"}`, /at most 8388608/, ""],
    ["3 MB of YAML", yaml(`x-a: ${"x".repeat(3_000_000)}`), /of YAML; at most 2097152/, ""],
  ]
  for (const [what, text, sentence, place] of table)
    test(what, () => {
      const error = refusal(text)
      assert.match(error.message, sentence)
      if (place !== "") assert.equal(error.place, place)
    })

  test("more operations than are taken", () => {
    const paths = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i) => [
        `/a${i}`,
        Object.fromEntries(
          ["get", "put", "post", "delete", "patch", "head", "options"].map((m) => [m, { responses: OK }]),
        ),
      ]),
    )
    assert.match(refusal(openapi(paths)).message, /more than 20000 operations/)
  })

  test("any text is taken or refused with a sentence, never otherwise", () => {
    const bits = fc.constantFrom(
      "openapi",
      "3.0.0",
      "info",
      "paths",
      "/a",
      "get",
      "$ref",
      "#/paths",
      "{",
      "}",
      "[",
      ":",
      "\n",
      " ",
      "- ",
      '"',
      "&a",
      "*a",
      "\u0000",
      "🙂",
    )
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 40 }), (parts) => {
        try {
          parseSpecification(parts.join(""))
        } catch (error) {
          assert.ok(error instanceof SpecificationError, String(error))
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe("what is read", () => {
  test("parameters of paths and operations, references, security, deprecation", () => {
    const text = openapi(
      {
        "/orders/{orderId}": {
          parameters: [
            { $ref: "#/components/parameters/order" },
            { name: "expand", in: "query", schema: { type: "string", enum: ["items"] } },
          ],
          get: {
            operationId: "getOrder",
            deprecated: true,
            parameters: [{ name: "expand", in: "query", required: true, schema: { type: ["array", "null"] } }],
            responses: {
              "200": { $ref: "#/components/responses/Order" },
              "4XX": { description: "" },
              default: { description: "" },
            },
          },
          put: {
            security: [],
            requestBody: { required: true, content: { "Application/JSON; charset=utf-8": {} } },
            responses: OK,
          },
          post: { security: [{}, { key: [] }], responses: OK },
        },
      },
      {
        security: [{ key: [], token: [] }],
        components: {
          parameters: { order: { name: "orderId", in: "path", required: true, schema: { type: "integer" } } },
          responses: {
            Order: {
              description: "It.",
              content: { "application/json": { schema: { $ref: "#/components/schemas/O" } } },
            },
          },
          securitySchemes: {
            key: { type: "apiKey", in: "header", name: "X-Key" },
            token: { type: "http", scheme: "Bearer" },
          },
          schemas: { O: { type: "object" } },
        },
      },
    )
    const { operations, format, syntax } = parseSpecification(text)
    assert.deepEqual([format, syntax], ["openapi 3.1.0", "json"])
    const [get, put, post] = operations
    assert.deepEqual(
      operations.map(({ method }) => method),
      ["GET", "PUT", "POST"],
    )
    assert.deepEqual(
      get!.parameters.map(({ in: place, name, isRequired, types }) => [place, name, isRequired, types]),
      [
        ["path", "orderId", true, ["integer"]],
        ["query", "expand", true, ["array"]],
      ],
    )
    assert.deepEqual(
      put!.parameters.map(({ enumeration }) => enumeration),
      [[], ["items"]],
    )
    assert.deepEqual([get!.isDeprecated, put!.isDeprecated], [true, false])
    assert.deepEqual(
      get!.responses.map(({ status }) => status),
      ["200", "4XX", "default"],
    )
    assert.deepEqual([get!.isSecured, put!.isSecured, post!.isSecured], [true, false, false])
    assert.deepEqual(get!.security, [
      [
        { name: "key", kind: "apiKey", in: "header", parameter: "x-key" },
        { name: "token", kind: "bearer", in: "", parameter: "" },
      ],
    ])
    assert.deepEqual(put!.requestBody, { isRequired: true, content: [{ type: "application/json", schema: undefined }] })
    assert.equal(get!.pointer, "/paths/~1orders~1{orderId}/get")
  })

  test("Swagger 2: bodies, forms, produces, base path", () => {
    const { operations, bases } = parseSpecification(
      swagger(
        {
          "/orders": {
            post: {
              parameters: [{ name: "order", in: "body", required: true, schema: { type: "object" } }],
              responses: { "201": { description: "", schema: { type: "object" } }, "204": { description: "" } },
            },
            put: {
              consumes: ["multipart/form-data"],
              parameters: [
                { name: "file", in: "formData", type: "file", required: true },
                { name: "note", in: "formData", type: "string" },
              ],
              responses: OK,
            },
          },
        },
        {
          host: "API.example.com:443",
          basePath: "/v1/",
          schemes: ["https"],
          produces: ["application/json"],
          consumes: ["application/xml"],
        },
      ),
    )
    assert.deepEqual(bases, [{ host: "api.example.com", path: "/v1" }])
    const [put, post] = operations
    assert.deepEqual(post!.requestBody, {
      isRequired: true,
      content: [{ type: "application/xml", schema: { type: "object" } }],
    })
    assert.deepEqual(
      post!.responses.map(({ status, content }) => [status, content.length]),
      [
        ["201", 1],
        ["204", 0],
      ],
    )
    assert.equal(put!.requestBody!.content[0]!.type, "multipart/form-data")
    assert.deepEqual((put!.requestBody!.content[0]!.schema as { required: string[] }).required, ["file"])
  })

  test("the same document in JSON and YAML says the same", () => {
    const json = parseSpecification(
      '{"openapi":"3.0.3","info":{"title":"x","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"description":"ok"}}}}}}',
    )
    const text = parseSpecification(
      `\ufeff${yaml("paths:\n  /a:\n    get:\n      responses:\n        200: { description: ok }\n")}`,
    )
    assert.equal(text.syntax, "yaml")
    assert.deepEqual(text.operations, json.operations)
  })

  test("other documents are not fetched: nothing is concluded from them, and it is said", () => {
    const { operations, remarks } = parseSpecification(
      openapi({ "/a": { get: { parameters: [{ $ref: "http://127.0.0.1:9/common.yaml#/p" }], responses: OK } } }),
    )
    assert.deepEqual(operations[0]!.parameters, [])
    assert.match(remarks.join(), /common\.yaml#\/p is another document: it is not fetched/)
  })
})
