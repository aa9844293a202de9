// The judge of judges: what counts as shown and as false, intervals, anchors, and a small run of all of it.
import assert from "node:assert/strict"
import { test } from "node:test"
import { DAY_US, HOUR_US, startOfDay } from "../../simulate/calendar.ts"
import { Draws } from "../../simulate/draws.ts"
import { Labels } from "../../simulate/labels.ts"
import { IsolationForest } from "./anchors/isolation-forest.ts"
import { evaluate, laneResults } from "./evaluation.ts"
import { median, poissonRate, wilson } from "./intervals.ts"
import { outcomeTable, targetTable } from "./report.ts"
import { falseCases, type JudgedCase, outcomeOf, precisionAt } from "./scores.ts"
import type { Attack } from "./truth.ts"

const label = new Labels().add({
  kind: "enumeration",
  isAttack: true,
  partner: 7,
  fromDay: 10,
  untilDay: 11,
  intensity: 4,
})
const FROM = startOfDay(10)
const ATTACK: Attack = {
  label,
  seed: 1,
  archetype: "portal",
  endpoints: new Set(["GET /v1/orders/{int}"]),
  times: [FROM, FROM + HOUR_US, FROM + 2 * HOUR_US],
  taken: [1, 2, 3],
}

const judged = (change: Partial<JudgedCase>): JudgedCase => ({
  id: "i1",
  lane: "high",
  consumer: "c1",
  endpoint: "",
  consumers: [],
  partners: [7],
  openedUs: FROM + HOUR_US,
  evidence: [{ detector: "enumeration", firstUs: FROM + HOUR_US }],
  summary: "",
  ...change,
})

const NUMBERS = new Map([["enumeration", 7]])

test("an attack is shown by a case of its partner in its time, by new evidence of an open one, or by its endpoint", () => {
  const shown = (change: Partial<JudgedCase>) => outcomeOf(ATTACK, [judged(change)], 7, NUMBERS)
  const plain = shown({})
  assert.deepEqual(
    [plain.delayUs, plain.requests, plain.taken, plain.isNamed, plain.lane],
    [HOUR_US, 2, 2, true, "high"],
  )
  const open = shown({ openedUs: FROM - DAY_US, evidence: [{ detector: "probing", firstUs: FROM + 10 }] })
  assert.deepEqual([open.delayUs, open.isNamed], [10, false])
  assert.equal(shown({ partners: [], consumer: "", endpoint: "GET /v1/orders/{int}" }).requests, 2)
  const missed = shown({ partners: [8] })
  assert.deepEqual([missed.shownUs, missed.requests, missed.taken], [null, 3, 3])
  assert.equal(shown({ openedUs: FROM - DAY_US, evidence: [] }).shownUs, null)
  assert.equal(shown({ openedUs: FROM + 4 * DAY_US, evidence: [] }).shownUs, null)
})

test("what shows no attack is false", () => {
  const cases = [judged({}), judged({ id: "i2", partners: [8] }), judged({ id: "i3", openedUs: FROM + 9 * DAY_US })]
  assert.deepEqual(
    falseCases([ATTACK], cases).map(({ id }) => id),
    ["i2", "i3"],
  )
})

test("intervals are those of the books", () => {
  const share = wilson(8, 10)
  assert.ok(Math.abs(share.low - 0.4902) < 1e-3 && Math.abs(share.high - 0.9433) < 1e-3)
  const rate = poissonRate(10, 1)
  assert.ok(Math.abs(rate.low - 4.795) < 0.02 && Math.abs(rate.high - 18.39) < 0.02)
  assert.ok(Math.abs(poissonRate(0, 1).high - 3.689) < 0.05)
  const middle = median([1, 2, 3, 4, 5, 6, 7, 8, 9])
  assert.ok(middle.low <= 5 && middle.value === 5 && middle.high >= 5)
  assert.equal(precisionAt(1, 0.5, 0.5), 0.5)
})

test("the forest finds the point that lies apart", () => {
  const draws = Draws.of(3, "points")
  const points = Array.from({ length: 120 }, () => Float64Array.of(draws.normal(), draws.normal()))
  const forest = new IsolationForest(points, draws)
  const apart = forest.score(Float64Array.of(9, 9))
  assert.ok(points.every((point) => forest.score(point) < apart))
})

test("a small evaluation runs through, and without findings shows nothing", () => {
  const plan = {
    seeds: [1],
    world: { days: 2, consumers: 5, intensity: 5 },
    kinds: ["enumeration"],
    repeats: 1,
    hasVariants: false,
    isClean: false,
  } as const
  const evaluation = evaluate(plan)
  assert.equal(evaluation.outcomes.length, 1)
  assert.equal(evaluation.outcomes[0]!.attack.times.length, 2000)
  assert.match(outcomeTable(evaluation.outcomes, true), /^attack .*\nenumeration +1 /)
  assert.match(targetTable(evaluation.outcomes), /loud enumeration, within 200 requests +>= 0\.99 +1 /)
  assert.deepEqual(
    laneResults(evaluation, 1).map(({ lane }) => lane),
    ["high", "review"],
  )
  const deaf = evaluate({ ...plan, ablation: { name: "deaf", keeps: () => false } })
  assert.deepEqual([deaf.outcomes[0]!.shownUs, deaf.falses.length], [null, 0])
})
