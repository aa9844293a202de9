// Pseudonyms of objects (domain "object"), each computed once while it is remembered: an id that comes back costs a look-up.
//
// Most ids are short, and there are so many that each look-up misses the processor's cache. So the short ones lie in a
// set-associative table of their own, one line of cache a set, the key beside its value; the oldest of a set makes room.
//
//   set  | w0 w1 low length:high | w0 w1 low length:high | ... |    4 ways of 16 bytes
//          \_8 key bytes_/ \_____48 bits____/
import { ByteInterner } from "../../../shared/bytes/interner.ts"
import type { Pseudonyms } from "./pseudonym.ts"

/** Longer ids of a generation. */
const LONG = { entries: 65_536, keyBytes: 4 * 1024 * 1024 }
const SHORT_BYTES = 8
/** 131,072 short ids in 2 MB. */
const SETS = 32_768
const WAYS = 4
const STRIDE = 4
const SET_STRIDE = WAYS * STRIDE
const HIGH = 0x1_0000_0000

export class ObjectPseudonyms {
  readonly #long = new ByteInterner<number>(LONG)
  readonly #short = new Int32Array(SETS * SET_STRIDE)
  /** Counts replacements: the way that makes room next. */
  #turn = 0
  readonly #pseudonyms: Pseudonyms

  constructor(pseudonyms: Pseudonyms) {
    this.#pseudonyms = pseudonyms
  }

  /**
   * 48-bit pseudonym of the text of a token. Its kind is not part of it: an object keeps its pseudonym if the classes are
   * refined one day.
   */
  of(bytes: Uint8Array, start: number, end: number): number {
    if (end - start <= SHORT_BYTES && end > start) return this.#ofShort(bytes, start, end)
    const known = this.#long.find(bytes, start, end)
    if (known !== undefined) return known
    const pseudonym = this.#pseudonyms.number(bytes, start, end)
    this.#long.add(bytes, start, end, pseudonym)
    return pseudonym
  }

  /** The same of an id that is not expected again soon: a long one is not remembered. */
  once(bytes: Uint8Array, start: number, end: number): number {
    return end - start <= SHORT_BYTES ? this.of(bytes, start, end) : this.#pseudonyms.number(bytes, start, end)
  }

  #ofShort(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start
    let w0 = 0
    let w1 = 0
    for (let i = 0; i < length; i++) {
      if (i < 4) w0 |= bytes[start + i]! << (i * 8)
      else w1 |= bytes[start + i]! << ((i - 4) * 8)
    }
    let hash = Math.imul(w0 ^ Math.imul(w1 ^ length, 0x85ebca6b), 0x9e3779b1)
    hash ^= hash >>> 15
    const set = (hash & (SETS - 1)) * SET_STRIDE
    const table = this.#short
    for (let at = set; at < set + SET_STRIDE; at += STRIDE) {
      const last = table[at + 3]!
      if (table[at] === w0 && table[at + 1] === w1 && last >>> 16 === length)
        return (last & 0xffff) * HIGH + (table[at + 2]! >>> 0)
    }
    const pseudonym = this.#pseudonyms.number(bytes, start, end)
    const at = set + (this.#turn++ & (WAYS - 1)) * STRIDE
    const high = Math.floor(pseudonym / HIGH)
    table[at] = w0
    table[at + 1] = w1
    table[at + 2] = (pseudonym - high * HIGH) | 0
    table[at + 3] = (length << 16) | high
    return pseudonym
  }
}
