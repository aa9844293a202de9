import assert from "node:assert/strict"
import { beforeEach, describe, test } from "node:test"
import { Subjects } from "../baseline/subjects.ts"
import type { Finding } from "../detect/finding.ts"
import { DEFAULT_LIMITS, limitCounters } from "../inventory/limits.ts"
import type { IncidentRecord } from "../store/incident-records.ts"
import { Incidents } from "./incidents.ts"

const DAY_US = 86_400_000_000
const START_US = 20_000 * DAY_US

let subjects: Subjects
let reached = limitCounters()
let incidents: Incidents
let judged: string[] = []

function fresh(casesMax = 100, saved?: ReturnType<Incidents["save"]>): Incidents {
  return new Incidents(
    {
      subjects,
      reached,
      casesMax,
      onMalicious: ({ id }, fromUs, toUs) => judged.push(`purge ${id} ${toUs - fromUs}`),
      onExpected: ({ id }, endpoint) => judged.push(`adopt ${id} ${endpoint?.id ?? "all"}`),
    },
    saved,
  )
}

function finding(change: Partial<Finding> = {}): Finding {
  const detector = change.detector ?? "scraping"
  return {
    detector,
    family: "volume",
    atUs: START_US,
    sinceUs: START_US - 1000,
    consumer: 0,
    endpoint: -1,
    p: 1e-3,
    isRule: false,
    weight: 1,
    key: detector,
    sentence: `did ${detector} 12 times`,
    facts: { times: 12 },
    doubts: [],
    samples: [],
    lossyShare: 0,
    ...change,
  }
}

function raised(...findings: Partial<Finding>[]): IncidentRecord[] {
  for (const each of findings) incidents.raise(finding(each))
  return incidents.take()
}

const novelty = { detector: "new-endpoint", family: "novelty" as const }

