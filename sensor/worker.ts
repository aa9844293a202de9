// The thread of one worker: a live run of its own on its share of the flows. Nothing is shared with other workers but the
// marks that outlive it; its supervisor (workers.ts) adds the counters up.
//
// In:  `WorkerData`, messages `Order`. Out: messages `Report`: counters every second and at the end, sentences.
import { parentPort, workerData } from "node:worker_threads"
import type { RunValues } from "./config.ts"
import { settledKey } from "./key-file.ts"
import type { SensorCounters } from "./ledger.ts"
import { LiveRun, type LiveSettings } from "./live-run.ts"

export interface WorkerData {
  readonly settings: LiveSettings
  readonly credentialsDirectory: string | undefined
  readonly mark: SharedArrayBuffer
}

export type Report =
  | { readonly kind: "counters"; readonly counters: SensorCounters }
  | { readonly kind: "sentence"; readonly sentence: string }
  | { readonly kind: "done"; readonly counters: SensorCounters; readonly failure: string | null }

export type Order = { readonly kind: "stop" } | { readonly kind: "reload"; readonly values: RunValues }

/** What a dying worker had not reported is stated as lost, so this is also the most that can be lost from the sum. */
const REPORT_MS = 1000

const { settings, credentialsDirectory, mark } = workerData as WorkerData
const supervisor = parentPort!
const report = (message: Report): void => supervisor.postMessage(message)

const run = new LiveRun(
  settings,
  settledKey(settings.values["key-file"], credentialsDirectory),
  (sentence) => report({ kind: "sentence", sentence }),
  new Float64Array(mark),
)
const reporting = setInterval(() => report({ kind: "counters", counters: run.counters }), REPORT_MS)
supervisor.on("message", (order: Order) => {
  if (order.kind === "stop") run.stop()
  else run.reload(order.values)
})
let failure: string | null = null
try {
  await run.run()
} catch (error) {
  failure = (error as Error).message
}
clearInterval(reporting)
report({ kind: "done", counters: run.counters, failure })
supervisor.close()
