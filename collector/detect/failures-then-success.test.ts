import assert from "node:assert/strict"
import { test } from "node:test"
import { Lab } from "../analysis/fake-lab.ts"
import { FAILURES_THEN_SUCCESS } from "./failures-then-success.ts"

const ATTACKER = { client: { address: "attacker" } }

function learned(): Lab {
  const lab = new Lab([FAILURES_THEN_SUCCESS])
  lab.learn({ days: 5, perDay: 100 })
  return lab
}

function guess(lab: Lab, times: number, same = false): void {
  for (let i = 0; i < times; i++) {
    const credential = same ? "k" : `k${i}`
    lab.send({ ...ATTACKER, consumer: credential, status: 401, identity: { credential, principal: credential } })
  }
}

test("ten different keys were refused and the next one was not", () => {
  const lab = learned()
  guess(lab, 10)
  lab.send({ ...ATTACKER, consumer: "acme" })
  const [finding] = lab.findings
  assert.ok(finding!.p < 1e-6, String(finding?.p))
  assert.deepEqual([finding!.facts["guesses"], finding!.facts["refusals"]], [10, 10])
  assert.equal(lab.findings.length, 1)
  lab.send({ ...ATTACKER, consumer: "acme" })
  assert.equal(lab.findings.length, 1, "it is over")
})

test("logins that carry the password in their body", () => {
  const lab = learned()
  const login = {
    ...ATTACKER,
    consumer: "anonymous",
    operation: "POST /login",
    identity: { scheme: "none", credential: "" },
  }
  for (let i = 0; i < 12; i++) lab.send({ ...login, status: 401 })
  lab.send(login)
  assert.equal(lab.findings.length, 1)
})

test("no finding: an expired key, a few mistakes, somebody else at the address, too long ago", () => {
  const expired = learned()
  guess(expired, 200, true)
  expired.send({ ...ATTACKER, consumer: "acme" })
  assert.deepEqual(expired.findings, [])
  const few = learned()
  guess(few, 5)
  few.send({ ...ATTACKER, consumer: "acme" })
  assert.deepEqual(few.findings, [])
  const other = learned()
  guess(other, 20)
  other.send({ ...ATTACKER, consumer: "anonymous", operation: "GET /status", identity: { scheme: "none" } })
  assert.deepEqual(other.findings, [])
  const late = learned()
  guess(late, 20)
  late.nowUs += 3_600_000_000
  late.send({ ...ATTACKER, consumer: "acme" })
  assert.deepEqual(late.findings, [])
})

test("a restart in between changes nothing", () => {
  const lab = learned()
  guess(lab, 10)
  lab.restart()
  lab.send({ ...ATTACKER, consumer: "acme" })
  assert.equal(lab.findings.length, 1)
})
