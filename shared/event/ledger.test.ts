import assert from "node:assert/strict"
import { test } from "node:test"
import { balances } from "./ledger.ts"

test("a balance holds when every byte is delivered or given up for a reason, and says so when not", () => {
  const tcp = { "tcp.payload_bytes": 100, "tcp.delivered_bytes": 90, "tcp.retransmitted_bytes": 8 }
  const [short] = balances(tcp)
  assert.deepEqual([short?.stage, short?.offered, short?.accounted, short?.holds], ["tcp", 100, 98, false])
  const [whole] = balances({ ...tcp, "tcp.late_bytes": 2, "tcp.held_bytes_max": 50 })
  assert.deepEqual([whole?.accounted, whole?.holds], [100, true])
})

test("a stage that had nothing to do has no balance", () => {
  assert.deepEqual(balances({ "tcp.syn": 4 }), [])
})
