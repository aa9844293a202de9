import assert from "node:assert/strict"
import { test } from "node:test"
import { flattenCounters, sumTrees } from "./counters.ts"

test("the names of the ledger are dotted and in snake case, what is no number is left out", () => {
  const tree = { tcp: { gapBytes: 3, closed: { fin: 0 } }, capture: { interfaces: ["a"], kernelDrops: null } }
  assert.deepEqual(flattenCounters(tree), { "tcp.gap_bytes": 3 })
  assert.deepEqual(flattenCounters(tree, true), { "tcp.gap_bytes": 3, "tcp.closed.fin": 0 })
})

test("the sum of trees: unknown stays unknown, names are united, a member of one tree counts", () => {
  const one = { packets: 1, drops: 2, names: ["eth1"], dropped: { memory: 3 } }
  const two = { packets: 10, drops: null, names: ["eth1", "eth2"], dropped: { memory: 1, died: 4 } }
  const sum = sumTrees<object>([one, two])
  assert.deepEqual(sum, { packets: 11, drops: null, names: ["eth1", "eth2"], dropped: { memory: 4, died: 4 } })
  assert.deepEqual(one.dropped, { memory: 3 })
  assert.deepEqual(sumTrees([]), {})
})
