// The thread of one worker: a live run of its own on its share of the flows. Nothing is shared with other workers but the
// marks that outlive it; its supervisor (workers.ts) adds the counters up.
//
// In:  `WorkerData`, messages `Order`. Out: messages `Report`: counters every second and at the end, sentences.
import { parentPort, workerData } from "node:worker_threads"
import { WorldError } from "../shared/config/program.ts"
import { LiveCaptureError } from "./capture/live-error.ts"
import type { RunValues } from "./config.ts"
import { settledKey } from "./key-file.ts"
import type { SensorCounters } from "./ledger.ts"
import { LiveRun, type LiveSettings } from "./live-run.ts"
import { LinkError } from "./publish/link.ts"

export interface WorkerData {
  readonly settings: LiveSettings
  readonly mark: SharedArrayBuffer
}

export type Report =
  | { readonly kind: "ready" }
  | { readonly kind: "counters"; readonly counters: SensorCounters }
  | { readonly kind: "sentence"; readonly sentence: string }
  | { readonly kind: "done"; readonly failure: string | null }

export type Order =
  | { readonly kind: "stop" }
  /** All workers have joined: packets are taken from now on. */
  | { readonly kind: "release"; readonly values: RunValues }
  | { readonly kind: "reload"; readonly values: RunValues }
  /** Whole lines of TLS key logs. */
  | { readonly kind: "keys"; readonly lines: Uint8Array }

/** What a dying worker had not reported is stated as lost, so this is also the most that can be lost from the sum. */
const REPORT_MS = 1000

const { settings, mark } = workerData as WorkerData
const supervisor = parentPort!
const report = (message: Report): void => supervisor.postMessage(message)

/** A run that the world ended has a sentence; anything else is our own mistake, and this thread dies of it. */
function sentenceOf(error: unknown): string {
  if (error instanceof LinkError || error instanceof LiveCaptureError || error instanceof WorldError)
    return error.message
  throw error
}

let run: LiveRun | null = null
let failure: string | null = null
const reportCounters = (): void => {
  if (run !== null) report({ kind: "counters", counters: run.counters })
}
const reporting = setInterval(reportCounters, REPORT_MS)
supervisor.on("message", (order: Order) => {
  if (order.kind === "stop") run?.stop()
  else if (order.kind === "release") run?.release(order.values)
  else if (order.kind === "reload") run?.reload(order.values)
  else {
    run?.takeKeys(order.lines)
    order.lines.fill(0)
  }
})
try {
  const key = settledKey(settings.values["key-file"], settings.credentials)
  const say = (sentence: string): void => report({ kind: "sentence", sentence })
  run = new LiveRun(settings, key, say, new Float64Array(mark))
  report({ kind: "ready" })
  await run.run()
} catch (error) {
  failure = sentenceOf(error)
}
clearInterval(reporting)
reportCounters()
report({ kind: "done", failure })
supervisor.close()
