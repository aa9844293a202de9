// How far the number of an object is from the one that the same principal asked for by the same operation before.
//
//   set  | who place | who place | ... : 4 ways, the last number beside each; one after the other makes room
//
// Bounded: ENTRIES pairs of principal and operation. One that was forgotten begins anew: its next step is unknown.
import { mix } from "../../../shared/bytes/hash.ts"

const WAYS = 4

export class Steps {
  readonly #mask: number
  readonly #who: Int32Array
  readonly #place: Int32Array
  /** -1: the way is free. */
  readonly #numbers: Float64Array
  readonly #counters: { stepsForgotten: number }
  #turn = 0

  /** `entries`: a power of two, at least 4. */
  constructor(entries: number, counters: { stepsForgotten: number }) {
    this.#counters = counters
    this.#mask = entries / WAYS - 1
    this.#who = new Int32Array(entries)
    this.#place = new Int32Array(entries)
    this.#numbers = new Float64Array(entries).fill(-1)
  }

  /** The step to `number`, as in ApiEvent; it is the last one from now on. */
  to(who: number, place: number, number: number): number {
    const set = (mix(who ^ Math.imul(place, 0x9e37_79b1)) & this.#mask) * WAYS
    let free = -1
    for (let at = set; at < set + WAYS; at++) {
      const last = this.#numbers[at]!
      if (last < 0) free = at
      else if (this.#who[at] === who && this.#place[at] === place) {
        this.#numbers[at] = number
        return bucketOf(number - last)
      }
    }
    if (free < 0) {
      free = set + (this.#turn++ & (WAYS - 1))
      this.#counters.stepsForgotten++
    }
    this.#who[free] = who
    this.#place[free] = place
    this.#numbers[free] = number
    return 0
  }
}

/** sign * (1 + floor(log2 |distance|)), 0 for none. */
function bucketOf(distance: number): number {
  if (distance === 0) return 0
  const bucket = 1 + floorLog2(Math.abs(distance))
  return distance < 0 ? -bucket : bucket
}

/** Of a whole number from 1 to 2^53. */
export function floorLog2(value: number): number {
  return value < 0x8000_0000 ? 31 - Math.clz32(value) : 31 + floorLog2(Math.floor(value / 0x8000_0000))
}

/** Greatest number that is exact. */
const DIGITS_MAX = 15

/** The number that the digits at the end of [start, end) are; -1 when there are none, or too many. */
export function numberAtEnd(bytes: Uint8Array, start: number, end: number): number {
  let from = end
  while (from > start && bytes[from - 1]! >= 0x30 && bytes[from - 1]! <= 0x39) from--
  if (from === end) return -1
  while (from < end - 1 && bytes[from] === 0x30) from++
  if (end - from > DIGITS_MAX) return -1
  let value = 0
  for (let i = from; i < end; i++) value = value * 10 + bytes[i]! - 0x30
  return value
}
