// Which rules hold for a service, worked out once a service: requests then ask for nothing but a reference.
//
// In:  the rules, then the authority and port of a server.   Out: a RuleSet, one object for all servers with the same rules.
// Bounded: SETS of them are remembered; the tables of servers and operations decide how often one is asked for.
import { StringInterner } from "../../../shared/bytes/interner.ts"
import type { IdentityRule } from "./rules.ts"

const SETS = 1024

export interface RuleSet {
  /** Distinct for each record ever made; 0 where no rule is limited to services. */
  readonly id: number
  readonly rules: readonly IdentityRule[]
}

/** True when `text` is what the pattern says, "*" being any run of characters. Linear: each part is looked for once. */
export function isGlobMatch(pattern: string, text: string): boolean {
  const parts = pattern.split("*")
  const first = parts[0]!
  if (parts.length === 1) return text === pattern
  const last = parts[parts.length - 1]!
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let at = first.length
  const end = text.length - last.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

/** `authority` in lower case, without the default port. */
function holdsFor({ services, ports }: IdentityRule, authority: string, port: number): boolean {
  if (ports !== undefined && !ports.includes(port)) return false
  if (services === undefined) return true
  const host = authority.replace(/:\d+$/, "")
  return services.some((pattern) => isGlobMatch(pattern, /:\d+$/.test(pattern) ? authority : host))
}

export class RuleSets {
  readonly #rules: readonly IdentityRule[]
  readonly #everywhere: RuleSet | null
  readonly #sets = new StringInterner<RuleSet>(SETS)
  #nextId = 1

  constructor(rules: readonly IdentityRule[]) {
    this.#rules = rules
    const isLimited = rules.some((rule) => rule.services !== undefined || rule.ports !== undefined)
    this.#everywhere = isLimited ? null : { id: 0, rules }
  }

  /** True when all servers have the same rules. */
  get isUniform(): boolean {
    return this.#everywhere !== null
  }

  of(authority: string, port: number): RuleSet {
    if (this.#everywhere !== null) return this.#everywhere
    const held = this.#rules.map((rule) => holdsFor(rule, authority, port))
    const key = held.map(Number).join("")
    const known = this.#sets.find(key)
    if (known !== undefined) return known
    const made = { id: this.#nextId++, rules: this.#rules.filter((_, i) => held[i]) }
    this.#sets.add(key, made)
    return made
  }
}
