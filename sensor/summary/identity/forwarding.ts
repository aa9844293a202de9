// For whom a proxy asks: read from the right, because each proxy appends whom it heard; what stands left of the last trusted
// one is whatever the client liked to send.
//
//   X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.0.0.5        sender 10.0.0.7
//                    ^ claimed ^ the client ^ trusted              ^ trusted: two hops
//
// In:  a head whose sender is trusted.   Out: the client's address and the number of proxies passed, or nothing when no field
// says so. An entry that is no address (unknown, _hidden, garbage) ends the walk: the proxy that wrote it is the last one known.
// Bounded: ENTRIES_MAX entries from the right. RFC 7239 section 4 and 6, X-Forwarded-For as everybody has it.

import { isInNetwork, type Network, parseAddress, type WrittenAddress } from "../../flow/address-text.ts"
import type { HttpHead } from "../../http/http-head.ts"
import type { SummaryCounters } from "../counters.ts"
import type { Layout } from "../head-layout.ts"

export const ENTRIES_MAX = 32
/** Bytes of a field that are read, from its end. */
const FIELD_BYTES_MAX = 4096

/** Fields that tell, the first that is there is believed. */
export const FORWARDING_FIELDS: readonly string[] = ["x-forwarded-for", "forwarded", "x-real-ip"]

export interface Forwarded {
  readonly address: WrittenAddress
  readonly hops: number
}

/** "203.0.113.9", "203.0.113.9:4711", "[2001:db8::1]:443", in quotes or not. */
export function nodeAddress(text: string): WrittenAddress | null {
  const node = text.trim().replace(/^"(.*)"$/, "$1")
  const bracketed = /^\[([^\]]+)\](?::[\w-]{1,8})?$/.exec(node)
  if (bracketed !== null) return parseAddress(bracketed[1]!)
  return parseAddress(/^\d{1,3}(?:\.\d{1,3}){3}:[\w-]{1,8}$/.test(node) ? node.slice(0, node.indexOf(":")) : node)
}

/** The node of an element of Forwarded, "" without one. */
function forOf(element: string): string {
  const match = /(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]+)/i.exec(element)
  return match === null ? "" : match[1]!
}

export class Forwarding {
  readonly #trusted: readonly Network[]
  readonly #fields: readonly string[]
  readonly #counters: SummaryCounters

  constructor(trusted: readonly Network[], fields: readonly string[], counters: SummaryCounters) {
    this.#trusted = trusted
    this.#fields = fields
    this.#counters = counters
  }

  /** True when the address in words [at, at + 4) is that of a trusted proxy. */
  isTrusted(ipVersion: number, words: Int32Array, at: number): boolean {
    for (const network of this.#trusted) if (isInNetwork(ipVersion, words, at, network)) return true
    return false
  }

  /** Fields of a head that say for whom a proxy asks, in order. */
  fieldsOf({ names }: Layout): readonly number[] {
    const field = this.#fields.find((name) => names.includes(name))
    return field === undefined ? [] : names.flatMap((name, i) => (name === field ? [i] : []))
  }

  of(head: HttpHead, layout: Layout): Forwarded | null {
    const fields = this.fieldsOf(layout)
    if (fields.length === 0) return null
    const isForwarded = layout.names[fields[0]!] === "forwarded"
    let found: Forwarded | null = null
    let hops = 1
    for (let k = fields.length - 1; k >= 0; k--) {
      const end = head.valueEnd[fields[k]!]!
      const start = Math.max(head.valueStart[fields[k]!]!, end - FIELD_BYTES_MAX)
      const entries = head.buffer.latin1Slice(start, end).split(",")
      for (let i = entries.length - 1; i >= 0; i--) {
        const address = nodeAddress(isForwarded ? forOf(entries[i]!) : entries[i]!)
        if (address === null) {
          this.#counters.identity.oddForwarded++
          return found
        }
        found = { address, hops }
        if (hops === ENTRIES_MAX || !this.isTrusted(address.ipVersion, address.words, 0)) return found
        hops++
      }
    }
    return found
  }
}
