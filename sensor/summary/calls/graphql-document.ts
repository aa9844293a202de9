// What a GraphQL document asks for: its operations with their type, name, root fields, depth and aliases.
//
// In:  the bytes of a document, perhaps cut.   Out: a GraphqlDocument, null when it is none. GraphQL specification, section 2.
// Nothing recurses: braces are counted, with one mark each for the first BRACES_MAX levels. Depth goes through fragments, by
// widening until nothing grows, DEPTH_MAX at most: fragments in a circle end there. Arguments, variables, directives and strings
// are passed over. Given up: definitions, spreads and root fields beyond the limits below.
import { GraphqlLexer, Token } from "./graphql-lexer.ts"

const BRACES_MAX = 256
export const DEPTH_MAX = 255
const OPERATIONS_MAX = 32
const FRAGMENTS_MAX = 64
const SPREADS_MAX = 256
const ROOT_FIELDS_MAX = 64
/** Longest name that is told from others. */
const NAME_MAX = 65

export interface GraphqlOperation {
  readonly type: "query" | "mutation" | "subscription"
  /** "" when it has none. */
  readonly name: string
  /** All of it was there: what follows is complete. */
  readonly isWhole: boolean
  /** Names of its root fields, in order, each once. */
  readonly fields: readonly string[]
  readonly depth: number
  /** In the operation and in all fragments. */
  readonly aliases: number
}

export interface GraphqlDocument {
  readonly operations: readonly GraphqlOperation[]
  /** No further operation can follow. */
  readonly isWhole: boolean
}

interface Definition {
  readonly kind: "query" | "mutation" | "subscription" | "fragment"
  readonly name: string
  isWhole: boolean
  readonly fields: string[]
  readonly spreads: { readonly name: string; readonly level: number }[]
  depth: number
  aliases: number
}

const OPEN = 0x7b
const CLOSE = 0x7d
const OPEN_ROUND = 0x28
const CLOSE_ROUND = 0x29
const OPEN_SQUARE = 0x5b
const CLOSE_SQUARE = 0x5d
const COLON = 0x3a
const AT = 0x40

/** How a definition or a part of it ended. */
const Ended = { whole: 0, cut: 1, bad: 2 } as const
type Ended = (typeof Ended)[keyof typeof Ended]

export class GraphqlReader {
  readonly #lexer = new GraphqlLexer()
  readonly #isField = new Uint8Array(BRACES_MAX)
  #definitions: Definition[] = []
  #spreads = 0

  read(bytes: Uint8Array, start: number, end: number, isCut: boolean): GraphqlDocument | null {
    const lexer = this.#lexer
    lexer.begin(bytes, start, end, isCut)
    this.#definitions = []
    this.#spreads = 0
    let ended: Ended = Ended.whole
    while (ended === Ended.whole) {
      const token = lexer.next()
      if (token === Token.end) break
      if (this.#definitions.length === OPERATIONS_MAX + FRAGMENTS_MAX) ended = Ended.cut
      else ended = this.#definition(token)
    }
    if (ended === Ended.bad) return null
    const documents = this.#resolve(ended === Ended.whole && !isCut)
    this.#definitions = []
    return documents
  }

  #definition(token: number): Ended {
    if (token === OPEN) return this.#selection(this.#add("query", ""))
    if (token !== Token.name) return Ended.bad
    const word = this.#text()
    if (word === "fragment") return this.#fragment()
    if (word !== "query" && word !== "mutation" && word !== "subscription") return Ended.bad
    let next = this.#lexer.next()
    let name = ""
    if (next === Token.name) {
      name = this.#text()
      next = this.#lexer.next()
    }
    // Only now it is certain that this is no sentence that begins with such a word.
    if (next === Token.end) return Ended.cut
    if (next === OPEN_ROUND) {
      const ended = this.#brackets()
      if (ended === Ended.cut && name !== "") this.#add(word, name)
      if (ended !== Ended.whole) return ended
      next = this.#lexer.next()
    }
    const ended = this.#directives(next)
    if (ended === Ended.cut && name !== "") this.#add(word, name)
    return ended === Ended.whole ? this.#selection(this.#add(word, name)) : ended
  }

