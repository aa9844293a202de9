import assert from "node:assert/strict"
import { test } from "node:test"
import { Lab, type Sent } from "../analysis/fake-lab.ts"
import { event, operation } from "../inventory/fake-batches.ts"
import { NEW_ENDPOINT } from "./new-endpoint.ts"
import { SHADOW_ENDPOINT } from "./shadow-endpoint.ts"

const DAY_US = 86_400_000_000
const READ = "GET /v1/orders/{int}"
const ADMIN = "GET /v1/admin/users"
const SEARCH = "GET /v1/orders/search"

/** Five consumers that read orders for `days` days. */
function known(kinds = [NEW_ENDPOINT], days = 16): Lab {
  const lab = new Lab(kinds)
  const names = ["acme", "b", "c", "d", "e"]
  lab.learn({ days, perDay: 20, of: (i) => ({ consumer: names[i % 5]!, operation: READ }) })
  return lab
}

const heaviest = (lab: Lab): number =>
  Math.max(0, ...lab.findings.map(({ p, weight }) => weight * Math.min(8, -Math.log10(p))))

const CASES: readonly [what: string, prepare: (lab: Lab) => void, sent: Sent, low: number, high: number][] = [
  ["an administration's endpoint is for review at once", () => {}, { operation: ADMIN }, 6, 16],
  ["refused it weighs half", () => {}, { operation: ADMIN, status: 403 }, 3, 8],
  ["a delete where it only read", () => {}, { operation: "DELETE /v1/orders/{int}" }, 6, 16],
  ["a data class that it was never given", () => {}, { operation: SEARCH, responseClasses: ["iban=3"] }, 5, 16],
  ["a plain endpoint only supports", () => {}, { operation: SEARCH }, 2, 4],
  [
    "one that all the others use is hardly news",
    (lab) => {
      for (const consumer of ["b", "c", "d", "e"]) lab.send({ consumer, operation: SEARCH })
    },
    { operation: SEARCH },
    0,
    2,
  ],
  ["a consumer of yesterday is in learning", () => {}, { consumer: "new", operation: ADMIN }, 0, 0],
  [
    "an endpoint that was split a moment ago is not new",
    (lab) => {
      const facts = lab.endpoint(SEARCH)
      lab.note({ kind: "endpoint.split", parent: lab.endpoint(READ).id, fresh: { ...facts }, atUs: lab.nowUs })
    },
    { operation: SEARCH },
    0,
    0,
  ],
]

for (const [what, prepare, sent, low, high] of CASES)
  test(`new-endpoint: ${what}`, () => {
    const lab = known()
    prepare(lab)
    lab.findings.length = 0
    lab.send(sent)
    const weight = heaviest(lab)
    assert.ok(weight >= low && weight <= high, `${weight}: ${lab.findings.map(({ sentence }) => sentence).join("\n")}`)
  })

test("new-endpoint: what was refused and succeeds then is said again, a third time is not", () => {
  const lab = known()
  for (const status of [403, 403, 200, 200]) lab.send({ operation: ADMIN, status })
  assert.deepEqual(
    lab.findings.map(({ weight }) => weight),
    [0.9, 1.8],
  )
})

test("new-endpoint: a feature of three endpoints is one episode", () => {
  const lab = known()
  for (const name of ["search", "recent", "summary"]) lab.send({ operation: `GET /v1/orders/${name}` })
  assert.equal(new Set(lab.findings.map(({ key }) => key)).size, 1)
  assert.ok(lab.findings.length <= 2)
})

test("new-endpoint: a release leaves a quarter of the bits", () => {
  const lab = known()
  for (const consumer of ["b", "c", "d"]) lab.send({ consumer, operation: ADMIN })
  lab.findings.length = 0
  lab.send({ operation: ADMIN })
  assert.ok(lab.findings.every(({ p }) => p > 1e-3))
})

