// The ids of one body: each once, those that its principal was not told of today as pseudonyms, the rest as a number.
//
// Bounded: IDS_MAX distinct ids of a body are told apart, what comes then is counted one by one and not told (`idsCut`); of a response at
// most RETURNED_MAX are told, of a request BODY_MAX. What does not find room is told with the next response that gives it.
import { NO_NUMBERS } from "../../../shared/event/api-event.ts"
import type { ObjectPseudonyms } from "../privacy/object-pseudonyms.ts"
import { Says } from "./id-names.ts"
import { idBytes, idEnd, idHash0, idHash1, idStart, isId, isLinkToId } from "./id-text.ts"
import type { ToldIds } from "./told-ids.ts"

export const IDS_MAX = 2048
export const RETURNED_MAX = 512
export const BODY_MAX = 8
/** So many are compared one by one, and sorted here. */
const FEW = 16
/** Arrays that have held a fraction: their copies hold numbers of 32 bits without a box, and are made by one copy of memory. */
const MODELS = Array.from({ length: RETURNED_MAX + 1 }, (_, count) => new Array<number>(count).fill(0.5).fill(0))
/** Places of the table of ids seen: a power of two, twice IDS_MAX. */
const SLOTS = 4096

export class IdCollector {
  /** Distinct ids of the body so far. */
  total = 0
  /** Ids that found no room, and are told when they come again. */
  untold = 0
  readonly #counters: { idsCut: number }
  readonly #pseudonyms: ObjectPseudonyms
  readonly #told: ToldIds
  readonly #hash0 = new Int32Array(SLOTS)
  readonly #hash1 = new Int32Array(SLOTS)
  /** Hashes of the first FEW: most bodies have no more, and need no table. */
  readonly #few = new Int32Array(2 * FEW)
  /** Body that filled a place. */
  readonly #body = new Int32Array(SLOTS)
  #bodies = 0
  readonly #ids = new Uint32Array(RETURNED_MAX)
  #count = 0
  #most = 0
  #who = 0
  #day = 0
  /** Of a request: told each time. */
  #isRequest = false

  constructor(pseudonyms: ObjectPseudonyms, told: ToldIds, counters: { idsCut: number }) {
    this.#counters = counters
    this.#pseudonyms = pseudonyms
    this.#told = told
  }

  beginRequest(): void {
    this.#begin(BODY_MAX)
    this.#isRequest = true
  }

  /** `who`: hash of the principal, 0 when it is not known: all is told, and nothing remembered; `day` of event time. */
  beginResponse(who: number, day: number): void {
    this.#begin(RETURNED_MAX)
    this.#isRequest = false
    this.#who = who
    this.#day = day
  }

  #begin(most: number): void {
    this.total = 0
    this.untold = 0
    this.#most = most
    this.#bodies = (this.#bodies + 1) | 0
    this.#count = 0
  }

  /** An id that the body's head gave: it counts, and is told already, as `ids`. */
  seed(hash0: number, hash1: number, ids: readonly number[]): void {
    if (this.#isNew(hash0, hash1)) this.total++
    for (const id of ids) this.#ids[this.#count++] = id
  }

  /** A value under a name that says so: without quotes, escapes as written. `isText`: it is no number. */
  note(bytes: Uint8Array, start: number, end: number, says: Says, isText: boolean): void {
    if (says === Says.link) {
      if (isText && isLinkToId(bytes, start, end)) this.#add()
    } else if ((isText || says === Says.id) && isId(bytes, start, end)) this.#add()
  }

  /** The id at hand (id-text.ts). */
  #add(): void {
    if (!this.#isNew(idHash0, idHash1)) return
    this.total++
    if (this.#count >= this.#most) {
      this.untold++
      return
    }
    if (!this.#isRequest && this.#who !== 0 && this.#told.note(this.#who, idHash0, idHash1, this.#day)) return
    this.#ids[this.#count++] = this.#pseudonyms.once(idBytes, idStart, idEnd)
  }

  #isNew(hash0: number, hash1: number): boolean {
    const seen = this.total
    if (seen >= IDS_MAX) {
      this.#counters.idsCut++
      return true
    }
    const few = this.#few
    if (seen < FEW) {
      for (let i = 0; i < seen; i++) if (few[2 * i] === hash0 && few[2 * i + 1] === hash1) return false
      few[2 * seen] = hash0
      few[2 * seen + 1] = hash1
      return true
    }
    if (seen === FEW) for (let i = 0; i < FEW; i++) this.#isPlaced(few[2 * i]!, few[2 * i + 1]!)
    return this.#isPlaced(hash0, hash1)
  }

  /** False when the table has the id already; else it has it from now on. */
  #isPlaced(hash0: number, hash1: number): boolean {
    let slot = (hash0 ^ (hash0 >>> 15)) & (SLOTS - 1)
    while (this.#body[slot] === this.#bodies) {
      if (this.#hash0[slot] === hash0 && this.#hash1[slot] === hash1) return false
      slot = (slot + 1) & (SLOTS - 1)
    }
    this.#body[slot] = this.#bodies
    this.#hash0[slot] = hash0
    this.#hash1[slot] = hash1
    return true
  }

  /** What is told: ascending, each once. */
  end(): readonly number[] {
    const count = this.#count
    if (count === 0) return NO_NUMBERS
    const ids = this.#ids
    if (count > FEW) ids.subarray(0, count).sort()
    else sortFew(ids, count)
    const told = MODELS[count]!.slice()
    let kept = 0
    for (let i = 0; i < count; i++) if (i === 0 || ids[i] !== ids[i - 1]) told[kept++] = ids[i]!
    if (kept < count) told.length = kept
    return told
  }
}

function sortFew(ids: Uint32Array, count: number): void {
  for (let i = 1; i < count; i++) {
    const id = ids[i]!
    let at = i
    while (at > 0 && ids[at - 1]! > id) {
      ids[at] = ids[at - 1]!
      at--
    }
    ids[at] = id
  }
}
