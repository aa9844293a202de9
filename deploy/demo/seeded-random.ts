// A small seeded generator (mulberry32), so that the demo's world and its partners make the same choices on every run.

export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** In [low, high], whole. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<T>(list: readonly T[]): T {
    const chosen = list[this.integer(0, list.length - 1)]
    if (chosen === undefined) throw new RangeError("pick from an empty list")
    return chosen
  }

  /** Few items often, many items seldom: index k has weight 1 / (k + 1). */
  pickSkewed<T>(list: readonly T[]): T {
    const at = Math.floor(list.length ** this.next()) - 1
    const chosen = list[Math.min(list.length - 1, Math.max(0, at))]
    if (chosen === undefined) throw new RangeError("pick from an empty list")
    return chosen
  }

  hex(digits: number): string {
    let text = ""
    for (let i = 0; i < digits; i++) text += this.integer(0, 15).toString(16)
    return text
  }

  uuid(): string {
    const h = this.hex(32)
    const variant = "89ab"[this.integer(0, 3)]
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20)}`
  }
}
