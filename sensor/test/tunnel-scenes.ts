// The same conversation in everything that a network or a mirror puts around packets. The golden test keeps a file for each
// of them beside those of scenes.ts; tunnels.test.ts holds their events against those of the plain conversation.
//
// Whatever the two ends of a tunnel choose for themselves differs between the directions here, as it does on the wire:
// addresses, labels, tunnel endpoints, calls, outer VLANs.
// 2026-11-24: tshark 4.0.17 reads each of these captures as what it is meant to be, down to both requests, with right checksums
// and nothing malformed (README.md beside this file).
import { pcapFile } from "../../shared/testing/capture-builder.ts"
import {
  concatBytes,
  ethernet,
  type Frame,
  fromHex,
  ipv4,
  ipv6,
  TcpConversation,
  udp,
} from "../../shared/testing/packet-builder.ts"
import * as build from "../../shared/testing/tunnel-builder.ts"
import type { Scene } from "./scenes.ts"

/** Puts a header around frame `i`; `way` is 0 towards the server, 1 back. */
type Wrap = (frame: Uint8Array, way: 0 | 1, i: number) => Uint8Array

export interface Encapsulation {
  readonly name: string
  readonly sentence: string
  readonly wrap: Wrap
  /** What it carries has to be IPv6. */
  readonly isIpv6?: boolean
  /** Zone of the events. */
  readonly zone?: string
}

const ENDS = ["172.16.0.1", "172.16.0.2"] as const
const ENDS6 = ["2001:db8:ee::1", "2001:db8:ee::2"] as const
const packetOf = (frame: Uint8Array): Uint8Array => frame.subarray(14)
const over = (payload: Uint8Array, protocol: number, way: 0 | 1, i: number): Uint8Array =>
  ipv4(payload, { source: ENDS[way], destination: ENDS[1 - way]!, protocol, id: i })
const overUdp = (payload: Uint8Array, way: 0 | 1, i: number, from: number, to: number): Uint8Array =>
  ethernet(over(udp(from, to, payload), 17, way, i))
const overGre = (payload: Uint8Array, way: 0 | 1, i: number): Uint8Array => ethernet(over(payload, 47, way, i))
const addressed = (bytes: Uint8Array): Uint8Array => concatBytes(fromHex("ff03"), bytes)

