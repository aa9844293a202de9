// Notices on a real NATS server: plain and into a stream, which drops what comes twice; a server that is away; a collector that is killed.
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import { NO_ACCESS } from "../../shared/bus/access.ts"
import { NatsServer } from "../../shared/testing/nats-server.ts"
import { publishOnce } from "../consume/publish-once.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import { commitIncidents, incident, messageOf, Receiver } from "./fake-incidents.ts"
import { NatsSubject } from "./nats.ts"

test("NATS: plain with flush, JetStream once for an id, and sentences when it cannot be", async () => {
  const server = await NatsServer.start()
  const store = await openSqliteStore(":memory:")
  const connection = await connect({ servers: `127.0.0.1:${server.port}` })
  try {
    const common = {
      name: "bus",
      lanes: ["high"],
      url: server.url,
      access: NO_ACCESS,
      servers: "bus",
      publish: publishOnce,
    }
    const channel = (isJetStream: boolean) =>
      new NatsSubject({ ...common, subject: "sonde.incident.default", isJetStream })
    const message = await messageOf(store, incident("i_1"))
    const subscription = connection.subscribe("sonde.incident.*", { max: 1 })
    await connection.flush()
    assert.equal((await channel(false).deliver(message)).kind, "delivered")
    for await (const { subject, headers } of subscription) {
      assert.deepEqual([subject, headers?.get("Nats-Msg-Id")], ["sonde.incident.default", "i_1.1"])
    }
    assert.equal((await channel(true).deliver(message)).kind, "later")
    const manager = await jetstreamManager(connection)
    await manager.streams.add({ name: "INCIDENTS", subjects: ["sonde.incident.>"] })
    for (let i = 0; i < 2; i++) assert.equal((await channel(true).deliver(message)).kind, "delivered")
    assert.equal((await manager.streams.info("INCIDENTS")).state.messages, 1)
    await server.kill()
    assert.match((await channel(false).deliver(message)).sentence, /^bus cannot be told: /)
  } finally {
    await connection.close().catch(() => undefined)
    await store.close()
    await server.stop()
  }
})

test("killed while a receiver is being told: all arrives, what comes twice has the same id", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sonde-notify-"))
  const receiver = await Receiver.start()
  const store = await openSqliteStore(folder)
  await store.outbox.open(["hook"])
  await commitIncidents(store, ...Array.from({ length: 12 }, (_, i) => incident(`i_${i}`)))
  await store.close()
  const here = (file: string) => JSON.stringify(new URL(file, import.meta.url).href)
  const program = `
    const { Notifier } = await import(${here("./notifier.ts")})
    const { Webhook } = await import(${here("./webhook.ts")})
    const { openSqliteStore } = await import(${here("../store/sqlite-store.ts")})
    const { SYSTEM_CLOCK } = await import(${here("../consume/checkpoint-schedule.ts")})
    const channel = new Webhook({ name: "hook", lanes: ["high"], url: ${JSON.stringify(receiver.url)},
      secret: Buffer.alloc(16), ca: null, version: "1", now: Date.now })
    await Notifier.open({ store: await openSqliteStore(${JSON.stringify(folder)}), channels: [channel], clock: SYSTEM_CLOCK })`
  try {
    for (const deadly of [3, 7, Number.POSITIVE_INFINITY]) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "inherit" })
      const ended = new Promise((resolve) => child.once("exit", resolve))
      receiver.answer = () => {
        if (receiver.received.length === deadly) child.kill("SIGKILL")
        return { status: 200 }
      }
      const done = (): boolean => new Set(receiver.ids()).size === 12
      for (let i = 0; i < 3000 && child.exitCode === null && child.signalCode === null && !done(); i++)
        await new Promise((resolve) => setTimeout(resolve, 10))
      child.kill("SIGKILL")
      await ended
    }
    assert.deepEqual(new Set(receiver.ids()), new Set(Array.from({ length: 12 }, (_, i) => `i_${i}.1`)))
    assert.ok(receiver.ids().length <= 14, String(receiver.ids()))
  } finally {
    receiver.stop()
    rmSync(folder, { recursive: true })
  }
})
