// A bounded table of 32-bit keys with columns of numbers beside them: what is not met any more makes place for what is.
//
//   set of 8 places   | key | key | ... |    the top bits of a key choose its set; a full one doubles the table until the limit, then the first
//   columns beside    | ... | ... |          entry goes that was not met since it was last passed over (second chance)
//
// Keys are spread evenly (they come from keyed pseudonyms). False equality: n of 2^32 for n keys in use.
import { type ColumnsOf, type Layout, type SavedSlab, Slab } from "./columns.ts"

const WAYS = 8
const PLACES_MIN = 1024
const KEY_COLUMNS = { key: [Uint32Array, 1], met: [Uint8Array, 1] } as const

export interface SavedKeyTable<Columns extends Layout> {
  readonly size: number
  readonly keys: SavedSlab<typeof KEY_COLUMNS>
  readonly columns: SavedSlab<Columns>
}

export class KeyTable<const Columns extends Layout> {
  size: number
  readonly #layout: Columns
  #keys: Slab<typeof KEY_COLUMNS>
  #slab: Slab<Columns>
  readonly #placesMax: number
  readonly #onEvicted: () => void

  constructor(layout: Columns, limit: number, onEvicted: () => void, saved?: SavedKeyTable<Columns>) {
    this.#layout = layout
    this.#placesMax = 2 ** Math.floor(Math.log2(Math.max(WAYS, limit)))
    this.#onEvicted = onEvicted
    this.#keys = new Slab(KEY_COLUMNS, saved?.keys)
    this.#slab = new Slab(layout, saved?.columns)
    this.size = saved?.size ?? 0
    if (saved === undefined) this.#reserve(Math.min(PLACES_MIN, this.#placesMax))
  }

  get bytes(): number {
    return this.#keys.bytes + this.#slab.bytes
  }

  /** Indexed by place; another object after an insert. */
  get columns(): ColumnsOf<Columns> {
    return this.#slab.columns
  }

  /** Place of the key (not 0), -1 unknown. Changes nothing. */
  find(key: number): number {
    const { columns, rows } = this.#keys
    const start = startOf(key, rows)
    for (let at = start; at < start + WAYS; at++) if (columns.key[at] === key) return at
    return -1
  }

  /** Gives the entry a second chance. */
  meet(place: number): void {
    this.#keys.columns.met[place] = 1
  }

  /** Place for a key that is not there, with zeros in all columns. */
  insert(key: number): number {
    let at = this.#freePlace(key)
    while (at < 0 && this.#keys.rows < this.#placesMax) {
      this.#double()
      at = this.#freePlace(key)
    }
    if (at >= 0) this.size++
    else {
      at = this.#evict(key)
      this.#slab.clear(at)
    }
    this.#keys.columns.key[at] = key
    this.#keys.columns.met[at] = 0
    return at
  }

  save(): SavedKeyTable<Columns> {
    return { size: this.size, keys: this.#keys.save(), columns: this.#slab.save() }
  }

  #reserve(places: number): void {
    this.#keys.reserve(places - 1)
    this.#slab.reserve(places - 1)
  }

  #freePlace(key: number): number {
    const { columns, rows } = this.#keys
    const start = startOf(key, rows)
    for (let at = start; at < start + WAYS; at++) if (columns.key[at] === 0) return at
    return -1
  }

  #evict(key: number): number {
    this.#onEvicted()
    const { met } = this.#keys.columns
    const start = startOf(key, this.#keys.rows)
    const hand = key & (WAYS - 1)
    for (let step = 0; step < WAYS; step++) {
      const at = start + ((hand + step) & (WAYS - 1))
      if (met[at] === 0) return at
      met[at] = 0
    }
    return start + hand
  }

  #double(): void {
    const [keys, slab] = [this.#keys, this.#slab]
    this.#keys = new Slab(KEY_COLUMNS)
    this.#slab = new Slab(this.#layout)
    this.#reserve(keys.rows * 2)
    const moves = Object.entries(this.#layout).map(
      ([name, [, width]]) => [slab.columns[name]!, this.#slab.columns[name]!, width] as const,
    )
    for (let from = 0; from < keys.rows; from++) {
      const key = keys.columns.key[from]!
      if (key === 0) continue
      // A set becomes two, so there is place.
      const at = this.#freePlace(key)
      this.#keys.columns.key[at] = key
      this.#keys.columns.met[at] = keys.columns.met[from]!
      for (const [former, columns, width] of moves)
        for (let i = 0; i < width; i++) columns[at * width + i] = former[from * width + i]!
    }
  }
}

function startOf(key: number, places: number): number {
  return Math.floor(key / (4_294_967_296 / (places / WAYS))) * WAYS
}