describe("incidents", () => {
  beforeEach(() => {
    reached = limitCounters()
    judged = []
    subjects = new Subjects(DEFAULT_LIMITS, reached)
    for (let i = 0; i < 8; i++) subjects.addConsumer(`c${i}`, `partner-${i}`, "basic", i < 2 ? "p1" : "")
    const facts = { service: "s1", serviceName: "api.example.com", method: "GET", operation: "", firstUs: 0, lastUs: 0 }
    const known = { requests: 0, status: "unknown", isOpenBySpecification: false, sensitivity: 1, splitUs: 0 }
    for (const id of ["e0", "e1"])
      subjects.addEndpoint({ ...facts, ...known, id, template: `/v1/${id}`, serviceFirstUs: 0 })
    incidents = fresh()
  })

  test("which findings make an incident, and in which lane", () => {
    const rows: [string, Partial<Finding>[], string][] = [
      ["one unlikely finding", [{ p: 1e-3 }], "none"],
      ["one of 10^-4", [{ p: 1e-4 }], "review"],
      ["two families that add up to 4", [{ p: 1e-3 }, { ...novelty, p: 1e-1 }], "review"],
      ["and neither is unlikely by itself", [{ p: 1e-2 }, { ...novelty, p: 1e-2 }], "none"],
      ["nor made so by its weight", [{ p: 1e-2, weight: 2 }], "none"],
      ["it is explained", [{ p: 1e-8, doubts: [{ what: "re-sync", explains: true, sentence: "" }] }], "none"],
      ["two of one family do not add up", [{ p: 1e-3 }, { detector: "slow-exfiltration", p: 1e-3 }], "none"],
      ["two families that add up to 10", [{ p: 1e-5 }, { ...novelty, p: 1e-5 }], "high"],
      ["one that is nearly impossible", [{ p: 1e-8 }], "high"],
      ["a rule", [{ p: 0, isRule: true }], "high"],
      ["a rule that weighs little", [{ p: 0, isRule: true, weight: 0.5 }], "review"],
      ["all of it refused", [{ p: 1e-6, weight: 0.5 }], "none"],
      ["most of its evidence lossy", [{ p: 1e-7, lossyShare: 0.6 }], "none"],
      [
        "the second came when the first had faded",
        [{ p: 1e-3 }, { ...novelty, p: 1e-2, atUs: START_US + 90 * DAY_US }],
        "none",
      ],
    ]
    for (const [name, findings, lane] of rows) {
      incidents = fresh()
      assert.equal(raised(...findings)[0]?.lane ?? "none", lane, name)
    }
  })

  test("one incident a consumer: what comes later is added, moves it to the high lane, and is told", () => {
    const [first] = raised({ p: 1e-5, sentence: "read 412 different orders in 6 h", facts: { orders: 412, hours: 6 } })
    const again = raised({
      ...novelty,
      p: 1e-6,
      atUs: START_US + 5000,
      sentence: "called 3 endpoints that it never used",
    })
    assert.equal(again.length, 1)
    assert.equal(again[0]!.id, first!.id)
    assert.deepEqual([first!.lane, again[0]!.lane], ["review", "high"])
    assert.deepEqual(again[0]!.detections, ["new-endpoint", "scraping"])
    assert.equal(
      again[0]!.summary,
      "partner-0 called 3 endpoints that it never used. It also read 412 different orders in 6 h. " +
        "Chance if all were as usual: 1 in 10^6.",
    )
    assert.deepEqual(
      again[0]!.timeline.map(({ what }) => what),
      ["read 412 different orders in 6 h", "called 3 endpoints that it never used", "moved to the high lane"],
    )
    assert.equal(again[0]!.firstEventUs, START_US - 1000)
    assert.equal(again[0]!.lastEventUs, START_US + 5000)
  })

  test("the same evidence is brought up to date, not repeated", () => {
    raised({ p: 1e-5 })
    const [record] = raised({ p: 1e-7, atUs: START_US + DAY_US, sentence: "did scraping 40 times" }, { p: 1e-6 })
    assert.equal(record!.evidence.length, 1)
    assert.deepEqual([record!.evidence[0]!.count, record!.evidence[0]!.p], [3, 1e-7])
  })

  test("five consumers at one endpoint within an hour are one incident of the endpoint, and theirs are part of it", () => {
    const at = (consumer: number, hours = 0): Partial<Finding> => ({
      consumer,
      endpoint: 0,
      p: 1e-5,
      key: "new-endpoint e0",
      ...novelty,
      atUs: START_US + hours * 3_600_000_000,
    })
    for (let i = 0; i < 8; i++) subjects.pairAt(subjects.consumers[i]!, subjects.endpoints[0]!, 0)
    const apart = raised(at(0), at(1, 2), at(2, 4), at(3, 6))
    assert.equal(apart.length, 4, "hours apart they are theirs")
    incidents = fresh()
    const records = raised(at(0), at(1), at(2), at(3), at(4))
    const open = records.filter(({ state }) => state === "open")
    assert.equal(open.length, 1)
    assert.deepEqual([open[0]!.kind, open[0]!.consumer, open[0]!.endpoint], ["shared-cause", "", "e0"])
    assert.deepEqual(open[0]!.consumers, ["c0", "c1", "c2", "c3", "c4"])
    assert.match(open[0]!.summary, /^5 consumers at GET \/v1\/e0 of api\.example\.com/)
    const closed = records.filter(({ state }) => state === "closed")
    assert.deepEqual(
      closed.map(({ verdict }) => verdict),
      ["shared", "shared", "shared"],
    )
  })

  test("people decide: benign stays closed unless it becomes ten times less likely; a new one opens after two weeks", () => {
    const [record] = raised({ p: 1e-5 })
    const note = { kind: "incident.state", id: record!.id, by: "ann", atUs: 1, text: "a test run" } as const
    incidents.apply({ ...note, state: "acknowledged", verdict: "" })
    assert.equal(incidents.take()[0]!.state, "acknowledged")
    incidents.apply({ ...note, state: "closed", verdict: "benign" })
    const [closed] = incidents.take()
    assert.deepEqual([closed!.state, closed!.verdict, closed!.notes.length], ["closed", "benign", 2])
    assert.deepEqual(raised({ p: 1e-5, atUs: START_US + DAY_US }), [])
    const [worse] = raised({ p: 1e-7, atUs: START_US + 2 * DAY_US })
    assert.notEqual(worse!.id, record!.id)
    incidents.apply({ ...note, id: worse!.id, state: "closed", verdict: "benign" })
    incidents.take()
    assert.equal(raised({ p: 1e-7, atUs: START_US + 20 * DAY_US }).length, 1)
    assert.deepEqual(judged, [])
  })

  test("malicious purges, expected adopts", () => {
    const decide = (id: string, verdict: "malicious" | "expected") =>
      incidents.apply({ kind: "incident.state", id, state: "closed", verdict, by: "ann", atUs: 1, text: "" })
    decide(raised({ p: 1e-5, endpoint: 1 })[0]!.id, "expected")
    incidents.take()
    decide(raised({ p: 1e-5, consumer: 3 })[0]!.id, "malicious")
    assert.deepEqual(judged, ["adopt c0 e1", "purge c3 1001"])
  })

  test("an exception holds back what it names, until its end, and counts it", () => {
    const exception = {
      id: "x1",
      consumer: "",
      partner: "p1",
      endpoint: "",
      detector: "scraping",
      owner: "ann",
      reason: "migration",
      untilUs: START_US + DAY_US,
      incident: "",
      by: "ann",
      atUs: 0,
    }
    incidents.apply({ kind: "exception", id: "x1", exception })
    assert.deepEqual(raised({ p: 1e-8 }), [])
    assert.equal(raised({ p: 1e-8, consumer: 2 }).length, 1, "of another partner")
    assert.equal(raised({ ...novelty, p: 1e-8 }).length, 1, "of another detection")
    assert.equal(raised({ p: 1e-8, consumer: 1, atUs: START_US + 2 * DAY_US }).length, 1, "after its end")
    assert.equal(incidents.exceptions.useOf("x1").count, 1)
    incidents.apply({ kind: "exception", id: "x1", exception: null })
    assert.equal(incidents.exceptions.useOf("x1").count, 0)
  })

  test("after a restart everything goes on", () => {
    const [record] = raised({ p: 1e-5 })
    incidents = fresh(100, structuredClone(incidents.save()))
    assert.equal(raised({ ...novelty, p: 1e-6 })[0]!.id, record!.id)
    incidents.apply({
      kind: "incident.state",
      id: record!.id,
      state: "closed",
      verdict: "benign",
      by: "",
      atUs: 0,
      text: "",
    })
    incidents = fresh(100, structuredClone(incidents.save()))
    assert.deepEqual(raised({ p: 1e-5 }), [])
    assert.equal(incidents.budget.use(START_US).highInWeek, 1)
  })

  test("a silent sensor is an incident of the review lane until it is back", () => {
    const sentence = "Sensor tap-1 is silent: nothing was heard since noon."
    incidents.apply({ kind: "sensor", sensor: "tap-1", what: "silent", atUs: START_US, sentence, facts: {} })
    const [open] = incidents.take()
    assert.deepEqual([open!.sensor, open!.lane, open!.kind], ["tap-1", "review", "sensor-blind"])
    assert.match(open!.summary, /^Sensor tap-1 is silent: nothing was heard since noon\./)
    incidents.apply({ kind: "sensor", sensor: "tap-1", what: "back", atUs: START_US + 60_000_000, sentence, facts: {} })
    assert.deepEqual([incidents.take()[0]!.state], ["closed"])
  })

  test("two consumers that are one go on with one case", () => {
    const [a] = raised({ p: 1e-5 })
    incidents.mergeConsumers(subjects.consumers[0]!, subjects.consumers[1]!)
    subjects.mergeConsumers(subjects.consumers[0]!, subjects.consumers[1]!)
    const [b] = raised({ ...novelty, p: 1e-6, consumer: 1 })
    assert.deepEqual([b!.id, b!.consumer], [a!.id, "c1"])
  })

  test("limit of cases: what is closed or no incident makes place; otherwise there is none, and it is counted", () => {
    incidents = fresh(2)
    raised({ consumer: 0, p: 1e-5 }, { consumer: 1, p: 1e-3 }, { consumer: 2, p: 1e-5 })
    assert.equal(reached.cases, 1)
    assert.deepEqual(raised({ consumer: 3, p: 1e-5 }), [])
    assert.equal(reached.cases, 2)
  })

  test("endpoints that become one: what was found at either is told of the one that stays", () => {
    const rule = { consumer: -1, isRule: true, weight: 1, family: "posture" } as const
    incidents.raise(finding({ ...rule, endpoint: 0, detector: "shadow-endpoint" }))
    incidents.raise(finding({ endpoint: 0, p: 1e-9 }))
    const [ofEndpoint, ofConsumer] = incidents.take()
    assert.deepEqual([ofEndpoint!.endpoint, ofConsumer!.evidence[0]!.endpoint], ["e0", "e0"])
    const [former, successor] = subjects.endpoints
    incidents.mergeEndpoints(former!, successor!)
    subjects.mergeEndpoints(former!, successor!)
    incidents.raise(finding({ ...rule, endpoint: 1, detector: "auth-missing" }))
    const told = incidents.take()
    assert.deepEqual(
      told.map(({ id, endpoint, evidence }) => [id, endpoint, evidence.map((each) => each.endpoint)]),
      [
        [ofEndpoint!.id, "e1", ["e1", "e1"]],
        [ofConsumer!.id, "e1", ["e1"]],
      ],
    )
  })

  test("what is called otherwise is told anew, whenever it was written last", () => {
    incidents.raise(finding({ p: 1e-9 }))
    incidents.raise(finding({ consumer: -1, endpoint: 1, isRule: true, detector: "shadow-endpoint" }))
    incidents.take()
    Object.assign(subjects.consumers[0]!, { name: "acme" })
    incidents.renamed(0, -1)
    assert.match(
      incidents
        .take()
        .map(({ summary }) => summary)
        .join(),
      /^acme did scraping/,
    )
    Object.assign(subjects.endpoints[1]!, { template: "/v2/e1" })
    incidents.renamed(-1, 1)
    assert.match(
      incidents
        .take()
        .map(({ summary }) => summary)
        .join(),
      /GET \/v2\/e1 of api.example.com/,
    )
  })
})
