// Columns of whole numbers as bytes: what an event batch is mostly made of.
//
//   column   0, varint               every value is this one (2 bytes whatever the number of rows)
//            1, varint × rows        values one by one, LEB128: 7 bits a byte, least significant first, at most 8 bytes
//            2, 6 bytes × rows       48-bit keys: hashes do not shrink as varints
//   hashes   4 bytes × count         32-bit pseudonyms of lists
//   flat     varint × count          elements of lists one after the other; never constant, so that a message of a
//                                    few bytes cannot claim a million elements
//
// The reader never throws: the first violation sets `failed`, and whoever reads looks at the flag before it uses what it
// got. What is read after it is bounded, and without meaning.
import { KEY_MAX, TIME_MAX_US } from "./event-codec-limits.ts"

const CONSTANT = 0
const VARINTS = 1
const KEYS = 2
const TWO_28 = 2 ** 28
const TWO_32 = 2 ** 32

/** A column that grows by doubling and is used again and again. */
export class NumberColumn {
  values = new Float64Array(64)
  length = 0

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(this.length * 2)
    this.values[this.length++] = value
  }

  reserve(rows: number): void {
    if (rows <= this.values.length) return
    const grown = new Float64Array(rows)
    grown.set(this.values)
    this.values = grown
  }
}

export class ColumnWriter {
  #bytes = Buffer.allocUnsafe(64 * 1024)
  #at = 0

  reset(): void {
    this.#at = 0
  }

  /** What was written so far; valid until the next write. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }

  varint(value: number): void {
    this.#ensure(8)
    this.#at = putVarint(this.#bytes, this.#at, value)
  }

  column(values: Float64Array, rows: number): void {
    this.#ensure(rows * 8 + 16)
    const first = rows > 0 ? values[0]! : 0
    let same = 1
    while (same < rows && values[same] === first) same++
    if (same >= rows) {
      this.varint(CONSTANT)
      this.varint(first)
      return
    }
    this.varint(VARINTS)
    this.flat(values, rows)
  }

  /** Times in µs as differences from the row before, zigzag, varint. */
  times(values: Float64Array, rows: number): void {
    this.#ensure(rows * 8 + 16)
    const bytes = this.#bytes
    let at = this.#at
    let before = 0
    for (let i = 0; i < rows; i++) {
      const step = values[i]! - before
      before += step
      at = putVarint(bytes, at, step < 0 ? -2 * step - 1 : 2 * step)
    }
    this.#at = at
  }

  flat(values: Float64Array, count: number): void {
    this.#ensure(count * 8 + 16)
    const bytes = this.#bytes
    let at = this.#at
    for (let i = 0; i < count; i++) {
      const value = values[i]!
      if (value < 0x80) bytes[at++] = value
      else at = putVarint(bytes, at, value)
    }
    this.#at = at
  }

  keys(values: Float64Array, rows: number): void {
    this.#ensure(rows * 6 + 16)
    let zeroes = 0
    while (zeroes < rows && values[zeroes] === 0) zeroes++
    if (zeroes === rows) {
      this.varint(CONSTANT)
      this.varint(0)
      return
    }
    this.varint(KEYS)
    this.flatKeys(values, rows)
  }

  flatKeys(values: Float64Array, count: number): void {
    this.#ensure(count * 6 + 16)
    const bytes = this.#bytes
    let at = this.#at
    for (let i = 0; i < count; i++) {
      const value = values[i]!
      const low = value >>> 0
      const high = (value - low) / TWO_32
      bytes[at] = low
      bytes[at + 1] = low >>> 8
      bytes[at + 2] = low >>> 16
      bytes[at + 3] = low >>> 24
      bytes[at + 4] = high
      bytes[at + 5] = high >>> 8
      at += 6
    }
    this.#at = at
  }

  flatHashes(values: Float64Array, count: number): void {
    this.#ensure(count * 4 + 16)
    const bytes = this.#bytes
    let at = this.#at
    for (let i = 0; i < count; i++) at = bytes.writeUInt32LE(values[i]!, at)
    this.#at = at
  }

  #ensure(more: number): void {
    if (this.#at + more <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + more))
    this.#bytes.copy(grown, 0, 0, this.#at)
    this.#bytes = grown
  }
}

/** Writes a whole number from 0 to 2^53 - 1 and gives the offset after it. */
function putVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start
  let rest = value
  while (rest >= TWO_28) {
    bytes[at++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  while (rest >= 0x80) {
    bytes[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[at] = rest
  return at + 1
}

export class ColumnReader {
  failed = false
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** A number up to `max`; above it, and where bytes are missing, 0 and `failed`. */
  varint(max: number): number {
    const bytes = this.#bytes
    let at = this.#at
    let value = 0
    let scale = 1
    for (let i = 0; i < 8; i++) {
      if (at >= bytes.length) break
      const byte = bytes[at++]!
      value += (byte & 0x7f) * scale
      if (byte < 0x80) {
        this.#at = at
        if (value <= max) return value
        break
      }
      scale *= 0x80
    }
    this.failed = true
    return 0
  }

  column(into: Float64Array, rows: number, max: number): void {
    const mode = this.varint(VARINTS)
    if (mode === VARINTS) this.flat(into, rows, max)
    else into.fill(this.varint(max), 0, rows)
  }

  flat(into: Float64Array, count: number, max: number): void {
    const bytes = this.#bytes
    let at = this.#at
    for (let i = 0; i < count; i++) {
      const byte = at < bytes.length ? bytes[at]! : 0xff
      if (byte < 0x80 && byte <= max) {
        into[i] = byte
        at++
        continue
      }
      this.#at = at
      into[i] = this.varint(max)
      if (this.failed) return
      at = this.#at
    }
    this.#at = at
  }

  times(into: Float64Array, rows: number): void {
    let time = 0
    for (let i = 0; i < rows; i++) {
      const zigzag = this.varint(Number.MAX_SAFE_INTEGER)
      time += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
      if (!(time >= 0 && time <= TIME_MAX_US)) this.failed = true
      if (this.failed) return
      into[i] = time
    }
  }

  keys(into: Float64Array, rows: number): void {
    const mode = this.varint(KEYS)
    if (mode === KEYS) this.flatKeys(into, rows)
    else if (mode === CONSTANT) into.fill(this.varint(0), 0, rows)
    else this.failed = true
  }

  flatKeys(into: Float64Array, count: number): void {
    const bytes = this.#bytes
    let at = this.#at
    if (count * 6 > bytes.length - at) {
      this.failed = true
      return
    }
    for (let i = 0; i < count; i++) {
      const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
      into[i] = (low >>> 0) + (bytes[at + 4]! | (bytes[at + 5]! << 8)) * TWO_32
      at += 6
    }
    this.#at = at
  }

  flatHashes(into: Float64Array, count: number): void {
    const bytes = this.#bytes
    let at = this.#at
    if (count * 4 > bytes.length - at) {
      this.failed = true
      return
    }
    for (let i = 0; i < count; i++) {
      into[i] = (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
      at += 4
    }
    this.#at = at
  }
}

/** Whole, not negative, exact: what a column can hold. Anything else, a NaN too, becomes the nearest such number. */
export function whole(value: number, max: number = Number.MAX_SAFE_INTEGER): number {
  if (value >>> 0 === value && value <= max) return value
  if (!(value > 0)) return 0
  return value > max ? max : Math.floor(value)
}

export function wholeKey(value: number): number {
  return whole(value, KEY_MAX)
}
