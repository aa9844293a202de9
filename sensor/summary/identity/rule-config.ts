// Rules of identity as an operator writes them.
//
//   [[identity.rule]]
//   name = "partner_key"                      # shown in events and counters
//   services = ["api.example.com", "*.eu.example.com"]   # optional, like ports and path: what it holds for
//   from = "header x-partner-key"             # authorization, certificate, header NAME, query NAME, cookie NAME, path N
//   before = "."                              # optional: what names the principal, like after, parameter, claims
//
// In:  the tables of the file.   Out: rules in their order, or every mistake, each naming the rule and the key. Bounded: RULES_MAX
// rules, LIST_MAX items in a list. There are no patterns with back-tracking: parts are found by one search for a fixed text.
import type { OptionTable } from "../../../shared/config/options.ts"
import { namesPrincipal } from "./authorization.ts"
import { DEFAULT_RULES, type IdentityRule, type Part, type Place } from "./rules.ts"

export const RULES_MAX = 256
const LIST_MAX = 64
const TEXT_MAX = 256
const SEGMENT_MAX = 32

const NAME = /^[a-z][a-z0-9_-]{0,39}$/
/** Names that events use without a rule of that name. */
const RESERVED: ReadonlySet<string> = new Set(["client", ...DEFAULT_RULES.map((rule) => rule.name)])
const FIELD = /^(?!\*.*\*$)\*?[!#$%&'+.^_`|~0-9a-z-]+\*?$/
const PLACES: Readonly<Record<string, Place>> = { header: "field", query: "query", cookie: "cookie", path: "path" }
const KEYS: ReadonlySet<string> = new Set(
  "name services ports path from schemes as claims before after parameter show tenant tenant-after trusted ignore".split(
    " ",
  ),
)

type Draft = { -readonly [K in keyof IdentityRule]: IdentityRule[K] }

/** One table: what is read of it, and its mistakes. */
class RuleReader {
  readonly mistakes: string[] = []
  readonly #table: OptionTable
  readonly #label: string

  constructor(table: OptionTable, number: number) {
    this.#table = table
    const name = table.name
    this.#label = typeof name === "string" && NAME.test(name) ? `identity.rule "${name}"` : `identity.rule ${number}`
  }

  wrong(key: string, wanted: string): void {
    this.mistakes.push(`${this.#label}: "${key}" ${wanted}.`)
  }

  #refused(key: string, wanted: string): undefined {
    this.wrong(key, wanted)
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#table, key)
  }

  text(key: string): string | undefined {
    if (!this.has(key)) return undefined
    const value = this.#table[key]
    if (typeof value === "string" && value !== "" && value.length <= TEXT_MAX) return value
    return this.#refused(key, `takes a text of 1 to ${TEXT_MAX} letters`)
  }

  flag(key: string): boolean | undefined {
    if (!this.has(key)) return undefined
    const value = this.#table[key]
    return typeof value === "boolean" ? value : this.#refused(key, "takes true or false")
  }

  list<T extends string | number>(key: string, isItem: (item: unknown) => item is T, wanted: string): T[] | undefined {
    if (!this.has(key)) return undefined
    const value = this.#table[key]
    if (Array.isArray(value) && value.length > 0 && value.length <= LIST_MAX && value.every(isItem)) return value
    return this.#refused(key, `takes a list of 1 to ${LIST_MAX} ${wanted}`)
  }

  unknownKeys(): void {
    for (const key of Object.keys(this.#table))
      if (!KEYS.has(key)) this.wrong(key.slice(0, 40), `is no key of a rule; there are ${[...KEYS].join(", ")}`)
  }
}

const isText = (item: unknown): item is string => typeof item === "string" && item !== "" && item.length <= TEXT_MAX
const isPort = (item: unknown): item is number => Number.isInteger(item) && Number(item) >= 1 && Number(item) <= 65_535

function readPlace(reader: RuleReader, rule: Draft): void {
  const wanted = "takes authorization, certificate, header NAME, query NAME, cookie NAME or path N"
  const from = reader.text("from")
  if (from === undefined) {
    if (!reader.has("from")) reader.wrong("from", `is missing; it ${wanted}`)
    return
  }
  const [kind = "", name = "", ...more] = from.trim().toLowerCase().split(/ +/)
  if ((kind === "authorization" || kind === "certificate") && name === "") {
    rule.in = kind
    if (kind === "authorization") rule.names = ["authorization"]
    return
  }
  const place = Object.hasOwn(PLACES, kind) ? PLACES[kind] : undefined
  if (place === undefined || more.length > 0) {
    reader.wrong("from", wanted)
    return
  }
  rule.in = place
  if (place === "path") {
    const isNumber = /^\d{1,2}$/.test(name) && Number(name) >= 1 && Number(name) <= SEGMENT_MAX
    if (isNumber) rule.segment = Number(name)
    else reader.wrong("from", `takes path 1 to path ${SEGMENT_MAX}`)
  } else if (!FIELD.test(name)) reader.wrong("from", `takes a name, with "*" at one end at most, behind ${kind}`)
  else if (name === "authorization" && place === "field") reader.wrong("from", "takes authorization without header")
  else rule.names = [name]
}

function readScope(reader: RuleReader, rule: Draft): void {
  const services = reader.list("services", isText, "hosts, such as api.example.com or *.example.com")
  if (services !== undefined) rule.services = services.map((service) => service.toLowerCase())
  const ports = reader.list("ports", isPort, "ports, 1 to 65535")
  if (ports !== undefined) rule.ports = ports
  const path = reader.text("path")
  if (path !== undefined && !path.startsWith("/")) reader.wrong("path", 'takes a path that begins with "/"')
  else if (path !== undefined) rule.path = path
}

const PARTS = '"before", "after", "parameter" or "claims", or "as" or "schemes" that name a key id or user'

/** What names the principal is all of the value, which is then a secret. */
function isWholeValue(rule: Draft): boolean {
  if (rule.in === "certificate" || rule.in === "path" || rule.as !== undefined) return false
  if (rule.part !== undefined || rule.claims !== undefined) return false
  return rule.in !== "authorization" || rule.schemes === undefined || !rule.schemes.every(namesPrincipal)
}

function readPrincipal(reader: RuleReader, rule: Draft): void {
  const claims = reader.list("claims", isText, "names of claims")
  if (claims !== undefined) rule.claims = claims
  const parts = (["before", "after", "parameter"] as const).filter((key) => reader.has(key))
  if (parts.length > 1) reader.wrong(parts[1]!, `excludes "${parts[0]}"`)
  const [kind] = parts
  const text = kind === undefined ? undefined : reader.text(kind)
  if (kind !== undefined && text !== undefined) {
    const part: Part = { kind, text: kind === "parameter" ? text.toLowerCase() : text }
    rule.part = part
    if (claims !== undefined) reader.wrong(kind, 'excludes "claims"')
  }
  const isShown = reader.flag("show")
  if (isShown !== undefined) rule.isShown = isShown
  if (isShown === true && rule.isIgnored !== true && isWholeValue(rule))
    reader.wrong("show", `needs ${PARTS}: without them the name would be the credential itself`)
  const tenant = reader.text("tenant")
  const after = reader.text("tenant-after")
  if (after !== undefined && !reader.has("tenant"))
    reader.wrong("tenant-after", 'needs "tenant", the claim that names one')
  if (tenant !== undefined) rule.tenant = { claim: tenant, after: after ?? "" }
}

function readForm(reader: RuleReader, rule: Draft): void {
  const schemes = reader.list("schemes", isText, "schemes, such as bearer or basic")
  if (schemes !== undefined) {
    if (rule.in !== "authorization" && rule.in !== undefined) reader.wrong("schemes", 'needs from = "authorization"')
    rule.schemes = schemes.map((scheme) => scheme.toLowerCase())
  }
  const as = reader.text("as")
  if (as === "hmac" || as === "sigv4" || as === "mtls") {
    rule.as = as
    // What a rule of the file calls a key id may be a secret after all.
    if (as !== "mtls") rule.isShown = false
    if (rule.in === "authorization" || rule.in === "certificate")
      reader.wrong("as", "needs a header, query, cookie or path")
  } else if (as !== undefined) reader.wrong("as", "takes hmac, sigv4 or mtls")
  const isTrustedOnly = reader.flag("trusted")
  if (isTrustedOnly !== undefined) rule.isTrustedOnly = isTrustedOnly
  if (as === "mtls" && isTrustedOnly === false)
    reader.wrong("trusted", "cannot be false for a certificate that a header tells of")
  else if (as === "mtls") rule.isTrustedOnly = true
  const isIgnored = reader.flag("ignore")
  if (isIgnored !== undefined) rule.isIgnored = isIgnored
}

/** The rules, and every mistake in them. */
export function parseIdentityRules(tables: readonly OptionTable[]): {
  readonly rules: readonly IdentityRule[]
  readonly mistakes: readonly string[]
} {
  if (tables.length > RULES_MAX)
    return { rules: [], mistakes: [`identity.rule: there are more than ${RULES_MAX} rules.`] }
  const mistakes: string[] = []
  const names = new Set<string>()
  const rules = tables.map((table, i): IdentityRule => {
    const reader = new RuleReader(table, i + 1)
    const rule: Partial<Draft> = { names: [] }
    reader.unknownKeys()
    const { name } = table
    if (typeof name !== "string" || !NAME.test(name))
      reader.wrong("name", "takes 1 to 40 small letters, digits, _ and -, a letter first")
    else if (RESERVED.has(name)) reader.wrong("name", "is that of a rule that is always there")
    else if (names.has(name)) reader.wrong("name", "is that of a rule before it")
    else {
      rule.name = name
      names.add(name)
    }
    const draft = rule as Draft
    readPlace(reader, draft)
    readScope(reader, draft)
    readForm(reader, draft)
    readPrincipal(reader, draft)
    mistakes.push(...reader.mistakes)
    return draft
  })
  return { rules: mistakes.length > 0 ? [] : rules, mistakes }
}
