// Several workers, one pipeline each, seen as one run: started, added up, restarted when one dies.
//
//   kernel --fanout by flow--> ring of worker 0 --> pipeline --> own batches, own connection
//                          \-> ring of worker 1 --> pipeline --> own batches, own connection
//
// The sum of counters is exact: each worker's last report, and for one that died what its last report had taken in and not
// yet accounted for, stated as `died`. What its ring still held nobody knows; that is said, too. A worker's run has its own
// boot, RUN-wK, and RUN-wKrN after its N-th restart, so that positions of batches never mix.
import { Worker } from "node:worker_threads"
import { balances } from "../shared/event/ledger.ts"
import { sumTrees } from "../shared/telemetry/counters.ts"
import type { RunValues } from "./config.ts"
import { DiedCounters, ledgerCounters, noCounters, type SensorCounters } from "./ledger.ts"
import type { Live, LiveSettings } from "./live-run.ts"
import { MARKS, Mark } from "./pipeline.ts"
import { LinkError } from "./publish/link.ts"
import { leaveToSuccessor } from "./publish/spool/counters.ts"
import type { Order, Report, WorkerData } from "./worker.ts"

/** Pause before a worker is started again, doubled each time up to the second number. */
const RESTART_MS = 1000
const RESTART_MS_MAX = 30_000

interface Place {
  readonly index: number
  worker: Worker | null
  starts: number
  mark: Float64Array
  /** The present worker's last report. */
  counters: SensorCounters | null
  turnsSeen: number
  /** Its sockets have joined the groups. */
  isReady: boolean
  isDone: boolean
}

export class Workers implements Live {
  readonly #settings: LiveSettings
  readonly #say: (sentence: string) => void
  readonly #places: Place[]
  /** Last reports of workers that died. */
  readonly #dead: SensorCounters[] = []
  readonly #died = new DiedCounters()
  readonly #ended = Promise.withResolvers<void>()
  #values: RunValues
  #isStopping = false
  #isReleased = false
  #failure: string | null = null

