// Requests that are wrong, and requests that are too large: detections 17 and 18.
import assert from "node:assert/strict"
import { test } from "node:test"
import { EMPTY_CALL } from "../../shared/event/api-event.ts"
import { Lab, type Sent } from "../analysis/fake-lab.ts"
import { PAGING_COST } from "./paging-cost.ts"
import { PROBING } from "./probing.ts"

const LIST = "GET /v1/orders"
const GRAPH = "POST /graphql"
const call = (depth: number): Sent => ({ operation: GRAPH, call: { ...EMPTY_CALL, kind: "graphql", depth, batch: 1 } })

function known(days = 12): Lab {
  const lab = new Lab([PROBING, PAGING_COST])
  const names = ["acme", "b", "c", "d"]
  lab.learn({
    days,
    perDay: 48,
    of: (i) => ({
      ...(i % 3 === 0 ? call(4) : { operation: LIST, pageLimit: 6, pageOffset: i % 5 }),
      consumer: names[(i >> 2) % 4]!,
      status: i % 20 === 7 ? 404 : 200,
    }),
  })
  assert.deepEqual(lab.findings, [])
  return lab
}

const PROBES: readonly [what: string, of: (i: number) => Sent, isFound: boolean][] = [
  ["many parameters", (i) => ({ operation: LIST, query: [`p${i}:word`], status: 400 }), true],
  ["many paths at no endpoint", () => ({ operation: "", status: 404 }), false],
  ["one broken request", () => ({ operation: LIST, query: ["bad:word"], status: 400 }), false],
  ["many ids of one path", (i) => ({ operation: "GET /v1/orders/{int}", objects: [i + 1], status: 404 }), false],
  [
    "one parameter with many values",
    (i) => ({ operation: LIST, query: ["f:word"], queryValues: [i + 1], status: 400 }),
    true,
  ],
  ["an expired key", (i) => ({ operation: LIST, query: [`p${i}:word`], status: 401 }), false],
  ["success with many parameters", (i) => ({ operation: LIST, query: [`p${i}:word`] }), false],
]

for (const [what, of, isFound] of PROBES)
  test(`probing: ${what}: ${isFound ? "found" : "none"}`, () => {
    const lab = known()
    for (let i = 0; i < 40; i++) lab.send(of(i))
    assert.equal(lab.found("probing").length > 0, isFound)
  })

test("probing: seven forms are too few, and an hour later it begins anew", () => {
  const lab = known()
  for (let i = 0; i < 28; i++) {
    if (i % 7 === 0) lab.nowUs += 3_700_000_000
    lab.send({ operation: LIST, query: [`p${i}:word`], status: 400 })
  }
  assert.deepEqual(lab.findings, [])
})

test("probing: a client that was always wrong in many ways is as usual", () => {
  const lab = new Lab([PROBING])
  const of = (i: number): Sent => ({ operation: LIST, query: [`p${i % 12}:word`], status: 400 })
  lab.learn({ days: 1, perDay: 200, of })
  lab.findings.length = 0
  lab.learn({ days: 4, perDay: 200, of })
  assert.deepEqual(lab.findings, [])
})

const SIZES: readonly [what: string, sent: Sent, isFound: boolean][] = [
  ["sixteen times the page of all", { operation: LIST, pageLimit: 10 }, true],
  ["twice the page of all", { operation: LIST, pageLimit: 7 }, false],
  ["refused", { operation: LIST, pageLimit: 12, status: 400 }, false],
  ["a little deeper into the collection", { operation: LIST, pageLimit: 6, pageOffset: 6 }, false],
  ["a query of depth 64", call(64), true],
  ["a query of depth 7", call(7), false],
]

for (const [what, sent, isFound] of SIZES)
  test(`paging-cost: ${what}: ${isFound ? "found" : "none"}`, () => {
    const lab = known()
    lab.send(sent)
    assert.equal(lab.found("paging-cost").length > 0, isFound)
  })

const UNASKED: readonly [limit: number, isFound: boolean][] = [
  [6, false],
  [7, false],
  [10, true],
]

for (const [limit, isFound] of UNASKED)
  test(`paging-cost: nobody asked for a size so far, now for 2^${limit}: ${isFound ? "found" : "none"}`, () => {
    const lab = new Lab([PAGING_COST])
    const names = ["acme", "b", "c", "d", "e"]
    lab.learn({ days: 12, perDay: 50, of: (i) => ({ consumer: names[i % 5]!, operation: LIST, items: 1 + (i % 25) }) })
    lab.send({ operation: LIST, items: 400 })
    assert.deepEqual(lab.findings, [])
    lab.send({ operation: LIST, pageLimit: limit, items: 25 })
    assert.equal(lab.findings.length > 0, isFound)
  })

test("paging-cost: a report that it had before explains itself", () => {
  const lab = known(6)
  lab.send({ operation: LIST, pageLimit: 10 })
  lab.learn({ days: 6, perDay: 10, operation: LIST, pageLimit: 6 })
  lab.findings.length = 0
  lab.send({ operation: LIST, pageLimit: 10 })
  assert.deepEqual(lab.findings, [])
})

test("a restart in the middle changes nothing", () => {
  const run = (restarts: boolean): unknown => {
    const lab = known()
    for (let i = 0; i < 30; i++) {
      if (restarts && i % 9 === 0) lab.restart()
      lab.send({ operation: LIST, query: [`p${i}:word`], status: 400 })
    }
    lab.send({ operation: LIST, pageLimit: 11 })
    if (restarts) lab.restart()
    lab.send({ operation: LIST, pageLimit: 13 })
    return lab.findings
  }
  assert.deepEqual(run(true), run(false))
})
