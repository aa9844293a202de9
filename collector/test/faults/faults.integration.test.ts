// A short form of `npm run faults`: every kind that the seed draws, and a ledger that adds up.
import assert from "node:assert/strict"
import { test } from "node:test"
import { runFaults } from "./faults.ts"

test("faults at random moments: events in the store are those that were handed over, less what was named as dropped", async () => {
  const lines: string[] = []
  const result = await runFaults({ seed: 20261125, faults: 16, say: (line) => void lines.push(line) })
  assert.ok(result.addsUp, `${JSON.stringify(result)}\n${lines.join("\n")}`)
  assert.ok(result.events > 5000)
  assert.ok(Object.keys(result.counts).length >= 6)
})

test("a server that is killed every second or so: nothing lost, nothing double", async () => {
  const result = await runFaults({ seed: 2, faults: 10, only: "nats-server killed", say: () => undefined })
  assert.ok(result.addsUp, JSON.stringify(result))
})
