// MPLS: a stack of labels, and behind it whatever the label's owner knows to be there. RFC 3032, RFC 4385, RFC 4928.
//
//   label 20 bits | class 3 bits, bottom 1 bit | time to live 8 bits      repeated until the bottom bit
//   [0000 | flags 4 bits | fragment 2 bits, length 6 bits | sequence 16 bits]   control word of a pseudowire
//
// In: the cursor at the first label. Out: the cursor at IP or at an Ethernet frame. What follows is guessed, by its first
// four bits as routers do, and by what would lie behind them:
//   4, 6   IP, unless its header contradicts itself and an Ethernet frame does not
//   0      a control word and a frame, or a frame whose address begins so: the one that looks more like a frame, in doubt
//          the first
//   other  a frame, when it looks like one (1 may also be an associated channel, which carries no traffic of anybody)
// Labels are given out by each router for itself, so those of the two directions differ: they make no zone.
// Given up: anything else that labels can lead to (ATM, frame relay, TDM), counted as not IP.
import { be32 } from "../../shared/bytes/read.ts"
import { type Cursor, Layer, stop, stopShort } from "./cursor.ts"
import { ethernetLikeness, Likeness, looksLikeIpv4, looksLikeIpv6 } from "./likeness.ts"
import { type Packet, Verdict } from "./packet.ts"
import type { Tunnels } from "./tunnels.ts"

/** Labels of one stack: segment routing uses up to ten or so. */
export const LABELS_MAX = 16

/** Labels that say what follows, when they are the last. RFC 3032 section 2.1, RFC 5586. */
const EXPLICIT_NULL_IPV4 = 0
const EXPLICIT_NULL_IPV6 = 2
const ASSOCIATED_CHANNEL = 13

const CONTROL_WORD_BYTES = 4

export function decodeMpls(cursor: Cursor, packet: Packet, tunnels: Tunnels): Layer {
  tunnels.counters.mpls++
  for (let labels = 1; ; labels++) {
    if (cursor.end - cursor.at < 4) return stopShort(cursor, packet, 4)
    const entry = be32(cursor.bytes, cursor.at)
    cursor.at += 4
    if ((entry & 0x100) !== 0) return behindLabels(cursor, packet, tunnels, entry >>> 12)
    if (labels === LABELS_MAX) return stop(packet, Verdict.tooDeep)
  }
}

/** True when the bytes at the cursor are a stack of labels that ends, with IP behind it. */
export function isLabelledIp(cursor: Cursor): boolean {
  const { bytes, end } = cursor
  let at = cursor.at
  for (let labels = 0; labels < LABELS_MAX; labels++) {
    if (end - at < 5) return false
    const entry = be32(bytes, at)
    at += 4
    if ((entry & 0x100) === 0) continue
    const version = bytes[at]! >>> 4
    return version === 4 ? looksLikeIpv4(cursor, at) : version === 6 && looksLikeIpv6(cursor, at)
  }
  return false
}

function behindLabels(cursor: Cursor, packet: Packet, tunnels: Tunnels, label: number): Layer {
  const { at, bytes } = cursor
  if (label === EXPLICIT_NULL_IPV4) return Layer.ipv4
  if (label === EXPLICIT_NULL_IPV6) return Layer.ipv6
  if (label === ASSOCIATED_CHANNEL) return stop(packet, Verdict.notIp)
  if (cursor.end === at) return stopShort(cursor, packet, 1)
  const nibble = bytes[at]! >>> 4
  if (nibble === 4 || nibble === 6) {
    const isIp = nibble === 4 ? looksLikeIpv4(cursor, at) : looksLikeIpv6(cursor, at)
    if (isIp || ethernetLikeness(cursor, at) !== Likeness.certain) return nibble === 4 ? Layer.ipv4 : Layer.ipv6
    return pseudowire(cursor, packet, tunnels, 0)
  }
  const bare = ethernetLikeness(cursor, at)
  const controlled = nibble === 0 ? ethernetLikeness(cursor, at + CONTROL_WORD_BYTES) : Likeness.none
  if (bare === Likeness.none && controlled === Likeness.none) return stop(packet, Verdict.notIp)
  return pseudowire(cursor, packet, tunnels, controlled >= bare ? CONTROL_WORD_BYTES : 0)
}

function pseudowire(cursor: Cursor, packet: Packet, tunnels: Tunnels, skip: number): Layer {
  tunnels.counters.pseudowire++
  cursor.at += skip
  return tunnels.enter(cursor, packet, Layer.ethernet)
}
