// What each credential may do on a real nats-server with the generated accounts and TLS, and what it may not.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { jetstream, jetstreamManager } from "@nats-io/jetstream"
import type { NatsConnection } from "@nats-io/transport-node"
import { JetStreamLink } from "../../sensor/publish/jetstream.ts"
import { type LinkError, PublisherCounters } from "../../sensor/publish/link.ts"
import { NO_ACCESS } from "../../shared/bus/access.ts"
import { ensureEventStream, parseBusAddress } from "../../shared/event/event-stream.ts"
import { eventSubject, STREAM, sensorInbox } from "../../shared/event/subjects.ts"
import { FakeApplier } from "../consume/fake-applier.ts"
import { JetStreamConsumer } from "../consume/jetstream-consumer.ts"
import { FakeBus } from "./fake-bus.ts"

let bus: FakeBus
const open: NatsConnection[] = []
before(async () => {
  bus = await FakeBus.start(["a", "b"])
})
after(async () => {
  for (const connection of open) await connection.close()
  await bus.stop()
})

async function connected(name: string, inbox?: string): Promise<NatsConnection> {
  const connection = await bus.connect(name, inbox)
  open.push(connection)
  return connection
}

/** Name and message of the error that an attempt ends with. */
async function refusal(attempt: () => Promise<unknown>): Promise<string> {
  try {
    await attempt()
  } catch (error) {
    return `${(error as Error).constructor.name}: ${(error as Error).message}`
  }
  return "allowed"
}

async function messages(): Promise<number> {
  const manager = await jetstreamManager(await connected("collector"))
  return (await manager.streams.info(STREAM)).state.messages
}

const VIOLATION = /Permissions Violation/
const once = { max: 1, timeout: 500 }

function linkOf(sensor: string, credential: string, patienceMs = 3000, said: string[] = []) {
  const counters = new PublisherCounters()
  const names = { tenant: "t", sensor, boot: "b", ackTimeoutMs: 300 }
  const access = bus.accessOf(credential)
  const log = (sentence: string): void => void said.push(sentence)
  return { counters, link: new JetStreamLink(counters, { ...names, address: bus.address, access, patienceMs, log }) }
}
const message = (sequence: number) => ({ bytes: Buffer.alloc(10, sequence), sequence, events: 2 })

test("a sensor that starts before the collector ever ran holds its batches and says why; then nothing is lost", async () => {
  const said: string[] = []
  const { link, counters } = linkOf("a", "a", Number.POSITIVE_INFINITY, said)
  await link.ready
  link.send(message(1))
  link.send(message(2))
  const deadline = performance.now() + 5000
  while (!said.some((sentence) => /no event stream: start it/.test(sentence)) && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50))
  assert.match(said.join("\n"), /no event stream: start it/)
  const consumer = new JetStreamConsumer(new FakeApplier(), {
    address: bus.address,
    access: bus.accessOf("collector"),
    durable: "test",
  })
  while (!consumer.isConnected && performance.now() < deadline + 5000) await new Promise((r) => setTimeout(r, 20))
  assert.deepEqual(consumer.reasons, [])
  await link.close()
  assert.deepEqual([counters.acknowledged, counters.dropped], [4, {}])
  await consumer.close()
  assert.equal(await messages(), 2)
})

test("a sensor: its own subject and nothing else", async () => {
  const a = await connected("a")
  const client = jetstream(a, { timeout: 500 })
  await client.publish(eventSubject("t", 0, "a"), "x")
  const subjects = [
    eventSubject("t", 0, "b"),
    eventSubject("u", 0, "a"),
    "sonde.ev.t.0",
    "sonde.incident.t",
    `${sensorInbox("b")}.x`,
    "_INBOX.collector.x",
  ]
  for (const subject of subjects) assert.match(await refusal(() => client.publish(subject, "x")), VIOLATION, subject)
  const calls = ["STREAM.CREATE", "STREAM.UPDATE", "STREAM.PURGE", "STREAM.DELETE", "STREAM.INFO", "STREAM.MSG.GET"]
  const more = ["STREAM.MSG.DELETE", "STREAM.SNAPSHOT", "CONSUMER.LIST", "CONSUMER.NAMES", "DIRECT.GET"]
  const api = [...calls, ...more].map((call) => `$JS.API.${call}.${STREAM}`)
  const consumer = ["CREATE", "DURABLE.CREATE", "INFO", "DELETE", "MSG.NEXT"].map(
    (call) => `$JS.API.CONSUMER.${call}.${STREAM}.test`,
  )
  for (const subject of [
    ...api,
    ...consumer,
    "$JS.API.INFO",
    "$JS.API.STREAM.LIST",
    `$JS.ACK.${STREAM}.test.1.1.1.1.1`,
  ])
    assert.match(await refusal(() => a.request(subject, "{}", { timeout: 500 })), VIOLATION, subject)
  for (const subject of [">", "sonde.ev.>", "_INBOX.>", `${sensorInbox("b")}.>`, "$JS.>", "$SYS.>"]) {
    const attempt = async (): Promise<void> => {
      for await (const _ of a.subscribe(subject, { max: 1, timeout: 500 })) return
    }
    assert.match(await refusal(attempt), VIOLATION, subject)
  }
})

