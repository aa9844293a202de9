// Packet time as ticks that never go back. Packets come slightly out of order (several interfaces, mirror ports), captures
// are read in the wrong order, and a damaged record may claim any time at all.
//
// Rules: a later packet moves time on, by `JUMP_TICKS_MAX` at most. One that lies `AHEAD_US` or more ahead is doubted: time
// moves there with the next packet that agrees with it, so that no single record lets every timer fire. An earlier packet
// leaves time where it is. When `BEHIND_PACKETS` packets lie more than `BEHIND_US` back with no tick in between, their time is
// the new time (another capture began) and ticks go on from here. Standing still is the harmless error: nothing times out;
// every table has its limit anyway.
import { DELAY_TICKS_MAX } from "./timer-wheel.ts"

/** Length of a tick. */
export const TICK_US = 10_000

const JUMP_TICKS_MAX = DELAY_TICKS_MAX
const AHEAD_US = 60_000_000
const BEHIND_US = 60_000_000
const BEHIND_PACKETS = 1024

/** Ticks that cover `us`, rounded up, one at least. */
export function toTicks(us: number): number {
  return Math.max(1, Math.ceil(us / TICK_US))
}

export class PacketClock {
  /** Packet time from which on `observe` must be called: the start of the next tick, µs. */
  nextUs = Number.NEGATIVE_INFINITY
  /** Packet time below which `observe` must be called: suspiciously far back, µs. */
  farUs = Number.NEGATIVE_INFINITY
  /** Packet time that the ticks returned lead to, µs. */
  reachedUs = Number.NEGATIVE_INFINITY
  #behind = 0
  /** Packet time that is doubted, NaN when none is. */
  #doubtUs = Number.NaN

  /** The last packet told lies far ahead of time. */
  get isDoubting(): boolean {
    return !Number.isNaN(this.#doubtUs)
  }

  /** Tells the clock the time of a packet that lies outside [farUs, nextUs); returns the ticks that have passed. */
  observe(timeUs: number): number {
    if (!Number.isFinite(timeUs)) return 0
    if (timeUs < this.farUs) {
      if (++this.#behind >= BEHIND_PACKETS) this.#set(timeUs)
      return 0
    }
    this.#behind = 0
    if (this.nextUs === Number.NEGATIVE_INFINITY) {
      this.#set(timeUs)
      return 0
    }
    const doubtUs = this.#doubtUs
    this.#doubtUs = Number.NaN
    if (timeUs < this.nextUs) return 0
    let reachedUs = timeUs
    if (timeUs >= this.nextUs + AHEAD_US) {
      // The same record may be told twice. Without a doubt the comparison is false.
      const isConfirmed = timeUs !== doubtUs && timeUs >= doubtUs - AHEAD_US
      if (isConfirmed) reachedUs = Math.min(timeUs, doubtUs)
      if (timeUs >= reachedUs + AHEAD_US || !isConfirmed) this.#doubtUs = timeUs
      if (!isConfirmed) return 0
    }
    const ticks = Math.floor((reachedUs - this.nextUs) / TICK_US) + 1
    this.#set(reachedUs)
    return Math.min(ticks, JUMP_TICKS_MAX)
  }

  #set(timeUs: number): void {
    this.#behind = 0
    this.reachedUs = timeUs
    this.nextUs = (Math.floor(timeUs / TICK_US) + 1) * TICK_US
    this.farUs = this.nextUs - BEHIND_US
  }
}
