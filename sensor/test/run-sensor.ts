// Runs the whole sensor over a capture and keeps what it publishes. For tests.
import assert from "node:assert/strict"
import { settle } from "../../shared/config/options.ts"
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { balances } from "../../shared/event/ledger.ts"
import type { PlainFacts } from "../../shared/event/plain-facts.ts"
import { openCapture } from "../capture/capture-files.ts"
import { PIPELINE_OPTIONS } from "../config.ts"
import { localKey } from "../key-file.ts"
import { readKeyLog } from "../key-input/key-log-file.ts"
import { ledgerCounters } from "../ledger.ts"
import { Pipeline } from "../pipeline.ts"
import { PublisherCounters } from "../publish/link.ts"
import { eventLine } from "../publish/ndjson.ts"
import type { Publisher } from "../publish/publisher.ts"

export class Recorder implements Publisher {
  readonly counters = new PublisherCounters()
  readonly busy = null
  /** Each event as `read --reveal` shows it. */
  readonly revealed: string[] = []
  /** Each TLS note, as it would leave. */
  readonly notes: string[] = []
  /** Everything that would leave the sensor. */
  readonly published: string[] = []

  publish(event: ApiEvent, plain: PlainFacts | null): void {
    this.counters.exchanges++
    this.counters.acknowledged++
    this.revealed.push(JSON.stringify(eventLine(event, plain)))
    this.published.push(JSON.stringify(event), JSON.stringify(eventLine(event, null)))
  }
  note(shape: { readonly paths: readonly string[] }): void {
    this.published.push(JSON.stringify(shape))
  }
  tls(note: object): void {
    this.counters.tlsNotes++
    this.notes.push(JSON.stringify(note))
    this.published.push(JSON.stringify(note))
  }
  advance(): void {}
  abandon(): void {}
  async close(): Promise<void> {}
}

export interface SensorRun {
  readonly recorder: Recorder
  readonly pipeline: Pipeline
}

/** `keys`: a TLS key log. The ledger must add up, and the capture be sound. */
export async function runSensor(path: string, keys: string | null = null): Promise<SensorRun> {
  const recorder = new Recorder()
  const source = openCapture([path])
  const pipeline = new Pipeline(source, recorder, localKey(), settle(PIPELINE_OPTIONS, {}).values, true)
  if (keys !== null) readKeyLog(keys, (lines) => pipeline.keys.readLines(lines))
  await pipeline.run()
  assert.deepEqual(source.problems, [])
  for (const one of balances(ledgerCounters(pipeline.counters))) assert.ok(one.holds, JSON.stringify(one))
  return { recorder, pipeline }
}
