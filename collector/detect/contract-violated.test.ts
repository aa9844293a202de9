// Rules of people: contracts and decoys, detections 20 and 22.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Lab, type Sent } from "../analysis/fake-lab.ts"
import { NO_CONTRACT } from "../consumer/contract.ts"
import type { ContractRecord } from "../store/documents.ts"
import { CONTRACT_VIOLATED } from "./contract-violated.ts"
import { DECOY_TOUCHED } from "./decoy-touched.ts"

const HOUR_US = 3_600_000_000

function bound(contract: Partial<ContractRecord> | null): Lab {
  const lab = new Lab([CONTRACT_VIOLATED, DECOY_TOUCHED])
  lab.note({
    kind: "partner",
    id: "p1",
    name: "Acme",
    contract: contract === null ? null : { ...NO_CONTRACT, ...contract },
  })
  lab.note({ kind: "consumer", id: "acme", name: "acme", scheme: "api-key", partner: "p1" })
  // 10:00 UTC.
  lab.nowUs += 10 * HOUR_US
  return lab
}

const CASES: readonly [contract: Partial<ContractRecord> | null, sent: Sent, kinds: readonly string[]][] = [
  [null, {}, []],
  [{}, {}, []],
  [{ endpoints: ["GET /v1/orders/*"] }, {}, []],
  [{ endpoints: ["GET /v1/invoices"] }, {}, ["endpoint"]],
  [{ endpoints: ["GET /v1/invoices"] }, { operation: "" }, []],
  [{ endpoints: ["GET /v1/invoices"] }, { consumer: "other" }, []],
  [{ networks: ["private"] }, {}, []],
  [{ networks: ["office"] }, {}, ["network"]],
  [{ networks: ["office"] }, { client: { addressClass: "office" } }, []],
  [{ hours: ["09:00-17:00"] }, {}, []],
  [{ hours: ["11:00-17:00"] }, {}, ["hours"]],
  [{ dataClasses: ["email"] }, { responseClasses: ["email=3"] }, []],
  [{ dataClasses: ["email"] }, { responseClasses: ["email=3", "iban=1"] }, ["dataClass"]],
  [{ requestsPerHour: 1 }, {}, []],
  [{ requestsPerHour: 0, requestsPerDay: 0 }, {}, ["requestsPerHour", "requestsPerDay"]],
]

for (const [contract, sent, kinds] of CASES)
  test(`contract ${JSON.stringify(contract)}: ${kinds.join(", ") || "kept"}`, () => {
    const lab = bound(contract)
    lab.send(sent)
    assert.deepEqual(
      lab.findings.map(({ facts, isRule }) => [facts["kind"], isRule]),
      kinds.map((kind) => [kind, true]),
    )
  })

test("a breach is said once an hour, and what was refused weighs half", () => {
  const lab = bound({ endpoints: ["GET /v1/invoices"] })
  lab.send({ status: 403 })
  lab.send({ status: 403 })
  lab.send({ status: 200 })
  for (let i = 0; i < 10; i++) lab.send()
  lab.send({ atUs: lab.nowUs + HOUR_US })
  assert.deepEqual(
    lab.findings.map(({ weight, facts }) => [weight, facts["exchanges"]]),
    [
      [0.5, 1],
      [1, 2],
      [1, 11],
    ],
  )
})

test("the quota is of all consumers of the partner, and a contract that changed holds at once", () => {
  const lab = bound({ requestsPerHour: 10 })
  lab.note({ kind: "consumer", id: "second", name: "second", scheme: "basic", partner: "p1" })
  for (let i = 0; i < 10; i++) lab.send({ consumer: i % 2 === 0 ? "acme" : "second" })
  assert.equal(lab.findings.length, 0)
  lab.send()
  assert.match(lab.findings[0]!.sentence, /11 requests in an hour of 10/)
  lab.note({ kind: "partner", id: "p1", name: "Acme", contract: { ...NO_CONTRACT, networks: ["office"] } })
  lab.send()
  assert.equal(lab.findings[1]!.facts["kind"], "network")
})

const DECOYS: readonly [sent: Sent, isFound: boolean][] = [
  [{ operation: "GET /v1/orders/{int}" }, false],
  [{ operation: "GET /internal/backup" }, true],
  [{ operation: "GET /internal/backup", status: 403 }, true],
  [{ operation: "POST /internal/backup" }, false],
  [{ operation: "GET /internal/backup", service: "other.example.com" }, false],
]

for (const [sent, isFound] of DECOYS)
  test(`decoy: ${sent.operation} ${sent.status ?? 200} ${sent.service ?? ""}: ${isFound}`, () => {
    const lab = bound(null)
    lab.note({ kind: "decoy", id: "d", pattern: "api.example.com GET /internal/*" })
    lab.send(sent)
    assert.equal(lab.found("decoy-touched").length, isFound ? 1 : 0)
  })

test("decoy: at no endpoint the path of the event counts; without decoys nothing does", () => {
  const lab = bound(null)
  lab.note({ kind: "decoy", id: "d", pattern: "api.example.com GET /nowhere" })
  lab.send({ operation: "", status: 404 })
  lab.send({ operation: "", status: 404 })
  assert.equal(lab.findings.length, 1)
  lab.note({ kind: "decoy", id: "d", pattern: null })
  lab.send({ operation: "", status: 404, atUs: lab.nowUs + 2 * HOUR_US })
  assert.equal(lab.findings.length, 1)
})

test("a restart in the middle changes nothing", () => {
  const run = (restarts: boolean): unknown => {
    const lab = bound({ requestsPerHour: 3, endpoints: ["GET /v1/invoices"] })
    lab.note({ kind: "decoy", id: "d", pattern: "api.example.com GET /internal/*" })
    for (let i = 0; i < 12; i++) {
      if (restarts) lab.restart()
      lab.send({ operation: i % 4 === 3 ? "GET /internal/x" : "GET /v1/orders", atUs: lab.nowUs + HOUR_US / 5 })
    }
    return lab.findings
  }
  assert.deepEqual(run(true), run(false))
})
