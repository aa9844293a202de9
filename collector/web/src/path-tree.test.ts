import assert from "node:assert/strict"
import { test } from "node:test"
import { openRows, pathTree } from "./path-tree.ts"
import type { Endpoint } from "./types/endpoints.ts"

let ids = 0
function endpoint(method: string, template: string, requests = 1): Endpoint {
  return {
    id: `ep_${++ids}`,
    service: "sv_1",
    serviceName: "api",
    method,
    template,
    operation: null,
    requests,
    errors: 0,
    firstSeen: null,
    lastSeen: null,
    status: "unknown",
    statusWhy: "",
    differences: null,
    auth: { posture: "unknown", schemes: {}, withheld: "", why: "" },
    dataClasses: { request: {}, response: {} },
    consumers: 0,
  }
}

const drawn = (endpoints: readonly Endpoint[], closed: readonly string[] = []): string[] =>
  openRows(pathTree(endpoints), new Set(closed)).map(
    (row) => `${"  ".repeat(row.depth)}${row.name} ${row.endpoints.map((one) => one.method).join(",")} ${row.requests}`,
  )

const ORDERS = [
  endpoint("GET", "/v1/orders", 10),
  endpoint("POST", "/v1/orders", 2),
  endpoint("GET", "/v1/orders/{int}", 5),
  endpoint("GET", "/v1/orders/{int}/lines", 1),
  endpoint("GET", "/health", 7),
]

test("a tree of segments, single continuations folded, sums upwards", () => {
  assert.deepEqual(drawn(ORDERS), ["/health GET 7", "/v1/orders GET,POST 18", "  /{int} GET 6", "    /lines GET 1"])
})

test("a shut folder hides what is below it and nothing else", () => {
  assert.deepEqual(drawn(ORDERS, ["/v1/orders/{int}"]), ["/health GET 7", "/v1/orders GET,POST 18", "  /{int} GET 6"])
  assert.deepEqual(drawn(ORDERS, ["/v1/orders"]), ["/health GET 7", "/v1/orders GET,POST 18"])
})

test("odd templates have their place, too", () => {
  const rows = drawn([endpoint("OPTIONS", "*"), endpoint("GET", "/"), endpoint("GET", "//x")])
  assert.equal(rows.length, 3)
  assert.ok(rows.some((row) => row.includes("OPTIONS")))
})

test("every endpoint is in the tree once, whatever the paths", () => {
  const many = Array.from({ length: 500 }, (_none, i) => endpoint("GET", `/a${i % 7}/b${i % 11}/c${i % 13}/d${i}`))
  const seen = pathTree(many).flatMap((row) => row.endpoints.map((one) => one.id))
  assert.equal(seen.length, 500)
  assert.equal(new Set(seen).size, 500)
})
