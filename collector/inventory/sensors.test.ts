// A sensor's ledger adds up over its runs, in whatever order batches come and however often the collector starts anew.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { EventBatch } from "../../shared/event/api-event.ts"
import type { SensorRecord } from "../store/records.ts"
import { batch, event, START_US } from "./fake-batches.ts"
import { DEFAULT_LIMITS, limitCounters } from "./limits.ts"
import { Sensors } from "./sensors.ts"

function recordAfter(batches: readonly EventBatch[]): SensorRecord {
  const sensors = new Sensors([], [], DEFAULT_LIMITS, limitCounters())
  for (const { envelope, events } of batches) sensors.of(envelope)!.noteBatch(envelope, events, 0)
  return sensors.of(batches[0]!.envelope)!.record()
}

const run1 = [
  batch([event()], { sequence: 1, ledger: { "capture.packets": 10 } }),
  batch([event()], { sequence: 2, ledger: { "capture.packets": 25, "tcp.gap_bytes": 3 } }),
]
const run2 = [batch([event()], { boot: "boot-2", sequence: 1, ledger: { "capture.packets": 5 }, last: true })]

test("the ledger is the sum over runs of what each said last", () => {
  const record = recordAfter([...run1, ...run2])
  assert.deepEqual(record.ledger, { "capture.packets": 30, "tcp.gap_bytes": 3 })
  assert.equal(record.boot, "boot-2")
  assert.equal(record.sequence, 1)
  assert.equal(record.finished, true)
  assert.equal(record.exchanges, 3)
  assert.equal(record.batches, 3)
})

test("an older batch that comes late changes neither ledger nor sequence", () => {
  const record = recordAfter([run1[1]!, run1[0]!])
  assert.deepEqual(record.ledger, { "capture.packets": 25, "tcp.gap_bytes": 3 })
  assert.equal(record.sequence, 2)
})

test("a late batch of the run before does not make it the present one again", () => {
  const record = recordAfter([run1[0]!, run2[0]!, run1[1]!])
  assert.equal(record.boot, "boot-2")
  assert.deepEqual(record.ledger, { "capture.packets": 30, "tcp.gap_bytes": 3 })
})

test("after a restart of the collector a run goes on from the ledger it had", () => {
  const before = recordAfter([run1[0]!])
  const position = {
    sensor: "tap-1",
    boot: "boot-1",
    sequence: 1,
    holes: [],
    lost: 0,
    ledger: run1[0]!.envelope.ledger,
  }
  const sensors = new Sensors([before], [position], DEFAULT_LIMITS, limitCounters())
  const { envelope, events } = run1[1]!
  sensors.of(envelope)!.noteBatch(envelope, events, 0)
  assert.deepEqual(sensors.of(envelope)!.record(), recordAfter(run1))
})

test("watermark is the greatest, the first batch the earliest, flags are counted by name", () => {
  const sensors = new Sensors([], [], DEFAULT_LIMITS, limitCounters())
  const late = batch([event({ startUs: START_US + 5 })], { sequence: 1, watermarkUs: START_US + 9 })
  const early = batch([event({ startUs: START_US - 5 })], { sequence: 2, watermarkUs: START_US })
  for (const { envelope, events } of [late, early]) sensors.of(envelope)!.noteBatch(envelope, events, 0)
  const sensor = sensors.of(late.envelope)!
  sensor.countFlags(0b1000001)
  sensor.countFlags(0b1)
  const record = sensor.record()
  assert.equal(record.watermarkUs, START_US + 9)
  assert.equal(record.firstBatchUs, START_US - 5)
  assert.deepEqual(record.flags, { gap: 2, resynchronised: 1 })
})

test("limits: sensors and names in a ledger", () => {
  const reached = limitCounters()
  const sensors = new Sensors([], [], { ...DEFAULT_LIMITS, sensors: 1, ledgerCounters: 2 }, reached)
  const { envelope, events } = batch([event()], { ledger: { a: 1, b: 1, c: 1 } })
  sensors.of(envelope)!.noteBatch(envelope, events, 0)
  assert.deepEqual(sensors.of(envelope)!.record().ledger, { a: 1, b: 1 })
  assert.equal(reached.ledgerCounters, 1)
  assert.equal(sensors.of({ ...envelope, sensor: "tap-2" }), null)
  assert.equal(reached.sensors, 1)
})

test("what a sensor had in hand is gone when it has finished", () => {
  const record = recordAfter([
    batch([event()], { sequence: 1, ledger: { "tcp.active": 14, "tcp.held_bytes": 300, "tcp.sessions": 20 } }),
    batch([], { sequence: 2, ledger: { "tcp.active": 2, "tcp.sessions": 25 } }),
    batch([], { sequence: 3, ledger: { "tcp.sessions": 25 }, last: true }),
  ])
  assert.equal(record.ledger["tcp.active"] ?? 0, 0)
  assert.equal(record.ledger["tcp.held_bytes"] ?? 0, 0)
  assert.equal(record.ledger["tcp.sessions"], 25)
})
