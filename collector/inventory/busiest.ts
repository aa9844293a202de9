// Who asks most, of names without number: Space-Saving over 16 (Metwally et al. 2005), so that whoever floods is among them.

export const BUSIEST_MAX = 16

export class Busiest {
  /** There were more names than places. */
  isCrowded = false
  readonly #counts = new Map<string, number>()

  add(name: string): void {
    const known = this.#counts.get(name)
    if (known !== undefined || this.#counts.size < BUSIEST_MAX) {
      this.#counts.set(name, (known ?? 0) + 1)
      return
    }
    this.isCrowded = true
    let lightest = ""
    let least = Number.POSITIVE_INFINITY
    for (const [other, count] of this.#counts) if (count < least) [lightest, least] = [other, count]
    this.#counts.delete(lightest)
    this.#counts.set(name, least + 1)
  }

  /** The busiest first. */
  order(): [name: string, requests: number][] {
    return [...this.#counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  }

  clear(): void {
    this.#counts.clear()
    this.isCrowded = false
  }

  toJson(): [string, number][] {
    return [...this.#counts]
  }

  static from(stored: readonly (string | [string, number])[], isCrowded: boolean): Busiest {
    const busiest = new Busiest()
    // Before 2026-11-25 names were not counted.
    for (const each of stored) {
      const [name, count] = typeof each === "string" ? ([each, 1] as const) : each
      busiest.#counts.set(name, count)
    }
    busiest.isCrowded = isCrowded
    return busiest
  }
}
