// One decoded packet: a single record of numbers, reused for every packet, so that decoding allocates nothing.
// Everything that decode could not use is in `verdict`; everything else describes the TCP segment found.

/** What decode made of a packet. Every packet gets exactly one; the ledger counts each. */
export const Verdict = {
  /** A TCP segment: the fields below are valid. */
  tcp: 0,
  /** Ignored: not IP (ARP, LLDP, STP, ...). */
  notIp: 1,
  /** Ignored: IP that is not TCP. */
  notTcp: 2,
  /** Ignored: a fragment of an IP datagram that is not whole yet, or of one that nobody puts together. */
  fragment: 3,
  /** Ignored: a link type that this sensor does not know. */
  unknownLink: 4,
  /** Dropped: shorter than its headers claim (cut by the snap length or damaged). */
  truncated: 5,
  /** Dropped: a header that contradicts itself. */
  malformed: 6,
  /** Dropped: more layers, tags, labels or extension headers than the limit. */
  tooDeep: 7,
  /** Dropped: more tunnels within tunnels than the limit. */
  tooNested: 8,
} as const
export type Verdict = (typeof Verdict)[keyof typeof Verdict]

/** TCP flags as in the header, RFC 9293 section 3.1. */
export const TcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32 } as const

const NO_BYTES = new Uint8Array(0)

export class Packet {
  verdict: Verdict = Verdict.notIp
  /** 4 or 6. */
  ipVersion = 4
  /** Source address as four big-endian 32-bit words (signed). IPv4: only word 3 is used, words 0 to 2 are 0. */
  src0 = 0
  src1 = 0
  src2 = 0
  src3 = 0
  dst0 = 0
  dst1 = 0
  dst2 = 0
  dst3 = 0
  srcPort = 0
  dstPort = 0
  /** IPv4 identification, 0 for IPv6. */
  ipId = 0
  ttl = 0
  /** TCP sequence number, 32-bit signed. */
  seq = 0
  /** TCP acknowledgment number, 32-bit signed, meaningful with TcpFlag.ack. */
  ack = 0
  flags = 0
  window = 0
  /** TCP checksum as sent: copies of a packet have the same. */
  checksum = 0
  /** Where the payload lies: the batch's slab, or the buffer of a reassembled datagram. Valid until the next packet. */
  bytes: Uint8Array = NO_BYTES
  /** Payload captured: [payloadStart, payloadEnd) of `bytes`. */
  payloadStart = 0
  payloadEnd = 0
  /** Payload bytes that were on the wire: more than captured when the packet was snapped. */
  payloadWire = 0
  timeUs = 0
  /** Index of the interface that saw it, into the source's `interfaces`. */
  port = 0
  /** Zone: VLAN stack and tunnel identity folded to one number; 0 when there is none. See decode/zone.ts. */
  zone = 0
  /** Outer VLAN id, -1 when untagged: for description, not for the flow key. */
  vlan = -1
}
