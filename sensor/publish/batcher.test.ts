import assert from "node:assert/strict"
import { test } from "node:test"
import { EVENT_VERSION, type EventBatch } from "../../shared/event/api-event.ts"
import { decodeBatch } from "../../shared/event/event-codec.ts"
import { CODEC_LIMITS } from "../../shared/event/event-codec-limits.ts"
import { BATCH } from "../../shared/testing/event-batch.ts"
import { B2B_TRAFFIC, trafficEvents } from "../../shared/testing/event-traffic.ts"
import { Batcher, type BatcherOptions } from "./batcher.ts"
import { InProcessLink } from "./in-process.ts"
import { type Link, type Message, PublisherCounters } from "./link.ts"
import { MsgpackLink } from "./msgpack.ts"
import { NullLink } from "./null-link.ts"
import { Output } from "./output.ts"

const EVENTS = trafficEvents({ ...B2B_TRAFFIC, events: 50 })
const T0 = 1_790_000_000_000_000

class Recorder implements Link {
  readonly busy = null
  readonly messages: Message[] = []
  isClosed = false

  send(message: Message): void {
    this.messages.push(message)
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  get batches(): EventBatch[] {
    return this.messages.map((message) => batchOf(message.bytes))
  }
}

function batchOf(bytes: Uint8Array): EventBatch {
  const result = decodeBatch(bytes)
  assert.ok(result.ok)
  return result.batch
}

function batcher(options: Partial<BatcherOptions> = {}): { link: Recorder; batches: Batcher } {
  const link = new Recorder()
  const base = { tenant: "acme", sensor: "tap", boot: "b", keyEpoch: 3, ledger: () => ({ "tcp.sessions": 2 }) }
  return { link, batches: new Batcher(link, new PublisherCounters(), { ...base, ...options }) }
}

test("a batch is closed by events, and the last one says so", async () => {
  const { link, batches } = batcher({ eventsMax: 20 })
  batches.advance(T0)
  for (const event of EVENTS) batches.publish(event)
  assert.deepEqual(
    link.batches.map((batch) => [batch.envelope.sequence, batch.events.length, batch.envelope.last]),
    [
      [1, 20, false],
      [2, 20, false],
    ],
  )
  await batches.close()
  assert.deepEqual(link.batches[2]!.envelope, {
    version: EVENT_VERSION,
    tenant: "acme",
    sensor: "tap",
    boot: "b",
    sequence: 3,
    keyEpoch: 3,
    watermarkUs: T0,
    last: true,
    ledger: { "tcp.sessions": 2 },
  })
  assert.deepEqual(
    link.batches.flatMap((batch) => batch.events),
    EVENTS,
  )
  assert.equal(link.isClosed, true)
  assert.deepEqual([batches.counters.exchanges, batches.counters.batches], [50, 3])
  await batches.close()
  assert.equal(link.messages.length, 3)
})

test("TLS notes travel in batches, with events or alone, and start the clock of a batch", async () => {
  const note = BATCH.tls[0]!
  const { link, batches } = batcher()
  batches.advance(T0)
  batches.tls(note)
  batches.advance(T0 + 900_000)
  batches.publish(EVENTS[0]!)
  batches.advance(T0 + 1_000_000)
  assert.deepEqual(
    link.batches.map((batch) => [batch.events.length, batch.tls]),
    [[1, [note]]],
  )
  for (let i = 0; i <= CODEC_LIMITS.tlsNotes; i++) batches.tls(note)
  await batches.close()
  assert.deepEqual(
    link.batches.slice(1).map((batch) => [batch.tls.length, batch.envelope.last]),
    [
      [CODEC_LIMITS.tlsNotes, false],
      [1, true],
    ],
  )
  assert.equal(batches.counters.tlsNotes, CODEC_LIMITS.tlsNotes + 2)
  assert.equal(batches.counters.exchanges, 1)
})

test("a run without events sends its ledger", async () => {
  const { link, batches } = batcher()
  await batches.close()
  assert.deepEqual(
    link.batches.map((batch) => [batch.events.length, batch.envelope.last]),
    [[0, true]],
  )
})

test("a batch is closed by packet time since its first event, also when time jumps back", () => {
  const { link, batches } = batcher({ intervalUs: 1_000_000 })
  batches.advance(T0)
  batches.advance(T0 + 5_000_000)
  batches.publish(EVENTS[0]!)
  batches.advance(T0 + 5_999_999)
  assert.equal(link.messages.length, 0)
  batches.advance(T0 + 6_000_000)
  assert.equal(link.messages.length, 1)
  batches.publish(EVENTS[1]!)
  batches.advance(T0 - 60_000_000)
  assert.equal(link.messages.length, 2)
  assert.equal(link.batches[1]!.envelope.watermarkUs, T0 + 6_000_000)
})

test("a heartbeat: an empty batch with the ledger when nothing was sent for long", () => {
  const { link, batches } = batcher({ heartbeatUs: 10_000_000 })
  const at = (second: number): number => {
    batches.advance(T0 + second * 1_000_000)
    return link.messages.length
  }
  assert.deepEqual([at(0), at(9), at(10), at(11), at(20)], [0, 0, 1, 1, 2])
  batches.publish(EVENTS[0]!)
  assert.deepEqual([at(21), at(30), at(31)], [3, 3, 4])
  const sizes = link.batches.map((batch) => [batch.events.length, batch.envelope.last])
  assert.deepEqual(sizes, [
    [0, false],
    [0, false],
    [1, false],
    [0, false],
  ])
})

test("a batch is closed by its size", () => {
  const { link, batches } = batcher({ bytesMax: 1000 })
  for (const event of EVENTS) batches.publish(event)
  assert.ok(link.messages.length > 2)
  assert.ok(link.messages.every((message) => message.bytes.length < 3000))
})

test("flush closes what is open and sends nothing when nothing is", () => {
  const { link, batches } = batcher()
  batches.flush()
  batches.publish(EVENTS[0]!)
  batches.flush()
  batches.flush()
  assert.equal(link.messages.length, 1)
})

test("the text of a shape arrives no later than the event that refers to it", async () => {
  const { link, batches } = batcher({ eventsMax: 1 })
  batches.note({ shape: 7, paths: ["id:int"] })
  batches.publish(EVENTS[0]!)
  batches.note({ shape: 8, paths: ["id:text"] })
  await batches.close()
  assert.deepEqual(
    link.batches.map((batch) => batch.shapes.map((note) => note.shape)),
    [[7], [8]],
  )
})

test("notes alone close a batch before they are too many for it", () => {
  const { link, batches } = batcher()
  for (let shape = 1; shape <= 2100; shape++) batches.note({ shape, paths: ["a:int"] })
  assert.equal(link.messages.length, 2)
  assert.equal(link.batches[0]!.shapes.length, 1024)
})

test("a name that could be a wildcard is our own mistake", () => {
  assert.throws(() => batcher({ sensor: "a.>" }), TypeError)
})

test("compressed batches are smaller and decode to the same", () => {
  const plain = batcher()
  const deflated = batcher({ compress: true })
  for (const event of EVENTS) {
    plain.batches.publish(event)
    deflated.batches.publish(event)
  }
  plain.batches.flush()
  deflated.batches.flush()
  assert.ok(deflated.link.messages[0]!.bytes.length < plain.link.messages[0]!.bytes.length)
  assert.deepEqual(deflated.link.batches, plain.link.batches)
})

test("null link: all the work, nothing kept, everything acknowledged", () => {
  const counters = new PublisherCounters()
  const batches = new Batcher(new NullLink(counters), counters, {
    tenant: "t",
    sensor: "s",
    boot: "b",
    keyEpoch: 1,
    ledger: () => ({}),
  })
  for (const event of EVENTS) batches.publish(event)
  batches.flush()
  assert.deepEqual([counters.exchanges, counters.acknowledged, counters.batches], [50, 50, 1])
  assert.ok(counters.bytes > 500)
})

test("msgpack link: each message has its length in front", async () => {
  const written: Buffer[] = []
  const output = new Output(
    1,
    (_fd, bytes, offset, length) => written.push(Buffer.from(bytes.subarray(offset, offset + length))) && length,
  )
  const link = new MsgpackLink(new PublisherCounters(), output)
  link.send({ bytes: Buffer.from("abc"), sequence: 1, events: 1 })
  link.send({ bytes: Buffer.from(""), sequence: 2, events: 0 })
  await link.close()
  assert.equal(Buffer.concat(written).toString("latin1"), "\x03\0\0\0abc\0\0\0\0")
})

test("in-process link: the receiver's waiting is the sender's", async () => {
  let release = (): void => undefined
  const received: number[] = []
  const link = new InProcessLink(new PublisherCounters(), (bytes) => {
    received.push(bytes.length)
    return bytes.length === 1 ? null : new Promise((resolve) => (release = resolve))
  })
  link.send({ bytes: new Uint8Array(1), sequence: 1, events: 1 })
  assert.equal(link.busy, null)
  link.send({ bytes: new Uint8Array(2), sequence: 2, events: 1 })
  const waiting = link.busy
  assert.notEqual(waiting, null)
  release()
  await waiting
  await link.close()
  assert.equal(link.busy, null)
  assert.deepEqual(received, [1, 2])
})

test("in-process link: the receiver's failure reaches the sender", async () => {
  const link = new InProcessLink(new PublisherCounters(), () => Promise.reject(new Error("disk full")))
  link.send({ bytes: new Uint8Array(1), sequence: 1, events: 1 })
  await assert.rejects(link.busy!, /disk full/)
  await assert.rejects(link.close(), /disk full/)
})
