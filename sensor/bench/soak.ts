// An hour's soak, compressed: half a million flows with packet loss and floods of half-open ones through the whole sensor.
//
//   node sensor/bench/soak.ts [--smoke]
//
// Says what memory did along the way, which limits were reached and how often, and whether the ledger adds up. Time is packet
// time, so that an hour of timeouts takes as long as its packets take.
import { settle } from "../../shared/config/options.ts"
import { balances } from "../../shared/event/ledger.ts"
import { PIPELINE_OPTIONS } from "../config.ts"
import { localKey } from "../key-file.ts"
import { ledgerCounters } from "../ledger.ts"
import { Pipeline } from "../pipeline.ts"
import { Batcher } from "../publish/batcher.ts"
import { PublisherCounters } from "../publish/link.ts"
import { NullLink } from "../publish/null-link.ts"
import { type StormOptions, StormSource } from "./storm-source.ts"

const isSmoke = process.argv.includes("--smoke")
const STORM: StormOptions = {
  flows: isSmoke ? 20_000 : 500_000,
  concurrent: isSmoke ? 500 : 5000,
  bursts: isSmoke ? 4 : 20,
  // More than the flow table holds: the flood must push out itself.
  burstSyns: isSmoke ? 70_000 : 100_000,
  lossPermille: 5,
  durationUs: 3600e6,
  seed: 7,
}

const source = new StormSource(STORM)
const published = new PublisherCounters()
const batcher = new Batcher(new NullLink(published), published, {
  tenant: "t",
  sensor: "soak",
  boot: "b",
  keyEpoch: 0,
  ledger: () => ledgerCounters(pipeline.counters),
})
const pipeline: Pipeline = new Pipeline(source, batcher, localKey(), settle(PIPELINE_OPTIONS, {}).values, false)

/** Resident memory at each tenth of the packets, MB. */
const memory: number[] = []
const packetsTotal = STORM.flows * 16 + STORM.bursts * STORM.burstSyns
const next = source.next.bind(source)
source.next = (batch) => {
  if (source.counters.packets >= ((memory.length + 1) * packetsTotal) / 11) memory.push(process.memoryUsage.rss() / 1e6)
  return next(batch)
}
const started = process.cpuUsage()
await pipeline.run()
const used = process.cpuUsage(started)
const { tcp, http } = pipeline.counters
const rows: readonly (readonly [string, number | string])[] = [
  ["packets", source.counters.packets],
  ["lost by the mirror", source.lost],
  ["CPU ns a packet", Math.round(((used.user + used.system) * 1000) / source.counters.packets)],
  ["resident MB at each tenth", memory.map((mb) => mb.toFixed(0)).join(" ")],
  ["sessions", tcp.sessions],
  ["most at once", tcp.activeMax],
  ["closed by timeout", tcp.closed.timeout],
  ["evicted", tcp.closed.evicted],
  ["gaps", tcp.reassemblyGap],
  ["bytes held at most", tcp.heldBytesMax],
  ["exchanges", http.exchanges],
  ["of them complete", http.complete],
  ["ledger", balances(ledgerCounters(pipeline.counters)).every((one) => one.holds) ? "adds up" : "DOES NOT ADD UP"],
]
for (const [what, value] of rows) console.log(`${what.padEnd(26)} ${value}`)
