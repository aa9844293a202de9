// How often each identity rule decided: one number an exchange, so that it costs next to nothing.
//
// A rule and what it found ("jwt bearer-jwt") has a small number in this process. A service counts by that number, in an
// array; texts are met once a batch, and when the record is made.
import type { Identity } from "../../shared/event/api-event.ts"

export interface Rule {
  readonly text: string
  /** 0, 1, 2, ...; -1 for a text beyond those that are told apart. */
  readonly index: number
}

const RULES_MAX = 1024
const rules = new Map<string, Rule>()
/** The same ones by rule and scheme: no text has to be put together to find them. */
const rulesByParts = new Map<string, Map<string, Rule>>()

/** The same object for the same text. */
export function ruleOf({ rule, scheme }: Pick<Identity, "rule" | "scheme">): Rule {
  const known = rulesByParts.get(rule)?.get(scheme)
  if (known !== undefined) return known
  const found = ruleNamed(`${rule} ${scheme}`)
  if (found.index < 0) return found
  const ofRule = rulesByParts.get(rule)
  if (ofRule === undefined) rulesByParts.set(rule, new Map([[scheme, found]]))
  else ofRule.set(scheme, found)
  return found
}

function ruleNamed(text: string): Rule {
  const known = rules.get(text)
  if (known !== undefined) return known
  const rule = { text, index: rules.size < RULES_MAX ? rules.size : -1 }
  if (rule.index >= 0) rules.set(text, rule)
  return rule
}

export class RuleCounts {
  readonly #max: number
  /** By Rule.index; 0 where a rule has no place yet. */
  readonly #counts: number[] = []
  /** Rules with a place, in order of first appearance. */
  readonly #rules: Rule[] = []

  constructor(max: number, record: Readonly<Record<string, number>> = {}) {
    this.#max = max
    for (const [text, count] of Object.entries(record)) if (count > 0) this.add(ruleNamed(text), count)
  }

  /** False when there was no place for the rule. */
  add(rule: Rule, count = 1): boolean {
    const { index } = rule
    const before = this.#counts[index] ?? 0
    if (before === 0 && !this.#place(rule)) return false
    this.#counts[index] = before + count
    return true
  }

  record(): Record<string, number> {
    return Object.fromEntries(this.#rules.map(({ text, index }) => [text, this.#counts[index]!]))
  }

  #place(rule: Rule): boolean {
    if (rule.index < 0 || this.#rules.length >= this.#max) return false
    while (this.#counts.length < rule.index) this.#counts.push(0)
    this.#rules.push(rule)
    return true
  }
}
