// Which bodies a sensor walks: the first ones of a place, each new size of it, and then one in sixteen by chance
// (sensor/summary/README.md). What it does not walk has no number of items.
import { Draws } from "./draws.ts"

const FIRST = 3
const SHARE = 1 / 16
const SIZES_MAX = 32

export class BodySampling {
  readonly #draws = Draws.of(1, "sampling")
  readonly #places: { walked: number; readonly sizes: Set<number> }[] = []

  /** `place`: a route, a direction and whether it was answered with an error. */
  walks(place: number, bytes: number): boolean {
    if (bytes === 0) return true
    this.#places[place] ??= { walked: 0, sizes: new Set() }
    const known = this.#places[place]
    const size = Math.floor(4 * Math.log2(bytes))
    const isNew = !known.sizes.has(size) && known.sizes.size < SIZES_MAX
    if (isNew) known.sizes.add(size)
    if (!isNew && known.walked >= FIRST && this.#draws.next() >= SHARE) return false
    known.walked++
    return true
  }
}
