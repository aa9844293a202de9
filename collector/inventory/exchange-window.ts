// The exchanges of the last while by their key: which were applied, which wait for their other half.
//
// In:  key, time, source and state of each exchange that has a key. Out: where a key was met before, and what was pushed out.
// A ring of `capacity` entries in typed arrays, the oldest overwritten first, with an index from key to entry:
//
//   table  hash(key) -> slot          ring  | key | startUs | sensor | run | worker | state |   next: the slot to fill
//
// The arrays grow by doubling until the ring is first full: the 11 MB of the default limit are for those who see that many exchanges.
// Every change is also written to a log, which a checkpoint takes: replayed in order, logs make the same window again.
import { grown } from "../../shared/bytes/grown.ts"
import { mix } from "../../shared/bytes/hash.ts"
import { IntTable } from "../../shared/bytes/int-table.ts"
import type { Source } from "./source.ts"
import { readLog, WindowLog } from "./window-log.ts"

export const KeyState = {
  free: 0,
  /** Applied with request and response. */
  whole: 1,
  /** The same, with bytes missing. */
  damaged: 2,
  /** Applied as a request alone, as a response alone, as both, each for itself. */
  request: 3,
  response: 4,
  apart: 5,
  /** Not applied yet. */
  waitingRequest: 6,
  waitingResponse: 7,
} as const
export type KeyState = (typeof KeyState)[keyof typeof KeyState]

const TWO_32 = 2 ** 32
/** Entries that there is room for in the beginning. */
const ENTRIES_MIN = 1024

export class ExchangeWindow {
  readonly capacity: number
  /** Each longer than `next`. */
  #keys: Float64Array
  #starts: Float64Array
  #sensors: Uint32Array
  #runs: Uint32Array
  #workers: Uint16Array
  #states: Uint8Array
  readonly #table: IntTable
  readonly #log: WindowLog
  #next = 0

  constructor(capacity: number) {
    this.capacity = capacity
    const entries = Math.min(capacity, ENTRIES_MIN)
    this.#keys = new Float64Array(entries)
    this.#starts = new Float64Array(entries)
    this.#sensors = new Uint32Array(entries)
    this.#runs = new Uint32Array(entries)
    this.#workers = new Uint16Array(entries)
    this.#states = new Uint8Array(entries)
    this.#table = new IntTable(entries * 2)
    this.#log = new WindowLog(capacity * 2)
  }

  get size(): number {
    return this.#table.size
  }

  /** The slot of a key, -1 when it is not there. */
  find(key: number): number {
    const hash = hashOf(key)
    const table = this.#table
    for (let at = table.start(hash); ; at = table.after(at)) {
      const slot = table.value(at)
      if (slot < 0) return -1
      if (table.hash(at) === hash && this.#keys[slot] === key) return slot
    }
  }

  state(slot: number): KeyState {
    return this.#states[slot]! as KeyState
  }

  key(slot: number): number {
    return this.#keys[slot]!
  }

  startUs(slot: number): number {
    return this.#starts[slot]!
  }

  /** The slot that `add` will fill; its state is not `free` while an entry must make way. */
  get oldest(): number {
    return this.#next
  }

  /**
   * True when what came from `source` may be another sight of the entry: from another sensor, or from another worker of the
   * same run. One worker does not tell an exchange twice, and a later run of a sensor reads its input anew.
   */
  isOtherSight(slot: number, source: Source): boolean {
    if (this.#sensors[slot] !== source.sensor) return true
    return this.#runs[slot] === source.run && this.#workers[slot] !== source.worker
  }

  /** Enters a key that is not there, in place of the oldest entry. Returns its slot. */
  add(key: number, startUs: number, source: Source, state: KeyState): number {
    const slot = this.#next
    if (this.#states[slot] !== KeyState.free) this.#forget(slot)
    this.#next = slot + 1 === this.capacity ? 0 : slot + 1
    if (this.#next === this.#keys.length) this.#grow()
    this.#keys[slot] = key
    this.#starts[slot] = startUs
    this.#sensors[slot] = source.sensor
    this.#runs[slot] = source.run
    this.#workers[slot] = source.worker
    this.#states[slot] = state
    this.#table.insert(hashOf(key), slot)
    this.#log.push(key, startUs, source.sensor, source.run, source.worker, state)
    return slot
  }

  setState(slot: number, state: KeyState): void {
    this.#states[slot] = state
    const { sensor, run, worker } = this.sourceOf(slot)
    this.#log.push(this.#keys[slot]!, this.#starts[slot]!, sensor, run, worker, state)
  }

  /** Takes out an entry that another one of the same key is about to replace. */
  remove(slot: number): void {
    this.#forget(slot)
    this.#states[slot] = KeyState.free
  }

  sourceOf(slot: number): Source {
    return { sensor: this.#sensors[slot]!, run: this.#runs[slot]!, worker: this.#workers[slot]! }
  }

  /** Changes since the last call, as bytes, and their number; null when there are none. */
  takeLog(): { readonly changes: number; readonly bytes: Uint8Array } | null {
    return this.#log.take()
  }

  /** Makes the changes of a log again. False when the bytes are not a log. */
  replay(bytes: Uint8Array): boolean {
    return readLog(bytes, (key, startUs, source, state) => {
      if (state === KeyState.free || state > KeyState.waitingResponse) return
      const slot = this.find(key)
      if (slot >= 0) this.remove(slot)
      this.add(key, startUs, source, state as KeyState)
    })
  }

  /** Forgets what `replay` logged: it is in the store already. */
  clearLog(): void {
    this.#log.clear()
  }

  #grow(): void {
    const entries = Math.min(this.capacity, this.#keys.length * 2)
    this.#keys = grown(this.#keys, new Float64Array(entries))
    this.#starts = grown(this.#starts, new Float64Array(entries))
    this.#sensors = grown(this.#sensors, new Uint32Array(entries))
    this.#runs = grown(this.#runs, new Uint32Array(entries))
    this.#workers = grown(this.#workers, new Uint16Array(entries))
    this.#states = grown(this.#states, new Uint8Array(entries))
  }

  #forget(slot: number): void {
    this.#table.remove(hashOf(this.#keys[slot]!), slot)
  }
}

function hashOf(key: number): number {
  return mix((key >>> 0) ^ Math.imul((key / TWO_32) | 0, 0x9e3779b1))
}
