// Whose objects are: for each object (and its kind), the consumer that uses it most, how often, and how often all others did.
//
// A use: asked for with success, or given in a list afterwards; a sensor tells what was given once a day, so five uses are about five days,
// or work on the object itself. What lists give is kept with no use until somebody asks for it: a list names objects of several kinds (the
// customer of an order), and only who asks says which kind an id is of. What nobody uses any more is forgotten first (key-table.ts).
import { mix } from "../../shared/bytes/hash.ts"
import type { LimitCounters } from "../inventory/limits.ts"
import { KeyTable, type SavedKeyTable } from "./key-table.ts"

const USES_MAX = 255
const COLUMNS = {
  owner: [Int32Array, 1],
  /** Endpoint whose list gave it last, its ordinal + 1. */
  giver: [Int32Array, 1],
  /** Day (since 1970) of the last use. */
  day: [Uint16Array, 1],
  uses: [Uint8Array, 1],
  others: [Uint8Array, 1],
} as const

export type SavedOwnership = SavedKeyTable<typeof COLUMNS>

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
  readonly #table: KeyTable<typeof COLUMNS>

  constructor(limit: number, reached: LimitCounters, saved?: SavedOwnership) {
    this.#table = new KeyTable(COLUMNS, limit, () => reached.baselineOwners++, saved)
  }

  get bytes(): number {
    return this.#table.bytes
  }

  get size(): number {
    return this.#table.size
  }

  static key(low: number, kind: number): number {
    return mix(low ^ Math.imul(kind, 0x9e3779b1)) >>> 0 || 1
  }

  /** Place of the key, -1 unknown. */
  find(key: number): number {
    return this.#table.find(key)
  }

  at(place: number): Owned {
    const { owner, uses, others, giver, day } = this.#table.columns
    return {
      owner: owner[place]!,
      uses: uses[place]!,
      others: others[place]!,
      giver: giver[place]! - 1,
      day: day[place]!,
    }
  }

  ownerAt(place: number): number {
    return this.#table.columns.owner[place]!
  }

  /** Whether the owner has `usesMin` uses and 95 % of all. */
  isSettled(place: number, usesMin: number): boolean {
    const { uses, others } = this.#table.columns
    return uses[place]! >= usesMin && others[place]! * 19 <= uses[place]!
  }

  /**
   * Counts a use; `giver`: the endpoint whose list gave it, -1: it was asked for. `consumer` stands for its partner: when the owner is of the
   * same one, the owner is passed.
   */
  use(key: number, place: number, consumer: number, giver: number, day: number): void {
    const at = place < 0 ? this.#table.insert(key) : place
    if (place >= 0) this.#table.meet(place)
    const { columns } = this.#table
    columns.day[at] = day
    if (giver >= 0) columns.giver[at] = giver + 1
    if (columns.uses[at] === 0) {
      columns.owner[at] = consumer
      columns.uses[at] = giver < 0 ? 1 : 0
      return
    }
    const counts = columns.owner[at] === consumer ? columns.uses : columns.others
    if (counts[at] === USES_MAX) {
      columns.uses[at] = (columns.uses[at]! + 1) >>> 1
      columns.others[at] = (columns.others[at]! + 1) >>> 1
    }
    counts[at]!++
    if (columns.others[at]! <= columns.uses[at]!) return
    const before = columns.uses[at]!
    columns.owner[at] = consumer
    columns.uses[at] = columns.others[at]!
    columns.others[at] = before
  }

  save(): SavedOwnership {
    return this.#table.save()
  }
}