test("the subject of an answer is no way around: the server's own word purges, deletes and forges nothing", async () => {
  const a = await connected("a")
  const before = await messages()
  const answers = ["STREAM.PURGE", "STREAM.DELETE", "STREAM.MSG.DELETE", "CONSUMER.LIST"].map(
    (call) => `$JS.API.${call}.${STREAM}`,
  )
  for (const reply of [...answers, eventSubject("t", 0, "b"), `$JS.API.CONSUMER.DELETE.${STREAM}.test`])
    a.publish(eventSubject("t", 0, "a"), "x", { reply })
  await a.flush()
  await new Promise((resolve) => setTimeout(resolve, 300))
  const manager = await jetstreamManager(await connected("collector"))
  const { state } = await manager.streams.info(STREAM, { subjects_filter: ">" })
  assert.deepEqual([state.messages, Object.keys(state.subjects ?? {})], [before + 6, [eventSubject("t", 0, "a")]])
  await manager.consumers.info(STREAM, "test")
})

test("the collector: its stream and its consumer; it cannot publish events, nor touch the stream's content", async () => {
  const c = await connected("collector")
  for (const subject of [eventSubject("t", 0, "a"), "sonde.ev.t.0"])
    assert.match(await refusal(() => jetstream(c, { timeout: 500 }).publish(subject, "x")), VIOLATION)
  const calls = ["STREAM.PURGE", "STREAM.DELETE", "STREAM.UPDATE", "STREAM.MSG.DELETE"]
  for (const subject of [
    ...calls.map((call) => `$JS.API.${call}.${STREAM}`),
    `$JS.API.CONSUMER.DELETE.${STREAM}.other`,
  ])
    assert.match(await refusal(() => c.request(subject, "{}", { timeout: 500 })), VIOLATION, subject)
  const peek = async (): Promise<void> => {
    for await (const _ of c.subscribe("sonde.ev.>", once)) return
  }
  assert.match(await refusal(peek), VIOLATION)
  const manager = await jetstreamManager(c)
  await ensureEventStream(manager.streams)
})

test("nobody without a credential, none with a foreign one, none with an authority of its own", async () => {
  const codeOf = async (link: JetStreamLink): Promise<string> => {
    const code = await link.ready.then(
      () => "ready",
      (error: LinkError) => error.code,
    )
    await link.close().catch(() => undefined)
    return code
  }
  const link = (access: object, url = bus.url, sensor = "a"): JetStreamLink =>
    new JetStreamLink(new PublisherCounters(), {
      ...{ address: parseBusAddress(url)!, tenant: "t", sensor, boot: "b", patienceMs: 800 },
      access: { ...NO_ACCESS, ...access },
    })
  assert.equal(await codeOf(link({ ca: bus.ca })), "refused")
  assert.equal(await codeOf(link({ credentials: bus.seedPath("a") })), "unreachable", "an authority nobody trusts")
  const plain = await FakeBus.start([])
  assert.equal(await codeOf(link({ ca: plain.ca, credentials: plain.seedPath("collector") }, plain.url)), "ready")
  assert.equal(await codeOf(link({ ca: bus.ca, credentials: plain.seedPath("collector") })), "refused")
  assert.equal(await codeOf(link({ ca: plain.ca, credentials: bus.seedPath("a") })), "unreachable")
  await plain.stop()
  const foreign = linkOf("b", "a")
  foreign.link.send(message(1))
  const error = await foreign.link.close().then(
    () => null,
    (one: LinkError) => one,
  )
  assert.equal(error?.code, "refused")
  assert.match(error.message, /does not let this credential publish as sensor b of tenant t\.$/)
  assert.deepEqual(foreign.counters.dropped, { unacknowledged: 2 })
})
