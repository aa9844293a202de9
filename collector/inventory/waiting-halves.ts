// Events that are not applied yet, because another sensor may have the rest of their exchange: in order of arrival, and as
// bytes for the store.
//
// A checkpoint holds all that wait, not what changed: they are few, or come and go so quickly that changes would be more.
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { EVENT_VERSION } from "../../shared/event/api-event.ts"
import { BatchEncoder, decodeBatch } from "../../shared/event/event-codec.ts"
import type { WaitingRecord } from "../store/records.ts"
import type { Source } from "./source.ts"

export interface WaitingHalf {
  readonly event: ApiEvent
  readonly source: Source
  /** How far event time had come at its sensor when it arrived, µs: it waits from there on. */
  readonly arrivedUs: number
}

/** Numbers beside each event of a stored chunk: sensor, run, worker, arrivedUs. */
const MARKS = 4

export class WaitingHalves {
  /** By exchange key, oldest first. */
  readonly #halves = new Map<number, WaitingHalf>()
  #isChanged = false
  #encoder: BatchEncoder | null = null

  get size(): number {
    return this.#halves.size
  }

  add(half: WaitingHalf): void {
    this.#halves.set(half.event.exchangeKey, half)
    this.#isChanged = true
  }

  /** Takes out the half with this key, which must be there. */
  take(key: number): WaitingHalf {
    const half = this.#halves.get(key)!
    this.#halves.delete(key)
    this.#isChanged = true
    return half
  }

  get(key: number): WaitingHalf | undefined {
    return this.#halves.get(key)
  }

  /** The key of the half that waits longest, 0 when none does. */
  get oldestKey(): number {
    for (const key of this.#halves.keys()) return key
    return 0
  }

  /** Keys of the halves that arrived at or before `timeUs` of their sensor. */
  arrivedBy(timeUs: number): number[] {
    const keys: number[] = []
    for (const [key, half] of this.#halves) if (half.arrivedUs <= timeUs) keys.push(key)
    return keys
  }

  /** Everything that waits, for the store; null when nothing changed since the last call. */
  record(): readonly WaitingRecord[] | null {
    if (!this.#isChanged) return null
    this.#isChanged = false
    const records: WaitingRecord[] = []
    this.#encoder ??= new BatchEncoder()
    const encoder = this.#encoder
    let marks: number[] = []
    const close = (): void => {
      if (encoder.events > 0) records.push({ events: encoder.encode(ENVELOPE), marks: bytesOf(marks) })
      marks = []
    }
    for (const { event, source, arrivedUs } of this.#halves.values()) {
      if (encoder.isFull) close()
      encoder.add(event)
      marks.push(source.sensor, source.run, source.worker, arrivedUs)
    }
    close()
    return records
  }

  /** False when a record is not one that `record` gave. */
  restore(records: readonly WaitingRecord[]): boolean {
    for (const { events, marks } of records) {
      const decoded = decodeBatch(events)
      const numbers = numbersOf(marks)
      if (!decoded.ok || numbers.length !== decoded.batch.events.length * MARKS) return false
      for (const [i, event] of decoded.batch.events.entries()) {
        const [sensor, run, worker, arrivedUs] = numbers.subarray(i * MARKS, (i + 1) * MARKS)
        const half = { event, source: { sensor: sensor!, run: run!, worker: worker! }, arrivedUs: arrivedUs! }
        this.#halves.set(event.exchangeKey, half)
      }
    }
    return true
  }

  halves(): Iterable<WaitingHalf> {
    return this.#halves.values()
  }
}

const ENVELOPE = {
  version: EVENT_VERSION,
  tenant: "collector",
  sensor: "waiting",
  boot: "waiting",
  sequence: 1,
  keyEpoch: 0,
  watermarkUs: 0,
  last: false,
  ledger: {},
}

function bytesOf(numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(numbers).buffer)
}

function numbersOf(bytes: Uint8Array): Float64Array {
  // A copy: the database gives out bytes at any offset, numbers need one of eight.
  return new Float64Array(Uint8Array.from(bytes.subarray(0, bytes.length & ~7)).buffer)
}
