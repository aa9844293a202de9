// Keys are replaced and taken away under load: nothing is lost, nothing is counted twice, and whoever lost its key says so.
import assert from "node:assert/strict"
import { copyFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { Batcher } from "../../sensor/publish/batcher.ts"
import { JetStreamLink } from "../../sensor/publish/jetstream.ts"
import { PublisherCounters } from "../../sensor/publish/link.ts"
import type { AccessFiles } from "../../shared/bus/access.ts"
import { B2B_TRAFFIC, trafficEvents } from "../../shared/testing/event-traffic.ts"
import { FakeApplier } from "../consume/fake-applier.ts"
import { JetStreamConsumer } from "../consume/jetstream-consumer.ts"
import { FakeBus } from "./fake-bus.ts"

const MOST_MS = 12_000
let bus: FakeBus
const open: (() => Promise<unknown>)[] = []
before(async () => {
  bus = await FakeBus.start(["a"])
})
after(async () => {
  for (const close of open) await close().catch(() => undefined)
  await bus.stop()
})

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!condition()) {
    assert.ok(performance.now() < deadline, `${what} does not happen`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function sensor(boot: string, said: string[], access = bus.accessOf("a")) {
  const counters = new PublisherCounters()
  const names = { tenant: "t", sensor: "a", boot }
  const link = new JetStreamLink(counters, {
    ...{
      ...names,
      address: bus.address,
      access,
      windowBatches: 8,
      ackTimeoutMs: 1000,
      closeMs: 300,
    },
    patienceMs: Number.POSITIVE_INFINITY,
    log: (sentence) => void said.push(sentence),
  })
  const options = { ...names, keyEpoch: 1, ledger: () => ({}), eventsMax: 10, compress: true }
  const publisher = new Batcher(link, counters, options)
  open.push(() => publisher.close())
  return { publisher, counters }
}

function collector(applier: FakeApplier, access = bus.accessOf("collector")): JetStreamConsumer {
  const consumer = new JetStreamConsumer(applier, {
    ...{ address: bus.address, access, durable: "test", checkpoint: { intervalMs: 50 }, ackWaitMs: 1000 },
  })
  open.push(() => consumer.close())
  return consumer
}

/** A host of its own: what the registry does with its files does not reach it. */
function copyOf(name: string): AccessFiles {
  const credentials = join(bus.folder, `${name}.copy`)
  copyFileSync(bus.seedPath(name), credentials)
  return { ...bus.accessOf(name), credentials }
}

test("both keys are rotated with an overlap while events flow; revoking the former ends its connections", {
  timeout: MOST_MS,
}, async () => {
  const said: string[] = []
  const applier = new FakeApplier()
  const consumer = collector(applier)
  await until(() => consumer.isConnected, "consuming")
  const { publisher, counters } = sensor("rotated", said)
  const steps = new Map<number, () => void>([
    [500, () => bus.command("rotate", "a")],
    [800, () => bus.command("rotate", "collector")],
    [1500, () => bus.command("revoke", "a", "--former")],
    [2000, () => bus.command("revoke", "collector", "--former")],
  ])
  const reconnected = consumer.counters.connections
  for (const [i, event] of trafficEvents({ ...B2B_TRAFFIC, events: 3000 }).entries()) {
    await publisher.busy
    publisher.publish(event)
    const step = steps.get(i)
    if (step === undefined) continue
    await until(() => applier.exchanges > i - 200, "applying")
    step()
    bus.server.reload()
    // A reload takes the server some milliseconds; traffic goes on meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await publisher.close()
  assert.deepEqual([counters.exchanges, counters.acknowledged, counters.dropped], [3000, 3000, {}])
  await until(() => applier.exchanges === 3000, "applying all")
  assert.deepEqual([applier.appliedTwice, applier.positions.missing(), applier.refused], [[], 0, []])
  assert.ok(consumer.counters.connections > reconnected, "the collector connected again")
  assert.equal(said.filter((sentence) => /^Connected/.test(sentence)).length, 2)
  await consumer.close()
})

test("who lost its key says so and holds what it has; with a new one in the file it goes on", {
  timeout: MOST_MS,
}, async () => {
  const said: string[] = []
  const applier = new FakeApplier()
  const [mine, theirs] = [copyOf("a"), copyOf("collector")]
  const consumer = collector(applier, theirs)
  const { publisher, counters } = sensor("revoked", said, mine)
  const [first, second] = trafficEvents({ ...B2B_TRAFFIC, events: 2 })
  publisher.publish(first!)
  publisher.flush()
  await until(() => applier.exchanges > 0 && counters.acknowledged === 1, "publishing")
  bus.command("revoke", "a")
  bus.command("rotate", "collector")
  bus.command("revoke", "collector", "--former")
  bus.server.reload()
  const refuses = /refuses these credentials\.$/
  await until(() => refuses.test(said.at(-1) ?? ""), "the sensor's saying so")
  await until(() => refuses.test(consumer.reasons[0] ?? ""), "the collector's saying so")
  publisher.publish(second!)
  publisher.flush()
  bus.command("add-sensor", "a", "--tenant", "t")
  bus.server.reload()
  for (const [name, { credentials }] of [["a", mine] as const, ["collector", theirs] as const])
    copyFileSync(bus.seedPath(name), credentials)
  await until(() => counters.acknowledged === 2 && consumer.reasons.length === 0, "going on")
  assert.deepEqual([counters.exchanges, counters.dropped, applier.appliedTwice], [2, {}, []])
  await until(() => applier.positions.greatest("a", "revoked") === 2, "applying")
})

test("a sensor whose seed is gone says which file, and counts what it held when it ends", {
  timeout: MOST_MS,
}, async () => {
  const said: string[] = []
  const access = copyOf("a")
  const { publisher, counters } = sensor("lost", said, access)
  await until(() => /^Connected/.test(said[0] ?? ""), "connecting")
  rmSync(access.credentials)
  await bus.server.restart()
  await until(() => /--nats-credentials .*a\.copy cannot be read/.test(said.at(-1) ?? ""), "saying so")
  publisher.publish(trafficEvents({ ...B2B_TRAFFIC, events: 1 })[0]!)
  await assert.rejects(publisher.close())
  assert.deepEqual([counters.acknowledged, counters.dropped], [0, { unreachable: 1 }])
})
