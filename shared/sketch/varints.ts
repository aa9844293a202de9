// Whole numbers of a serialised sketch, small ones in one byte.
//
// In:  whole numbers from 0 to 2^53. Out: bytes, and back; bytes that nothing here wrote are a RangeError.
export const VARINT_BYTES_MAX = 8

// Seven bits a byte, least significant first. Division above 2^31, because counts go to 2^53; shifts below, because the
// remainder of a double made a sketch of 470 buckets cost 12 µs instead of 8.
export function putVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start
  let large = value
  while (large >= 0x80000000) {
    bytes[at++] = (large % 128) + 128
    large = Math.floor(large / 128)
  }
  let rest = large | 0
  while (rest >= 128) {
    bytes[at++] = (rest & 127) | 128
    rest >>>= 7
  }
  bytes[at++] = rest
  return at
}

export class VarintReader {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  /** Place of the next byte. */
  get at(): number {
    return this.#at
  }

  next(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 8; i++) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new RangeError("quantile sketch ends early")
      value += (byte % 128) * scale
      if (byte < 128) return value
      scale *= 128
    }
    throw new RangeError("quantile sketch holds a number that is too long")
  }
}
