// Small documents that ask for much: refused with their place before anybody compares or expands (what is large and harmless is taken: document-limits.integration.test.ts).
import assert from "node:assert/strict"
import { test } from "node:test"
import { OK, openapi } from "./fake-specifications.ts"
import { parseSpecification } from "./parse-specification.ts"
import { SpecificationError } from "./specification-error.ts"

const get = { get: { responses: OK } }
const many = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i))
const parameters = (count: number) => many(count, (i) => ({ name: `p${i}`, in: "query", schema: { type: "string" } }))
const yaml = (text: string): string => `openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n${text}`
const paths = (count: number, item: object) => Object.fromEntries(many(count, (i) => [`/p${i}`, item]))
const servers = (count: number) => ({ servers: many(count, (i) => ({ url: `https://api.example.com/b${i}` })) })

const REFUSED: readonly [what: string, text: string, sentence: RegExp, place: string][] = [
  [
    "parameters",
    openapi({ "/a": { get: { parameters: parameters(501), responses: OK } } }),
    /501 parameters .*at most 500/,
    "/paths/~1a/get/parameters",
  ],
  ["tags", openapi({}, { tags: many(1001, (i) => ({ name: `t${i}` })) }), /1001 tags/, "/tags"],
  ["servers", openapi({ "/a": get }, servers(101)), /101 servers/, "/servers"],
  ["operations at servers", openapi(paths(1000, get), servers(50)), /each counted at every server/, "/paths/~1p400"],
  [
    "paths that refer to one of many parameters",
    openapi(
      { ...paths(2000, { $ref: "#/components/pathItems/x" }) },
      {
        components: { pathItems: { x: { get: { parameters: parameters(400), responses: OK } } } },
      },
    ),
    /more than 400000 parameters/,
    "/components/pathItems/x/get",
  ],
  ["a path", openapi({ [`/a(${"{".repeat(200_000)}`]: get }), /at most 2048/, `/paths/~1a(${"{".repeat(89)}…`],
  ["a server", openapi({}, { servers: [{ url: `https://${"*".repeat(30_000)}` }] }), /at most 2048/, "/servers/0"],
  [
    "lists that are compared",
    openapi({}, { components: { schemas: { a: { enum: many(5000, (i) => ({ i })) } } } }),
    /too long to be compared/,
    "/components/schemas/a/enum",
  ],
  ["a name twice in YAML", yaml("x-a:\n  b: 1\n  b: 2"), /unique/, "line 6, column 3"],
  [
    "merge keys of merge keys",
    yaml(
      `x-0: &a0 {a: 1, b: 2}\n${many(9, (i) => `x-${i + 1}: &a${i + 1} {<<: [${many(9, () => `*a${i}`).join(", ")}]}`).join("\n")}`,
    ),
    /merge keys bring in more than/,
    "line 9, column 11",
  ],
  ["aliases", yaml(`x-0: &a 1\nx-1: [${many(10_001, () => "*a").join(", ")}]`), /more than 10000 aliases/, ""],
]

for (const [what, text, sentence, place] of REFUSED)
  test(`refused: ${what}`, () => {
    const refused = (error: unknown): boolean => {
      assert.ok(error instanceof SpecificationError, String(error))
      assert.match(error.message, sentence)
      if (place !== "") assert.equal(error.place, place)
      return true
    }
    assert.throws(() => parseSpecification(text), refused)
  })

test("merge keys within bounds stay", () => {
  const { tree } = parseSpecification(yaml("x-a: &a {b: 1}\nx-c:\n  <<: *a\n  d: 2"))
  assert.deepEqual(tree["x-c"], { b: 1, d: 2 })
})
