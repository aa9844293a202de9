import assert from "node:assert/strict"
import { createServer } from "node:net"
import { after, before, test } from "node:test"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { parseBusAddress } from "../../shared/event/event-stream.ts"
import { STREAM } from "../../shared/event/subjects.ts"
import { NatsServer } from "../../shared/testing/nats-server.ts"
import { JetStreamLink, type JetStreamOptions } from "./jetstream.ts"
import { LinkError, PublisherCounters } from "./link.ts"

let server: NatsServer
before(async () => {
  server = await NatsServer.start()
})
after(async () => {
  await server.stop()
})

function linkTo(
  url: string,
  options: Partial<JetStreamOptions> = {},
): { link: JetStreamLink; counters: PublisherCounters } {
  const counters = new PublisherCounters()
  const address = parseBusAddress(url)!
  const link = new JetStreamLink(counters, {
    address,
    tenant: "t",
    sensor: "s",
    boot: "b",
    patienceMs: 5000,
    ...options,
  })
  return { link, counters }
}

function message(sequence: number, size = 10): { bytes: Uint8Array; sequence: number; events: number } {
  return { bytes: Buffer.alloc(size, sequence), sequence, events: 2 }
}

async function stored(): Promise<number> {
  const connection = await connect({ servers: `127.0.0.1:${server.port}` })
  const manager = await jetstreamManager(connection)
  const { state } = await manager.streams.info(STREAM)
  await connection.close()
  return state.messages
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return "resolved"
  } catch (error) {
    assert.ok(error instanceof LinkError)
    return error.code
  }
}

test("batches are stored once each, however often they are sent", async () => {
  const boot = "once"
  for (let round = 0; round < 2; round++) {
    const { link, counters } = linkTo(server.url, { boot })
    for (let i = 1; i <= 5; i++) link.send(message(i))
    await link.close()
    assert.deepEqual([counters.acknowledged, counters.dropped], [10, {}])
  }
  assert.equal(await stored(), 5)
})

test("the window: busy while it is full, free again after an acknowledgement", async () => {
  const { link, counters } = linkTo(server.url, { boot: "window", windowBatches: 3 })
  link.send(message(1))
  link.send(message(2))
  assert.equal(link.busy, null)
  link.send(message(3))
  assert.notEqual(link.busy, null)
  await link.busy
  assert.equal(link.busy, null)
  await link.close()
  assert.equal(counters.acknowledged, 6)
})

test("a batch above the server's payload limit is dropped and counted, the others arrive", async () => {
  const { link, counters } = linkTo(server.url, { boot: "large" })
  link.send(message(1))
  link.send(message(2, 1024 * 1024))
  link.send(message(3))
  await link.close()
  assert.deepEqual([counters.acknowledged, counters.dropped], [4, { tooLarge: 2 }])
})

test("no server: one sentence after the patience, and everything counted", async () => {
  const { link, counters } = linkTo("nats://127.0.0.1:1", { patienceMs: 300 })
  link.send(message(1))
  assert.equal(await codeOf(link.ready), "unreachable")
  assert.equal(await codeOf(link.busy!), "unreachable")
  link.send(message(2))
  assert.equal(await codeOf(link.close()), "unreachable")
  assert.deepEqual([counters.acknowledged, counters.dropped], [0, { unreachable: 4 }])
})

test("a server that never speaks is given up like one that is not there", async () => {
  const mute = createServer()
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve))
  const { port } = mute.address() as { port: number }
  const { link } = linkTo(`nats://127.0.0.1:${port}`, { patienceMs: 300 })
  assert.equal(await codeOf(link.ready), "unreachable")
  assert.equal(await codeOf(link.close()), "unreachable")
  mute.close()
})

test("a daemon holds batches up to its bound, drops the oldest, and close says what is lost", async () => {
  const { link, counters } = linkTo("nats://127.0.0.1:1", {
    patienceMs: Number.POSITIVE_INFINITY,
    closeMs: 200,
    pendingBytesMax: 100,
  })
  for (let i = 1; i <= 5; i++) link.send(message(i, 40))
  assert.deepEqual(counters.dropped, { memory: 6 })
  assert.equal(await codeOf(link.close()), "unreachable")
  assert.deepEqual(counters.dropped, { memory: 6, unreachable: 4 })
})

test("a server without JetStream is refused at once", async () => {
  const plain = await NatsServer.start({ jetStream: false })
  try {
    const { link } = linkTo(plain.url)
    assert.equal(await codeOf(link.ready), "no-jetstream")
    assert.equal(await codeOf(link.close()), "no-jetstream")
  } finally {
    await plain.stop()
  }
})

test("wrong credentials are refused at once, right ones work", async () => {
  const closed = await NatsServer.start({ args: ["--user", "u", "--pass", "p"] })
  try {
    const { link } = linkTo(`nats://u:wrong@127.0.0.1:${closed.port}`)
    assert.equal(await codeOf(link.ready), "refused")
    assert.equal(await codeOf(link.close()), "refused")
    const { link: right, counters } = linkTo(`nats://u:p@127.0.0.1:${closed.port}`)
    right.send(message(1))
    await right.close()
    assert.equal(counters.acknowledged, 2)
  } finally {
    await closed.stop()
  }
})

test("the server killed in the middle: what was not acknowledged is sent again, and stored once", async () => {
  const before = await stored()
  const { link, counters } = linkTo(server.url, { boot: "killed", windowBatches: 8, ackTimeoutMs: 1000 })
  for (let i = 1; i <= 200; i++) {
    await link.busy
    link.send(message(i, 2000))
    if (i === 80) {
      const killed = server.kill()
      for (let extra = 201; extra <= 204; extra++) link.send(message(extra, 2000))
      await killed
      setTimeout(() => void server.restart(), 200)
    }
  }
  await link.close()
  assert.deepEqual([counters.acknowledged, counters.dropped], [408, {}])
  assert.ok(counters.resent > 0)
  assert.equal((await stored()) - before, 204)
})
