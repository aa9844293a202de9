import assert from "node:assert/strict"
import { test } from "node:test"
import { CALM_US, LAG_US, OVERLOAD_STEPS, Overload } from "./overload.ts"

const S = 1_000_000
const T0 = 1_790_000_000 * S

test("drops or a lag raise the step once a second, calm takes it back one by one", () => {
  const overload = new Overload()
  const rows: readonly [second: number, lagUs: number, drops: number, step: number][] = [
    [0, 0, 0, 0],
    [0.5, 2 * LAG_US, 0, 0],
    [1, 0, 0, 1],
    [1.5, 0, 9, 1],
    [2, 0, 9, 2],
    [3, 0, 10, 3],
    [4, LAG_US + 1, 10, 4],
    [5, LAG_US + 1, 10, 4],
    [6, 0, 10, 4],
    [5 + CALM_US / S, 0, 10, 3],
    [6 + CALM_US / S, 0, 10, 3],
    [5 + (2 * CALM_US) / S, 0, 10, 2],
    [5 + (3 * CALM_US) / S, 0, 10, 1],
    [5 + (4 * CALM_US) / S, 0, 10, 0],
    [5 + (5 * CALM_US) / S, 0, 10, 0],
  ]
  for (const [second, lagUs, drops, step] of rows) {
    overload.observe(T0 + second * S, lagUs, drops)
    assert.equal(overload.counters.step, step, `at ${second} s`)
  }
  assert.deepEqual({ ...overload.counters }, { step: 0, stepMax: 4, raised: 4, lowered: 4, lagUsMax: 2 * LAG_US })
})

test("each step sheds half of what the one before let through", () => {
  const overload = new Overload()
  overload.observe(T0, 0, 0)
  const shed: number[] = []
  const bodyless: boolean[] = []
  for (let second = 1; second <= OVERLOAD_STEPS; second++) {
    overload.observe(T0 + second * S, 0, second)
    let count = 0
    for (let hash = 0; hash < 1024; hash++) if ((hash & overload.shedMask) !== 0) count++
    shed.push(count)
    bodyless.push(overload.isBodyless)
    assert.match(overload.sentence, new RegExp(`step ${second}`))
  }
  assert.deepEqual(shed, [0, 512, 768, 896])
  assert.deepEqual(bodyless, [true, true, true, true])
  assert.match(overload.sentence, /87\.5 % of the flows/)
})

test("with no steps allowed nothing is ever given up here", () => {
  const overload = new Overload(0)
  for (let second = 0; second < 5; second++) overload.observe(T0 + second * S, 10 * S, second)
  assert.deepEqual([overload.counters.step, overload.shedMask, overload.isBodyless], [0, 0, false])
})
