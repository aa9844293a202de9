// Runs, workers, levels and silence of a sensor, and what it saw and missed minute by minute.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Envelope, EventBatch } from "../../shared/event/api-event.ts"
import type { SensorRecord } from "../store/records.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { batch, event, START_US } from "./fake-batches.ts"
import { Inventory } from "./inventory.ts"
import { DEFAULT_LIMITS, limitCounters } from "./limits.ts"
import { Sensor } from "./sensor.ts"
import { Sensors } from "./sensors.ts"
import { parseBoot } from "./source.ts"

const S = 1_000_000
const MINUTE = 60 * S

/** A batch without events of a boot. */
const of = (boot: string, sequence: number, change: Partial<Envelope> = {}): EventBatch =>
  batch([], { boot, sequence, ...change })

function after(batches: readonly (EventBatch | readonly [EventBatch, heardUs: number])[]): Sensor {
  const sensors = new Sensors([], [], DEFAULT_LIMITS, limitCounters())
  let sensor: Sensor | null = null
  for (const each of batches) {
    const [{ envelope, events }, heardUs] = "envelope" in each ? [each, 0] : each
    sensor = sensors.of(envelope)!
    sensor.noteBatch(envelope, events, heardUs)
  }
  return sensor!
}

const recordAfter = (...args: Parameters<typeof after>): SensorRecord => after(...args).record()

test("table: what a boot says of run, worker and restart", () => {
  for (const [boot, run, worker, restart] of [
    ["7c0f2e1a", "7c0f2e1a", 0, 0],
    ["7c0f2e1a-w2", "7c0f2e1a", 2, 0],
    ["7c0f2e1a-w2r13", "7c0f2e1a", 2, 13],
    ["a-w1-w2", "a-w1", 2, 0],
    ["-w1", "-w1", 0, 0],
    ["a-w", "a-w", 0, 0],
    ["a-w12345", "a-w12345", 0, 0],
    ["a-w1r", "a-w1r", 0, 0],
  ] as const)
    assert.deepEqual(parseBoot(boot), { run, worker, restart }, boot)
})

test("workers of a run are present together: their ledgers are summed, and it ends when all have", () => {
  const ledger = (packets: number) => ({ ledger: { "capture.packets": packets } })
  const record = recordAfter([
    of("run-w0", 1, ledger(10)),
    of("run-w1", 1, ledger(5)),
    of("run-w0", 2, { ...ledger(30), last: true }),
  ])
  assert.deepEqual([record.run, record.runs, record.finished], ["run", 1, false])
  assert.deepEqual(record.ledger, { "capture.packets": 35 })
  assert.deepEqual(
    record.workers.map(({ worker, sequence, finished, counts }) => [worker, sequence, finished, counts.packets]),
    [
      [0, 2, true, 30],
      [1, 1, false, 5],
    ],
  )
  const all = [of("run-w0", 1, { last: true }), of("run-w1", 1, { last: true })]
  assert.equal(recordAfter(all).finished, true)
})

test("a worker that died and was started again takes its own place; what it had counted stays", () => {
  const record = recordAfter([
    of("run-w0", 1, { ledger: { "capture.packets": 10, "tcp.held_bytes": 4 } }),
    of("run-w1", 1),
    of("run-w0r1", 1, { ledger: { "capture.packets": 3 } }),
    of("run-w0", 2, { ledger: { "capture.packets": 12, "tcp.held_bytes": 4 } }),
  ])
  assert.deepEqual(
    record.workers.map(({ worker, boot, restart, counts }) => [worker, boot, restart, counts.packets]),
    [
      [0, "run-w0r1", 1, 3],
      [1, "run-w1", 0, 0],
    ],
  )
  // What the dead worker had in hand is in no other counter: it stays, so that the bytes add up.
  assert.deepEqual(record.ledger, { "capture.packets": 15, "tcp.held_bytes": 4 })
})

test("a new run takes the place of the one before; a late batch of that one does not bring it back", () => {
  const record = recordAfter([of("old-w0", 1), of("old-w1", 1), of("new", 1), of("old-w2", 1), of("old-w1", 2)])
  assert.deepEqual([record.run, record.runs, record.boot, record.workers.length], ["new", 2, "new", 1])
})

