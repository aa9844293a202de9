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
  /** Other tags: Cisco's VN-Tag and metadata, IEEE 802.1BR, MACsec without encryption. */
  vntag = 0
  etag = 0
  macsec = 0
  ciscoMetadata = 0
  /** Frames of Cisco FabricPath. */
  fabricPath = 0
  /** Frames of provider backbones, IEEE 802.1ah. */
  serviceTag = 0
  nsh = 0
  /** Label stacks, and the Ethernet frames of pseudowires in them. */
  mpls = 0
  pseudowire = 0
  pppoe = 0
  /** GRE headers, those of NVGRE, ERSPAN and PPTP among them, which count in their own place, too. */
  gre = 0
  nvgre = 0
  erspan = 0
  pptp = 0
  /** IP in IP, of whichever versions. */
  ipInIp = 0
  etherIp = 0
  vxlan = 0
  geneve = 0
  gtp = 0
  teredo = 0
  ayiya = 0
  l2tp = 0
  tzsp = 0
  /** Zones met that have a name, and packets of zones beyond the limit. */
  zones = 0
  zonesUnnamed = 0
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
    /** Fragments but for those that completed a datagram, whose verdict is the datagram's. */
    fragment: 0,
    unknownLink: 0,
  }
  readonly dropped = {
    truncated: 0,
    malformed: 0,
    tooDeep: 0,
    tooNested: 0,
  }
}
