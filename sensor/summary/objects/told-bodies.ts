// Bodies whose ids a principal was told of today: what comes again as it was is neither decoded nor scanned again.
//
//   set  | mark day total | mark day total | mark day total | mark day total |     4 ways; the set and the mark come from two hashes
//
// A body is told by the ETag and the target that it answers, before a byte of it is seen; without an ETag by the CRC-32 of its bytes as they
// came, coded or not; and by its length, its place, and what is known of that (place-ids.ts). What agrees in all of them is taken for the same.
// Bounded: ENTRIES bodies of a day; when no way is free, one of today is forgotten, and scanned when it comes again.
import { crc32 } from "node:zlib"
import { mix } from "../../../shared/bytes/hash.ts"
import { FieldName, type HttpHead } from "../../http/http-head.ts"
import type { BodyFacts } from "../facts.ts"
import type { PlaceIds } from "./place-ids.ts"

const WAYS = 4
/** Words of a way: mark, day, total. */
const STRIDE = 3
/** Of a body that is not known. */
export const UNTOLD = -2
const ETAG = Buffer.from("etag")

export class ToldBodies {
  readonly #mask: number
  readonly #table: Int32Array
  #turn = 0

  /** `entries`: a power of two, at least 4. */
  constructor(entries: number) {
    this.#mask = entries / WAYS - 1
    this.#table = new Int32Array(entries * STRIDE)
  }

  /** What was noted of the body of `facts` for that day or a later one, else UNTOLD. */
  find(facts: BodyFacts, place: PlaceIds, day: number): number {
    const table = this.#table
    const mark = markOf(facts, place)
    const set = this.#setOf(facts)
    // Day 0 of a way: it is free.
    for (let at = set; at < set + WAYS * STRIDE; at += STRIDE)
      if (table[at] === mark && table[at + 1]! > day) return table[at + 2]!
    return UNTOLD
  }

  /** All ids of the body have been told: `total` of them, -1 when there may be more. */
  note(facts: BodyFacts, place: PlaceIds, day: number, total: number): void {
    const table = this.#table
    const set = this.#setOf(facts)
    let free = set + (this.#turn++ & (WAYS - 1)) * STRIDE
    for (let at = set; at < set + WAYS * STRIDE; at += STRIDE) if (table[at + 1]! <= day) free = at
    table[free] = markOf(facts, place)
    table[free + 1] = day + 1
    table[free + 2] = total
  }

  #setOf({ bodyHash0, principalHash }: BodyFacts): number {
    return (mix(bodyHash0 ^ principalHash) & this.#mask) * WAYS * STRIDE
  }
}

function markOf({ bodyHash0, bodyHash1, principalHash }: BodyFacts, place: PlaceIds): number {
  const kind = mix(Math.imul(place.serial, 0x9e37_79b1) ^ place.version ^ mix(bodyHash1))
  return kind ^ Math.imul(bodyHash0, 0x0100_0193) ^ Math.imul(principalHash, 0xc2b2_ae35)
}

/** Tells the body by its bytes. */
export function markByBytes(facts: BodyFacts, bytes: Uint8Array, start: number, end: number): void {
  facts.bodyHash0 = crc32(bytes.subarray(start, end)) | 0
  facts.bodyHash1 = end - start
}

/** Tells the body by its ETag; false without one. */
export function markByTag(facts: BodyFacts, head: HttpHead): boolean {
  const { bytes } = head
  for (let i = 0; i < head.fields; i++) {
    if (head.name[i] !== FieldName.other || head.nameEnd[i]! - head.nameStart[i]! !== ETAG.length) continue
    let at = 0
    while (at < ETAG.length && (bytes[head.nameStart[i]! + at]! | 0x20) === ETAG[at]) at++
    if (at < ETAG.length) continue
    facts.bodyHash0 = hashOf(bytes, head.valueStart[i]!, head.valueEnd[i]!)
    facts.bodyHash1 = facts.targetHash ^ Math.imul(head.contentLength + 2, 0x85eb_ca6b)
    return true
  }
  return false
}

/** Never 0. */
export function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x0100_0193) ^ (hash >>> 15)
  return hash === 0 ? 1 : hash
}
