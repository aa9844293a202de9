// Numbers and texts in a row, as bytes: what a state is written with, in one pass and without objects in between.
//
// In:  whole numbers (zigzag, seven bits a byte) and texts.   Out: bytes; read in the same order.
//
//   width of a character (1 or 2) | length of the numbers, 4 bytes | numbers, among them the lengths of texts | all texts
//
// Texts are Latin-1 where all of them are, else UTF-16: any text comes back as it was. Nothing is checked when it is read.

export class StateWriter {
  #bytes = Buffer.allocUnsafe(1 << 16)
  #length = 5
  #texts = ""

  /** A whole number of at most 2^52 either way. */
  number(value: number): void {
    if (this.#length + 10 > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(this.#bytes.length * 2)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    let rest = value < 0 ? -2 * value - 1 : 2 * value
    while (rest >= 0x8000_0000) {
      this.#bytes[this.#length++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest & 127) | 128
      rest >>>= 7
    }
    this.#bytes[this.#length++] = rest
  }

  text(text: string): void {
    this.number(text.length)
    this.#texts += text
  }

  numbers(values: ArrayLike<number>): void {
    this.number(values.length)
    for (let i = 0; i < values.length; i++) this.number(values[i]!)
  }

  finish(): Uint8Array {
    const isNarrow = !/[^\u0000-\u00ff]/.test(this.#texts)
    this.#bytes[0] = isNarrow ? 1 : 2
    this.#bytes.writeUInt32LE(this.#length, 1)
    return Buffer.concat([
      this.#bytes.subarray(0, this.#length),
      Buffer.from(this.#texts, isNarrow ? "latin1" : "utf16le"),
    ])
  }
}

export class StateReader {
  readonly #bytes: Buffer
  readonly #texts: string
  #at = 5
  #textAt = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const isNarrow = bytes[0] === 1
    this.#texts = this.#bytes.toString(isNarrow ? "latin1" : "utf16le", this.#bytes.readUInt32LE(1))
  }

  number(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.#bytes[this.#at++]!
      value += (byte & 127) * scale
      if (byte < 128) break
      scale *= 128
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  text(): string {
    const from = this.#textAt
    this.#textAt += this.number()
    return this.#texts.slice(from, this.#textAt)
  }

  numbers(): number[] {
    return this.list(() => this.number())
  }

  list<T>(read: () => T): T[] {
    const out: T[] = []
    for (let left = this.number(); left > 0; left--) out.push(read())
    return out
  }
}
