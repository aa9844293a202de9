// Whether cost grows: CPU an exchange from 100,000 to 2 million exchanges, and from 10 to 50,000 flows at once.
//
//   node sensor/bench/growth.ts [--smoke]
//
// Each row is a process of its own on made-up traffic (storm-source.ts: three small exchanges a connection, no loss); making it
// costs the same a packet in every row. The budget is +-20 % around the first row of each table.
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { runStorm } from "./storm-run.ts"
import { StormSource } from "./storm-source.ts"

const EXCHANGES_A_FLOW = 3

/** Runs one row in this process: prints µs of CPU an exchange, and resident MB at the end. */
async function row(exchanges: number, concurrent: number): Promise<void> {
  const flows = Math.ceil(exchanges / EXCHANGES_A_FLOW)
  const base = { bursts: 0, burstSyns: 0, lossPermille: 0, seed: 1 }
  // As long as it takes for each flow to last about a second.
  const durationUs = Math.max(1e6, (flows / concurrent) * 1e6)
  const { counters, cpuSeconds, addsUp } = await runStorm(new StormSource({ ...base, flows, concurrent, durationUs }))
  const { complete } = counters.http
  if (!addsUp || complete !== flows * EXCHANGES_A_FLOW) throw new Error(`${complete} of ${flows * EXCHANGES_A_FLOW}`)
  console.log(`${((cpuSeconds * 1e6) / complete).toFixed(3)} ${(process.memoryUsage.rss() / 1e6).toFixed(0)}`)
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
    [300_000, 10],
    [300_000, 1000],
    [300_000, 10_000],
    [300_000, 50_000],
  ])
}
