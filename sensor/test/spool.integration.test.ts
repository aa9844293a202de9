// A real sensor on a live mirror whose server is away, killed: its next start has every exchange that the server logged.
// Needs root on Linux and nginx, curl, iproute2.
import assert from "node:assert/strict"
import type { ChildProcess } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
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
const lab = MirrorLab.start()
const children: ChildProcess[] = []
after(() => {
  for (const child of children) child.kill("SIGKILL")
  lab.stop()
  rmSync(folder, { recursive: true })
})

class Sensor {
  readonly child: ChildProcess
  said = ""

  constructor() {
    const bus = ["--nats", "nats://127.0.0.1:1", "--publish-spool", join(folder, "spool"), "--sensor", "edge"]
    const rest = ["--key-file", join(folder, "key"), "--ledger", "json", "--log-level", "info"]
    this.child = lab.atTap(process.execPath, [MAIN, "run", "--interface", lab.port, ...bus, ...rest])
    children.push(this.child)
    this.child.stderr!.on("data", (text) => {
      this.said += text
    })
  }

  async until(words: RegExp): Promise<void> {
    for (let i = 0; i < 750 && !words.test(this.said); i++) await pause(20)
    assert.match(this.said, words)
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.child.once("close", resolve))
    this.child.kill(signal)
    return ended
  }
}

test("the server away, the sensor killed, then stopped: nothing that was logged is missing from the spool", async () => {
  writeFileSync(join(folder, "key"), `${"ab".repeat(32)}\n`, { mode: 0o600 })
  const first = new Sensor()
  await first.until(/Watching mirror0/)
  lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/v1/orders/[1-200]`])
  // The batch is closed after a second of packet time.
  await pause(2500)
  await first.end("SIGKILL")

  const second = new Sensor()
  await second.until(/holds \d+ batches \(200 exchanges\) of an earlier run: they are sent first/)
  await second.until(/Watching mirror0/)
  lab.client("curl", ["-s", "-o", "/dev/null", `${lab.url}/v1/orders/[1-100]`])
  await pause(300)
  // An end in order leaves them, too, and says so; it is no failure.
  assert.equal(await second.end("SIGTERM"), 0, second.said)
  assert.match(second.said, /\d+ batches were not acknowledged: they wait in the spool for the next start/)
  const line = second.said.split("\n").findLast((one) => one.startsWith('{"capture"'))!
  const ledger = JSON.parse(line) as { published: Record<string, number>; balance: { holds: boolean } }
  assert.deepEqual([ledger.published.spooled, ledger.balance.holds], [100, true])

  const counters = new PublisherCounters()
  const options = {
    place: placeOf(join(folder, "spool"), 1),
    names: { tenant: "default", sensor: "edge" },
    bytesMax: 1 << 30,
  }
  const spool = new Spool(counters.spool, { ...options, say: () => undefined })
  assert.equal(counters.spool.inheritedExchanges, 300)
  const events = spool.inherited.map(({ place }) => {
    const result = decodeBatch(spool.read(place)!)
    return result.ok ? result.batch.events.length : -1
  })
  assert.equal(
    events.reduce((a, b) => a + b),
    300,
  )
  assert.equal(lab.logged.length, 300)
  spool.close()
})
