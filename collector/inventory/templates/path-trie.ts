// The path templates of one service, learnt online: what the inventory holds of a PathLearner.
//
// In:  paths, what was answered at them, pins.   Out: leaves, and from reviews how they are regrouped (path-learner.ts).
// Two trees (nodes.ts): paths as they were seen, and places, which are templates. `note` counts; `review` looks at the places below
// which something is new (review.ts) and puts nodes where the decisions say (placement.ts).
// Given up: past `limits.nodes` or `limits.bytes`, after parameters were folded as far as they can be, what has no place yet shares one
// leaf, "/{+rest}". README.md has the algorithm.
import { EMPTY_SHAPES } from "../../../shared/event/api-event.ts"
import { evidenceOf, suggestionsOf } from "./evidence.ts"
import { hashText, isSlash, type LeafRecord, OVERFLOW_KEY, type PathNode, type Place } from "./nodes.ts"
import { noteShared, sharedFor } from "./open-values.ts"
import type {
  EnumSuggestion,
  LearnerCounters,
  PathLeaf,
  PathLearner,
  Pin,
  Regrouping,
  Template,
  TemplateEvidence,
} from "./path-learner.ts"
import { Pins } from "./pins.ts"
import { addFeature, Placement, pathOf } from "./placement.ts"
import { regroupings } from "./regroupings.ts"
import { CHILDREN_MAX, ENDINGS, FILE, type ReviewCounts, Reviewer, takesVersions, VERSIONS } from "./review.ts"
import { type Token, tokenOf, tokensOf, VERSIONS_MAX } from "./segments.ts"
import { Spread } from "./spread.ts"
import { decodeTrie, encodeTrie } from "./trie-codec.ts"

export interface PathLimits {
  /** Of one service. */
  readonly nodes: number
  /** Estimated. */
  readonly bytes: number
}

export const DEFAULT_PATH_LIMITS: PathLimits = { nodes: 8192, bytes: 4 * 1024 * 1024 }

/** Requests between two reviews: the first, and from then on this share of all requests, at most REVIEW_MAX. */
const REVIEW_EVERY = 64
const REVIEW_SHARE = 16
const REVIEW_MAX = 4096
/** Rounds of one review: what was merged above may decide below. */
const ROUNDS_MAX = 6
/** Levels above a new answer that are looked at again: likelihoods see two segments below a sibling. */
const LEVELS_UP = 3
const WIDTH_MIN = 8
/** Share of the limits from which parameters are folded and children flooded earlier. */
const FULL = 0.7

export class PathTrie implements PathLearner {
  readonly limits: PathLimits
  readonly placement: Placement
  readonly spread: Spread
  readonly pins: Pins
  readonly counts: ReviewCounts & { reviews: number; capped: number }
  /** Requests noted; at the last review. */
  requests = 0
  reviewedRequests = 0
  isDirty = false
  /** Share of the limits that was left in use when parameters were last folded for their sake. */
  squeezed = 0
  readonly #reviewer: Reviewer

  constructor(limits: PathLimits = DEFAULT_PATH_LIMITS) {
    this.limits = limits
    this.placement = new Placement()
    this.spread = new Spread()
    this.pins = new Pins(this.placement)
    this.counts = { merges: 0, unmerges: 0, splits: 0, folds: 0, floods: 0, reviews: 0, capped: 0 }
    this.#reviewer = new Reviewer(this.placement, this.spread, this.counts)
  }

  get counters(): LearnerCounters {
    return { nodes: this.placement.nodes, bytes: this.placement.bytes, ...this.counts }
  }

  find(path: string, extension: string): PathLeaf | null {
    let node: PathNode | undefined = this.placement.root
    for (const token of tokensOf(path, extension)) {
      node = childOf(node, token)
      if (node === undefined) return null
    }
    return node.leaf
  }

  add(path: string, extension: string, _atUs: number): PathLeaf {
    const tokens = tokensOf(path, extension)
    let node = this.placement.root
    let isNew = false
    for (const token of tokens) {
      let child = childOf(node, token)
      if (child === undefined) {
        if (this.#isFull) return this.#overflow()
        this.#expect(node, token)
        child = childOf(node, token) ?? this.placement.addNode(node, token.text, token)
        isNew = true
      }
      node = child
    }
    const isNewLeaf = node.leaf === null
    if (isNewLeaf) {
      const isShared = isBelowShared(node)
      this.placement.addLeaf(node, isShared ? pathOf(node, extension) : path, extension)
      isNew = true
    }
    if (isNew) {
      this.isDirty = true
      this.pins.applyTo(node.leaf!, tokens)
      if (isNewLeaf) this.placement.moved.delete(node.leaf!)
    }
    return node.leaf!
  }

  get #isFull(): boolean {
    return this.placement.nodes >= this.limits.nodes || this.placement.bytes >= this.limits.bytes
  }

