import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { jetstream, jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { Batcher } from "../../sensor/publish/batcher.ts"
import { JetStreamLink } from "../../sensor/publish/jetstream.ts"
import { PublisherCounters } from "../../sensor/publish/link.ts"
import { parseBusAddress } from "../../shared/event/event-stream.ts"
import { eventSubject, STREAM } from "../../shared/event/subjects.ts"
import { B2B_TRAFFIC, trafficEvents } from "../../shared/testing/event-traffic.ts"
import { NatsServer } from "../../shared/testing/nats-server.ts"
import { FakeApplier } from "./fake-applier.ts"
import { JetStreamConsumer, type JetStreamConsumerOptions } from "./jetstream-consumer.ts"

let server: NatsServer
before(async () => {
  server = await NatsServer.start()
})
after(async () => {
  await server.stop()
})

function consumerOf(applier: FakeApplier, options: Partial<JetStreamConsumerOptions> = {}): JetStreamConsumer {
  return new JetStreamConsumer(applier, {
    address: parseBusAddress(server.url)!,
    durable: "test",
    checkpoint: { intervalMs: 50 },
    ackWaitMs: 1000,
    ...options,
  })
}

function sensorOf(boot: string): { publisher: Batcher; counters: PublisherCounters } {
  const counters = new PublisherCounters()
  const names = { tenant: "t", sensor: "s", boot }
  const address = parseBusAddress(server.url)!
  const link = new JetStreamLink(counters, { ...names, address, windowBatches: 8, ackTimeoutMs: 1000 })
  const options = { ...names, keyEpoch: 1, ledger: () => ({}), eventsMax: 10, compress: true }
  return { publisher: new Batcher(link, counters, options), counters }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 8000
  while (!condition()) {
    assert.ok(performance.now() < deadline, `${what} does not happen`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** What the server thinks is delivered and not acknowledged, and not delivered. */
async function owed(durable: string): Promise<readonly [pending: number, unacknowledged: number]> {
  const connection = await connect({ servers: `127.0.0.1:${server.port}` })
  const manager = await jetstreamManager(connection)
  const info = await manager.consumers.info(STREAM, durable)
  await connection.close()
  return [info.num_pending, info.num_ack_pending]
}

async function publishBytes(bytes: Uint8Array): Promise<void> {
  const connection = await connect({ servers: `127.0.0.1:${server.port}` })
  await jetstream(connection).publish(eventSubject("t", 0, "s"), bytes)
  await connection.close()
}

test("a server killed and restarted in the middle: every exchange is applied exactly once", async () => {
  const applier = new FakeApplier()
  const consumer = consumerOf(applier)
  const { publisher, counters } = sensorOf("killed")
  const events = trafficEvents({ ...B2B_TRAFFIC, events: 1500 })
  await until(() => consumer.isConnected, "consuming")
  for (const [i, event] of events.entries()) {
    await publisher.busy
    publisher.publish(event)
    if (i === 500) {
      await until(() => applier.exchanges > 100, "applying")
      void server.kill().then(() => server.restart())
    }
  }
  await publisher.close()
  assert.deepEqual([counters.exchanges, counters.acknowledged, counters.dropped], [1500, 1500, {}])
  await until(() => applier.exchanges === 1500, "applying all")
  assert.deepEqual(applier.appliedTwice, [])
  assert.equal(applier.positions.missing(), 0)
  assert.ok(consumer.counters.connections > 1)
  await consumer.close()
})

test("a collector that crashed before its acknowledgements takes nothing twice", async () => {
  const applier = new FakeApplier()
  const first = consumerOf(applier, { durable: "crash", checkpoint: { intervalMs: 60_000, batches: 20 } })
  await until(() => applier.exchanges > 200, "applying")
  applier.failure = new Error("the process is gone")
  await first.close().catch(() => undefined)
  applier.failure = null
  applier.crash()
  const second = consumerOf(applier, { durable: "crash" })
  await until(() => applier.exchanges === 1500, "applying all")
  assert.deepEqual(applier.appliedTwice, [])
  await second.close()
  assert.deepEqual(await owed("crash"), [0, 0])
})

test("a message that does not decode is refused, terminated, and never seen again", async () => {
  const applier = new FakeApplier()
  const consumer = consumerOf(applier, { durable: "refuse" })
  await publishBytes(Buffer.from("this is no batch"))
  await until(() => applier.refused.length > 0, "refusing")
  await consumer.close()
  assert.deepEqual(await owed("refuse"), [0, 0])
  const again = consumerOf(applier, { durable: "refuse" })
  await until(() => again.isConnected, "consuming")
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.deepEqual(applier.refused, ["not-a-batch"])
  await again.close()
})

test("nothing is acknowledged while checkpoints fail; health says so; later all is well", async () => {
  const applier = new FakeApplier()
  applier.failure = new Error("disk full")
  const consumer = consumerOf(applier, { durable: "failing", ackPendingMax: 20, ackWaitMs: 300 })
  await until(() => consumer.counters.checkpointFailures > 1, "failing")
  assert.match(consumer.reasons.join(), /checkpoint cannot be written: disk full/)
  assert.equal((await owed("failing"))[1], 20)
  assert.ok(consumer.counters.messages <= 20)
  applier.failure = null
  await until(() => applier.exchanges === 1500, "applying all")
  await until(() => consumer.reasons.length === 0, "health")
  await consumer.close()
  assert.deepEqual(applier.appliedTwice, [])
})

test("a quiet stream settles what waits for another sensor, and makes that durable; batches are heard by the server's clock", async () => {
  const applier = new FakeApplier()
  applier.waiting = 3
  const consumer = consumerOf(applier, { durable: "settle", settleAfterMs: 300 })
  await until(() => applier.exchanges === 1500, "applying all")
  await until(() => applier.waiting === 0, "settling")
  const { checkpoints } = applier
  await until(() => applier.checkpoints > checkpoints, "a checkpoint")
  await consumer.close()
  // They were stored by the tests above, and read just now.
  const nowUs = Date.now() * 1000
  assert.ok(applier.heardUs < nowUs - 200_000 && applier.heardUs > nowUs - 120_000_000, String(nowUs - applier.heardUs))
})

test("health: not ready without a server, ready and without lag once it is there", async () => {
  await server.kill()
  const consumer = consumerOf(new FakeApplier(), { durable: "health" })
  await until(() => /No events from/.test(consumer.reasons.join()), "saying so")
  assert.equal(consumer.lag, null)
  await server.restart()
  await until(() => consumer.reasons.length === 0 && consumer.lag === 0, "catching up")
  await consumer.close()
})
