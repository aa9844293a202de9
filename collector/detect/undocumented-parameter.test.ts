// What is new in requests and answers of a known endpoint: detections 14, 15 and 19.
import assert from "node:assert/strict"
import { test } from "node:test"
import { EMPTY_FORM, type Form } from "../../shared/event/api-event.ts"
import { Lab, type Sent } from "../analysis/fake-lab.ts"
import { EXCESS_EXPOSURE } from "./excess-exposure.ts"
import { UNDOCUMENTED_PARAMETER } from "./undocumented-parameter.ts"
import { URL_PARAMETER } from "./url-parameter.ts"

const LIST = "GET /v1/users"
const PATCH = "PATCH /v1/users/{int}"
const GET = "GET /v1/users/{int}"
const SHAPES: Readonly<Record<number, readonly string[]>> = {
  1: ["name:string", "nick:string"],
  2: ["isAdmin:bool", "name:string", "nick:string"],
  3: ["id:int", "isAdmin:bool", "name:string"],
  4: ["id:int", "isAdmin:bool", "iban:string#iban", "name:string"],
  5: ["colour:string", "id:int", "isAdmin:bool", "name:string"],
  6: ["name:string", "shoe_size:int"],
  7: ["avatar:url", "name:string", "nick:string"],
}
const form = (fullShape: number): Form => ({ ...EMPTY_FORM, kind: "json", fullShape })

function known(): Lab {
  const lab = new Lab([UNDOCUMENTED_PARAMETER, EXCESS_EXPOSURE, URL_PARAMETER])
  for (const [shape, lines] of Object.entries(SHAPES)) lab.shapes.set(Number(shape), lines)
  const usual: readonly Sent[] = [
    { operation: LIST, query: ["limit:int"] },
    { operation: PATCH, request: form(1), response: EMPTY_FORM },
    { operation: GET, response: form(3) },
    { operation: "POST /v1/hooks", query: ["callback:url", "name:word"] },
  ]
  const names = ["acme", "b", "c", "d"]
  lab.learn({ days: 15, perDay: 64, of: (i) => ({ ...usual[i % 4]!, consumer: names[(i >> 2) % 4]! }) })
  assert.deepEqual(lab.findings, [])
  return lab
}

const CASES: readonly [what: string, sent: Sent, detectors: readonly string[], low: number, high: number][] = [
  ["nothing new", { operation: LIST, query: ["limit:int"] }, [], 0, 0],
  ["another kind alone is no new parameter", { operation: LIST, query: ["limit:word"] }, [], 0, 0],
  ["a parameter that nobody used", { operation: LIST, query: ["colour:word"] }, ["undocumented-parameter"], 2, 4],
  ["one that names a privilege", { operation: LIST, query: ["debug:bool"] }, ["undocumented-parameter"], 4, 9],
  ["refused it proves nothing", { operation: LIST, query: ["debug:bool"], status: 400 }, [], 0, 0],
  ["a field that only answers had", { operation: PATCH, request: form(2) }, ["undocumented-parameter"], 6, 12],
  ["a plain field", { operation: PATCH, request: form(6) }, ["undocumented-parameter"], 2, 4],
  [
    "one that the service knows elsewhere",
    { operation: PATCH, query: ["limit:int"] },
    ["undocumented-parameter"],
    0,
    3,
  ],
  [
    "an iban in the answer",
    { operation: GET, response: form(4), responseClasses: ["iban=0"] },
    ["excess-exposure"],
    6,
    12,
  ],
  [
    "a class alone may have been decided late",
    { operation: GET, response: form(3), responseClasses: ["iban=0"] },
    ["excess-exposure"],
    4,
    8,
  ],
  ["a plain field in the answer is no finding", { operation: GET, response: form(5) }, [], 0, 0],
  ["a URL where none was", { operation: LIST, query: ["limit:url"] }, ["url-parameter"], 4, 8],
  [
    "a URL in a new parameter",
    { operation: LIST, query: ["source:url"] },
    ["undocumented-parameter", "url-parameter"],
    4,
    8,
  ],
  ["a URL in a field", { operation: PATCH, request: form(7) }, ["undocumented-parameter", "url-parameter"], 4, 8],
  ["a webhook's", { operation: "POST /v1/hooks", query: ["name:url"] }, ["url-parameter"], 0, 3],
]

for (const [what, sent, detectors, low, high] of CASES)
  test(`new in a known endpoint: ${what}`, () => {
    const lab = known()
    lab.send(sent)
    const weights = lab.findings.map(({ p, weight }) => -weight * Math.log10(p))
    const names = lab.findings.map(({ detector }) => detector)
    assert.deepEqual(
      names.filter((name) => !detectors.includes(name)),
      [],
    )
    if (low > 0) assert.deepEqual([...names].sort(), [...detectors].sort())
    const greatest = Math.max(0, ...weights)
    assert.ok(greatest >= low && greatest <= high, `${greatest}`)
  })

test("what a third consumer starts is an upgrade", () => {
  const lab = known()
  for (const consumer of ["acme", "b", "c", "d"]) lab.send({ consumer, operation: LIST, query: ["colour:word"] })
  assert.deepEqual(
    lab.findings.map(({ consumer }) => lab.analysis.subjects.consumers[consumer]!.id),
    ["acme"],
  )
})

test("an answer that gives more to all is a release and the endpoint's case", () => {
  const lab = known()
  for (const consumer of ["acme", "b", "c", "d"])
    lab.send({ consumer, operation: GET, response: form(4), responseClasses: ["iban=0"] })
  const last = lab.findings.at(-1)!
  assert.deepEqual([last.consumer, last.doubts[0]!.explains], [-1, true])
  assert.ok(last.p >= 1e-3)
})

test("while the service has a release a plain parameter supports only", () => {
  const lab = known()
  lab.send({ operation: "GET /v1/returns" })
  lab.send({ operation: LIST, query: ["include:word"] })
  lab.send({ operation: LIST, query: ["debug:bool"] })
  assert.deepEqual(
    lab.findings.map(({ p }) => p >= 2e-3),
    [true, false],
  )
})

test("nothing is new while the endpoint is learned", () => {
  const lab = new Lab([UNDOCUMENTED_PARAMETER, EXCESS_EXPOSURE, URL_PARAMETER])
  lab.learn({ days: 2, perDay: 100, operation: LIST })
  lab.send({ operation: LIST, query: ["debug:bool", "source:url"], responseClasses: ["iban=2"] })
  assert.deepEqual(lab.findings, [])
})

test("a restart in the middle changes nothing", () => {
  const run = (restarts: boolean): unknown => {
    const lab = known()
    const all: readonly Sent[] = [
      { operation: LIST, query: ["colour:word"] },
      { operation: PATCH, request: form(2) },
      { operation: GET, response: form(4), responseClasses: ["iban=0"] },
      { consumer: "b", operation: GET, response: form(4), responseClasses: ["iban=0"] },
      { operation: LIST, query: ["colour:url"] },
    ]
    for (const sent of all) {
      if (restarts) lab.restart()
      lab.send(sent)
    }
    return lab.findings
  }
  assert.deepEqual(run(true), run(false))
})
