// What the demo's world and its partners draw with, so that they make the same choices on every run.
import { SeededRandom as Generator } from "../../shared/testing/seeded-random.ts"

export class SeededRandom extends Generator {
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
