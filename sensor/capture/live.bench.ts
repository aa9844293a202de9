// What capturing alone costs, beside tcpdump writing to /dev/null: CPU of the capturing process (user + system) for each
// packet that tcpreplay sends as fast as it can, and what was lost. Opening and closing are not counted. Needs a namespace, tcpreplay, tcpdump:
//
//   unshare --net node_modules/.bin/node sensor/capture/live.bench.ts [--smoke]
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pcapFile } from "../../shared/testing/capture-builder.ts"
import { cable, prepareNamespace, replayFile } from "../../shared/testing/network-namespace.ts"
import { ethernet, ipv4, START_US, tcp } from "../../shared/testing/packet-builder.ts"
import { openLive } from "./live.ts"
import { PacketBatch } from "./packet-batch.ts"

const FRAMES = 10_000
const LOOPS = process.argv.includes("--smoke") ? 1 : 200
/** Ticks of /proc/PID/stat in a second. */
const TICKS = 100

interface Cost {
  readonly cpuUs: number
  readonly packets: number
  readonly drops: number
}

const FOLDER = mkdtempSync(join(tmpdir(), "sonde-live-bench-"))

/** A capture file of packets of that length. */
function captureOf(bytes: number): string {
  const frames = Array.from({ length: FRAMES }, (_, i) => ({
    timeUs: START_US + i,
    bytes: ethernet(ipv4(tcp({ seq: i * bytes, payload: "x".repeat(bytes - 54) }))),
  }))
  const file = join(FOLDER, `${bytes}.pcap`)
  writeFileSync(file, pcapFile(frames))
  return file
}

async function sonde(file: string): Promise<Cost> {
  const source = openLive({ interfaces: ["b0"], log: console.error })
  const batch = new PacketBatch()
  await source.next(batch)
  const before = process.cpuUsage()
  const flood = replayFile("a0", file, 0, LOOPS).then(() => source.stop!())
  let sum = 0
  while (await source.next(batch)) {
    for (let i = 0; i < batch.count; i++) sum += batch.captured[i]!
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { user, system } = process.cpuUsage(before)
  await flood
  if (sum !== source.counters.bytes) throw new Error("the batches do not add up")
  return { cpuUs: user + system, packets: source.counters.packets, drops: source.counters.kernelDrops! }
}

function cpuUsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS
}

async function tcpdump(file: string): Promise<Cost> {
  const run = spawn("tcpdump", ["-i", "b0", "-Z", "root", "-B", "65536", "-s", "262144", "-w", "/dev/null"])
  let output = ""
  run.stderr.on("data", (chunk) => {
    output += chunk
  })
  while (!output.includes("listening on")) await new Promise((resolve) => setTimeout(resolve, 10))
  const before = cpuUsOf(run.pid!)
  await replayFile("a0", file, 0, LOOPS)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  const cpuUs = cpuUsOf(run.pid!) - before
  run.kill("SIGINT")
  await new Promise((resolve) => run.once("close", resolve))
  const count = (what: string): number => Number(new RegExp(`(\\d+) packets? ${what}`).exec(output)?.[1])
  return { cpuUs, packets: count("captured"), drops: count("dropped by kernel") }
}

prepareNamespace()
cable("a0", "b0")
// Once for nothing: the code is warm before anything is measured.
await sonde(captureOf(200))
for (const bytes of [100, 500, 1400]) {
  const file = captureOf(bytes)
  for (const [name, run] of [
    ["sonde", sonde],
    ["tcpdump", tcpdump],
  ] as const) {
    const { cpuUs, packets, drops } = await run(file)
    console.log(
      `${bytes} bytes  ${name.padEnd(8)} ${((cpuUs * 1000) / packets).toFixed(0).padStart(5)} ns a packet  ` +
        `${packets} delivered + ${drops} dropped = ${packets + drops}`,
    )
  }
}
rmSync(FOLDER, { recursive: true })
