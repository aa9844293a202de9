// Pseudonyms of objects (domain "object"), each computed once while it is remembered: an id that comes back costs a look-up.
import { ByteInterner } from "../../shared/bytes/interner.ts"
import type { Pseudonyms } from "./pseudonym.ts"

/** Ids of a generation: two of them take about 12 MB when full. */
const OBJECTS = { entries: 131_072, keyBytes: 2 * 1024 * 1024 }

export class ObjectPseudonyms {
  readonly #known = new ByteInterner<number>(OBJECTS)
  readonly #pseudonyms: Pseudonyms

  constructor(pseudonyms: Pseudonyms) {
    this.#pseudonyms = pseudonyms
  }

  /**
   * 48-bit pseudonym of the text of a token. Its kind is not part of it: an object keeps its pseudonym if the classes are
   * refined one day.
   */
  of(bytes: Uint8Array, start: number, end: number): number {
    const known = this.#known.find(bytes, start, end)
    if (known !== undefined) return known
    const pseudonym = this.#pseudonyms.number(bytes, start, end)
    this.#known.add(bytes, start, end, pseudonym)
    return pseudonym
  }
}
