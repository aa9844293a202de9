// Where path nodes belong, given the decisions of places; templates and leaves follow.
//
// In:  a new node, or a place whose decisions have changed (`settle`).
// Out: nodes at the places that the decisions name, leaves with the template of their place, and what is to be told of it.
// No decision is made here. Moving a value into a parameter takes with it what was decided below it.
import {
  FEATURES_MAX,
  type LeafRecord,
  OVERFLOW_KEY,
  PathNode,
  Place,
  SHARED_KEY,
  type TemplateRecord,
} from "./nodes.ts"
import { BARE, type Token } from "./segments.ts"

const ROOT: Token = { text: "", extension: "", form: "=", kind: "word", frame: "", core: "" }

export class Placement {
  readonly rootPlace: Place
  readonly root: PathNode
  nodes = 1
  bytes = 0
  nextLeaf = 1
  nextTemplate = 1
  nextPlace = 1
  /** Leaves whose template has changed, with the one that was told last. */
  readonly moved = new Map<LeafRecord, TemplateRecord>()
  /** Leaves that are gone, with the one that has taken their place. */
  readonly folded = new Map<LeafRecord, LeafRecord>()
  /** Parameters whose name may have changed. */
  readonly unnamed = new Set<Place>()
  readonly dirty = new Set<Place>()

  constructor() {
    this.rootPlace = new Place(null, "", false, 0)
    this.root = new PathNode(null, ROOT, this.rootPlace)
  }

  /** The place below `parent` that decisions give a token; made when it is not there. */
  placeFor(parent: Place, token: Token): Place {
    const frame = frameFor(parent, token)
    const places = frame === null ? parent.texts : parent.parameters
    const label = frame ?? token.text
    let place = places.get(label)
    if (place === undefined) {
      place = new Place(parent, label, frame !== null, this.nextPlace++)
      places.set(label, place)
      if (frame !== null) place.name = token.kind
    }
    return place
  }

  addNode(parent: PathNode, key: string, token: Token, isShared = false): PathNode {
    const place = key === OVERFLOW_KEY ? this.#overflow(parent.place) : this.placeFor(parent.place, token)
    const node = new PathNode(parent, token, place)
    if (isShared) node.forms = new Map()
    parent.children.set(key, node)
    this.nodes++
    this.bytes += bytesOf(token)
    if (place.isParameter) this.unnamed.add(place)
    // Called by its kind at once: a template is told of before the first review.
    if (place.name === "" && token.form === "!") place.name = token.kind
    this.touch(parent.place)
    return node
  }

