// One timer for each small integer, in whole ticks, in three wheels of 256 lists each: arming, disarming and firing take constant
// time however many timers there are. It knows no clock: ticks are given to it, from packet time or any other.
//
//   wheel 0: due within 256 ticks, a list a tick      wheel 1: within 65,536, a list every 256      wheel 2: within 2^24
//
// When wheel 0 has gone round, the next list of wheel 1 is dealt out over it, and so on. Stretches without a timer are
// skipped, so a jump of days costs no more than the timers that fire. Ticks are 32-bit and may wrap: only distances count.
import { grown } from "../bytes/grown.ts"
import { IntLists } from "../bytes/int-lists.ts"

const LISTS = 256

/** Longest delay, in ticks; longer ones are cut to it. */
export const DELAY_TICKS_MAX = (1 << 24) - (1 << 16) - 1

export class TimerWheel {
  /** The tick reached. */
  now = 0
  readonly #fire: (id: number) => void
  readonly #lists: IntLists
  /** Tick at which timer `id` is due, while armed. */
  #due: Int32Array
  /** Wheel that timer `id` lies in, while armed. */
  #wheelOf: Uint8Array
  /** Timers in each wheel. */
  readonly #counts = new Int32Array(3)

  /** `fire(id)` is called once when timer `id` is due, with `now` at that tick; it may arm and disarm any timer. */
  constructor(fire: (id: number) => void, items: number) {
    this.#fire = fire
    this.#lists = new IntLists(3 * LISTS, items)
    this.#due = new Int32Array(items)
    this.#wheelOf = new Uint8Array(items)
  }

  grow(items: number): void {
    if (items <= this.#due.length) return
    this.#due = grown(this.#due, new Int32Array(items))
    this.#wheelOf = grown(this.#wheelOf, new Uint8Array(items))
    this.#lists.grow(items)
  }

  isArmed(id: number): boolean {
    return this.#lists.has(id)
  }

  /** Ticks until timer `id` fires. */
  remaining(id: number): number {
    return (this.#due[id]! - this.now) | 0
  }

  /** Fires `id` in `delay` ticks, at the next tick at the earliest; an armed timer is moved. */
  arm(id: number, delay: number): void {
    this.disarm(id)
    this.#due[id] = (this.now + Math.min(Math.max(1, delay), DELAY_TICKS_MAX)) | 0
    this.#place(id)
  }

  /** Fires `id` in `delay` ticks unless it is armed to fire earlier. */
  armEarlier(id: number, delay: number): void {
    if (!this.#lists.has(id) || this.remaining(id) > delay) this.arm(id, delay)
  }

  disarm(id: number): void {
    if (!this.#lists.has(id)) return
    this.#lists.remove(id)
    this.#counts[this.#wheelOf[id]!]!--
  }

  /** Moves time on by `ticks` (>= 0) and fires what is due, in order of time. */
  advance(ticks: number): void {
    let left = ticks
    while (left > 0) {
      const idle = Math.min(left, this.#ticksWithoutTimer())
      this.now = (this.now + idle) | 0
      left -= idle
      if (left === 0) return
      this.now = (this.now + 1) | 0
      left--
      if ((this.now & 0xff) === 0) this.#turn()
      this.#fireList(this.now & 0xff)
    }
  }

  /** Ticks that can be skipped: up to the one before the next list of a wheel that holds any timer. */
  #ticksWithoutTimer(): number {
    if (this.#counts[0]! > 0) return 0
    if (this.#counts[1]! > 0) return 0xff - (this.now & 0xff)
    if (this.#counts[2]! > 0) return 0xffff - (this.now & 0xffff)
    return 0x7fffffff
  }

  #turn(): void {
    const list = (this.now >>> 8) & 0xff
    if (list === 0) this.#deal(2 * LISTS + ((this.now >>> 16) & 0xff))
    this.#deal(LISTS + list)
  }

  #deal(list: number): void {
    let id = this.#lists.first(list)
    while (id >= 0) {
      this.#lists.remove(id)
      this.#counts[this.#wheelOf[id]!]!--
      this.#place(id)
      id = this.#lists.first(list)
    }
  }

  #fireList(list: number): void {
    let id = this.#lists.first(list)
    while (id >= 0) {
      this.#lists.remove(id)
      this.#counts[0]!--
      this.#fire(id)
      id = this.#lists.first(list)
    }
  }

  #place(id: number): void {
    const due = this.#due[id]!
    const delay = (due - this.now) | 0
    const wheel = delay < 1 << 8 ? 0 : delay < 1 << 16 ? 1 : 2
    this.#wheelOf[id] = wheel
    this.#counts[wheel]!++
    this.#lists.push(wheel * LISTS + ((due >>> (wheel * 8)) & 0xff), id)
  }
}
