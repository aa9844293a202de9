// What people and specifications say about paths.
//
// In:  all pins in force; each new leaf.   Out: marks at places (`pinned`, `isApart`), nodes settled by them.
// A path is asked as a whole which pin it matches best; the marks are what that pin says of each of its segments. So a pin says nothing
// about paths that it does not match, but what it says of a segment holds for everything below that segment.
// Given up: values that were folded share a leaf and stay where they are, whatever is pinned later.
import { hasPieces } from "../specification/path-pattern.ts"
import type { LeafRecord, PathNode, Place } from "./nodes.ts"
import type { Pin } from "./path-learner.ts"
import type { Placement } from "./placement.ts"
import { type Token, tokensOf } from "./segments.ts"

interface PinSegment {
  /** What it matches; null for any value. */
  readonly text: string | null
  /** Of a segment with text around parameters: the text. */
  readonly pieces: readonly string[] | null
  readonly name: string
  readonly frame: string
}

interface Compiled {
  readonly pin: Pin
  readonly segments: readonly PinSegment[]
  /** Smaller goes first: source, then text before parameters from the left. */
  readonly rank: string
}

export class Pins {
  pins: readonly Pin[] = []
  readonly #placement: Placement
  /** By number of segments. */
  readonly #templates = new Map<number, Compiled[]>()
  #apart: Compiled[] = []
  #atUs = 0

  constructor(placement: Placement) {
    this.#placement = placement
  }

  /** Without effect on what is there: after a restart. */
  load(pins: readonly Pin[], atUs: number): void {
    this.pins = pins
    this.#atUs = atUs
    this.#templates.clear()
    this.#apart = []
    for (const pin of pins) {
      const compiled = compile(pin)
      if (pin.kind === "apart") {
        this.#apart.push(compiled)
        continue
      }
      const { length } = compiled.segments
      this.#templates.set(length, [...(this.#templates.get(length) ?? []), compiled])
    }
    // Stable: of two that are alike the first one goes before.
    for (const list of this.#templates.values()) list.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
  }

  get atUs(): number {
    return this.#atUs
  }

  replace(pins: readonly Pin[], atUs: number): void {
    this.load(pins, atUs)
    this.#clear(this.#placement.rootPlace)
    for (const leaf of leavesOf(this.#placement.root)) this.applyTo(leaf, tokensOf(leaf.path, leaf.extension))
  }

  #clear(place: Place): void {
    if (place.pinned.size > 0 || place.isApart) this.#placement.touch(place)
    place.pinned.clear()
    place.isApart = false
    if (place.pinnedName !== "") {
      place.pinnedName = ""
      place.name = ""
      this.#placement.unnamed.add(place)
    }
    if (place.decision?.rule === "pin" || place.decision?.rule === "specification") place.decision = null
    this.#placement.settle(place)
    for (const below of [...place.texts.values(), ...place.parameters.values()]) this.#clear(below)
  }

  /** Marks what pins say of one leaf's path. */
  applyTo(leaf: LeafRecord, tokens: readonly Token[]): void {
    if (this.pins.length === 0) return
    const nodes = chainOf(leaf.node)
    if (nodes.length !== tokens.length + 1) return
    for (const { segments } of this.#apart)
      if (segments.length < nodes.length && segments.every((segment, i) => matches(segment, tokens[i]!, true))) {
        const { place } = nodes[segments.length]!
        if (!place.isApart) this.#placement.touch(place)
        place.isApart = true
      }
    const best = this.#templates
      .get(tokens.length)
      ?.find(({ segments }) => segments.every((segment, i) => matches(segment, tokens[i]!, false)))
    if (best === undefined) return
    for (const [i, segment] of best.segments.entries()) this.#mark(nodes[i]!, nodes[i + 1]!, segment, best.pin)
  }

  #mark(parent: PathNode, child: PathNode, segment: PinSegment, pin: Pin): void {
    const { place } = parent
    const isText = segment.text !== null
    const { token } = child
    if (child.forms === null && !(isText && token.form === "!")) {
      const before = place.pinned.get(token.text)
      const mark = isText ? null : segment.frame
      if (before !== mark) {
        place.pinned.set(token.text, mark)
        this.#placement.settle(place)
        this.#placement.touch(place)
      }
    }
    const below = child.place
    if (isText || !below.isParameter) return
    if (below.pinnedName === "" && segment.name !== "") {
      below.pinnedName = segment.name
      this.#placement.unnamed.add(below)
    }
    const rule = pin.source === "analyst" ? "pin" : "specification"
    if (below.decision?.rule !== "pin" && below.decision?.rule !== rule)
      below.decision = { rule, decidedUs: this.#atUs, numbers: {} }
  }
}

function matches(segment: PinSegment, token: Token, isPrefix: boolean): boolean {
  if (segment.text !== null) return segment.text === token.text || (isPrefix && segment.text === token.core)
  return segment.pieces === null || hasPieces(segment.pieces, token.text)
}

function compile(pin: Pin): Compiled {
  const path = pin.path.startsWith("/") ? pin.path.slice(1) : pin.path
  const segments = path === "" && pin.kind === "apart" ? [] : path.split("/").map(segmentOf)
  const rank = segments.map(({ text, pieces }) => (text !== null ? "a" : pieces !== null ? "b" : "c")).join("")
  return { pin, segments, rank: (pin.source === "analyst" ? "a" : "b") + rank }
}

function segmentOf(text: string): PinSegment {
  const names = [...text.matchAll(/\{([^{}~]+)\}/g)].map(([, name]) => name!)
  if (names.length === 0) return { text, pieces: null, name: "", frame: "" }
  const [name] = names
  if (text === `{${name}}`) return { text: null, pieces: null, name: name!, frame: "" }
  const pieces = text.split(/\{[^{}~]+\}/)
  const isSingle = names.length === 1
  return {
    text: null,
    pieces,
    name: isSingle ? name! : "",
    frame: isSingle ? text.replace(`{${name}}`, () => "*") : "",
  }
}

function chainOf(node: PathNode): PathNode[] {
  const chain: PathNode[] = []
  for (let at: PathNode | null = node; at !== null; at = at.parent) chain.push(at)
  return chain.reverse()
}

function leavesOf(node: PathNode): LeafRecord[] {
  const out: LeafRecord[] = node.leaf === null ? [] : [node.leaf]
  for (const child of node.children.values()) out.push(...leavesOf(child))
  return out
}
