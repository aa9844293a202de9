// A server that is away for longer than the spool holds, and a sensor that is killed meanwhile: what is missing in the store is, to the unit,
// what the sensors name as dropped.
import assert from "node:assert/strict"
import { test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { settle } from "./faults.ts"
import { Plant } from "./plant.ts"

/** Some 4 s of made-up events; more than a window of batches. */
const SPOOL_BYTES = 384 << 10
const UP_MS = 1000
const AWAY_MS = 7000

test("spool full, by a sensor and by the one after it: the count of what was dropped is exact", async () => {
  const plant = await Plant.start(SPOOL_BYTES)
  try {
    await pause(UP_MS)
    plant.sensorSide.cut()
    await pause(AWAY_MS)
    await plant.endSensor("SIGKILL")
    plant.startSensor()
    await pause(AWAY_MS)
    plant.sensorSide.heal()
    await pause(UP_MS)
    const result = await settle(plant)
    assert.ok(result.addsUp, JSON.stringify(result))
    assert.ok(result.dropped > 1000, JSON.stringify(result))
    assert.ok(result.applied > 1000, JSON.stringify(result))
  } finally {
    await plant.stop()
  }
})
