// More than a collector can take, for as long as it lasts: the stream holds it, the collector says how much waits and stays as big as it was, and
// afterwards everything is there, once. Real nats-server, real collector in a process of its own.
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { after, test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { Batcher } from "../../sensor/publish/batcher.ts"
import { JetStreamLink } from "../../sensor/publish/jetstream.ts"
import { PublisherCounters } from "../../sensor/publish/link.ts"
import { parseBusAddress } from "../../shared/event/event-stream.ts"
import { B2B_TRAFFIC, trafficEvents } from "../../shared/testing/event-traffic.ts"
import { freePort, NatsServer } from "../../shared/testing/nats-server.ts"

const ROOT = resolve(import.meta.dirname, "../..")
const ROUNDS = 30
const LOOK_ROUNDS = 5
const BATCH_EVENTS = 250
/** Of packet time, µs: longer than all events of a round. */
const ROUND_US = 10_000_000
const PATIENCE_MS = 120_000
/** What a collector may grow by between a fifth of the load and all of it. */
const GROWTH_MIB = 160

const folder = mkdtempSync(join(tmpdir(), "sonde-overload-"))
const cleanups: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

class Collector {
  readonly #port: number
  readonly #pid: number
  readonly said: { text: string }

  private constructor(port: number, pid: number, said: { text: string }) {
    this.#port = port
    this.#pid = pid
    this.said = said
  }

  static async start(nats: string): Promise<Collector> {
    const port = await freePort()
    const argv = ["run", "--nats", nats, "--data", join(folder, "state"), "--listen", `127.0.0.1:${port}`]
    const child = spawn(process.execPath, [join(ROOT, "collector/main.ts"), ...argv], {
      stdio: ["ignore", "pipe", "pipe"],
    })
    cleanups.push(() => child.kill("SIGKILL"))
    const said = { text: "" }
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        said.text = (said.text + chunk.toString()).slice(-4000)
      })
    return new Collector(port, child.pid!, said)
  }

  /** Resident memory, MiB. */
  get residentMib(): number {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#pid}/status`, "utf8"))![1]) / 1024
  }

  async received(): Promise<number> {
    const ledger = JSON.parse(await this.#text("/api/v1/ledger")) as { received: number }
    return ledger.received
  }

  /** Messages that wait in the stream. */
  async lag(): Promise<number> {
    return Number(/^sonde_collector_lag_messages (\d+)/m.exec(await this.#text("/metrics"))?.[1] ?? 0)
  }

  async #text(path: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, { signal: AbortSignal.timeout(10_000) })
    return response.text()
  }
}

async function until(what: string, collector: Collector, holds: () => Promise<boolean>): Promise<void> {
  for (const from = performance.now(); performance.now() - from < PATIENCE_MS; await pause(100))
    if (await holds().catch(() => false)) return
  assert.fail(`${what} did not come; the collector said: ${collector.said.text}`)
}

test("a collector that is sent more than it can take: lag in the stream, bounded memory, all of it once", async (t) => {
  const nats = await NatsServer.start()
  cleanups.push(() => nats.stop())
  const collector = await Collector.start(nats.url)
  await until("the collector", collector, async () => (await collector.received()) === 0)

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
    lagMax = Math.max(lagMax, await collector.lag())
    behindMax = Math.max(behindMax, counters.acknowledged - (await collector.received()))
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
  await until("the rest", collector, async () => {
    lateMib = Math.max(lateMib, collector.residentMib)
    return (await collector.received()) >= counters.exchanges
  })
  await pause(1500)
  assert.equal(await collector.received(), counters.exchanges)
  assert.equal(await collector.lag(), 0)
  const figures = `${behindMax} exchanges behind, ${lagMax} messages in the stream, ${Math.round(earlyMib)} MiB, then ${Math.round(lateMib)} MiB, behind for ${Math.round(performance.now() - sentMs)} ms`
  assert.ok(behindMax > events.length && lagMax > 0, figures)
  t.diagnostic(figures)
  assert.ok(lateMib - earlyMib < GROWTH_MIB, figures)
})
