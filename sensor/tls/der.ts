// Walks DER (X.690), as far as certificates need it: one element at a time, by offsets.
//
//   | tag 1 | length: n, or 0x80 + k and k bytes | content ... |
//
// Nothing is copied, and nothing is read beyond the end that was given: an element that does not fit is the end.

export const Tag = {
  objectId: 0x06,
  octetString: 0x04,
  utf8String: 0x0c,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

export class Der {
  /** Of the element that `next` found: its tag, its content [start, stop). */
  tag = 0
  start = 0
  stop = 0
  readonly #bytes: Uint8Array
  /** Where the next element begins, and where the last one ends. */
  #pos: number
  #end: number

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes
    this.#pos = start
    this.#end = end
  }

  /** The next element at this level; false at the end, or where none fits. */
  next(): boolean {
    const bytes = this.#bytes
    let pos = this.#pos
    if (pos + 2 > this.#end) return false
    this.tag = bytes[pos]!
    let length = bytes[pos + 1]!
    pos += 2
    if (length > 0x80) {
      let count = length & 0x7f
      if (count > 3 || pos + count > this.#end) return false
      length = 0
      while (count-- > 0) length = (length << 8) | bytes[pos++]!
    } else if (length === 0x80) return false
    if (pos + length > this.#end) return false
    this.start = pos
    this.stop = pos + length
    this.#pos = this.stop
    return true
  }

  /** A walk through the content of the element at hand. */
  inner(): Der {
    return new Der(this.#bytes, this.start, this.stop)
  }
}
