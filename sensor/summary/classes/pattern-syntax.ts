// The syntax of patterns for classes of one's own: what regular expressions have that can be matched in one pass.
//
//   AB\d{6}   [A-Z]{2}-[0-9]{4,8}   (cus|acct)_[A-Za-z0-9]{14}   [^ ]+@intranet   x?y*z+   .   \d \w \s \- \.
//
// In:  the text of a pattern, ASCII.   Out: a tree, or one sentence that says what cannot be compiled and where.
// A pattern stands for whole values; "^" in front and "$" behind are allowed and change nothing. Refused, because they need
// more than one pass or mean nothing here: groups that look ahead or behind, references back, lazy and possessive repeats, \b.

/** Bytes of a pattern. */
export const PATTERN_MAX = 256
/** Greatest number of a counted repeat. */
export const REPEAT_MAX = 255

/** Which bytes: 1 for those that match. */
export type ByteSet = Uint8Array

export type Node =
  | { readonly kind: "bytes"; readonly set: ByteSet }
  | { readonly kind: "sequence"; readonly nodes: readonly Node[] }
  | { readonly kind: "choice"; readonly nodes: readonly Node[] }
  /** `max` -1: without end. */
  | { readonly kind: "repeat"; readonly node: Node; readonly min: number; readonly max: number }

class SyntaxMistake extends Error {}

const ranges = (...pairs: readonly (readonly [number, number])[]): ByteSet => {
  const set = new Uint8Array(256)
  for (const [from, to] of pairs) set.fill(1, from, to + 1)
  return set
}
const not = (set: ByteSet): ByteSet => set.map((one) => 1 - one)
const DIGITS = ranges([0x30, 0x39])
const WORD = ranges([0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a])
const SPACE = ranges([0x09, 0x0d], [0x20, 0x20])
const SETS: Readonly<Record<string, ByteSet>> = {
  d: DIGITS,
  w: WORD,
  s: SPACE,
  D: not(DIGITS),
  W: not(WORD),
  S: not(SPACE),
}
const ONE: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09 }
const single = (code: number): ByteSet => ranges([code, code])

class Parser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  parse(): Node {
    if (this.#text === "") throw new SyntaxMistake("is empty")
    if (this.#text.length > PATTERN_MAX) throw new SyntaxMistake(`is longer than ${PATTERN_MAX} characters`)
    for (const [i, char] of [...this.#text].entries())
      if (char < " " || char > "~") throw new SyntaxMistake(`has a character beyond ASCII at ${i + 1}`)
    if (this.#peek() === "^") this.#at++
    const node = this.#choice(0)
    if (this.#at < this.#text.length) this.#refuse(`a "${this.#peek()}" too many`)
    return node
  }

  #peek(): string {
    return this.#text[this.#at] ?? ""
  }

  #refuse(what: string): never {
    throw new SyntaxMistake(`has ${what} at ${this.#at + 1}`)
  }

  #choice(depth: number): Node {
    if (depth > 16) this.#refuse("groups within each other, more than 16,")
    const nodes = [this.#sequence(depth)]
    while (this.#peek() === "|") {
      this.#at++
      nodes.push(this.#sequence(depth))
    }
    return nodes.length === 1 ? nodes[0]! : { kind: "choice", nodes }
  }

  #sequence(depth: number): Node {
    const nodes: Node[] = []
    for (;;) {
      const char = this.#peek()
      if (char === "" || char === "|" || char === ")") break
      if (char === "$") {
        if (this.#at + 1 < this.#text.length) this.#refuse('a "$" that is not the end')
        this.#at++
        break
      }
      nodes.push(this.#repeated(this.#atom(depth)))
    }
    return nodes.length === 1 ? nodes[0]! : { kind: "sequence", nodes }
  }

  #repeated(node: Node): Node {
    const char = this.#peek()
    const range = char === "?" ? [0, 1] : char === "*" ? [0, -1] : char === "+" ? [1, -1] : null
    if (range === null && char !== "{") return node
    let [min, max] = range ?? [0, 0]
    if (range === null) [min, max] = this.#counts()
    else this.#at++
    if ("?*+{".includes(this.#peek() || " ")) this.#refuse("a repeat of a repeat, or one that is lazy or possessive,")
    return { kind: "repeat", node, min: min!, max: max! }
  }

  /** {n}, {n,}, {n,m}. */
  #counts(): [number, number] {
    const match = /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(this.#text.slice(this.#at))
    if (match === null) this.#refuse('a "{" that is no count; write \\{ for the character')
    const min = Number(match[1])
    const max = match[2] === undefined ? min : match[3] === "" ? -1 : Number(match[3])
    if (min > REPEAT_MAX || max > REPEAT_MAX) this.#refuse(`a count above ${REPEAT_MAX}`)
    if (max >= 0 && max < min) this.#refuse("a count that ends before it begins")
    this.#at += match[0].length
    return [min, max]
  }

  #atom(depth: number): Node {
    const char = this.#peek()
    if (char === "(") return this.#group(depth)
    if (char === "[") return { kind: "bytes", set: this.#set() }
    if (char === "\\") return { kind: "bytes", set: this.#escape() }
    if ("?*+{".includes(char)) this.#refuse(`a "${char}" with nothing to repeat`)
    if (char === "^") this.#refuse('a "^" that is not the beginning')
    this.#at++
    return { kind: "bytes", set: char === "." ? not(single(0x0a)) : single(char.charCodeAt(0)) }
  }

  #group(depth: number): Node {
    this.#at++
    if (this.#peek() === "?") {
      if (this.#text[this.#at + 1] !== ":") this.#refuse("a group that looks around, has a name or a flag,")
      this.#at += 2
    }
    const node = this.#choice(depth + 1)
    if (this.#peek() !== ")") this.#refuse("a group without its end")
    this.#at++
    return node
  }

  #escape(): ByteSet {
    this.#at++
    const char = this.#peek()
    if (char === "") this.#refuse('a "\\" with nothing behind it')
    const set = SETS[char]
    if (set === undefined && ONE[char] === undefined && /[A-Za-z0-9]/.test(char)) this.#refuse(`a "\\${char}"`)
    this.#at++
    return set ?? single(ONE[char] ?? char.charCodeAt(0))
  }

  #set(): ByteSet {
    this.#at++
    const isNot = this.#peek() === "^"
    if (isNot) this.#at++
    const set = new Uint8Array(256)
    let isEmpty = true
    while (this.#peek() !== "]" || isEmpty) {
      if (this.#peek() === "") this.#refuse("a [ without its ]")
      const from = this.#member()
      isEmpty = false
      const isRange = this.#peek() === "-" && this.#text[this.#at + 1] !== "]" && from.length === 1
      if (isRange) {
        this.#at++
        const to = this.#member()
        if (to.length !== 1 || to[0]! < from[0]!) this.#refuse("a range that ends before it begins")
        set.fill(1, from[0]!, to[0]! + 1)
      } else for (const code of from) set[code] = 1
    }
    this.#at++
    return isNot ? not(set) : set
  }

  /** Codes of one member of a set: one, or those of \d and its like. */
  #member(): number[] {
    const char = this.#peek()
    if (char === "") this.#refuse("a [ without its ]")
    if (char === "\\") return [...this.#escape().entries()].flatMap(([code, isIn]) => (isIn === 1 ? [code] : []))
    this.#at++
    return [char.charCodeAt(0)]
  }
}

export function parsePattern(text: string): { node: Node } | { mistake: string } {
  try {
    return { node: new Parser(text).parse() }
  } catch (error) {
    if (!(error instanceof SyntaxMistake)) throw error
    return { mistake: error.message }
  }
}
