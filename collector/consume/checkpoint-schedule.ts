// When to write a checkpoint: after so much time, so many batches or so many bytes since the last one, and one at a time. The time is
// longer after a checkpoint that took long, so that a large inventory spends its time on applying.
import type { BatchApplier } from "../inventory/batch-applier.ts"

/** Wall clock, replaceable in tests. */
export interface Clock {
  /** Milliseconds from any origin; never goes back. */
  now(): number
  /** µs since 1970. */
  wallUs(): number
  /** Calls `call` every `ms` until the function that it gives is called. */
  every(ms: number, call: () => void): () => void
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  wallUs: () => Date.now() * 1000,
  every(ms, call) {
    const timer = setInterval(call, ms)
    return () => clearInterval(timer)
  },
}

export interface CheckpointLimits {
  /** Longest time between two checkpoints while there is something to write, ms. */
  readonly intervalMs: number
  readonly batches: number
  /** Bytes of the messages applied: what waits for its acknowledgement is held in memory. */
  readonly bytes: number
}

export const CHECKPOINT_LIMITS: CheckpointLimits = { intervalMs: 1000, batches: 256, bytes: 32 * 1024 * 1024 }

/** The longest time between two attempts after failures, ms: each waits twice as long as the one before. */
const RETRY_MAX_MS = 15_000

/** Share of the time that checkpoints may take while they are due by time, and how far that may put the next one off, ms. */
export const CHECKPOINT_SHARE = 0.1
const INTERVAL_MAX_MS = 5000

/** The sentence for people. */
function notWritten(error: unknown): string {
  const why = (error as Error).message.replace(/\.$/, "")
  return `The checkpoint cannot be written: ${why}. Until it can, no events are taken and none are acknowledged.`
}

export class CheckpointSchedule {
  /** Why the last attempt failed, a sentence; empty when it did not. */
  trouble = ""
  readonly #applier: BatchApplier
  readonly #limits: CheckpointLimits
  readonly #clock: Clock
  readonly #say: (sentence: string) => void
  #batches = 0
  #bytes = 0
  /** When the first batch since the last checkpoint came, ms of the clock. */
  #sinceMs = 0
  /** Nothing is due before this after a failure, ms of the clock. */
  #retryAtMs = Number.NEGATIVE_INFINITY
  #failuresInARow = 0
  #running: Promise<void> | null = null
  /** Time to the next checkpoint, ms. */
  #intervalMs: number

  /** `say`: takes a sentence when checkpoints begin to fail, and when they are written again. */
  constructor(
    applier: BatchApplier,
    limits: CheckpointLimits,
    clock: Clock,
    say: (sentence: string) => void = () => undefined,
  ) {
    this.#applier = applier
    this.#limits = limits
    this.#intervalMs = limits.intervalMs
    this.#clock = clock
    this.#say = say
  }

  /** The checkpoint being written, null when none is. */
  get running(): Promise<void> | null {
    return this.#running
  }

  get hasWork(): boolean {
    return this.#batches > 0
  }

  get isDue(): boolean {
    if (this.#batches === 0 || !this.mayTry) return false
    if (this.#batches >= this.#limits.batches || this.#bytes >= this.#limits.bytes) return true
    return this.#clock.now() - this.#sinceMs >= this.#intervalMs
  }

  /** False for a while after a failure. */
  get mayTry(): boolean {
    return this.#clock.now() >= this.#retryAtMs
  }

  /** Notes a message that was applied, found to be a duplicate, or refused. */
  note(bytes: number): void {
    if (this.#batches === 0) this.#sinceMs = this.#clock.now()
    this.#batches++
    this.#bytes += bytes
  }

  /** Writes a checkpoint, or joins the one being written. After a failure everything is due again, later each time. */
  run(): Promise<void> {
    if (this.#running !== null) return this.#running
    const [batches, bytes] = [this.#batches, this.#bytes]
    this.#batches = 0
    this.#bytes = 0
    const startMs = this.#clock.now()
    this.#running = this.#applier
      .checkpoint()
      .then(
        () => {
          if (this.trouble !== "") this.#say("Checkpoints are written again: events are taken.")
          this.trouble = ""
          this.#failuresInARow = 0
          const restMs = (this.#clock.now() - startMs) / CHECKPOINT_SHARE
          this.#intervalMs = Math.max(this.#limits.intervalMs, Math.min(restMs, INTERVAL_MAX_MS))
        },
        (error: unknown) => {
          const sentence = notWritten(error)
          // Once: what fails the next time is the same disk, and says it in other words.
          if (this.trouble === "") this.#say(sentence)
          this.trouble = sentence
          this.#batches += batches
          this.#bytes += bytes
          const waitMs = this.#limits.intervalMs * 2 ** this.#failuresInARow
          this.#retryAtMs = this.#clock.now() + Math.min(waitMs, Math.max(RETRY_MAX_MS, this.#limits.intervalMs))
          this.#failuresInARow = Math.min(this.#failuresInARow + 1, 30)
          throw error
        },
      )
      .finally(() => {
        this.#running = null
      })
    return this.#running
  }
}
