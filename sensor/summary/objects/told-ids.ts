// Ids that a principal was given today already: they are told once a day (event time), so that polling a list costs no bytes.
//
//   set  | mark day | mark day | mark day | mark day |     4 ways of 8 bytes; the set and the mark come from two hashes
//
// Bounded: ENTRIES ids of a day. A way of an earlier day makes room first; when there is none, one of today is forgotten and counted,
// and its id told again. That an id is taken for another one is as likely as two hashes of 32 bits being equal.
import { mix } from "../../../shared/bytes/hash.ts"

const WAYS = 4
/** Words of a way: mark and day. */
const STRIDE = 2

export class ToldIds {
  readonly #mask: number
  readonly #table: Int32Array
  readonly #counters: { toldForgotten: number }
  #turn = 0

  /** `entries`: a power of two, at least 4. */
  constructor(entries: number, counters: { toldForgotten: number }) {
    this.#counters = counters
    this.#mask = entries / WAYS - 1
    this.#table = new Int32Array(entries * STRIDE)
  }

  /** True when the id was noted on that day or a later one; else notes it. `who` and the two hashes: of principal and id. */
  note(who: number, hash0: number, hash1: number, day: number): boolean {
    // 0: the way is free.
    const stamp = day + 1
    const set = (mix(hash0 ^ who) & this.#mask) * WAYS * STRIDE
    const mark = hash1 ^ Math.imul(who, 0x9e37_79b1)
    const table = this.#table
    let free = -1
    for (let at = set; at < set + WAYS * STRIDE; at += STRIDE) {
      if (table[at + 1]! >= stamp) {
        if (table[at] === mark) return true
      } else if (free < 0) free = at
    }
    if (free < 0) {
      free = set + (this.#turn++ & (WAYS - 1)) * STRIDE
      this.#counters.toldForgotten++
    }
    table[free] = mark
    table[free + 1] = stamp
    return false
  }
}
