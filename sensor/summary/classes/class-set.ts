// The classes in force: the known ones less those switched off, and those of the configuration. Finds out which could be
// meant by a value (its length and sorts) and by a name.
import { API_KEY_LEADS, BOT_LEADS } from "./api-key.ts"
import { BUILT_IN } from "./built-in.ts"
import { SORTS } from "./byte-sorts.ts"
import type { DataClass } from "./data-class.ts"
import { FieldNames } from "./field-name.ts"
import type { ParentNames } from "./field-receiver.ts"

/** From this length on, one bucket. */
const LENGTH_MAX = 97
/** Shorter values prove nothing by themselves. */
export const CERTAIN_MIN = 20
const NONE: readonly number[] = Object.freeze([])

export class ClassSet {
  /** Index = number of the class. */
  readonly classes: readonly DataClass[]
  /** Names in events, sorted; index = number of the name. */
  readonly names: readonly string[]
  /** By class: number of its name. */
  readonly nameOf: readonly number[]
  /** Classes of which one value proves itself. */
  readonly certain: readonly number[]
  /** By the first two bytes `a << 8 | b`: 1 when a value that proves itself may begin so. */
  readonly leads: Uint8Array = new Uint8Array(65_536)
  readonly #fieldNames: FieldNames
  readonly #unhinted: FieldNames
  readonly #barred: FieldNames
  readonly #candidates: (readonly number[] | undefined)[] = new Array(LENGTH_MAX * SORTS + SORTS).fill(undefined)

  constructor(off: ReadonlySet<string> = new Set(), custom: readonly DataClass[] = []) {
    // What somebody has configured knows more than what everybody gets.
    this.classes = [...custom, ...BUILT_IN.filter((one) => !off.has(one.name))]
    this.names = [...new Set(this.classes.map((one) => one.name))].sort()
    this.nameOf = this.classes.map((one) => this.names.indexOf(one.name))
    this.certain = this.classes.flatMap((one, i) => (one.isCertain ? [i] : []))
    this.#fieldNames = new FieldNames(this.classes.map((one) => one.hints))
    this.#unhinted = new FieldNames(this.classes.map((one) => one.unhinted))
    this.#barred = new FieldNames(this.classes.map((one) => one.barred))
    if (this.certain.length === 0) return
    for (const lead of API_KEY_LEADS) this.leads[lead] = 1
    for (const lead of BOT_LEADS) this.leads[lead] = 1
    for (const text of ["ey", "ew", "Be", "--", "LS", "MI"])
      this.leads[(text.charCodeAt(0) << 8) | text.charCodeAt(1)] = 1
  }

  get isEmpty(): boolean {
    return this.classes.length === 0
  }

  /** Classes that a value of that length and those sorts can be of, whatever its name. */
  candidates(length: number, sorts: number): readonly number[] {
    const at = Math.min(length, LENGTH_MAX) * SORTS + (sorts & (SORTS - 1))
    let known = this.#candidates[at]
    if (known === undefined) {
      known = this.#find(Math.min(length, LENGTH_MAX), sorts & (SORTS - 1))
      this.#candidates[at] = known
    }
    return known
  }

  #find(length: number, sorts: number): readonly number[] {
    const found: number[] = []
    for (const [i, one] of this.classes.entries()) {
      const { min, max, may, must } = one.form
      const fits = length >= Math.min(min, LENGTH_MAX) && (length <= max || (length === LENGTH_MAX && max > LENGTH_MAX))
      if (one.check !== null && !one.isCertain && fits && (sorts & ~may) === 0 && (sorts & must) === must) found.push(i)
    }
    return found.length === 0 ? NONE : found
  }

  /** Classes that a name speaks of; a name like "number" speaks through the one above it. */
  hinted(name: string, parents: ParentNames | null): readonly number[] {
    if (name === "") return NONE
    const found = this.#fieldNames.classes(name, parents)
    if (found.length === 0) return NONE
    const others = this.#unhinted.classes(name, parents)
    return others.length === 0 ? found : found.filter((id) => !others.includes(id))
  }

  /** Classes that no value under that name is of, unless the name speaks of them. */
  barred(name: string, parents: ParentNames | null): readonly number[] {
    if (name === "") return NONE
    const found = this.#barred.classes(name, parents)
    return found.length === 0 ? NONE : found
  }
}
