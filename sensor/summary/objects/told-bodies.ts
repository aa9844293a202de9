// Bodies whose ids a principal was told of today: what comes again as it was is neither decoded nor scanned again.
//
//   set  | mark day total | mark day total | mark day total | mark day total |     4 ways; the set and the mark come from two hashes
//
// In:  a body as it came, coded or not, and the names of ids at its place.   Out: how many ids it gave.
// The hashes are the CRC-32 of all its bytes, its length and the place with what is known of it. Two bodies of one length, place and
// CRC are taken for one. Bounded: ENTRIES bodies of a day; when no way is free, one of today is forgotten, and scanned when it comes again.
import { crc32 } from "node:zlib"
import { mix } from "../../../shared/bytes/hash.ts"
import type { PlaceIds } from "./place-ids.ts"

const WAYS = 4
/** Words of a way: mark, day, total. */
const STRIDE = 3
/** What is asked for and was not noted. */
export const UNTOLD = -2

export class ToldBodies {
  readonly #mask: number
  readonly #table: Int32Array
  #turn = 0
  /** Of the body asked for last. */
  #set = 0
  #mark = 0
  #stamp = 0

  /** `entries`: a power of two, at least 4. */
  constructor(entries: number) {
    this.#mask = entries / WAYS - 1
    this.#table = new Int32Array(entries * STRIDE)
  }

  /** What was noted of the body for that day or a later one, else UNTOLD. `who`: hash of the principal. */
  find(who: number, place: PlaceIds, day: number, bytes: Uint8Array, start: number, end: number): number {
    const crc = crc32(bytes.subarray(start, end))
    const kind = mix(Math.imul(place.serial, 0x9e37_79b1) ^ place.version ^ Math.imul(end - start, 0x85eb_ca6b))
    this.#set = (mix(crc ^ who) & this.#mask) * WAYS * STRIDE
    this.#mark = kind ^ Math.imul(crc, 0x0100_0193) ^ Math.imul(who, 0xc2b2_ae35)
    // 0: the way is free.
    this.#stamp = day + 1
    const table = this.#table
    for (let at = this.#set; at < this.#set + WAYS * STRIDE; at += STRIDE)
      if (table[at] === this.#mark && table[at + 1]! >= this.#stamp) return table[at + 2]!
    return UNTOLD
  }

  /** All ids of the body asked for last have been told: `total` of them, -1 when there may be more. */
  note(total: number): void {
    const table = this.#table
    let free = this.#set + (this.#turn++ & (WAYS - 1)) * STRIDE
    for (let at = this.#set; at < this.#set + WAYS * STRIDE; at += STRIDE) if (table[at + 1]! < this.#stamp) free = at
    table[free] = this.#mark
    table[free + 1] = this.#stamp
    table[free + 2] = total
  }
}
