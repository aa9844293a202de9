// A disk that is full for a while: the collector takes nothing, stays up and says so once; with room again it goes on by itself, and every
// exchange is counted once. A real server, a real file system of 12 MB.
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import { Batcher } from "../../sensor/publish/batcher.ts"
import { JetStreamLink } from "../../sensor/publish/jetstream.ts"
import { PublisherCounters } from "../../sensor/publish/link.ts"
import { parseBusAddress } from "../../shared/event/event-stream.ts"
import { B2B_TRAFFIC, trafficEvents } from "../../shared/testing/event-traffic.ts"
import { NatsServer } from "../../shared/testing/nats-server.ts"
import { checkFile } from "../store/sqlite-check.ts"
import { RunningCollector } from "./running-collector.ts"

const BEFORE = 300
const WHILE = 2500

function smallDisk(at: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sonde-disk-"))
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=12m", "tmpfs", folder])
  at.after(() => {
    execFileSync("umount", [folder])
    rmSync(folder, { recursive: true })
  })
  return folder
}

/** Takes all the room there is. */
function fill(path: string): void {
  const file = openSync(path, "w")
  for (let piece = 65_536; piece >= 1; )
    try {
      if (writeSync(file, Buffer.alloc(piece)) < piece) piece >>= 1
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC")
      piece >>= 1
    }
  closeSync(file)
}

async function publish(server: NatsServer, boot: string, events: number): Promise<void> {
  const counters = new PublisherCounters()
  const names = { tenant: "t", sensor: "s", boot }
  const address = parseBusAddress(server.url)!
  const link = new JetStreamLink(counters, { ...names, address, windowBatches: 8, ackTimeoutMs: 5000 })
  const publisher = new Batcher(link, counters, {
    ...names,
    keyEpoch: 1,
    ledger: () => ({}),
    eventsMax: 10,
    compress: true,
  })
  for (const event of trafficEvents({ ...B2B_TRAFFIC, events })) {
    await publisher.busy
    publisher.publish(event)
  }
  await publisher.close()
  assert.equal(counters.acknowledged, events)
}

test("a disk that is full for a while loses nothing and doubles nothing", async (at) => {
  const server = await NatsServer.start()
  at.after(() => server.stop())
  const disk = smallDisk(at)
  const argv = ["--nats", server.url, "--checkpoint-interval", "200ms"]
  const collector = await RunningCollector.start([], disk, argv)
  at.after(() => collector.stop("SIGKILL"))
  const ledger = () => collector.get<{ exchanges: number; missingBatches: number }>("/ledger")
  const readiness = async () => {
    const response = await fetch(`${collector.url}/readyz`)
    return { status: response.status, text: await response.text() }
  }
  await publish(server, "before", BEFORE)
  await collector.until("taking", async () => (await ledger()).exchanges === BEFORE)

  const filler = join(disk, "filler")
  fill(filler)
  await publish(server, "while", WHILE)
  await collector.until("saying so", async () => (await readiness()).status === 503)
  const { text } = await readiness()
  assert.match(text, /The checkpoint cannot be written: The store failed: [^.]*full.*none are acknowledged/)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  assert.equal((await fetch(`${collector.url}/healthz`)).status, 200)
  const metrics = await (await fetch(`${collector.url}/metrics`)).text()
  assert.match(metrics, /^sonde_collector_ready 0$/m)
  assert.match(metrics, /^sonde_collector_feed_checkpoint_failures_total\{feed="jetstream"\} ([2-9]|\d\d)$/m)
  assert.ok((await ledger()).exchanges < BEFORE + WHILE)
  assert.equal(collector.said.split("cannot be written").length - 1, 1, collector.said)

  rmSync(filler)
  await collector.until("going on", async () => (await ledger()).exchanges >= BEFORE + WHILE)
  await collector.until("being ready", async () => (await readiness()).status === 200)
  const { exchanges, missingBatches } = await ledger()
  assert.deepEqual([exchanges, missingBatches], [BEFORE + WHILE, 0])
  assert.match(collector.said, /Checkpoints are written again/)
  assert.doesNotMatch(collector.said, /taken again|had back/)
  assert.equal(await collector.stop(), 0)
  const { damage, exchanges: stored } = checkFile(join(disk, "state/sonde.sqlite"))
  assert.deepEqual([damage, stored], [[], BEFORE + WHILE])
})
