// Values of a capture filter: the address, network, port or number behind the keywords.
//
// In: a word and the keywords that it stands under, its own or those of the value before it. Out: a primitive, or a
// FilterError that says what should stand there.
import { parseIpv4, parseIpv4Part, parseIpv6, parseMac, parseNumber, prefixMask } from "./filter-address.ts"
import { type FilterEnd, FilterError, FilterEtherType, type FilterPrimitive } from "./filter-expression.ts"
import { type FilterToken, shown } from "./filter-words.ts"

export type FilterTarget = "host" | "net" | "port" | "portrange" | "proto" | "vlan" | "greater" | "less"

/** Keywords before a value: "tcp dst port" is layer tcp, end dst, target port. */
export interface FilterKeywords {
  readonly layer: string | null
  readonly end: FilterEnd
  readonly target: FilterTarget
}

const PORT_MAX = 65_535
const VLAN_MAX = 4095
const LENGTH_MAX = 0xffff_ffff
const IPV6_ALL = [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff]

const PROTOCOL_NAMES: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  icmp6: 58,
  sctp: 132,
}

/** Layers that have ports. */
export const PORT_LAYERS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 }

const IPV4_LAYERS: readonly string[] = ["ip", "arp", "rarp"]

export function valuePrimitive(
  token: FilterToken,
  keywords: FilterKeywords,
  mask: FilterToken | null,
): FilterPrimitive {
  switch (keywords.target) {
    case "host":
      return keywords.layer === "ether" ? macHost(token, keywords) : host(token, keywords)
    case "net":
      return network(token, keywords, mask)
    case "port":
    case "portrange":
      return ports(token, keywords)
    case "proto":
      return protocol(token, keywords)
    case "vlan":
      return { kind: "vlan", id: number(token, 0, VLAN_MAX, "a VLAN id is a number of 0 to 4095") }
    case "greater":
      return { kind: "length", least: length(token), most: LENGTH_MAX }
    case "less":
      return { kind: "length", least: 0, most: length(token) }
  }
}

function host(token: FilterToken, keywords: FilterKeywords): FilterPrimitive {
  checkAddressLayer(token, keywords)
  const ipv4 = parseIpv4(token.text)
  if (ipv4 !== null) return ipv4Primitive(token, keywords, ipv4, 0xffff_ffff)
  const ipv6 = parseIpv6(token.text)
  if (ipv6 !== null) return ipv6Primitive(token, keywords, ipv6, IPV6_ALL)
  if (parseMac(token.text) !== null) throw fault(token, "an Ethernet address is written as ether host ADDRESS")
  if (token.text.includes("/")) throw fault(token, "a network is written as net ADDRESS/BITS")
  throw fault(token, NO_ADDRESS)
}

const NO_ADDRESS = "this is no IPv4 or IPv6 address; names are not looked up"

function macHost(token: FilterToken, keywords: FilterKeywords): FilterPrimitive {
  const mac = parseMac(token.text)
  if (mac === null) throw fault(token, "this is no Ethernet address such as 00:11:22:33:44:55")
  return { kind: "mac", end: keywords.end, ...mac }
}

/** Addresses have ip, ip6, arp or rarp before them, or nothing. */
function checkAddressLayer(token: FilterToken, { layer, target }: FilterKeywords): void {
  if (layer === null || layer === "ip6" || IPV4_LAYERS.includes(layer)) return
  throw fault(token, `${layer} does not go with ${target}; write "${layer} and ${target} ${printable(token.text)}"`)
}

function ipv4Primitive(token: FilterToken, keywords: FilterKeywords, address: number, mask: number): FilterPrimitive {
  const { layer, end } = keywords
  if (layer === "ip6") throw fault(token, "ip6 does not go with an IPv4 address")
  const { ip, arp, rarp } = FilterEtherType
  const types = layer === null ? [ip, arp, rarp] : [FilterEtherType[layer as "ip" | "arp" | "rarp"]]
  if ((address & ~mask) !== 0)
    throw fault(token, "there are bits set outside of the mask; leave them 0, or write host for one address")
  return { kind: "ipv4", types, end, network: address, mask }
}

function ipv6Primitive(
  token: FilterToken,
  keywords: FilterKeywords,
  address: readonly number[],
  mask: readonly number[],
): FilterPrimitive {
  const { layer, end } = keywords
  if (layer !== null && layer !== "ip6") throw fault(token, `${layer} does not go with an IPv6 address`)
  if (address.some((word, i) => (word & ~mask[i]!) !== 0))
    throw fault(token, "there are bits set outside of the mask; leave them 0, or write host for one address")
  return { kind: "ipv6", end, network: address, mask }
}

