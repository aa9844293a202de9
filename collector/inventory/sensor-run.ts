// The present run of a sensor: its workers, how far each has come, whether it has ended or fallen silent.
//
// In:  envelopes of the run's boots, in any order; verdicts on silence. Out: records of the workers.
// A worker that died and was started again has a later boot with the same number; what the earlier one says then is history.
import type { Envelope } from "../../shared/event/api-event.ts"
import type { SensorLevels, WorkerRecord } from "../store/records.ts"
import { countsOf, greatestLevels, levelsOf } from "./sensor-counts.ts"
import type { BootName } from "./source.ts"

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export class SensorRun {
  readonly name: string
  readonly #workersMax: number
  readonly #workers = new Map<number, Mutable<WorkerRecord>>()

  constructor(name: string, workersMax: number, workers: readonly WorkerRecord[] = []) {
    this.name = name
    this.#workersMax = workersMax
    for (const worker of workers) this.#workers.set(worker.worker, { ...worker })
  }

  /** Takes what a batch says of its worker. False when there is no place for another worker. */
  note(envelope: Envelope, { worker, restart }: BootName, heardUs: number): boolean {
    let known = this.#workers.get(worker)
    if (known === undefined && this.#workers.size >= this.#workersMax) return false
    if (known === undefined || restart > known.restart) {
      known = newWorker(envelope.boot, worker, restart)
      this.#workers.set(worker, known)
    } else if (restart < known.restart) return true
    known.heardUs = Math.max(known.heardUs, heardUs)
    known.silent = false
    known.finished ||= envelope.last
    known.watermarkUs = Math.max(known.watermarkUs, envelope.watermarkUs)
    if (envelope.sequence <= known.sequence) return true
    known.sequence = envelope.sequence
    known.counts = countsOf(envelope.ledger)
    known.levels = levelsOf(envelope.ledger)
    return true
  }

  /** Workers that have neither ended nor fallen silent. */
  *running(): Iterable<WorkerRecord> {
    for (const worker of this.#workers.values()) if (!worker.finished && !worker.silent) yield worker
  }

  setSilent(worker: number): void {
    const known = this.#workers.get(worker)
    if (known !== undefined) known.silent = true
  }

  get isFinished(): boolean {
    return this.#workers.size > 0 && [...this.#workers.values()].every((worker) => worker.finished)
  }

  /** Somebody should be heard, and nobody is. */
  get isSilent(): boolean {
    const open = [...this.#workers.values()].filter((worker) => !worker.finished)
    return open.length > 0 && open.every((worker) => worker.silent)
  }

  get levels(): SensorLevels {
    return greatestLevels(Array.from(this.#workers.values(), (worker) => worker.levels))
  }

  get size(): number {
    return this.#workers.size
  }

  records(): WorkerRecord[] {
    return Array.from(this.#workers.values(), (worker) => ({ ...worker })).sort((a, b) => a.worker - b.worker)
  }
}

function newWorker(boot: string, worker: number, restart: number): Mutable<WorkerRecord> {
  return {
    worker,
    boot,
    restart,
    sequence: 0,
    watermarkUs: 0,
    heardUs: 0,
    finished: false,
    silent: false,
    counts: countsOf({}),
    levels: levelsOf({}),
  }
}
