// One place is looked at again: which texts below it are values, of which parameter.
//
// In:  a place whose children have changed.   Out: its decisions and their reasons; nodes settled, parameters folded.
// Texts are judged frame by frame ("report.json" beside "{id}.json"), plain ones first. Where an extension or what follows a colon says
// nothing of its own (each name has only one), such texts are judged with the plain ones: they are names.
import { type Choice, choose } from "./cluster.ts"
import { Profile, type Sibling } from "./likelihood.ts"
import { childrenByText, type Decision, OVERFLOW_KEY, type PathNode, type Place } from "./nodes.ts"
import { distinct, fold, keptMax, promote } from "./open-values.ts"
import type { Placement } from "./placement.ts"
import { type Form, isFixed, VERSIONS_MAX } from "./segments.ts"
import { featuresOf, siblingOf } from "./siblings.ts"
import type { Spread } from "./spread.ts"

/** Weak children of one place; those that stay when there are more. */
export const CHILDREN_MAX = 256
export const CHILDREN_KEPT = 64

/** Begins the frame of a name with an ending; among expected forms: names with any ending are values. */
export const FILE = "*."
export const ENDINGS = "."
/** Among expected forms: versions are values. */
export const VERSIONS: Form = "v"
/** Times the requests of the median of too many versions that make one stay text. */
const VERSION_WEIGHT = 4

export interface ReviewCounts {
  merges: number
  unmerges: number
  splits: number
  folds: number
  floods: number
}

/** How much the strong values of a parameter count in its profile, and at most those that share a node. */
const STRONG_WEIGHT = 6
const SHARED_WEIGHT = 40
/** Nats for a text whose core is a value, or a text, without its frame. */
const KNOWN = 4

export class Reviewer {
  readonly #placement: Placement
  readonly #spread: Spread
  readonly #counts: ReviewCounts

  constructor(placement: Placement, spread: Spread, counts: ReviewCounts) {
    this.#placement = placement
    this.#spread = spread
    this.#counts = counts
  }

