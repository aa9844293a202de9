// Notices sensors that should be heard and are not. A live sensor sends a batch at least every ten seconds, an empty one when
// there is nothing to tell; a capture that was read has said that it ended.
//
// In:  the workers that run, with the time of their latest batch, looked at once a second. Out: those not heard for too long.
// The silence is measured by this process's own clock, from the moment it last saw something new of a worker: clocks of other
// hosts play no part. After a start, and after the stream was not read to its end for a while, everybody has the whole time.
import type { Clock } from "./checkpoint-schedule.ts"

/** Three heartbeats. */
export const SILENCE_US = 30_000_000
const LOOK_MS = 1000
/** Behind for this part of the limit, what is known of everybody is too old. */
const BEHIND_PART = 3

/** A worker of a sensor; `heardUs` changes with each batch of it. */
export interface HeardWorker {
  readonly sensor: string
  readonly worker: number
  /** Wall clock of its latest batch at the bus, µs; 0 unknown. */
  readonly heardUs: number
}

export interface Hearing {
  /** The workers that should be heard. */
  heard(): Iterable<HeardWorker>
  /** A worker has not been heard for too long. */
  noteSilence(worker: HeardWorker): void
}

interface Seen {
  heardUs: number
  atMs: number
  look: number
}

export class SilenceWatch {
  readonly #hearing: Hearing
  readonly #limitMs: number
  readonly #canJudge: () => boolean
  readonly #clock: Clock
  readonly #stopLooking: () => void
  readonly #seen = new Map<string, Seen>()
  #looks = 0
  /** Since when not everything that was sent has been read, ms of the clock; null while it has. */
  #behindMs: number | null = null

  /** `canJudge`: everything that was sent has been read. `onSilence` is called after each look that found somebody silent. */
  constructor(hearing: Hearing, limitUs: number, canJudge: () => boolean, onSilence: () => void, clock: Clock) {
    this.#hearing = hearing
    this.#limitMs = limitUs / 1000
    this.#canJudge = canJudge
    this.#clock = clock
    this.#stopLooking = clock.every(LOOK_MS, () => {
      if (this.look() > 0) onSilence()
    })
  }

  /** Looks at every worker; returns how many have fallen silent. */
  look(): number {
    const nowMs = this.#clock.now()
    if (!this.#canJudge()) {
      this.#behindMs ??= nowMs
      if (nowMs - this.#behindMs > this.#limitMs / BEHIND_PART) this.#seen.clear()
      return 0
    }
    this.#behindMs = null
    this.#looks++
    const silent: HeardWorker[] = []
    for (const worker of this.#hearing.heard()) {
      const key = `${worker.sensor}\n${worker.worker}`
      const seen = this.#seen.get(key)
      if (seen === undefined || seen.heardUs !== worker.heardUs) {
        this.#seen.set(key, { heardUs: worker.heardUs, atMs: nowMs, look: this.#looks })
        continue
      }
      seen.look = this.#looks
      if (nowMs - seen.atMs > this.#limitMs) silent.push(worker)
    }
    for (const worker of silent) this.#hearing.noteSilence(worker)
    for (const [key, seen] of this.#seen) if (seen.look !== this.#looks) this.#seen.delete(key)
    return silent.length
  }

  stop(): void {
    this.#stopLooking()
  }
}
