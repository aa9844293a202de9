// What an evaluation draws with: the same seed gives the same traffic everywhere.
import { SeededRandom as Generator } from "../../../shared/testing/seeded-random.ts"

/** 32-bit FNV-1a of a text: seeds that follow from names. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

export class SeededRandom extends Generator {
  /** `length` characters of `alphabet`. */
  text(alphabet: string, length: number): string {
    let out = ""
    for (let i = 0; i < length; i++) out += alphabet[this.integer(0, alphabet.length - 1)]
    return out
  }

  /** The same items in another order. */
  shuffle<T>(list: readonly T[]): T[] {
    const out = [...list]
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.integer(0, i)
      ;[out[i], out[j]] = [out[j]!, out[i]!]
    }
    return out
  }
}

/** Index k of `count` with weight 1 / (k + 1)^exponent. */
export class Zipf {
  readonly #sums: Float64Array

  constructor(count: number, exponent: number) {
    this.#sums = new Float64Array(count)
    let sum = 0
    for (let k = 0; k < count; k++) this.#sums[k] = sum += (k + 1) ** -exponent
  }

  draw(random: SeededRandom): number {
    const sums = this.#sums
    const target = random.next() * sums[sums.length - 1]!
    let [low, high] = [0, sums.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! <= target) low = middle + 1
      else high = middle
    }
    return low
  }
}
