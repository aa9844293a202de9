import assert from "node:assert/strict"
import { test } from "node:test"
import { Lab, type Sent } from "../analysis/fake-lab.ts"
import { DETECTORS } from "../detect/detectors.ts"
import { EXCESS_EXPOSURE } from "../detect/excess-exposure.ts"
import { NEW_ENDPOINT } from "../detect/new-endpoint.ts"
import { SHADOW_ENDPOINT } from "../detect/shadow-endpoint.ts"
import { UNDOCUMENTED_PARAMETER } from "../detect/undocumented-parameter.ts"
import type { IncidentRecord } from "../store/incident-records.ts"

const DAY_US = 86_400_000_000
const READ = "GET /v1/orders/{int}"
const EXPORT = "GET /v1/export"
const NAMES = ["a", "b", "c", "d", "e", "f"]
const KINDS = [NEW_ENDPOINT, SHADOW_ENDPOINT, UNDOCUMENTED_PARAMETER, EXCESS_EXPOSURE]

/** Six consumers that read orders for `days` days. */
function known(kinds = KINDS, days = 20): Lab {
  const lab = new Lab(kinds)
  lab.learn({ days, perDay: 60, of: (i) => ({ consumer: NAMES[i % 6]!, operation: READ }) })
  return lab
}

/** Incidents by the name of their consumer, "" for those of an endpoint; each as it was told last. */
function told(lab: Lab, into = new Map<string, IncidentRecord>()): Map<string, IncidentRecord> {
  for (const record of lab.analysis.takeIncidents()) into.set(record.consumer, record)
  return into
}

/** The first adopter, and after `hours` each another one. */
function adopted(lab: Lab, who: readonly string[], sent: Sent, hours = 20): Map<string, IncidentRecord> {
  const incidents = new Map<string, IncidentRecord>()
  for (const consumer of who) {
    lab.send({ ...sent, consumer, atUs: lab.nowUs + hours * 3_600_000_000 })
    told(lab, incidents)
  }
  return incidents
}

const verdicts = (incidents: ReadonlyMap<string, IncidentRecord>): unknown =>
  Object.fromEntries([...incidents].map(([name, { state, verdict }]) => [name, `${state} ${verdict}`.trim()]))

test("an endpoint that three parties took up was a release: the incident of the first closes and says why", () => {
  const lab = known([NEW_ENDPOINT])
  assert.deepEqual(verdicts(adopted(lab, ["a"], { operation: EXPORT })), { a: "open" })
  const incidents = adopted(lab, ["b", "c"], { operation: EXPORT })
  assert.equal(verdictOf(incidents, "a"), "closed explained")
  const { timeline, notes, evidence, summary } = incidents.get("a")!
  assert.match(
    timeline.map(({ what }) => what).join("\n"),
    /release: 3 parties took it up.*\nclosed as explained by sonde/s,
  )
  assert.match(notes[0]!.text, /^Explained by release: 3 parties/)
  assert.equal(evidence[0]!.doubts[0]!.explains, true)
  assert.match(summary, /May be explained by release: 3 parties/)
})

test("consumers of one partner are one party, and 14 days are the end of it", () => {
  const rows: [what: string, prepare: (lab: Lab) => void, hours: number][] = [
    [
      "one partner",
      (lab) => {
        for (const name of ["a", "b", "c"]) lab.consumer(name).partner = "p1"
      },
      1,
    ],
    ["weeks apart", () => {}, 8 * 24],
  ]
  for (const [what, prepare, hours] of rows) {
    const lab = known([NEW_ENDPOINT])
    prepare(lab)
    assert.equal(verdictOf(adopted(lab, ["a", "b", "c"], { operation: EXPORT }, hours), "a"), "open", what)
  }
})

test("what else there is keeps an incident open, and what people have taken on is theirs", () => {
  const lab = known([NEW_ENDPOINT])
  lab.send({ consumer: "a", operation: "DELETE /v1/orders/{int}" })
  assert.equal(verdictOf(adopted(lab, ["a", "b", "c"], { operation: EXPORT }), "a"), "open")
  const other = known([NEW_ENDPOINT])
  const { id } = adopted(other, ["a"], { operation: EXPORT }).get("a")!
  other.note({ kind: "incident.state", id, state: "acknowledged", verdict: "", by: "ann", atUs: 1, text: "" })
  const incidents = adopted(other, ["b", "c"], { operation: EXPORT })
  assert.equal(verdictOf(incidents, "a"), "acknowledged")
  assert.match(incidents.get("a")!.timeline.at(-1)!.what, /^release: 3 parties/)
})

