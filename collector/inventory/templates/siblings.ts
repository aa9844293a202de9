// What is known of the texts at a position: what the likelihoods look at.
//
// In:  a place, and how widely each answer is spread over the service (`Spread`).
// Out: a Sibling a text, with the features of what is answered there and at most two segments below.
import { COMMON, type Feature, type Sibling } from "./likelihood.ts"
import { bits, hashText, isSlash, mix, OVERFLOW_KEY, type PathNode, type Place } from "./nodes.ts"

/** Features of one sibling. */
const FEATURES_MAX = 24
/** Places remembered of one answer; from there on it is everywhere. */
const SPREAD_MAX = 16
const BEFORES_MAX = 32
const SPREAD_ENTRIES_MAX = 4096
const PARAMETER = hashText("{}")
/** Chance of a shape that was not seen elsewhere, and how many places that counts as. */
const SHARE_PRIOR = { chance: 0.06, places: 1 } as const
const CHANCE_MOST = 0.95

/**
 * Where each shape (without one: each method) was seen, as pairs of the segment before and the segment itself. What has both other than
 * the node in question says that the answer is common; values of one parameter share what is before or after them and do not count.
 */
export class Spread {
  /** Pairs, flat; under 0 those of all shapes together. */
  readonly entries = new Map<number, number[]>()
  /** Segments before anything that was answered: how much there is to compare with. */
  readonly befores = new Set<number>()
  /** Answers that were new at their path, and those of them with a shape. */
  answers = 0
  shaped = 0

  /** Hardly any answer has a shape. */
  get isPlain(): boolean {
    return this.shaped * 4 < this.answers
  }

  /** `shape`: 0 without one. */
  add(method: number, shape: number, at: PathNode): void {
    this.answers++
    const node = segmentOf(at)
    const before = labelBefore(node)
    const own = labelOf(node)
    if (this.befores.size < BEFORES_MAX) this.befores.add(before)
    if (shape === 0) this.#addTo(method, before, own)
    else {
      this.shaped++
      this.#addTo(shape, before, own)
      this.#addTo(0, before, own)
    }
  }

  #addTo(key: number, before: number, own: number): void {
    let pairs = this.entries.get(key)
    if (pairs === undefined) {
      if (this.entries.size >= SPREAD_ENTRIES_MAX) return
      pairs = []
      this.entries.set(key, pairs)
    }
    if (pairs.length < 2 * SPREAD_MAX && elsewhere(pairs, before, own) * 2 === pairs.length) pairs.push(before, own)
  }

  /** Chance that another route beside `node` has it, too. */
  chance(method: number, shape: number, at: PathNode): number {
    const node = segmentOf(at)
    const before = labelBefore(node)
    const own = labelOf(node)
    const count = (key: number): number => elsewhere(this.entries.get(key) ?? [], before, own)
    const common = count(shape === 0 ? method : shape)
    const share = shape === 0 ? 0 : (common + SHARE_PRIOR.chance) / (count(0) + SHARE_PRIOR.places)
    return Math.min(CHANCE_MOST, Math.max(0.06 + 0.1 * common, share, 0.8 / this.befores.size))
  }
}

function elsewhere(pairs: readonly number[], before: number, own: number): number {
  let count = 0
  for (let i = 0; i < pairs.length; i += 2) if (pairs[i] !== before && pairs[i + 1] !== own) count++
  return count
}

/**
 * A slash that ends a path is no segment of its own: below every sibling the same, it would make them all alike. What is answered there
 * is what the segment before it answers.
 */
const segmentOf = (node: PathNode): PathNode =>
  isSlash(node) && node.parent?.parent !== null ? (node.parent ?? node) : node

const labelOf = (node: PathNode): number => (node.place.isParameter ? PARAMETER : hashText(node.token.text))

/** The segment before, and what is before that where it is a parameter. */
const labelBefore = ({ parent }: PathNode): number =>
  parent === null ? 0 : parent.place.isParameter ? mix(PARAMETER, labelBefore(parent)) : labelOf(parent)

/** Chance that two routes have a child of the same name, or both answer a method without a shape. */
const CHILD_CHANCE = 0.2
const EMPTY_CHANCE = 0.6

/** Features of what is answered at nodes of one text and below. */
export function featuresOf(nodes: Iterable<PathNode>, spread: Spread): Feature[] {
  const out = new Map<number, Feature>()
  for (const node of nodes) {
    own(node, 0, spread, out)
    for (const child of node.children.values()) {
      if (child.token.text === OVERFLOW_KEY) continue
      if (isSlash(child)) {
        own(child, 0, spread, out)
        continue
      }
      const label = mix(labelOf(child), 1)
      if (!child.place.isParameter) put(out, { key: label, slot: 0, chance: CHILD_CHANCE, isShape: false })
      own(child, label, spread, out)
      if (out.size >= FEATURES_MAX) break
      for (const grandchild of child.children.values())
        own(grandchild, isSlash(grandchild) ? label : mix(labelOf(grandchild), label), spread, out)
    }
  }
  return [...out.values()]
}

function own(node: PathNode, label: number, spread: Spread, out: Map<number, Feature>): void {
  for (let i = 0; i < node.features.length; i += 2) {
    const method = node.features[i]!
    const shape = node.features[i + 1]!
    const common = spread.chance(method, shape, node)
    const isShape = shape !== 0
    const chance = isShape ? common : Math.max(EMPTY_CHANCE, common)
    const slot = mix(method, label)
    put(out, { key: mix(slot, shape), slot: slot | 1, chance, isShape })
  }
}

function put(out: Map<number, Feature>, feature: Feature): void {
  if (out.size < FEATURES_MAX && !out.has(feature.key)) out.set(feature.key, feature)
}

export function siblingOf(
  text: string,
  nodes: readonly PathNode[],
  isValue: boolean,
  known: number,
  spread: Spread,
): Sibling {
  const { form, core } = nodes[0]!.token
  let hits = 0
  let consumers = 0
  for (const node of nodes) {
    hits += node.hits
    consumers |= node.consumers
  }
  const features = featuresOf(nodes, spread)
  return {
    text,
    form,
    length: core.length,
    hits,
    consumers: bits(consumers),
    features,
    isShaped: tells(features, spread),
    isValue,
    known,
  }
}

/** Some answer has a shape that is not everywhere; or none has one, where most have. */
function tells(features: readonly Feature[], spread: Spread): boolean {
  let isShaped = false
  for (const { isShape, chance } of features) {
    if (isShape && chance < COMMON) return true
    isShaped ||= isShape
  }
  return !isShaped && !spread.isPlain
}

export const featuresOfPlace = (place: Place, spread: Spread): Feature[] => featuresOf(place.members, spread)
