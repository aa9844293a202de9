// What an event says of objects elsewhere than in its path: ids that responses gave, ids in text, query and body, steps and pages.
//
//   returned   counts, 4 bytes an id, totals plus one         rows of the events with Extra.returned
//   named      weak: counts, 6 bytes an object                rows of the events with Extra.named
//              query: counts, a 0 or 1 an entry, 6 bytes for each 1
//              body: counts, 4 bytes an id
//   paced      step (zigzag), page limit and offset plus one  rows of the events with Extra.paced
//
// Pseudonyms are random: neither differences nor a table make them shorter. Since version 4.
import { type ApiEvent, NO_NUMBERS } from "./api-event.ts"
import { type ColumnReader, type ColumnWriter, NumberColumn, whole, wholeKey } from "./event-codec-columns.ts"
import { CODEC_LIMITS, HASH_MAX, PAGE_MAX, STEP_MAX, TIME_MAX_US } from "./event-codec-limits.ts"

/** Their bits in the column `extras`. */
export const ObjectExtra = { returned: 8, named: 16, paced: 32 } as const

/** Lists of pseudonyms, a row an event. */
class PseudonymLists {
  /** Elements left out because of the limits, ever. */
  cut = 0
  readonly #counts = new NumberColumn()
  readonly #elements = new NumberColumn()
  readonly #most: number
  readonly #isHash: boolean

  /** `most`: elements of a row. `isHash`: of 32 bits, else of 48. */
  constructor(most: number, isHash: boolean) {
    this.#most = most
    this.#isHash = isHash
  }

  /** Elements of all rows. */
  get length(): number {
    return this.#elements.length
  }

