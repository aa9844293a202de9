import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { limitCounters } from "../inventory/limits.ts"
import { Ownership } from "./ownership.ts"

const KIND = 77

function use(table: Ownership, object: number, consumer: number, times = 1): number {
  const key = Ownership.key(object, KIND)
  for (let i = 0; i < times; i++) table.use(key, table.find(key), consumer, -1, 1)
  return table.find(key)
}

test("an object is whose uses are 95 % of all, from five on", () => {
  const table = new Ownership(1024, limitCounters())
  assert.equal(table.isSettled(use(table, 1, 3, 4), 5), false)
  const place = use(table, 1, 3)
  assert.equal(table.isSettled(place, 5), true)
  assert.equal(table.ownerAt(place), 3)
  use(table, 1, 4)
  assert.equal(table.isSettled(place, 5), false)
  assert.equal(table.isSettled(use(table, 1, 3, 14), 5), true)
})

test("who uses it more becomes the owner; counts stay in their byte", () => {
  const table = new Ownership(1024, limitCounters())
  use(table, 1, 3, 2)
  const place = use(table, 1, 4, 1_000)
  const { owner, uses, others } = table.at(place)
  assert.equal(owner, 4)
  assert.ok(uses <= 255 && others * 19 <= uses, `${uses} and ${others}`)
})

test("limit: a full table forgets what was not met again, and counts it", () => {
  const reached = limitCounters()
  const table = new Ownership(1024, reached)
  for (let object = 0; object < 200; object++) use(table, object, 1, 3)
  for (let object = 1000; object < 3000; object++) {
    use(table, object, 2)
    if (object % 100 === 0) for (let kept = 0; kept < 200; kept++) use(table, kept, 1)
  }
  assert.ok(reached.baselineOwners > 1_000)
  assert.equal(table.bytes, 1024 * 17)
  assert.ok(table.size <= 1024)
  let known = 0
  for (let object = 0; object < 200; object++)
    if (use(table, object, 1) >= 0 && table.at(use(table, object, 1)).uses > 3) known++
  assert.ok(known > 180, `${known} of 200 that are used are still known`)
})

test("property: while there is room every object is found, through growth and a restart", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 3_000 }), (objects) => {
      const reached = limitCounters()
      const table = new Ownership(65_536, reached)
      for (const object of objects) use(table, object, object & 3)
      const again = new Ownership(65_536, reached, structuredClone(table.save()))
      assert.equal(reached.baselineOwners, 0)
      assert.equal(again.size, objects.length)
      return objects.every((object) => again.ownerAt(again.find(Ownership.key(object, KIND))) === (object & 3))
    }),
    { numRuns: 10 },
  )
})
