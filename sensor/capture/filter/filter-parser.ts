// Understands a capture filter: the subset of tcpdump's language that deploy/docs/filters.md describes.
//
// In:  text. Out: a FilterExpression, or a FilterError with one sentence and the column.
// As in tcpdump, `and` and `or` bind equally and from the left, and a value without a keyword takes the keywords before
// the last value: "port 80 or 443". Names are not looked up, in no service list and not in DNS.
import {
  type FilterEnd,
  FilterError,
  FilterEtherType,
  type FilterExpression,
  type FilterPrimitive,
} from "./filter-expression.ts"
import { type FilterKeywords, type FilterTarget, PORT_LAYERS, valuePrimitive } from "./filter-values.ts"
import { type FilterToken, filterTokens, shown } from "./filter-words.ts"

/** Primitives of a filter, and parentheses open at once, at most. */
export const FILTER_PRIMITIVES_MAX = 2000
export const FILTER_DEPTH_MAX = 100

/** Words that are a primitive by themselves: protocols by number, with the versions of IP in which they are looked for. */
const PROTOCOLS: Readonly<Record<string, { readonly protocol: number; readonly versions: "4" | "6" | "46" }>> = {
  tcp: { protocol: 6, versions: "46" },
  udp: { protocol: 17, versions: "46" },
  sctp: { protocol: 132, versions: "46" },
  icmp: { protocol: 1, versions: "4" },
  icmp6: { protocol: 58, versions: "6" },
  igmp: { protocol: 2, versions: "4" },
  esp: { protocol: 50, versions: "46" },
  ah: { protocol: 51, versions: "46" },
}

const TARGETS: readonly string[] = ["host", "net", "port", "portrange", "proto"] satisfies FilterTarget[]

/** Words of tcpdump that are no words here. */
const ELSEWHERE =
  /^(gateway|broadcast|multicast|inbound|outbound|mpls|pppoe[ds]|geneve|vxlan|len|ifname|on|action|reason|rset|rulenum|protochain|link|fddi|tr|wlan|type|subtype|dir|addr[1-4]|ra|ta|stp|iso|clnp|esis|isis|l1|l2|iih|lsp|snp|csnp|psnp|netbeui|ipx|atalk|aarp|decnet|lat|moprc|mopdl|sca|pim|vrrp|carp|igrp|llc|lane|oamf4|vpi|vci)$/

/** Throws FilterError. */
export function parseFilter(text: string): FilterExpression {
  const tokens = filterTokens(text)
  return tokens.length === 0 ? { kind: "all" } : new FilterParser(tokens).parse()
}

class FilterParser {
  readonly #tokens: readonly FilterToken[]
  #next = 0
  #depth = 0
  #primitives = 0
  /** Keywords that a bare value takes. */
  #keywords: FilterKeywords | null = null

  constructor(tokens: readonly FilterToken[]) {
    this.#tokens = tokens
  }

  parse(): FilterExpression {
    const expression = this.#chain(false)
    const rest = this.#peek()
    if (rest !== undefined)
      throw fault(
        rest,
        rest.text === ")" ? "there is no parenthesis that it closes" : '"and" or "or" is missing before it',
      )
    return expression
  }

