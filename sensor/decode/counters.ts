// What decode made of the packets. Every packet has exactly one verdict:
// packets delivered = tcp + the sum of `ignored` + the sum of `dropped`.

export class DecoderCounters {
  /** Packets by link layer. One that arrived with an unknown link type is in none of these. */
  ethernet = 0
  sll = 0
  raw = 0
  null = 0
  ppp = 0
  chdlc = 0
  ieee80211 = 0
  arcnet = 0
  nflog = 0
  /** VLAN tags: a packet with two counts twice. Tags that the kernel took off count too. */
  vlan = 0
  /** IP headers, by version. */
  ipv4 = 0
  ipv6 = 0
  /** Segments delivered to the next stage. */
  tcp = 0
  /** Captured TCP payload of those segments. */
  payloadBytes = 0
  readonly ignored = {
    notIp: 0,
    notTcp: { udp: 0, icmp: 0, other: 0 },
    fragment: 0,
    unknownLink: 0,
  }
  readonly dropped = {
    truncated: 0,
    malformed: 0,
    tooDeep: 0,
  }
}
