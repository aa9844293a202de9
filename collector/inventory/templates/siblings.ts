// What is known of the texts at a position: what the likelihoods look at.
//
// In:  a place, and how widely each answer is spread over the service (`Spread`).
// Out: a Sibling a text, with the features of what is answered there and at most two segments below.
import type { Feature, Sibling } from "./likelihood.ts"
import { bits, hashText, mix, OVERFLOW_KEY, type PathNode, type Place } from "./nodes.ts"

/** Features of one sibling. */
const FEATURES_MAX = 24
/** Labels remembered of one answer; from there on it is everywhere. */
const SPREAD_MAX = 12
const SPREAD_ENTRIES_MAX = 4096
const PARAMETER = hashText("{}")

interface Places {
  readonly labels: Set<number>
  readonly parents: Set<number>
}

/**
 * At how many different things an answer (method and shape) was seen: the smaller of the distinct segments that it was seen at and the
 * distinct segments before those, so that the values of one parameter, which share what is before or after them, count once.
 */
export class Spread {
  readonly entries = new Map<number, Places>()

  add(feature: number, node: PathNode): void {
    let entry = this.entries.get(feature)
    if (entry === undefined) {
      if (this.entries.size >= SPREAD_ENTRIES_MAX) return
      entry = { labels: new Set(), parents: new Set() }
      this.entries.set(feature, entry)
    }
    if (entry.labels.size < SPREAD_MAX) entry.labels.add(labelOf(node))
    if (entry.parents.size < SPREAD_MAX) entry.parents.add(node.parent === null ? 0 : labelOf(node.parent))
  }

  /** 1 where it was seen at one thing only. */
  of(feature: number): number {
    const entry = this.entries.get(feature)
    return entry === undefined ? 1 : Math.min(entry.labels.size, entry.parents.size)
  }

  /** Chance that another route beside has it, too. */
  chance(feature: number): number {
    return Math.min(0.85, 0.06 + 0.08 * (this.of(feature) - 1))
  }
}

const labelOf = (node: PathNode): number => (node.place.isParameter ? PARAMETER : hashText(node.token.text))

/** Chance that two routes have a child of the same name, or that a route answers a method without a body. */
const CHILD_CHANCE = 0.2
const EMPTY_CHANCE = 0.5

/** Features of what is answered at nodes of one text and below. */
export function featuresOf(nodes: Iterable<PathNode>, spread: Spread): Feature[] {
  const out = new Map<number, Feature>()
  for (const node of nodes) {
    own(node, 0, spread, out)
    for (const child of node.children.values()) {
      if (child.token.text === OVERFLOW_KEY) continue
      const label = mix(labelOf(child), 1)
      put(out, label, child.place.isParameter ? 0.4 : CHILD_CHANCE)
      own(child, label, spread, out)
      if (out.size >= FEATURES_MAX) break
      for (const grandchild of child.children.values()) own(grandchild, mix(labelOf(grandchild), label), spread, out)
    }
  }
  return [...out.values()]
}

function own(node: PathNode, label: number, spread: Spread, out: Map<number, Feature>): void {
  for (const feature of node.features)
    put(out, label === 0 ? feature : mix(feature, label), isEmpty(feature) ? EMPTY_CHANCE : spread.chance(feature))
}

function put(out: Map<number, Feature>, key: number, chance: number): void {
  if (out.size < FEATURES_MAX && !out.has(key)) out.set(key, { key, chance })
}

/** Features of answers without a shape have their lowest bit cleared. */
export const isEmpty = (feature: number): boolean => (feature & 1) === 0

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
  return {
    text,
    form,
    length: core.length,
    hits,
    consumers: bits(consumers),
    features: featuresOf(nodes, spread),
    isValue,
    known,
  }
}

export const featuresOfPlace = (place: Place, spread: Spread): Feature[] => featuresOf(place.members, spread)
