// The sensor's public face: what the collector's main embeds. Batches are encoded by the same codec as on a network link
// and handed over as bytes.

import { captureBoot, randomBoot } from "./boot-id.ts"
import { openCapture } from "./capture/capture-files.ts"
import type { CaptureProblem } from "./capture/packet-source.ts"
import { DAEMON_OPTIONS, type EmbeddedValues } from "./config.ts"
import { KeyLogFollower, readKeyLog } from "./key-input/key-log-file.ts"
import { ledgerCounters, ledgerLine, type SensorCounters } from "./ledger.ts"
import { openLiveInput } from "./live-input.ts"
import { livePart } from "./live-run.ts"
import { Pipeline } from "./pipeline.ts"
import { Batcher } from "./publish/batcher.ts"
import { InProcessLink, type Receive } from "./publish/in-process.ts"
import { PublisherCounters } from "./publish/link.ts"
import type { PseudonymKey } from "./summary/privacy/pseudonym.ts"

export { isUsersMistake, LiveCaptureError } from "./capture/live-error.ts"
export { EMBEDDED_OPTIONS, type EmbeddedValues } from "./config.ts"
export { makeKeyFile, readKeyFile } from "./key-file.ts"
export { showProgress } from "./progress.ts"
export { type PathText, pathReader } from "./summary/path-view.ts"
export { PseudonymKey } from "./summary/privacy/pseudonym.ts"

export interface EmbeddedOptions {
  /** Captures, "-" for stdin. */
  readonly read: readonly string[]
  /** Key log of TLS sessions, "" without. */
  readonly keylog?: string
  /** Interfaces to watch in place of captures, and the filter for them; takes sentences for the log. */
  readonly live?: {
    readonly interfaces: readonly string[]
    readonly filter: string
    readonly say: (sentence: string) => void
  }
  /** Privacy, identities, data classes, limits: settled from EMBEDDED_OPTIONS. */
  readonly settings: EmbeddedValues
  readonly key: PseudonymKey
  readonly tenant: string
  readonly sensor: string
  /** Takes an encoded batch; returns a promise while it wants no more. */
  readonly receive: Receive
}

export interface EmbeddedSensor {
  readonly counters: SensorCounters
  readonly problems: readonly CaptureProblem[]
  readonly progress: { readonly consumed: number; readonly total: number | null }
  /** Resolves when all input is read and handed over. */
  run(): Promise<void>
  /** Ends the reading. What of captures is not handed over yet is left to the next reading of them. */
  stop(): void
  readonly isInterrupted: boolean
  /** What was seen and missed, in one line. */
  summary(): string
}

export function embedSensor(options: EmbeddedOptions): EmbeddedSensor {
  const { live, settings } = options
  const input =
    live === undefined
      ? null
      : openLiveInput({ ...settings, workers: 1, interface: live.interfaces, filter: live.filter }, null, live.say)
  const source = input ?? openCapture(options.read)
  const isRepeatable = live === undefined && source.progress.total !== null
  const published = new PublisherCounters()
  const keylog = options.keylog ?? ""
  const inputs = keylog === "" ? options.read : [...options.read, keylog]
  const boot =
    live === undefined ? captureBoot(inputs, options.key, `${options.tenant}/${options.sensor}`) : randomBoot()
  const publisher = new Batcher(new InProcessLink(published, options.receive), published, {
    tenant: options.tenant,
    sensor: options.sensor,
    boot,
    keyEpoch: options.key.epoch,
    ledger: () => ledgerCounters(pipeline.counters),
    heartbeatUs: live === undefined ? 0 : DAEMON_OPTIONS.heartbeat.default,
  })
  const part = input === null ? null : livePart(input, settings["overload.steps"], live!.say)
  const pipeline: Pipeline = new Pipeline(source, publisher, options.key, settings, false, part)
  const take = (lines: Uint8Array): void => pipeline.keys.readLines(lines)
  if (keylog !== "" && live === undefined) readKeyLog(keylog, take)
  if (keylog !== "" && live !== undefined) pipeline.keys.onSecretsExpected()
  return {
    counters: pipeline.counters,
    problems: source.problems,
    get progress() {
      return source.progress
    },
    run: async () => {
      const follower = keylog === "" || live === undefined ? null : new KeyLogFollower(keylog, take, live.say)
      try {
        await pipeline.run()
      } finally {
        follower?.close()
      }
    },
    stop: () => pipeline.stop(isRepeatable),
    get isInterrupted() {
      return pipeline.isInterrupted
    },
    summary: () => ledgerLine(pipeline.counters),
  }
}
