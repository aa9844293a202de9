import assert from "node:assert/strict"
import { test } from "node:test"
import { Draws } from "../simulate/draws.ts"
import { Calibration } from "./calibration.ts"

function pool(sigma: number, attackers = 0): Calibration {
  const calibration = new Calibration(1, 1)
  const draws = Draws.of(5, "calibration")
  for (let day = 0; day < 60; day++) {
    for (let consumer = 0; consumer < 100; consumer++) {
      const isAttacker = consumer < attackers && day > 40
      const u = 1 - draws.next()
      calibration.add(consumer, day, isAttacker ? -60 : sigma * Math.log(u))
    }
    calibration.fade()
  }
  return calibration
}

test("where the model is right, its chances stand", () => {
  const calibration = pool(1)
  const { rate, sigma } = calibration.tailFor(7)
  assert.ok(rate > 0.008 && rate < 0.035, `${rate}`)
  assert.ok(sigma > 0.8 && sigma < 1.3, `${sigma}`)
})

test("where tails are heavier than the model's, a small chance is believed less", () => {
  const lnP = Math.log(1e-8)
  assert.ok(pool(2.2).lnP(7, lnP) > pool(1).lnP(7, lnP) + 5)
})

test("five attackers in a hundred change little for the others, and nothing for themselves alone", () => {
  const clean = pool(1).tailFor(50)
  const attacked = pool(1, 5).tailFor(50)
  assert.ok(attacked.sigma < clean.sigma + 0.6, `${attacked.sigma} ${clean.sigma}`)
  const one = pool(1, 1)
  assert.ok(one.tailFor(0).sigma < one.tailFor(50).sigma)
})

test("a smaller chance never becomes a greater one, and it goes on from what is saved", () => {
  const calibration = pool(1.4)
  const again = new Calibration(1, 1, structuredClone(calibration.save()))
  let last = 0
  for (let x = 0; x < 30; x += 0.25) {
    const lnP = calibration.lnP(3, -x)
    assert.ok(lnP <= last)
    assert.equal(again.lnP(3, -x), lnP)
    last = lnP
  }
})
