// Parameters of a field's value: 'form-data; name="user"; filename="a.png"' has name and filename.
//
// In:  the value [start, end).   Out: one parameter after the other, as extents. RFC 2045 section 5.1, RFC 9110 section 5.6.6.
// Browsers write file names with plain backslashes: only a quote or a backslash behind one is escaped.

const SEMICOLON = 0x3b
const EQUALS = 0x3d
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** White space, and the line ends of a field that goes on. */
const isBlank = (b: number): boolean => b === 0x20 || b === 0x09 || b === 0x0d || b === 0x0a
const isEscape = (bytes: Uint8Array, i: number, end: number): boolean =>
  bytes[i] === BACKSLASH && i + 1 < end && (bytes[i + 1] === QUOTE || bytes[i + 1] === BACKSLASH)

export class Parameters {
  bytes: Uint8Array = new Uint8Array(0)
  nameStart = 0
  nameEnd = 0
  /** Between the quotes where there are some. */
  valueStart = 0
  valueEnd = 0
  #at = 0
  #end = 0

  /** What stands before the first ";" is no parameter. */
  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.#end = end
    this.#at = start
    this.#skipRest()
  }

  #skipRest(): void {
    while (this.#at < this.#end && this.bytes[this.#at] !== SEMICOLON) this.#at++
  }

  /** False when there are no more. */
  next(): boolean {
    const { bytes } = this
    const end = this.#end
    let at = this.#at
    while (at < end && (bytes[at] === SEMICOLON || isBlank(bytes[at]!))) at++
    if (at >= end) return false
    this.nameStart = at
    while (at < end && bytes[at] !== EQUALS && bytes[at] !== SEMICOLON && !isBlank(bytes[at]!)) at++
    this.nameEnd = at
    while (at < end && isBlank(bytes[at]!)) at++
    if (bytes[at] !== EQUALS || at >= end) this.valueStart = this.valueEnd = at
    else {
      at++
      while (at < end && isBlank(bytes[at]!)) at++
      at = this.#value(at)
    }
    this.#at = at
    this.#skipRest()
    return true
  }

  #value(at: number): number {
    const { bytes } = this
    const end = this.#end
    let i = at
    if (i < end && bytes[i] === QUOTE) {
      this.valueStart = ++i
      while (i < end && bytes[i] !== QUOTE) i += isEscape(bytes, i, end) ? 2 : 1
      this.valueEnd = Math.min(i, end)
      return this.valueEnd
    }
    this.valueStart = i
    while (i < end && bytes[i] !== SEMICOLON && !isBlank(bytes[i]!)) i++
    this.valueEnd = i
    return i
  }

  /** True when the name is `word`, which is in lower case. */
  is(word: string): boolean {
    return this.nameEnd - this.nameStart === word.length && isWord(this.bytes, this.nameStart, this.nameEnd, word)
  }

  /** The value without escapes into `to`: its length, -1 when it is longer. */
  copy(to: Uint8Array): number {
    let length = 0
    for (let i = this.valueStart; i < this.valueEnd; i++) {
      if (isEscape(this.bytes, i, this.valueEnd)) i++
      if (length === to.length) return -1
      to[length++] = this.bytes[i]!
    }
    return length
  }
}

/** True when [at, end) begins with `word`, which is in lower case. */
export function isWord(bytes: Uint8Array, at: number, end: number, word: string): boolean {
  if (end - at < word.length) return false
  for (let i = 0; i < word.length; i++) {
    const b = bytes[at + i]!
    if ((b >= 0x41 && b <= 0x5a ? b | 0x20 : b) !== word.charCodeAt(i)) return false
  }
  return true
}
