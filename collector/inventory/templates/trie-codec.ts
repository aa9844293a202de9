// The state of a PathTrie as bytes, and back: the copy goes on exactly as the original would have.
//
// In:  a trie.   Out: numbers and texts in a row (state-bytes.ts); order of maps and sets included, because ties are decided by it.
// Nodes and places are lists in which each names its parent by place in the list. What is rare (decisions, open parameters, pins) is
// JSON among the texts. Nothing is checked but the version: what the store keeps is ours (store/ refuses what is damaged).
import { type LeafRecord, OVERFLOW_KEY, PathNode, Place, SHARED_KEY, type TemplateRecord } from "./nodes.ts"
import type { Pin } from "./path-learner.ts"
import type { PathTrie } from "./path-trie.ts"
import { type Form, type Token, tokenOf } from "./segments.ts"
import { StateReader, StateWriter } from "./state-bytes.ts"

const VERSION = 3
/** Like the present one but for how common answers are (spread.ts), which is then learned anew. */
const BEFORE_SPREAD = 2

/** What there is once. */
interface Whole {
  counts: PathTrie["counts"]
  requests: number
  reviewedRequests: number
  squeezed: number
  next: [leaf: number, template: number, place: number]
  size: [nodes: number, bytes: number]
  moved: [node: number, template: number, text: string][]
  spread: [answers: number, shaped: number, most: number]
  pins: readonly Pin[]
  pinnedUs: number
}

/** What few places have. */
interface Rare {
  decision: Place["decision"]
  open: { kept: string[]; heavy: [string, { count: number; error: number }][]; registers: number[] } | null
  pinned: [string, string | null][]
  /** Left out where there are none. */
  pinnedByPeople?: string[]
  pinnedName: string
}

const Flag = { parameter: 1, apart: 2, template: 4, rare: 8, strong: 16 } as const

export function encodeTrie(trie: PathTrie): Uint8Array {
  const { placement, spread, pins } = trie
  const out = new StateWriter()
  const nodeAt = new Map<PathNode, number>()
  const placeAt = new Map<Place, number>()
  numberNodes(placement.root, nodeAt)
  numberPlaces(placement.rootPlace, placeAt)
  const whole: Whole = {
    counts: { ...trie.counts },
    requests: trie.requests,
    reviewedRequests: trie.reviewedRequests,
    squeezed: trie.squeezed,
    next: [placement.nextLeaf, placement.nextTemplate, placement.nextPlace],
    size: [placement.nodes, placement.bytes],
    moved: [...placement.moved].map(([leaf, from]) => [nodeAt.get(leaf.node)!, from.number, from.text]),
    spread: [spread.answers, spread.shaped, spread.most],
    pins: pins.pins,
    pinnedUs: pins.atUs,
  }
  out.number(VERSION)
  out.text(JSON.stringify(whole))
  out.number(placeAt.size)
  for (const place of placeAt.keys()) writePlace(place, placeAt, out)
  out.number(nodeAt.size)
  for (const node of nodeAt.keys()) writeNode(node, nodeAt, placeAt, out)
  for (const place of placeAt.keys()) {
    out.number(place.members.size)
    for (const member of place.members) out.number(nodeAt.get(member)!)
  }
  for (const set of [placement.dirty, placement.unnamed])
    out.numbers([...set].map((place) => placeAt.get(place) ?? -1).filter((at) => at >= 0))
  out.words([...spread.befores])
  out.words(spread.sample)
  out.number(spread.entries.size)
  for (const [key, { positions, sample }] of spread.entries) {
    out.number(key)
    out.number(sample)
    out.words(positions)
  }
  return out.finish()
}

function numberNodes(node: PathNode, into: Map<PathNode, number>): void {
  into.set(node, into.size)
  for (const child of node.children.values()) numberNodes(child, into)
}

function numberPlaces(place: Place, into: Map<Place, number>): void {
  into.set(place, into.size)
  for (const below of place.texts.values()) numberPlaces(below, into)
  for (const below of place.parameters.values()) numberPlaces(below, into)
}

function writePlace(place: Place, placeAt: ReadonlyMap<Place, number>, out: StateWriter): void {
  const { template, open, decision, pinned, pinnedName } = place
  // Most decisions are of this kind, and no more than a time.
  const isStrong = decision !== null && decision.rule === "strong" && Object.keys(decision.numbers).length === 0
  const isRare = open !== null || (decision !== null && !isStrong) || pinned.size > 0 || pinnedName !== ""
  out.number(
    (place.isParameter ? Flag.parameter : 0) |
      (place.isApart ? Flag.apart : 0) |
      (template === null ? 0 : Flag.template) |
      (isRare ? Flag.rare : 0) |
      (isStrong ? Flag.strong : 0),
  )
  out.number(place.parent === null ? -1 : placeAt.get(place.parent)!)
  out.number(place.number)
  out.number(place.requests)
  out.number(place.reviewedRequests)
  out.text(place.label)
  out.text(place.name)
  out.text(place.expected)
  if (template !== null) {
    out.number(template.number)
    out.text(template.text)
  }
  if (isRare) {
    const opened =
      open === null ? null : { kept: [...open.kept], heavy: [...open.heavy], registers: [...open.registers] }
    const people = place.pinnedByPeople.size === 0 ? {} : { pinnedByPeople: [...place.pinnedByPeople] }
    const rare: Rare = { decision, open: opened, pinned: [...pinned], ...people, pinnedName }
    out.text(JSON.stringify(rare))
  }
  if (isStrong) out.number(decision.decidedUs)
  out.number(place.values.size)
  for (const [text, frame] of place.values) {
    out.text(text)
    out.text(frame)
  }
}

