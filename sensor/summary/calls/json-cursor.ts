// Walks JSON by pulling: the next key, the next string, past a value. For finding a few names in a body that may be cut anywhere.
//
// In:  bytes [at, end).   Out: extents of strings, as they stand there, escapes and all. Nothing is built, nothing recurses: what
// is not asked for is passed over by counting brackets outside strings, each byte once. RFC 8259; more tolerant than it.

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d

const isBlank = (b: number): boolean => b === 0x20 || b === 0x0a || b === 0x0d || b === 0x09

export class JsonCursor {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  end = 0
  /** The last string: between its quotes. */
  start = 0
  stop = 0
  hasEscape = false
  /** The bytes ended inside a value, or are no JSON: nothing behind is known. */
  isBroken = false

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.at = bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start
    this.end = end
    this.isBroken = false
  }

  /** First byte of what comes next, white space passed; 0 at the end. */
  peek(): number {
    const { bytes, end } = this
    let at = this.at
    while (at < end && isBlank(bytes[at]!)) at++
    this.at = at
    return at < end ? bytes[at]! : 0
  }

  /** Into the object or array that comes next; false when there is none. */
  enter(bracket: typeof OPEN_OBJECT | typeof OPEN_ARRAY): boolean {
    if (this.peek() !== bracket) return false
    this.at++
    return true
  }

  /** The next key of the object at hand, as the last string, its value coming next. False at its end, or when broken. */
  nextKey(): boolean {
    let b = this.peek()
    if (b === COMMA) {
      this.at++
      b = this.peek()
    }
    if (b === CLOSE_OBJECT) {
      this.at++
      return false
    }
    if (!this.string()) return false
    const { start, stop, hasEscape } = this
    if (this.peek() !== COLON) return this.#break()
    this.at++
    this.start = start
    this.stop = stop
    this.hasEscape = hasEscape
    return true
  }

  /** Whether the array at hand has another element, which comes next. False at its end, or when broken. */
  nextElement(): boolean {
    let b = this.peek()
    if (b === COMMA) {
      this.at++
      b = this.peek()
    }
    if (b !== CLOSE_ARRAY) return b === 0 ? this.#break() : true
    this.at++
    return false
  }

  /** The string that comes next. When the bytes end in it, its start is known and false is returned. */
  string(): boolean {
    if (this.peek() !== QUOTE) return this.#break()
    const { bytes, end } = this
    let at = this.at + 1
    this.start = at
    this.hasEscape = false
    while (at < end) {
      const b = bytes[at]!
      if (b === QUOTE) {
        this.stop = at
        this.at = at + 1
        return true
      }
      if (b === BACKSLASH) {
        this.hasEscape = true
        at++
      }
      at++
    }
    this.stop = end
    this.at = end
    return this.#break()
  }

  /** Past the value that comes next. */
  skip(): boolean {
    const first = this.peek()
    if (first === QUOTE) return this.string()
    const { bytes, end } = this
    if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) {
      let at = this.at
      while (at < end && !isBlank(bytes[at]!) && !isDelimiter(bytes[at]!)) at++
      if (at === this.at || at === end) return this.#break()
      this.at = at
      return true
    }
    let depth = 0
    let at = this.at
    while (at < end) {
      const b = bytes[at]!
      if (b === QUOTE) {
        this.at = at
        if (!this.string()) return false
        at = this.at
        continue
      }
      at++
      if (b === OPEN_OBJECT || b === OPEN_ARRAY) depth++
      else if ((b === CLOSE_OBJECT || b === CLOSE_ARRAY) && --depth === 0) {
        this.at = at
        return true
      }
    }
    this.at = end
    return this.#break()
  }

  /** Whether the last string is `text`. */
  is(text: Uint8Array): boolean {
    if (this.stop - this.start !== text.length) return false
    for (let i = 0; i < text.length; i++) if (this.bytes[this.start + i] !== text[i]) return false
    return true
  }

  /** The last string as latin1, "" when it is longer than `max`. Escapes stay. */
  text(max: number): string {
    const { bytes, start, stop } = this
    if (stop - start > max) return ""
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).latin1Slice()
  }

  #break(): false {
    this.isBroken = true
    return false
  }
}

const isDelimiter = (b: number): boolean =>
  b === COMMA || b === CLOSE_OBJECT || b === CLOSE_ARRAY || b === COLON || b === QUOTE

const HEX = (b: number): number => (b <= 0x39 ? b - 0x30 : (b | 32) - 0x57)
const SHORT: Readonly<Record<number, number>> = { 110: 0x0a, 116: 0x09, 114: 0x0d, 98: 0x08, 102: 0x0c }

/** Undoes the escapes of a string's bytes into `to`, as far as there is room; what is not ASCII becomes "?". Returns the length. */
export function withoutEscapes(bytes: Uint8Array, start: number, stop: number, to: Uint8Array): number {
  let length = 0
  for (let i = start; i < stop && length < to.length; i++) {
    let b = bytes[i]!
    if (b === BACKSLASH) {
      const mark = i + 1 < stop ? bytes[++i]! : 0
      if (mark === 0x75) {
        if (i + 4 >= stop) return length
        const high = (HEX(bytes[i + 1]!) << 4) | HEX(bytes[i + 2]!)
        const low = (HEX(bytes[i + 3]!) << 4) | HEX(bytes[i + 4]!)
        b = high === 0 && low < 0x80 ? low : 0x3f
        i += 4
      } else if (mark === 0) return length
      else b = SHORT[mark] ?? mark
    }
    to[length++] = b
  }
  return length
}
