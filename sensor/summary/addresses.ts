// Addresses of flows: pseudonym, pseudonym of the network around them, class; each computed once while remembered.
//
// In:  the four words of an address as Flow keeps them.   Out: an Address record.
// RFC 1918, RFC 6598, RFC 4193 (private), RFC 3927, RFC 4291 (link-local), RFC 5952 (text of IPv6).
import { ByteInterner } from "../../shared/bytes/interner.ts"
import type { AddressClass } from "../../shared/event/api-event.ts"
import type { Flow, Side } from "../flow/flow.ts"
import { Domain, type PseudonymKey, type Pseudonyms } from "./privacy/pseudonym.ts"

/**
 * How addresses leave the sensor, the option privacy.addresses. pseudonym: keyed, with the pseudonym of the network around them.
 * plain: as they are. class: only what kind they are (private, public, a configured network): all clients of a class are one.
 */
export type AddressMode = "pseudonym" | "plain" | "class"
export const ADDRESS_MODES: readonly AddressMode[] = ["pseudonym", "plain", "class"]

const ADDRESSES = { entries: 32_768, keyBytes: 32_768 * 17 }

/** A network that configuration gives a name. */
export interface NamedNetwork {
  readonly name: string
  readonly ipVersion: 4 | 6
  /** Network address, as in Flow. */
  readonly words: readonly [number, number, number, number]
  readonly prefixBits: number
}

export interface Address {
  /** Distinct for each record ever made: a key for tables. */
  readonly id: number
  /** What pseudonyms of clients are derived of: keyed, "" where addresses are hidden; under the former key, "" without one. */
  readonly key: string
  readonly former: string
  /** As published. */
  readonly pseudonym: string
  readonly prefix: string
  readonly addressClass: AddressClass
}

/** Bytes of an address in `to` from `at`: 4 or 16. Returns the end. */
export function addressBytes(flow: Flow, side: Side, to: Uint8Array, at: number): number {
  return wordBytes(flow.ipVersion, flow.address, side * 4, to, at)
}

function wordBytes(ipVersion: number, words: Int32Array, from: number, to: Uint8Array, at: number): number {
  for (let i = ipVersion === 4 ? 3 : 0; i < 4; i++) {
    const word = words[from + i]!
    to[at++] = word >>> 24
    to[at++] = word >>> 16
    to[at++] = word >>> 8
    to[at++] = word
  }
  return at
}

function classOfIpv4(word: number): AddressClass {
  const a = word >>> 24
  const b = (word >>> 16) & 0xff
  if (a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128))
    return "private"
  if (a === 127) return "loopback"
  if (a === 169 && b === 254) return "link-local"
  if (a >= 224 && a < 240) return "multicast"
  if (word === 0) return "unspecified"
  return "public"
}

function classOfIpv6(w0: number, w1: number, w2: number, w3: number): AddressClass {
  if (w0 === 0 && w1 === 0) {
    if (w2 === 0xffff) return classOfIpv4(w3)
    if (w2 === 0 && w3 === 1) return "loopback"
    if (w2 === 0 && w3 === 0) return "unspecified"
  }
  const top = w0 >>> 16
  if ((top & 0xfe00) === 0xfc00) return "private"
  if ((top & 0xffc0) === 0xfe80) return "link-local"
  if (top >>> 8 === 0xff) return "multicast"
  return "public"
}

/** Class of side `side` of a flow: the name of the first configured network that holds it, else what its range says. */
export function addressClass(flow: Flow, side: Side, networks: readonly NamedNetwork[]): AddressClass {
  return classOf(flow.ipVersion, flow.address, side * 4, networks)
}

function classOf(ipVersion: number, address: Int32Array, at: number, networks: readonly NamedNetwork[]): AddressClass {
  for (const network of networks) {
    if (network.ipVersion !== ipVersion) continue
    let bits = network.prefixBits
    let isInside = true
    for (let i = ipVersion === 4 ? 3 : 0; i < 4 && bits > 0; i++, bits -= 32) {
      const mask = bits >= 32 ? -1 : ~(0xffff_ffff >>> bits)
      if (((address[at + i]! ^ network.words[i]!) & mask) !== 0) isInside = false
    }
    if (isInside) return network.name
  }
  return ipVersion === 4
    ? classOfIpv4(address[at + 3]! >>> 0)
    : classOfIpv6(address[at]! >>> 0, address[at + 1]! >>> 0, address[at + 2]! >>> 0, address[at + 3]! >>> 0)
}

