import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { mix } from "../../shared/bytes/hash.ts"
import { DEFAULT_BASELINE_LIMITS } from "../inventory/baseline-limits.ts"
import { limitCounters } from "../inventory/limits.ts"
import { emptyIdSet, IdSetRoom } from "./id-set.ts"

const DAY_US = 86_400_000_000
const { baselineObjectBytes, baselineObjectsPerSet } = DEFAULT_BASELINE_LIMITS

function roomOf(bytesMax = baselineObjectBytes, idsMax = baselineObjectsPerSet) {
  const reached = limitCounters()
  return { reached, room: new IdSetRoom(bytesMax, idsMax, reached) }
}

test("what was added is known for 45 days at least, and forgotten after 90 without use", () => {
  const { room } = roomOf()
  const set = emptyIdSet()
  for (let id = 0; id < 1000; id++) room.add(set, id, 0)
  room.add(set, -1, 45 * DAY_US)
  for (let id = 0; id < 1000; id++) assert.ok(room.has(set, id))
  room.add(set, -2, 90 * DAY_US)
  let known = 0
  for (let id = 0; id < 1000; id++) if (room.has(set, id)) known++
  assert.ok(known < 40, `${known} of 1000 are known after two generations`)
})

test("what is asked for again stays", () => {
  const { room } = roomOf()
  const set = emptyIdSet()
  for (let day = 0; day < 200; day += 40) assert.equal(room.add(set, 7, day * DAY_US), day === 0)
})

test("few of those that were never added are known, at any number of ids; bytes are counted", () => {
  const { room } = roomOf()
  const set = emptyIdSet()
  let id = 0
  for (const count of [100, 1_000, 10_000, 50_000]) {
    while (id < count) room.add(set, mix(id++), 0)
    let known = 0
    for (let other = 0; other < 5_000; other++) if (room.has(set, mix(1_000_000 + other))) known++
    assert.ok(known < 5_000 * 0.05, `${known} of 5000 are known wrongly beside ${count}`)
  }
  const bytes = [...set.young, ...set.old].reduce((sum, { byteLength }) => sum + byteLength, 0)
  assert.equal(room.bytes, bytes)
  assert.ok(bytes <= 128 * 1024)
})

test("limits: a full set begins a generation before its time; without room everything becomes known; both are counted", () => {
  const small = roomOf(baselineObjectBytes, 500)
  const set = emptyIdSet()
  for (let id = 0; id < 3_000; id++) small.room.add(set, id, 0)
  assert.ok(small.reached.baselineObjectsPerSet > 0)
  assert.ok(small.room.has(set, 2_999))
  assert.ok(small.room.bytes < 10_000)
  const none = roomOf(400)
  const first = emptyIdSet()
  for (let id = 0; id < 3_000; id++) none.room.add(first, id, 0)
  assert.ok(none.reached.baselineObjectBytes > 0)
  assert.ok(none.room.has(emptyIdSet(), 5), "a set that has no room says that it knows everything")
  assert.equal(none.room.bytes, 256)
})

test("property: a set never forgets within a generation, in any order of adding and merging", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { maxLength: 400 }),
      fc.array(fc.integer(), { maxLength: 400 }),
      (some, others) => {
        const { room } = roomOf()
        const [a, b] = [emptyIdSet(), emptyIdSet()]
        for (const id of some) room.add(a, id, 0)
        for (const id of others) room.add(b, id, 0)
        room.merge(a, b)
        const again = structuredClone(b)
        return [...some, ...others].every((id) => room.has(again, id))
      },
    ),
    { numRuns: 50 },
  )
})