  #overflow(parent: Place): Place {
    let place = parent.parameters.get(OVERFLOW_KEY)
    if (place === undefined) {
      place = new Place(parent, OVERFLOW_KEY, true, this.nextPlace++)
      place.name = "+rest"
      parent.parameters.set(OVERFLOW_KEY, place)
    }
    return place
  }

  addLeaf(node: PathNode, path: string, extension: string): LeafRecord {
    const template = this.templateOf(node.place)
    const leaf: LeafRecord = { number: this.nextLeaf++, path, extension, template, node }
    node.leaf = leaf
    this.bytes += 160
    return leaf
  }

  templateOf(place: Place): TemplateRecord {
    place.template ??= { number: this.nextTemplate++, text: textOf(place) }
    return place.template
  }

  /** Something new below a place. */
  touch(place: Place): void {
    this.dirty.add(place)
  }

  /** Puts the children of a place where its decisions say. */
  settle(place: Place): void {
    for (const member of place.members)
      for (const [key, child] of member.children) {
        if (key === OVERFLOW_KEY) continue
        const target = child.forms === null ? this.placeFor(place, child.token) : this.#sharedPlace(place, key, child)
        if (child.place !== target) this.#move(child, target)
      }
    this.#prune(place)
  }

  #move(node: PathNode, target: Place): void {
    const from = node.place
    from.members.delete(node)
    node.place = target
    target.members.add(node)
    if (target.isParameter) this.unnamed.add(target)
    if (from.isParameter) this.unnamed.add(from)
    const { leaf } = node
    if (leaf !== null) {
      if (!this.moved.has(leaf)) this.moved.set(leaf, leaf.template)
      leaf.template = this.templateOf(target)
    }
    adopt(from, target)
    for (const [key, child] of node.children) {
      const below =
        key === OVERFLOW_KEY
          ? this.#overflow(target)
          : child.forms === null
            ? this.placeFor(target, child.token)
            : this.#sharedPlace(target, key, child)
      this.#move(child, below)
    }
    this.touch(target)
  }

  /** The place below `parent` of values that share a node: the parameter of the frame under which they were folded, or the one that a pin says. */
  #sharedPlace(parent: Place, key: string, { place: like }: PathNode): Place {
    const frame = parent.pinned.get(key) ?? frameOf(key)
    let place = parent.parameters.get(frame)
    if (place === like) return like
    if (place === undefined) {
      place = new Place(parent, frame, true, this.nextPlace++)
      place.name = like.name
      place.decision = like.decision
      parent.parameters.set(frame, place)
    }
    if (place.open === null && like.open !== null)
      place.open = { kept: new Set(like.open.kept), heavy: new Map(), registers: Uint8Array.from(like.open.registers) }
    else if (place.open !== null && like.open !== null)
      like.open.registers.forEach((rank, i) => {
        if (rank > place.open!.registers[i]!) place.open!.registers[i] = rank
      })
    return place
  }

  /** Forgets all places below that have no members left. */
  #prune(place: Place): void {
    for (const places of [place.texts, place.parameters])
      for (const [label, below] of places)
        if (below.members.size > 0) this.#prune(below)
        else {
          places.delete(label)
          this.#forget(below)
        }
  }

  #forget(place: Place): void {
    this.unnamed.delete(place)
    this.dirty.delete(place)
    for (const below of [...place.texts.values(), ...place.parameters.values()]) this.#forget(below)
  }

  /** A value that is no longer counted apart goes into the shared node beside it. */
  fold(node: PathNode): void {
    const parent = node.parent!
    const key = SHARED_KEY + node.place.label
    const shared = parent.children.get(key) ?? this.#shared(parent, key, node.place)
    this.#foldInto(node, shared)
    parent.children.delete(node.token.text)
  }

  #shared(parent: PathNode, key: string, place: Place): PathNode {
    const token: Token = { text: key, extension: "", form: "!", kind: "", frame: frameOf(key), core: "" }
    const node = new PathNode(parent, token, place)
    node.forms = new Map()
    parent.children.set(key, node)
    this.nodes++
    this.bytes += bytesOf(token)
    return node
  }

  #foldInto(node: PathNode, into: PathNode): void {
    into.hits += node.hits
    into.consumers |= node.consumers
    if (into.forms !== null) {
      const forms = node.forms ?? new Map([[node.token.form, node.hits]])
      for (const [form, hits] of forms) into.forms.set(form, (into.forms.get(form) ?? 0) + hits)
    }
    for (let i = 0; i < node.features.length; i += 2) addFeature(into, node.features[i]!, node.features[i + 1]!)
    if (node.leaf !== null) {
      const { extension } = node.leaf
      const leaf = into.leaf ?? this.addLeaf(into, pathOf(into, extension), extension)
      this.folded.set(node.leaf, leaf)
      this.bytes -= 160
    }
    for (const [key, child] of node.children) {
      let below = into.children.get(key)
      if (below === undefined) {
        if (child.forms !== null) below = this.#shared(into, key, this.#sharedPlace(into.place, key, child))
        else below = this.addNode(into, key, child.token)
      }
      this.#foldInto(child, below)
    }
    node.place.members.delete(node)
    this.nodes--
    this.bytes -= bytesOf(node.token)
  }
}

/** The frame under which values were folded, from the key of their node. */
const frameOf = (key: string): string => key.slice(SHARED_KEY.length)

const bytesOf = (token: Token): number => 320 + 2 * token.text.length

/** Frame of the parameter that a token goes to, null for text. */
function frameFor(parent: Place, token: Token): string | null {
  const pinned = parent.pinned.get(token.text)
  if (pinned !== undefined) return token.form === "!" ? (pinned ?? token.frame) : pinned
  if (token.form === "!") return token.frame
  return parent.values.get(token.text) ?? null
}

/** What was decided below a place that goes into another, where that has not decided itself. */
function adopt(from: Place, into: Place): void {
  for (const [text, frame] of from.values)
    if (!into.texts.has(text) && !into.values.has(text)) into.values.set(text, frame)
  for (const [text, frame] of from.pinned)
    if (!into.pinned.has(text)) {
      into.pinned.set(text, frame)
      if (from.pinnedByPeople.has(text)) into.pinnedByPeople.add(text)
    }
  if (from.isApart) into.isApart = true
}

export function addFeature({ features }: PathNode, method: number, shape: number): boolean {
  for (let i = 0; i < features.length; i += 2) if (features[i + 1] === shape && features[i] === method) return false
  if (features.length >= 2 * FEATURES_MAX) return false
  features.push(method, shape)
  return true
}

export function segmentText(place: Place): string {
  if (!place.isParameter) return place.label
  const name = `{${place.name === "" ? "id" : place.name}}`
  return place.label === "" || place.label === OVERFLOW_KEY ? name : place.label.replace("*", () => name)
}

export function textOf(place: Place): string {
  let text = ""
  for (let at: Place = place; at.parent !== null; at = at.parent) text = `/${segmentText(at)}${text}`
  return text.startsWith(`/${BARE}`) ? text.slice(2) : text
}

/** Path of a leaf at a node below shared ones, without its extension. */
export function pathOf(node: PathNode, extension: string): string {
  let text = ""
  for (let at: PathNode = node; at.parent !== null; at = at.parent) {
    const isText = at.forms === null && at.place.label !== OVERFLOW_KEY
    text = `/${isText ? at.token.text : segmentText(at.place)}${text}`
  }
  const suffix = `.${extension}`
  return extension !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
}