/** Dotted, or RFC 5952: lower case, the first longest run of two or more zero groups as "::". */
export function addressText(flow: Flow, side: Side): string {
  return wordText(flow.ipVersion, flow.address, side * 4)
}

function wordText(ipVersion: number, words: Int32Array, at: number): string {
  const bytes = new Uint8Array(16)
  const end = wordBytes(ipVersion, words, at, bytes, 0)
  if (end === 4) return bytes.subarray(0, 4).join(".")
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!)
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${bytes.subarray(12).join(".")}`
  let best = -1
  let bestLength = 1
  for (let i = 0; i < 8; i++) {
    let length = 0
    while (i + length < 8 && groups[i + length] === 0) length++
    if (length > bestLength) {
      best = i
      bestLength = length
    }
    i += length
  }
  const text = groups.map((group) => group.toString(16))
  return best < 0 ? text.join(":") : `${text.slice(0, best).join(":")}::${text.slice(best + bestLength).join(":")}`
}

/** The /48 around an IPv6 address, written out. `bytes`: IP version, then the address. */
function prefixText(bytes: Uint8Array): string {
  const group = (i: number): string => ((bytes[i]! << 8) | bytes[i + 1]!).toString(16)
  return `${group(1)}:${group(3)}:${group(5)}::/48`
}

export class Addresses {
  readonly #known = new ByteInterner<Address>(ADDRESSES)
  readonly #addresses: Pseudonyms
  readonly #former: Pseudonyms | null
  readonly #prefixes: Pseudonyms
  readonly #networks: readonly NamedNetwork[]
  readonly #bytes = new Uint8Array(17)
  readonly #mode: AddressMode
  #nextId = 1

  constructor(key: PseudonymKey, networks: readonly NamedNetwork[], mode: AddressMode = "pseudonym") {
    this.#mode = mode
    this.#addresses = key.of(Domain.address)
    this.#former = key.former === null ? null : key.former.of(Domain.address)
    this.#prefixes = key.of(Domain.prefix)
    this.#networks = networks
  }

  /** Pseudonym of an address that is written out. The same as of a packet's for IPv4. */
  ofText(text: string): string {
    if (this.#mode === "plain") return text
    if (this.#mode === "class") return "address"
    const parts = text.split(".").map(Number)
    const isIpv4 = parts.length === 4 && parts.every((part) => part <= 255)
    const bytes = isIpv4 ? Uint8Array.of(0, ...parts) : Buffer.from(`0${text}`, "latin1")
    return this.#addresses.text(bytes, 1, bytes.length)
  }

  /** As published. `bytes`: IP version, then the address. */
  #named(key: string, bytes: Uint8Array, words: Int32Array, at: number): { pseudonym: string; prefix: string } {
    if (this.#mode === "class") return { pseudonym: "", prefix: "" }
    const ipVersion = bytes[0]!
    const isIpv4 = ipVersion === 4
    if (this.#mode === "plain") {
      const text = wordText(ipVersion, words, at)
      return { pseudonym: text, prefix: isIpv4 ? `${text.slice(0, text.lastIndexOf("."))}.0/24` : prefixText(bytes) }
    }
    return { pseudonym: key, prefix: this.#prefixes.text(bytes, 0, isIpv4 ? 4 : 7) }
  }

  of(flow: Flow, side: Side): Address {
    return this.at(flow.ipVersion, flow.address, side * 4)
  }

  /** The address in words [at, at + 4). */
  at(ipVersion: number, words: Int32Array, at: number): Address {
    const bytes = this.#bytes
    bytes[0] = ipVersion
    const end = wordBytes(ipVersion, words, at, bytes, 1)
    let address = this.#known.find(bytes, 0, end)
    if (address === undefined) {
      const isHidden = this.#mode === "class"
      const key = isHidden ? "" : this.#addresses.text(bytes, 1, end)
      address = {
        id: this.#nextId++,
        key,
        former: this.#former === null || isHidden ? "" : this.#former.text(bytes, 1, end),
        ...this.#named(key, bytes, words, at),
        addressClass: classOf(ipVersion, words, at, this.#networks),
      }
      this.#known.add(bytes, 0, end, address)
    }
    return address
  }
}
