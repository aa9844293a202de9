import assert from "node:assert/strict"
import { test } from "node:test"
import { mix } from "../bytes/hash.ts"
import { addDistinct, DISTINCT_REGISTERS, distinctCount, mergeDistinct } from "./distinct-sketch.ts"

test("the estimate is within three standard errors; repeated keys change nothing", () => {
  for (const count of [0, 1, 50, 1_000, 20_000, 300_000]) {
    const registers = new Uint8Array(2 * DISTINCT_REGISTERS)
    for (let key = 0; key < count; key++) addDistinct(registers, DISTINCT_REGISTERS, mix(key * 7 + 1))
    const estimate = distinctCount(registers, DISTINCT_REGISTERS)
    assert.ok(Math.abs(estimate - count) <= Math.max(0.5, 0.14 * count), `${estimate} of ${count}`)
    for (let key = 0; key < count; key++) addDistinct(registers, DISTINCT_REGISTERS, mix(key * 7 + 1))
    assert.equal(distinctCount(registers, DISTINCT_REGISTERS), estimate)
    assert.equal(distinctCount(registers, 0), 0)
  }
})

test("a merge is the sketch of the union", () => {
  const [a, b, both] = [0, 0, 0].map(() => new Uint8Array(DISTINCT_REGISTERS)) as [Uint8Array, Uint8Array, Uint8Array]
  for (let key = 0; key < 3_000; key++) {
    addDistinct(key % 3 === 0 ? a : b, 0, mix(key))
    addDistinct(both, 0, mix(key))
  }
  mergeDistinct(a, 0, b, 0)
  assert.deepEqual(a, both)
})
