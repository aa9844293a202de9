// Looks over MessagePack bytes before the library touches them.
//
// In:  bytes from anywhere. Out: true when they are one value made of nil, booleans, numbers, strings, byte strings and
// arrays, every length lies within the bytes, arrays nest at most three deep, and nothing follows.
// Why: the library allocates an array of whatever length a message claims and knows extensions that make regular
// expressions, errors and code; with this walk in front a message costs no more than its own size. A batch has few
// MessagePack values (strings, counters), so the walk is short.

/** Bytes of the length field, or of the value, after the tag 0xc0 + index; -1 for a type that a batch never holds. */
const FIXED: readonly number[] = [
  // nil, never used, false, true
  0, -1, 0, 0,
  // bin 8, 16, 32 and ext 8, 16, 32
  1, 2, 4, -1, -1, -1,
  // float 32, 64; uint 8, 16, 32, 64; int 8, 16, 32, 64
  4, 8, 1, 2, 4, 8, 1, 2, 4, 8,
  // fixext 1, 2, 4, 8, 16
  -1, -1, -1, -1, -1,
  // str 8, 16, 32; array 16, 32; map 16, 32
  1, 2, 4, 2, 4, -1, -1,
]
const DEPTH_MAX = 3

export function isPlainMessagePack(bytes: Uint8Array): boolean {
  const scan = new Scan(bytes)
  return scan.value(0) && scan.at === bytes.length
}

class Scan {
  at = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  value(depth: number): boolean {
    const bytes = this.#bytes
    if (this.at >= bytes.length) return false
    const tag = bytes[this.at++]!
    if (tag < 0x80 || tag >= 0xe0) return true
    if (tag < 0x90) return false
    if (tag < 0xa0) return this.#array(tag & 0x0f, depth)
    if (tag < 0xc0) return this.#skip(tag & 0x1f)
    const size = FIXED[tag - 0xc0]!
    if (size < 0 || this.at + size > bytes.length) return false
    const isSized = (tag >= 0xc4 && tag <= 0xc6) || tag >= 0xd9
    if (!isSized) return this.#skip(size)
    let length = 0
    for (let i = 0; i < size; i++) length = length * 256 + bytes[this.at++]!
    return tag >= 0xdc ? this.#array(length, depth) : this.#skip(length)
  }

  #array(length: number, depth: number): boolean {
    if (depth >= DEPTH_MAX || length > this.#bytes.length - this.at) return false
    for (let i = 0; i < length; i++) if (!this.value(depth + 1)) return false
    return true
  }

  #skip(length: number): boolean {
    this.at += length
    return this.at <= this.#bytes.length
  }
}
