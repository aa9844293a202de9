// Pseudonyms of query values: a table of the distinct ones of a batch, and for each event that has any a list of places in it.
//
//   table   varint count, flat values       a parameter with few values costs its numbers once a batch
//   lists   column of counts, flat places   1, 2, ... in the table; 0 is a value that is not told
//
// Rows are those of the events whose bit Extra.values is set. Since version 3.
import { NO_NUMBERS } from "./api-event.ts"
import { type ColumnReader, type ColumnWriter, NumberColumn, whole } from "./event-codec-columns.ts"
import { CODEC_LIMITS, HASH_MAX } from "./event-codec-limits.ts"

export class ValueLists {
  /** Values left out because of the limits, ever. */
  cut = 0
  readonly #places = new Map<number, number>()
  readonly #table = new NumberColumn()
  readonly #counts = new NumberColumn()
  readonly #indices = new NumberColumn()

  /** Bytes that table and lists will take, estimated. */
  get estimatedBytes(): number {
    return this.#table.length * 5 + this.#indices.length
  }

  push(values: readonly number[]): void {
    const kept = Math.min(values.length, CODEC_LIMITS.names)
    this.cut += values.length - kept
    this.#counts.push(kept)
    for (let i = 0; i < kept; i++) this.#indices.push(this.#placeOf(whole(values[i]!, HASH_MAX)))
  }

  write(writer: ColumnWriter): void {
    writer.varint(this.#table.length)
    writer.flat(this.#table.values, this.#table.length)
    writer.column(this.#counts.values, this.#counts.length)
    writer.flat(this.#indices.values, this.#indices.length)
    this.#table.length = this.#counts.length = this.#indices.length = 0
    this.#places.clear()
  }

  #placeOf(value: number): number {
    if (value === 0) return 0
    let place = this.#places.get(value)
    if (place === undefined) {
      if (this.#table.length >= CODEC_LIMITS.values) {
        this.cut++
        return 0
      }
      this.#table.push(value)
      place = this.#table.length
      this.#places.set(value, place)
    }
    return place
  }
}

/** The lists that `ValueLists.write` wrote, for `rows` rows. */
export function readValueLists(reader: ColumnReader, rows: number): (readonly number[])[] {
  const size = reader.varint(CODEC_LIMITS.values)
  const table = new Float64Array(reader.failed ? 1 : size + 1)
  if (!reader.failed) reader.flat(table.subarray(1), size, HASH_MAX)
  const counts = new Float64Array(rows)
  if (!reader.failed) reader.column(counts, rows, CODEC_LIMITS.names)
  let total = 0
  for (const count of counts) total += count
  if (total > CODEC_LIMITS.elements) reader.failed = true
  if (reader.failed) return []
  const indices = new Float64Array(total)
  reader.flat(indices, total, size)
  const lists: (readonly number[])[] = []
  let at = 0
  for (const count of counts) {
    const list: number[] = []
    for (let i = 0; i < count; i++) list.push(table[indices[at++]!]!)
    lists.push(count === 0 ? NO_NUMBERS : list)
  }
  return lists
}
