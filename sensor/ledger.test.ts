// The one line that a run ends with: never "nothing missed" where bytes were given up.
import assert from "node:assert/strict"
import { test } from "node:test"
import { ledgerLine, noCounters, type SensorCounters } from "./ledger.ts"

const ROWS: readonly [name: string, change: (counters: SensorCounters) => void, said: string][] = [
  ["nothing", () => {}, "nothing missed"],
  ["after close", ({ tcp }) => (tcp.afterCloseBytes = 1500), "1 500 bytes not read because their session had ended"],
  ["out of window", ({ tcp }) => (tcp.outOfWindowBytes = 7), "7 bytes of streams set aside"],
  ["skipped", ({ http2 }) => (http2.skippedBytes = 3), "3 bytes passed over between messages"],
  ["unpaired", ({ http }) => (http.exchanges = http.unpaired = 2), "2 exchanges not seen whole"],
]

for (const [name, change, said] of ROWS)
  test(`closing line: ${name}`, () => {
    const counters = noCounters()
    change(counters)
    assert.ok(ledgerLine(counters).includes(said), ledgerLine(counters))
  })
