import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import { hashMultipliers, mix } from "./hash.ts"
import { IntTable } from "./int-table.ts"

/** Value stored under `hash`, or -1. Hashes are the keys here. */
function get(table: IntTable, hash: number): number {
  let at = table.start(hash)
  while (table.value(at) >= 0) {
    if (table.hash(at) === hash) return table.value(at)
    at = table.after(at)
  }
  return -1
}

describe("int-table", () => {
  test("behaves like a Map under any insertions and removals, collisions and runs over the end included", () => {
    // Few distinct top bits: most hashes share a place, some lie in the last ones.
    const hashes = fc.constantFrom(...[0, 1, 2, 0x7fffffff, -1, -2, -3, 0x10000000, 0x10000001, -0x10000000])
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), hashes), { maxLength: 200 }), (steps) => {
        const table = new IntTable(4)
        const map = new Map<number, number>()
        let value = 0
        for (const [isInsert, hash] of steps) {
          if (isInsert && !map.has(hash)) {
            map.set(hash, value)
            table.insert(hash, value++)
          } else if (!isInsert && map.has(hash)) {
            table.remove(hash, map.get(hash)!)
            map.delete(hash)
          }
          assert.equal(table.size, map.size)
          for (const each of [0, 1, 2, 0x7fffffff, -1, -2, -3, 0x10000000, 0x10000001, -0x10000000]) {
            assert.equal(get(table, each), map.get(each) ?? -1)
          }
        }
      }),
    )
  })

  test("grows", () => {
    const table = new IntTable(16)
    for (let i = 0; i < 10_000; i++) table.insert(mix(i), i)
    for (let i = 0; i < 10_000; i++) assert.equal(get(table, mix(i)), i)
    for (let i = 0; i < 10_000; i += 2) table.remove(mix(i), i)
    for (let i = 0; i < 10_000; i++) assert.equal(get(table, mix(i)), i % 2 === 0 ? -1 : i)
  })
})

describe("hash", () => {
  test("multipliers are odd, follow from a seed, and are secret without one", () => {
    assert.ok(hashMultipliers(20).every((m) => (m & 1) === 1))
    assert.deepEqual(hashMultipliers(5, 7), hashMultipliers(5, 7))
    assert.notDeepEqual(hashMultipliers(5, 7), hashMultipliers(5, 8))
    assert.notDeepEqual(hashMultipliers(5), hashMultipliers(5))
  })
})
