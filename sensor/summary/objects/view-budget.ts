// How many views of single objects a principal may ask for in a second before their ids are told by sample.
//
//   slot of the principal  | second, views in it |
//
// Ids of lists and creations are what clients work off, and are always told; a view of one object mostly repeats ids that are known, and
// there are most of them. So a consumer at the pace of people and jobs is told everything, and one at that of a storm costs no more than before.
// Bounded: SLOTS; principals that share one share its budget. Seconds are those of the packets.

/** Views of a second whose bodies are asked for ids. */
export const VIEWS_A_SECOND = 32
const SLOTS = 4096
const SECOND_US = 1_000_000

export class ViewBudget {
  readonly #seconds = new Int32Array(SLOTS)
  readonly #views = new Int32Array(SLOTS)

  /** Takes one view of the principal, by its hash; false when the second's are used up. */
  take(who: number, timeUs: number): boolean {
    const second = Math.floor(timeUs / SECOND_US) | 0
    const slot = (who ^ (who >>> 16)) & (SLOTS - 1)
    if (this.#seconds[slot] !== second) {
      this.#seconds[slot] = second
      this.#views[slot] = 0
    }
    if (this.#views[slot]! >= VIEWS_A_SECOND) return false
    this.#views[slot]!++
    return true
  }
}
