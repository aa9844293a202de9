// What is large and harmless is taken, soon: seconds of work, so it runs with the servers.
import assert from "node:assert/strict"
import { test } from "node:test"
import { documentOf, indexOf, OK, openapi } from "./fake-specifications.ts"
import { parseSpecification } from "./parse-specification.ts"

const get = { get: { responses: OK } }
const many = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i))

test("what is large and harmless is taken, soon", () => {
  const before = process.cpuUsage()
  const inside = Object.fromEntries(many(20_000, (i) => [`/x/a{id}b${i}`, get]))
  const index = indexOf(documentOf(openapi(inside)))
  assert.equal(index.operations.length, 20_000)
  const keys = many(20_000, (i) => `  k${i}: 1`).join("\n")
  parseSpecification(`openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\nx-a:\n${keys}`)
  const parameters = many(500, (i) => ({ name: `p${i}`, in: "query", schema: { type: "string" } }))
  const servers = many(60, (i) => ({ url: `https://api.example.com/b${i}` }))
  parseSpecification(openapi({ "/a": { get: { parameters, responses: OK } } }, { servers }))
  assert.ok(process.cpuUsage(before).user < 15_000_000)
})
