import assert from "node:assert/strict"
import { test } from "node:test"
import { betaBinomialTail, lnGamma, negativeBinomialTail, wilsonLower } from "./upper-tails.ts"

/** P(Y >= k) summed from below, term after term, for small numbers. */
function slowNegativeBinomial(k: number, mean: number, shape: number): number {
  let below = 0
  for (let j = 0; j < k; j++)
    below += Math.exp(
      lnGamma(j + shape) -
        lnGamma(shape) -
        lnGamma(j + 1) +
        shape * Math.log(shape / (shape + mean)) +
        j * Math.log(mean / (shape + mean)),
    )
  return 1 - below
}

const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 + 1e-7 * Math.abs(b)

test("gamma of whole numbers and of a half", () => {
  assert.ok(close(Math.exp(lnGamma(6)), 120))
  assert.ok(close(Math.exp(lnGamma(0.5)), Math.sqrt(Math.PI)))
  assert.ok(close(lnGamma(101), 363.7393755555635))
})

test("tails are the sums that they stand for", () => {
  for (const [k, mean, shape] of [
    [3, 1, 0.5],
    [10, 4, 2],
    [40, 20, 30],
    [5, 0.04, 0.5],
  ] as const)
    assert.ok(close(negativeBinomialTail(k, mean, shape), slowNegativeBinomial(k, mean, shape)), `${k} of ${mean}`)
  // Beta(1, 1): all counts from 0 to n are equally likely.
  assert.ok(close(betaBinomialTail(8, 10, 1, 1), 3 / 11))
  assert.ok(close(betaBinomialTail(10, 10, 1, 1), 1 / 11))
})

test("table: what is no excess has chance 1, what cannot be has 0", () => {
  assert.equal(negativeBinomialTail(2, 3, 1), 1)
  assert.equal(negativeBinomialTail(0, 0, 1), 1)
  assert.equal(negativeBinomialTail(1, 0, 1), 0)
  assert.equal(betaBinomialTail(11, 10, 1, 1), 0)
  assert.equal(betaBinomialTail(0, 10, 1, 1), 1)
})

test("the lower end of a share", () => {
  assert.ok(wilsonLower(200, 200) > 0.98)
  assert.ok(wilsonLower(199, 200) < 0.98)
  assert.equal(wilsonLower(0, 0), 0)
})
