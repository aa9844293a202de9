// How far decoding has got in a packet: which layer is next and where it lies.
//
//   slab  ..|...layers done...|....next layer....:~~~~~~~~~~|..
//                             at              end        wireEnd
//
// Bytes from `end` to `wireEnd` were on the wire but not captured. Each IP header pulls both ends in to its own length,
// which cuts off padding, frame check sequences and trailers of brokers.

import { type Packet, Verdict } from "./packet.ts"

/** What comes next, or that decoding is over. */
export const Layer = {
  done: 0,
  ethernet: 1,
  /** What `cursor.etherType` says: a tag, an IP version, or something else. */
  etherType: 2,
  llc: 3,
  ipv4: 4,
  ipv6: 5,
  /** An IP version that only its first nibble tells. */
  ip: 6,
  /** What `cursor.protocol` says. */
  transport: 7,
  sll: 8,
  sll2: 9,
  null: 10,
  ppp: 11,
  chdlc: 12,
  radiotap: 13,
  ieee80211: 14,
  arcnetLinux: 15,
  nflog: 16,
  mpls: 17,
  pppoe: 18,
  /** What `cursor` says of a fragment. */
  fragment: 19,
  nsh: 21,
  /** What follows an IPv6 header: extension headers, or what `cursor.protocol` says. */
  ipv6Payload: 20,
} as const
export type Layer = (typeof Layer)[keyof typeof Layer]

export class Cursor {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  end = 0
  wireEnd = 0
  etherType = 0
  /** IP protocol number of what lies at `at`. */
  protocol = 0
  /** Payload bytes of the datagram at `at`, as its UDP header claims them. */
  datagramBytes = 0
  /** Tunnels entered. */
  tunnels = 0
  /** Of the fragment at `at`: its datagram's id, its place there in bytes, whether another one follows it. */
  fragmentId = 0
  fragmentOffset = 0
  hasMoreFragments = false
}

/**
 * Cuts what lies behind `end`, where a header that the frame carried says that its payload ends. A header that claims more than the wire carried moves nothing: bytes that were lost show
 * as a hole in the sequence numbers, those that never existed would show as a loss that was none.
 */
export function pullIn(cursor: Cursor, end: number): void {
  if (cursor.wireEnd > end) cursor.wireEnd = end
  if (cursor.end > end) cursor.end = end
}

/**
 * The same for an IP header. Within a tunnel one that claims more is believed: the mirror cut the packet to fit its own
 * frames, and what it cut off is a loss of known length.
 */
export function fitIp(cursor: Cursor, end: number): void {
  if (cursor.wireEnd > end || cursor.tunnels !== 0) cursor.wireEnd = end
  if (cursor.end > end) cursor.end = end
}

/** Ends decoding with a verdict. */
export function stop(packet: Packet, verdict: Verdict): Layer {
  packet.verdict = verdict
  return Layer.done
}

/** Ends decoding of a packet whose header does not fit: cut when it was on the wire, a contradiction when it was not. */
export function stopShort(cursor: Cursor, packet: Packet, headerBytes: number): Layer {
  return stop(packet, cursor.wireEnd - cursor.at >= headerBytes ? Verdict.truncated : Verdict.malformed)
}
