// Columns of numbers by ordinal: the slabs that baselines live in.
//
//   const slab = new Slab({ today: [Float64Array, 9], lastDay: [Int32Array, 1] }, saved)
//   slab.reserve(consumer.ordinal)                        // rows 0 to ordinal exist; new ones are zero
//   slab.columns.today[consumer.ordinal * 9 + measure]++  // row after row, `width` numbers each
//
// Rows grow by a third or a half (16, 24, 32, 48, 64, ...), and with them the arrays are replaced: read them from `columns` at each use, keep none across a `reserve`.
// What `save` hands out is typed arrays and a number, for structuredClone.

type NumberArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array
type ArrayClass =
  | Uint8ArrayConstructor
  | Uint16ArrayConstructor
  | Uint32ArrayConstructor
  | Int32ArrayConstructor
  | Float32ArrayConstructor
  | Float64ArrayConstructor

/** Of each column: the class of its array, and the numbers of a row. */
export type Layout = Readonly<Record<string, readonly [ArrayClass, number]>>

export type ColumnsOf<Columns extends Layout> = { [name in keyof Columns]: InstanceType<Columns[name][0]> }

export interface SavedSlab<Columns extends Layout> {
  /** Rows in use. */
  readonly rows: number
  readonly columns: Readonly<ColumnsOf<Columns>>
}

const ROWS_MIN = 16

export class Slab<const Columns extends Layout> {
  columns: ColumnsOf<Columns>
  /** Rows in use: one more than the greatest ordinal reserved. */
  rows: number
  readonly #layout: Columns
  /** Name and width of each column. */
  readonly #widths: readonly (readonly [string, number])[]
  #capacity: number

  constructor(layout: Columns, saved?: SavedSlab<Columns>) {
    this.#layout = layout
    this.#widths = Object.entries(layout).map(([name, [, width]]) => [name, width])
    this.rows = saved?.rows ?? 0
    this.#capacity = ROWS_MIN
    // The same as without a restart.
    while (this.#capacity < this.rows) this.#capacity = nextCapacity(this.#capacity)
    this.columns = this.#grown(saved?.columns)
  }

  get bytes(): number {
    let sum = 0
    for (const column of Object.values<NumberArray>(this.columns)) sum += column.byteLength
    return sum
  }

  /** True if the row is new. */
  reserve(ordinal: number): boolean {
    if (ordinal < this.rows) return false
    this.rows = ordinal + 1
    if (this.rows > this.#capacity) {
      while (this.#capacity < this.rows) this.#capacity = nextCapacity(this.#capacity)
      this.columns = this.#grown(this.columns)
    }
    return true
  }

  /** Zero in all columns. */
  clear(ordinal: number): void {
    for (const [name, width] of this.#widths) {
      const column: NumberArray = this.columns[name]!
      // A loop: filling a few numbers by a call costs more than the numbers.
      if (width > 8) column.fill(0, ordinal * width, (ordinal + 1) * width)
      else for (let at = ordinal * width; at < (ordinal + 1) * width; at++) column[at] = 0
    }
  }

  /** What the row `from` has, `to` has from now on. */
  copy(from: number, to: number): void {
    for (const [name, width] of this.#widths)
      this.columns[name]!.copyWithin(to * width, from * width, (from + 1) * width)
  }

  save(): SavedSlab<Columns> {
    return { rows: this.rows, columns: this.columns }
  }

  #grown(former: Readonly<ColumnsOf<Columns>> | undefined): ColumnsOf<Columns> {
    const grown: Record<string, NumberArray> = {}
    for (const [name, [ArrayOf, width]] of Object.entries(this.#layout)) {
      const array = new ArrayOf(this.#capacity * width)
      const kept: NumberArray | undefined = former?.[name]
      // What was saved has the capacity of then, which a start with fewer rows does not need.
      if (kept !== undefined) array.set(kept.length > array.length ? kept.subarray(0, array.length) : kept)
      grown[name] = array
    }
    return grown as ColumnsOf<Columns>
  }
}

/** Powers of two, which tables ask for, and one between each two. */
function nextCapacity(capacity: number): number {
  return (capacity & (capacity - 1)) === 0 ? capacity * 1.5 : (capacity / 3) * 4
}
