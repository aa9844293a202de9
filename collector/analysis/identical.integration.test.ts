// The same capture read twice, in pieces with kills and redelivery, and through NATS gives the same incidents: ids, evidence, summaries,
// timelines. Ids of consumers, endpoints and services are drawn anew in each store, and stand here by name.
import assert from "node:assert/strict"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { EMBEDDED_OPTIONS, embedSensor, PseudonymKey } from "../../sensor/index.ts"
import { JetStreamLink } from "../../sensor/publish/jetstream.ts"
import { PublisherCounters } from "../../sensor/publish/link.ts"
import { settle } from "../../shared/config/options.ts"
import { decodeBatch } from "../../shared/event/event-codec.ts"
import { parseBusAddress } from "../../shared/event/event-stream.ts"
import { NatsServer } from "../../shared/testing/nats-server.ts"
import { applyMessage, ConsumeCounters, InProcessConsumer } from "../consume/in-process-consumer.ts"
import { JetStreamConsumer } from "../consume/jetstream-consumer.ts"
import { Inventory } from "../inventory/inventory.ts"
import { Draws } from "../simulate/draws.ts"
import { DETECTOR_NAMES } from "../simulate/labels.ts"
import { writeCapture } from "../simulate/wire/capture.ts"
import { World } from "../simulate/world.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store } from "../store/store.ts"
import { WatchKind } from "./watch.ts"

const SEED = 5
const folder = mkdtempSync(join(tmpdir(), "sonde-identical-"))
after(() => rmSync(folder, { recursive: true }))

/** What the sensor says of the capture. */
const messages: Uint8Array[] = []
/** What comes of it in one go. */
let expected: Incident[] = []

before(async () => {
  const path = join(folder, "world.pcap")
  const attacks = DETECTOR_NAMES.filter((kind) => kind !== "sensor-blind" && kind !== "dormant-credential")
  writeCapture(
    new World({ seed: SEED, days: 14, consumers: 14, attacks, intensity: 4, loss: 0.01, oneWayHours: 1 }),
    path,
  )
  await embedSensor({
    read: [path],
    settings: settle(EMBEDDED_OPTIONS, { argv: [], environment: {} }).values,
    key: new PseudonymKey(new Uint8Array(32)),
    tenant: "default",
    sensor: "embedded",
    receive: (bytes) => {
      messages.push(bytes)
      return null
    },
  }).run()
  expected = await replayed(256)
  assert.ok(messages.length > 100 && expected.length > 5, `${messages.length} messages, ${expected.length} incidents`)
})

type Incident = Readonly<Record<string, unknown>>

function open(store: Store, snapshotExchanges = 500_000): Promise<Inventory> {
  return Inventory.open(store, { watcher: new WatchKind({ snapshotExchanges }) })
}

/** In one go, with a checkpoint after so many messages. */
async function replayed(batches: number): Promise<Incident[]> {
  const store = await openSqliteStore(":memory:")
  const consumer = new InProcessConsumer(await open(store), { batches, intervalMs: 3_600_000, bytes: 1e9 })
  for (const bytes of messages) await consumer.receive(bytes)
  await consumer.finish()
  return incidentsOf(store)
}

/** All of them, with names in place of ids that are drawn. */
async function incidentsOf(store: Store): Promise<Incident[]> {
  const { services, endpoints, consumers } = await store.load()
  const names = new Map<string, string>()
  for (const { id, name } of services) names.set(id, name)
  for (const { id, service, method, template, operation } of endpoints)
    names.set(id, `${names.get(service)} ${method} ${template} ${operation}`)
  for (const { id, scheme, principal } of consumers) names.set(id, `${scheme} ${principal}`)
  const { items } = await store.incidents({}, { limit: 1000 })
  const named = JSON.parse(
    JSON.stringify(items, (_key, value: unknown) => (typeof value === "string" ? (names.get(value) ?? value) : value)),
  ) as Incident[]
  return named.sort((a, b) => (String(a["id"]) < String(b["id"]) ? -1 : 1))
}

test("read once more into another store, with checkpoints at other places", async () => {
  assert.deepEqual(await replayed(7), expected)
})

test("killed at random places, opened again on the same file, and what was not durable delivered again", async () => {
  const draws = Draws.of(SEED, "kills")
  const place = join(folder, "pieces")
  let store = await openSqliteStore(place)
  let inventory = await open(store, 2000)
  let [durable, kills] = [0, 0]
  for (let at = 0; at < messages.length; at++) {
    applyMessage(inventory, messages[at]!, new ConsumeCounters(), 0)
    if (draws.next() < 0.1) {
      await inventory.checkpoint()
      durable = at + 1
    } else if (draws.next() < 0.05) {
      await store.close()
      store = await openSqliteStore(place)
      inventory = await open(store, 2000)
      at = Math.max(-1, durable - 3)
      kills++
    }
  }
  inventory.settle()
  await inventory.checkpoint()
  assert.ok(kills > 3)
  assert.deepEqual(await incidentsOf(store), expected)
  await store.close()
})

test("through NATS, with the server killed and a collector that crashes on the way", async () => {
  const server = await NatsServer.start()
  after(async () => {
    await consumer.close().catch(() => undefined)
    await server.stop()
  })
  const address = parseBusAddress(server.url)!
  const counters = new PublisherCounters()
  const link = new JetStreamLink(counters, {
    address,
    tenant: "default",
    sensor: "embedded",
    boot: "b",
    windowBatches: 32,
    patienceMs: 20_000,
  })
  await link.ready
  const store = await openSqliteStore(":memory:")
  let inventory = await open(store, 5000)
  const consumerOf = (): JetStreamConsumer =>
    new JetStreamConsumer(inventory, { address, durable: "identical", checkpoint: { intervalMs: 60_000, batches: 20 } })
  let consumer = consumerOf()
  for (const [at, bytes] of messages.entries()) {
    await link.busy
    const decoded = decodeBatch(bytes)
    assert.ok(decoded.ok)
    const { envelope, events } = decoded.batch
    link.send({ bytes, events: events.length, sequence: envelope.sequence })
    if (at === messages.length >> 2) {
      await until(() => inventory.counters.batches > 20, "applying")
      await server.kill()
      await server.restart()
    }
    if (at === messages.length >> 1) {
      await until(() => inventory.counters.batches > 90, "applying after the restart")
      const crashed = inventory
      crashed.checkpoint = () => Promise.reject(new Error("the process is gone"))
      await consumer.close().catch(() => undefined)
      inventory = await open(store, 5000)
      assert.ok(inventory.counters.batches < crashed.counters.batches, "something must be delivered again")
      consumer = consumerOf()
    }
  }
  await link.close()
  await until(() => inventory.counters.batches === messages.length, "applying all")
  await consumer.close()
  inventory.settle()
  await inventory.checkpoint()
  assert.deepEqual(counters.dropped, {})
  assert.deepEqual(await incidentsOf(store), expected)
})

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!condition()) {
    assert.ok(performance.now() < deadline, `${what} does not happen`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
