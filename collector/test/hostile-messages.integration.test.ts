// Whoever has one sensor's credential, against a real nats-server and a real collector: what it forges, replays, swells or garbles is refused
// with a code that /metrics counts, changes nothing else, costs bounded memory, and does not keep a healthy sensor's events from arriving.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { deflateRawSync } from "node:zlib"
import { jetstream } from "@nats-io/jetstream"
import type { NatsConnection } from "@nats-io/transport-node"
import { type Envelope, EVENT_VERSION } from "../../shared/event/api-event.ts"
import { BatchEncoder } from "../../shared/event/event-codec.ts"
import { CODEC_LIMITS, TIME_MAX_US } from "../../shared/event/event-codec-limits.ts"
import { eventSubject } from "../../shared/event/subjects.ts"
import { B2B_TRAFFIC, trafficEvents } from "../../shared/testing/event-traffic.ts"
import { SeededRandom } from "../../shared/testing/seeded-random.ts"
import { FakeBus } from "../credentials/fake-bus.ts"
import { RunningCollector } from "./running-collector.ts"

const MOST_MS = 60_000
const SUBJECT = eventSubject("t", 0, "rogue")
const NOW_US = Date.now() * 1000
const CHECKPOINT_MS = 100
const MEMORY_MIB = 200
const MUTANTS = 400
let bus: FakeBus
let collector: RunningCollector
let rogue: NatsConnection
let healthy: NatsConnection

before(async () => {
  bus = await FakeBus.start(["rogue", "healthy"])
  const argv = ["--nats", bus.url, "--nats-credentials", bus.seedPath("collector"), "--nats-ca", bus.ca]
  collector = await RunningCollector.start([], undefined, [
    ...[...argv, "--durable", "test", "--checkpoint-interval", `${CHECKPOINT_MS}ms`],
  ])
  rogue = await bus.connect("rogue")
  healthy = await bus.connect("healthy")
})
after(async () => {
  await rogue?.close()
  await healthy?.close()
  await collector?.remove()
  await bus?.stop()
})

const ENVELOPE: Envelope = {
  ...{ version: EVENT_VERSION, tenant: "t", sensor: "rogue", boot: "b2", sequence: 1, keyEpoch: 1 },
  ...{ watermarkUs: NOW_US, last: false, ledger: {} },
}

/** `at`: moves the times, so that each batch holds exchanges of its own. */
function batch(changes: Partial<Envelope>, at = 0, compress = false): Uint8Array {
  const encoder = new BatchEncoder({ compress })
  for (const [i, event] of trafficEvents({ ...B2B_TRAFFIC, events: 20 }).entries())
    encoder.add({ ...event, startUs: NOW_US + at * 1000 + i, exchangeKey: at * 1000 + i + 1 })
  return encoder.encode({ ...ENVELOPE, ...changes })
}

/** A message whose body is `body`, whatever it claims to be. */
function framed(body: Uint8Array, coding: 0 | 1, length = body.length, version = EVENT_VERSION): Buffer {
  const head = Buffer.from([0x53, version, coding, 0, 0, 0, 0, 0])
  head.writeUInt32LE(length, 4)
  return Buffer.concat([head, body])
}

async function metrics(): Promise<Map<string, number>> {
  const text = await (await fetch(`${collector.url}/metrics`)).text()
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]))
}

async function refused(): Promise<Record<string, number>> {
  const by: Record<string, number> = {}
  for (const [name, value] of await metrics()) {
    const reason = /^sonde_collector_feed_refused_by_reason_total\{.*reason="([^"]+)"/.exec(name)?.[1]
    if (reason !== undefined) by[reason] = value
  }
  return by
}

