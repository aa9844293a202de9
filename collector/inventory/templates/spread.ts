// How common each answer is in a service: what equal answers of two siblings are worth.
//
// In:  answers that are new at their path.   Out: the chance that another route has the same; whether answers tell routes apart at all.
// A position is a pair: the segment before, and the segment itself. What has both other than the node in question says that an answer
// is common; values of one parameter share what is before or after them and do not count. Given up: positions past the limits below.
import { bits, hashText, isSlash, mix, type PathNode } from "./nodes.ts"

/** Positions remembered of one answer; from there on it is everywhere. */
const SEEN_MAX = 16
/** Positions whose shapes are all remembered, a bit each. */
const SAMPLE_MAX = 32
const BEFORES_MAX = 32
const ENTRIES_MAX = 4096
const PARAMETER = hashText("{}")

/** Chance of a shape that was not seen elsewhere, and how many positions that counts as. */
const PRIOR = { chance: 0.06, positions: 1 } as const
const CHANCE_MOST = 0.95
/** One shape at this share of at least so many positions: shapes tell nothing. */
const UNIFORM = { share: 0.7, positions: 4 } as const

/** Where one shape, or a method without one, was seen. */
export interface Seen {
  /** Positions, flat; no two have a segment in common. */
  readonly pairs: number[]
  /** Those of the sample, a bit each. */
  sample: number
}

export class Spread {
  /** By shape; what has none by its method. */
  readonly entries = new Map<number, Seen>()
  /** Positions of answers with a shape, flat; no two have a segment in common. */
  readonly sample: number[] = []
  /** Segments before anything that was answered: how much there is to compare with. */
  readonly befores = new Set<number>()
  /** Answers that were new at their path, and those of them with a shape. */
  answers = 0
  shaped = 0
  /** Positions of the sample that the shape has that most have. */
  most = 0

  /** Hardly any answer has a shape. */
  get isPlain(): boolean {
    return this.shaped * 4 < this.answers
  }

  /** Nearly all answers have the same shape. */
  get isUniform(): boolean {
    const positions = this.sample.length >> 1
    return positions >= UNIFORM.positions && this.most >= UNIFORM.share * positions
  }

  /** `shape`: 0 without one. */
  add(method: number, shape: number, at: PathNode): void {
    this.answers++
    const node = segmentOf(at)
    const before = labelBefore(node)
    const own = labelOf(node)
    if (this.befores.size < BEFORES_MAX) this.befores.add(before)
    const seen = this.#seen(shape === 0 ? method : shape)
    if (seen !== null && seen.pairs.length < 2 * SEEN_MAX && isApart(seen.pairs, before, own))
      seen.pairs.push(before, own)
    if (shape === 0) return
    this.shaped++
    const position = this.#position(before, own)
    if (seen === null || position < 0) return
    seen.sample |= 1 << position
    this.most = Math.max(this.most, bits(seen.sample))
  }

  #seen(key: number): Seen | null {
    const known = this.entries.get(key)
    if (known !== undefined) return known
    if (this.entries.size >= ENTRIES_MAX) return null
    const seen: Seen = { pairs: [], sample: 0 }
    this.entries.set(key, seen)
    return seen
  }

  #position(before: number, own: number): number {
    const { sample } = this
    for (let i = 0; i < sample.length; i += 2) if (sample[i] === before && sample[i + 1] === own) return i >> 1
    if (sample.length >= 2 * SAMPLE_MAX || !isApart(sample, before, own)) return -1
    return (sample.push(before, own) >> 1) - 1
  }

  /** Chance that another route beside `node` has it, too. */
  chance(method: number, shape: number, at: PathNode): number {
    const node = segmentOf(at)
    const before = labelBefore(node)
    const own = labelOf(node)
    const seen = this.entries.get(shape === 0 ? method : shape)
    const common = seen === undefined ? 0 : elsewhere(seen.pairs, before, own, -1)
    const share =
      shape === 0 || seen === undefined
        ? 0
        : (elsewhere(this.sample, before, own, seen.sample) + PRIOR.chance) /
          (elsewhere(this.sample, before, own, -1) + PRIOR.positions)
    return Math.min(CHANCE_MOST, Math.max(Math.min(0.85, 0.06 + 0.1 * common), share, 0.8 / this.befores.size))
  }
}

/** Positions of `among` (a bit each) that have nothing in common with this one. */
function elsewhere(pairs: readonly number[], before: number, own: number, among: number): number {
  let count = 0
  for (let i = 0; i < pairs.length; i += 2)
    if (pairs[i] !== before && pairs[i + 1] !== own && ((among >>> (i >> 1)) & 1) === 1) count++
  return count
}

const isApart = (pairs: readonly number[], before: number, own: number): boolean =>
  elsewhere(pairs, before, own, -1) * 2 === pairs.length

/**
 * A slash that ends a path is no segment of its own: below every sibling the same, it would make them all alike. What is answered there
 * is what the segment before it answers.
 */
const segmentOf = (node: PathNode): PathNode =>
  isSlash(node) && node.parent?.parent !== null ? (node.parent ?? node) : node

export const labelOf = (node: PathNode): number => (node.place.isParameter ? PARAMETER : hashText(node.token.text))

/** The segment before, and what is before that where it is a parameter. */
const labelBefore = ({ parent }: PathNode): number =>
  parent === null ? 0 : parent.place.isParameter ? mix(PARAMETER, labelBefore(parent)) : labelOf(parent)
