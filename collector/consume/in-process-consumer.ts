// Takes messages from a sensor in the same process: the same bytes as over the network, applied one after the other.
//
// In:  encoded batches. Out: batches to the applier, checkpoints on a schedule and at the end. The sensor waits while a
// checkpoint is written, so nothing piles up.
import { decodeBatch } from "../../shared/event/event-codec.ts"
import type { BatchApplier } from "../inventory/batch-applier.ts"
import { StoreError } from "../store/store.ts"
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

/** For input that does not come again: checkpoints that fail are tried until they are written. */
export interface Patience {
  /** Takes a sentence when they fail, and when they are written again. */
  readonly say: (sentence: string) => void
}

const LOOK_MS = 250

export class InProcessConsumer {
  readonly name = "in_process"
  readonly lag = null
  /** What has to end before the collector is ready, a sentence; empty for nothing. */
  underWay = ""
  readonly counters = new ConsumeCounters()
  readonly #applier: BatchApplier
  readonly #schedule: CheckpointSchedule
  readonly #clock: Clock
  readonly #patience: Patience | null
  #isEnding = false
  /** Until the checkpoint under way is written. */
  #writing: Promise<void> | null = null

  /** `patience`: null where what was not written can be read again. */
  constructor(
    applier: BatchApplier,
    limits: CheckpointLimits = CHECKPOINT_LIMITS,
    clock: Clock = SYSTEM_CLOCK,
    patience: Patience | null = null,
  ) {
    this.#applier = applier
    this.#schedule = new CheckpointSchedule(applier, limits, clock, (sentence) => {
      // What ends it is told by whoever waits for the end.
      if (!this.#isEnding) patience?.say(sentence)
    })
    this.#clock = clock
    this.#patience = patience
  }

  /** Why the collector is not ready, a sentence each. */
  get reasons(): readonly string[] {
    return [this.underWay, this.#schedule.trouble].filter((sentence) => sentence !== "")
  }

  /** Takes a message. A promise while a checkpoint is written (it rejects when that is given up), else null. */
  receive(bytes: Uint8Array): Promise<void> | null {
    applyMessage(this.#applier, bytes, this.counters, this.#clock.wallUs())
    this.#schedule.note(bytes.length)
    return this.#schedule.isDue ? this.#write() : this.#writing
  }

  /** For a clock that ticks while no message comes: a daemon's last batch must not wait for the next one. */
  tick(): Promise<void> | null {
    return this.#schedule.isDue ? this.#write() : null
  }

  /** The input ends: a checkpoint that fails from now on is given up. */
  end(): void {
    this.#isEnding = true
  }

  /** The sensor sends no more: nothing waits any longer, and everything received is durable when this resolves. */
  async finish(): Promise<void> {
    await this.#writing
    if (this.#applier.settle() > 0) this.#schedule.note(0)
    if (this.#schedule.hasWork) await this.#write()
  }

  #write(): Promise<void> {
    this.#writing ??= this.#untilWritten().finally(() => {
      this.#writing = null
    })
    return this.#writing
  }

  async #untilWritten(): Promise<void> {
    for (;;) {
      try {
        return await this.#schedule.run()
      } catch (error) {
        if (this.#patience === null || this.#isEnding || !(error instanceof StoreError)) throw error
        while (!this.#schedule.mayTry && !this.#isEnding) await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
    }
  }
}