test("a parameter that parties took up was a release, too (of a privilege five of them), and a restart in between changes nothing", () => {
  const run = (restarts: boolean): unknown => {
    const lab = known([UNDOCUMENTED_PARAMETER])
    const sent = { operation: READ, query: ["role:word"] }
    const incidents = adopted(lab, ["a"], sent)
    if (restarts) lab.restart()
    assert.equal(verdictOf(incidents, "a"), "open")
    for (const [name, record] of adopted(lab, ["b", "c", "d"], sent)) incidents.set(name, record)
    assert.equal(verdictOf(incidents, "a"), "open")
    for (const [name, record] of adopted(lab, ["e"], sent)) incidents.set(name, record)
    assert.equal(verdictOf(incidents, "a"), "closed explained")
    return [...incidents]
  }
  assert.deepEqual(run(true), run(false))
})

test("answers that hold more for everybody are one incident, about the endpoint", () => {
  const lab = known([EXCESS_EXPOSURE], 40)
  lab.shapes.set(7, ["iban:string"])
  const sent = { operation: READ, responseClasses: ["iban=3"] }
  const incidents = adopted(lab, ["a", "b", "c", "d"], sent)
  assert.deepEqual(verdicts(incidents), { a: "closed explained", "": "open" })
  assert.match(incidents.get("")!.summary, /^Something at GET \/v1\/orders\/\{int\} of api\.example\.com got iban/)
})

test("one event is one incident: the endpoint that nobody knew belongs to the consumer that was there", () => {
  const incidents = adopted(known(), ["a"], { operation: "GET /v1/admin/users" })
  assert.deepEqual([...incidents.keys()], ["a"])
  assert.deepEqual(incidents.get("a")!.detections.toSorted(), ["new-endpoint", "shadow-endpoint"])
  assert.equal(incidents.get("a")!.lane, "review")
})

test("evidence that is not explained goes on after the incident is closed", () => {
  const lab = known([NEW_ENDPOINT])
  adopted(lab, ["a"], { operation: "GET /v1/orders/search" })
  adopted(lab, ["a", "b", "c"], { operation: EXPORT })
  const left = lab.analysis.incidents.save().cases.filter(({ consumer, state }) => consumer === 0 && state === "")
  assert.deepEqual(
    left.map(({ evidence }) => [...evidence.values()].map(({ sentence }) => /search/.test(sentence))),
    [[true]],
  )
})

test("a first adopter of what has just come up is no incident by itself; of what few may do it is", () => {
  const lab = known()
  assert.deepEqual(verdicts(adopted(lab, ["a"], { operation: "GET /v1/returns" })), {})
  assert.ok(lab.found("new-endpoint").every(({ p }) => p >= 2e-3))
})

test("what several take up within three days, like invoices when a month ends, has a common cause", () => {
  const lab = known([NEW_ENDPOINT], 3)
  const invoices = "GET /v1/invoices"
  lab.send({ consumer: "f", operation: invoices })
  lab.learn({ days: 30, perDay: 60, of: (i) => ({ consumer: NAMES[i % 6]!, operation: READ }) })
  adopted(lab, ["a", "b", "c", "d"], { operation: invoices }, 2)
  const ps = lab
    .found("new-endpoint")
    .slice(-4)
    .map(({ p }) => p)
  assert.ok(
    ps.slice(2).every((p) => p > 1e-3),
    String(ps),
  )
})

test("a snapshot from before a detector existed leaves it as it was made", () => {
  const lab = known([...DETECTORS], 1)
  const saved = structuredClone(lab.analysis.save())
  for (const name of Object.keys(saved.detectors)) delete (saved.detectors as Record<string, unknown>)[name]
  lab.restart(saved)
  for (let i = 0; i < 3; i++) lab.send({ consumer: "a", operation: READ, atUs: lab.nowUs + DAY_US })
})

function verdictOf(incidents: ReadonlyMap<string, IncidentRecord>, name: string): string {
  const { state, verdict } = incidents.get(name)!
  return `${state} ${verdict}`.trim()
}
