// Parameters with more values than are counted apart.
//
// In:  values as they are requested.   Out: which are counted apart, how many there are, and the leaf that the others share.
// A parameter opens when it has more than KEPT_MAX values; from then on the heaviest are kept apart and the others share a node.
// Space-Saving counts the others, so that one that has become heavy takes the place of the lightest (Metwally et al. 2005);
// HyperLogLog counts how many there are (Flajolet et al. 2007).
import { childrenByText, hashText, type OpenValues, type PathNode, type Place, SHARED_KEY } from "./nodes.ts"
import type { Placement } from "./placement.ts"
import type { Token } from "./segments.ts"

/** Values counted apart; of a parameter below another open one. */
export const KEPT_MAX = 16
export const KEPT_NESTED_MAX = 4
const HEAVY_MAX = 16
/** Requests that make a value heavy enough to take another's place. */
const PROMOTED_HITS = 64
const REGISTERS = 64

export function keptMax(place: Place): number {
  for (let at = place.parent; at !== null; at = at.parent) if (at.open !== null) return KEPT_NESTED_MAX
  return KEPT_MAX
}

/** Opens the parameter, or folds again, where more values are apart than may be. */
export function fold(place: Place, placement: Placement, most: number): number {
  if (!place.isParameter || place.parent === null) return 0
  const weights = new Map<string, number>()
  for (const member of place.members)
    if (member.forms === null && member.token.form !== "!")
      weights.set(member.token.text, (weights.get(member.token.text) ?? 0) + member.hits)
  if (weights.size <= most) return 0
  const order = [...weights].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  place.open ??= { kept: new Set(), heavy: new Map(), registers: new Uint8Array(REGISTERS) }
  place.open.kept.clear()
  for (const [text] of order.slice(0, most)) place.open.kept.add(text)
  for (const [text, count] of order) {
    register(place.open, text)
    if (!place.open.kept.has(text)) save(place.open, text, count)
  }
  let folds = 0
  for (const member of [...place.members])
    if (member.forms === null && member.token.form !== "!" && !place.open.kept.has(member.token.text)) {
      placement.fold(member)
      folds++
    }
  for (const decided of [place.parent.values, place.parent.pinned])
    for (const [text, frame] of [...decided])
      if (frame === place.label && !place.open.kept.has(text) && !text.startsWith(SHARED_KEY)) decided.delete(text)
  return folds
}

/** Values that have become heavy get nodes of their own; the lightest go. */
export function promote(place: Place, placement: Placement): void {
  const { open } = place
  if (open === null) return
  const children = childrenByText(place.parent!)
  for (const [text, { count, error }] of [...open.heavy]) {
    if (count - error < PROMOTED_HITS || open.kept.has(text)) continue
    let lightest: string | null = null
    let least = (count - error) / 2
    for (const kept of open.kept) {
      const hits = (children.get(kept) ?? []).reduce((sum, node) => sum + node.hits, 0)
      if (hits < least) [lightest, least] = [kept, hits]
    }
    if (lightest === null) continue
    open.heavy.delete(text)
    keep(place, text, lightest, children.get(lightest) ?? [], placement)
  }
}

function keep(place: Place, text: string, gone: string, nodes: readonly PathNode[], placement: Placement): void {
  const open = place.open!
  const { values } = place.parent!
  open.kept.delete(gone)
  open.kept.add(text)
  for (const node of nodes) placement.fold(node)
  values.delete(gone)
  values.set(text, place.label)
}

/** One request for a value that shares its node with others. */
export function noteShared(node: PathNode, token: Token): void {
  const forms = node.forms!
  forms.set(token.form, (forms.get(token.form) ?? 0) + 1)
  const { open } = node.place
  if (open === null) return
  register(open, token.text)
  save(open, token.text, 1)
}

/** The node that an open parameter's other values share below `parent`; null where the token is none of them. */
export function sharedFor(parent: PathNode, token: Token): PathNode | null {
  for (const frame of token.frame === "" ? [""] : [token.frame, ""]) {
    if (frame !== token.frame && isVerb(parent, token)) continue
    const shared = parent.children.get(SHARED_KEY + frame)
    if (shared?.forms?.has(token.form) === true && !isKept(shared.place, token.text)) return shared
  }
  return null
}

const VERBED = /:[A-Za-z]{3,}$/

/** Whether what follows the colon is done to values: the plain ones are not those, unless names of that form ("k:v") are among them. */
function isVerb({ place, children }: PathNode, { frame }: Token): boolean {
  if (!VERBED.test(frame)) return false
  if (place.parameters.has(frame)) return true
  for (const text of children.get(SHARED_KEY)?.place.open?.kept ?? []) if (VERBED.test(text)) return false
  return true
}

const isKept = (place: Place, text: string): boolean =>
  place.open!.kept.has(text) || place.parent!.texts.has(text) || place.parent!.pinned.has(text)

/** Space-Saving. */
function save({ heavy }: OpenValues, text: string, count: number): void {
  const known = heavy.get(text)
  if (known !== undefined) known.count += count
  else if (heavy.size < HEAVY_MAX) heavy.set(text, { count, error: 0 })
  else {
    let lightest = ""
    let least = Number.POSITIVE_INFINITY
    for (const [other, entry] of heavy) if (entry.count < least) [lightest, least] = [other, entry.count]
    heavy.delete(lightest)
    heavy.set(text, { count: least + count, error: least })
  }
}

function register({ registers }: OpenValues, text: string): void {
  const hash = hashText(text)
  const at = hash & (REGISTERS - 1)
  const rank = Math.min(27, Math.clz32(((hash >>> 6) << 6) | 32) + 1)
  if (rank > registers[at]!) registers[at] = rank
}

/** Distinct values, with linear counting for few. */
export function distinct({ registers }: OpenValues): number {
  let sum = 0
  let empty = 0
  for (const rank of registers) {
    sum += 2 ** -rank
    if (rank === 0) empty++
  }
  const estimate = (0.709 * REGISTERS * REGISTERS) / sum
  return Math.round(estimate <= 2.5 * REGISTERS && empty > 0 ? REGISTERS * Math.log(REGISTERS / empty) : estimate)
}