export const ENCAPSULATIONS: readonly Encapsulation[] = [
  {
    name: "vlan-directions",
    sentence: "Each direction is tagged with a VLAN of its own.",
    wrap: (frame, way) => ethernet(packetOf(frame), { vlans: [way === 0 ? 10 : 20] }),
  },
  {
    name: "triple-tags",
    sentence: "Three tags of three types.",
    wrap: (frame) => ethernet(packetOf(frame), { vlans: [100, 200, 7], tagTypes: [0x9100, 0x88a8, 0x8100] }),
  },
  {
    name: "vn-tag",
    sentence: "Between an adapter and its fabric extender.",
    wrap: (frame, way) => build.vnTagged(ethernet(packetOf(frame), { vlans: [10 + way] }), 5 + way),
  },
  {
    name: "e-tag",
    sentence: "Between a bridge and its port extender.",
    wrap: (frame, way) => build.eTagged(frame, 77 + way),
  },
  {
    name: "macsec-clear",
    sentence: "Authenticated and not encrypted on the link, in a VLAN behind it.",
    wrap: (frame) => build.macsecClear(ethernet(packetOf(frame), { vlans: [7] })),
  },
  {
    name: "security-group",
    sentence: "Cisco's metadata with the security group of the sender.",
    wrap: (frame, way) => build.groupTagged(frame, 40 + way),
  },
  {
    name: "fabric-path",
    sentence: "A frame in a frame between the switches of a fabric.",
    // With the check sequence that such frames keep.
    wrap: (frame) => concatBytes(build.fabricPath(frame), fromHex("c5c5c5c5")),
  },
  {
    name: "provider-backbone",
    sentence: "A customer's frames in those of a provider, a service each.",
    wrap: (frame) => build.serviceTagged(frame, 7000),
    zone: "isid 7000",
  },
  {
    name: "service-path",
    sentence: "Through service functions, a path each way.",
    wrap: (frame, way) => ethernet(build.nsh(packetOf(frame), 5 + way, 1), { etherType: 0x894f }),
  },
  {
    name: "mpls",
    sentence: "Labels that differ each way, one way with two of them.",
    wrap: (frame, way) =>
      ethernet(way === 0 ? build.mpls(packetOf(frame), 16106) : build.mpls(packetOf(frame), 99, 254), {
        etherType: 0x8847,
        vlans: [7],
      }),
  },
  {
    name: "pseudowire",
    sentence: "Ethernet over MPLS, with a control word towards the server and without one back.",
    wrap: (frame, way, i) =>
      ethernet(way === 0 ? build.mpls(build.controlled(frame, i + 1), 99, 17) : build.mpls(frame, 88), {
        etherType: 0x8847,
      }),
  },
  {
    name: "mpls-over-udp",
    sentence: "Labels in datagrams.",
    wrap: (frame, way, i) => overUdp(build.mpls(packetOf(frame), 30 + way), way, i, 50_000, 6635),
  },
  {
    name: "pppoe",
    sentence: "A subscriber line in two tags.",
    wrap: (frame) =>
      ethernet(build.pppoe(build.ppp(packetOf(frame)), 17), { etherType: 0x8864, vlans: [100, 7], pad: true }),
  },
  {
    name: "gre",
    sentence: "IP over GRE with checksum, key and sequence number.",
    wrap: (frame, way, i) =>
      overGre(build.gre(packetOf(frame), 0x0800, { key: 7, sequence: i, hasChecksum: true }), way, i),
    zone: "gre 7",
  },
  {
    name: "gre-directions",
    sentence: "A hypervisor's mirror: frames over GRE, the direction in the key.",
    wrap: (frame, way, i) => overGre(build.gre(frame, 0x6558, { key: way === 0 ? 0 : 0x02000000 }), 0, i),
  },
  {
    name: "nvgre",
    sentence: "A virtual subnet, a flow number each way.",
    wrap: (frame, way, i) => overGre(build.nvgre(frame, 5001, 9 + way), way, i),
    zone: "vsid 5001",
  },
  {
    name: "wccp",
    sentence: "Requests redirected to a cache, responses as they are.",
    wrap: (frame, way, i) => (way === 0 ? overGre(build.wccp2(packetOf(frame)), way, i) : frame),
  },
  {
    name: "pptp",
    sentence: "PPP over the GRE of PPTP, a call number each way.",
    wrap: (frame, way, i) =>
      overGre(build.pptp(addressed(build.ppp(packetOf(frame))), 11 + way, i, i % 2 ? i : undefined), way, i),
  },
  {
    name: "erspan-1",
    sentence: "Mirrored frames with nothing but GRE around them.",
    wrap: (frame, way, i) => overGre(build.erspan1(ethernet(packetOf(frame), { vlans: [10 + way] })), 0, i),
  },
  {
    name: "erspan-2",
    sentence: "One session from two switches, the tags in its header.",
    wrap: (frame, way, i) => overGre(build.erspan2(frame, 7, i, 10 + way), way, i),
    zone: "erspan 7",
  },
  {
    name: "erspan-3",
    sentence: "With timestamps, one way with a platform's subheader.",
    wrap: (frame, way, i) =>
      overGre(build.erspan3(frame, 8, i, way === 0 ? {} : { platform: fromHex("0500000000000001") }), 0, i),
    zone: "erspan 8",
  },
  {
    name: "ip-in-ip",
    sentence: "IPv4 in IPv4 one way and in IPv6 back.",
    wrap: (frame, way, i) =>
      ethernet(
        way === 0
          ? over(packetOf(frame), 4, way, i)
          : ipv6(packetOf(frame), { source: ENDS6[1], destination: ENDS6[0], protocol: 4 }),
      ),
  },
  {
    name: "6in4",
    sentence: "IPv6 in IPv4.",
    wrap: (frame, way, i) => ethernet(over(packetOf(frame), 41, way, i)),
    isIpv6: true,
  },
  {
    name: "ipv6-in-ipv6",
    sentence: "IPv6 in IPv6.",
    wrap: (frame, way) =>
      ethernet(ipv6(packetOf(frame), { source: ENDS6[way], destination: ENDS6[1 - way]!, protocol: 41 })),
    isIpv6: true,
  },
  {
    name: "etherip",
    sentence: "Frames in IP.",
    wrap: (frame, way, i) => ethernet(over(build.etherIp(frame), 97, way, i)),
  },
  {
    name: "teredo",
    sentence: "IPv6 through a NAT: by way of the server's port, with origin, and from port to port.",
    wrap: (frame, way, i) => {
      if (way === 1) return overUdp(build.teredo(packetOf(frame)), way, i, 3544, 50_000)
      const fields = i === 0 ? { authentication: true, origin: "198.51.100.7" } : {}
      return overUdp(build.teredo(packetOf(frame), fields), way, i, 50_000, 3544)
    },
    isIpv6: true,
  },
  {
    name: "ayiya",
    sentence: "IPv6 in a tunnel broker's datagrams.",
    wrap: (frame, way, i) =>
      overUdp(build.ayiya(packetOf(frame)), way, i, way === 0 ? 50_000 : 5072, way === 0 ? 5072 : 50_000),
    isIpv6: true,
  },
  {
    name: "vxlan",
    sentence: "A network's frames, the source port chosen by flow.",
    wrap: (frame, way, i) => overUdp(build.vxlan(frame, 42), way, i, 50_000 + way, 4789),
    zone: "vni 42",
  },
  {
    name: "vxlan-gpe",
    sentence: "Bare IP in VXLAN's successor.",
    wrap: (frame, way, i) => overUdp(build.vxlanGpe(packetOf(frame), 42, 1), way, i, 50_000 + way, 4790),
    zone: "vni 42",
  },
  {
    name: "geneve",
    sentence: "With options of two kinds.",
    wrap: (frame, way, i) => {
      const options = [
        { class: 0x0102, type: 0x80, value: fromHex("0001000000020003") },
        { class: 0x0101, type: 3, value: fromHex("00000000000000000000000000000001") },
      ]
      return overUdp(build.geneve(frame, 42, { options }), way, i, 50_000 + way, 6081)
    },
    zone: "vni 42",
  },
  {
    name: "gateway-load-balancer",
    sentence: "IP in GENEVE, the network named by the endpoint that it came through.",
    wrap: (frame, way, i) => {
      const options = [
        { class: 0x0108, type: 1, value: fromHex("0a1b2c3d4e5f6071") },
        { class: 0x0108, type: 2, value: fromHex("0000000000000000") },
        { class: 0x0108, type: 3, value: fromHex("deadbeef") },
      ]
      return overUdp(build.geneve(packetOf(frame), 0, { etherType: 0x0800, options }), way, i, 60_001, 6081)
    },
    zone: "endpoint 0a1b2c3d4e5f6071",
  },
  {
    name: "gtp",
    sentence: "A subscriber's packets, with sequence numbers one way and a PDU session back.",
    wrap: (frame, way, i) => {
      const fields = way === 0 ? { sequence: i } : { extensions: [{ type: 0x85, body: fromHex("0009") }] }
      return overUdp(build.gtp(packetOf(frame), way === 0 ? 0x03d44f54 : 0x1c4374d3, fields), way, i, 2152, 2152)
    },
  },
  {
    name: "l2tp",
    sentence: "PPP in L2TP, tunnel and session named by each end.",
    wrap: (frame, way, i) =>
      overUdp(build.l2tp(addressed(build.ppp(packetOf(frame))), 3 + way, 30 + way), way, i, 1701, 1701),
  },
  {
    name: "l2tpv3",
    sentence: "Frames in IP behind a cookie.",
    wrap: (frame, way, i) => ethernet(over(build.l2tpv3(frame, 900 + way, "00112233"), 115, way, i)),
  },
  {
    name: "tzsp",
    sentence: "A router's mirror.",
    wrap: (frame, _way, i) => overUdp(build.tzsp(frame), 0, i, 40_000, 37_008),
  },
  {
    name: "nested-tunnels",
    sentence: "A cloud's network over an operator's labels, mirrored by a switch in a VLAN.",
    wrap: (frame, way, i) => {
      const cloud = overUdp(build.vxlan(frame, 42), way, i, 50_000, 4789)
      const labelled = ethernet(build.mpls(packetOf(cloud), 99 + way), { etherType: 0x8847 })
      return ethernet(over(build.erspan2(labelled, 7, i), 47, 0, i), { vlans: [100] })
    },
    zone: "erspan 7/vni 42",
  },
]

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: api.example.com\r\n\r\n`
const json = (body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`