  /** A text that looks like the values of a parameter beside it is one until its answers say otherwise. */
  #expect(node: PathNode, token: Token): void {
    if (token.form === "!" || token.form === "=" || node.place.isApart) return
    const { values, texts, pinned, parameters } = node.place
    if (values.has(token.text) || texts.has(token.text) || pinned.has(token.text)) return
    if (token.form === VERSIONS) {
      if (takesVersions(parameters.get("")) || hasVersions(texts, VERSIONS_MAX)) values.set(token.text, "")
      return
    }
    const isFile = token.frame.startsWith(FILE) && !parameters.has(token.frame)
    const frame = isFile ? "" : token.frame
    const expected = parameters.get(frame)?.expected
    if (expected?.includes(token.form) === true && (!isFile || expected.includes(ENDINGS)))
      values.set(token.text, frame)
  }

  #overflow(): PathLeaf {
    const { placement } = this
    this.counts.capped++
    const { root } = placement
    const node = root.children.get(OVERFLOW_KEY) ?? placement.addNode(root, OVERFLOW_KEY, OVERFLOW)
    return node.leaf ?? placement.addLeaf(node, "/{+rest}", "")
  }

  note(leaf: PathLeaf, path: string, method: string, shape: number, consumer: number, _atUs: number): void {
    const { node } = leaf as LeafRecord
    const verb = hashText(method)
    const told = EMPTY_SHAPES.has(shape) ? 0 : shape
    if (addFeature(node, verb, told)) {
      this.spread.add(verb, told, node)
      this.#touchAbove(node)
    }
    const bit = 1 << (consumer & 31)
    let isShared = false
    for (let at: PathNode | null = node; at !== null; at = at.parent) {
      at.hits++
      at.consumers |= bit
      if (at.forms !== null) isShared = true
      const { place } = at
      if (++place.requests >= 2 * place.reviewedRequests) this.placement.touch(place)
    }
    if (isShared) this.#noteShared(node, path, leaf.extension)
    this.requests++
    this.isDirty = true
  }

  #touchAbove(node: PathNode): void {
    let at = isSlash(node) && node.parent !== null ? node.parent.parent : node.parent
    for (let level = 0; level < LEVELS_UP && at !== null; level++, at = at.parent) this.placement.touch(at.place)
  }

  #noteShared(leafNode: PathNode, path: string, extension: string): void {
    const tokens = tokensOf(path, extension)
    let depth = tokens.length - 1
    for (let at: PathNode = leafNode; at.parent !== null && depth >= 0; at = at.parent, depth--)
      if (at.forms !== null) noteShared(at, tokens[depth]!)
  }

  get isDue(): boolean {
    const { placement } = this
    if (placement.dirty.size === 0) return false
    const every = Math.min(REVIEW_MAX, Math.max(REVIEW_EVERY, this.requests / REVIEW_SHARE))
    return this.requests - this.reviewedRequests >= every
  }

  review(atUs: number): readonly Regrouping[] {
    this.counts.reviews++
    this.reviewedRequests = this.requests
    this.isDirty = true
    this.#rounds(atUs, CHILDREN_MAX)
    this.#squeeze(atUs)
    return regroupings(this.placement)
  }

  /** Folds and floods earlier, where the limits come near; again when as much has come since as was left then. */
  #squeeze(atUs: number): void {
    if (this.#fullness < Math.max(FULL, this.squeezed + (1 - FULL) / 4)) return
    for (let width = CHILDREN_MAX >> 1; width >= WIDTH_MIN && this.#fullness > FULL; width >>= 1) {
      for (const place of allPlaces(this.placement.rootPlace))
        if (place.texts.size + place.members.size > width) this.placement.touch(place)
      this.#rounds(atUs, width)
    }
    this.squeezed = this.#fullness
  }

  get #fullness(): number {
    const { nodes, bytes } = this.placement
    return Math.max(nodes / this.limits.nodes, bytes / this.limits.bytes)
  }

  #rounds(atUs: number, width: number): void {
    const { dirty } = this.placement
    for (let round = 0; round < ROUNDS_MAX && dirty.size > 0; round++) {
      const places = [...dirty].sort((a, b) => b.depth - a.depth || a.number - b.number)
      for (const place of places) {
        if (!dirty.delete(place)) continue
        place.reviewedRequests = Math.max(4, place.requests)
        this.#reviewer.review(place, atUs, width)
      }
    }
    dirty.clear()
  }

  pin(pins: readonly Pin[], atUs: number): readonly Regrouping[] {
    this.pins.replace(pins, atUs)
    this.isDirty = true
    this.#rounds(atUs, CHILDREN_MAX)
    return regroupings(this.placement)
  }

  *leaves(): Iterable<PathLeaf> {
    yield* leavesBelow(this.placement.root)
  }

  evidence(template: Template): readonly TemplateEvidence[] {
    for (const place of allPlaces(this.placement.rootPlace)) if (place.template === template) return evidenceOf(place)
    return []
  }

  suggestions(): readonly EnumSuggestion[] {
    return suggestionsOf([...allPlaces(this.placement.rootPlace)], this.spread)
  }

  toBytes(): Uint8Array {
    this.isDirty = false
    return encodeTrie(this)
  }

  static from(bytes: Uint8Array, limits: PathLimits = DEFAULT_PATH_LIMITS): PathTrie {
    const trie = new PathTrie(limits)
    decodeTrie(bytes, trie)
    return trie
  }
}

const OVERFLOW: Token = { text: OVERFLOW_KEY, extension: "", form: "=", kind: "text", frame: "", core: "" }

const childOf = (node: PathNode, token: Token): PathNode | undefined =>
  node.children.get(token.text) ?? sharedFor(node, token) ?? undefined

/** As many versions as an API may have. */
function hasVersions(texts: ReadonlyMap<string, Place>, most: number): boolean {
  if (texts.size < most) return false
  let count = 0
  for (const text of texts.keys()) if (tokenOf(text, "").form === VERSIONS) count++
  return count >= most
}

function isBelowShared(node: PathNode): boolean {
  for (let at: PathNode | null = node; at !== null; at = at.parent) if (at.forms !== null) return true
  return false
}

function* leavesBelow(node: PathNode): Iterable<PathLeaf> {
  if (node.leaf !== null) yield node.leaf
  for (const child of node.children.values()) yield* leavesBelow(child)
}

export function* allPlaces(place: Place): Iterable<Place> {
  yield place
  for (const below of place.texts.values()) yield* allPlaces(below)
  for (const below of place.parameters.values()) yield* allPlaces(below)
}
