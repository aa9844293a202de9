import assert from "node:assert/strict"
import { test } from "node:test"
import { Lab } from "../analysis/fake-lab.ts"
import { AUTH_MISSING } from "./auth-missing.ts"

const NONE = { consumer: "anonymous", identity: { scheme: "none", credential: "" } }

function learned(requests: number, sent: Partial<Parameters<Lab["learn"]>[0]> = {}): Lab {
  const lab = new Lab([AUTH_MISSING])
  lab.learn({ days: 1, perDay: requests, ...sent })
  return lab
}

test("the first success without a credential, after 200 with one; 50 where people's data is at stake", () => {
  for (const [requests, classes, weight] of [
    [200, [], 0.7],
    [50, ["iban=3"], 2],
  ] as const) {
    const lab = learned(requests, { responseClasses: classes })
    lab.send(NONE)
    assert.deepEqual(
      lab.findings.map((finding) => [finding.isRule, finding.weight, finding.facts["authenticatedBefore"]]),
      [[true, weight, requests]],
    )
    for (let i = 0; i < 8; i++) lab.send(NONE)
    assert.equal(lab.findings.length, 1, "said once")
    lab.send(NONE)
    assert.equal(lab.findings.length, 2, "and again when there are ten")
  }
})

test("no finding: too few, health checks, refusals, lost bytes, unknown heads, OPTIONS", () => {
  const few = learned(199)
  few.send(NONE)
  assert.deepEqual(few.findings, [])
  const health = learned(300, { of: (i) => (i % 20 === 0 ? NONE : {}) })
  health.findings.length = 0
  health.send(NONE)
  assert.deepEqual(health.findings, [])
  const lab = learned(300)
  for (const change of [{ status: 401 }, { flags: 1 }, { unknown: 16 }, { operation: "OPTIONS /v1/orders/{int}" }]) {
    lab.send({ ...NONE, ...change })
  }
  assert.deepEqual(lab.findings, [])
  lab.restart()
  lab.send(NONE)
  assert.equal(lab.findings.length, 1, "after a restart, too")
})
