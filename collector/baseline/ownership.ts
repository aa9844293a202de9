// Whose objects are: for each object (and its kind), the consumer that uses it most, how often, and how often all others did.
//
//   set of 8 places   | key | key | ... |    place = top bits of the key; a full set doubles the table until the limit, then one entry
//   owner uses others giver day met          goes: the first one that was not met since the hand passed it (second chance)
//
// A use: asked for with success, or given in a list; a sensor tells what was given once a day, so five uses are about five days, or work on
// the object itself. What nobody uses any more is forgotten first. False equality of two 32-bit keys: 1 in 4,000 at a million objects.
import { mix } from "../../shared/bytes/hash.ts"
import type { LimitCounters } from "../inventory/limits.ts"

const WAYS = 8
const PLACES_MIN = 1024
const USES_MAX = 255

export interface SavedOwnership {
  readonly keys: Uint32Array
  readonly owners: Int32Array
  readonly givers: Int32Array
  readonly days: Uint16Array
  readonly uses: Uint8Array
  readonly others: Uint8Array
  readonly met: Uint8Array
  readonly size: number
}

/** What is known of one object. */
export interface Owned {
  /** Ordinal of the consumer that uses it most, its uses, and those of all others. */
  readonly owner: number
  readonly uses: number
  readonly others: number
  /** Ordinal of the endpoint whose list gave it last, -1 none; day (since 1970) of the last use. */
  readonly giver: number
  readonly day: number
}

export class Ownership {
  size: number
  #columns: SavedOwnership
  readonly #placesMax: number
  readonly #reached: LimitCounters

  constructor(limit: number, reached: LimitCounters, saved?: SavedOwnership) {
    this.#placesMax = 2 ** Math.floor(Math.log2(Math.max(WAYS, limit)))
    this.#reached = reached
    this.#columns = saved ?? columnsOf(Math.min(PLACES_MIN, this.#placesMax))
    this.size = this.#columns.size
  }

  get bytes(): number {
    return this.#columns.keys.length * 17
  }

  static key(low: number, kind: number): number {
    return mix(low ^ Math.imul(kind, 0x9e3779b1)) >>> 0 || 1
  }

  /** Place of the key, -1 unknown. */
  find(key: number): number {
    const { keys } = this.#columns
    const start = startOf(key, keys.length)
    for (let at = start; at < start + WAYS; at++) if (keys[at] === key) return at
    return -1
  }

  at(place: number): Owned {
    const { owners, uses, others, givers, days } = this.#columns
    return {
      owner: owners[place]!,
      uses: uses[place]!,
      others: others[place]!,
      giver: givers[place]! - 1,
      day: days[place]!,
    }
  }

  ownerAt(place: number): number {
    return this.#columns.owners[place]!
  }

  /** Whether the owner has `usesMin` uses and 95 % of all. */
  isSettled(place: number, usesMin: number): boolean {
    const { uses, others } = this.#columns
    return uses[place]! >= usesMin && others[place]! * 19 <= uses[place]!
  }

  /**
   * Counts a use. `consumer` stands for its partner: when the owner is of the same one, the owner is passed. True when the object is new.
   */
  use(key: number, place: number, consumer: number, giver: number, day: number): boolean {
    if (place < 0) {
      this.#insert(key, consumer, giver, day)
      return true
    }
    const { owners, uses, others, givers, days, met } = this.#columns
    met[place] = 1
    days[place] = day
    if (giver >= 0) givers[place] = giver + 1
    if (owners[place] === consumer) {
      if (uses[place] === USES_MAX) this.#halve(place)
      uses[place]!++
      return false
    }
    if (others[place] === USES_MAX) this.#halve(place)
    others[place]!++
    if (others[place]! > uses[place]!) {
      const before = uses[place]!
      owners[place] = consumer
      uses[place] = others[place]!
      others[place] = before
    }
    return false
  }

  save(): SavedOwnership {
    return { ...this.#columns, size: this.size }
  }

  #halve(place: number): void {
    const { uses, others } = this.#columns
    uses[place] = (uses[place]! + 1) >>> 1
    others[place] = (others[place]! + 1) >>> 1
  }

  #insert(key: number, consumer: number, giver: number, day: number): void {
    let at = this.#freePlace(key)
    while (at < 0 && this.#columns.keys.length < this.#placesMax) {
      this.#double()
      at = this.#freePlace(key)
    }
    if (at < 0) at = this.#evict(key)
    else this.size++
    const { keys, owners, uses, others, givers, days, met } = this.#columns
    keys[at] = key
    owners[at] = consumer
    uses[at] = 1
    others[at] = 0
    givers[at] = giver + 1
    days[at] = day
    met[at] = 0
  }

  #freePlace(key: number): number {
    const { keys } = this.#columns
    const start = startOf(key, keys.length)
    for (let at = start; at < start + WAYS; at++) if (keys[at] === 0) return at
    return -1
  }

  #evict(key: number): number {
    this.#reached.baselineOwners++
    const { keys, met } = this.#columns
    const start = startOf(key, keys.length)
    const hand = key & (WAYS - 1)
    for (let step = 0; step < WAYS; step++) {
      const at = start + ((hand + step) & (WAYS - 1))
      if (met[at] === 0) return at
      met[at] = 0
    }
    return start + hand
  }

  #double(): void {
    const former = this.#columns
    this.#columns = columnsOf(former.keys.length * 2)
    for (let from = 0; from < former.keys.length; from++) {
      if (former.keys[from] === 0) continue
      // The two halves of a set of 8 places have 8 places each.
      const at = this.#freePlace(former.keys[from]!)
      for (const name of COLUMN_NAMES) this.#columns[name][at] = former[name][from]!
    }
  }
}

const COLUMN_NAMES = ["keys", "owners", "givers", "days", "uses", "others", "met"] as const

function startOf(key: number, places: number): number {
  return Math.floor(key / (4_294_967_296 / (places / WAYS))) * WAYS
}

function columnsOf(places: number): SavedOwnership {
  return {
    keys: new Uint32Array(places),
    owners: new Int32Array(places),
    givers: new Int32Array(places),
    days: new Uint16Array(places),
    uses: new Uint8Array(places),
    others: new Uint8Array(places),
    met: new Uint8Array(places),
    size: 0,
  }
}
