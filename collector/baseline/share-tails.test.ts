import assert from "node:assert/strict"
import { test } from "node:test"
import { betaBinomialTail, wilsonLower } from "./share-tails.ts"

const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 + 1e-7 * Math.abs(b)

test("tails are the sums that they stand for", () => {
  // Beta(1, 1): all counts from 0 to n are equally likely.
  assert.ok(close(betaBinomialTail(8, 10, 1, 1), 3 / 11))
  assert.ok(close(betaBinomialTail(10, 10, 1, 1), 1 / 11))
})

test("table: what is no excess has chance 1, what cannot be has 0", () => {
  assert.equal(betaBinomialTail(11, 10, 1, 1), 0)
  assert.equal(betaBinomialTail(0, 10, 1, 1), 1)
})

test("the lower end of a share", () => {
  assert.ok(wilsonLower(200, 200) > 0.98)
  assert.ok(wilsonLower(199, 200) < 0.98)
  assert.equal(wilsonLower(0, 0), 0)
})
