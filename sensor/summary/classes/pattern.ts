// A pattern as a table of states: one step a byte, whatever the pattern and whatever the value.
//
//   state 0 --[A-Z]--> 1 --[A-Z]--> 2 --[0-9]--> 3 (accepts)         next[state * columns + column[byte]], 0 is "never again"
//
// In:  the tree of a pattern.   Out: a matcher of whole values, the form of what it matches, or what is too large about it.
// Glushkov's construction: a position for each byte set of the tree, repeats written out; then the subset construction, which is
// done once at the start and bounded: POSITIONS_MAX positions, STATES_MAX states. A pattern that needs more is refused, so no
// value can make matching slow, and no pattern the start.
import { SORT_OF, SORTS } from "./byte-sorts.ts"
import type { Form } from "./data-class.ts"
import { type ByteSet, type Node, parsePattern } from "./pattern-syntax.ts"

export const POSITIONS_MAX = 512
export const STATES_MAX = 1024
/** Parts of the tree, repeats written out. */
const PARTS_MAX = 8192
/** Bytes of a value that a pattern is asked about. */
export const VALUE_MAX = 1024
/** State without a way to acceptance. */
const DEAD = 0
const START = 1

/** What a part of the tree can begin and end with. */
interface Part {
  readonly isEmpty: boolean
  readonly first: readonly number[]
  readonly last: readonly number[]
  readonly min: number
  readonly max: number
}
const EMPTY: Part = { isEmpty: true, first: [], last: [], min: 0, max: 0 }

class TooLarge extends Error {}

class Positions {
  readonly sets: ByteSet[] = []
  readonly follow: Set<number>[] = []
  #parts = 0

  add(node: Node): Part {
    if (++this.#parts > PARTS_MAX) throw new TooLarge("has repeats of repeats that are too large")
    if (node.kind === "bytes") {
      if (this.sets.length === POSITIONS_MAX)
        throw new TooLarge(`is longer than ${POSITIONS_MAX} positions, repeats written out`)
      const position = this.sets.push(node.set) - 1
      this.follow.push(new Set())
      return { isEmpty: false, first: [position], last: [position], min: 1, max: 1 }
    }
    if (node.kind === "sequence")
      return node.nodes.reduce<Part>((before, next) => this.#join(before, this.add(next)), EMPTY)
    if (node.kind === "choice") return node.nodes.map((one) => this.add(one)).reduce(either)
    return this.#repeat(node.node, node.min, node.max)
  }

  #join(a: Part, b: Part): Part {
    for (const from of a.last) for (const to of b.first) this.follow[from]!.add(to)
    return {
      isEmpty: a.isEmpty && b.isEmpty,
      first: a.isEmpty ? [...a.first, ...b.first] : a.first,
      last: b.isEmpty ? [...a.last, ...b.last] : b.last,
      min: a.min + b.min,
      max: a.max + b.max,
    }
  }

  #repeat(node: Node, min: number, max: number): Part {
    let part = EMPTY
    for (let i = 0; i < min; i++) part = this.#join(part, this.add(node))
    if (max < 0) {
      const more = this.add(node)
      for (const from of more.last) for (const to of more.first) this.follow[from]!.add(to)
      return this.#join(part, { ...more, isEmpty: true, min: 0, max: more.max === 0 ? 0 : Number.POSITIVE_INFINITY })
    }
    // x{0,3} is (x(x(x)?)?)?: from behind, so that each can end there.
    let rest = EMPTY
    for (let i = min; i < max; i++) rest = { ...this.#join(this.add(node), rest), isEmpty: true, min: 0 }
    return this.#join(part, rest)
  }
}

const either = (a: Part, b: Part): Part => ({
  isEmpty: a.isEmpty || b.isEmpty,
  first: [...a.first, ...b.first],
  last: [...a.last, ...b.last],
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
})

/** Bytes that no set tells apart have one column. */
function columnsOf(sets: readonly ByteSet[]): { column: Uint8Array; samples: number[] } {
  const column = new Uint8Array(256)
  const samples: number[] = []
  const known = new Map<string, number>()
  for (let b = 0; b < 256; b++) {
    const key = sets.map((set) => set[b]).join("")
    let at = known.get(key)
    if (at === undefined) {
      at = samples.push(b) - 1
      known.set(key, at)
    }
    column[b] = at
  }
  return { column, samples }
}

export class Pattern {
  readonly form: Form
  readonly #column: Uint8Array
  readonly #columns: number
  readonly #next: Uint16Array
  readonly #accepts: Uint8Array

  private constructor(form: Form, column: Uint8Array, columns: number, next: Uint16Array, accepts: Uint8Array) {
    this.form = form
    this.#column = column
    this.#columns = columns
    this.#next = next
    this.#accepts = accepts
  }

  static compile(text: string): { pattern: Pattern } | { mistake: string } {
    const parsed = parsePattern(text)
    if ("mistake" in parsed) return parsed
    try {
      return { pattern: Pattern.#build(parsed.node) }
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error
      return { mistake: error.message }
    }
  }

  static #build(node: Node): Pattern {
    const positions = new Positions()
    const whole = positions.add(node)
    if (whole.isEmpty) throw new TooLarge("matches values that are empty")
    const { column, samples } = columnsOf(positions.sets)
    const last = new Set(whole.last)
    const rows: number[][] = [samples.map(() => DEAD), []]
    const accepts: number[] = [0, 0]
    const known = new Map<string, number>()
    const waiting: { state: number; reach: readonly number[] }[] = [{ state: START, reach: whole.first }]
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      const row: number[] = []
      for (const sample of samples) {
        const here = one.reach.filter((position) => positions.sets[position]![sample] === 1)
        const key = here.join()
        let state = here.length === 0 ? DEAD : known.get(key)
        if (state === undefined) {
          state = rows.push([]) - 1
          if (state >= STATES_MAX)
            throw new TooLarge(`needs more than ${STATES_MAX} states; make its repeats shorter or exact`)
          known.set(key, state)
          accepts.push(here.some((position) => last.has(position)) ? 1 : 0)
          const reach = new Set(here.flatMap((position) => [...positions.follow[position]!]))
          waiting.push({ state, reach: [...reach].sort((a, b) => a - b) })
        }
        row.push(state)
      }
      rows[one.state] = row
    }
    const form = { min: whole.min, max: Math.min(whole.max, VALUE_MAX), may: sortsOf(positions.sets), must: 0 }
    return new Pattern(form, column, samples.length, Uint16Array.from(rows.flat()), Uint8Array.from(accepts))
  }

  /** True when [start, end) is wholly what the pattern says. */
  matches(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > VALUE_MAX) return false
    let state = START
    for (let i = start; i < end && state !== DEAD; i++)
      state = this.#next[state * this.#columns + this.#column[bytes[i]!]!]!
    return this.#accepts[state] === 1
  }
}

function sortsOf(sets: readonly ByteSet[]): number {
  let sorts = 0
  for (const set of sets) for (let b = 0; b < 256; b++) if (set[b] === 1) sorts |= SORT_OF[b]! & (SORTS - 1)
  return sorts
}
