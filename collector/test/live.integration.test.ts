// From a live mirror to the API: real nginx and curl, the sensor on the mirror port, a real nats-server that dies on the way, the
// collector. What the server logged is what the store holds. Root, Linux.
import assert from "node:assert/strict"
import type { ChildProcess } from "node:child_process"
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { after, test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { MirrorLab } from "../../shared/testing/mirror-lab.ts"
import { findNatsServer } from "../../shared/testing/nats-server.ts"

const ROOT = join(import.meta.dirname, "../..")
const NATS = "nats://127.0.0.1:4222"
const API = "127.0.0.1:8470"

const children: ChildProcess[] = []
let lab: MirrorLab | null = null
after(() => {
  for (const child of children) child.kill("SIGKILL")
  lab?.stop()
})

function start(program: string, ...args: readonly string[]): { child: ChildProcess; said: () => string } {
  const child = lab!.atTap(program, args)
  children.push(child)
  let text = ""
  for (const stream of [child.stdout!, child.stderr!])
    stream.on("data", (part) => {
      text += part
    })
  return { child, said: () => text }
}

const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once("close", resolve))

function get(path: string): Record<string, unknown> {
  const argv = ["netns", "exec", lab!.tap, "curl", "-s", `http://${API}${path}`]
  return JSON.parse(execFileSync("ip", argv, { encoding: "utf8" })) as Record<string, unknown>
}

async function until(what: string, holds: () => boolean, seconds = 30): Promise<void> {
  for (const from = performance.now(); ; await pause(100)) {
    try {
      if (holds()) return
    } catch {
      // Not up yet.
    }
    assert.ok(performance.now() - from < seconds * 1000, `waiting for ${what}`)
  }
}

test("live: what the server logged is in the store, though nats-server was killed on the way", async () => {
  lab = MirrorLab.start()
  const node = process.execPath
  const key = join(lab.folder, "pseudonym.key")
  execFileSync(node, [join(ROOT, "sensor/main.ts"), "keygen", key], { stdio: "ignore" })
  const nats = (): ChildProcess =>
    start(findNatsServer(), "-js", "-sd", join(lab!.folder, "nats"), "-a", "127.0.0.1").child
  let server = nats()
  const collector = start(
    node,
    join(ROOT, "collector/main.ts"),
    ...["run", "--nats", NATS, "--data", join(lab.folder, "store"), "--listen", API],
  )
  const sensor = start(
    node,
    join(ROOT, "sensor/main.ts"),
    ...["run", "--interface", lab.port, "--nats", NATS, "--key-file", key, "--sensor", "tap1", "--heartbeat", "1s"],
    ...["--ledger", "json", "--log-level", "info", "--publish-patience", "20s"],
  )
  await until("the sensor", () => /Watching/.test(sensor.said()))
  const ask = (from: number, to: number): void =>
    void lab!.client("curl", ["-s", "-o", "/dev/null", `${lab!.url}/v1/orders/[${from}-${to}]`])
  ask(1, 100)
  await until("the first exchanges", () => (get("/api/v1/ledger").exchanges as number) > 0)
  server.kill("SIGKILL")
  await ended(server)
  ask(101, 200)
  await pause(1500)
  server = nats()
  ask(201, 250)
  await until("all exchanges", () => get("/api/v1/ledger").exchanges === 250)
  assert.equal(lab.logged.length, 250)

  // A silent wire is no silent sensor: its heartbeat goes on.
  await pause(2500)
  const { items } = get("/api/v1/sensors") as { items: { id: string; state: string; lastHeard: string }[] }
  assert.deepEqual(
    items.map(({ id, state }) => [id, state]),
    [["tap1", "running"]],
  )
  const before = items[0]!.lastHeard
  await until("another heartbeat", () => (get("/api/v1/sensors/tap1").lastHeard as string) > before)

  sensor.child.kill("SIGTERM")
  assert.equal(await ended(sensor.child), 0, sensor.said())
  const ledger = JSON.parse(
    sensor
      .said()
      .split("\n")
      .findLast((line) => line.startsWith('{"capture"'))!,
  )
  assert.ok(ledger.balance.holds, JSON.stringify(ledger.balance))
  assert.deepEqual([ledger.published.exchanges, ledger.published.acknowledged], [250, 250])
  await until("the end of the run", () => get("/api/v1/sensors/tap1").state === "finished")
  collector.child.kill("SIGTERM")
  assert.equal(await ended(collector.child), 0, collector.said())
})
