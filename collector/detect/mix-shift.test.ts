import assert from "node:assert/strict"
import { test } from "node:test"
import { LAB_START_US, Lab } from "../analysis/fake-lab.ts"
import { MIX_SHIFT } from "./mix-shift.ts"

const DAY_US = 86_400_000_000
const HOUR_US = 3_600_000_000
const OPERATIONS = ["GET /v1/orders", "GET /v1/orders/{int}", "GET /v1/customers/{int}", "POST /v1/orders"]

/** A day of 60 requests from 8 to 18 UTC, spread over the operations as `shares` says. */
function day(lab: Lab, number: number, shares: readonly number[], fromHour = 8): void {
  const all = OPERATIONS.flatMap((operation, i) => new Array<string>(shares[i]!).fill(operation))
  all.forEach((operation, k) => {
    const startUs = LAB_START_US + number * DAY_US + fromHour * HOUR_US
    lab.send({ operation, atUs: startUs + Math.floor((k * 10 * HOUR_US) / all.length) })
  })
}

function learned(): Lab {
  const lab = new Lab([MIX_SHIFT])
  for (let number = 0; number < 21; number++) day(lab, number, [20 + (number % 3), 25, 10, 5 - (number % 3)])
  return lab
}

test("days that are a little different say nothing", () => {
  assert.deepEqual(learned().findings, [])
})

test("a day of other things is told at its close, and never as more than a thousandth", () => {
  const lab = learned()
  day(lab, 21, [2, 5, 50, 3])
  day(lab, 22, [20, 25, 10, 5])
  const [finding] = lab.found("mix-shift")
  assert.match(finding!.sentence, /did other things than usual/)
  assert.equal(finding!.p, 1e-3)
  assert.ok(finding!.weight <= 0.5)
})

test("an hour at which it never is, once a day", () => {
  const lab = learned()
  for (let k = 0; k < 20; k++) lab.send({ atUs: LAB_START_US + 22 * DAY_US + 2 * HOUR_US + k * 1_000_000 })
  const found = lab.found("mix-shift")
  assert.equal(found.length, 1)
  assert.match(found[0]!.sentence, /at 2:00 UTC/)
})

test("it goes on after a restart", () => {
  const run = (isRestarted: boolean): unknown => {
    const lab = learned()
    if (isRestarted) lab.restart()
    day(lab, 21, [2, 5, 50, 3], 1)
    day(lab, 22, [20, 25, 10, 5])
    return lab.findings
  }
  assert.deepEqual(run(true), run(false))
})
