// Takes messages from a sensor in the same process: the same bytes as over the network, applied one after the other.
//
// In:  encoded batches. Out: batches to the applier, checkpoints on a schedule and at the end. The sensor waits while a
// checkpoint is written, so nothing piles up.
import { decodeBatch } from "../../shared/event/event-codec.ts"
import type { BatchApplier } from "../inventory/batch-applier.ts"
import { type Arrival, nameOf, refusalOf } from "./admission.ts"
import {
  CHECKPOINT_LIMITS,
  type CheckpointLimits,
  CheckpointSchedule,
  type Clock,
  SYSTEM_CLOCK,
} from "./checkpoint-schedule.ts"

export class ConsumeCounters {
  /** Messages taken, whatever came of them. */
  messages = 0
  bytes = 0
  applied = 0
  duplicates = 0
  /** Messages that could not be applied, by reason. */
  refused: Record<string, number> = {}
}

export type Outcome = "applied" | "duplicate" | "refused"

/** What is asked of a message from a bus; a sensor in the same process is believed. */
export interface Gate extends Arrival {
  readonly aheadUs: number
  /** Takes a sentence about whoever sent what was refused. */
  readonly onRefusal: (sentence: string) => void
}

/** Decodes and applies one message. `heardUs`: when it came to the bus, µs of wall clock. */
export function applyMessage(
  applier: BatchApplier,
  bytes: Uint8Array,
  counters: ConsumeCounters,
  heardUs: number,
  gate: Gate | null = null,
): Outcome {
  counters.messages++
  counters.bytes += bytes.length
  const result = decodeBatch(bytes)
  if (!result.ok) {
    gate?.onRefusal(`${nameOf(gate.subject)} sent what is refused: ${result.sentence}`)
    return refuse(applier, counters, result.code)
  }
  if (gate !== null) {
    const { sensor, boot } = result.batch.envelope
    const refusal = refusalOf(result.batch, gate, applier.greatest(sensor, boot), gate.aheadUs)
    if (refusal !== null) {
      gate.onRefusal(refusal.sentence)
      return refuse(applier, counters, refusal.code)
    }
  }
  const outcome = applier.apply(result.batch, heardUs, bytes)
  if (outcome === "applied") counters.applied++
  else counters.duplicates++
  return outcome
}

function refuse(applier: BatchApplier, counters: ConsumeCounters, code: string): Outcome {
  counters.refused[code] = (counters.refused[code] ?? 0) + 1
  applier.refuse(code)
  return "refused"
}

export class InProcessConsumer {
  readonly counters = new ConsumeCounters()
  readonly #applier: BatchApplier
  readonly #schedule: CheckpointSchedule
  readonly #clock: Clock

  constructor(applier: BatchApplier, limits: CheckpointLimits = CHECKPOINT_LIMITS, clock: Clock = SYSTEM_CLOCK) {
    this.#applier = applier
    this.#schedule = new CheckpointSchedule(applier, limits, clock)
    this.#clock = clock
  }

  /** Takes a message. A promise while a checkpoint is written (it rejects when that fails), else null. */
  receive(bytes: Uint8Array): Promise<void> | null {
    applyMessage(this.#applier, bytes, this.counters, this.#clock.wallUs())
    this.#schedule.note(bytes.length)
    return this.#schedule.isDue ? this.#schedule.run() : this.#schedule.running
  }

  /** For a clock that ticks while no message comes: a daemon's last batch must not wait for the next one. */
  tick(): Promise<void> | null {
    return this.#schedule.isDue ? this.#schedule.run() : null
  }

  /** The sensor sends no more: nothing waits any longer, and everything received is durable when this resolves. */
  async finish(): Promise<void> {
    await this.#schedule.running
    if (this.#applier.settle() > 0) this.#schedule.note(0)
    if (this.#schedule.hasWork) await this.#schedule.run()
  }
}
