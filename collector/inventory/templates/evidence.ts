// Why a parameter is one, and where an analyst might want one.
//
// In:  a place with its decision and members.   Out: TemplateEvidence with one sentence; enum suggestions.
import { Profile, type Sibling, weigh } from "./likelihood.ts"
import { childrenByText, type PathNode, type Place } from "./nodes.ts"
import { distinct } from "./open-values.ts"
import type { EnumSuggestion, TemplateEvidence } from "./path-learner.ts"
import { segmentText, textOf } from "./placement.ts"
import { isFixed, KIND_OF } from "./segments.ts"
import { siblingOf } from "./siblings.ts"
import type { Spread } from "./spread.ts"

const EXAMPLES_MAX = 8
const SUGGESTIONS_MAX = 32
/** Texts of a suggestion, and nats from which siblings are worth a question. */
const SUGGESTED_MIN = 3
const SUGGESTED_MAX = 40
const ASKED = -4

export function evidenceOf(place: Place): TemplateEvidence[] {
  const out: TemplateEvidence[] = []
  for (let at: Place | null = place; at !== null; at = at.parent) if (at.isParameter) out.push(evidenceOfPlace(at))
  return out.reverse()
}

export function evidenceOfPlace(place: Place): TemplateEvidence {
  const kinds = new Map<string, number>()
  const texts = new Map<string, number>()
  for (const member of place.members) {
    for (const [kind, hits] of kindsOf(member)) kinds.set(kind, (kinds.get(kind) ?? 0) + hits)
    if (member.forms === null && member.token.form !== "!")
      texts.set(member.token.text, (texts.get(member.token.text) ?? 0) + member.hits)
  }
  const isOpen = place.open !== null
  const values = place.open === null ? texts.size : Math.max(distinct(place.open), texts.size)
  const examples = [...texts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, EXAMPLES_MAX)
    .map(([value, requests]) => ({ value, requests }))
  const { rule, decidedUs, numbers } = place.decision ?? {
    rule: place.isParameter ? "strong" : "split",
    decidedUs: 0,
    numbers: {},
  }
  const name = place.name === "" ? "id" : place.name
  const part = {
    segment: Math.max(0, place.depth - 1),
    name,
    rule,
    decidedUs,
    kinds: Object.fromEntries(kinds),
    values,
    isOpen,
    examples,
    numbers,
  }
  return { ...part, sentence: sentenceOf(place, part) }
}

/** Requests by kind of value. */
export function kindsOf(node: PathNode): Map<string, number> {
  if (node.forms === null) return new Map([[node.token.kind, node.hits]])
  const kinds = new Map<string, number>()
  for (const [form, hits] of node.forms) kinds.set(KIND_OF[form], (kinds.get(KIND_OF[form]) ?? 0) + hits)
  return kinds
}

function sentenceOf(
  place: Place,
  { rule, name, kinds, values, isOpen, examples, numbers }: Omit<TemplateEvidence, "sentence">,
): string {
  if (!place.isParameter) return `"${place.label}" is text: its answers are not those of the values beside it.`
  const list = Object.keys(kinds).sort().join(", ")
  const many = `${isOpen ? "about " : ""}${values}`
  const first = examples
    .slice(0, 3)
    .map(({ value }) => `"${value}"`)
    .join(", ")
  switch (rule) {
    case "strong":
      return `{${name}} is a parameter because its values are ids by their form (${list}).`
    case "flood":
      return `{${name}} is a parameter because there were ${numbers.children ?? values} different texts here, too many to be routes.`
    case "pin":
      return `{${name}} is a parameter because an analyst pinned it.${hiddenOf(place)}`
    case "specification":
      return `{${name}} is a parameter because a specification says so.${hiddenOf(place)}`
    case "straggler":
      return `{${name}} is a parameter because of its ids (${list}); ${many} texts (${first}) answer as those do.`
    default:
      return `{${name}} is a parameter because ${many} texts (${first}) look like values (${list}) and answer alike: ${numbers.evidence ?? 0} nats for it.`
  }
}

/** What is not known of values that left the sensor as their kind, at a parameter with text around it. */
function hiddenOf(place: Place): string {
  for (const { token } of place.members)
    if (token.form === "!" && token.kind !== place.name && token.frame !== place.label && token.kind !== "")
      return ` Values that leave the sensor as {${token.kind}} are counted here, although their text is not seen: nothing else fits them.`
  return ""
}

/** Word-like siblings that answer alike and are too few, or grow too little, to be told from routes. */
export function suggestionsOf(places: readonly Place[], spread: Spread): EnumSuggestion[] {
  const out: EnumSuggestion[] = []
  for (const place of places) {
    if (place.isApart) continue
    const children = childrenByText(place)
    for (const group of groupsOf(place, children, spread)) out.push(suggestion(place, group, children))
  }
  return out.sort((a, b) => b.requests - a.requests || (a.template < b.template ? -1 : 1)).slice(0, SUGGESTIONS_MAX)
}

function groupsOf(place: Place, children: ReadonlyMap<string, PathNode[]>, spread: Spread): Sibling[][] {
  const groups = new Map<number, Sibling[]>()
  for (const [text, nodes] of children) {
    const { form } = nodes[0]!.token
    if (form === "!" || isFixed(form) || place.values.has(text) || place.pinned.has(text)) continue
    const sibling = siblingOf(text, nodes, false, 0, spread)
    const rare = sibling.features.toSorted((a, b) => a.chance - b.chance || a.key - b.key)[0]
    if (rare === undefined || rare.chance > 0.3) continue
    const group = groups.get(rare.key)
    if (group === undefined) groups.set(rare.key, [sibling])
    else group.push(sibling)
  }
  return [...groups.values()].filter(
    (group) =>
      group.length >= SUGGESTED_MIN &&
      group.length <= SUGGESTED_MAX &&
      weigh(group, new Profile(), false).evidence > ASKED,
  )
}

function suggestion(
  place: Place,
  group: readonly Sibling[],
  children: ReadonlyMap<string, PathNode[]>,
): EnumSuggestion {
  const kinds = new Set(group.map(({ text }) => children.get(text)![0]!.token.kind))
  const name = kinds.size === 1 ? [...kinds][0]! : "id"
  const nodes = children.get(group[0]!.text)!
  const before = place.parent === null ? "" : textOf(place)
  const requests = group.reduce((sum, { hits }) => sum + hits, 0)
  const values = group.map(({ text }) => text).sort()
  const template = `${before}/{${name}}${tailOf(nodes)}`
  const sentence = `${group.length} texts at one place answer alike (${values
    .slice(0, 3)
    .map((value) => `"${value}"`)
    .join(", ")}): one parameter with few values, or routes that are built alike?`
  return { template, values, requests, sentence }
}

/** What follows the text where it has no leaf itself and leads to one thing only. */
function tailOf(nodes: readonly PathNode[]): string {
  let tail = ""
  let at = nodes[0]!
  while (at.leaf === null && at.children.size > 0) {
    at = at.children.values().next().value!
    tail += `/${segmentText(at.place)}`
  }
  return tail
}
