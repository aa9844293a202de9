// Whether siblings are values of one parameter or routes of their own: log-likelihood ratios, in nats.
//
// In:  siblings with form, length, requests and features (what is answered at them and below), the parameter that is there already,
//      and how common each feature is elsewhere.
// Out: which of them are values, with the numbers behind it.
//
// Each sibling in turn is asked how likely it is under "one more value of this parameter" (forms, lengths and features as those before
// it, Dirichlet smoothed) and under "a route" (what routes look like). What siblings have in common says little where it is common
// elsewhere, and routes come in families that answer alike: what equal features say of a whole cluster is therefore bounded.
// README.md has the formulae.
import { type Form, isFixed } from "./segments.ts"

export interface Sibling {
  readonly text: string
  readonly form: Form
  readonly length: number
  readonly hits: number
  /** Distinct consumers, at most 32. */
  readonly consumers: number
  readonly features: readonly Feature[]
  /** Some answer has a shape, or those of most others in the service have. */
  readonly isShaped: boolean
  /** Is a value now. */
  readonly isValue: boolean
  /** Nats for what is known of it without its frame. */
  readonly known: number
}

/** One thing that is known of a text: a method and shape that answer there or below, or a segment that follows it. */
export interface Feature {
  readonly key: number
  /** What the key is one of several answers to: where and with which method; of a segment 0. */
  readonly slot: number
  /** Chance that a sibling route has it as well. */
  readonly chance: number
  /** An answer with a shape: not only a method, or a segment that follows. */
  readonly isShape: boolean
}

/** Share of forms among routes, and among values of a parameter of which nothing is known. */
const ROUTE: Readonly<Record<Form, number>> = {
  w: 0.6,
  m: 0.12,
  s: 0.22,
  d: 0.015,
  c: 0.012,
  x: 0.015,
  f: 0.008,
  t: 0.004,
  e: 0.03,
  h: 0.3,
  "!": 0.001,
  "=": 0.3,
  v: 0.3,
}
const VALUE: Readonly<Record<Form, number>> = {
  w: 0.16,
  m: 0.03,
  s: 0.14,
  d: 0.16,
  c: 0.14,
  x: 0.2,
  f: 0.08,
  t: 0.06,
  e: 0.04,
  h: 0.2,
  "!": 0.3,
  "=": 0.002,
  v: 0.002,
}

/** Odds, as nats. */
export const Weight = {
  /** That a position has a parameter at all. */
  prior: -2.2,
  /** Most that equal features say for a cluster without a parameter: one in 30 groups of routes is a family. */
  family: 3.4,
  /** ... and for each member more: large families are rarer. */
  member: 0.35,
  /** ... where most have a segment below in common. */
  memberBelow: 0.35,
  /** Of both, where most answer without a shape: methods and names below are what families have in common as well. */
  plain: 1.2,
  plainMember: 0.05,
  merge: 1.1,
  unmerge: -2,
  join: 0,
  leave: -1.2,
} as const

/** Weight of what was known before, in values. */
const PRIOR = { value: 2, route: 6, strong: 0.5, answer: 0.4, length: 2 } as const
/** Most that a value answers as all before it. */
const SAME = 0.95
/** Chance that a value answers as none did before it: members may be missing, errors are rare. */
const NEW_ANSWER = 0.06
/** Most that an answer without a shape is taken for what all give, where others give another one. */
const OTHER_METHOD = 0.6
/** Chance of a segment below that no other value had: of a value, of a route. */
const NEW_BELOW = Math.log(0.45 / 0.8)

/** Forms of which one value in twelve changes to this: names of several words to one, mixed letters and digits to letters alone. */
const NEAR: Partial<Readonly<Record<Form, string>>> = { w: "wsdx", s: "wsd", d: "wsd", m: "mx" }
const LEAK = 0.08
/** Forms whose length says nothing: most words are about as long. */
const WORDS: ReadonlySet<Form> = new Set(["w", "m", "s"])
/** Chance from which a shape is everywhere: not to have it says nothing. */
export const COMMON = 0.4
/** Most that equal lengths say for a cluster. */
const LENGTHS_MOST = 5
/** Texts of a cluster that nothing tells apart: nats for each one past `least`. */
const CROWD = { least: 6, each: 0.35, most: 5 } as const
/** Nats for a text in camel case among others. */
const CAMEL = -0.5

