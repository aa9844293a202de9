// Pseudonyms of objects (domain "object"), each computed once while it is remembered: an id that comes back costs a look-up.
//
// In:  the text of a token.   Out: its 48-bit pseudonym. The token's kind is not part of it: an object keeps its pseudonym if
// the classes are refined one day.
// Most ids are short, and there are very many of them, so what counts is how much memory a look-up touches. Up to SHORT_MAX
// bytes are kept in the table itself, WAYS entries to a set; a new one takes the place of one that the id's hash chooses,
// so that a list read again and again does not push itself out. Longer ids go to an interner.
//
//   keys    | id of entry 0: 8 bytes | id of entry 1 | ...      set k = entries 4k to 4k + 3, half a line of cache
//   values  | pseudonym 0            | pseudonym 1   | ...      0: empty
import { ByteInterner } from "../../shared/bytes/interner.ts"
import type { Pseudonyms } from "./pseudonym.ts"

const SHORT_MAX = 8
/** Entries for short ids: 4 MB. */
const SHORT_ENTRIES = 262_144
const WAYS = 4
/** Long ids of a generation. */
const LONG = { entries: 65_536, keyBytes: 3 * 1024 * 1024 }

export class ObjectPseudonyms {
  readonly #keys = new Int32Array(2 * SHORT_ENTRIES)
  readonly #values = new Float64Array(SHORT_ENTRIES)
  readonly #long = new ByteInterner<number>(LONG)
  readonly #pseudonyms: Pseudonyms

  constructor(pseudonyms: Pseudonyms) {
    this.#pseudonyms = pseudonyms
  }

  /** Pseudonym of bytes [start, end), of which none is 0. */
  of(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > SHORT_MAX) return this.#ofLong(bytes, start, end)
    let low = 0
    let high = 0
    for (let i = start, shift = 0; i < end; i++, shift += 8) {
      if (shift < 32) low |= bytes[i]! << shift
      else high |= bytes[i]! << (shift - 32)
    }
    let hash = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1)
    hash ^= hash >>> 15
    hash = Math.imul(hash, 0xc2b2ae35)
    hash ^= hash >>> 16
    const first = hash & (SHORT_ENTRIES - WAYS)
    const keys = this.#keys
    const values = this.#values
    let free = first + (hash >>> 30)
    for (let at = first; at < first + WAYS; at++) {
      if (keys[2 * at] === low && keys[2 * at + 1] === high && values[at] !== 0) return values[at]!
      if (values[at] === 0) free = at
    }
    const pseudonym = this.#pseudonyms.number(bytes, start, end)
    keys[2 * free] = low
    keys[2 * free + 1] = high
    values[free] = pseudonym
    return pseudonym
  }

  #ofLong(bytes: Uint8Array, start: number, end: number): number {
    const known = this.#long.find(bytes, start, end)
    if (known !== undefined) return known
    const pseudonym = this.#pseudonyms.number(bytes, start, end)
    this.#long.add(bytes, start, end, pseudonym)
    return pseudonym
  }
}
