// Two one-way sensors, a real nats-server and a collector that is killed in between, as processes: halves are joined and each
// exchange counts once. Then a sensor that falls silent, and comes back.
import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { after, before, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { Batcher } from "../../sensor/publish/batcher.ts"
import { JetStreamLink } from "../../sensor/publish/jetstream.ts"
import { PublisherCounters } from "../../sensor/publish/link.ts"
import { parseBusAddress } from "../../shared/event/event-stream.ts"
import { B2B_TRAFFIC, trafficEvents } from "../../shared/testing/event-traffic.ts"
import { freePort } from "../../shared/testing/free-port.ts"
import { NatsServer } from "../../shared/testing/nats-server.ts"
import { splitByDirection } from "./split-capture.ts"

const ROOT = resolve(import.meta.dirname, "../..")
const DEMO = readFileSync(join(ROOT, "deploy/demo/demo.pcap"))
/** Of the demo's exchanges, those of container trackers, which pipeline: nothing proves which response answers which. */
const EXCHANGES = 2550
const PIPELINED = 330
const folder = mkdtempSync(join(tmpdir(), "sonde-asymmetric-"))
const key = join(folder, "pseudonym.key")
const children = new Set<ChildProcess>()
let nats: NatsServer

interface Running {
  readonly child: ChildProcess
  readonly output: { text: string }
  readonly exit: Promise<number | null>
}

function start(program: string, args: readonly string[]): Running {
  const child = spawn(process.execPath, [join(ROOT, program), ...args], { stdio: ["ignore", "pipe", "pipe"] })
  children.add(child)
  const output = { text: "" }
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output.text += chunk.toString()))
  const exit = new Promise<number | null>((done) => child.on("close", done))
  return { child, output, exit }
}

type Body = Record<string, unknown> & { readonly items?: readonly Record<string, unknown>[] }

async function read(port: number, path: string): Promise<Body> {
  try {
    return (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as Body
  } catch {
    return {}
  }
}

async function until(what: string, running: Running, found: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await found()) return
    await sleep(100)
  }
  assert.fail(`${what} did not come; the collector said: ${running.output.text}`)
}

before(async () => {
  nats = await NatsServer.start()
  assert.equal(await start("sensor/main.ts", ["keygen", key]).exit, 0)
})
after(async () => {
  for (const child of children) child.kill("SIGKILL")
  await nats?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const url = (): string => `nats://127.0.0.1:${nats.port}`

/** Publishes a capture under a sensor's name; `--publish-window 1` makes many small steps of it. */
async function publish(name: string, capture: Uint8Array): Promise<void> {
  const path = join(folder, `${name}.pcap`)
  writeFileSync(path, capture)
  const args = ["run", "--read", path, "--nats", url(), "--key-file", key, "--sensor", name, "--publish-window", "1"]
  const sensor = start("sensor/main.ts", [...args, "--ledger", "none"])
  assert.equal(await sensor.exit, 0, sensor.output.text)
}

test("requests at one sensor, responses at another, the collector killed in between", async () => {
  const port = await freePort()
  const args = ["run", "--nats", url(), "--data", join(folder, "joined"), "--listen", `127.0.0.1:${port}`]
  const [toServer, toClient] = splitByDirection(DEMO)
  let collector = start("collector/main.ts", [...args, "--checkpoint-interval", "100ms"])
  const ledger = () => read(port, "/api/v1/ledger")
  await publish("tap-requests", toServer)
  // Everything waits for the other half: it must be in the store, not in a process that dies.
  await until("the requests", collector, async () => Number((await ledger()).received ?? 0) >= EXCHANGES)
  assert.ok(Number((await ledger()).waiting) > 0)
  collector.child.kill("SIGKILL")
  await collector.exit
  await publish("tap-responses", toClient)
  collector = start("collector/main.ts", [...args, "--checkpoint-interval", "100ms"])
  await until("a first joined exchange", collector, async () => Number((await ledger()).joined ?? 0) > 0)
  collector.child.kill("SIGKILL")
  await collector.exit
  collector = start("collector/main.ts", args)
  await until("all halves", collector, async () => Number((await ledger()).received) >= 2 * EXCHANGES)
  await until("settling", collector, async () => Number((await ledger()).waiting) === 0)
  const { received, exchanges, joined, copies, waiting, states } = await ledger()
  assert.deepEqual([received, joined, copies, waiting], [2 * EXCHANGES, EXCHANGES - PIPELINED, 0, 0])
  assert.equal(exchanges, EXCHANGES + PIPELINED)
  assert.deepEqual(states, { complete: EXCHANGES - PIPELINED, requestOnly: PIPELINED, responseOnly: PIPELINED })
  const sensors = (await read(port, "/api/v1/sensors")).items!
  assert.deepEqual(
    sensors.map(({ id, state, exchanges: events, missingBatches }) => [id, state, events, missingBatches]),
    [
      ["tap-requests", "finished", EXCHANGES, 0],
      ["tap-responses", "finished", EXCHANGES, 0],
    ],
  )
  collector.child.kill("SIGTERM")
  assert.equal(await collector.exit, 0, collector.output.text)
})

test("a sensor that falls silent is told of, also by a collector started anew, and so is its return", async () => {
  const port = await freePort()
  const args = ["run", "--nats", url(), "--data", join(folder, "silent"), "--listen", `127.0.0.1:${port}`]
  const limit = ["--sensor-silence", "2s", "--durable", "silence"]
  let collector = start("collector/main.ts", [...args, ...limit])
  const names = { tenant: "default", sensor: "tap-live", boot: "live-w0" }
  const counters = new PublisherCounters()
  const link = new JetStreamLink(counters, { ...names, address: parseBusAddress(url())!, windowBatches: 8 })
  const publisher = new Batcher(link, counters, { ...names, keyEpoch: 1, ledger: () => ({}), compress: true })
  const beat = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      for (const event of trafficEvents({ ...B2B_TRAFFIC, events: 1 })) publisher.publish({ ...event, exchangeKey: 0 })
      publisher.flush()
      await sleep(300)
    }
  }
  const sensor = async () => (await read(port, "/api/v1/sensors/tap-live")) as Record<string, unknown>
  const stateBecomes = (state: string) => until(state, collector, async () => (await sensor()).state === state)
  await beat(3)
  await stateBecomes("running")
  await beat(8)
  assert.equal((await sensor()).state, "running")
  const heardBy = Date.now()
  await stateBecomes("silent")
  assert.ok(Date.parse(String((await sensor()).lastHeard)) <= heardBy + 50)
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  assert.match(metrics, /sonde_sensor_silent\{sensor="tap-live"\} 1/)
  assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200)
  collector.child.kill("SIGKILL")
  await collector.exit
  collector = start("collector/main.ts", [...args, ...limit])
  await stateBecomes("silent")
  await beat(1)
  await stateBecomes("running")
  await publisher.close()
  await stateBecomes("finished")
  await sleep(3500)
  assert.equal((await sensor()).state, "finished")
  const { items } = await read(port, "/api/v1/changes?since=0&limit=1000")
  assert.deepEqual(
    items!.filter((change) => change.subject === "tap-live").map((change) => change.kind),
    ["sensor.silent", "sensor.back"],
  )
  collector.child.kill("SIGTERM")
  assert.equal(await collector.exit, 0, collector.output.text)
})
