// What people and specifications say about paths.
//
// In:  all pins in force; each new leaf.   Out: marks at places (`pinned`, `isApart`), nodes settled by them.
// A path is asked as a whole which pin it matches best; the marks are what that pin says of each of its segments. So a pin says nothing
// about paths that it does not match, but what it says of a segment holds for everything below that segment. Where several pins speak of
// one segment, people go before specifications, then text before parameters: whatever comes first, the result is the same.
// A value that left the sensor as its kind ("{serial}.csv") hides its text: it fits "sales-{month}.csv" when no pin fits it surely and no
// other one could.
// Values that were folded share a leaf: a pin of a whole parameter takes them all, whatever is written around them.
// Given up: telling some of them apart again, as text or by what is around them.
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
  /** What follows the last parameter. */
  readonly ending: string
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

  /** The template pin that a path goes by; those that keep apart what the path is below. */
  deciding(tokens: readonly Token[]): Pin[] {
    const best = bestOf(this.#templates.get(tokens.length) ?? [], tokens)
    const apart = this.#apart.filter(
      ({ segments }) =>
        segments.length < tokens.length && segments.every((segment, i) => matches(segment, tokens[i]!, true)),
    )
    return [...(best === null ? [] : [best]), ...apart].map(({ pin }) => pin)
  }

  replace(pins: readonly Pin[], atUs: number): void {
    this.load(pins, atUs)
    this.#clear(this.#placement.rootPlace)
    for (const leaf of leavesOf(this.#placement.root)) this.applyTo(leaf, tokensOf(leaf.path, leaf.extension))
  }

  #clear(place: Place): void {
    if (place.pinned.size > 0 || place.isApart) this.#placement.touch(place)
    place.pinned.clear()
    place.pinnedByPeople.clear()
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
    const best = bestOf(this.#templates.get(tokens.length) ?? [], tokens)
    if (best === null) return
    for (const [i, segment] of best.segments.entries()) this.#mark(nodes[i]!, nodes[i + 1]!, segment, best.pin)
  }

  #mark(parent: PathNode, child: PathNode, segment: PinSegment, pin: Pin): void {
    const { place } = parent
    const isText = segment.text !== null
    const { token } = child
    const isWhole = !isText && segment.pieces === null
    if (child.forms === null ? !(isText && token.form === "!") : isWhole) {
      const mark = isText ? null : segment.frame
      if (this.#says(place, token.text, mark, pin.source === "analyst")) {
        this.#placement.settle(place)
        this.#placement.touch(place)
      }
    }
    const below = child.place
    if (isText || !below.isParameter) return
    const rule = pin.source === "analyst" ? "pin" : "specification"
    const isBetter = rule === "pin" && below.decision?.rule !== "pin"
    if (segment.name !== "" && (below.pinnedName === "" || isBetter)) {
      below.pinnedName = segment.name
      this.#placement.unnamed.add(below)
    }
    if (below.decision?.rule !== "pin" && below.decision?.rule !== rule)
      below.decision = { rule, decidedUs: this.#atUs, numbers: {} }
  }

  /** Marks a text, unless what was said of it goes before; false when nothing is new. */
  #says({ pinned, pinnedByPeople }: Place, text: string, mark: string | null, isByPeople: boolean): boolean {
    const before = pinned.get(text)
    if (before !== undefined && weight(pinnedByPeople.has(text), before) >= weight(isByPeople, mark)) return false
    pinned.set(text, mark)
    if (isByPeople) pinnedByPeople.add(text)
    return before !== mark
  }
}

/** Of two pins that speak of one segment: people, then text, then more text around the parameter. */
const weight = (isByPeople: boolean, mark: string | null): number =>
  (isByPeople ? 10_000 : 0) + (mark === null ? 5_000 : Math.min(mark.length, 4_000))

/** The first pin that surely fits; without one, the only one that a hidden text may fit. */
function bestOf(pins: readonly Compiled[], tokens: readonly Token[]): Compiled | null {
  const fitting = pins.filter(({ segments }) =>
    segments.every((segment, i) => matches(segment, tokens[i]!, false) || mayHide(segment, tokens[i]!)),
  )
  const sure = fitting.find(({ segments }) => segments.every((segment, i) => matches(segment, tokens[i]!, false)))
  if (sure !== undefined) return sure
  const [first, other] = fitting
  if (first === undefined) return null
  const isByPeople = first.pin.source === "analyst" && other?.pin.source === "specification"
  return other === undefined || isByPeople ? first : null
}

/** Kinds of the sensor that words and punctuation may be part of. */
const HIDING = new Set(["serial", "id", "base64", "mix", "slug", "code", "text", "file", "hex"])

/** Whether the text around a segment's parameter may be within a value that left the sensor as its kind. */
function mayHide({ pieces, ending }: PinSegment, { form, kind, core, text, extension }: Token): boolean {
  if (pieces === null || form !== "!" || !HIDING.has(kind) || !text.startsWith(core)) return false
  const suffix = extension === "" ? "" : `.${extension}`
  return text === core + suffix && ending.endsWith(suffix)
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
  const [name] = names
  if (name === undefined) return { text, pieces: null, ending: "", name: "", frame: "" }
  if (text === `{${name}}`) return { text: null, pieces: null, ending: "", name, frame: "" }
  const pieces = text.split(/\{[^{}~]+\}/)
  // Of several parameters the first one is the value: "{a}-{b}" is "*-{b}".
  return { text: null, pieces, ending: pieces.at(-1)!, name, frame: text.replace(`{${name}}`, () => "*") }
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