const figure = async (name: string): Promise<number> =>
  [...(await metrics())].find(([key]) => key.replace(/\{.*/, "") === `sonde_collector_${name}`)?.[1] ?? 0

/** Sends all, waits until all was looked at, and returns by how much each code was counted. */
async function send(messages: readonly (readonly [subject: string, bytes: Uint8Array])[]) {
  const [before, taken] = [await refused(), await figure("feed_messages_total")]
  for (const [subject, bytes] of messages) await jetstream(rogue).publish(subject, bytes)
  await collector.until("looking at all", async () => (await figure("feed_messages_total")) >= taken + messages.length)
  const grown = Object.entries(await refused()).map(([code, count]) => [code, count - (before[code] ?? 0)] as const)
  return Object.fromEntries(grown.filter(([, count]) => count > 0))
}

/** What the store knows, without the counts of what was refused. */
async function world(): Promise<unknown> {
  await pause(4 * CHECKPOINT_MS)
  // Lists are answered from the last checkpoint, which a busy machine writes late.
  const isWritten = async (): Promise<boolean> =>
    (await collector.get<{ batches: number }>("/ledger")).batches === (await figure("batches_total"))
  await collector.until("the checkpoint", isWritten)
  const lists = ["/services", "/endpoints", "/consumers", "/findings", "/incidents"]
  const { exchanges, batches, missingBatches, sensors } = await collector.get<Record<string, unknown>>("/ledger")
  const known = await Promise.all(lists.map((path) => collector.list(path)))
  return { known, exchanges, batches, missingBatches, sensors }
}

let healthySequence = 0
/** Twenty exchanges of the healthy sensor arrive. */
async function healthyArrives(): Promise<void> {
  const exchanges = await figure("exchanges_total")
  const sequence = ++healthySequence
  const message = batch({ sensor: "healthy", sequence, watermarkUs: NOW_US + sequence * 1000 }, sequence)
  await jetstream(healthy).publish(eventSubject("t", 0, "healthy"), message)
  await collector.until(
    "the healthy sensor's arriving",
    async () => (await figure("exchanges_total")) === exchanges + 20,
  )
}

const random = new SeededRandom(11)
const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random.integer(0, 255)))

test("forged: another sensor's name, another tenant's, a subject without a partition, the far future", {
  timeout: MOST_MS,
}, async () => {
  await healthyArrives()
  const before = await world()
  const counted = await send([
    [SUBJECT, batch({ sensor: "healthy", sequence: 900 }, 500)],
    [SUBJECT, batch({ tenant: "u" }, 501)],
    ["sonde.ev.t.x.rogue", batch({ sensor: "healthy", sequence: 901 }, 502)],
    ["sonde.ev.t.123456.rogue", batch({ sensor: "healthy", sequence: 902 }, 503)],
    [SUBJECT, batch({ watermarkUs: TIME_MAX_US }, 504)],
    [SUBJECT, batch({ sequence: Number.MAX_SAFE_INTEGER }, 505)],
  ])
  const expected = { "wrong-sensor": 1, "wrong-tenant": 1, "wrong-subject": 2, "clock-ahead": 1, "sequence-ahead": 1 }
  assert.deepEqual(counted, expected)
  assert.deepEqual(await world(), before)
  await healthyArrives()
})

test("replayed: the same sequence, another content under it, and a run before the present one", {
  timeout: MOST_MS,
}, async () => {
  await send([
    [SUBJECT, batch({ boot: "b1" }, 100)],
    [SUBJECT, batch({ boot: "b2" }, 101)],
  ])
  const before = await world()
  const twice = await figure("feed_duplicates_total")
  const counted = await send([
    [SUBJECT, batch({ boot: "b2" }, 101)],
    [SUBJECT, batch({ boot: "b2" }, 102)],
    [SUBJECT, batch({ boot: "b1" }, 100)],
    [SUBJECT, batch({ boot: "b1" }, 103)],
  ])
  assert.deepEqual(counted, {})
  assert.equal(await figure("feed_duplicates_total"), twice + 4)
  assert.deepEqual(await world(), before)
  await healthyArrives()
})

test("oversized: above the server's payload it is not taken; what swells when it is inflated is cut off", {
  timeout: MOST_MS,
}, async () => {
  const before = await world()
  await assert.rejects(async () => jetstream(rogue).publish(SUBJECT, Buffer.alloc(2 << 20)), /payload/i)
  const zeros = (bytes: number): Buffer => deflateRawSync(Buffer.alloc(bytes))
  const most = CODEC_LIMITS.messageBytes
  const [whole, more] = [zeros(most), zeros(64 << 20)]
  const kinds = [framed(whole, 1, most), framed(more, 1, 100), framed(more, 1, most), framed(whole, 1, 0xffff_ffff)]
  const bombs = Array.from({ length: 80 }, (_, i): [string, Buffer] => [SUBJECT, kinds[i % kinds.length]!])
  const resting = collector.residentMib
  assert.deepEqual(await send(bombs), { malformed: 60, "too-large": 20 })
  assert.ok(collector.residentMib < resting + MEMORY_MIB, `${collector.residentMib} MiB after ${resting} MiB`)
  assert.deepEqual(await world(), before)
  await healthyArrives()
})

