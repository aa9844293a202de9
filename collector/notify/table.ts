// One [[notify]] table: what is read of it, and its mistakes, each with the channel's name (or number) and the key.
import type { OptionTable } from "../../shared/config/options.ts"

const TEXT_MAX = 2000
export const NAME = /^[a-z][a-z0-9_-]{0,39}$/

export class Table {
  readonly mistakes: string[] = []
  readonly #table: OptionTable
  readonly #label: string

  constructor(table: OptionTable, number: number) {
    this.#table = table
    const { name } = table
    this.#label = typeof name === "string" && NAME.test(name) ? `notify "${name}"` : `notify ${number}`
  }

  wrong(key: string, wanted: string): void {
    this.mistakes.push(`${this.#label}: "${key}" ${wanted}.`)
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#table, key)
  }

  /** `otherwise` where it is not there; null: it must be. `isRight` says whether it is `wanted`. */
  text(key: string, otherwise: string | null, wanted: string, isRight: (text: string) => boolean = () => true): string {
    if (!this.has(key)) {
      if (otherwise === null) this.wrong(key, `is missing; it takes ${wanted}`)
      return otherwise ?? ""
    }
    const value = this.#table[key]
    if (typeof value === "string" && value !== "" && value.length <= TEXT_MAX && isRight(value)) return value
    this.wrong(key, `takes ${wanted}`)
    return otherwise ?? ""
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.has(key) ? this.#table[key] : otherwise
    if (typeof value === "boolean") return value
    this.wrong(key, "takes true or false")
    return otherwise
  }

  number(key: string, otherwise: number, min: number, max: number): number {
    const value = this.has(key) ? this.#table[key] : otherwise
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return Number(value)
    this.wrong(key, `takes a whole number, ${min} to ${max}`)
    return otherwise
  }

  list(key: string, otherwise: readonly string[], allowed: readonly string[]): readonly string[] {
    const value = this.has(key) ? this.#table[key] : otherwise
    if (Array.isArray(value) && value.length > 0 && value.every((item) => allowed.includes(item)))
      return [...new Set(value)]
    this.wrong(key, `takes a list of ${allowed.join(", ")}`)
    return otherwise
  }

  unknownKeys(known: readonly string[], of: string): void {
    for (const key of Object.keys(this.#table))
      if (!known.includes(key)) this.wrong(key.slice(0, 40), `is no key of ${of}; there are ${known.join(", ")}`)
  }
}
