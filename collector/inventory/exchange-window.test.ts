import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { ExchangeWindow, KeyState } from "./exchange-window.ts"

const SEED = 20261125
const SOURCE = { sensor: 1, run: 2, worker: 3 }

test("property: the last keys are found, whatever the window was made for and however often it grew", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 9000 }), (capacity, keys) => {
      const window = new ExchangeWindow(capacity)
      for (let key = 1; key <= keys; key++) {
        const isFull = key > capacity
        assert.equal(window.state(window.oldest), isFull ? KeyState.whole : KeyState.free)
        if (isFull) assert.equal(window.key(window.oldest), key - capacity)
        window.add(key, key * 10, SOURCE, KeyState.whole)
      }
      assert.equal(window.size, Math.min(keys, capacity))
      const first = Math.max(1, keys - capacity + 1)
      for (const key of [first, Math.floor((first + keys) / 2), keys]) {
        const slot = window.find(key)
        assert.deepEqual([window.key(slot), window.startUs(slot), window.sourceOf(slot)], [key, key * 10, SOURCE])
      }
      assert.equal(window.find(first - 1), -1)
      assert.equal(window.find(keys + 1), -1)
    }),
    { seed: SEED, numRuns: 20 },
  )
})
