// A segment in every encapsulation, and what decoding is to say of it. For tests.
import { concatBytes, ethernet, fromHex, ipv4, ipv6, Protocol, tcp, udp } from "../../shared/testing/packet-builder.ts"
import {
  ayiya,
  controlled,
  erspan1,
  erspan2,
  erspan3,
  eTagged,
  etherIp,
  fabricPath,
  geneve,
  gre,
  groupTagged,
  gtp,
  l2tp,
  l2tpv3,
  macsecClear,
  mpls,
  nsh,
  nvgre,
  ppp,
  pppoe,
  pptp,
  serviceTagged,
  teredo,
  tzsp,
  vnTagged,
  vxlan,
  vxlanGpe,
  wccp2,
} from "../../shared/testing/tunnel-builder.ts"
import { LABELS_MAX } from "./mpls.ts"

export const SEGMENT = tcp({ sourcePort: 40112, destinationPort: 80, seq: 7, ack: 9, flags: "PA", payload: "hello" })
export const IPV4 = ipv4(SEGMENT)
export const IPV6 = ipv6(SEGMENT)
export const FRAME = ethernet(IPV4)
const FRAME6 = ethernet(IPV6)
const TAGGED = ethernet(IPV4, { vlans: [11] })

export const OUTER = { source: "172.16.0.1", destination: "172.16.0.2" }
export const overIp = (payload: Uint8Array, protocol: number): Uint8Array =>
  ethernet(ipv4(payload, { ...OUTER, protocol }))
export const overGre = (payload: Uint8Array): Uint8Array => overIp(payload, 47)
export const overUdp = (payload: Uint8Array, port: number, source = 50_000): Uint8Array =>
  overIp(udp(source, port, payload), Protocol.udp)
export const labelled = (inner: Uint8Array): Uint8Array => ethernet(inner, { etherType: 0x8847 })

/** A frame whose destination begins with the given hexadecimal digits. */
const towards = (address: string, frame = FRAME): Uint8Array => concatBytes(fromHex(address), frame.subarray(6))
const radio = concatBytes(fromHex("0801 0000 ff0000000001 ff0000000002 ff0000000003 1000 aaaa03 000000 0800"), IPV4)
export const TEREDO = ipv6(SEGMENT, { source: "2001:0:4137:9e50:8000:f12a:b9c8:2815" })
export const ENDPOINT = { class: 0x0108, type: 1, value: fromHex("0a1b2c3d4e5f6071") }

export interface Row {
  readonly name: string
  readonly bytes: Uint8Array
  readonly zone?: string
  /** Besides those of the link, of IP and of TCP. */
  readonly counts: Readonly<Record<string, number>>
  readonly link?: number
  readonly vlan?: number
  /** Recognised by what it carries: cut within that, it is not. */
  readonly isGuessed?: boolean
}