test("counters that are no counts: levels of the present run, peaks, what is in hand", () => {
  const record = recordAfter([
    of("old-w0", 1, { ledger: { "capture.unknown_loss": 3, "tcp.held_bytes_max": 90, "tcp.active": 7 } }),
    of("new-w0", 1, { ledger: { "capture.unknown_loss": 1, "overload.step": 2, "tcp.held_bytes_max": 50 } }),
    of("new-w1", 1, { ledger: { "capture.unknown_loss": 1, "overload.step": 1, "tcp.active": 4 } }),
    of("new-w1", 2, { ledger: { "capture.unknown_loss": 1, "overload.step": 0, "tcp.active": 1 } }),
  ])
  assert.deepEqual(record.ledger, {
    "tcp.held_bytes_max": 90,
    "tcp.active": 8,
    "capture.unknown_loss": 1,
    "overload.step": 2,
  })
  const again = new Sensor(record, DEFAULT_LIMITS, limitCounters())
  assert.deepEqual(again.record(), record)
  again.noteBatch(of("new-w0", 2, { ledger: {} }).envelope, [], 0)
  assert.equal(again.record().ledger["overload.step"] ?? 0, 0)
})

test("silence: of one worker, of all; what has ended is never silent; a batch ends it", () => {
  const sensor = after([
    [of("run-w0", 1), 100 * S],
    [of("run-w1", 1), 101 * S],
    [of("run-w2", 1, { last: true }), 90 * S],
  ])
  assert.deepEqual(
    [...sensor.run.running()].map(({ worker, heardUs }) => [worker, heardUs / S]),
    [
      [0, 100],
      [1, 101],
    ],
  )
  assert.equal(sensor.noteSilence(1), false)
  assert.equal(sensor.record().silent, false)
  assert.equal(sensor.noteSilence(0), true)
  assert.deepEqual([sensor.record().silent, sensor.record().lastHeardUs / S], [true, 101])
  assert.equal(sensor.noteBatch(of("run-w0", 2).envelope, [], 161 * S), 60 * S)
  assert.deepEqual(
    sensor.record().workers.map(({ silent }) => silent),
    [false, true, false],
  )
  assert.equal(sensor.record().silent, false)
})

test("a new run ends the silence of the one before", () => {
  const sensor = after([[of("old", 1), 100 * S]])
  assert.equal(sensor.noteSilence(0), true)
  assert.equal(sensor.noteBatch(of("new-w0", 1).envelope, [], 170 * S), 70 * S)
  assert.deepEqual([sensor.record().silent, sensor.record().run], [false, "new"])
})

test("the inventory tells of silence and return, in the store and in the feed, by event time", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store)
  inventory.apply(of("b", 1, { watermarkUs: START_US + 5 * S }), START_US + 6 * S)
  const [heard] = [...inventory.heard()]
  assert.deepEqual(heard, { sensor: "tap-1", worker: 0, heardUs: START_US + 6 * S })
  inventory.noteSilence(heard!)
  await inventory.checkpoint()
  assert.equal((await store.sensors())[0]?.silent, true)
  const again = await Inventory.open(store)
  assert.deepEqual([...again.heard()], [])
  again.apply(of("b", 2, { watermarkUs: START_US + 70 * S }), START_US + 71 * S)
  await again.checkpoint()
  assert.equal((await store.sensors())[0]?.silent, false)
  const changes = (await store.changes(0, 10)).map(({ kind, subject, atUs, sentence }) => [
    kind,
    subject,
    (atUs - START_US) / S,
    sentence,
  ])
  assert.deepEqual(changes, [
    ["sensor.silent", "tap-1", 5, "Sensor tap-1 is silent: nothing was heard since 2026-11-23T10:00:06.000Z."],
    ["sensor.back", "tap-1", 70, "Sensor tap-1 is back after 65 s of silence."],
  ])
  await store.close()
})

