// How often each of a bounded number of keys was seen, and lists of a bounded number of names.
//
// A key that finds no place is not counted: the caller counts the refusal under its limit.

interface Cell {
  count: number
}

// Most of an endpoint's counts stay empty: an empty map is 200 bytes, and ten thousand endpoints have a dozen counts each.
const NO_CELLS: Map<never, Cell> = new Map<never, Cell>()
const NO_CELL: Cell = { count: 0 }

export class BoundedCounts<Key extends string | number> {
  readonly #max: number
  /** Its own from the first key on. */
  #cells: Map<Key, Cell> = NO_CELLS as Map<Key, Cell>
  // Exchanges come in runs of the same status, type and shape: the last key saves the look-up (30 ns).
  #lastKey: Key | null = null
  #lastCell: Cell = NO_CELL

  constructor(max: number) {
    this.#max = max
  }

  /** False when there was no place for the key. */
  add(key: Key, count = 1): boolean {
    if (key !== this.#lastKey) {
      let cell = this.#cells.get(key)
      if (cell === undefined) {
        if (this.#cells.size >= this.#max) return false
        cell = this.#place(key, 0)
      }
      this.#lastKey = key
      this.#lastCell = cell
    }
    this.#lastCell.count += count
    return true
  }

  #place(key: Key, count: number): Cell {
    if (this.#cells === NO_CELLS) this.#cells = new Map()
    const cell = { count }
    this.#cells.set(key, cell)
    return cell
  }

  /** Adds what another counted; gives the sum of what found no place. */
  merge(other: BoundedCounts<Key>): number {
    let refused = 0
    for (const [key, { count }] of other.#cells) if (!this.add(key, count)) refused += count
    return refused
  }

  get(key: Key): number {
    return this.#cells.get(key)?.count ?? 0
  }

  has(key: Key): boolean {
    return this.#cells.has(key)
  }

  get size(): number {
    return this.#cells.size
  }

  keys(): IterableIterator<Key> {
    return this.#cells.keys()
  }

  /** A plain record, in order of first appearance. Also "__proto__" is an ordinary key of it. */
  record(): Record<string, number> {
    const record: Record<string, number> = {}
    for (const [key, cell] of this.#cells) {
      if (key === "__proto__") {
        Object.defineProperty(record, key, { value: cell.count, enumerable: true, configurable: true, writable: true })
      } else record[String(key)] = cell.count
    }
    return record
  }

  static ofTexts(max: number, record: Readonly<Record<string, number>> = {}): BoundedCounts<string> {
    const counts = new BoundedCounts<string>(max)
    for (const [key, count] of Object.entries(record)) counts.#place(key, count)
    return counts
  }

  static ofNumbers(max: number, record: Readonly<Record<string, number>> = {}): BoundedCounts<number> {
    const counts = new BoundedCounts<number>(max)
    for (const [key, count] of Object.entries(record)) counts.#place(Number(key), count)
    return counts
  }
}

/** Distinct names in order of first appearance, at most `max`. */
export class BoundedNames<Name extends string | number> {
  readonly #max: number
  readonly #names: Set<Name>

  constructor(max: number, names: readonly Name[] = []) {
    this.#max = max
    this.#names = new Set(names)
  }

  /** False when there was no place for the name. */
  add(name: Name): boolean {
    if (this.#names.has(name)) return true
    if (this.#names.size >= this.#max) return false
    this.#names.add(name)
    return true
  }

  list(): Name[] {
    return [...this.#names]
  }
}

/** Non-zero counts under their names. */
export function namedCounts(names: readonly string[], counts: readonly number[]): Record<string, number> {
  const record: Record<string, number> = {}
  for (let i = 0; i < names.length; i++) if (counts[i]! > 0) record[names[i]!] = counts[i]!
  return record
}
