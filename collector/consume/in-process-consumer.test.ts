import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { EVENT_VERSION } from "../../shared/event/api-event.ts"
import { BatchEncoder } from "../../shared/event/event-codec.ts"
import { B2B_TRAFFIC, trafficEvents } from "../../shared/testing/event-traffic.ts"
import { StoreError } from "../store/store.ts"
import { CHECKPOINT_LIMITS, type Clock } from "./checkpoint-schedule.ts"
import { FakeApplier } from "./fake-applier.ts"
import { InProcessConsumer } from "./in-process-consumer.ts"

const EVENTS = trafficEvents({ ...B2B_TRAFFIC, events: 3 })

function message(sequence: number): Uint8Array {
  const encoder = new BatchEncoder()
  for (const event of EVENTS) encoder.add(event)
  const names = { tenant: "t", sensor: "s", boot: "b" }
  return encoder.encode({
    ...names,
    version: EVENT_VERSION,
    sequence,
    keyEpoch: 1,
    watermarkUs: 1,
    last: false,
    ledger: {},
  })
}

class HandClock implements Clock {
  ms = 0
  now(): number {
    return this.ms
  }
  wallUs(): number {
    return 1_800_000_000_000_000 + this.ms * 1000
  }
  every(): () => void {
    return () => undefined
  }
}

test("messages are applied once and checkpointed by number", async () => {
  const applier = new FakeApplier()
  const consumer = new InProcessConsumer(applier, { ...CHECKPOINT_LIMITS, batches: 3 }, new HandClock())
  assert.equal(consumer.receive(message(1)), null)
  assert.equal(consumer.receive(message(1)), null)
  const waiting = consumer.receive(message(2))
  assert.notEqual(waiting, null)
  await waiting
  assert.deepEqual([applier.checkpoints, applier.exchanges], [1, 6])
  assert.deepEqual([consumer.counters.applied, consumer.counters.duplicates], [2, 1])
  await consumer.finish()
  assert.equal(applier.checkpoints, 1)
})

test("a checkpoint is due by time and by bytes", async () => {
  const clock = new HandClock()
  const applier = new FakeApplier()
  const consumer = new InProcessConsumer(applier, { intervalMs: 1000, batches: 100, bytes: 100_000 }, clock)
  consumer.receive(message(1))
  clock.ms = 999
  assert.equal(consumer.tick(), null)
  clock.ms = 1000
  await consumer.tick()
  assert.equal(applier.checkpoints, 1)
  assert.equal(consumer.tick(), null)
  const small = new InProcessConsumer(applier, { intervalMs: 1000, batches: 100, bytes: 10 }, clock)
  await small.receive(message(2))
  assert.equal(applier.checkpoints, 2)
})

test("the end writes what is left", async () => {
  const applier = new FakeApplier()
  const consumer = new InProcessConsumer(applier, CHECKPOINT_LIMITS, new HandClock())
  consumer.receive(message(1))
  await consumer.finish()
  assert.equal(applier.checkpoints, 1)
})

test("a sensor of an earlier release is still heard: batches of version 1 are applied", () => {
  const applier = new FakeApplier()
  const consumer = new InProcessConsumer(applier, CHECKPOINT_LIMITS, new HandClock())
  const stored = readFileSync(join(import.meta.dirname, "../../shared/event/batch-v1.hex"), "latin1")
  consumer.receive(Buffer.from(stored.replaceAll("\n", ""), "hex"))
  assert.deepEqual([consumer.counters.applied, applier.exchanges, consumer.counters.refused], [1, 2, {}])
})

test("a message that does not decode is refused by its code", async () => {
  const applier = new FakeApplier()
  const consumer = new InProcessConsumer(applier, CHECKPOINT_LIMITS, new HandClock())
  const newer = Buffer.from(message(1))
  newer[1] = EVENT_VERSION + 1
  consumer.receive(newer)
  consumer.receive(Buffer.from("hello there"))
  assert.deepEqual(applier.refused, ["unknown-version", "not-a-batch"])
  assert.deepEqual(consumer.counters.refused, { "unknown-version": 1, "not-a-batch": 1 })
})

test("a failed checkpoint reaches the sender, is not tried at once, and nothing is forgotten", async () => {
  const clock = new HandClock()
  const applier = new FakeApplier()
  const consumer = new InProcessConsumer(applier, { ...CHECKPOINT_LIMITS, batches: 1 }, clock)
  applier.failure = new Error("disk full")
  await assert.rejects(consumer.receive(message(1))!, /disk full/)
  assert.equal(consumer.receive(message(2)), null)
  await assert.rejects(consumer.finish(), /disk full/)
  applier.failure = null
  // Each attempt waits twice as long as the one before.
  clock.ms = 1999
  assert.equal(consumer.tick(), null)
  clock.ms = 2000
  await consumer.tick()
  assert.equal(applier.checkpoints, 1)
  applier.crash()
  assert.equal(applier.exchanges, 6)
})

test("with patience a store without room is tried until it has some, which is said once; at the end it is given up", async () => {
  const clock = new HandClock()
  const applier = new FakeApplier()
  const said: string[] = []
  const patience = { say: (sentence: string) => void said.push(sentence) }
  const consumer = new InProcessConsumer(applier, { ...CHECKPOINT_LIMITS, batches: 1 }, clock, patience)
  applier.failure = new StoreError("disk-full", "No room.")
  const written = consumer.receive(message(1))
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.match(
    consumer.reasons.join(),
    /^The checkpoint cannot be written: No room\. Until it can, no events are taken/,
  )
  assert.equal(consumer.receive(message(2)), written)
  applier.failure = null
  clock.ms = 1000
  await written
  assert.deepEqual([consumer.reasons, said.length, applier.checkpoints], [[], 2, 1])
  applier.failure = new StoreError("disk-full", "No room.")
  const last = consumer.receive(message(3))!
  consumer.end()
  await assert.rejects(last, /No room/)
})

test("batches are heard by the wall clock, and at the end what waits is applied and durable", async () => {
  const clock = new HandClock()
  const applier = new FakeApplier()
  const consumer = new InProcessConsumer(applier, CHECKPOINT_LIMITS, clock)
  clock.ms = 5
  consumer.receive(message(1))
  assert.equal(applier.heardUs, 1_800_000_000_005_000)
  await consumer.finish()
  assert.deepEqual([applier.settlings, applier.checkpoints], [1, 1])
  applier.waiting = 2
  await consumer.finish()
  assert.deepEqual([applier.settlings, applier.checkpoints], [2, 2])
  await consumer.finish()
  assert.equal(applier.checkpoints, 2)
})
