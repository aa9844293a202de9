// One scene, measured: messages -> decode -> inventory -> SQLite, then lists over HTTP. A process of its own, so that CPU seconds and
// memory are the collector's. Times of applying are CPU (user and system, all threads), so that a busy machine hardly changes them;
// times of lists are those of a clock.
//
// Usage: node collector/bench/scene-run.ts SCENE FILE [--smoke]
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { decodeBatch } from "../../shared/event/event-codec.ts"
import { WatchKind } from "../analysis/watch.ts"
import { startApi } from "../api/server.ts"
import { CHECKPOINT_LIMITS, CHECKPOINT_SHARE } from "../consume/checkpoint-schedule.ts"
import { Inventory } from "../inventory/inventory.ts"
import { keepHeapSmall } from "../memory.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store } from "../store/store.ts"
import { BATCH } from "./scenes.ts"

const [name = "", file = ""] = process.argv.slice(2)
const isSmoke = process.argv.includes("--smoke")
/** What arrives in a second, the least time between two checkpoints, at the budget of 50,000 events/s. */
const BATCHES_PER_SECOND = 50

function* messagesOf(path: string): Generator<Uint8Array> {
  const descriptor = openSync(path, "r")
  const head = Buffer.alloc(4)
  while (readSync(descriptor, head) === 4) {
    const message = Buffer.alloc(head.readUInt32BE())
    readSync(descriptor, message)
    yield message
  }
  closeSync(descriptor)
}

function decode(message: Uint8Array) {
  const decoded = decodeBatch(message)
  if (!decoded.ok) throw new Error(decoded.sentence)
  return decoded.batch
}

/** CPU of this process so far, ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

async function applyAll(store: Store): Promise<void> {
  // As the daemon has it: with the analysis behind it.
  const watcher = new WatchKind()
  const inventory = await Inventory.open(store, { watcher })
  const spent = { decode: 0, apply: 0, checkpoint: 0 }
  const checkpointsMs: number[] = []
  let messages = 0
  let [batches, bytes, sinceMs] = [0, 0, cpuMs()]
  /** As checkpoint-schedule.ts has it, by CPU in place of the clock. */
  const isDue = (): boolean => {
    if (batches >= CHECKPOINT_LIMITS.batches || bytes >= CHECKPOINT_LIMITS.bytes) return true
    return batches >= BATCHES_PER_SECOND && cpuMs() - sinceMs >= (checkpointsMs.at(-1) ?? 0) / CHECKPOINT_SHARE
  }
  const commit = async (): Promise<void> => {
    const start = cpuMs()
    await inventory.checkpoint()
    sinceMs = cpuMs()
    checkpointsMs.push(sinceMs - start)
    batches = 0
    bytes = 0
  }
  for (const message of messagesOf(file)) {
    const t0 = cpuMs()
    const batch = decode(message)
    const t1 = cpuMs()
    inventory.apply(batch, 0, message)
    spent.apply += cpuMs() - t1
    spent.decode += t1 - t0
    messages++
    batches++
    bytes += message.length
    if (isDue()) await commit()
  }
  if (batches > 0) await commit()
  // What checkpoints have put off is theirs.
  const foldedMs = cpuMs()
  await store.pairs({}, 1)
  checkpointsMs.push(cpuMs() - foldedMs)
  for (const ms of checkpointsMs) spent.checkpoint += ms
  const events = messages * BATCH
  const us = (ms: number): string => ((ms * 1000) / events).toFixed(2)
  const all = spent.decode + spent.apply + spent.checkpoint
  const { services, endpoints, consumers, pairs, joined, waiting } = inventory.counters
  print(
    `${name}: ${events} events, ${services} services, ${endpoints} endpoints, ${consumers} consumers, ${pairs} pairs`,
  )
  if (joined > 0) print(`  ${joined} joined, ${waiting} waiting`)
  print(
    `  CPU an event, µs: decode ${us(spent.decode)}, apply ${us(spent.apply)}, checkpoints ${us(spent.checkpoint)}; together ` +
      `${us(all)} (${Math.round((events / all) * 1000).toLocaleString("en")}/s), ${(all / spent.decode).toFixed(1)} times decoding`,
  )
  const { baselines } = watcher.watch!.analysis
  const megabytes = Object.entries(baselines)
    .filter(([, each]) => baselines.all.includes(each))
    .map(([part, { bytes: size }]) => `${part} ${(size / 2 ** 20).toFixed(1)}`)
  print(
    `  baselines, MB: ${megabytes.join(", ")}; ${Math.round(baselines.bytes / pairs)} bytes a pair, all of them counted`,
  )
  const peak = Math.round(process.resourceUsage().maxRSS / 1024)
  print(`  checkpoints, ms: ${checkpointsMs.map((ms) => ms.toFixed(0)).join(" ")}; RSS at most ${peak} MB`)
}

const LISTS = [
  "/endpoints",
  "/endpoints?sort=-requests",
  "/endpoints?sort=service&limit=50",
  "/endpoints?search=order",
  "/endpoints?search=no-such-name",
  "/endpoints?posture=missing&sort=-lastSeen",
  "/endpoints?consumer=CONSUMER",
  "/services",
  "/consumers?sort=-lastSeen",
  "/consumers?search=partner-1",
  "/consumers?service=SERVICE",
  "/map?limit=500",
  "/changes?kind=endpoint",
  "/endpoints/ENDPOINT",
  "/endpoints/ENDPOINT/series",
  "/endpoints/ENDPOINT/quantiles",
  "/consumers/CONSUMER",
]

/** Every list again and again over HTTP: its median and 99th percentile. */
async function timeLists(store: Store): Promise<void> {
  const api = await startApi({
    store,
    listen: { host: "127.0.0.1", port: 0 },
    health: () => ({ ready: true, reasons: [] }),
    metrics: () => "",
    assets: "/nonexistent",
    version: "0.0.0",
  })
  const sort = "-requests"
  const [service, endpoint, consumer] = await Promise.all([
    store.services({ limit: 1, sort }),
    store.endpoints({}, { limit: 1, sort }),
    store.consumers({ limit: 1, sort }),
  ])
  for (const list of LISTS) {
    const path = list
      .replace("SERVICE", service.items[0]!.id)
      .replace("ENDPOINT", endpoint.items[0]!.id)
      .replace("CONSUMER", consumer.items[0]!.id)
    const times: number[] = []
    const before = cpuMs()
    for (let i = 0; i < (isSmoke ? 1 : 100); i++) {
      const start = performance.now()
      const response = await fetch(`${api.address.url}/api/v1${path}`)
      if (response.status !== 200) throw new Error(`${path}: ${response.status}`)
      await response.arrayBuffer()
      times.push(performance.now() - start)
    }
    const cpu = ((cpuMs() - before) / times.length).toFixed(1)
    times.sort((a, b) => a - b)
    const at = (q: number): string => times[Math.floor(q * (times.length - 1))]!.toFixed(1)
    print(`  GET ${list}: median ${at(0.5)} ms, p99 ${at(0.99)} ms; CPU, the client's too, ${cpu} ms`)
  }
  const start = performance.now()
  await store.load()
  print(`  load: ${(performance.now() - start).toFixed(0)} ms`)
  await api.close()
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

keepHeapSmall()
const directory = mkdtempSync(join(tmpdir(), "sonde-bench-"))
const store = await openSqliteStore(directory)
try {
  await applyAll(store)
  if ((name === "large" || name === "wide") && !process.argv.includes("--no-lists")) await timeLists(store)
} finally {
  await store.close()
  rmSync(directory, { recursive: true })
}
