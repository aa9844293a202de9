import assert from "node:assert/strict"
import { test } from "node:test"
import { CALM_US, FILL_SHARE, OVERLOAD_STEPS, Overload } from "./overload.ts"

const S = 1_000_000
const T0 = 1_790_000_000 * S

test("drops or full rings raise the step once a second, calm takes it back one by one", () => {
  const overload = new Overload()
  const rows: readonly [second: number, fill: number, drops: number, step: number][] = [
    [0, 0, 0, 0],
    [0.5, 0.9, 0, 0],
    [1, FILL_SHARE, 0, 0],
    [2, 0.81, 0, 1],
    [2.5, 0, 9, 1],
    [3, 0, 9, 2],
    [4, 0, 10, 3],
    [5, 0.7, 10, 4],
    [6, 0.7, 10, 4],
    [7, 0, 10, 4],
    [6 + CALM_US / S, 0, 10, 3],
    [7 + CALM_US / S, 0, 10, 3],
    [6 + (2 * CALM_US) / S, 0, 10, 2],
    [6 + (3 * CALM_US) / S, 0, 10, 1],
    [6 + (4 * CALM_US) / S, 0, 10, 0],
    [6 + (5 * CALM_US) / S, 0, 10, 0],
  ]
  for (const [second, fill, drops, step] of rows) {
    overload.observe(T0 + second * S, drops, () => fill)
    assert.equal(overload.counters.step, step, `at ${second} s`)
  }
  assert.deepEqual({ ...overload.counters }, { step: 0, stepMax: 4, raised: 4, lowered: 4, ringPercentMax: 81 })
})

test("each step sheds half of what the one before let through", () => {
  const overload = new Overload()
  overload.observe(T0, 0, () => 0)
  const shed: number[] = []
  const bodyless: boolean[] = []
  for (let second = 1; second <= OVERLOAD_STEPS; second++) {
    overload.observe(T0 + second * S, second, () => 0)
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
  for (let second = 0; second < 5; second++) overload.observe(T0 + second * S, second, () => 1)
  assert.deepEqual([overload.counters.step, overload.shedMask, overload.isBodyless], [0, 0, false])
})
