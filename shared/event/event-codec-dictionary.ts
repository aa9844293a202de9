// Strings of a batch, each once, and lists of them.
import { NO_STRINGS } from "./api-event.ts"
import { type ColumnReader, type ColumnWriter, NumberColumn } from "./event-codec-columns.ts"
import { CODEC_LIMITS } from "./event-codec-limits.ts"

/** Dictionary of a decoded batch: texts[0] is "". */
export type Texts = readonly string[]

/** Estimates: what a text takes beside its characters, and an index of a text. */
const TEXT_BYTES = 3
const NAME_BYTES = 2

/** Strings of a batch, each once. Index 0 is "" and does not travel. */
export class Dictionary {
  readonly texts: string[] = []
  /** Bytes that texts, records and lists will take, estimated. Kept up to date here because it is asked once an event. */
  estimatedBytes = 0
  /** Strings cut to the limit, ever. */
  cut = 0
  readonly #index = new Map<string, number>()

  indexOf(text: string): number {
    if (text === "") return 0
    const known = this.#index.get(text)
    if (known !== undefined) return known
    const kept = text.length > CODEC_LIMITS.stringUnits ? this.#cutText(text) : text
    this.texts.push(kept)
    this.estimatedBytes += kept.length + TEXT_BYTES
    this.#index.set(text, this.texts.length)
    return this.texts.length
  }

  reset(): void {
    this.texts.length = 0
    this.estimatedBytes = 0
    this.#index.clear()
  }

  #cutText(text: string): string {
    this.cut++
    return text.slice(0, CODEC_LIMITS.stringUnits).toWellFormed()
  }
}

/** Lists of strings of many rows: how many each has, and all their dictionary indices one after the other. */
export class NameLists {
  readonly #counts = new NumberColumn()
  readonly #names = new NumberColumn()
  /** List entries left out because of the limit, ever. */
  cut = 0
  readonly #most: number
  /** The last list of this batch that was not empty, and where its names end in the column. */
  #last: readonly string[] = NO_STRINGS
  #lastEnd = 0

  constructor(most: number) {
    this.#most = most
  }

  push(names: readonly string[], dictionary: Dictionary): void {
    if (names.length === 0) {
      this.#counts.push(0)
      return
    }
    const kept = Math.min(names.length, this.#most)
    this.cut += names.length - kept
    this.#counts.push(kept)
    dictionary.estimatedBytes += kept * NAME_BYTES
    const column = this.#names
    if (names === this.#last) {
      const from = this.#lastEnd - kept
      for (let i = 0; i < kept; i++) column.push(column.values[from + i]!)
    } else {
      for (let i = 0; i < kept; i++) column.push(dictionary.indexOf(names[i]!))
      this.#last = names
    }
    this.#lastEnd = column.length
  }

  write(writer: ColumnWriter): void {
    writer.column(this.#counts.values, this.#counts.length)
    writer.flat(this.#names.values, this.#names.length)
    this.#counts.length = 0
    this.#names.length = 0
    this.#last = NO_STRINGS
  }
}

/** The lists that `NameLists.write` wrote, for `rows` rows. */
export function readNameLists(reader: ColumnReader, rows: number, most: number, texts: Texts): (readonly string[])[] {
  const counts = new Float64Array(rows)
  reader.column(counts, rows, most)
  let total = 0
  for (const count of counts) total += count
  const lists: (readonly string[])[] = []
  if (total > CODEC_LIMITS.elements) reader.failed = true
  if (reader.failed) return lists
  const names = new Float64Array(total)
  reader.flat(names, total, texts.length - 1)
  let at = 0
  for (const count of counts) {
    if (count === 0) {
      lists.push(NO_STRINGS)
      continue
    }
    const list: string[] = []
    for (let i = 0; i < count; i++) list.push(texts[names[at++]!]!)
    lists.push(list)
  }
  return lists
}