  /** `width`: weak children that may stay apart. */
  review(place: Place, atUs: number, width: number): void {
    const children = childrenByText(place)
    let hasChanged = false
    if (place.isApart) {
      hasChanged = place.values.size > 0
      place.values.clear()
    } else {
      for (const [frame, texts] of framed(place, children))
        if (this.#judge(place, frame, texts, children, atUs)) hasChanged = true
      if (this.#flood(place, children, atUs, width)) hasChanged = true
      if (this.#capVersions(place, children, atUs)) hasChanged = true
    }
    if (hasChanged) this.#placement.settle(place)
    for (const parameter of place.parameters.values()) {
      if (parameter.label === OVERFLOW_KEY) continue
      parameter.decision ??= { rule: hasStrong(parameter) ? "strong" : "similar", decidedUs: atUs, numbers: {} }
      this.#counts.folds += fold(parameter, this.#placement, Math.min(width, keptMax(parameter)))
      promote(parameter, this.#placement)
    }
  }

  #judge(
    place: Place,
    frame: string,
    texts: readonly string[],
    children: ReadonlyMap<string, PathNode[]>,
    atUs: number,
  ): boolean {
    const siblings = texts.map((text) => this.#sibling(place, frame, text, children.get(text)!))
    const parameter = place.parameters.get(frame)
    const firm =
      parameter === undefined
        ? []
        : [...parameter.members].filter(
            (node) => node.forms !== null || node.token.form === "!" || place.pinned.has(node.token.text),
          )
    const choice = choose(siblings, { profile: () => this.#profile(parameter, firm), isFirm: firm.length > 0 })
    return this.#apply(place, frame, choice, firm.length > 0, atUs)
  }

  #sibling(place: Place, frame: string, text: string, nodes: readonly PathNode[]): Sibling {
    const { core, frame: own } = nodes[0]!.token
    const known = own === "" ? 0 : place.values.get(core) !== undefined ? KNOWN : place.texts.has(core) ? -KNOWN : 0
    return siblingOf(text, nodes, place.values.get(text) === frame, known, this.#spread)
  }

  /** What is known of a parameter beyond the texts that are judged. */
  #profile(parameter: Place | undefined, firm: readonly PathNode[]): Profile {
    const profile = new Profile()
    if (parameter === undefined) return profile
    const many = parameter.open === null ? 1 : distinct(parameter.open)
    for (const node of firm) {
      const features = featuresOf([node], this.#spread)
      if (node.forms === null) {
        const weight = Math.min(STRONG_WEIGHT, node.hits)
        profile.addForm(node.token.form, weight)
        profile.addFeatures(features, weight)
        continue
      }
      const weight = Math.min(SHARED_WEIGHT, many)
      for (const [form, hits] of node.forms) profile.addForm(form, (weight * hits) / Math.max(1, node.hits))
      profile.addFeatures(features, weight)
    }
    return profile
  }

  #apply(place: Place, frame: string, choice: Choice, isFirm: boolean, atUs: number): boolean {
    const { similar, stragglers, gone, values } = choice
    const present = place.parameters.get(frame)
    const files = frame === "" && this.#takesFiles(place, values, present) ? ENDINGS : ""
    const expected = choice.expected + files + (takesVersions(present) ? VERSIONS : "")
    if (present !== undefined) present.expected = expected
    for (const { text } of gone) place.values.delete(text)
    for (const { text } of values) place.values.set(text, frame)
    if (similar.length + stragglers.length > 0) this.#counts.merges++
    if (gone.length > 0 && values.length === 0 && !isFirm) this.#counts.unmerges++
    else this.#counts.splits += gone.length
    const hasChanged = similar.length + stragglers.length + gone.length > 0
    if (values.length === 0 || !(hasChanged || choice.numbers.evidence !== undefined)) return hasChanged
    if (hasChanged) this.#placement.settle(place)
    const parameter = place.parameters.get(frame)
    if (parameter === undefined) return hasChanged
    const before = parameter.decision
    const numbers = choice.numbers.evidence === undefined ? (before?.numbers ?? {}) : choice.numbers
    const decided =
      similar.length > 0
        ? "similar"
        : stragglers.length > 0 && (before === null || before.rule === "strong")
          ? "straggler"
          : null
    parameter.expected = expected
    if (before === null || (decided !== null && before.rule !== "flood" && before.rule !== "similar"))
      parameter.decision = { rule: decided ?? "similar", decidedUs: atUs, numbers }
    else parameter.decision = { ...before, numbers }
    return hasChanged
  }

  /** Names with endings are among the plain values; or were, where values are no longer counted apart. */
  #takesFiles(place: Place, values: Choice["values"], parameter: Place | undefined): boolean {
    if (parameter !== undefined && parameter.open !== null && parameter.expected.includes(ENDINGS)) return true
    return values.some(({ text }) => {
      for (const { children } of place.members) {
        const frame = children.get(text)?.token.frame
        if (frame !== undefined) return frame.startsWith(FILE)
      }
      return false
    })
  }

  /** More versions than an API has: those that are used by far the most stay, the others are values. Decided once a place. */
  #capVersions(place: Place, children: ReadonlyMap<string, PathNode[]>, atUs: number): boolean {
    if (takesVersions(place.parameters.get(""))) return false
    const versions: [string, number][] = []
    for (const [text, nodes] of children)
      if (nodes[0]!.token.form === VERSIONS && !place.pinned.has(text))
        versions.push([text, nodes.reduce((sum, node) => sum + node.hits, 0)])
    if (versions.length <= VERSIONS_MAX) return false
    versions.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    const least = VERSION_WEIGHT * versions[versions.length >> 1]![1]
    const kept = versions.slice(0, VERSIONS_MAX).filter(([, hits]) => hits >= least).length
    for (const [text] of versions.slice(0, kept)) place.values.delete(text)
    for (const [text] of versions.slice(kept)) place.values.set(text, "")
    this.#counts.floods += versions.length - kept
    this.#placement.settle(place)
    const parameter = place.parameters.get("")!
    parameter.expected += VERSIONS
    parameter.decision = { rule: "flood", decidedUs: atUs, numbers: { children: versions.length, apart: kept } }
    return true
  }

  /** More children than a place may have: the heaviest stay, the others are one parameter. */
  #flood(place: Place, children: ReadonlyMap<string, PathNode[]>, atUs: number, width: number): boolean {
    const texts: [string, number][] = []
    for (const [text, nodes] of children) {
      const { form } = nodes[0]!.token
      if (form === "!" || isFixed(form) || place.values.has(text) || place.pinned.has(text)) continue
      texts.push([text, nodes.reduce((sum, node) => sum + node.hits, 0)])
    }
    if (texts.length <= width) return false
    texts.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    const kept = texts.slice(0, Math.min(CHILDREN_KEPT, width >> 1)).filter(([, hits]) => hits > 1).length
    for (const [text] of texts.slice(kept)) place.values.set(text, "")
    this.#counts.floods += texts.length - kept
    this.#placement.settle(place)
    const parameter = place.parameters.get("")!
    const decision: Decision = { rule: "flood", decidedUs: atUs, numbers: { children: texts.length, apart: kept } }
    parameter.decision = decision
    return true
  }
}

/** Versions are values of the parameter: more were met than an API has. */
export const takesVersions = (parameter: Place | undefined): boolean => parameter?.expected.includes(VERSIONS) === true

function hasStrong(parameter: Place): boolean {
  for (const { forms, token } of parameter.members) if (forms === null && token.form === "!") return true
  return false
}

/** Texts that may be values, by frame; those that are judged together with plain ones under "". */
function framed(place: Place, children: ReadonlyMap<string, PathNode[]>): Map<string, string[]> {
  const frames = new Map<string, string[]>()
  for (const [text, nodes] of children) {
    const { form, frame } = nodes[0]!.token
    if (form === "!" || isFixed(form) || place.pinned.has(text)) continue
    const texts = frames.get(frame)
    if (texts === undefined) frames.set(frame, [text])
    else texts.push(text)
  }
  const isFile = place.parameters.get("")?.expected.includes(ENDINGS) === true
  const files = isFile
    ? [...frames.keys()].filter((frame) => frame.startsWith(FILE))
    : pooledFrames(frames, children, FILE, 2)
  const pooled = [...files, ...pooledFrames(frames, children, "*:", 5)]
  const plain = frames.get("") ?? []
  for (const frame of pooled) {
    plain.push(...frames.get(frame)!)
    frames.delete(frame)
  }
  const out = new Map<string, string[]>()
  if (plain.length > 0) out.set("", plain)
  for (const [frame, texts] of frames) if (frame !== "") out.set(frame, texts)
  return out
}

/** Frames that begin alike and say nothing: hardly a core has more than one of them. */
function pooledFrames(
  frames: ReadonlyMap<string, string[]>,
  children: ReadonlyMap<string, PathNode[]>,
  start: string,
  least: number,
): string[] {
  const alike = [...frames.keys()].filter((frame) => frame.startsWith(start))
  if (alike.length < least) return []
  const cores = new Map<string, number>()
  let texts = 0
  for (const frame of alike)
    for (const text of frames.get(frame)!) {
      const { core } = children.get(text)![0]!.token
      cores.set(core, (cores.get(core) ?? 0) + 1)
      texts++
    }
  const isVerb = start === "*:"
  if (texts < 3 || (isVerb && texts > 2 * alike.length)) return []
  const again = [...cores.values()].filter((count) => count > 1).length
  return again * 10 <= cores.size || isVerb ? alike : []
}
