// Counts of values by class within one message, as an event says them: "email=3" for about 2^3 values, sorted by name.
//
// The same few answers come again and again: each is one frozen array while it is remembered.
import { NO_STRINGS } from "../../../shared/event/api-event.ts"

/** Answers remembered; with more, all are forgotten. */
const KNOWN_MAX = 4096
/** Above every power of two that a count can have. */
const POWERS = 64

export class ClassTally {
  readonly #names: readonly string[]
  readonly #counts: Float64Array
  readonly #met: number[] = []
  readonly #known = new Map<string, readonly string[]>()
  /** Answers with one class: by its name and the power. */
  readonly #single: (readonly string[] | undefined)[] = []

  constructor(names: readonly string[]) {
    this.#names = names
    this.#counts = new Float64Array(names.length)
  }

  add(name: number, values: number): void {
    if (this.#counts[name] === 0) this.#met.push(name)
    this.#counts[name]! += values
  }

  /** What was added since the last call. */
  take(): readonly string[] {
    const met = this.#met
    if (met.length === 0) return NO_STRINGS
    if (met.length === 1) return this.#one(met.pop()!)
    met.sort((a, b) => a - b)
    const classes = met.map((name) => `${this.#names[name]}=${Math.round(Math.log2(this.#counts[name]!))}`)
    for (const name of met) this.#counts[name] = 0
    met.length = 0
    return this.#keep(classes)
  }

  #one(name: number): readonly string[] {
    const power = Math.round(Math.log2(this.#counts[name]!))
    this.#counts[name] = 0
    const at = name * POWERS + power
    const known = this.#single[at]
    if (known !== undefined) return known
    const made = this.#keep([`${this.#names[name]}=${power}`])
    this.#single[at] = made
    return made
  }

  /** Both together: of a head and of a body. */
  merge(a: readonly string[], b: readonly string[]): readonly string[] {
    if (a.length === 0 || a === b) return b
    if (b.length === 0) return a
    const counts = new Map<string, number>()
    for (const one of [...a, ...b]) {
      const at = one.lastIndexOf("=")
      const name = one.slice(0, at)
      counts.set(name, (counts.get(name) ?? 0) + 2 ** Number(one.slice(at + 1)))
    }
    return this.#keep([...counts].map(([name, count]) => `${name}=${Math.round(Math.log2(count))}`).sort())
  }

  #keep(classes: string[]): readonly string[] {
    const key = classes.join()
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#known.size >= KNOWN_MAX) this.#known.clear()
    const kept = Object.freeze(classes)
    this.#known.set(key, kept)
    return kept
  }
}
