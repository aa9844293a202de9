// How many bodies of one sort a principal may send or get in a second before their ids are left out.
//
//   slot of the principal  | second | bodies in it |
//
// Ids of lists and creations are what clients work off, and are always told; a view of one object mostly repeats ids that are known, and there
// are most of them. So a consumer at the pace of people and jobs is told in full, and a storm costs hardly more than without ids.
// Bounded: SLOTS; principals that share one share its budget. Seconds are those of the packets.

/** Bodies of a second that are asked for ids. */
export const BODIES_A_SECOND = 32
const SLOTS = 4096

export class RateBudget {
  readonly #seconds = new Int32Array(SLOTS)
  readonly #bodies = new Int32Array(SLOTS)

  /** Takes one body of the principal, by its hash; false when those of the second are used up. */
  take(who: number, second: number): boolean {
    const slot = (who ^ (who >>> 16)) & (SLOTS - 1)
    const taken = this.#seconds[slot] === second ? this.#bodies[slot]! : 0
    this.#seconds[slot] = second
    this.#bodies[slot] = Math.min(taken + 1, BODIES_A_SECOND)
    return taken < BODIES_A_SECOND
  }
}
