// Addresses and networks written out: in configuration, and in fields that proxies add.
//
// In:  text.   Out: the four words of an address as Flow keeps them (IPv4 in the last one), or null. An IPv4 address in the form
// of IPv6 (::ffff:192.0.2.1) is the IPv4 address. RFC 4291 section 2.2, RFC 4632 section 3.1.
import { isIP } from "node:net"

export interface WrittenAddress {
  readonly ipVersion: 4 | 6
  readonly words: Int32Array
}

export interface Network extends WrittenAddress {
  readonly prefixBits: number
}

/** Longest text of an address: IPv6 with an IPv4 end. */
const TEXT_MAX = 45

const ipv4Word = (text: string): number => text.split(".").reduce((word, part) => (word << 8) | Number(part), 0)

/** Two words' worth of groups: "2001:db8:0:7". */
function groupsOf(text: string): number[] {
  if (text === "") return []
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)]
    const word = ipv4Word(group)
    return [word >>> 16, word & 0xffff]
  })
}

export function parseAddress(text: string): WrittenAddress | null {
  const kind = text.length > TEXT_MAX ? 0 : isIP(text)
  if (kind === 4) return { ipVersion: 4, words: Int32Array.of(0, 0, 0, ipv4Word(text)) }
  if (kind !== 6 || text.includes("%")) return null
  const [head = "", tail] = text.split("::")
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  const groups = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after]
  const words = Int32Array.from([0, 1, 2, 3], (i) => (groups[2 * i]! << 16) | groups[2 * i + 1]!)
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff)
    return { ipVersion: 4, words: Int32Array.of(0, 0, 0, words[3]!) }
  return { ipVersion: 6, words }
}

/** "10.0.0.0/8", "2001:db8::/32", or one address; null for what is neither. */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf("/")
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (address === null) return null
  const most = address.ipVersion === 4 ? 32 : 128
  if (slash < 0) return { ...address, prefixBits: most }
  const bits = text.slice(slash + 1)
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most ? { ...address, prefixBits: Number(bits) } : null
}

/** True when the address in words [at, at + 4) lies in the network. */
export function isInNetwork(ipVersion: number, words: Int32Array, at: number, network: Network): boolean {
  if (network.ipVersion !== ipVersion) return false
  let bits = network.prefixBits
  for (let i = ipVersion === 4 ? 3 : 0; i < 4 && bits > 0; i++, bits -= 32) {
    const mask = bits >= 32 ? -1 : ~(0xffff_ffff >>> bits)
    if (((words[at + i]! ^ network.words[i]!) & mask) !== 0) return false
  }
  return true
}
