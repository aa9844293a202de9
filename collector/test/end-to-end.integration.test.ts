// The main job from outside, in real processes: captures through sonde-sensor, a real nats-server and sonde-collector into
// the API — with the server, and then the collector, killed on the way. Totals must agree to the unit.
import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { after, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { freePort } from "../../shared/testing/free-port.ts"
import { NatsServer } from "../../shared/testing/nats-server.ts"

const ROOT = resolve(import.meta.dirname, "../..")
const DEMO = join(ROOT, "deploy/demo/demo.pcap")
const EXPECTED = JSON.parse(readFileSync(join(ROOT, "deploy/demo/demo.expected.json"), "utf8")) as { requests: number }
const folder = mkdtempSync(join(tmpdir(), "sonde-e2e-"))
const children = new Set<ChildProcess>()
after(() => {
  for (const child of children) child.kill("SIGKILL")
  rmSync(folder, { recursive: true, force: true })
})

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
  const exit = new Promise<number | null>((done) =>
    child.on("close", (code) => done(children.delete(child) ? code : code)),
  )
  return { child, output, exit }
}

async function get(port: number, path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  } catch {
    return { status: 0, body: {} }
  }
}

/** Polls until `found` says so; fails with the collector's output when it takes too long. */
async function until(what: string, running: Running, found: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await found()) return
    await sleep(100)
  }
  assert.fail(`${what} did not come; the collector said: ${running.output.text}`)
}

const exchangesOf = async (port: number): Promise<number> =>
  Number((await get(port, "/api/v1/ledger")).body.exchanges ?? 0)

test("sensor, nats-server killed on the way, collector killed on the way: nothing lost, nothing double", async () => {
  const nats = await NatsServer.start()
  after(() => nats.stop())
  const port = await freePort()
  const url = `nats://127.0.0.1:${nats.port}`
  const key = join(folder, "pseudonym.key")
  assert.equal(await start("sensor/main.ts", ["keygen", key]).exit, 0)
  const collect = ["run", "--nats", url, "--data", join(folder, "bus"), "--listen", `127.0.0.1:${port}`]
  let collector = start("collector/main.ts", collect)
  // The demo several times under different boots: more batches than one window, each read counted once.
  const boots = ["one", "two", "three"]
  const sensors = boots.map((boot) =>
    start("sensor/main.ts", [
      "run",
      "--read",
      DEMO,
      "--nats",
      url,
      "--key-file",
      key,
      "--boot",
      boot,
      "--publish-window",
      "1",
      "--ledger",
      "json",
      "--log-level",
      "silent",
    ]),
  )
  await sleep(700)
  await nats.kill()
  await sleep(300)
  await nats.restart()
  for (const sensor of sensors) assert.equal(await sensor.exit, 0, sensor.output.text)
  const published = sensors.reduce((sum, sensor) => {
    const ledger = JSON.parse(sensor.output.text.trim().split("\n").at(-1)!) as {
      published: { exchanges: number; acknowledged: number }
    }
    assert.equal(ledger.published.acknowledged, ledger.published.exchanges)
    return sum + ledger.published.exchanges
  }, 0)
  assert.ok(published >= boots.length * EXPECTED.requests)
  await until("the first events", collector, async () => (await exchangesOf(port)) > 0)
  collector.child.kill("SIGKILL")
  await collector.exit
  collector = start("collector/main.ts", collect)
  await until("all events", collector, async () => (await exchangesOf(port)) >= published)
  await sleep(1500)
  assert.equal(await exchangesOf(port), published)
  await until("readiness", collector, async () => (await get(port, "/readyz")).status === 200)
  // The same capture under the same boot once more: redelivery is harmless.
  assert.equal(
    await start("sensor/main.ts", [
      "run",
      "--read",
      DEMO,
      "--nats",
      url,
      "--key-file",
      key,
      "--boot",
      "one",
      "--ledger",
      "none",
    ]).exit,
    0,
  )
  await sleep(1500)
  assert.equal(await exchangesOf(port), published)
  collector.child.kill("SIGTERM")
  assert.equal(await collector.exit, 0, collector.output.text)
})

test("embedded: the demo's answers agree with nginx's own log, a second reading counts nothing twice", async () => {
  const port = await freePort()
  const data = join(folder, "embedded")
  const args = ["run", "--read", DEMO, "--data", data, "--listen", `127.0.0.1:${port}`]
  const first = start("collector/main.ts", args)
  await until("readiness", first, async () => (await get(port, "/readyz")).status === 200)
  const exchanges = await exchangesOf(port)
  assert.equal(exchanges, EXPECTED.requests)
  const endpoints = (await get(port, "/api/v1/endpoints?limit=1000")).body as unknown as {
    items: { method: string; template: string }[]
    total: number
  }
  assert.ok(endpoints.items.some((endpoint) => endpoint.template.includes("{int}")))
  assert.ok(endpoints.total >= 10)
  first.child.kill("SIGINT")
  assert.equal(await first.exit, 0, first.output.text)
  const second = start("collector/main.ts", [...args, "--exit"])
  assert.equal(await second.exit, 0, second.output.text)
  const third = start("collector/main.ts", ["run", "--data", data, "--listen", `127.0.0.1:${port}`])
  await until("readiness", third, async () => (await get(port, "/readyz")).status === 200)
  assert.equal(await exchangesOf(port), exchanges)
  third.child.kill("SIGINT")
  assert.equal(await third.exit, 0)
})

test("what is wrong with a start is one sentence", async () => {
  const blocker = createServer().listen(0, "127.0.0.1")
  after(() => blocker.close())
  await sleep(50)
  const { port } = blocker.address() as { port: number }
  for (const [args, code, sentence] of [
    [["--listen", `127.0.0.1:${port}`], 1, /already listens on 127\.0\.0\.1/],
    [["--listen", "0.0.0.0:0"], 2, /Refusing to listen on 0\.0\.0\.0/],
    [["--listen", "nowhere"], 2, /--listen takes an address and a port/],
    [
      ["--read", join(folder, "missing.pcap"), "--exit", "--listen", "127.0.0.1:0"],
      1,
      /missing\.pcap: there is no such file/,
    ],
  ] as const) {
    const running = start("collector/main.ts", ["run", "--data", join(folder, "wrong"), ...args])
    assert.equal(await running.exit, code, running.output.text)
    assert.match(running.output.text, sentence)
    assert.doesNotMatch(running.output.text, /\n {4}at /)
  }
})
