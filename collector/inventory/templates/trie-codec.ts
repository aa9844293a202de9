// The state of a PathTrie as bytes, and back: the copy goes on exactly as the original would have.
//
// In:  a trie.   Out: JSON in UTF-8; order of maps and sets included, because ties are decided by it.
// Nodes and places are lists in which each names its parent by place in the list. Nothing is checked but the version: what the store
// keeps is ours (store/ refuses what is damaged).
import { type LeafRecord, OVERFLOW_KEY, PathNode, Place, SHARED_KEY, type TemplateRecord } from "./nodes.ts"
import type { Pin } from "./path-learner.ts"
import type { PathTrie } from "./path-trie.ts"
import { type Form, type Token, tokenOf } from "./segments.ts"

const VERSION = 1

type PlaceRow = [
  number: number,
  parent: number,
  label: string,
  isParameter: 0 | 1,
  values: [string, string][],
  pinned: [string, string | null][],
  isApart: 0 | 1,
  template: [number, string] | null,
  name: string,
  pinnedName: string,
  decision: Place["decision"],
  open: { kept: string[]; heavy: [string, { count: number; error: number }][]; registers: number[] } | null,
  requests: number,
  reviewedRequests: number,
  members: number[],
  expected: string,
]
type NodeRow = [
  parent: number,
  segment: string,
  extension: string,
  place: number,
  hits: number,
  consumers: number,
  features: number[],
  forms: [Form, number][] | null,
  leaf: [number, string, string] | null,
]

interface State {
  version: number
  counts: PathTrie["counts"]
  requests: number
  reviewedRequests: number
  squeezed: number
  next: [leaf: number, template: number, place: number]
  size: [nodes: number, bytes: number]
  places: PlaceRow[]
  nodes: NodeRow[]
  dirty: number[]
  unnamed: number[]
  moved: [node: number, template: number, text: string][]
  spread: [number, number[]][]
  befores: number[]
  pins: readonly Pin[]
  pinnedUs: number
}

export function encodeTrie(trie: PathTrie): Uint8Array {
  const { placement, spread, pins } = trie
  const nodes = [...nodesBelow(placement.root)]
  const nodeAt = new Map(nodes.map((node, i) => [node, i]))
  const places = [...placesBelow(placement.rootPlace)]
  const placeAt = new Map(places.map((place, i) => [place, i]))
  const state: State = {
    version: VERSION,
    counts: { ...trie.counts },
    requests: trie.requests,
    reviewedRequests: trie.reviewedRequests,
    squeezed: trie.squeezed,
    next: [placement.nextLeaf, placement.nextTemplate, placement.nextPlace],
    size: [placement.nodes, placement.bytes],
    places: places.map((place) => placeRow(place, placeAt, nodeAt)),
    nodes: nodes.map((node) => nodeRow(node, nodeAt, placeAt)),
    dirty: [...placement.dirty].map((place) => placeAt.get(place) ?? -1),
    unnamed: [...placement.unnamed].map((place) => placeAt.get(place) ?? -1),
    moved: [...placement.moved].map(([leaf, from]) => [nodeAt.get(leaf.node)!, from.number, from.text]),
    spread: [...spread.entries],
    befores: [...spread.befores],
    pins: pins.pins,
    pinnedUs: pins.atUs,
  }
  return Buffer.from(JSON.stringify(state))
}

function placeRow(place: Place, placeAt: Map<Place, number>, nodeAt: Map<PathNode, number>): PlaceRow {
  const { open } = place
  return [
    place.number,
    place.parent === null ? -1 : placeAt.get(place.parent)!,
    place.label,
    place.isParameter ? 1 : 0,
    [...place.values],
    [...place.pinned],
    place.isApart ? 1 : 0,
    place.template === null ? null : [place.template.number, place.template.text],
    place.name,
    place.pinnedName,
    place.decision,
    open === null ? null : { kept: [...open.kept], heavy: [...open.heavy], registers: [...open.registers] },
    place.requests,
    place.reviewedRequests,
    [...place.members].map((node) => nodeAt.get(node)!),
    place.expected,
  ]
}

function nodeRow(node: PathNode, nodeAt: Map<PathNode, number>, placeAt: Map<Place, number>): NodeRow {
  const { parent, token, leaf } = node
  const suffix = `.${token.extension}`
  return [
    parent === null ? -1 : nodeAt.get(parent)!,
    token.extension === "" ? token.text : token.text.slice(0, -suffix.length),
    token.extension,
    placeAt.get(node.place)!,
    node.hits,
    node.consumers,
    node.features,
    node.forms === null ? null : [...node.forms],
    leaf === null ? null : [leaf.number, leaf.path, leaf.extension],
  ]
}

