import assert from "node:assert/strict"
import { test } from "node:test"
import { Lab } from "../analysis/fake-lab.ts"
import { DORMANT_CREDENTIAL } from "./dormant-credential.ts"

const DAY_US = 86_400_000_000

/** `acme` active for `days`, then silent for `silence` days in which `other` goes on, then back. */
function gone(days: number, silence: number, back: Parameters<Lab["send"]>[0] = {}): Lab {
  const lab = new Lab([DORMANT_CREDENTIAL])
  lab.learn({ days, perDay: 4 })
  lab.learn({ days: silence, perDay: 40, consumer: "other" })
  lab.send(back)
  return lab
}

test("back after 40 days: said with the first request, the less likely the more regular it was", () => {
  const [regular] = gone(40, 40).findings
  assert.match(
    regular!.sentence,
    /^is back after 40(\.\d)? days of silence; on 40 active days before, its longest was 0\.\d days/,
  )
  assert.equal(regular!.p, 1 / 40 ** 2)
  assert.equal(gone(20, 40).findings[0]!.p, 1e-3)
  assert.equal(gone(4, 40).findings[0]!.p, 0.03)
})

test("back after ten days: for review where it came every day; not after a week, nor where four days were usual", () => {
  assert.equal(gone(40, 12).findings[0]!.p, 1e-3)
  assert.deepEqual(gone(40, 9).findings, [])
  assert.deepEqual(gone(4, 12).findings, [])
  const weekly = new Lab([DORMANT_CREDENTIAL])
  for (let round = 0; round < 10; round++) {
    weekly.learn({ days: 1, perDay: 4 })
    weekly.learn({ days: 3, perDay: 40, consumer: "other" })
  }
  weekly.learn({ days: 9, perDay: 40, consumer: "other" })
  weekly.send()
  assert.deepEqual(weekly.findings, [])
})

test("no finding: a first refusal, an anonymous client", () => {
  assert.deepEqual(gone(40, 40, { status: 401 }).findings, [])
})

test("a partner that comes once a quarter has had such gaps", () => {
  const lab = gone(10, 80)
  lab.findings.length = 0
  lab.learn({ days: 3, perDay: 4 })
  lab.learn({ days: 90, perDay: 40, consumer: "other" })
  lab.send()
  assert.deepEqual(lab.findings, [])
})

test("a silence that all share is no silence of one; a restart changes nothing", () => {
  const lab = new Lab([DORMANT_CREDENTIAL])
  lab.learn({ days: 20, perDay: 4 })
  lab.nowUs += 60 * DAY_US
  lab.send()
  assert.deepEqual(lab.findings, [])
  const again = new Lab([DORMANT_CREDENTIAL])
  again.learn({ days: 40, perDay: 4 })
  again.restart()
  again.learn({ days: 40, perDay: 40, consumer: "other" })
  again.restart()
  again.send()
  assert.equal(again.findings.length, 1)
})