  #peek(ahead = 0): FilterToken | undefined {
    return this.#tokens[this.#next + ahead]
  }

  /** The next token, which must be there. */
  #take(missing: string): FilterToken {
    const token = this.#peek()
    if (token === undefined) throw this.#ends(missing)
    this.#next++
    return token
  }

  #ends(missing: string): FilterError {
    const last = this.#tokens.at(-1)!
    return new FilterError(
      `the filter ends after ${shown(last.text)} at column ${last.column}: ${missing} is missing.`,
      last.column,
    )
  }

  #accept(text: string): FilterToken | undefined {
    const token = this.#peek()
    if (token?.text !== text) return undefined
    this.#next++
    return token
  }

  /** Terms joined by `and` and `or`. `valuesOnly`: the list of values behind keywords, as in "port (80 or 443)". */
  #chain(valuesOnly: boolean): FilterExpression {
    let left = this.#term(valuesOnly)
    for (;;) {
      const operator = this.#peek()?.text
      if (operator !== "and" && operator !== "or") return left
      this.#next++
      const right = this.#term(valuesOnly)
      if (left.kind === operator) (left.terms as FilterExpression[]).push(right)
      else left = { kind: operator, terms: [left, right] }
    }
  }

  #term(valuesOnly: boolean): FilterExpression {
    let isNegated = false
    while (this.#accept("not") !== undefined) isNegated = !isNegated
    const opening = this.#accept("(")
    const term = opening === undefined ? this.#primitive(valuesOnly) : this.#group(opening, valuesOnly)
    return isNegated ? { kind: "not", term } : term
  }

  #group(opening: FilterToken, valuesOnly: boolean): FilterExpression {
    if (++this.#depth > FILTER_DEPTH_MAX)
      throw fault(opening, `more than ${FILTER_DEPTH_MAX} parentheses are open at once`)
    const inner = this.#chain(valuesOnly)
    if (this.#accept(")") === undefined) {
      const instead = this.#peek()
      if (instead !== undefined) throw fault(instead, '"and", "or" or ")" is missing before it')
      throw fault(opening, "this parenthesis is never closed")
    }
    this.#depth--
    return inner
  }

  #primitive(valuesOnly: boolean): FilterExpression {
    const token = this.#take("a primitive such as tcp, host ADDRESS or port NUMBER")
    if (++this.#primitives > FILTER_PRIMITIVES_MAX)
      throw fault(token, `more than ${FILTER_PRIMITIVES_MAX} primitives are in the filter`)
    const { text } = token
    if (text === ")" || text === "and" || text === "or") throw fault(token, "a primitive is missing before it")
    if (isKeyword(text)) {
      if (valuesOnly) throw fault(token, "only values of the keyword before the parenthesis may stand in it")
      return this.#keyworded(token)
    }
    if (ELSEWHERE.test(text)) throw fault(token, "tcpdump knows this word, but it is not part of this filter language")
    if (this.#keywords !== null) return this.#value(token, this.#keywords)
    if (/^[\d.:/-]*$|:.*:/.test(text)) throw fault(token, "a keyword such as host, net or port is missing before it")
    throw fault(token, "this is no word of the filter language")
  }

  #value(token: FilterToken, keywords: FilterKeywords): FilterPrimitive {
    // "net 10.0.0.0 mask 255.0.0.0" is the one value of several words.
    const mask = keywords.target === "net" && this.#accept("mask") !== undefined ? this.#take("the mask") : null
    return valuePrimitive(token, keywords, mask)
  }

  /** What starts with a keyword: tcp, vlan 5, greater 100, tcp dst port 80, ip host 10.0.0.1, ... */
  #keyworded(token: FilterToken): FilterExpression {
    switch (token.text) {
      case "vlan":
        return this.#vlan()
      case "greater":
      case "less":
        return this.#length(token)
      case "mask":
        throw fault(token, "it belongs behind net and an address, as in net 10.0.0.0 mask 255.0.0.0")
      default:
        return this.#directed(token)
    }
  }

  #vlan(): FilterExpression {
    const next = this.#peek()
    this.#keywords = { layer: null, end: "either", target: "vlan" }
    if (next !== undefined && /^[\d(]/.test(next.text)) return this.#term(true)
    return { kind: "vlan", id: null }
  }

  #length(token: FilterToken): FilterPrimitive {
    this.#keywords = null
    const value = this.#take("a length in bytes")
    return valuePrimitive(value, { layer: null, end: "either", target: token.text as "greater" | "less" }, null)
  }

  #directed(first: FilterToken): FilterExpression {
    let token = first
    const layer = isLayer(token.text) ? token.text : null
    if (layer !== null) {
      const next = this.#peek()
      if (next === undefined || !(isEnd(next.text) || TARGETS.includes(next.text))) return this.#alone(token, next)
      token = this.#take("a keyword")
    }
    let end: FilterEnd = "either"
    let isEndGiven = false
    if (isEnd(token.text)) {
      end = this.#end(token.text)
      isEndGiven = true
      const next = this.#take("an address, or a keyword such as port,")
      if (TARGETS.includes(next.text)) token = next
      else this.#next--
    }
    const target = (TARGETS.includes(token.text) ? token.text : "host") as FilterTarget
    if (target === "proto" && isEndGiven) throw fault(token, "src and dst do not go with proto")
    const keywords: FilterKeywords = { layer, end, target }
    this.#keywords = keywords
    if (/^(\(|not)$/.test(this.#peek()?.text ?? "")) return this.#term(true)
    const value = this.#take(MISSING_VALUE[target] ?? "a value")
    if (/^(and|or|\))$/.test(value.text) || (isKeyword(value.text) && target !== "proto"))
      throw fault(value, `${MISSING_VALUE[target]} is missing before it`)
    return this.#value(value, keywords)
  }

  /** `src`, or `src or dst`, `src and dst`. */
  #end(first: "src" | "dst"): FilterEnd {
    const operator = this.#peek()?.text
    const second = this.#peek(1)?.text
    if ((operator !== "or" && operator !== "and") || !isEnd(second) || second === first) return first
    // "src or dst port 80" has one primitive; in "src 10.0.0.1 or dst ..." the operator comes later.
    this.#next += 2
    return operator === "or" ? "either" : "both"
  }

  /** A protocol without more: tcp, ip6, arp. */
  #alone(token: FilterToken, next: FilterToken | undefined): FilterPrimitive {
    const { text } = token
    this.#keywords = null
    if (next !== undefined && /^\d+$/.test(next.text) && Object.hasOwn(PORT_LAYERS, text))
      throw fault(next, `a keyword is missing before it, as in "${text} port ${next.text}"`)
    if (text === "ether") throw fault(token, "host, src, dst or proto is missing after it")
    if (Object.hasOwn(FilterEtherType, text))
      return { kind: "etherType", type: FilterEtherType[text as keyof typeof FilterEtherType] }
    const { protocol, versions } = PROTOCOLS[text]!
    return { kind: "protocol", protocol, isIpv4: versions.includes("4"), isIpv6: versions.includes("6") }
  }
}

const MISSING_VALUE: Readonly<Record<string, string>> = {
  host: "an address",
  net: "a network",
  port: "a port number",
  portrange: "a range of ports",
  proto: "a protocol number",
}

function isEnd(text: string | undefined): text is "src" | "dst" {
  return text === "src" || text === "dst"
}

function isLayer(text: string): boolean {
  return text === "ether" || Object.hasOwn(FilterEtherType, text) || Object.hasOwn(PROTOCOLS, text)
}

function isKeyword(text: string): boolean {
  return isLayer(text) || isEnd(text) || TARGETS.includes(text) || /^(vlan|greater|less|mask)$/.test(text)
}

function fault(token: FilterToken, what: string): FilterError {
  return new FilterError(`${shown(token.text)} at column ${token.column}: ${what}.`, token.column)
}
