// Where the credential of a request may stand: worked out once an operation, from names alone; values are looked at later.
//
// In:  a head's layout, cookies and parameters, and the rules of its service.   Out: a list of sources in the order of the rules,
// up to the first that decides for certain, and whether the URL holds a credential. Equal lists are one object while remembered.
// Bounded: SOURCES_MAX sources; what lies beyond is counted (`sourcesCut`).
import { StringInterner } from "../../../shared/bytes/interner.ts"
import { FieldName, type HttpHead } from "../../http/http-head.ts"
import type { CookieJar } from "../cookies.ts"
import type { SummaryCounters } from "../counters.ts"
import type { Layout } from "../head-layout.ts"
import type { Parameter } from "../query-names.ts"
import type { Kind } from "../value-class.ts"
import type { Location, Locations } from "./locations.ts"
import { type IdentityRule, isCredential, isNamed } from "./rules.ts"

export const SOURCES_MAX = 16
const LISTS = 2048

/** Where a credential may stand; the same for all requests with the same skeleton. */
export interface Source {
  readonly location: Location
  /** Index of the field in the head, of the parameter in the query, of the cookie in the jar, of the segment in the path. */
  readonly index: number
}

/** In order, up to the first that decides for certain. */
export interface SourceList {
  readonly sources: readonly Source[]
  /** Bit i: a credential may be in field i. */
  readonly fields: number
  /** One may be in the path or the query. */
  readonly isInTarget: boolean
}

export const NO_SOURCES: SourceList = { sources: [], fields: 0, isInTarget: false }

function listOf(sources: readonly Source[]): SourceList {
  let fields = 0
  for (const { location, index } of sources)
    if (location.kind === "authorization" || location.kind === "field") fields |= 1 << index
  const isInTarget = sources.some(({ location }) => location.kind === "query" || location.kind === "path")
  return { sources, fields, isInTarget }
}

/** What of a request tells where its credential may be. */
export interface Grounds {
  readonly head: HttpHead
  readonly layout: Layout
  readonly jar: CookieJar
  readonly parameters: readonly Parameter[]
  /** As sent, without query and parameters. */
  readonly path: string
}

/** Indexes of what the rule speaks of. */
function indexesFor(rule: IdentityRule, { head, layout, jar, parameters }: Grounds): number[] {
  if (rule.in === "certificate") return [0]
  if (rule.in === "path") return [rule.segment! - 1]
  if (rule.in === "authorization") {
    const i = head.known[FieldName.authorization]!
    return i < 0 ? [] : [i]
  }
  if (rule.in === "field") return placesOf(layout.names, (name) => isNamed(name, rule.names))
  if (rule.beside !== undefined && !parameters.some(({ name }) => name.toLowerCase() === rule.beside)) return []
  const named: readonly { name: string; kind: Kind }[] = rule.in === "query" ? parameters : jar.set.cookies
  return placesOf(named, ({ name, kind }) => isCredential(rule, name, kind))
}

function placesOf<T>(items: readonly T[], isMeant: (item: T) => boolean): number[] {
  return items.flatMap((item, i) => (isMeant(item) ? [i] : []))
}

/** Text of the location. */
function placeOf(rule: IdentityRule, index: number, { layout, jar, parameters }: Grounds): string {
  if (rule.in === "certificate") return "certificate"
  if (rule.in === "authorization") return "authorization"
  if (rule.in === "path") return `path:${index + 1}`
  if (rule.in === "field") return `header:${layout.names[index]}`
  if (rule.in === "cookie") return `cookie:${jar.set.published[index]}`
  const parameter = parameters[index]!
  return `${parameter.isMatrix ? "matrix" : "query"}:${parameter.name.toLowerCase()}`
}

/** True when the path is the rule's or below it. */
function isBelow(path: string, rule: IdentityRule): boolean {
  const prefix = rule.path
  if (prefix === undefined || prefix === "/") return true
  return path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`)
}

/** A rule that takes whatever stands there: what comes after it can never decide. */
function isCertain(rule: IdentityRule): boolean {
  return (
    rule.in !== "certificate" &&
    rule.in !== "path" &&
    rule.schemes === undefined &&
    rule.isTrustedOnly !== true &&
    rule.part === undefined
  )
}

export class Sources {
  readonly #locations: Locations
  readonly #counters: SummaryCounters
  readonly #lists = new StringInterner<SourceList>(LISTS)

  constructor(locations: Locations, counters: SummaryCounters) {
    this.#locations = locations
    this.#counters = counters
  }

  of(rules: readonly IdentityRule[], grounds: Grounds): SourceList {
    const list: Source[] = []
    const ignored = new Set<string>()
    for (const rule of rules) {
      if (!isBelow(grounds.path, rule)) continue
      let isDecided = false
      for (const index of indexesFor(rule, grounds)) {
        const place = `${rule.in === "authorization" ? "field" : rule.in} ${index}`
        if (ignored.has(place)) continue
        if (rule.isIgnored === true && rule.schemes === undefined) {
          ignored.add(place)
          continue
        }
        if (list.length === SOURCES_MAX) {
          this.#counters.identity.sourcesCut++
          return this.#kept(list)
        }
        list.push({ location: this.#locations.of(rule, placeOf(rule, index, grounds)), index })
        isDecided = isDecided || isCertain(rule)
        if (isDecided) break
      }
      if (isDecided) break
    }
    return this.#kept(list)
  }

  /** Some parameter of the URL is a credential, whether it decides or not. */
  isInUrl(rules: readonly IdentityRule[], { parameters, path }: Grounds): boolean {
    const names = new Set(parameters.map(({ name }) => name.toLowerCase()))
    const isAsking = ({ beside }: IdentityRule): boolean => beside === undefined || names.has(beside)
    const asking = rules.filter((rule) => rule.in === "query" && isBelow(path, rule) && isAsking(rule))
    return parameters.some(({ name, kind }) => {
      const first = asking.find((rule) => isCredential(rule, name, kind))
      return first !== undefined && first.isIgnored !== true
    })
  }

  #kept(sources: readonly Source[]): SourceList {
    const key = sources.map(({ location, index }) => `${location.id} ${index}`).join("\n")
    const known = this.#lists.find(key)
    if (known !== undefined) return known
    const list = listOf(sources)
    this.#lists.add(key, list)
    return list
  }
}