interface TalkFields {
  readonly isIpv6?: boolean
  readonly word?: string
  readonly count?: number
}

/** A conversation of a few exchanges; what `word` says is in each of them. */
export function tunnelTalk({ isIpv6 = false, word = "orders", count = 2 }: TalkFields): Frame[] {
  const ends = isIpv6 ? { client: "[2001:db8::1]:40000", server: "[2001:db8::2]:80" } : {}
  const talk = new TcpConversation({ ...ends, segmentBytes: 100 })
  talk.open()
  for (let i = 0; i < count; i++)
    talk.toServer(get(`/v1/${word}/${i}`)).toClient(json(`{"${word}":${i},"note":"${"x".repeat(80)}"}`))
  return talk.finish().frames
}

/** True when a frame with one header of IP goes to the server of the conversation that `frames[0]` opens. */
function wayOf(frame: Uint8Array, first: Uint8Array): 0 | 1 {
  const isIpv6 = frame[14]! >>> 4 === 6
  const [at, bytes] = isIpv6 ? [22, 16] : [26, 4]
  const own = Buffer.from(frame.subarray(at, at + bytes))
  return own.equals(first.subarray(at, at + bytes)) ? 0 : 1
}

export function wrapAll(frames: readonly Frame[], wrap: Wrap): Frame[] {
  const first = frames[0]!.bytes
  return frames.map(({ timeUs, bytes, wire }, i) => {
    const wrapped = wrap(bytes, wayOf(bytes, first), i)
    if (wire === undefined || wire === bytes.length) return { timeUs, bytes: wrapped }
    return { timeUs, bytes: wrapped, wire: wrapped.length + wire - bytes.length }
  })
}

