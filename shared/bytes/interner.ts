// Tables that give the same value for equal bytes (or an equal string), within a bound.
//
// In:  a key as a span of bytes, and a value the first time.   Out: that value, until it is forgotten.
// What is used stays: there are two generations. New and re-used entries live in the young one; when it is full, the old
// one is dropped and the young one becomes old. So an entry survives as long as it is met once in every `entries` distinct
// keys, nothing is moved on a hit, and no list of uses is kept. Forgetting costs a recomputation, never a wrong value.
//
//   slots   [ . 3 . . 1 2 . . ]   entry number + 1 at hash & mask, next slots on collision, at most PROBES of them
//   entries  1: hash, keyAt, keyLength, value      keys  | key of 1 | key of 2 | key of 3 |      (one slab)
import { grown } from "./grown.ts"

/** Slots tried before an entry is given up: an attacker who finds collisions buys misses, not time. */
const PROBES = 16
const FIRST_ENTRIES = 64
const FIRST_KEY_BYTES = 1024
const STRIDE = 4
const HASH = 0
const KEY_AT = 1
const KEY_LENGTH = 2

export interface InternerLimits {
  /** Entries of a generation; twice as many are held. */
  readonly entries: number
  /** Key bytes of a generation; twice as many are held. A longer key is not kept at all. */
  readonly keyBytes: number
}

/** 32-bit hash of bytes [start, end), four at a step. For tables that compare the key; not for anything published. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let h = end - start
  let i = start
  for (; i + 4 <= end; i += 4) {
    h = Math.imul(h ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)), 0x9e3779b1)
    h ^= h >>> 15
  }
  for (; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193)
  h = Math.imul(h ^ (h >>> 13), 0x85ebca6b)
  return h ^ (h >>> 16)
}

/** True when a[aStart ...] and b[bStart ...] agree in `length` bytes. */
export function isSameSpan(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, length: number): boolean {
  let i = 0
  for (; i + 4 <= length; i += 4) {
    const p = aStart + i
    const q = bStart + i
    if (((a[p]! ^ b[q]!) | (a[p + 1]! ^ b[q + 1]!) | (a[p + 2]! ^ b[q + 2]!) | (a[p + 3]! ^ b[q + 3]!)) !== 0)
      return false
  }
  for (; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false
  return true
}

class Generation<Value> {
  #slots = new Int32Array(FIRST_ENTRIES * 2)
  /** HASH, KEY_AT, KEY_LENGTH of each entry side by side: one line of cache, where three arrays would be three. */
  #entries = new Int32Array(FIRST_ENTRIES * STRIDE)
  #values: Value[] = []
  #keys = new Uint8Array(FIRST_KEY_BYTES)
  #keysUsed = 0
  count = 0

  find(hash: number, bytes: Uint8Array, start: number, end: number): Value | undefined {
    const slots = this.#slots
    const entries = this.#entries
    const mask = slots.length - 1
    const length = end - start
    for (let i = 0; i < PROBES; i++) {
      const entry = slots[(hash + i) & mask]! - 1
      if (entry < 0) return undefined
      const at = entry * STRIDE
      if (
        entries[at + HASH] === hash &&
        entries[at + KEY_LENGTH] === length &&
        isSameSpan(bytes, start, this.#keys, entries[at + KEY_AT]!, length)
      )
        return this.#values[entry]
    }
    return undefined
  }

  hasRoom(length: number, limits: InternerLimits): boolean {
    return this.count < limits.entries && this.#keysUsed + length <= limits.keyBytes
  }

  add(hash: number, bytes: Uint8Array, start: number, end: number, value: Value): void {
    const length = end - start
    if (this.count * STRIDE === this.#entries.length) this.#growEntries()
    if (this.#keysUsed + length > this.#keys.length) this.#growKeys(this.#keysUsed + length)
    const entry = this.count++
    this.#entries[entry * STRIDE + HASH] = hash
    this.#entries[entry * STRIDE + KEY_AT] = this.#keysUsed
    this.#entries[entry * STRIDE + KEY_LENGTH] = length
    this.#values.push(value)
    for (let i = 0; i < length; i++) this.#keys[this.#keysUsed + i] = bytes[start + i]!
    this.#keysUsed += length
    this.#place(hash, entry)
  }

  /** Empties it and keeps its memory. */
  clear(): void {
    this.#slots.fill(0)
    this.#values = []
    this.#keys.fill(0, 0, this.#keysUsed)
    this.#keysUsed = 0
    this.count = 0
  }

  #place(hash: number, entry: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = hash & mask
    for (let i = 0; i < PROBES; i++) {
      const next = (hash + i) & mask
      if (slots[next] === 0) {
        slot = next
        break
      }
    }
    slots[slot] = entry + 1
  }

  #growEntries(): void {
    const entries = grown(this.#entries, new Int32Array(this.#entries.length * 2))
    this.#entries = entries
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (let entry = 0; entry < this.count; entry++) this.#place(entries[entry * STRIDE + HASH]!, entry)
  }

  #growKeys(needed: number): void {
    let size = this.#keys.length
    while (size < needed) size *= 2
    const keys = new Uint8Array(size)
    keys.set(this.#keys.subarray(0, this.#keysUsed))
    this.#keys = keys
  }
}

/** Values by bytes. */
export class ByteInterner<Value extends {}> {
  readonly #limits: InternerLimits
  #young = new Generation<Value>()
  #old = new Generation<Value>()
  /** Generations forgotten. */
  rotations = 0

  constructor(limits: InternerLimits) {
    this.#limits = limits
  }

  find(bytes: Uint8Array, start: number, end: number): Value | undefined {
    const hash = hashBytes(bytes, start, end)
    const value = this.#young.find(hash, bytes, start, end)
    if (value !== undefined || this.#old.count === 0) return value
    const older = this.#old.find(hash, bytes, start, end)
    if (older !== undefined) this.#add(hash, bytes, start, end, older)
    return older
  }

  /** Keeps `value` under a key that `find` did not know. */
  add(bytes: Uint8Array, start: number, end: number, value: Value): void {
    if (end - start <= this.#limits.keyBytes) this.#add(hashBytes(bytes, start, end), bytes, start, end, value)
  }

  #add(hash: number, bytes: Uint8Array, start: number, end: number, value: Value): void {
    if (!this.#young.hasRoom(end - start, this.#limits)) {
      const dropped = this.#old
      if (dropped.count > 0) this.rotations++
      dropped.clear()
      this.#old = this.#young
      this.#young = dropped
    }
    this.#young.add(hash, bytes, start, end, value)
  }
}

/** Values by string, with the same two generations, for what is not asked for at every event. */
export class StringInterner<Value extends {}> {
  readonly #entries: number
  #young = new Map<string, Value>()
  #old = new Map<string, Value>()
  rotations = 0

  constructor(entries: number) {
    this.#entries = entries
  }

  find(key: string): Value | undefined {
    const value = this.#young.get(key)
    if (value !== undefined) return value
    const older = this.#old.get(key)
    if (older !== undefined) this.add(key, older)
    return older
  }

  add(key: string, value: Value): void {
    if (this.#young.size >= this.#entries) {
      if (this.#old.size > 0) this.rotations++
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }
}
