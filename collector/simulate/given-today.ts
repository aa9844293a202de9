// What each principal was told today: an id that was given before on the same day is not told again.
import { DAY_US } from "./calendar.ts"

export class GivenToday {
  readonly #sets: { day: number; bits: Uint32Array }[] = []

  /** True the first time on the day of `timeUs` that `number` of collection `place` is given; `place` counts partners and resources. */
  isNew(place: number, number: number, timeUs: number): boolean {
    const day = Math.floor(timeUs / DAY_US)
    this.#sets[place] ??= { day, bits: new Uint32Array(64) }
    const set = this.#sets[place]
    if (set.day !== day) {
      set.bits.fill(0)
      set.day = day
    }
    const word = number >>> 5
    if (word >= set.bits.length) {
      const bits = new Uint32Array(Math.max(word + 1, set.bits.length * 2))
      bits.set(set.bits)
      set.bits = bits
    }
    const bit = 1 << (number & 31)
    if ((set.bits[word]! & bit) !== 0) return false
    set.bits[word]! |= bit
    return true
  }
}
