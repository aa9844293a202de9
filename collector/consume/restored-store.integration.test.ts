// A backup that is restored while the server remembers more: what the stream still has is taken again, what it has not is counted.
import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { Batcher } from "../../sensor/publish/batcher.ts"
import { JetStreamLink } from "../../sensor/publish/jetstream.ts"
import { PublisherCounters } from "../../sensor/publish/link.ts"
import { parseBusAddress } from "../../shared/event/event-stream.ts"
import { STREAM } from "../../shared/event/subjects.ts"
import { B2B_TRAFFIC, trafficEvents } from "../../shared/testing/event-traffic.ts"
import { NatsServer } from "../../shared/testing/nats-server.ts"
import { Inventory } from "../inventory/inventory.ts"
import { backupStore, restoreStore } from "../store/sqlite-backup.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { JetStreamConsumer } from "./jetstream-consumer.ts"

const EVENTS = 300
const BATCH = 10

async function publish(server: NatsServer, boot: string): Promise<void> {
  const counters = new PublisherCounters()
  const names = { tenant: "t", sensor: "s", boot }
  const address = parseBusAddress(server.url)!
  const link = new JetStreamLink(counters, { ...names, address, windowBatches: 1, ackTimeoutMs: 5000 })
  const options = { ...names, keyEpoch: 1, ledger: () => ({}), eventsMax: BATCH, compress: true }
  const publisher = new Batcher(link, counters, options)
  for (const event of trafficEvents({ ...B2B_TRAFFIC, events: EVENTS })) {
    await publisher.busy
    // Runs are different recordings: the same exchange seen twice would count once.
    publisher.publish({ ...event, exchangeKey: 0 })
  }
  await publisher.close()
  assert.equal(counters.acknowledged, EVENTS)
}

/** A collector on the store of a folder, until it has all that the stream has. */
async function collect(server: NatsServer, folder: string, exchanges: number) {
  const store = await openSqliteStore(folder)
  const inventory = await Inventory.open(store)
  const said: string[] = []
  const consumer = new JetStreamConsumer(inventory, {
    address: parseBusAddress(server.url)!,
    durable: "restored",
    checkpoint: { intervalMs: 50 },
    warn: (sentence) => void said.push(sentence),
  })
  for (const from = performance.now(); consumer.lag !== 0 || inventory.counters.exchanges < exchanges; ) {
    assert.ok(performance.now() - from < 20_000, `${inventory.counters.exchanges} exchanges, ${consumer.reasons}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await consumer.close()
  const counted = { ...(await store.ledger()), gone: (await store.facts()).gone }
  await store.close()
  const { again, gone } = consumer.counters
  return { counted, again, gone, said: said.join("\n") }
}

async function purgeBefore(server: NatsServer, messages: number): Promise<void> {
  const connection = await connect({ servers: `127.0.0.1:${server.port}` })
  const manager = await jetstreamManager(connection)
  await manager.streams.purge(STREAM, { seq: messages + 1 })
  await connection.close()
}

async function messagesIn(server: NatsServer): Promise<number> {
  const connection = await connect({ servers: `127.0.0.1:${server.port}` })
  const { state } = await (await jetstreamManager(connection)).streams.info(STREAM)
  await connection.close()
  return state.last_seq
}

test("a restored backup, a restored backup of which the stream has lost some, and an empty store", async (at: TestContext) => {
  const server = await NatsServer.start()
  at.after(() => server.stop())
  const root = mkdtempSync(join(tmpdir(), "sonde-restored-"))
  at.after(() => rmSync(root, { recursive: true }))
  const folder = join(root, "store")
  const file = join(root, "backup.sqlite")

  await publish(server, "one")
  const first = await collect(server, folder, EVENTS)
  assert.deepEqual([first.counted.exchanges, first.again, first.gone, first.said], [EVENTS, 0, 0, ""])
  const messages = await messagesIn(server)
  await backupStore(folder, file, () => {})
  await publish(server, "two")
  const second = await collect(server, folder, 2 * EVENTS)
  assert.deepEqual([second.counted.exchanges, second.again, second.gone, second.said], [2 * EVENTS, 0, 0, ""])

  restoreStore(folder, file, 0)
  const restored = await collect(server, folder, 2 * EVENTS)
  const { exchanges, missingBatches } = restored.counted
  assert.deepEqual([exchanges, missingBatches], [2 * EVENTS, 0])
  assert.deepEqual([restored.again, restored.gone], [(await messagesIn(server)) - messages, 0])
  assert.match(restored.said, /^The store does not hold all that .* \d+ messages are taken again\.$/)

  restoreStore(folder, file, 1)
  await purgeBefore(server, messages + 10)
  const holed = await collect(server, folder, 2 * EVENTS - 10 * BATCH)
  assert.equal(holed.counted.exchanges, 2 * EVENTS - 10 * BATCH)
  assert.deepEqual([holed.gone, holed.counted.gone], [10, 10])
  assert.match(holed.said, /10 messages are no longer in \S+ and cannot be had back\.$/)
  // Told and counted once: the place in the store is past it.
  const later = await collect(server, folder, 2 * EVENTS - 10 * BATCH)
  assert.deepEqual([later.said, later.gone, later.counted.exchanges], ["", 10, holed.counted.exchanges])

  const empty = await collect(server, join(root, "empty"), EVENTS - 10 * BATCH)
  assert.equal(empty.counted.exchanges, EVENTS - 10 * BATCH)
})