  constructor(settings: LiveSettings, say: (sentence: string) => void) {
    this.#settings = settings
    this.#values = settings.values
    this.#say = say
    this.#places = Array.from({ length: settings.values.workers }, (_, index) => ({
      index,
      worker: null,
      starts: 0,
      mark: new Float64Array(MARKS),
      counters: null,
      turnsSeen: -1,
      isReady: false,
      isDone: false,
    }))
  }

  get counters(): SensorCounters {
    const living = this.#places.flatMap((place) => (place.counters === null ? [] : [place.counters]))
    const byWorker = Object.fromEntries(this.#places.map((place) => [`w${place.index}`, shareOf(place)]))
    return { ...noCounters(), ...sumTrees([...living, ...this.#dead]), workers: byWorker, died: this.#died }
  }

  async run(): Promise<void> {
    if (!this.#isStopping) this.#startNext()
    await this.#ended.promise
    if (this.#failure !== null) throw new LinkError("unacknowledged", this.#failure)
  }

  stop(): void {
    this.#isStopping = true
    for (const place of this.#places) this.#order(place, { kind: "stop" })
    this.#endWhenDone()
  }

  reload(values: RunValues): void {
    this.#values = values
    for (const place of this.#places) this.#order(place, { kind: "reload", values })
  }

  /** Any of them may see the session. One that starts later has only the keys that come later, and those of the file. */
  takeKeys(lines: Uint8Array): void {
    for (const place of this.#places) this.#order(place, { kind: "keys", lines: Uint8Array.from(lines) })
  }

  hasMoved(): boolean {
    let moved = true
    for (const place of this.#places) {
      const turns = place.mark[Mark.turns]!
      // One that is being restarted is looked after already.
      if (place.worker !== null && turns === place.turnsSeen) moved = false
      place.turnsSeen = turns
    }
    return moved
  }

  /** Kills the thread of worker `index`, as its death would: for tests. */
  async kill(index: number): Promise<void> {
    await this.#places[index]?.worker?.terminate()
  }

  #order(place: Place, order: Order): void {
    if (place.worker === null) place.isDone ||= this.#isStopping
    else place.worker.postMessage(order)
  }

  /**
   * One after the other: the kernel numbers the sockets of a fanout group in the order in which they join, and a worker must
   * have the same number on every interface, or the two directions of a flow on two ports would part.
   */
  #startNext(): void {
    const next = this.#places.find((place) => place.starts === 0)
    if (next !== undefined && !this.#isStopping) this.#start(next)
  }

  /** Nobody takes packets before all have joined; one that was started again joins those that do. */
  #onReady(place: Place): void {
    place.isReady = true
    this.#startNext()
    if (!this.#places.every((one) => one.isReady)) return
    const waiting = this.#isReleased ? [place] : this.#places
    this.#isReleased = true
    for (const one of waiting) this.#order(one, { kind: "release", values: this.#values })
  }

  #start(place: Place): void {
    const shared = new SharedArrayBuffer(MARKS * Float64Array.BYTES_PER_ELEMENT)
    const restart = place.starts === 0 ? "" : `r${place.starts}`
    const settings = {
      ...this.#settings,
      values: this.#values,
      boot: `${this.#settings.boot}-w${place.index}${restart}`,
      worker: place.index,
    }
    place.starts++
    place.mark = new Float64Array(shared)
    const workerData: WorkerData = { settings, mark: shared }
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData })
    place.worker = worker
    let reason = "it ended"
    worker.on("message", (report: Report) => this.#take(place, report))
    worker.on("error", (error: Error) => {
      reason = error.message
    })
    worker.on("exit", () => this.#onExit(place, worker, reason))
  }

  #take(place: Place, report: Report): void {
    if (report.kind === "sentence") {
      this.#say(this.#places.length === 1 ? report.sentence : `Worker ${place.index}: ${report.sentence}`)
      return
    }
    if (report.kind === "ready") {
      this.#onReady(place)
      return
    }
    if (report.kind === "counters") {
      place.counters = report.counters
      return
    }
    place.isDone = true
    this.#failure ??= report.failure
  }

  #onExit(place: Place, worker: Worker, reason: string): void {
    if (place.worker !== worker) return
    place.worker = null
    if (place.isDone) {
      // A worker that gives up by itself, as when the interface cannot be opened, ends the run for all.
      if (!this.#isStopping) this.stop()
      this.#endWhenDone()
      return
    }
    this.#bury(place, reason)
    if (this.#isStopping) {
      place.isDone = true
      this.#endWhenDone()
      return
    }
    setTimeout(
      () => {
        if (this.#isStopping) return
        this.#start(place)
      },
      Math.min(RESTART_MS_MAX, RESTART_MS * 2 ** (place.starts - 1)),
    )
  }

  /** States what died with a worker, so that the sum still adds up. */
  #bury(place: Place, reason: string): void {
    const died = this.#died
    const { counters, mark } = place
    died.restarts++
    const packets = mark[Mark.packets]! - (counters?.capture.packets ?? 0)
    const exchanges = mark[Mark.exchanges]! - (counters?.published.exchanges ?? 0)
    died.packets += packets
    died.exchanges += exchanges
    if (counters !== null) {
      if (counters.published.spool !== undefined) leaveToSuccessor(counters.published.spool)
      this.#dead.push(counters)
      for (const { stage, offered, accounted } of balances(ledgerCounters(counters))) {
        if (offered > accounted) died.underway[stage] = (died.underway[stage] ?? 0) + offered - accounted
      }
    }
    place.counters = null
    this.#say(
      `Worker ${place.index} died (${reason}): ${packets} packets and up to ${exchanges} exchanges since its last report are lost, and what its ring held.`,
    )
  }

  #endWhenDone(): void {
    if (this.#places.every((place) => place.isDone && place.worker === null)) this.#ended.resolve()
  }
}

/** A worker's part of the whole. */
function shareOf(place: Place): Record<string, number> {
  const { counters } = place
  return {
    starts: place.starts,
    packets: counters?.capture.packets ?? 0,
    kernelDrops: counters?.capture.kernelDrops ?? 0,
    exchanges: counters?.published.exchanges ?? 0,
    overloadStep: counters?.overload.step ?? 0,
  }
}