/** What is known of a parameter's values. */
export class Profile {
  values = 0
  readonly #forms = new Map<Form, number>()
  readonly #lengths = new Map<number, number>()
  #measured = 0
  readonly #features = new Map<number, number>()
  readonly #slots = new Map<number, number>()
  readonly #below = new Set<number>()

  addForm(form: Form, weight = 1): void {
    this.#forms.set(form, (this.#forms.get(form) ?? 0) + weight)
    this.values += weight
  }

  addFeatures(features: readonly Feature[], weight = 1): void {
    const slots = new Set<number>()
    for (const { key, slot } of features) {
      this.#features.set(key, (this.#features.get(key) ?? 0) + weight)
      slots.add(slot)
      if (slot === 0) this.#below.add(key)
    }
    for (const slot of slots) this.#slots.set(slot, (this.#slots.get(slot) ?? 0) + weight)
  }

  add(sibling: Sibling, weight: 1 | -1 = 1): void {
    this.addForm(sibling.form, weight)
    this.#lengths.set(sibling.length, (this.#lengths.get(sibling.length) ?? 0) + weight)
    this.#measured += weight
    this.addFeatures(sibling.features, weight)
  }

  /** Most values are followed by the same text. */
  get isBuiltAlike(): boolean {
    let most = 0
    for (const key of this.#below) most = Math.max(most, this.#features.get(key) ?? 0)
    return most * 2 > this.values
  }

  /** A quarter of the values have something at each place where these have. */
  isUsual(features: readonly Feature[]): boolean {
    const least = Math.max(2, this.values / 4)
    return features.every(
      ({ key, slot }) => ((slot === 0 ? this.#features.get(key) : this.#slots.get(slot)) ?? 0) >= least,
    )
  }

  /** Nats for "looks like the others" against "looks like a route"; `areRoutes`: the others would be routes, too. */
  look(form: Form, areRoutes: boolean): number {
    let near = 0
    for (const other of NEAR[form] ?? "") near += this.#forms.get(other as Form) ?? 0
    const seen = (1 - LEAK) * (this.#forms.get(form) ?? 0) + LEAK * near
    const strong = this.#forms.get("!") ?? 0
    // A parameter whose values are all of one strong kind hardly ever takes a word.
    const prior = strong === this.values && strong > 0 ? PRIOR.strong : PRIOR.value
    const asValue = (seen + prior * VALUE[form]) / (this.values + prior)
    const asRoute = areRoutes ? (seen + PRIOR.route * ROUTE[form]) / (this.values + PRIOR.route) : ROUTE[form]
    const nats = Math.log(asValue / asRoute)
    // Code names things in camel case: each one says it again.
    return areRoutes && form === "m" ? Math.min(nats, CAMEL) : nats
  }

  /** Nats for "as long as the others" against "as long as any". */
  measure(length: number): number {
    if (this.#measured < 3) return 0
    const at = (n: number): number => this.#lengths.get(n) ?? 0
    const near = at(length) + 0.3 * (at(length - 1) + at(length + 1))
    return clamp(Math.log((near / 0.1 + PRIOR.length) / (this.#measured + PRIOR.length)), -1.5, 1.5)
  }

  /** Nats for "answers like the others" against "answers like a route". */
  answers(features: readonly Feature[]): number {
    let nats = 0
    for (const { key, slot, chance, isShape } of features) {
      const seen = this.#features.get(key) ?? 0
      if (slot === 0)
        nats += seen > 0 ? Math.log(Math.max(0.5, seen / this.values) / chance) : this.#slots.has(0) ? NEW_BELOW : 0
      else {
        const all = this.#slots.get(slot) ?? 0
        if (all <= 0) continue
        if (seen > 0) {
          const same = Math.log((SAME * seen + PRIOR.answer * chance) / (all + PRIOR.answer) / chance)
          nats += chance < COMMON ? same : Math.max(0, same)
        } else
          nats += Math.min(
            0,
            Math.log(
              Math.max(NEW_ANSWER, PRIOR.answer / (all + PRIOR.answer)) /
                (1 - (isShape ? chance : Math.min(chance, OTHER_METHOD))),
            ),
          )
      }
    }
    return clamp(nats, -5, 5)
  }
}

export function clamp(value: number, least: number, most: number): number {
  return value < least ? least : Math.min(value, most)
}

/** One parameter in four takes one of a fixed set of values. */
const CLOSED = Math.log(0.25)

/** Most that one text that was requested once says for a tail. */
const ONCE = 0.3

/**
 * Nats for "still growing" against "a fixed set". Of routes with m requests each about one in m was requested once; of values,
 * whose traffic has a long tail, many were, whatever m.
 */
export function growth(values: number, hits: number, once: number): number {
  if (values < 2) return 0
  const asRoutes = clamp(values / hits, 0.02, 0.98)
  const asValues = Math.max(0.35, asRoutes)
  const tail = once * Math.log(asValues / asRoutes) + (values - once) * Math.log((1 - asValues) / (1 - asRoutes))
  // Some routes are hardly ever used: a few texts that came once say little, whatever the others had.
  return clamp(tail, CLOSED, Math.min(6, ONCE * once))
}

export interface Verdict {
  /** Total, nats. */
  readonly evidence: number
  readonly look: number
  readonly answers: number
  readonly growth: number
  readonly members: readonly Sibling[]
}

/** Most that equal answers of so many say. */
function familyMost(members: number, shaped: number, isBuiltAlike: boolean): number {
  if (shaped * 2 < members) return Weight.plain + Weight.plainMember * (members - 2)
  return Weight.family + (isBuiltAlike ? Weight.memberBelow : Weight.member) * (members - 2)
}

/**
 * Nats for many texts at one place that nothing tells apart: routes are fewer, and have something below them or a method that is their
 * own.
 */
function crowd(members: readonly Sibling[], profile: Profile): number {
  if (members.length <= CROWD.least) return 0
  let alike = 0
  for (const { form, features } of members) if (form !== "m" && profile.isUsual(features)) alike++
  return clamp(CROWD.each * (alike - CROWD.least), 0, CROWD.most)
}

/** How likely all of `members` are values of one parameter, with `seed` what is known of one that is there already. */
export function weigh(members: readonly Sibling[], profile: Profile, isSeeded: boolean): Verdict {
  let look = 0
  let lengths = 0
  let answers = 0
  let shaped = 0
  let hits = 0
  let once = 0
  for (const sibling of members) {
    look += profile.look(sibling.form, true) + sibling.known
    if (!WORDS.has(sibling.form)) lengths += profile.measure(sibling.length)
    answers += profile.answers(sibling.features)
    if (sibling.isShaped) shaped++
    profile.add(sibling)
    hits += sibling.hits
    if (sibling.hits === 1) once++
  }
  look += clamp(lengths, 0, LENGTHS_MOST) + crowd(members, profile)
  const tail = growth(members.length, hits, once)
  answers = Math.min(answers, familyMost(members.length, shaped, profile.isBuiltAlike))
  return { evidence: Weight.prior + (isSeeded ? 1 : 0) + look + answers + tail, look, answers, growth: tail, members }
}

/** Forms of which a text that nothing else is known of is rather a value than a route. */
export function expectedForms(profile: Profile, texts: number): string {
  if (profile.values < 3) return ""
  const forms = (Object.keys(ROUTE) as Form[]).filter((form) => !isFixed(form))
  return forms.filter((form) => arrival(profile, texts) + profile.look(form, false) > 0).join("")
}

/** Nats for a new text to be a value rather than a route: as many came before of either. */
const arrival = (profile: Profile, texts: number): number =>
  clamp(Math.log((profile.values + 1) / (texts + 2)), -0.5, 2)

/** Requests from which a text that is no value is established, and how many times those of a usual value. */
const ESTABLISHED = { hits: 100, times: 25 } as const
/** Nats against an established text: it was a route all the while. */
const WAS_ROUTE = 5

/** Whether a text has long been a route, beside values that came `usual` times each. */
export function isEstablished({ isValue, hits }: Sibling, usual: number): boolean {
  return !isValue && hits >= ESTABLISHED.hits && hits > ESTABLISHED.times * usual
}

/** Nats for one sibling to be a value of the parameter of `profile`, which does not contain it. */
export function fit(sibling: Sibling, profile: Profile, texts: number, hits: number): number {
  const isHeavy = profile.values >= 12 && sibling.hits > 0.25 * hits && sibling.hits >= 20
  const nats =
    arrival(profile, texts) +
    profile.look(sibling.form, false) +
    profile.measure(sibling.length) +
    profile.answers(sibling.features)
  const against = isEstablished(sibling, hits / Math.max(1, profile.values)) ? WAS_ROUTE : isHeavy ? 1.5 : 0
  return nats + sibling.known - against
}
