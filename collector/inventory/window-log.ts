// What changed in the window of exchange keys since the last checkpoint, as bytes for the store, and back.
//
//   version | changes | startUs: differences | keys: 6 bytes | states | sources: sensor, run, worker | source of each change
//
// About ten bytes a change. Changes come in runs of one source, a batch each, and mostly in the order of time.
import { ColumnReader, ColumnWriter, NumberColumn } from "../../shared/event/event-codec-columns.ts"
import { KEY_MAX } from "../../shared/event/event-codec-limits.ts"
import type { Source } from "./source.ts"

const LOG_VERSION = 1
/** Changes that a stored log may hold: far above what one checkpoint writes. */
const LOG_MAX = 2 ** 24
const HASH_MAX = 2 ** 32 - 1
const WORKER_MAX = 0xffff
const STATE_MAX = 0xff

/** Changes of a window in columns. At most `max` are kept, the newest: older ones are pushed out of the window anyway. */
export class WindowLog {
  readonly #max: number
  readonly #keys = new NumberColumn()
  readonly #starts = new NumberColumn()
  readonly #states = new NumberColumn()
  /** Index of the source of each change; sources come in runs, a batch each. */
  readonly #sourceOf = new NumberColumn()
  #sources: [sensor: number, run: number, worker: number][] = []
  readonly #indexOf = new Map<string, number>()
  #lastSource = -1
  readonly #writer = new ColumnWriter()

  constructor(max: number) {
    this.#max = max
  }

  push(key: number, startUs: number, sensor: number, run: number, worker: number, state: number): void {
    if (this.#keys.length >= this.#max) this.#dropOlder()
    this.#keys.push(key)
    this.#starts.push(startUs)
    this.#states.push(state)
    this.#sourceOf.push(this.#index(sensor, run, worker))
  }

  take(): { readonly changes: number; readonly bytes: Uint8Array } | null {
    const changes = this.#keys.length
    if (changes === 0) return null
    const writer = this.#writer
    writer.reset()
    writer.varint(LOG_VERSION)
    writer.varint(changes)
    writer.times(this.#starts.values, changes)
    writer.keys(this.#keys.values, changes)
    writer.column(this.#states.values, changes)
    writer.varint(this.#sources.length)
    for (const source of this.#sources) for (const part of source) writer.varint(part)
    writer.column(this.#sourceOf.values, changes)
    const bytes = Uint8Array.from(writer.written())
    this.clear()
    return { changes, bytes }
  }

  clear(): void {
    for (const column of [this.#keys, this.#starts, this.#states, this.#sourceOf]) column.length = 0
    this.#sources = []
    this.#indexOf.clear()
    this.#lastSource = -1
  }

  #index(sensor: number, run: number, worker: number): number {
    const last = this.#sources[this.#lastSource]
    if (last !== undefined && last[0] === sensor && last[1] === run && last[2] === worker) return this.#lastSource
    const name = `${sensor} ${run} ${worker}`
    let index = this.#indexOf.get(name)
    if (index === undefined) {
      index = this.#sources.push([sensor, run, worker]) - 1
      this.#indexOf.set(name, index)
    }
    this.#lastSource = index
    return index
  }

  #dropOlder(): void {
    const drop = this.#keys.length >> 1
    for (const column of [this.#keys, this.#starts, this.#states, this.#sourceOf]) {
      column.values.copyWithin(0, drop, column.length)
      column.length -= drop
    }
  }
}

/** Tells the changes of a log in order; false when the bytes are not one. */
export function readLog(
  bytes: Uint8Array,
  each: (key: number, startUs: number, source: Source, state: number) => void,
): boolean {
  const reader = new ColumnReader(bytes)
  if (reader.varint(LOG_VERSION) !== LOG_VERSION) return false
  const changes = reader.varint(LOG_MAX)
  // A change takes at least a byte of time and six of key.
  if (reader.failed || changes > bytes.length) return false
  const starts = new Float64Array(changes)
  const keys = new Float64Array(changes)
  const states = new Float64Array(changes)
  const sourceOf = new Float64Array(changes)
  reader.times(starts, changes)
  reader.keys(keys, changes)
  reader.column(states, changes, STATE_MAX)
  const count = reader.varint(changes)
  const sources: Source[] = []
  for (let i = 0; i < count && !reader.failed; i++) {
    sources.push({ sensor: reader.varint(HASH_MAX), run: reader.varint(HASH_MAX), worker: reader.varint(WORKER_MAX) })
  }
  reader.column(sourceOf, changes, Math.max(0, count - 1))
  if (reader.failed || !reader.isAtEnd || count === 0) return false
  for (let i = 0; i < changes; i++) {
    if (keys[i]! === 0 || keys[i]! > KEY_MAX) return false
    each(keys[i]!, starts[i]!, sources[sourceOf[i]!]!, states[i]!)
  }
  return true
}
