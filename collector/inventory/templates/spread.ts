// How common each answer is in a service: what equal answers of two siblings are worth.
//
// In:  answers that are new at their path.   Out: the chance that another route has the same; whether answers tell routes apart at all.
// A position is the segment before, the segment itself, and its depth. What has both segments other than the node in question says that
// an answer is common; values of one parameter share what is before or after them and do not count. Of two parameters side by side that
// does not hold, but they are at one depth: many positions of one depth count as few. Given up: positions past the limits below.
import { bits, hashText, isSlash, mix, type PathNode } from "./nodes.ts"

/** Positions remembered of one answer, of one depth and of all; from there on it is everywhere. */
const SEEN_DEPTH_MAX = 3
const SEEN_MAX = 16
/** Positions whose shapes are all remembered, a bit each. */
const SAMPLE_MAX = 32
const BEFORES_MAX = 32
const ENTRIES_MAX = 4096
const PARAMETER = hashText("{}")

/** Chance of a shape that was not seen elsewhere, and how many positions that counts as. */
const PRIOR = { chance: 0.06, positions: 1 } as const
const CHANCE_MOST = 0.95
/** One shape at this share of at least so many positions, and of the depths: shapes tell nothing. */
const UNIFORM = { share: 0.7, positions: 4, depths: 2 } as const
/** Numbers of one position. */
const STRIDE = 3

/** Where one shape, or a method without one, was seen. */
export interface Seen {
  /** Positions, flat; no two have a segment in common. */
  readonly positions: number[]
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
  /** Positions of the sample that have the most common shape, a bit each. */
  most = 0

  /** Hardly any answer has a shape. */
  get isPlain(): boolean {
    return this.shaped * 4 < this.answers
  }

  /** Nearly all answers have the same shape. */
  get isUniform(): boolean {
    const all = this.sample.length / STRIDE
    if (all < UNIFORM.positions || bits(this.most) < UNIFORM.share * all) return false
    const depths = bits(depthsOf(this.sample, ALL))
    return depths >= UNIFORM.depths && bits(depthsOf(this.sample, this.most)) >= UNIFORM.share * depths
  }

  /** `shape`: 0 without one. */
  add(method: number, shape: number, at: PathNode): void {
    this.answers++
    const position = positionOf(at)
    if (this.befores.size < BEFORES_MAX) this.befores.add(position[0])
    const seen = this.#seen(shape === 0 ? method : shape)
    if (seen !== null && hasRoom(seen.positions, position)) seen.positions.push(...position)
    if (shape === 0) return
    this.shaped++
    const index = this.#sampled(position)
    if (seen === null || index < 0) return
    seen.sample |= 1 << index
    if (bits(seen.sample) > bits(this.most)) this.most = seen.sample
  }

  #seen(key: number): Seen | null {
    const known = this.entries.get(key)
    if (known !== undefined) return known
    if (this.entries.size >= ENTRIES_MAX) return null
    const seen: Seen = { positions: [], sample: 0 }
    this.entries.set(key, seen)
    return seen
  }

  #sampled(position: Position): number {
    const { sample } = this
    for (let i = 0; i < sample.length; i += STRIDE)
      if (sample[i] === position[0] && sample[i + 1] === position[1] && sample[i + 2] === position[2]) return i / STRIDE
    if (sample.length >= STRIDE * SAMPLE_MAX || !isApart(sample, position)) return -1
    return sample.push(...position) / STRIDE - 1
  }

  /** Chance that another route beside `node` has it, too. */
  chance(method: number, shape: number, at: PathNode): number {
    const position = positionOf(at)
    const seen = this.entries.get(shape === 0 ? method : shape)
    const common = seen === undefined ? 0 : bits(elsewhere(seen.positions, position))
    const share = shape === 0 || seen === undefined ? 0 : this.#share(position, seen.sample)
    return Math.min(CHANCE_MOST, Math.max(Math.min(0.85, 0.06 + 0.1 * common), share, 0.8 / this.befores.size))
  }

  /** Of the positions elsewhere, and of the depths: the smaller one. */
  #share(position: Position, among: number): number {
    const all = elsewhere(this.sample, position)
    const positions = (bits(all & among) + PRIOR.chance) / (bits(all) + PRIOR.positions)
    const depths = bits(depthsOf(this.sample, all))
    return depths === 0 ? positions : Math.min(positions, bits(depthsOf(this.sample, all & among)) / depths)
  }
}

/** Segment before, segment, depth (at most 31). */
type Position = readonly [before: number, own: number, depth: number]
const ALL = -1

function positionOf(at: PathNode): Position {
  const node = segmentOf(at)
  return [labelBefore(node), labelOf(node), Math.min(31, node.place.depth)]
}

/** Which positions have nothing in common with this one, a bit each. */
function elsewhere(positions: readonly number[], [before, own]: Position): number {
  let found = 0
  for (let i = 0, bit = 1; i < positions.length; i += STRIDE, bit <<= 1)
    if (positions[i] !== before && positions[i + 1] !== own) found |= bit
  return found
}

/** Depths of those of `among`, a bit each. */
function depthsOf(positions: readonly number[], among: number): number {
  let depths = 0
  for (let i = 0; i < positions.length; i += STRIDE)
    if (((among >>> (i / STRIDE)) & 1) === 1) depths |= 1 << positions[i + 2]!
  return depths
}

const isApart = (positions: readonly number[], position: Position): boolean =>
  bits(elsewhere(positions, position)) * STRIDE === positions.length

function hasRoom(positions: readonly number[], position: Position): boolean {
  if (positions.length >= STRIDE * SEEN_MAX || !isApart(positions, position)) return false
  let alike = 0
  for (let i = 2; i < positions.length; i += STRIDE) if (positions[i] === position[2]) alike++
  return alike < SEEN_DEPTH_MAX
}

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
