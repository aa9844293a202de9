import assert from "node:assert/strict"
import { test } from "node:test"
import { RuleCounts, ruleOf } from "./rule-counts.ts"

const rule = (name: string, scheme = "none") => ruleOf({ rule: name, scheme })

test("rules are counted by what decided and what it found, and come back from their record", () => {
  const counts = new RuleCounts(8)
  for (const one of [rule("jwt", "bearer-jwt"), rule("anonymous"), rule("jwt", "bearer-jwt"), rule("jwt")]) {
    assert.equal(counts.add(one), true)
  }
  const record = { "jwt bearer-jwt": 2, "anonymous none": 1, "jwt none": 1 }
  assert.deepEqual(counts.record(), record)
  const again = new RuleCounts(8, record)
  again.add(rule("anonymous"), 5)
  assert.deepEqual(again.record(), { ...record, "anonymous none": 6 })
})

test("limit: a rule without a place is refused, those with one go on; names that objects have are only names", () => {
  const counts = new RuleCounts(2)
  assert.deepEqual(
    [rule("__proto__", ""), rule("b"), rule("c"), rule("b")].map((one) => counts.add(one)),
    [true, true, false, true],
  )
  assert.deepEqual(counts.record(), { "__proto__ ": 1, "b none": 2 })
})

test("limit: rules beyond those that are told apart have no place anywhere", () => {
  const counts = new RuleCounts(5000)
  let refused = 0
  for (let i = 0; i < 2000; i++) if (!counts.add(rule(`invented-${i}`))) refused++
  assert.ok(refused >= 2000 - 1024)
  assert.equal(Object.keys(counts.record()).length, 2000 - refused)
})
