// A server that is away for longer than the spool holds, and a sensor that is killed meanwhile: what is missing in the store is
// named as dropped, to the unit but for what was stored and not known to be at the kill.
import assert from "node:assert/strict"
import { test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { settle } from "./faults.ts"
import { Plant } from "./plant.ts"

/** Some 4 s of made-up events; more than a window of batches. */
const SPOOL_BYTES = 384 << 10
/** 64 batches of 50. */
const WINDOW_EVENTS = 3200
const UP_MS = 1000
const AWAY_MS = 7000

test("spool full, by a sensor and by the one after it: nothing is missing that was not named", async () => {
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
    // Batches that were stored, and whose acknowledgement died with the sensor before it could make use of it, count as dropped when the next
    // one has no room for them: the ledger errs on the side of loss, by a window of batches at most.
    const surplus = result.applied - (result.events - result.dropped)
    assert.ok(surplus >= 0 && surplus <= WINDOW_EVENTS, JSON.stringify(result))
    assert.ok(result.dropped > 1000, JSON.stringify(result))
    assert.ok(result.applied > 1000, JSON.stringify(result))
  } finally {
    await plant.stop()
  }
})