  #fragment(): Ended {
    const lexer = this.#lexer
    let token = lexer.next()
    if (token !== Token.name) return token === Token.end ? Ended.cut : Ended.bad
    const name = this.#text()
    for (let i = 0; i < 2; i++) {
      token = lexer.next()
      if (token !== Token.name) return token === Token.end ? Ended.cut : Ended.bad
    }
    const ended = this.#directives(lexer.next())
    return ended === Ended.whole ? this.#selection(this.#add("fragment", name)) : ended
  }

  /** Past directives, up to and with the brace that opens a selection. */
  #directives(token: number): Ended {
    let next = token
    while (next === AT) {
      next = this.#lexer.next()
      if (next !== Token.name) break
      next = this.#lexer.next()
      if (next !== OPEN_ROUND) continue
      const ended = this.#brackets()
      if (ended !== Ended.whole) return ended
      next = this.#lexer.next()
    }
    return next === OPEN ? Ended.whole : next === Token.end ? Ended.cut : Ended.bad
  }

  /** Past what is in the round brackets that have just been opened. */
  #brackets(): Ended {
    let depth = 1
    while (depth > 0) {
      const token = this.#lexer.next()
      if (token === Token.end) return Ended.cut
      if (token === Token.bad || token === Token.spread) return Ended.bad
      if (token === OPEN || token === OPEN_ROUND || token === OPEN_SQUARE) depth++
      else if (token === CLOSE || token === CLOSE_ROUND || token === CLOSE_SQUARE) depth--
    }
    return Ended.whole
  }

  /** The selection whose brace has just been opened, to the brace that closes it. */
  #selection(definition: Definition): Ended {
    const lexer = this.#lexer
    const isField = this.#isField
    isField[0] = 1
    let braces = 1
    let level = 1
    definition.depth = 1
    /** What a brace would open now: 0 nothing, 1 the fields of a field, 2 those of an inline fragment. */
    let opens = 0
    let token = lexer.next()
    for (;;) {
      if (token === Token.end) return Ended.cut
      if (token === CLOSE) {
        braces--
        if (braces === 0) {
          definition.isWhole = true
          return Ended.whole
        }
        if (braces >= BRACES_MAX || isField[braces] === 1) level--
        opens = 0
      } else if (token === OPEN) {
        if (opens === 0) return Ended.bad
        if (braces < BRACES_MAX) isField[braces] = opens === 1 ? 1 : 0
        if (braces >= BRACES_MAX || opens === 1) level++
        braces++
        if (level > definition.depth) definition.depth = level
        opens = 0
      } else if (token === Token.name) {
        const start = lexer.start
        const stop = lexer.at
        token = lexer.next()
        opens = 1
        if (token !== COLON) {
          // Whether a name at the end is an alias is not known yet.
          if (token === Token.end && lexer.isCut) return Ended.cut
          if (level === 1) this.#rootField(definition, start, stop)
          continue
        }
        definition.aliases++
        token = lexer.next()
        if (token === Token.end) return Ended.cut
        if (token !== Token.name) return Ended.bad
        if (level === 1) this.#rootField(definition, lexer.start, lexer.at)
      } else if (token === Token.spread) {
        token = lexer.next()
        opens = 2
        if (token !== Token.name) continue
        const name = this.#text()
        if (name === "on") {
          token = lexer.next()
          if (token === Token.end) return Ended.cut
          if (token !== Token.name) return Ended.bad
        } else {
          opens = 0
          if (this.#spreads++ < SPREADS_MAX) definition.spreads.push({ name, level })
        }
      } else if (token === OPEN_ROUND) {
        const ended = this.#brackets()
        if (ended !== Ended.whole) return ended
      } else if (token === AT) {
        token = lexer.next()
        if (token === Token.end) return Ended.cut
        if (token !== Token.name) return Ended.bad
      } else return Ended.bad
      token = lexer.next()
    }
  }

  #rootField({ fields }: Definition, start: number, stop: number): void {
    if (fields.length === ROOT_FIELDS_MAX) return
    const name = this.#slice(start, stop)
    if (!fields.includes(name)) fields.push(name)
  }

  #add(kind: Definition["kind"], name: string): Definition {
    const definition: Definition = { kind, name, isWhole: false, fields: [], spreads: [], depth: 0, aliases: 0 }
    this.#definitions.push(definition)
    return definition
  }

  /** The last token's text. */
  #text(): string {
    return this.#slice(this.#lexer.start, this.#lexer.at)
  }

  #slice(start: number, stop: number): string {
    const { bytes } = this.#lexer
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(stop - start, NAME_MAX)).latin1Slice()
  }

  #resolve(isWhole: boolean): GraphqlDocument | null {
    const definitions = this.#definitions
    const fragments = new Map<string, Definition>()
    let aliases = 0
    for (const one of definitions) {
      if (one.kind !== "fragment") continue
      aliases += one.aliases
      if (fragments.size < FRAGMENTS_MAX && !fragments.has(one.name)) fragments.set(one.name, one)
    }
    widen(definitions, fragments)
    const operations: GraphqlOperation[] = []
    for (const one of definitions) {
      if (one.kind === "fragment" || operations.length === OPERATIONS_MAX) continue
      const { kind: type, name } = one
      if (one.isWhole && isWhole) {
        const fields = rootFields(one, fragments)
        const depth = Math.min(one.depth, DEPTH_MAX)
        operations.push({ type, name, isWhole: true, fields, depth, aliases: aliases + one.aliases })
      } else operations.push({ type, name, isWhole: false, fields: [], depth: -1, aliases: -1 })
    }
    return definitions.length === 0 && isWhole ? null : { operations, isWhole }
  }
}

/** Adds to each definition's depth that of the fragments it spreads. */
function widen(definitions: readonly Definition[], fragments: ReadonlyMap<string, Definition>): void {
  // Each round settles one fragment more; what still grows after them is part of a circle, or spreads one.
  const rounds = fragments.size + 1
  for (let round = 0; round < 2 * rounds; round++) {
    let grown = false
    for (const one of definitions)
      for (const { name, level } of one.spreads) {
        const depth = Math.min(DEPTH_MAX, level - 1 + (fragments.get(name)?.depth ?? 0))
        if (depth <= one.depth) continue
        one.depth = round < rounds ? depth : DEPTH_MAX
        grown = true
      }
    if (!grown) return
  }
}

/** Of the operation, and of the fragments that it spreads at its root. */
function rootFields(operation: Definition, fragments: ReadonlyMap<string, Definition>): string[] {
  const fields = new Set(operation.fields)
  const queue: Definition[] = [operation]
  const seen = new Set(queue)
  for (let i = 0; i < queue.length; i++)
    for (const { name, level } of queue[i]!.spreads) {
      const fragment = level === 1 ? fragments.get(name) : undefined
      if (fragment === undefined || seen.has(fragment)) continue
      seen.add(fragment)
      queue.push(fragment)
      for (const field of fragment.fields) if (fields.size < ROOT_FIELDS_MAX) fields.add(field)
    }
  return [...fields]
}