test("a half waits for no sensor that has fallen silent", async () => {
  const store = await openSqliteStore(":memory:")
  const inventory = await Inventory.open(store)
  inventory.apply(batch([], { sensor: "stuck", watermarkUs: START_US }))
  const half = event({ exchangeKey: 9, state: 2, status: 0 })
  inventory.apply(batch([half], { sensor: "tap", watermarkUs: START_US }))
  inventory.apply(batch([], { sensor: "tap", sequence: 2, watermarkUs: START_US + 600 * S }))
  assert.equal(inventory.counters.waiting, 1)
  inventory.noteSilence({ sensor: "stuck", worker: 0, heardUs: 0 })
  inventory.apply(batch([], { sensor: "tap", sequence: 3, watermarkUs: START_US + 601 * S }))
  assert.deepEqual([inventory.counters.waiting, inventory.counters.halvesExpired], [0, 1])
  await store.close()
})

test("minutes: what each batch added, in the minute that its sensor had reached", () => {
  const counters = (packets: number, drops: number, exchanges: number, complete: number) => ({
    "capture.packets": packets,
    "capture.kernel_drops": drops,
    "http.exchanges": exchanges,
    "http.complete": complete,
  })
  const at = (minutes: number) => ({ watermarkUs: START_US + minutes * MINUTE })
  const sensor = after([
    of("b", 1, { ...at(0), ledger: counters(10, 1, 2, 2) }),
    of("b", 2, { ...at(0.5), ledger: { ...counters(30, 1, 5, 4), "overload.step": 2 } }),
    of("b", 4, { ...at(3), ledger: { ...counters(100, 6, 9, 7), "capture.unknown_loss": 1 } }),
    of("b", 3, { ...at(2), ledger: counters(70, 1, 8, 6) }),
    of("c", 1, { ...at(3), ledger: counters(5, 0, 1, 1) }),
  ])
  const seen = () =>
    sensor
      .takeMinutes()
      .map((one) => [
        (one.windowUs - START_US) / MINUTE,
        one.packets,
        one.kernelDrops,
        one.exchanges,
        one.incomplete,
        one.overloadStep,
        one.unknownLoss,
      ])
  assert.deepEqual(seen(), [
    [0, 30, 1, 5, 1, 2, 0],
    [3, 75, 5, 5, 1, 0, 1],
  ])
  assert.deepEqual(seen(), [])
})

test("what a boot did before this collector first heard it is in the ledger, and in no minute", () => {
  const sensor = after([
    of("b", 900, { ledger: { "capture.packets": 1_000_000 } }),
    of("b", 901, { ledger: { "capture.packets": 1_000_050 } }),
  ])
  assert.equal(sensor.record().ledger["capture.packets"], 1_000_050)
  assert.deepEqual(
    sensor.takeMinutes().map(({ packets }) => packets),
    [50],
  )
})

test("minutes and missing batches survive kills and redelivery exactly", async () => {
  const store = await openSqliteStore(":memory:")
  const batches = Array.from({ length: 12 }, (_, i) =>
    of("b", i + 1 + (i > 5 ? 3 : 0), {
      watermarkUs: START_US + i * 20 * S,
      ledger: { "capture.packets": (i + 1) * 10, "tcp.gap_bytes": i },
    }),
  )
  let inventory = await Inventory.open(store)
  for (const [i, each] of batches.entries()) {
    inventory.apply(each)
    if (i % 4 === 2) await inventory.checkpoint()
    if (i % 3 === 1) {
      inventory = await Inventory.open(store)
      for (const again of batches.slice(0, i + 1)) inventory.apply(again)
    }
  }
  await inventory.checkpoint()
  const minutes = await store.sensorHistory("tap-1", "minute", 0, Number.MAX_SAFE_INTEGER, 100)
  assert.deepEqual(
    minutes.map(({ packets, gapBytes }) => [packets, gapBytes]),
    [
      [30, 2],
      [30, 3],
      [30, 3],
      [30, 3],
    ],
  )
  assert.equal((await store.sensors())[0]?.missingBatches, 3)
  await store.close()
})
