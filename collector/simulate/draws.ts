// What a world is drawn with: the same seed and name give the same draws everywhere, whatever else is drawn beside them.
import { SeededRandom } from "../../shared/testing/seeded-random.ts"

/** 32 bits that follow from two numbers, spread well enough to stand for a keyed hash. */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b ^ (b >>> 15), 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 13), 0x27d4eb2f)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  return (hash ^ (hash >>> 13)) >>> 0
}

/** 32-bit hash of a text. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mix(hash, text.length)
}

/** 12 hex digits: what a pseudonym of 48 bits looks like. */
export const pseudonymText = (text: string): string =>
  (hashText(text).toString(16) + hashText(`${text}.`).toString(16).padStart(8, "0")).padStart(12, "0").slice(-12)

export class Draws extends SeededRandom {
  static of(seed: number, ...names: readonly (string | number)[]): Draws {
    let state = seed | 0
    for (const name of names) state = mix(state, typeof name === "number" ? name : hashText(name))
    return new Draws(state)
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
  }

  /** Half of the draws lie below `median`; `sigma` is the deviation of the logarithm. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal())
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }

  poisson(mean: number): number {
    if (mean <= 0) return 0
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()))
    const floor = Math.exp(-mean)
    let [product, count] = [this.next(), 0]
    while (product > floor) {
      product *= this.next()
      count++
    }
    return count
  }

  /** A count whose variance is above its mean: people and batches come in bunches. */
  bunched(mean: number, sigma = 0.3): number {
    return this.poisson(mean * this.logNormal(1, sigma))
  }

  /** An index, in proportion to its weight. */
  weighted(weights: readonly number[]): number {
    let left = 0
    for (const weight of weights) left += weight
    left *= this.next()
    for (let k = 0; k < weights.length - 1; k++) {
      left -= weights[k]!
      if (left < 0) return k
    }
    return weights.length - 1
  }

  /** `count` of them without repetition, in their order; all when there are fewer. */
  sample<T>(list: readonly T[], count: number): T[] {
    const out: T[] = []
    let left = Math.min(count, list.length)
    for (let i = 0; i < list.length && left > 0; i++)
      if (this.next() * (list.length - i) < left) {
        out.push(list[i]!)
        left--
      }
    return out
  }
}
