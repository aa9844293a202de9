// Which ids were met: a set of 32-bit keys in two generations of Bloom filters, that grows with what it holds and forgets what is old.
//
//   young  | 1 KiB | 4 KiB | 16 KiB ... <- added here        a link takes 0.8 ids a byte (10 bits an id, 7 of them set), then the next
//   old    | what was young `GENERATION_US` ago |            one is made, four times as large, up to 64 KiB
//
// A link consists of blocks of 64 bytes, and an id's 7 bits lie in one of them: one miss of the cache a link, for 1.2 % of false
// "known" in a full link instead of 0.8 %. An answer errs to "known" only, and so does everything that is given up: without room for a
// link ids go into the one there is, and a consumer without any is said to know everything. Ids are keyed pseudonyms already: nobody
// outside can choose those that collide.
import { mix } from "../../shared/bytes/hash.ts"
import type { LimitCounters } from "../inventory/limits.ts"

/** How long ids are remembered at least, µs; at most twice that. */
const GENERATION_US = 45 * 86_400_000_000
const LINK_BYTES_MIN = 256
const LINK_BYTES_MAX = 65_536
const IDS_PER_BYTE = 0.8
const BLOCK_WORDS = 16
/** Sets of merged consumers have the links of both: so many at most, the oldest given up. */
const LINKS_MAX = 24

export interface IdSet {
  young: Uint32Array[]
  old: Uint32Array[]
  /** Ids that the last link of `young` has room for, and all that `young` was given. */
  room: number
  count: number
  /** When `young` was begun, µs of event time. */
  sinceUs: number
}

export function emptyIdSet(): IdSet {
  return { young: [], old: [], room: 0, count: 0, sinceUs: 0 }
}

/** Bytes of all sets together, and what they may take. */
export class IdSetRoom {
  bytes: number
  readonly #bytesMax: number
  readonly #idsMax: number
  readonly #reached: LimitCounters

  constructor(bytesMax: number, idsMax: number, reached: LimitCounters, bytes = 0) {
    this.#bytesMax = bytesMax
    this.#idsMax = idsMax
    this.#reached = reached
    this.bytes = bytes
  }

  /** True where nothing is known of the set because there was no room for it. */
  isBlank(set: IdSet): boolean {
    return set.young.length === 0 && set.old.length === 0 && this.bytes + LINK_BYTES_MIN > this.#bytesMax
  }

  has(set: IdSet, key: number): boolean {
    return holds(set.young, key) || holds(set.old, key) || this.isBlank(set)
  }

  /** True when the id is new to the set. */
  add(set: IdSet, key: number, atUs: number): boolean {
    if (holds(set.young, key)) return false
    if (set.room <= 0 || atUs - set.sinceUs >= GENERATION_US) this.#makeRoom(set, atUs)
    const link = set.young.at(-1)
    if (link === undefined) return false
    place(link, key)
    set.room--
    set.count++
    return !holds(set.old, key)
  }

  /** What `from` holds, `into` holds from now on. */
  merge(from: IdSet, into: IdSet): void {
    into.young.unshift(...from.young)
    into.old.unshift(...from.old)
    into.count += from.count
    if (into.young.length === from.young.length) Object.assign(into, { room: from.room, sinceUs: from.sinceUs })
    for (const links of [into.young, into.old]) {
      while (links.length > LINKS_MAX) {
        this.#reached.baselineObjectsPerSet++
        this.bytes -= links.shift()!.byteLength
      }
    }
    Object.assign(from, emptyIdSet())
  }

  #makeRoom(set: IdSet, atUs: number): void {
    const isOld = set.young.length > 0 && atUs - set.sinceUs >= GENERATION_US
    const isFull = set.count >= this.#idsMax
    if (isFull && !isOld) this.#reached.baselineObjectsPerSet++
    const isNext = isOld || isFull
    let bytes = LINK_BYTES_MIN
    if (isNext) while (bytes * IDS_PER_BYTE < set.count && bytes < LINK_BYTES_MAX) bytes *= 4
    else if (set.young.length > 0) bytes = Math.min(LINK_BYTES_MAX, set.young.at(-1)!.byteLength * 4)
    const freed = isNext ? set.old.reduce((sum, { byteLength }) => sum + byteLength, 0) : 0
    if (this.bytes - freed + bytes > this.#bytesMax) {
      this.#reached.baselineObjectBytes++
      return
    }
    this.bytes -= freed
    if (isNext) Object.assign(set, { old: set.young, young: [], count: 0 })
    if (set.young.length === 0) set.sinceUs = atUs
    this.bytes += bytes
    set.young.push(new Uint32Array(bytes >>> 2))
    set.room = Math.floor(bytes * IDS_PER_BYTE)
  }
}

function holds(links: readonly Uint32Array[], key: number): boolean {
  if (links.length === 0) return false
  const a = mix(key)
  const b = mix(a ^ 0x5bd1e995)
  const c = mix(b ^ 0x1b873593)
  for (let i = links.length - 1; i >= 0; i--) {
    const link = links[i]!
    const base = (a & (link.length / BLOCK_WORDS - 1)) * BLOCK_WORDS
    if (
      hasBit(link, base, b) &&
      hasBit(link, base, b >>> 9) &&
      hasBit(link, base, b >>> 18) &&
      hasBit(link, base, c) &&
      hasBit(link, base, c >>> 9) &&
      hasBit(link, base, c >>> 18) &&
      hasBit(link, base, a >>> 23)
    )
      return true
  }
  return false
}

function place(link: Uint32Array, key: number): void {
  const a = mix(key)
  const b = mix(a ^ 0x5bd1e995)
  const c = mix(b ^ 0x1b873593)
  const base = (a & (link.length / BLOCK_WORDS - 1)) * BLOCK_WORDS
  setBit(link, base, b)
  setBit(link, base, b >>> 9)
  setBit(link, base, b >>> 18)
  setBit(link, base, c)
  setBit(link, base, c >>> 9)
  setBit(link, base, c >>> 18)
  setBit(link, base, a >>> 23)
}

/** The low 9 bits of `bits` choose one of the block's 512. */
function hasBit(link: Uint32Array, base: number, bits: number): boolean {
  return (link[base + ((bits >>> 5) & 15)]! & (1 << (bits & 31))) !== 0
}

function setBit(link: Uint32Array, base: number, bits: number): void {
  const at = base + ((bits >>> 5) & 15)
  link[at] = link[at]! | (1 << (bits & 31))
}