/** Into an empty trie. */
export function decodeTrie(bytes: Uint8Array, trie: PathTrie): void {
  const state = JSON.parse(Buffer.from(bytes).toString()) as State
  if (state.version !== VERSION)
    throw new Error(`path templates of version ${state.version}, this collector reads ${VERSION}`)
  const { placement, spread } = trie
  Object.assign(trie.counts, state.counts)
  trie.requests = state.requests
  trie.reviewedRequests = state.reviewedRequests
  trie.squeezed = state.squeezed
  const places = restorePlaces(state.places, placement.rootPlace)
  const nodes = restoreNodes(state.nodes, places, placement.root)
  ;[placement.nextLeaf, placement.nextTemplate, placement.nextPlace] = state.next
  ;[placement.nodes, placement.bytes] = state.size
  state.places.forEach((row, i) => {
    const { members } = places[i]!
    members.clear()
    for (const node of row[14]) members.add(nodes[node]!)
  })
  for (const i of state.dirty) if (i >= 0) placement.dirty.add(places[i]!)
  for (const i of state.unnamed) if (i >= 0) placement.unnamed.add(places[i]!)
  const templates = new Map<number, TemplateRecord>()
  for (const { template } of places) if (template !== null) templates.set(template.number, template)
  for (const [node, number, text] of state.moved)
    placement.moved.set(nodes[node]!.leaf!, templates.get(number) ?? { number, text })
  for (const before of state.befores) spread.befores.add(before)
  for (const [feature, pairs] of state.spread) spread.entries.set(feature, pairs)
  trie.pins.load(state.pins, state.pinnedUs)
}

function restorePlaces(rows: readonly PlaceRow[], root: Place): Place[] {
  const places: Place[] = []
  for (const row of rows) {
    const [number, parentAt, label, isParameter, values, pinned, isApart, template, name, pinnedName, decision, open] =
      row
    const parent = places[parentAt]
    const place = parent === undefined ? root : new Place(parent, label, isParameter === 1, number)
    if (parent !== undefined) (isParameter === 1 ? parent.parameters : parent.texts).set(label, place)
    for (const [text, frame] of values) place.values.set(text, frame)
    for (const [text, frame] of pinned) place.pinned.set(text, frame)
    place.isApart = isApart === 1
    place.template = template === null ? null : { number: template[0], text: template[1] }
    place.name = name
    place.pinnedName = pinnedName
    place.decision = decision
    if (open !== null)
      place.open = { kept: new Set(open.kept), heavy: new Map(open.heavy), registers: Uint8Array.from(open.registers) }
    place.requests = row[12]
    place.reviewedRequests = row[13]
    place.expected = row[15]
    places.push(place)
  }
  return places
}

function restoreNodes(rows: readonly NodeRow[], places: readonly Place[], root: PathNode): PathNode[] {
  const nodes: PathNode[] = []
  for (const [parentAt, segment, extension, placeAt, hits, consumers, features, forms, leaf] of rows) {
    const parent = nodes[parentAt]
    const place = places[placeAt]!
    const node = parent === undefined ? root : new PathNode(parent, restoreToken(segment, extension, place), place)
    if (parent !== undefined) parent.children.set(node.token.text, node)
    node.hits = hits
    node.consumers = consumers
    node.features.push(...features)
    node.forms = forms === null ? null : new Map(forms)
    if (leaf !== null) {
      const record: LeafRecord = { number: leaf[0], path: leaf[1], extension: leaf[2], template: place.template!, node }
      node.leaf = record
    }
    nodes.push(node)
  }
  return nodes
}

function restoreToken(segment: string, extension: string, place: Place): Token {
  if (segment.startsWith(SHARED_KEY) || segment === OVERFLOW_KEY || segment.startsWith("\u0003"))
    return {
      text: segment,
      extension: "",
      form: segment.startsWith(SHARED_KEY) ? "!" : "=",
      kind: "",
      frame: place.label,
      core: "",
    }
  return tokenOf(segment, extension)
}

function* nodesBelow(node: PathNode): Iterable<PathNode> {
  yield node
  for (const child of node.children.values()) yield* nodesBelow(child)
}

function* placesBelow(place: Place): Iterable<Place> {
  yield place
  for (const below of place.texts.values()) yield* placesBelow(below)
  for (const below of place.parameters.values()) yield* placesBelow(below)
}
