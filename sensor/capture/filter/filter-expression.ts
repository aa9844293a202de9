// A capture filter as a tree of questions about one packet: what the parser makes of the text and the compiler turns into
// a program. Chains of one operator are flat, so that a list of a thousand ports is not a thousand levels deep.

/** Which end of a packet must match. */
export type FilterEnd = "src" | "dst" | "either" | "both"

export type FilterExpression =
  /** The empty filter: every packet. */
  | { readonly kind: "all" }
  | { readonly kind: "and" | "or"; readonly terms: readonly FilterExpression[] }
  | { readonly kind: "not"; readonly term: FilterExpression }
  | FilterPrimitive

export type FilterPrimitive =
  /** The EtherType behind the VLAN tags. */
  | { readonly kind: "etherType"; readonly type: number }
  /** Protocol of an IPv4 packet, or next header of an IPv6 packet. */
  | {
      readonly kind: "protocol"
      readonly protocol: number
      readonly isIpv4: boolean
      readonly isIpv6: boolean
    }
  /** Addresses of IPv4, or of the sender and target of ARP and RARP. `network` has no bits outside of `mask`. */
  | {
      readonly kind: "ipv4"
      /** EtherTypes in which to look. */
      readonly types: readonly number[]
      readonly end: FilterEnd
      readonly network: number
      readonly mask: number
    }
  /** The same of IPv6; four words, the first one first. */
  | {
      readonly kind: "ipv6"
      readonly end: FilterEnd
      readonly network: readonly number[]
      readonly mask: readonly number[]
    }
  /** Ports `low` to `high`. `protocol`: null is any that has ports (TCP, UDP, SCTP). */
  | {
      readonly kind: "port"
      readonly protocol: number | null
      readonly end: FilterEnd
      readonly low: number
      readonly high: number
    }
  /** An Ethernet address: its first two bytes, its last four. */
  | { readonly kind: "mac"; readonly end: FilterEnd; readonly high: number; readonly low: number }
  /** A VLAN tag: with this id, or any when null. */
  | { readonly kind: "vlan"; readonly id: number | null }
  /** Length on the wire, `least` to `most` bytes. */
  | { readonly kind: "length"; readonly least: number; readonly most: number }

/** EtherTypes that the language has a word for. */
export const FilterEtherType = { ip: 0x0800, arp: 0x0806, rarp: 0x8035, ip6: 0x86dd } as const

/** A filter that cannot be understood or made into a program: a mistake of the user, in one sentence. */
export class FilterError extends Error {
  /** Where in the text, from 1; null when it is the filter as a whole. */
  readonly column: number | null

  constructor(sentence: string, column: number | null = null) {
    super(sentence)
    this.name = "FilterError"
    this.column = column
  }
}
