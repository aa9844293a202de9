// What is known of the texts at a position: what the likelihoods look at.
//
// In:  a place, and how widely each answer is spread over the service (spread.ts).
// Out: a Sibling a text, with the features of what is answered there and at most two segments below.
import { COMMON, type Feature, type Sibling } from "./likelihood.ts"
import { bits, isSlash, mix, OVERFLOW_KEY, type PathNode, type Place } from "./nodes.ts"
import { labelOf, type Spread } from "./spread.ts"

/** Features of one sibling. */
const FEATURES_MAX = 24
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

/** Segments before answers from which on it can be said that a shape is everywhere. */
const COMPARED = 2

/** Some answer has a shape that is not everywhere; or none has one, where most have. */
function tells(features: readonly Feature[], spread: Spread): boolean {
  if (spread.isUniform) return false
  const isAlone = spread.befores.size < COMPARED
  let isShaped = false
  for (const { isShape, chance } of features) {
    if (isShape && (isAlone || chance < COMMON)) return true
    isShaped ||= isShape
  }
  return !isShaped && !spread.isPlain
}

export const featuresOfPlace = (place: Place, spread: Spread): Feature[] => featuresOf(place.members, spread)
