// Which of the texts at a position are values of its parameter.
//
// In:  all texts there, and what is known of the parameter beyond them (strong values, values that share a leaf).
// Out: the texts that are values, and the numbers of the decision.
// First the values of before are asked whether they still fit, then the others whether they do; what is left may found a parameter,
// or join as a group what none would alone: the groups tried are those that have a feature in common, and those that do not look like routes.
import { expectedForms, fit, isEstablished, Profile, type Sibling, type Verdict, Weight, weigh } from "./likelihood.ts"

export interface Known {
  /** Forms and features of values that are not among the siblings, as often as they count; null without a parameter. */
  readonly profile: () => Profile
  /** Strong values, or more than are counted apart: the parameter stays, whatever its texts are. */
  readonly isFirm: boolean
}

export interface Choice {
  readonly values: readonly Sibling[]
  /** The texts that were no values before, by what made them ones. */
  readonly similar: readonly Sibling[]
  readonly stragglers: readonly Sibling[]
  readonly gone: readonly Sibling[]
  /** Forms of which a new text fits before anything is known of its answers. */
  readonly expected: string
  readonly numbers: Readonly<Record<string, number>>
}

/** Features of which the group is tried. */
const GROUPS_MAX = 12
const NUMBERS: Readonly<Record<string, number>> = {}

export function choose(siblings: readonly Sibling[], known: Known): Choice {
  const order = [...siblings].sort((a, b) => b.hits - a.hits || (a.text < b.text ? -1 : 1))
  let numbers = NUMBERS
  let values = order.filter((sibling) => sibling.isValue)
  if (!known.isFirm && values.length > 0) {
    const verdict = weigh(values, new Profile(), false)
    numbers = numbersOf(verdict)
    if (verdict.evidence < Weight.unmerge) values = []
  }
  const profile = known.profile()
  for (const value of values) profile.add(value)
  values = staying(values, profile, order)
  const stragglers = joining(values, profile, order)
  const similar: Sibling[] = []
  for (let round = 0; round < 3; round++) {
    const left = order.filter((sibling) => !values.includes(sibling))
    const seed = known.isFirm && similar.length === 0 ? (): Profile => known.profile() : null
    const group = bestGroup(left, seed)
    if (group === null || group.evidence < Weight.merge) break
    numbers = numbersOf(group)
    similar.push(...group.members)
    for (const sibling of group.members) {
      values.push(sibling)
      profile.add(sibling)
    }
    stragglers.push(...joining(values, profile, order))
  }
  const inside = new Set(values)
  return {
    values,
    similar: similar.filter((sibling) => !sibling.isValue),
    stragglers: stragglers.filter((sibling) => !sibling.isValue),
    gone: order.filter((sibling) => sibling.isValue && !inside.has(sibling)),
    expected: expectedForms(profile, order.length - inside.size),
    numbers,
  }
}

/** Those that still fit; the others leave the profile. */
function staying(values: readonly Sibling[], profile: Profile, all: readonly Sibling[]): Sibling[] {
  const hits = values.reduce((sum, value) => sum + value.hits, 0)
  const texts = all.length - values.length
  return values.filter((value) => {
    profile.add(value, -1)
    if (profile.values > 0 && fit(value, profile, texts, hits) < Weight.leave) return false
    profile.add(value)
    return true
  })
}

/** Adds to `values` and the profile what fits alone. */
function joining(values: Sibling[], profile: Profile, all: readonly Sibling[]): Sibling[] {
  const joined: Sibling[] = []
  if (profile.values === 0) return joined
  const inside = new Set(values)
  let hits = values.reduce((sum, value) => sum + value.hits, 0)
  let texts = all.length - inside.size
  for (const sibling of all) {
    if (inside.has(sibling) || fit(sibling, profile, texts - 1, hits) <= Weight.join) continue
    joined.push(sibling)
    values.push(sibling)
    profile.add(sibling)
    hits += sibling.hits
    texts--
  }
  return joined
}

/** What is known of a parameter to which a group may belong. */
type Seed = () => Profile

function bestGroup(left: readonly Sibling[], seed: Seed | null): Verdict | null {
  if (left.length < 2 && seed === null) return null
  const groups = new Map<number, Sibling[]>()
  for (const sibling of left)
    for (const { key } of sibling.features) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [sibling])
      else group.push(sibling)
    }
  const least = seed === null ? 2 : 3
  const tried = [...groups.values()].filter((group) => group.length >= least).sort((a, b) => b.length - a.length)
  const odd = left.filter(({ form }) => "dcxfte".includes(form))
  const candidates = tried.slice(0, GROUPS_MAX)
  if (odd.length >= least) candidates.push(odd)
  let best: Verdict | null = null
  const seen = new Set<string>()
  for (const each of candidates) {
    const candidate = withoutEstablished(each)
    if (candidate.length < least) continue
    const key = candidate.map((sibling) => sibling.text).join("/")
    if (seen.has(key)) continue
    seen.add(key)
    const verdict = grown(candidate, left, seed)
    if (best === null || verdict.evidence > best.evidence) best = verdict
  }
  return best
}

/** Texts that came now and then found no parameter together with routes that have long been used. */
function withoutEstablished(group: readonly Sibling[]): readonly Sibling[] {
  const rare = group.map(({ hits }) => hits).sort((a, b) => a - b)
  const half = rare.slice(0, Math.ceil(rare.length / 2))
  const usual = half.reduce((sum, hits) => sum + hits, 0) / half.length
  return group.filter((sibling) => !isEstablished(sibling, usual))
}

/** The group with all others that fit it. */
function grown(group: readonly Sibling[], left: readonly Sibling[], seed: Seed | null): Verdict {
  const start = (): Profile => seed?.() ?? new Profile()
  const profile = start()
  const members = [...group]
  for (const member of members) profile.add(member)
  joining(members, profile, left)
  const inside = new Set(members)
  const alone = weigh(group, start(), seed !== null)
  const all = weigh(
    left.filter((sibling) => inside.has(sibling)),
    start(),
    seed !== null,
  )
  return all.evidence > alone.evidence ? all : alone
}

function numbersOf({ evidence, look, answers, growth }: Verdict): Record<string, number> {
  return { evidence: round(evidence), look: round(look), answers: round(answers), growth: round(growth) }
}

const round = (value: number): number => Math.round(value * 100) / 100
