// Ordinal of a pair by those of its two subjects: a table of open addressing.
//
//   | consumer | endpoint | pair + 1 |  12 bytes a place, the next one when it is taken; half empty at least
//
// A Map on one number for the two costs three misses of the cache a look-up where this costs one, and 50 bytes an entry.
import { mix } from "../../shared/bytes/hash.ts"

const WIDTH = 3
const PLACES_MIN = 1024

export class PairPlaces {
  #table = new Int32Array(PLACES_MIN * WIDTH)
  #mask = PLACES_MIN - 1
  #size = 0

  /** -1 unknown. */
  find(consumer: number, endpoint: number): number {
    const table = this.#table
    for (let place = placeOf(consumer, endpoint) & this.#mask; ; place = (place + 1) & this.#mask) {
      const at = place * WIDTH
      if (table[at + 2] === 0) return -1
      if (table[at] === consumer && table[at + 1] === endpoint) return table[at + 2]! - 1
    }
  }

  /** Of a pair that is not there. */
  add(consumer: number, endpoint: number, pair: number): void {
    if (++this.#size * 2 > this.#mask + 1) this.#double()
    this.#put(consumer, endpoint, pair + 1)
  }

  #put(consumer: number, endpoint: number, value: number): void {
    const table = this.#table
    let place = placeOf(consumer, endpoint) & this.#mask
    while (table[place * WIDTH + 2] !== 0) place = (place + 1) & this.#mask
    table[place * WIDTH] = consumer
    table[place * WIDTH + 1] = endpoint
    table[place * WIDTH + 2] = value
  }

  #double(): void {
    const former = this.#table
    this.#table = new Int32Array(former.length * 2)
    this.#mask = this.#mask * 2 + 1
    for (let at = 0; at < former.length; at += WIDTH)
      if (former[at + 2] !== 0) this.#put(former[at]!, former[at + 1]!, former[at + 2]!)
  }
}

function placeOf(consumer: number, endpoint: number): number {
  return mix(consumer ^ Math.imul(endpoint, 0x9e3779b1))
}