test("malformed: noise, cut off, nested, counts without end; versions that are not known", {
  timeout: MOST_MS,
}, async () => {
  const before = await world()
  const whole = batch({ sequence: 50 }, 200)
  const messages: [string, Uint8Array][] = [
    [SUBJECT, Buffer.alloc(0)],
    [SUBJECT, noise(1)],
    ...Array.from({ length: 20 }, (_, i): [string, Uint8Array] => [
      SUBJECT,
      Buffer.concat([Buffer.of(0), noise(10 ** (i % 5))]),
    ]),
    ...Array.from({ length: 20 }, (_, i): [string, Uint8Array] => [SUBJECT, framed(noise(10 ** (i % 5)), 0)]),
    ...Array.from({ length: 20 }, (_, i): [string, Uint8Array] => [
      SUBJECT,
      framed(whole.subarray(8, 8 + Math.floor((whole.length - 9) * (i / 20))), 0),
    ]),
    [SUBJECT, framed(Buffer.alloc(500_000, 0x91), 0)],
    [SUBJECT, framed(Buffer.alloc(500_000, 0x81), 0)],
    [SUBJECT, framed(Buffer.from("dd7fffffff", "hex"), 0)],
    [SUBJECT, framed(Buffer.from("93dc00099090c6ffffffff", "hex"), 0)],
    [SUBJECT, framed(Buffer.from("dfffffffff", "hex"), 0)],
    [SUBJECT, framed(whole.subarray(8), 0, whole.length - 8, 0)],
    [SUBJECT, framed(whole.subarray(8), 0, whole.length - 8, EVENT_VERSION + 1)],
    [SUBJECT, framed(whole.subarray(8), 0, whole.length - 8, 255)],
  ]
  const resting = collector.residentMib
  assert.deepEqual(await send(messages), { "not-a-batch": 22, malformed: 45, "unknown-version": 3 })
  assert.ok(collector.residentMib < resting + MEMORY_MIB)
  assert.deepEqual(await world(), before)
  await healthyArrives()
})

test("a flood of what is refused fills no log, and the healthy sensor is heard meanwhile", {
  timeout: MOST_MS,
}, async () => {
  const lines = collector.said.split("\n").length
  const flood = Array.from({ length: 200 }, (_, i): [string, Uint8Array] => [
    `sonde.ev.t.${i}.rogue`,
    batch({ sensor: `made-up-${i}`, boot: `x${i}`, sequence: i + 1 }, 600 + i),
  ])
  const sent = send(flood)
  await healthyArrives()
  assert.deepEqual(await sent, { "wrong-sensor": 200 })
  assert.ok(collector.said.split("\n").length - lines < 40)
  assert.doesNotMatch(collector.said, /made-up-|\n\s+at /)
})

test("what decodes after all is taken as the rogue's own word, and ends nothing", { timeout: MOST_MS }, async () => {
  const taken = await figure("feed_messages_total")
  const garbled = Array.from({ length: MUTANTS }, (_, i) => {
    const bytes = Buffer.from(batch({ boot: "garbled", sequence: i + 1 }, 2000 + i))
    for (let k = random.integer(1, 4); k > 0; k--) bytes[random.integer(8, bytes.length - 1)] = random.integer(0, 255)
    return bytes
  })
  const client = jetstream(rogue)
  for (let i = 0; i < MUTANTS; i += 50)
    await Promise.all(garbled.slice(i, i + 50).map((bytes) => client.publish(SUBJECT, bytes)))
  await collector.until("looking at all", async () => (await figure("feed_messages_total")) >= taken + MUTANTS)
  await pause(4 * CHECKPOINT_MS)
  assert.ok((await figure("batches_total")) > 0)
  assert.equal((await fetch(`${collector.url}/readyz`)).status, 200)
  await healthyArrives()
})