test("new-endpoint: what the former key used is not new to its successor", () => {
  const lab = known()
  lab.send({ consumer: "b", operation: ADMIN })
  lab.findings.length = 0
  lab.note({ kind: "consumers.merged", from: "b", into: "acme" })
  lab.send({ operation: ADMIN })
  assert.deepEqual(lab.findings, [])
})

test("a restart in the middle changes nothing", () => {
  const run = (restarts: boolean): unknown => {
    const lab = known([NEW_ENDPOINT, SHADOW_ENDPOINT])
    lab.send({ operation: ADMIN, status: 403 })
    if (restarts) lab.restart()
    lab.send({ operation: ADMIN })
    lab.send({ operation: SEARCH })
    if (restarts) lab.restart()
    lab.learn({ days: 5, perDay: 4, operation: READ })
    return lab.findings
  }
  assert.deepEqual(run(true), run(false))
})

test("shadow-endpoint: a new endpoint of an old service is news of its consumer, by its name for review", () => {
  const lab = known([SHADOW_ENDPOINT])
  lab.send({ operation: SEARCH })
  lab.send({ operation: ADMIN })
  const [plain, named] = lab.findings
  assert.deepEqual([plain!.consumer, plain!.family, plain!.isRule, plain!.weight], [0, "novelty", false, 0.6])
  assert.ok(plain!.p < 0.1)
  assert.equal(named!.isRule, true)
  assert.ok(named!.weight < 1)
})

test("shadow-endpoint: an older version than any is for review, a newer one is a release", () => {
  const lab = known([SHADOW_ENDPOINT])
  for (const version of ["v0", "v2", "v10"]) lab.send({ operation: `GET /${version}/orders` })
  assert.deepEqual(
    lab.findings.map(({ isRule }) => isRule),
    [true, false, false],
  )
})

test("shadow-endpoint: a young service, a documented endpoint and a refusal are none", () => {
  const lab = known([SHADOW_ENDPOINT], 10)
  lab.send({ operation: ADMIN })
  const old = known([SHADOW_ENDPOINT])
  old.send({ operation: ADMIN, status: 403 })
  assert.deepEqual([lab.findings, old.findings, withStatus(SEARCH, "documented").findings], [[], [], []])
})

test("shadow-endpoint: what stays with one consumer is said again after three days, a release is not", () => {
  const lab = known([SHADOW_ENDPOINT])
  lab.send({ operation: SEARCH })
  lab.learn({ days: 5, perDay: 4, operation: READ })
  assert.deepEqual(
    lab.findings.map(({ p }) => p < 0.01),
    [false, true],
  )
  const release = known([SHADOW_ENDPOINT])
  for (const consumer of ["acme", "b", "c"]) release.send({ consumer, operation: SEARCH })
  release.learn({ days: 5, perDay: 4, operation: READ })
  assert.equal(release.findings.length, 1)
})

test("shadow-endpoint: idle for 90 days, or gone by its specification", () => {
  const lab = known([SHADOW_ENDPOINT])
  lab.send({ operation: READ, atUs: lab.nowUs + 91 * DAY_US })
  assert.match(lab.findings[0]!.sentence, /silent for 9[01] days/)
  const gone = withStatus(READ, "zombie")
  assert.deepEqual(
    gone.findings.map(({ isRule, weight, facts }) => [isRule, weight, facts["status"]]),
    [[true, 0.6, "zombie"]],
  )
})

/** Two exchanges at an endpoint that the inventory calls so. */
function withStatus(operationText: string, status: string): Lab {
  const lab = known([SHADOW_ENDPOINT])
  const endpoint = lab.endpoint(operationText)
  endpoint.status = status
  const [method = "", path = ""] = operationText.split(" ")
  for (const k of [1, 2])
    lab.analysis.note(
      event({ startUs: lab.nowUs + k, operation: operation({ method, path }) }),
      lab.consumer(),
      endpoint,
    )
  return lab
}
