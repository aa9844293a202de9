// A storm (storm-source.ts) through the whole sensor, with full events that are encoded and discarded.
import { settle } from "../../shared/config/options.ts"
import { balances } from "../../shared/event/ledger.ts"
import type { PacketSource } from "../capture/packet-source.ts"
import { PIPELINE_OPTIONS } from "../config.ts"
import { localKey } from "../key-file.ts"
import { ledgerCounters, type SensorCounters } from "../ledger.ts"
import { Pipeline } from "../pipeline.ts"
import { Batcher } from "../publish/batcher.ts"
import { PublisherCounters } from "../publish/link.ts"
import { NullLink } from "../publish/null-link.ts"

export interface StormRun {
  readonly counters: SensorCounters
  /** User and system, of this process while it ran. */
  readonly cpuSeconds: number
  readonly addsUp: boolean
}

export async function runStorm(source: PacketSource): Promise<StormRun> {
  const published = new PublisherCounters()
  const batcher = new Batcher(new NullLink(published), published, {
    tenant: "t",
    sensor: "storm",
    boot: "b",
    keyEpoch: 0,
    ledger: () => ledgerCounters(pipeline.counters),
  })
  const pipeline: Pipeline = new Pipeline(source, batcher, localKey(), settle(PIPELINE_OPTIONS, {}).values, false)
  const started = process.cpuUsage()
  await pipeline.run()
  const { user, system } = process.cpuUsage(started)
  const addsUp = balances(ledgerCounters(pipeline.counters)).every((one) => one.holds)
  return { counters: pipeline.counters, cpuSeconds: (user + system) / 1e6, addsUp }
}