const inVxlan =
  (vni: number): Wrap =>
  (frame, way, i) =>
    overUdp(build.vxlan(frame, vni), way, i, 50_000 + way, 4789)

/** Frames of several conversations, one of each in turn. */
function inTurn(...talks: readonly (readonly Frame[])[]): Frame[] {
  return talks[0]!.flatMap((_, i) => talks.map((frames) => frames[i]!))
}

export const TUNNEL_SCENES: readonly Scene[] = [
  ...ENCAPSULATIONS.map(({ name, sentence, wrap, isIpv6 }) => ({
    name,
    sentence,
    capture: () => pcapFile(wrapAll(tunnelTalk({ isIpv6: isIpv6 ?? false }), wrap)),
  })),
  {
    name: "overlapping-networks",
    sentence:
      "Two tenants with the same addresses, ports and sequence numbers at the same time, and a third without a tunnel.",
    capture: () =>
      pcapFile(
        inTurn(
          wrapAll(tunnelTalk({ word: "red" }), inVxlan(1)),
          wrapAll(tunnelTalk({ word: "tan" }), inVxlan(2)),
          tunnelTalk({ word: "raw" }),
        ),
      ),
  },
  {
    name: "lost-in-a-zone",
    sentence: "A segment of a body is lost in one network and none in the other: the ledger tells where.",
    capture: () => {
      const lossy = wrapAll(tunnelTalk({ word: "red" }), inVxlan(1))
      // The end of the first response.
      lossy.splice(5, 1)
      return pcapFile([...lossy, ...wrapAll(tunnelTalk({ word: "tan" }), inVxlan(2))])
    },
  },
  {
    name: "sliced-by-mirror",
    sentence: "A mirror that keeps 90 bytes of each frame: what it cut off is a gap of known length.",
    capture: () =>
      pcapFile(wrapAll(tunnelTalk({}), (frame, _way, i) => overGre(build.erspan2(frame.subarray(0, 90), 7, i), 0, i))),
  },
  {
    name: "snapped-tunnel",
    sentence: "A capture that keeps 140 bytes of each frame of a tunnel.",
    capture: () =>
      pcapFile(
        wrapAll(tunnelTalk({}), inVxlan(42)).map(({ timeUs, bytes }) => ({
          timeUs,
          bytes: bytes.subarray(0, 140),
          wire: bytes.length,
        })),
      ),
  },
]
