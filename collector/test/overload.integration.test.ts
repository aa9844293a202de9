// More than a collector can take, for as long as it lasts: the stream holds it, the collector says how much waits and stays as big as it was, and
// afterwards everything is there, once. Real nats-server, real collector in a process of its own.
import assert from "node:assert/strict"
import { test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { Batcher } from "../../sensor/publish/batcher.ts"
import { JetStreamLink } from "../../sensor/publish/jetstream.ts"
import { PublisherCounters } from "../../sensor/publish/link.ts"
import { parseBusAddress } from "../../shared/event/event-stream.ts"
import { B2B_TRAFFIC, trafficEvents } from "../../shared/testing/event-traffic.ts"
import { NatsServer } from "../../shared/testing/nats-server.ts"
import { RunningCollector } from "./running-collector.ts"

const ROUNDS = 30
const LOOK_ROUNDS = 5
const BATCH_EVENTS = 250
/** Of packet time, µs: longer than all events of a round. */
const ROUND_US = 10_000_000
/** What a collector may grow by between a fifth of the load and all of it. */
const GROWTH_MIB = 160

/** Of exchanges, whether they belong to a service or not. */
const receivedBy = async (collector: RunningCollector): Promise<number> =>
  (await collector.get<{ received: number }>("/ledger")).received

/** Messages that wait in the stream. */
async function lagOf({ url }: RunningCollector): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^sonde_collector_lag_messages (\d+)/m.exec(text)?.[1] ?? 0)
}

test("a collector that is sent more than it can take: lag in the stream, bounded memory, all of it once", async (t) => {
  const nats = await NatsServer.start()
  t.after(() => nats.stop())
  const collector = await RunningCollector.start([], undefined, ["--nats", nats.url])
  t.after(() => collector.remove())
  assert.equal(await receivedBy(collector), 0)

  const counters = new PublisherCounters()
  const names = { tenant: "t", sensor: "edge", boot: "b1" }
  const link = new JetStreamLink(counters, { ...names, address: parseBusAddress(nats.url)! })
  const batcher = new Batcher(link, counters, {
    ...names,
    keyEpoch: 1,
    eventsMax: BATCH_EVENTS,
    ledger: () => ({}),
    compress: true,
  })
  const events = trafficEvents(B2B_TRAFFIC)
  let earlyMib = 0
  let lagMax = 0
  let behindMax = 0
  const look = async (): Promise<void> => {
    lagMax = Math.max(lagMax, await lagOf(collector))
    behindMax = Math.max(behindMax, counters.acknowledged - (await receivedBy(collector)))
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, like] of events.entries()) {
      const startUs = like.startUs + round * ROUND_US
      batcher.publish({ ...like, startUs, exchangeKey: round * 2 ** 20 + i })
      if (batcher.busy !== null) await batcher.busy
    }
    // Asking costs the collector more than it costs us: it would be overload of another kind.
    if (round % LOOK_ROUNDS === LOOK_ROUNDS - 1) await look()
    if (round === LOOK_ROUNDS) earlyMib = collector.residentMib
  }
  await batcher.close()
  const sentMs = performance.now()
  assert.equal(counters.acknowledged, ROUNDS * events.length)
  await look()
  let lateMib = 0
  await collector.until("taking the rest", async () => {
    lateMib = Math.max(lateMib, collector.residentMib)
    return (await receivedBy(collector)) >= counters.exchanges
  })
  await pause(1500)
  assert.equal(await receivedBy(collector), counters.exchanges)
  assert.equal(await lagOf(collector), 0)
  const figures = `${behindMax} exchanges behind, ${lagMax} messages in the stream, ${Math.round(earlyMib)} MiB, then ${Math.round(lateMib)} MiB, behind for ${Math.round(performance.now() - sentMs)} ms`
  assert.ok(behindMax > events.length && lagMax > 0, figures)
  t.diagnostic(figures)
  assert.ok(lateMib - earlyMib < GROWTH_MIB, figures)
})