export const ROWS: readonly Row[] = [
  { name: "VN-Tag", bytes: vnTagged(FRAME, 5), counts: { vntag: 1 } },
  { name: "VN-Tag before a VLAN", bytes: vnTagged(TAGGED, 5), counts: { vntag: 1, vlan: 1 }, vlan: 11 },
  { name: "E-Tag", bytes: eTagged(FRAME, 77), counts: { etag: 1 } },
  { name: "MACsec without encryption", bytes: macsecClear(FRAME), counts: { macsec: 1 } },
  { name: "Cisco metadata", bytes: groupTagged(FRAME6, 9), counts: { ciscoMetadata: 1 } },
  { name: "FabricPath", bytes: fabricPath(TAGGED), counts: { fabricPath: 1, vlan: 1 }, vlan: 11 },
  {
    name: "a provider backbone",
    bytes: serviceTagged(TAGGED, 0xabcdef),
    counts: { serviceTag: 1, vlan: 1 },
    vlan: 11,
    zone: "isid 11259375",
  },
  { name: "a service path of frames", bytes: ethernet(nsh(FRAME, 5, 3), { etherType: 0x894f }), counts: { nsh: 1 } },
  { name: "a service path of IPv6", bytes: ethernet(nsh(IPV6, 5, 2), { etherType: 0x894f }), counts: { nsh: 1 } },
  {
    name: "a service path in VXLAN-GPE",
    bytes: overUdp(vxlanGpe(nsh(IPV4, 5, 1), 42, 4), 4790),
    zone: "vni 42",
    counts: { nsh: 1, vxlan: 1 },
  },
  { name: "a label", bytes: labelled(mpls(IPV4, 16106)), counts: { mpls: 1 } },
  {
    name: "three labels in a VLAN",
    bytes: ethernet(mpls(IPV6, 99, 100, 17), { vlans: [0, 7], etherType: 0x8848 }),
    counts: { mpls: 1, vlan: 2 },
    vlan: 0,
  },
  {
    name: "as many labels as are accepted",
    bytes: labelled(mpls(IPV4, ...Array(LABELS_MAX).fill(20))),
    counts: { mpls: 1 },
  },
  { name: "explicit null", bytes: labelled(mpls(IPV6, 99, 2)), counts: { mpls: 1 } },
  {
    name: "a pseudowire with a control word",
    bytes: labelled(mpls(controlled(FRAME, 5), 99)),
    counts: { mpls: 1, pseudowire: 1 },
  },
  {
    name: "a pseudowire with a control word and a tag",
    bytes: labelled(mpls(controlled(TAGGED), 99)),
    counts: { mpls: 1, pseudowire: 1, vlan: 1 },
    vlan: 11,
  },
  {
    name: "a pseudowire without a control word, an address from 02",
    bytes: labelled(mpls(FRAME, 99)),
    counts: { mpls: 1, pseudowire: 1 },
    isGuessed: true,
  },
  ...["00163e000001", "1a8a400bc48e", "48a0cb000001", "650000000002", "a0b1c2d3e4f5"].map((address) => ({
    name: `a pseudowire without a control word, an address from ${address.slice(0, 2)}`,
    bytes: labelled(mpls(towards(address), 99)),
    counts: { mpls: 1, pseudowire: 1 },
    isGuessed: true,
  })),
  { name: "MPLS over IP", bytes: overIp(mpls(IPV4, 99), 137), counts: { mpls: 1 } },
  { name: "MPLS over UDP", bytes: overUdp(mpls(IPV4, 99, 7), 6635), counts: { mpls: 1 }, isGuessed: true },
  { name: "MPLS as a link", link: 219, bytes: mpls(IPV6, 99), counts: { mpls: 1, raw: 1 } },
  {
    name: "PPPoE, padded",
    bytes: ethernet(pppoe(ppp(IPV4), 17), { etherType: 0x8864, vlans: [100, 200], pad: true }),
    counts: { pppoe: 1, vlan: 2 },
    vlan: 100,
  },
  { name: "PPPoE with IPv6", bytes: ethernet(pppoe(ppp(IPV6), 17), { etherType: 0x8864 }), counts: { pppoe: 1 } },
  { name: "PPPoE as a link", link: 51, bytes: pppoe(ppp(IPV4), 1), counts: { pppoe: 1, ppp: 1 } },
  { name: "GRE with IPv4", bytes: overGre(gre(IPV4, 0x0800)), counts: { gre: 1 } },
  { name: "GRE over IPv6", bytes: ethernet(ipv6(gre(IPV6, 0x86dd), { protocol: 47 })), counts: { gre: 1 } },
  {
    name: "GRE with everything",
    bytes: overGre(
      gre(IPV4, 0x0800, {
        key: 7,
        sequence: 1,
        hasChecksum: true,
        routes: fromHex("0800 00 04 0a000001 0800 00 04 0a000002"),
      }),
    ),
    zone: "gre 7",
    counts: { gre: 1 },
  },
  { name: "GRE with frames", bytes: overGre(gre(TAGGED, 0x6558)), counts: { gre: 1, vlan: 1 }, vlan: 11 },
  {
    name: "GRE with frames and a key",
    bytes: overGre(gre(FRAME, 0x6558, { key: 42 })),
    zone: "gre 42",
    counts: { gre: 1 },
  },
  {
    name: "a great key",
    bytes: overGre(gre(IPV4, 0x0800, { key: 0xfffffffe })),
    zone: "gre 4294967294",
    counts: { gre: 1 },
  },
  { name: "a direction as a key", bytes: overGre(gre(FRAME, 0x6558, { key: 0x02000000 })), counts: { gre: 1 } },
  { name: "GRE with MPLS", bytes: overGre(gre(mpls(IPV4, 99), 0x8847)), counts: { gre: 1, mpls: 1 } },
  { name: "GRE with PPP", bytes: overGre(gre(ppp(IPV4), 0x880b)), counts: { gre: 1 } },
  { name: "WCCP 1", bytes: overGre(gre(IPV4, 0x883e)), counts: { gre: 1 } },
  { name: "WCCP 2", bytes: overGre(wccp2(IPV4)), counts: { gre: 1 } },
  { name: "NVGRE", bytes: overGre(nvgre(FRAME, 5001, 9)), zone: "vsid 5001", counts: { gre: 1, nvgre: 1 } },
  { name: "ERSPAN I", bytes: overGre(erspan1(TAGGED)), counts: { gre: 1, erspan: 1, vlan: 1 }, vlan: 11 },
  { name: "ERSPAN I, numbered", bytes: overGre(gre(FRAME, 0x88be, { sequence: 5 })), counts: { gre: 1, erspan: 1 } },
  { name: "ERSPAN II", bytes: overGre(erspan2(FRAME, 1023, 5)), zone: "erspan 1023", counts: { gre: 1, erspan: 1 } },
  {
    name: "ERSPAN II, the tag in its header",
    bytes: overGre(erspan2(FRAME, 7, 5, 12)),
    zone: "erspan 7",
    counts: { gre: 1, erspan: 1, vlan: 1 },
    vlan: 12,
  },
  { name: "ERSPAN III", bytes: overGre(erspan3(FRAME6, 8, 5)), zone: "erspan 8", counts: { gre: 1, erspan: 1 } },
  {
    name: "ERSPAN III with a subheader",
    bytes: overGre(erspan3(FRAME, 8, 5, { platform: fromHex("0102030405060708") })),
    zone: "erspan 8",
    counts: { gre: 1, erspan: 1 },
  },
  {
    name: "ERSPAN III of IP",
    bytes: overGre(erspan3(IPV4, 8, 5, { type: 2 })),
    zone: "erspan 8",
    counts: { gre: 1, erspan: 1 },
  },
  { name: "PPTP", bytes: overGre(pptp(concatBytes(fromHex("ff03"), ppp(IPV4)), 77, 1)), counts: { gre: 1, pptp: 1 } },
  {
    name: "PPTP that acknowledges, compressed, padded",
    bytes: concatBytes(overGre(pptp(concatBytes(fromHex("21"), IPV4), 77, 1, 5)), new Uint8Array(3)),
    counts: { gre: 1, pptp: 1 },
  },
  { name: "IPv4 in IPv4", bytes: overIp(IPV4, 4), counts: { ipInIp: 1 } },
  { name: "6in4", bytes: overIp(IPV6, 41), counts: { ipInIp: 1 } },
  { name: "IPv4 in IPv6", bytes: ethernet(ipv6(IPV4, { protocol: 4 })), counts: { ipInIp: 1 } },
  {
    name: "IPv6 in IPv6 behind options",
    bytes: ethernet(ipv6(IPV6, { protocol: 41, extensions: [{ type: 60, body: fromHex("0401 04010100") }] })),
    counts: { ipInIp: 1 },
  },
  { name: "EtherIP", bytes: overIp(etherIp(FRAME), 97), counts: { etherIp: 1 } },
  { name: "VXLAN", bytes: overUdp(vxlan(FRAME, 0xfffffe), 4789), zone: "vni 16777214", counts: { vxlan: 1 } },
  {
    name: "VXLAN on Linux's old port",
    bytes: overUdp(vxlan(TAGGED, 0), 8472),
    zone: "vni 0",
    counts: { vxlan: 1, vlan: 1 },
    vlan: 11,
  },
  {
    name: "VXLAN with a group",
    bytes: overUdp(vxlan(FRAME, 42, 0x88, fromHex("08 1234 00")), 4789),
    zone: "vni 42",
    counts: { vxlan: 1 },
  },
  {
    name: "VXLAN with reserved bits set",
    bytes: overUdp(vxlan(FRAME, 42, 0x0c, fromHex("000001 c8")), 4789),
    zone: "vni 42",
    counts: { vxlan: 1 },
    isGuessed: true,
  },
  { name: "VXLAN-GPE with IPv4", bytes: overUdp(vxlanGpe(IPV4, 42, 1), 4790), zone: "vni 42", counts: { vxlan: 1 } },
  { name: "VXLAN-GPE with IPv6", bytes: overUdp(vxlanGpe(IPV6, 42, 2), 4790), zone: "vni 42", counts: { vxlan: 1 } },
  {
    name: "VXLAN-GPE with a frame",
    bytes: overUdp(vxlanGpe(FRAME, 42, 3), 4790),
    zone: "vni 42",
    counts: { vxlan: 1 },
  },
  {
    name: "VXLAN-GPE with MPLS",
    bytes: overUdp(vxlanGpe(mpls(IPV4, 99), 42, 5), 4790),
    zone: "vni 42",
    counts: { vxlan: 1, mpls: 1 },
  },
  { name: "GENEVE", bytes: overUdp(geneve(FRAME, 42), 6081), zone: "vni 42", counts: { geneve: 1 } },
  {
    name: "GENEVE with options",
    bytes: overUdp(
      geneve(FRAME6, 42, {
        flags: 0x40,
        options: [
          { class: 0x0100, type: 0x80, value: fromHex("00000001") },
          { class: 0xffff, type: 3, value: new Uint8Array(124) },
          { class: 0x0101, type: 3, value: new Uint8Array(0) },
        ],
      }),
      6081,
    ),
    zone: "vni 42",
    counts: { geneve: 1 },
  },
  {
    name: "GENEVE of a gateway load balancer",
    bytes: overUdp(
      geneve(IPV4, 0, {
        etherType: 0x0800,
        options: [{ class: 0x0108, type: 3, value: fromHex("deadbeef") }, ENDPOINT],
      }),
      6081,
    ),
    zone: "endpoint 0a1b2c3d4e5f6071",
    counts: { geneve: 1 },
  },
  { name: "GTP-U", bytes: overUdp(gtp(IPV4, 0x03d44f54), 2152, 2152), counts: { gtp: 1 } },
  { name: "GTP-U with a sequence number", bytes: overUdp(gtp(IPV6, 1, { sequence: 5 }), 2152), counts: { gtp: 1 } },
  {
    name: "GTP-U with extension headers",
    bytes: overUdp(
      gtp(IPV4, 1, {
        extensions: [
          { type: 0x85, body: fromHex("0009") },
          { type: 0xc0, body: fromHex("000102030405") },
        ],
      }),
      2152,
    ),
    counts: { gtp: 1 },
  },
  { name: "Teredo from its server", bytes: overUdp(teredo(IPV6), 50_000, 3544), counts: { teredo: 1 } },
  {
    name: "Teredo with authentication and origin",
    bytes: overUdp(teredo(IPV6, { authentication: true, origin: "198.51.100.7" }), 3544),
    counts: { teredo: 1 },
    isGuessed: true,
  },
  {
    name: "Teredo with a trailer",
    bytes: overUdp(concatBytes(teredo(IPV6), fromHex("01020304")), 3544),
    counts: { teredo: 1 },
  },
  {
    name: "Teredo between other ports",
    bytes: overUdp(teredo(TEREDO), 3797, 32_900),
    counts: { teredo: 1 },
    isGuessed: true,
  },
  { name: "AYIYA", bytes: overUdp(ayiya(IPV6), 5072), counts: { ayiya: 1 } },
  { name: "AYIYA from its server, IPv4", bytes: overUdp(ayiya(IPV4), 50_000, 5072), counts: { ayiya: 1 } },
  {
    name: "L2TP",
    bytes: overUdp(l2tp(concatBytes(fromHex("ff03"), ppp(IPV4)), 3, 4), 1701, 1701),
    counts: { l2tp: 1 },
    isGuessed: true,
  },
  { name: "L2TPv3 over IP", bytes: overIp(l2tpv3(FRAME, 9), 115), counts: { l2tp: 1 }, isGuessed: true },
  {
    name: "L2TPv3 with cookie and sublayer",
    bytes: overIp(l2tpv3(FRAME, 9, "0011223344556677", "40000001"), 115),
    counts: { l2tp: 1 },
    isGuessed: true,
  },
  {
    name: "L2TPv3 over UDP",
    bytes: overUdp(concatBytes(fromHex("0003 0000"), l2tpv3(FRAME, 9, "00112233")), 1701),
    counts: { l2tp: 1 },
    isGuessed: true,
  },
  { name: "TZSP", bytes: overUdp(tzsp(FRAME), 37_008), counts: { tzsp: 1 } },
  { name: "TZSP of 802.11", bytes: overUdp(tzsp(radio, 18), 37_008), counts: { tzsp: 1 } },
  {
    name: "VXLAN in ERSPAN in a VLAN",
    bytes: ethernet(ipv4(erspan2(overUdp(vxlan(FRAME, 42), 4789), 7, 1), { ...OUTER, protocol: 47 }), { vlans: [100] }),
    zone: "erspan 7/vni 42",
    counts: { vlan: 1, gre: 1, erspan: 1, vxlan: 1 },
    vlan: 100,
  },
]
