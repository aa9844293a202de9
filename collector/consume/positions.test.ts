import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { Positions } from "./positions.ts"

const NONE = {}

function holesAfter(...sequences: readonly number[]): unknown {
  const positions = new Positions()
  for (const sequence of sequences) positions.mark("s", "b", sequence, NONE)
  const [run] = positions.dirty()
  return [run!.sequence, run!.holes, positions.missing()]
}

test("a run is its greatest sequence and the holes below", () => {
  assert.deepEqual(holesAfter(1), [1, [], 0])
  assert.deepEqual(holesAfter(1, 2, 3), [3, [], 0])
  assert.deepEqual(holesAfter(1, 3), [3, [[2, 2]], 1])
  assert.deepEqual(holesAfter(1, 3, 2), [3, [], 0])
  assert.deepEqual(holesAfter(1, 6, 4), [
    6,
    [
      [2, 3],
      [5, 5],
    ],
    3,
  ])
  assert.deepEqual(holesAfter(1, 6, 2, 5), [6, [[3, 4]], 2])
  assert.deepEqual(holesAfter(1, 6, 3, 3, 6), [
    6,
    [
      [2, 2],
      [4, 5],
    ],
    3,
  ])
})

test("what came before the first batch is open, but not missing", () => {
  assert.deepEqual(holesAfter(5), [5, [[1, 4]], 0])
  assert.deepEqual(holesAfter(5, 2), [
    5,
    [
      [1, 1],
      [3, 4],
    ],
    2,
  ])
  const positions = new Positions()
  positions.mark("s", "b", 5, NONE)
  assert.equal(positions.isApplied("s", "b", 4), false)
})

test("sensors and boots are apart", () => {
  const positions = new Positions()
  positions.mark("s", "b", 1, NONE)
  assert.equal(positions.isApplied("s", "b", 1), true)
  assert.equal(positions.isApplied("s", "c", 1), false)
  assert.equal(positions.isApplied("t", "b", 1), false)
})

test("the ledger is the one of the greatest sequence", () => {
  const positions = new Positions()
  positions.mark("s", "b", 2, { "tcp.gap_bytes": 7 })
  positions.mark("s", "b", 1, { "tcp.gap_bytes": 3 })
  assert.deepEqual(positions.dirty()[0]!.ledger, { "tcp.gap_bytes": 7 })
})

test("a run stays dirty until what was offered is committed, and when it changed meanwhile", () => {
  const positions = new Positions()
  positions.mark("s", "a", 1, NONE)
  positions.mark("s", "b", 1, NONE)
  const offered = positions.dirty()
  assert.equal(offered.length, 2)
  assert.equal(positions.dirty().length, 2)
  positions.mark("s", "b", 2, NONE)
  positions.committed(offered)
  assert.deepEqual(
    positions.dirty().map((p) => [p.boot, p.sequence]),
    [["b", 2]],
  )
  assert.equal(offered[1]!.sequence, 1)
})

test("stored positions are gone on from", () => {
  const before = new Positions()
  for (const sequence of [1, 2, 5]) before.mark("s", "b", sequence, NONE)
  const after = Positions.from(structuredClone(before.dirty()))
  assert.deepEqual(after.dirty(), [])
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((sequence) => after.isApplied("s", "b", sequence)),
    [true, true, false, false, true, false],
  )
  assert.equal(after.missing(), 2)
})

test("limit: the oldest hole is closed and its batches stay missing", () => {
  const positions = new Positions({ holesMax: 2, runsMax: 10 })
  for (const sequence of [1, 3, 5, 8]) positions.mark("s", "b", sequence, NONE)
  assert.equal(positions.holesClosed, 1)
  assert.equal(positions.missing(), 4)
  assert.equal(positions.isApplied("s", "b", 2), true)
  assert.equal(positions.isApplied("s", "b", 4), false)
  const stored = positions.dirty()
  assert.equal(stored[0]!.lost, 1)
  assert.equal(Positions.from(stored).missing(), 4)
})

test("limit: the run longest without a batch is forgotten, its missing batches are not", () => {
  const positions = new Positions({ holesMax: 10, runsMax: 2 })
  positions.mark("s", "a", 1, NONE)
  positions.mark("s", "b", 1, NONE)
  positions.mark("s", "b", 4, NONE)
  positions.mark("s", "a", 2, NONE)
  positions.mark("s", "c", 1, NONE)
  assert.equal(positions.runsForgotten, 1)
  assert.equal(positions.isApplied("s", "a", 1), true)
  assert.equal(positions.isApplied("s", "b", 1), false)
  assert.equal(positions.missing(), 2)
})

test("property: any order and any repetition applies each batch exactly once, across restarts", () => {
  const deliveries = fc.array(fc.record({ sequence: fc.integer({ min: 1, max: 60 }), restart: fc.boolean() }), {
    maxLength: 200,
  })
  fc.assert(
    fc.property(deliveries, (list) => {
      let positions = new Positions()
      let stored = new Map<string, ReturnType<Positions["dirty"]>[number]>()
      const seen = new Set<number>()
      for (const { sequence, restart } of list) {
        assert.equal(positions.isApplied("s", "b", sequence), seen.has(sequence))
        positions.mark("s", "b", sequence, NONE)
        seen.add(sequence)
        const dirty = positions.dirty()
        stored = new Map([...stored, ...dirty.map((p) => [p.boot, p] as const)])
        positions.committed(dirty)
        if (restart) positions = Positions.from([...stored.values()])
      }
      const [least, greatest] = [Math.min(...seen), Math.max(...seen)]
      const between = seen.size === 0 ? 0 : greatest - least + 1 - seen.size
      assert.equal(positions.missing(), between)
    }),
  )
})
