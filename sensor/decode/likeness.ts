// Whether bytes look like IP or like an Ethernet frame: for tunnels that do not say what they carry (MPLS above all), and for
// those whose header is too plain to be believed alone.
//
// In: the cursor, and where to look. Out: a judgement; the cursor stays. Bytes that were not captured speak neither for nor
// against.
import { be16 } from "../../shared/bytes/read.ts"
import type { Cursor } from "./cursor.ts"

export const Likeness = {
  none: 0,
  /** A type that Ethernet frames have, but nothing behind it that proves it. */
  possible: 1,
  /** An IP header where the type says so, or everything that could contradict was cut off. */
  certain: 2,
} as const
export type Likeness = (typeof Likeness)[keyof typeof Likeness]

/** Tags looked behind. */
const TAGS_MAX = 4

/** Types of frames that carry no IP, as seen on provider and data centre networks. */
const OTHER_TYPES: readonly number[] = [
  0x0806, 0x8035, 0x8847, 0x8848, 0x8863, 0x8864, 0x8809, 0x888e, 0x88cc, 0x88e5, 0x88e7, 0x88f7, 0x8902, 0x8903,
  0x8926, 0x893f, 0x9000,
]

/** Upper protocols that an IPv6 packet of today may name. */
const NEXT_HEADERS: readonly number[] = [
  0, 1, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 88, 89, 97, 103, 112, 115, 132, 135, 137, 139, 140,
]

/** Services that LLC frames name: spanning tree, SNAP, IS-IS, NetWare, Cisco's. */
const LLC_SERVICES: readonly number[] = [0x4242, 0xaaaa, 0xfefe, 0xe0e0, 0xf0f0]

export function looksLikeIpv4(cursor: Cursor, at: number): boolean {
  const { bytes, end } = cursor
  if (end <= at) return true
  const first = bytes[at]!
  const headerBytes = (first & 0xf) << 2
  if (first >>> 4 !== 4 || headerBytes < 20) return false
  if (end - at < 4) return true
  const totalBytes = be16(bytes, at + 2)
  if (totalBytes !== 0 && totalBytes < headerBytes) return false
  if (totalBytes <= cursor.wireEnd - at) return true
  // Longer than its frame: cut by a mirror, if the header is sound otherwise.
  return end - at >= headerBytes && hasChecksum(bytes, at, headerBytes)
}

export function looksLikeIpv6(cursor: Cursor, at: number): boolean {
  const { bytes, end } = cursor
  if (end <= at) return true
  if (bytes[at]! >>> 4 !== 6) return false
  if (end - at < 8) return true
  return be16(bytes, at + 4) + 40 <= cursor.wireEnd - at && NEXT_HEADERS.includes(bytes[at + 6]!)
}

/** How much the bytes at `at` look like an Ethernet frame. */
export function ethernetLikeness(cursor: Cursor, at: number): Likeness {
  const { bytes, end } = cursor
  if (end - at < 14) return cursor.wireEnd - at < 14 ? Likeness.none : Likeness.possible
  // A multicast address never sends.
  if ((bytes[at + 6]! & 1) === 1) return Likeness.none
  let typeAt = at + 12
  for (let tags = 0; ; tags++) {
    if (end - typeAt < 2) return Likeness.possible
    const type = be16(bytes, typeAt)
    if (type === 0x0800) return looksLikeIpv4(cursor, typeAt + 2) ? Likeness.certain : Likeness.none
    if (type === 0x86dd) return looksLikeIpv6(cursor, typeAt + 2) ? Likeness.certain : Likeness.none
    const isTag = type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200
    if (!isTag || tags === TAGS_MAX) return isTag ? Likeness.possible : otherLikeness(cursor, type, typeAt + 2)
    typeAt += 4
  }
}

function otherLikeness(cursor: Cursor, type: number, at: number): Likeness {
  if (type >= 0x0600) return OTHER_TYPES.includes(type) ? Likeness.possible : Likeness.none
  if (type < 3 || type > cursor.wireEnd - at) return Likeness.none
  if (cursor.end - at < 2) return Likeness.possible
  return LLC_SERVICES.includes(be16(cursor.bytes, at)) ? Likeness.possible : Likeness.none
}

function hasChecksum(bytes: Uint8Array, at: number, headerBytes: number): boolean {
  let sum = 0
  for (let i = at; i < at + headerBytes; i += 2) sum += be16(bytes, i)
  sum = (sum & 0xffff) + (sum >>> 16)
  return (sum & 0xffff) + (sum >>> 16) === 0xffff
}