function writeNode(
  node: PathNode,
  nodeAt: ReadonlyMap<PathNode, number>,
  placeAt: ReadonlyMap<Place, number>,
  out: StateWriter,
): void {
  const { parent, token, leaf, forms } = node
  out.number(parent === null ? -1 : nodeAt.get(parent)!)
  out.text(token.extension === "" ? token.text : token.text.slice(0, -1 - token.extension.length))
  out.text(token.extension)
  out.number(placeAt.get(node.place)!)
  out.number(node.hits)
  out.number(node.consumers)
  out.words(node.features)
  out.number(forms === null ? -1 : forms.size)
  for (const [form, hits] of forms ?? []) {
    out.text(form)
    out.number(hits)
  }
  out.number(leaf === null ? 0 : leaf.number)
  if (leaf === null) return
  out.text(leaf.path)
  out.text(leaf.extension)
}

/** Into an empty trie. */
export function decodeTrie(bytes: Uint8Array, trie: PathTrie): void {
  const from = new StateReader(bytes)
  // The first version was JSON.
  const version = bytes[0] === 0x7b ? 1 : from.number()
  if (version !== VERSION && version !== BEFORE_SPREAD)
    throw new Error(`path templates of version ${version}, this collector reads ${VERSION}`)
  const whole = JSON.parse(from.text()) as Whole
  const { placement, spread } = trie
  Object.assign(trie.counts, whole.counts)
  trie.requests = whole.requests
  trie.reviewedRequests = whole.reviewedRequests
  trie.squeezed = whole.squeezed
  const places: Place[] = []
  for (let left = from.number(); left > 0; left--) places.push(readPlace(places, placement.rootPlace, from))
  const nodes: PathNode[] = []
  for (let left = from.number(); left > 0; left--) nodes.push(readNode(nodes, places, placement.root, from))
  ;[placement.nextLeaf, placement.nextTemplate, placement.nextPlace] = whole.next
  ;[placement.nodes, placement.bytes] = whole.size
  for (const { members } of places) {
    members.clear()
    for (const at of from.numbers()) members.add(nodes[at]!)
  }
  for (const set of [placement.dirty, placement.unnamed]) {
    set.clear()
    for (const at of from.numbers()) set.add(places[at]!)
  }
  const templates = new Map<number, TemplateRecord>()
  for (const { template } of places) if (template !== null) templates.set(template.number, template)
  for (const [node, number, text] of whole.moved)
    placement.moved.set(nodes[node]!.leaf!, templates.get(number) ?? { number, text })
  trie.pins.load(whole.pins, whole.pinnedUs)
  if (version === BEFORE_SPREAD) return
  ;[spread.answers, spread.shaped, spread.most] = whole.spread
  for (const before of from.words()) spread.befores.add(before)
  spread.sample.push(...from.words())
  for (let left = from.number(); left > 0; left--) {
    const key = from.number()
    const sample = from.number()
    spread.entries.set(key, { positions: from.words(), sample })
  }
}

function readPlace(places: readonly Place[], root: Place, from: StateReader): Place {
  const flags = from.number()
  const parent = places[from.number()]
  const number = from.number()
  const requests = from.number()
  const reviewedRequests = from.number()
  const label = from.text()
  const isParameter = (flags & Flag.parameter) !== 0
  const place = parent === undefined ? root : new Place(parent, label, isParameter, number)
  if (parent !== undefined) (isParameter ? parent.parameters : parent.texts).set(label, place)
  place.requests = requests
  place.reviewedRequests = reviewedRequests
  place.name = from.text()
  place.expected = from.text()
  place.isApart = (flags & Flag.apart) !== 0
  if ((flags & Flag.template) !== 0) place.template = { number: from.number(), text: from.text() }
  if ((flags & Flag.rare) !== 0) {
    const { decision, open, pinned, pinnedByPeople = [], pinnedName } = JSON.parse(from.text()) as Rare
    place.decision = decision
    place.pinnedName = pinnedName
    for (const [text, frame] of pinned) place.pinned.set(text, frame)
    for (const text of pinnedByPeople) place.pinnedByPeople.add(text)
    if (open !== null)
      place.open = { kept: new Set(open.kept), heavy: new Map(open.heavy), registers: Uint8Array.from(open.registers) }
  }
  if ((flags & Flag.strong) !== 0) place.decision = { rule: "strong", decidedUs: from.number(), numbers: {} }
  for (let left = from.number(); left > 0; left--) place.values.set(from.text(), from.text())
  return place
}

function readNode(nodes: readonly PathNode[], places: readonly Place[], root: PathNode, from: StateReader): PathNode {
  const parent = nodes[from.number()]
  const segment = from.text()
  const extension = from.text()
  const place = places[from.number()]!
  const node = parent === undefined ? root : new PathNode(parent, restoreToken(segment, extension, place), place)
  if (parent !== undefined) parent.children.set(node.token.text, node)
  node.hits = from.number()
  node.consumers = from.number()
  node.features.push(...from.words())
  const forms = from.number()
  if (forms >= 0) node.forms = new Map()
  for (let left = forms; left > 0; left--) node.forms!.set(from.text() as Form, from.number())
  const number = from.number()
  if (number === 0) return node
  const leaf: LeafRecord = { number, path: from.text(), extension: from.text(), template: place.template!, node }
  node.leaf = leaf
  return node
}

function restoreToken(segment: string, extension: string, place: Place): Token {
  if (segment.startsWith(SHARED_KEY) || segment === OVERFLOW_KEY || segment.startsWith("\u0003"))
    return {
      text: segment,
      extension: "",
      form: segment.startsWith(SHARED_KEY) ? "!" : "=",
      kind: "",
      frame: segment.startsWith(SHARED_KEY) ? segment.slice(SHARED_KEY.length) : place.label,
      core: "",
    }
  return tokenOf(segment, extension)
}
