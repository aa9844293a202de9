// A real sensor on a live mirror whose server is away, killed: its next start has every exchange that the server logged.
// Needs root on Linux and nginx, curl, iproute2.
import assert from "node:assert/strict"
import type { ChildProcess } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { decodeBatch } from "../../shared/event/event-codec.ts"
import { MirrorLab } from "../../shared/testing/mirror-lab.ts"
import { PublisherCounters } from "../publish/link.ts"
import { placeOf } from "../publish/spool/folder.ts"
import { Spool } from "../publish/spool/spool.ts"

const MAIN = join(import.meta.dirname, "../main.ts")
const folder = mkdtempSync(join(tmpdir(), "sonde-spool-live-"))
writeFileSync(join(folder, "key"), `${"ab".repeat(32)}\n`, { mode: 0o600 })
const lab = MirrorLab.start()
const children: ChildProcess[] = []
after(() => {
  for (const child of children) child.kill("SIGKILL")
  lab.stop()
  rmSync(folder, { recursive: true })
})

/** A program on the lab's mirror, and what it says. */
class Program {
  readonly child: ChildProcess
  said = ""

  constructor(argv: readonly string[], spool: string) {
    const bus = ["--nats", "nats://127.0.0.1:1", "--publish-spool", spool, "--sensor", "edge"]
    this.child = lab.atTap(process.execPath, [...argv, ...bus, "--key-file", join(folder, "key")])
    children.push(this.child)
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on("data", (text) => {
        this.said += text
      })
  }

  async until(words: RegExp): Promise<void> {
    for (let i = 0; i < 750 && !words.test(this.said); i++) await pause(20)
    assert.match(this.said, words)
  }

  /** Ends it by what `ask` does. */
  async end(ask: (child: ChildProcess) => void): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.child.once("close", resolve))
    ask(this.child)
    return ended
  }
}

const startSensor = (): Program =>
  new Program([MAIN, "run", "--interface", lab.port, "--ledger", "json", "--log-level", "info"], join(folder, "spool"))

/** What a run finds in a worker's place: exchanges as its records say, and events in its batches. */
function spooled(spoolFolder: string, worker: number): readonly [exchanges: number, events: number] {
  const counters = new PublisherCounters()
  const place = placeOf(spoolFolder, worker)
  const names = { tenant: "default", sensor: "edge" }
  const spool = new Spool(counters.spool, { place, names, bytesMax: 1 << 30, say: () => undefined })
  let events = 0
  for (const batch of spool.inherited) {
    const result = decodeBatch(spool.read(batch.place)!)
    assert.ok(result.ok)
    events += result.batch.events.length
  }
  spool.close()
  return [counters.spool.inheritedExchanges, events]
}

test("the server away, the sensor killed, then stopped: nothing that was logged is missing from the spool", async () => {
  const first = startSensor()
  await first.until(/Watching mirror0/)
  lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/v1/orders/[1-200]`])
  // The batch is closed after a second of packet time.
  await pause(2500)
  await first.end((child) => child.kill("SIGKILL"))

  const second = startSensor()
  await second.until(/holds \d+ batches \(200 exchanges\) of an earlier run: they are sent first/)
  await second.until(/Watching mirror0/)
  lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/v1/orders/[1-100]`])
  await pause(300)
  // An end in order leaves them, too, and says so; it is no failure.
  assert.equal(await second.end((child) => child.kill("SIGTERM")), 0, second.said)
  assert.match(second.said, /\d+ batches were not acknowledged: they wait in the spool for the next start/)
  const line = second.said.split("\n").findLast((one) => one.startsWith('{"capture"'))!
  const ledger = JSON.parse(line) as { published: Record<string, number>; balance: { holds: boolean } }
  assert.deepEqual([ledger.published.spooled, ledger.balance.holds], [100, true])

  assert.deepEqual(spooled(join(folder, "spool"), 0), [300, 300])
  assert.equal(lab.logged.length, 300)
})

test("a worker that dies finds its place in the spool again; what it held counts once", async () => {
  const spool = join(folder, "workers")
  const workers = new Program([join(import.meta.dirname, "fake-worker-death.ts"), lab.port], spool)
  await workers.until(/Worker 0: Watching[\s\S]*Worker 1: Watching|Worker 1: Watching[\s\S]*Worker 0: Watching/)
  const before = lab.logged.length
  const ask = (): void => {
    for (let i = 0; i < 10; i++) lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/v1/orders/[1-4]`])
  }
  ask()
  // Batches are closed, and counters reported.
  await pause(3000)
  workers.child.stdin!.write("kill\n")
  await workers.until(/Worker 0 died[\s\S]*Worker 0: The spool .* of an earlier run[\s\S]*Worker 0: Watching/)
  ask()
  await pause(500)
  assert.equal(await workers.end((child) => child.stdin!.end()), 0, workers.said)
  assert.equal(lab.logged.length - before, 80)
  const shares = [0, 1].map((worker) => spooled(spool, worker))
  assert.equal(shares[0]![0] + shares[1]![0], 80)
  const ledger = JSON.parse(workers.said.split("\n").find((line) => line.startsWith("{"))!) as {
    published: { exchanges: number; spool: { heldBytes: number; inheritedExchanges: number } }
    balance: { holds: boolean; equations: readonly unknown[] }
  }
  assert.ok(ledger.balance.holds, JSON.stringify(ledger.balance.equations))
  assert.equal(ledger.published.exchanges, 80)
  const bytes = [0, 1]
    .flatMap((worker) => readdirSync(placeOf(spool, worker)).map((name) => join(placeOf(spool, worker), name)))
    .reduce((sum, path) => sum + statSync(path).size, 0)
  assert.equal(ledger.published.spool.heldBytes, bytes)
})
