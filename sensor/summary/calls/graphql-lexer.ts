// Tokens of GraphQL's query language, one after the other. GraphQL specification, section 2.1.
//
// In:  bytes [start, end) of a document that may be cut at its end.   Out: kinds and extents of tokens.
// Each byte is looked at once. White space, commas, the byte order mark and comments are nothing. A token that the end of a cut
// document may have shortened is the end.

/** Punctuators are their own byte. */
export const Token = { end: 0, name: 1, spread: 2, string: 3, number: 4, bad: 5 } as const

const QUOTE = 0x22
const BACKSLASH = 0x5c
const LF = 0x0a
const CR = 0x0d
const HASH = 0x23
const DOT = 0x2e
const MINUS = 0x2d

const IS_NAME_START = 1
const IS_NAME = 2
const IS_NOTHING = 4
const IS_PUNCTUATOR = 8
const IS_NUMBER = 16
const MEANING = new Uint8Array(256)
for (let b = 0x41; b <= 0x5a; b++) MEANING[b] = MEANING[b + 32] = IS_NAME_START | IS_NAME
MEANING[0x5f] = IS_NAME_START | IS_NAME
for (let b = 0x30; b <= 0x39; b++) MEANING[b] = IS_NAME | IS_NUMBER
for (const b of [0x09, LF, CR, 0x20, 0x2c, 0xef, 0xbb, 0xbf]) MEANING[b] = IS_NOTHING
for (const char of "!$&():=@[]{|}") MEANING[char.charCodeAt(0)] = IS_PUNCTUATOR

export class GraphqlLexer {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  end = 0
  /** The document goes on behind `end`. */
  isCut = false
  /** Of the last token. */
  start = 0

  begin(bytes: Uint8Array, start: number, end: number, isCut: boolean): void {
    this.bytes = bytes
    this.at = start
    this.end = end
    this.isCut = isCut
  }

  next(): number {
    const { bytes, end } = this
    let at = this.at
    for (;;) {
      while (at < end && MEANING[bytes[at]!] === IS_NOTHING) at++
      if (at >= end || bytes[at] !== HASH) break
      while (at < end && bytes[at] !== LF && bytes[at] !== CR) at++
    }
    this.start = at
    this.at = at
    if (at >= end) return Token.end
    const b = bytes[at]!
    const meaning = MEANING[b]!
    if (meaning === IS_PUNCTUATOR) {
      this.at = at + 1
      return b
    }
    if ((meaning & IS_NAME_START) !== 0) return this.#run(at, IS_NAME, Token.name)
    if ((meaning & IS_NUMBER) !== 0 || b === MINUS) return this.#number(at + 1)
    if (b === QUOTE) return this.#string(at)
    if (b !== DOT) return Token.bad
    if (at + 3 > end) return this.isCut ? Token.end : Token.bad
    this.at = at + 3
    return bytes[at + 1] === DOT && bytes[at + 2] === DOT ? Token.spread : Token.bad
  }

  #run(from: number, meaning: number, token: number): number {
    let at = from
    while (at < this.end && (MEANING[this.bytes[at]!]! & meaning) !== 0) at++
    this.at = at
    return at === this.end && this.isCut ? Token.end : token
  }

  #number(from: number): number {
    let at = from
    while (at < this.end && ((MEANING[this.bytes[at]!]! & IS_NAME) !== 0 || isNumberMark(this.bytes[at]!))) at++
    this.at = at
    return at === this.end && this.isCut ? Token.end : Token.number
  }

  #string(start: number): number {
    const { bytes, end } = this
    const isBlock = bytes[start + 1] === QUOTE && bytes[start + 2] === QUOTE && start + 3 <= end
    let at = start + (isBlock ? 3 : 1)
    while (at < end) {
      const b = bytes[at]!
      if (b === QUOTE && (!isBlock || (at + 3 <= end && bytes[at + 1] === QUOTE && bytes[at + 2] === QUOTE))) {
        this.at = at + (isBlock ? 3 : 1)
        return Token.string
      }
      if (!isBlock && (b === LF || b === CR)) {
        this.at = at
        return Token.bad
      }
      // In a block only the three quotes can be escaped.
      if (b === BACKSLASH) at += isBlock && bytes[at + 1] === QUOTE && bytes[at + 2] === QUOTE ? 4 : isBlock ? 1 : 2
      else at++
    }
    this.at = end
    return this.isCut ? Token.end : Token.bad
  }
}

const isNumberMark = (b: number): boolean => b === DOT || b === MINUS || b === 0x2b