function network(token: FilterToken, keywords: FilterKeywords, maskToken: FilterToken | null): FilterPrimitive {
  if (keywords.layer === "ether") throw fault(token, "ether goes with host, src, dst and proto")
  checkAddressLayer(token, keywords)
  const [word = "", bits, more] = token.text.split("/")
  if (more !== undefined) throw fault(token, "a network is written as 10.0.0.0/8")
  if (maskToken !== null && bits !== undefined) throw fault(maskToken, "the network has a mask already")
  const ipv6 = parseIpv6(word)
  if (ipv6 !== null) {
    if (maskToken !== null) throw fault(maskToken, "the mask of an IPv6 network is written as net ADDRESS/BITS")
    const length = bits === undefined ? 128 : prefixLength(token, bits, 128)
    const mask = [0, 32, 64, 96].map((before) => prefixMask(Math.min(32, Math.max(0, length - before))))
    return ipv6Primitive(token, keywords, ipv6, mask)
  }
  const part = parseIpv4Part(word)
  if (part === null) throw fault(token, `${NO_ADDRESS}, and a network is written as 10.0.0.0/8`)
  if (maskToken !== null) {
    const mask = parseIpv4(maskToken.text)
    if (mask === null) throw fault(maskToken, "this is no mask such as 255.255.0.0")
    return ipv4Primitive(token, keywords, part.address, mask)
  }
  const length = bits === undefined ? part.count * 8 : prefixLength(token, bits, 32)
  return ipv4Primitive(token, keywords, part.address, prefixMask(length))
}

function prefixLength(token: FilterToken, bits: string, most: number): number {
  const length = parseNumber(bits, 0, most)
  if (length === null) throw fault(token, `the mask has 0 to ${most} bits`)
  return length
}

function ports(token: FilterToken, { layer, end, target }: FilterKeywords): FilterPrimitive {
  const known = layer === null ? null : PORT_LAYERS[layer]
  if (known === undefined)
    throw fault(token, `${layer} does not go with ${target}; tcp, udp and sctp do, and "${layer} and ${target} ..."`)
  const [low = "", high, more] = target === "portrange" ? token.text.split("-") : [token.text]
  const what = target === "port" ? PORT_RULE : "a range of ports is written as 8000-8099"
  if (more !== undefined) throw fault(token, what)
  const first = number(token, 0, PORT_MAX, what, low)
  const last = high === undefined ? first : number(token, 0, PORT_MAX, what, high)
  return { kind: "port", protocol: known, end, low: Math.min(first, last), high: Math.max(first, last) }
}

const PORT_RULE = "a port is a number of 0 to 65535; names of services are not looked up"

function protocol(token: FilterToken, { layer }: FilterKeywords): FilterPrimitive {
  const name = token.text.replace(/^\\/, "")
  if (layer === "ether") {
    if (Object.hasOwn(FilterEtherType, name))
      return { kind: "etherType", type: FilterEtherType[name as keyof typeof FilterEtherType] }
    const rule = "an EtherType is a number such as 0x88cc, or ip, ip6, arp or rarp"
    return { kind: "etherType", type: number(token, 0, 0xffff, rule) }
  }
  if (layer !== null && layer !== "ip" && layer !== "ip6")
    throw fault(token, `${layer} does not go with proto; ip, ip6 and ether do`)
  const known = Object.hasOwn(PROTOCOL_NAMES, name) ? PROTOCOL_NAMES[name]! : null
  const rule = `a protocol is a number of 0 to 255, or ${Object.keys(PROTOCOL_NAMES).join(", ")}`
  return {
    kind: "protocol",
    protocol: known ?? number(token, 0, 255, rule),
    isIpv4: layer !== "ip6",
    isIpv6: layer !== "ip",
  }
}

function length(token: FilterToken): number {
  return number(token, 0, LENGTH_MAX, "a length is a number of bytes")
}

function number(token: FilterToken, least: number, most: number, rule: string, word = token.text): number {
  const value = parseNumber(word, least, most)
  if (value === null) throw fault(token, rule)
  return value
}

function printable(word: string): string {
  return shown(word).slice(1, -1)
}

function fault(token: FilterToken, what: string): FilterError {
  return new FilterError(`${shown(token.text)} at column ${token.column}: ${what}.`, token.column)
}
