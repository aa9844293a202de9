// Whether cost grows: CPU an exchange from 100,000 to 2 million exchanges, and from 10 to 50,000 flows at once.
//
//   node sensor/bench/growth.ts [--smoke]
//
// Each row is a process of its own on made-up traffic (storm-source.ts: three small exchanges a connection, no loss); making it
// costs the same a packet in every row. What is measured is the second half of it: compiling costs the same whatever follows, and
// would make short rows look dear. The budget is +-20 % around the first row of each table.
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { PacketBatch } from "../capture/packet-batch.ts"
import type { CaptureCounters, PacketSource } from "../capture/packet-source.ts"
import { runStorm } from "./storm-run.ts"
import { StormSource } from "./storm-source.ts"

const EXCHANGES_A_FLOW = 3

/** The storm, and what CPU the process had used when half of it had passed. */
class Halved implements PacketSource {
  readonly counters: CaptureCounters
  readonly problems = []
  readonly progress = { consumed: 0, total: null }
  /** User and system, µs. */
  halfUs = 0
  readonly #storm: StormSource
  readonly #half: number

  constructor(storm: StormSource) {
    this.#storm = storm
    this.counters = storm.counters
    this.#half = storm.packets / 2
  }

  next(batch: PacketBatch): boolean {
    if (this.halfUs === 0 && this.counters.packets >= this.#half) this.halfUs = usedUs()
    return this.#storm.next(batch)
  }

  close(): void {
    this.#storm.close()
  }
}

function usedUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Runs one row in this process: prints µs of CPU an exchange, and resident MB at the end. */
async function row(exchanges: number, concurrent: number): Promise<void> {
  const flows = Math.ceil(exchanges / EXCHANGES_A_FLOW)
  const base = { bursts: 0, burstSyns: 0, lossPermille: 0, seed: 1 }
  // As long as it takes for each flow to last about a second.
  const durationUs = Math.max(1e6, (flows / concurrent) * 1e6)
  const source = new Halved(new StormSource({ ...base, flows, concurrent, durationUs }))
  const { counters, addsUp } = await runStorm(source)
  const costUs = usedUs() - source.halfUs
  const { complete } = counters.http
  if (!addsUp || complete !== flows * EXCHANGES_A_FLOW) throw new Error(`${complete} of ${flows * EXCHANGES_A_FLOW}`)
  console.log(`${((2 * costUs) / complete).toFixed(3)} ${(process.memoryUsage.rss() / 1e6).toFixed(0)}`)
}

function table(title: string, rows: readonly (readonly [exchanges: number, concurrent: number])[]): void {
  console.log(`\n${title}\nexchanges   flows at once   µs/exchange   of the first   RSS MB`)
  let first = 0
  for (const [exchanges, concurrent] of rows) {
    const script = fileURLToPath(import.meta.url)
    const out = execFileSync(process.execPath, [script, "--row", String(exchanges), String(concurrent)], {
      encoding: "utf8",
    })
    const [cost, rss] = out.trim().split(" ").map(Number)
    first ||= cost!
    console.log(
      `${String(exchanges).padStart(9)} ${String(concurrent).padStart(15)} ${cost!.toFixed(2).padStart(13)} ${(cost! / first).toFixed(2).padStart(14)} ${String(rss).padStart(8)}`,
    )
  }
}

const [mode, exchanges, concurrent] = process.argv.slice(2)
if (mode === "--row") await row(Number(exchanges), Number(concurrent))
else if (mode === "--smoke") table("growth, smoke", [[3000, 10]])
else {
  table("growth with exchanges", [
    [100_000, 100],
    [500_000, 100],
    [2_000_000, 100],
  ])
  table("growth with flows at once", [
    [600_000, 10],
    [600_000, 1000],
    [600_000, 10_000],
    [600_000, 50_000],
  ])
}
