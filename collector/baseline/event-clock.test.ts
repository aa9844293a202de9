import assert from "node:assert/strict"
import { test } from "node:test"
import { Lab } from "../analysis/fake-lab.ts"
import { AHEAD_CONFIRMED, DAY_US, EventClock, HOUR_US, type Turn } from "./event-clock.ts"

const turns = (clock: EventClock, atUs: number): Turn[] => [...clock.turnTo(atUs)]

test("an hour closes five minutes after its end, a day after its last hour", () => {
  const clock = new EventClock()
  assert.deepEqual(turns(clock, 22.5 * HOUR_US), [])
  assert.equal(clock.isDue(23 * HOUR_US + 299_000_000), false)
  assert.equal(clock.isDue(23 * HOUR_US + 300_000_000), true)
  const closed = turns(clock, 24 * HOUR_US + 300_000_000)
  assert.deepEqual(
    closed.map(({ kind, startUs }) => [kind, startUs / HOUR_US]),
    [
      ["hour", 22],
      ["hour", 23],
      ["day", 0],
    ],
  )
  assert.equal(clock.isLate(23.9 * HOUR_US), true)
})

test("a year of silence does not close 8,760 hours", () => {
  const clock = new EventClock()
  turns(clock, HOUR_US)
  assert.ok(turns(clock, 365 * DAY_US).length < 300)
})

test("limit: what is 400 days ahead of all others is left out and counted, until 500 in a row say that time went on", () => {
  const lab = new Lab([])
  lab.learn({ days: 2, perDay: 10 })
  const { nowUs } = lab.analysis
  for (let i = 0; i < 50; i++) lab.send({ atUs: nowUs + 30 * 365 * DAY_US + i })
  assert.equal(lab.analysis.nowUs, nowUs)
  assert.equal(lab.reached.aheadExchanges, 50)
  lab.send({ atUs: nowUs + 1_000_000 })
  lab.restart()
  for (let i = 0; i < AHEAD_CONFIRMED; i++) lab.send({ atUs: nowUs + 700 * DAY_US + i })
  assert.equal(lab.analysis.nowUs, nowUs + 700 * DAY_US + AHEAD_CONFIRMED - 1)
  assert.equal(lab.reached.aheadExchanges, 50 + AHEAD_CONFIRMED - 1)
})