  push(list: readonly number[]): void {
    const kept = Math.min(list.length, this.#most, CODEC_LIMITS.elements - this.#elements.length)
    this.cut += list.length - kept
    this.#counts.push(kept)
    for (let i = 0; i < kept; i++) this.#elements.push(this.#isHash ? whole(list[i]!, HASH_MAX) : wholeKey(list[i]!))
  }

  write(writer: ColumnWriter): void {
    writer.column(this.#counts.values, this.#counts.length)
    if (this.#isHash) writer.flatHashes(this.#elements.values, this.#elements.length)
    else writer.flatKeys(this.#elements.values, this.#elements.length)
    this.#counts.length = this.#elements.length = 0
  }
}

export class ObjectColumns {
  readonly #returned = new PseudonymLists(CODEC_LIMITS.returned, true)
  readonly #totals = new NumberColumn()
  readonly #weak = new PseudonymLists(CODEC_LIMITS.weakObjects, false)
  readonly #queryCounts = new NumberColumn()
  readonly #queryMarks = new NumberColumn()
  readonly #queryKeys = new NumberColumn()
  #queryCut = 0
  readonly #body = new PseudonymLists(CODEC_LIMITS.bodyObjects, true)
  readonly #paces = [new NumberColumn(), new NumberColumn(), new NumberColumn()] as const

  /** Pseudonyms left out because of the limits, ever. */
  get cut(): number {
    return this.#returned.cut + this.#weak.cut + this.#queryCut + this.#body.cut
  }

  /** The list that fills first has no room for another row. */
  get isFull(): boolean {
    return (
      this.#returned.length > CODEC_LIMITS.elements - CODEC_LIMITS.returned ||
      this.#queryMarks.length > CODEC_LIMITS.elements - CODEC_LIMITS.names
    )
  }

  get estimatedBytes(): number {
    const hashes = this.#returned.length + this.#body.length
    const keys = this.#weak.length + this.#queryKeys.length
    return hashes * 4 + keys * 6 + this.#queryMarks.length
  }

  /** Takes what the event says. Gives the bits of what that is. */
  push(event: ApiEvent): number {
    let bits = 0
    if (event.returnedTotal >= 0 || event.returned.length > 0) {
      bits = ObjectExtra.returned
      this.#returned.push(ascending(event.returned))
      this.#totals.push(event.returnedTotal < 0 ? 0 : whole(event.returnedTotal, TIME_MAX_US) + 1)
    }
    if (event.weakObjects.length + event.queryObjects.length + event.bodyObjects.length > 0) {
      bits |= ObjectExtra.named
      this.#weak.push(event.weakObjects)
      this.#pushQuery(event.queryObjects)
      this.#body.push(ascending(event.bodyObjects))
    }
    const { step, pageLimit, pageOffset } = event
    if (step !== 0 || pageLimit >= 0 || pageOffset >= 0) {
      bits |= ObjectExtra.paced
      this.#paces[0].push(step < 0 ? 2 * whole(-step, STEP_MAX) : 2 * whole(step, STEP_MAX) + 1)
      this.#paces[1].push(whole(pageLimit + 1, PAGE_MAX))
      this.#paces[2].push(whole(pageOffset + 1, PAGE_MAX))
    }
    return bits
  }

  write(writer: ColumnWriter): void {
    this.#returned.write(writer)
    writer.column(this.#totals.values, this.#totals.length)
    this.#totals.length = 0
    this.#weak.write(writer)
    writer.column(this.#queryCounts.values, this.#queryCounts.length)
    writer.flat(this.#queryMarks.values, this.#queryMarks.length)
    writer.flatKeys(this.#queryKeys.values, this.#queryKeys.length)
    this.#queryCounts.length = this.#queryMarks.length = this.#queryKeys.length = 0
    this.#body.write(writer)
    for (const column of this.#paces) {
      writer.column(column.values, column.length)
      column.length = 0
    }
  }

  #pushQuery(objects: readonly number[]): void {
    const kept = Math.min(objects.length, CODEC_LIMITS.names, CODEC_LIMITS.elements - this.#queryMarks.length)
    this.#queryCut += objects.length - kept
    this.#queryCounts.push(kept)
    for (let k = 0; k < kept; k++) {
      const object = wholeKey(objects[k]!)
      this.#queryMarks.push(object === 0 ? 0 : 1)
      if (object !== 0) this.#queryKeys.push(object)
    }
  }
}

/** What `ObjectColumns.write` wrote, for the events whose column `extras` is given. Without meaning when the reader has failed. */
export class ObjectRows {
  readonly #returned: Lists
  readonly #totals: Float64Array
  readonly #weak: Lists
  readonly #query: Lists
  readonly #body: Lists
  readonly #paces: readonly Float64Array[]
  #returnedRow = 0
  #namedRow = 0
  #pacedRow = 0

  constructor(reader: ColumnReader, extras: Float64Array) {
    let returned = 0
    let named = 0
    let paced = 0
    for (const bits of extras) {
      if ((bits & ObjectExtra.returned) !== 0) returned++
      if ((bits & ObjectExtra.named) !== 0) named++
      if ((bits & ObjectExtra.paced) !== 0) paced++
    }
    this.#returned = readHashLists(reader, returned, CODEC_LIMITS.returned)
    this.#totals = readColumn(reader, returned, TIME_MAX_US + 1)
    this.#weak = readKeyLists(reader, named, CODEC_LIMITS.weakObjects, false)
    this.#query = readKeyLists(reader, named, CODEC_LIMITS.names, true)
    this.#body = readHashLists(reader, named, CODEC_LIMITS.bodyObjects)
    this.#paces = [2 * STEP_MAX + 1, PAGE_MAX, PAGE_MAX].map((most) => readColumn(reader, paced, most))
  }

  /** Puts into the next event what its bits say is there. */
  next(event: ApiEvent, bits: number): void {
    if ((bits & ObjectExtra.returned) !== 0) {
      event.returned = this.#returned[this.#returnedRow]!
      event.returnedTotal = this.#totals[this.#returnedRow++]! - 1
    }
    if ((bits & ObjectExtra.named) !== 0) {
      event.weakObjects = this.#weak[this.#namedRow]!
      event.queryObjects = this.#query[this.#namedRow]!
      event.bodyObjects = this.#body[this.#namedRow++]!
    }
    if ((bits & ObjectExtra.paced) !== 0) {
      const zigzag = this.#paces[0]![this.#pacedRow]!
      event.step = zigzag % 2 === 0 ? 0 - zigzag / 2 : (zigzag - 1) / 2
      event.pageLimit = this.#paces[1]![this.#pacedRow]! - 1
      event.pageOffset = this.#paces[2]![this.#pacedRow++]! - 1
    }
  }
}

type Lists = readonly (readonly number[])[]

function readColumn(reader: ColumnReader, rows: number, most: number): Float64Array {
  const column = new Float64Array(rows)
  if (!reader.failed) reader.column(column, rows, most)
  return column
}

/** Lists of distinct 32-bit numbers, ascending. */
function readHashLists(reader: ColumnReader, rows: number, most: number): Lists {
  const counts = readColumn(reader, rows, most)
  const elements = new Float64Array(sumOf(reader, counts))
  if (!reader.failed) reader.flatHashes(elements, elements.length)
  if (reader.failed) return []
  const lists = split(counts, elements)
  for (const list of lists) {
    for (let i = 1; i < list.length; i++) if (list[i]! <= list[i - 1]!) reader.failed = true
  }
  return lists
}

/** Lists of 48-bit keys; `isSparse`: of keys and zeroes, whose places stand before the keys. */
function readKeyLists(reader: ColumnReader, rows: number, most: number, isSparse: boolean): Lists {
  const counts = readColumn(reader, rows, most)
  const elements = new Float64Array(sumOf(reader, counts)).fill(1)
  if (isSparse && !reader.failed) reader.flat(elements, elements.length, 1)
  let present = 0
  for (const element of elements) present += element
  const keys = new Float64Array(present)
  if (!reader.failed) reader.flatKeys(keys, present)
  if (reader.failed) return []
  let at = 0
  for (let i = 0; i < elements.length; i++) if (elements[i] !== 0) elements[i] = keys[at++]!
  return split(counts, elements)
}

function sumOf(reader: ColumnReader, counts: Float64Array): number {
  let total = 0
  for (const count of counts) total += count
  if (total > CODEC_LIMITS.elements) reader.failed = true
  return reader.failed ? 0 : total
}

function split(counts: Float64Array, elements: Float64Array): Lists {
  let at = 0
  return Array.from(counts, (count) => {
    at += count
    return count === 0 ? NO_NUMBERS : Array.from(elements.subarray(at - count, at))
  })
}

/** The reader refuses numbers out of order, so a caller's slip must not cost a batch. */
export function ascending(numbers: readonly number[]): readonly number[] {
  for (let i = 1; i < numbers.length; i++) {
    if (numbers[i]! <= numbers[i - 1]!) return [...new Set(numbers)].sort((a, b) => a - b)
  }
  return numbers
}
