import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { lnBetaTail, lnGamma } from "./incomplete-beta.ts"
import { lnStudentTail, lnUpperTail, quantile } from "./negative-binomial.ts"

/** P(N >= y) by summing, for whole y. */
function tailBySum(y: number, shape: number, mean: number): number {
  const q = mean / (mean + shape)
  let term = (1 - q) ** shape
  let below = 0
  for (let k = 0; k < y; k++) {
    below += term
    term *= (q * (shape + k)) / (k + 1)
  }
  return 1 - below
}

test("upper tails are those of the sum", () => {
  for (const [y, shape, mean] of [
    [1, 1, 1],
    [5, 2.5, 3],
    [40, 7, 20],
    [200, 30, 150],
  ] as const) {
    const sum = tailBySum(y, shape, mean)
    assert.ok(Math.abs(Math.exp(lnUpperTail(y, shape, mean)) / sum - 1) < 1e-8, `${y} ${shape} ${mean}`)
  }
})

test("gamma, beta and Student have their known values", () => {
  assert.ok(Math.abs(lnGamma(6) - Math.log(120)) < 1e-12)
  assert.ok(Math.abs(Math.exp(lnBetaTail(0.5, 2, 2)) - 0.5) < 1e-12)
  assert.ok(Math.abs(Math.exp(lnBetaTail(0.25, 1, 3)) - (1 - 0.75 ** 3)) < 1e-12)
  assert.ok(Math.abs(Math.exp(lnStudentTail(1.812461, 10)) - 0.05) < 1e-6)
  assert.ok(Math.abs(Math.exp(lnStudentTail(-1.812461, 10)) - 0.95) < 1e-6)
})

test("a tail falls with the count and rises with the mean, far out as well", () => {
  const value = fc.double({ min: 0.01, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(value, value, value, (y, shape, mean) => {
      const at = lnUpperTail(y, shape, mean)
      assert.ok(at <= 1e-9 && !Number.isNaN(at))
      assert.ok(lnUpperTail(y * 1.2, shape, mean) <= at + 1e-6)
      assert.ok(lnUpperTail(y, shape, mean * 1.2) >= at - 1e-6)
    }),
    { numRuns: 150 },
  )
})

test("a quantile is where the tail says", () => {
  const q99 = quantile(Math.log(0.01), 5, 20)
  assert.ok(lnUpperTail(q99, 5, 20) <= Math.log(0.01))
  assert.ok(lnUpperTail(q99 - 2, 5, 20) > Math.log(0.01))
})
