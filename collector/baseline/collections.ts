// How large collections are ("orders of service s"), and how much of one a consumer has asked for.
//
// In:  objects that came up for the first time, by kind; objects that a consumer asked for, first time and with success.
// Out: the share of the known ones that it asked for. Lists also name objects of other kinds (the customer of an order), which are counted
//      with the list's own: what is known is an upper bound, and the share errs to the low side.
import { grown } from "../../shared/bytes/grown.ts"
import { mix } from "../../shared/bytes/hash.ts"
import { addDistinct, DISTINCT_REGISTERS, distinctCount } from "../../shared/sketch/distinct-sketch.ts"
import type { LimitCounters } from "../inventory/limits.ts"

export interface SavedCollections {
  readonly places: ReadonlyMap<number, number>
  readonly registers: Uint8Array
  readonly asked: ReadonlyMap<number, number>
}

/** So many kinds at most: the stride of consumers in the keys of `#asked`. */
const KINDS_MAX = 2 ** 20

export class Collections {
  readonly #places: Map<number, number>
  #registers: Uint8Array
  /** Objects asked for, by consumer x 2^20 + place. */
  readonly #asked: Map<number, number>
  readonly #kindsMax: number
  readonly #countsMax: number
  readonly #reached: LimitCounters

  constructor(
    limits: { readonly baselineCollections: number; readonly baselinePairs: number },
    reached: LimitCounters,
    saved?: SavedCollections,
  ) {
    this.#places = new Map(saved?.places)
    this.#registers = saved?.registers ?? new Uint8Array(4 * DISTINCT_REGISTERS)
    this.#asked = new Map(saved?.asked)
    this.#kindsMax = Math.min(KINDS_MAX, limits.baselineCollections)
    this.#countsMax = limits.baselinePairs
    this.#reached = reached
  }

  get bytes(): number {
    return this.#registers.length + this.#asked.size * 40 + this.#places.size * 40
  }

  /** The object, by the key that it has together with its kind, exists. */
  meet(kind: number, key: number): void {
    const place = this.#placeOf(kind)
    if (place >= 0) addDistinct(this.#registers, place * DISTINCT_REGISTERS, mix(key))
  }

  ask(consumer: number, kind: number): void {
    const place = this.#placeOf(kind)
    if (place < 0) return
    const key = consumer * KINDS_MAX + place
    const count = this.#asked.get(key)
    if (count === undefined && this.#asked.size >= this.#countsMax) this.#reached.baselineCollections++
    else this.#asked.set(key, (count ?? 0) + 1)
  }

  /** Objects of the kind that the consumer asked for, and those that are known. */
  coverage(consumer: number, kind: number): { asked: number; known: number } {
    const place = this.#places.get(kind)
    if (place === undefined) return { asked: 0, known: 0 }
    const asked = this.#asked.get(consumer * KINDS_MAX + place) ?? 0
    return { asked, known: Math.max(asked, distinctCount(this.#registers, place * DISTINCT_REGISTERS)) }
  }

  mergeConsumers(former: number, successor: number): void {
    for (const place of this.#places.values()) {
      const count = this.#asked.get(former * KINDS_MAX + place)
      if (count === undefined) continue
      const key = successor * KINDS_MAX + place
      this.#asked.set(key, (this.#asked.get(key) ?? 0) + count)
      this.#asked.delete(former * KINDS_MAX + place)
    }
  }

  save(): SavedCollections {
    return { places: this.#places, registers: this.#registers, asked: this.#asked }
  }

  /** -1 past the limit. */
  #placeOf(kind: number): number {
    const known = this.#places.get(kind)
    if (known !== undefined) return known
    const place = this.#places.size
    if (place >= this.#kindsMax) {
      this.#reached.baselineCollections++
      return -1
    }
    this.#places.set(kind, place)
    if ((place + 1) * DISTINCT_REGISTERS > this.#registers.length)
      this.#registers = grown(this.#registers, new Uint8Array(this.#registers.length * 2))
    return place
  }
}
