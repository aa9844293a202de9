import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import {
  addressBytes,
  concatBytes,
  EtherType,
  ethernet,
  fromHex,
  ipv4,
  ipv6,
  Protocol,
  START_US,
  tcp,
  u16,
  u32,
  udp,
} from "../../shared/testing/packet-builder.ts"
import { LAYERS_MAX } from "./decoder.ts"
import { assertOneVerdict, counted, decode, verdictName } from "./fake-wire.ts"
import { EXTENSIONS_MAX } from "./ipv6.ts"
import { TcpFlag, Verdict } from "./packet.ts"

const SEGMENT = tcp({ sourcePort: 40112, destinationPort: 80, seq: 7, ack: 9, flags: "PA", payload: "hello" })
const IPV4 = ipv4(SEGMENT)
const IPV6 = ipv6(SEGMENT)

test("every field of a segment over IPv4", () => {
  const segment = tcp({
    sourcePort: 65535,
    destinationPort: 443,
    seq: 0xfffffffe,
    ack: 0x80000001,
    flags: "SAFPRU",
    window: 1234,
    options: fromHex("02 04 05 b4 01"),
    payload: "hello",
  })
  const bytes = ethernet(ipv4(segment, { source: "192.168.1.2", destination: "255.0.0.1", id: 0xbeef, ttl: 7 }))
  const { packet, payload, counters } = decode(bytes)
  assert.equal(packet.verdict, Verdict.tcp)
  const { src3, dst3, srcPort, dstPort, seq, ack, flags, window, ipId, ttl, zone, vlan, timeUs, ipVersion } = packet
  const checksum = (bytes[14 + 20 + 16]! << 8) | bytes[14 + 20 + 17]!
  assert.notEqual(checksum, 0)
  assert.deepEqual([packet.checksum, packet.port], [checksum, 3])
  assert.deepEqual(
    { src3, dst3, srcPort, dstPort, seq, ack, flags, window, ipId, ttl, zone, vlan, timeUs, ipVersion },
    {
      src3: 0xc0a80102 | 0,
      dst3: 0xff000001 | 0,
      srcPort: 65535,
      dstPort: 443,
      seq: -2,
      ack: 0x80000001 | 0,
      flags: TcpFlag.syn | TcpFlag.ack | TcpFlag.fin | TcpFlag.psh | TcpFlag.rst | TcpFlag.urg,
      window: 1234,
      ipId: 0xbeef,
      ttl: 7,
      zone: 0,
      vlan: -1,
      timeUs: START_US,
      ipVersion: 4,
    },
  )
  assert.deepEqual([packet.src0, packet.src1, packet.src2, packet.dst0, packet.dst1, packet.dst2], [0, 0, 0, 0, 0, 0])
  assert.equal(payload, "hello")
  assert.equal(packet.payloadWire, 5)
  assert.deepEqual(counted(counters), { ethernet: 1, ipv4: 1, tcp: 1, payloadBytes: 5 })
})

test("a record used before gives the same as a new one", () => {
  const used = decode(ethernet(IPV6, { vlans: [5] }), { options: { isVlanInZone: true } }).packet
  assert.notEqual(used.zone, 0)
  assert.deepEqual(decode(ethernet(IPV4), {}, used).packet, decode(ethernet(IPV4)).packet)
})

test("addresses of IPv6", () => {
  const source = "2001:db8:1:2:3:4:5:6"
  const { packet, payload } = decode(ethernet(ipv6(SEGMENT, { source, destination: "fe80::1", ttl: 3 })))
  const words = [packet.src0, packet.src1, packet.src2, packet.src3]
  assert.deepEqual(concatBytes(...words.map(u32)), addressBytes(source))
  assert.deepEqual([packet.dst0, packet.dst1, packet.dst2, packet.dst3], [0xfe800000 | 0, 0, 0, 1])
  assert.deepEqual([packet.ipVersion, packet.ttl, packet.ipId, payload], [6, 3, 0, "hello"])
})

describe("links that lead to the segment", () => {
  const snap = fromHex("aa aa 03 00 00 00")
  const llc = (type: number) => concatBytes(snap, u16(type))
  const sll = (type: number) => concatBytes(fromHex("0000 0001 0006 020000000001 0000"), u16(type))
  const sll2 = (type: number) => concatBytes(u16(type), fromHex("0000 00000002 0001 00 06 020000000001 0000"))
  const addresses = fromHex("020000000002 020000000001")
  const wlan = (control: string, rest = "") =>
    concatBytes(fromHex(`${control} 0000 ff0000000001 ff0000000002 ff0000000003 1000 ${rest}`), llc(0x0800), IPV4)
  const radiotap = fromHex("00 00 0c 00 00000000 aabbccdd")
  const rows: { name: string; link: number; bytes: Uint8Array; counts?: Record<string, number> }[] = [
    { name: "Ethernet", link: 1, bytes: ethernet(IPV4), counts: { ethernet: 1, ipv4: 1 } },
    { name: "Ethernet with IPv6", link: 1, bytes: ethernet(IPV6), counts: { ethernet: 1, ipv6: 1 } },
    { name: "Ethernet padded to 60 bytes", link: 1, bytes: ethernet(ipv4(SEGMENT), { pad: true }) },
    { name: "LLC/SNAP", link: 1, bytes: concatBytes(addresses, u16(60), llc(0x0800), IPV4) },
    {
      name: "LLC/SNAP in a VLAN",
      link: 1,
      bytes: concatBytes(addresses, fromHex("8100 0005"), u16(60), llc(0x86dd), IPV6),
    },
    { name: "LLC with IP's own service", link: 1, bytes: concatBytes(addresses, u16(60), fromHex("06 06 03"), IPV4) },
    { name: "SLL", link: 113, bytes: concatBytes(sll(0x0800), IPV4), counts: { sll: 1, ipv4: 1 } },
    {
      name: "SLL with a tag",
      link: 113,
      bytes: concatBytes(sll(0x8100), fromHex("0005 86dd"), IPV6),
      counts: { sll: 1, vlan: 1, ipv6: 1 },
    },
    { name: "SLL with LLC", link: 113, bytes: concatBytes(sll(4), llc(0x0800), IPV4) },
    { name: "SLL2", link: 276, bytes: concatBytes(sll2(0x86dd), IPV6), counts: { sll: 1, ipv6: 1 } },
    ...[12, 14, 101].map((link) => ({ name: `raw ${link}`, link, bytes: IPV6, counts: { raw: 1, ipv6: 1 } })),
    { name: "raw IPv4", link: 228, bytes: IPV4, counts: { raw: 1, ipv4: 1 } },
    { name: "raw IPv6", link: 229, bytes: IPV6, counts: { raw: 1, ipv6: 1 } },
    {
      name: "null, little endian",
      link: 0,
      bytes: concatBytes(fromHex("02000000"), IPV4),
      counts: { null: 1, ipv4: 1 },
    },
    { name: "null, big endian", link: 0, bytes: concatBytes(fromHex("00000002"), IPV4), counts: { null: 1, ipv4: 1 } },
    ...[10, 23, 24, 28, 30].map((family) => ({
      name: `null, IPv6 as ${family}`,
      link: 0,
      bytes: concatBytes(Uint8Array.of(family, 0, 0, 0), IPV6),
    })),
    { name: "loop", link: 108, bytes: concatBytes(fromHex("00000018"), IPV6), counts: { null: 1, ipv6: 1 } },
    { name: "PPP", link: 9, bytes: concatBytes(fromHex("ff03 0021"), IPV4), counts: { ppp: 1, ipv4: 1 } },
    { name: "PPP, compressed", link: 9, bytes: concatBytes(fromHex("57"), IPV6), counts: { ppp: 1, ipv6: 1 } },
    { name: "PPP over HDLC", link: 50, bytes: concatBytes(fromHex("ff03 0057"), IPV6) },
    { name: "C-HDLC", link: 104, bytes: concatBytes(fromHex("0f00 0800"), IPV4), counts: { chdlc: 1, ipv4: 1 } },
    { name: "802.11", link: 105, bytes: wlan("0801"), counts: { ieee80211: 1, ipv4: 1 } },
    { name: "802.11 with QoS", link: 105, bytes: wlan("8802", "0000") },
    { name: "802.11 with QoS and HT", link: 105, bytes: wlan("8881", "0000 00000000") },
    { name: "802.11 with four addresses", link: 105, bytes: wlan("0803", "ff0000000004") },
    { name: "802.11 behind radiotap", link: 127, bytes: concatBytes(radiotap, wlan("0801")) },
    {
      name: "ARCNET, RFC 1051",
      link: 129,
      bytes: concatBytes(fromHex("be50 0608 f0"), IPV4),
      counts: { arcnet: 1, ipv4: 1 },
    },
    { name: "ARCNET, RFC 1201", link: 129, bytes: concatBytes(fromHex("be50 ea08 d4 00 0167"), IPV4) },
    {
      name: "ARCNET, exception packet",
      link: 129,
      bytes: concatBytes(fromHex("be50 ea08 c4 ff ffff c4 00 0167"), IPV6),
    },
    {
      name: "NFLOG",
      link: 239,
      bytes: concatBytes(fromHex("02 00 0028 0500 0a00 00000000 3100 0900"), IPV4),
      counts: { nflog: 1, ipv4: 1 },
    },
    {
      name: "NFLOG, big endian",
      link: 239,
      bytes: concatBytes(fromHex("02 00 0028 0008 0001 00000000 0031 0009"), IPV4),
    },
  ]
  for (const { name, link, bytes, counts } of rows) {
    test(name, () => {
      const { packet, payload, counters } = decode(bytes, { link })
      assert.equal(verdictName(packet.verdict), "tcp")
      assert.equal(payload, "hello")
      assert.equal(packet.payloadWire, 5)
      assert.equal(packet.dstPort, 80)
      if (counts !== undefined) assert.deepEqual(counted(counters), { ...counts, tcp: 1, payloadBytes: 5 })
    })
  }
})

describe("VLAN tags", () => {
  const rows: { name: string; bytes: Uint8Array; kernel?: number; vlan: number; tags: number }[] = [
    { name: "802.1Q, priority bits not part of the id", bytes: ethernet(IPV4, { vlans: [0xe005] }), vlan: 5, tags: 1 },
    { name: "802.1ad", bytes: ethernet(IPV4, { vlans: [100, 200] }), vlan: 100, tags: 2 },
    { name: "0x9100", bytes: ethernet(IPV6, { vlans: [7, 8], tagTypes: [0x9100, 0x8100] }), vlan: 7, tags: 2 },
    { name: "three tags", bytes: ethernet(IPV4, { vlans: [1, 2, 3] }), vlan: 1, tags: 3 },
    {
      name: "the tag that the kernel took off is the outer one",
      bytes: ethernet(IPV4, { vlans: [9] }),
      kernel: 0x6004,
      vlan: 4,
      tags: 2,
    },
    { name: "VLAN 0 is a tag", bytes: ethernet(IPV4), kernel: 0, vlan: 0, tags: 1 },
  ]
  for (const { name, bytes, kernel, vlan, tags } of rows) {
    test(name, () => {
      const { packet, payload, counters } = decode(bytes, kernel === undefined ? {} : { vlan: kernel })
      assert.deepEqual([packet.vlan, counters.vlan, payload, packet.zone], [vlan, tags, "hello", 0])
    })
  }

  test("ids make zones when configured, and their order matters", () => {
    const zoneOf = (vlans: number[]) =>
      decode(ethernet(IPV4, { vlans }), { options: { isVlanInZone: true } }).packet.zone
    const zones = [[], [5], [6], [5, 6], [6, 5], [0]].map(zoneOf)
    assert.equal(new Set(zones).size, zones.length)
    assert.equal(zoneOf([5, 6]), zoneOf([5, 6]))
    assert.equal(decode(ethernet(IPV4), { vlan: 5, options: { isVlanInZone: true } }).packet.zone, zoneOf([5]))
  })

  test("more tags than layers are accepted", () => {
    const vlans = Array.from({ length: LAYERS_MAX }, (_, i) => i)
    assert.equal(decode(ethernet(IPV4, { vlans: vlans.slice(5) })).packet.verdict, Verdict.tcp)
    const { packet, counters } = decode(ethernet(IPV4, { vlans }))
    assert.equal(packet.verdict, Verdict.tooDeep)
    assert.equal(counters.dropped.tooDeep, 1)
  })
})

describe("IP", () => {
  const hop = { type: 0, body: fromHex("0104 00000000") }
  const options = { type: 60, body: fromHex("010c 0000 00000000 00000000 0000") }
  const routing = { type: 43, body: fromHex("0400 00000000") }
  const authentication = { type: 51, body: fromHex("0000 00000001 00000002 00000000 00000000 00000000") }
  const fragment = (field: string) => ({ type: 44, body: fromHex(`${field} 00000001`) })
  const rows: { name: string; bytes: Uint8Array; verdict?: keyof typeof Verdict; ignored?: string }[] = [
    { name: "options of IPv4", bytes: ipv4(SEGMENT, { options: fromHex("94 04 00 00 01") }) },
    { name: "a wrong checksum", bytes: ipv4(SEGMENT).map((byte, i) => (i === 10 ? byte ^ 0xff : byte)) },
    { name: "don't fragment", bytes: ipv4(SEGMENT).map((byte, i) => (i === 6 ? 0x40 : byte)) },
    {
      name: "the first fragment",
      bytes: ipv4(SEGMENT, { moreFragments: true }),
      verdict: "fragment",
      ignored: "fragment",
    },
    {
      name: "the last fragment",
      bytes: ipv4(SEGMENT, { fragmentOffset: 1480 }),
      verdict: "fragment",
      ignored: "fragment",
    },
    { name: "hop-by-hop options", bytes: ipv6(SEGMENT, { extensions: [hop] }) },
    {
      name: "all extension headers",
      bytes: ipv6(SEGMENT, { extensions: [hop, options, routing, fragment("0000"), authentication, options] }),
    },
    { name: "an atomic fragment", bytes: ipv6(SEGMENT, { extensions: [fragment("0000")] }) },
    {
      name: "the first fragment of IPv6",
      bytes: ipv6(SEGMENT, { extensions: [fragment("0001")] }),
      verdict: "fragment",
      ignored: "fragment",
    },
    {
      name: "a later fragment of IPv6",
      bytes: ipv6(SEGMENT, { extensions: [hop, fragment("0008")] }),
      verdict: "fragment",
      ignored: "fragment",
    },
    {
      name: "a chain as long as is accepted",
      bytes: ipv6(SEGMENT, { extensions: new Array(EXTENSIONS_MAX).fill(hop) }),
    },
    {
      name: "a longer chain",
      bytes: ipv6(SEGMENT, { extensions: new Array(EXTENSIONS_MAX + 1).fill(hop) }),
      verdict: "tooDeep",
      ignored: "",
    },
    {
      name: "UDP",
      bytes: ipv4(udp(53, 53, "x"), { protocol: Protocol.udp }),
      verdict: "notTcp",
      ignored: "notTcp.udp",
    },
    {
      name: "UDP behind options",
      bytes: ipv6(udp(53, 53), { protocol: Protocol.udp, extensions: [hop] }),
      verdict: "notTcp",
      ignored: "notTcp.udp",
    },
    {
      name: "ICMP",
      bytes: ipv4(fromHex("08000000"), { protocol: Protocol.icmp }),
      verdict: "notTcp",
      ignored: "notTcp.icmp",
    },
    { name: "ICMPv6", bytes: ipv6(fromHex("80000000"), { protocol: 58 }), verdict: "notTcp", ignored: "notTcp.icmp" },
    {
      name: "no next header",
      bytes: ipv6(new Uint8Array(0), { protocol: 59 }),
      verdict: "notTcp",
      ignored: "notTcp.other",
    },
  ]
  for (const { name, bytes, verdict, ignored } of rows) {
    test(name, () => {
      const { packet, payload, counters } = decode(ethernet(bytes))
      assert.equal(verdictName(packet.verdict), verdict ?? "tcp")
      if (verdict === undefined) assert.equal(payload, "hello")
      else if (ignored) assert.equal(counted(counters)[`ignored.${ignored}`], 1)
    })
  }
})

describe("lengths", () => {
  const trailer = fromHex("de ad be ef de ad be ef")
  const large = tcp({ payload: "x".repeat(70_000) })
  const rows: { name: string; link?: number; bytes: Uint8Array; wire?: number; captured: number; onWire: number }[] = [
    { name: "a trailer behind IPv4", bytes: concatBytes(ethernet(IPV4), trailer), captured: 5, onWire: 5 },
    { name: "a trailer behind IPv6", bytes: concatBytes(ethernet(IPV6), trailer), captured: 5, onWire: 5 },
    { name: "padding behind a bare ACK", bytes: ethernet(ipv4(tcp()), { pad: true }), captured: 0, onWire: 0 },
    { name: "payload cut by the snap length", bytes: ethernet(IPV4).subarray(0, -3), wire: 59, captured: 2, onWire: 5 },
    {
      name: "the same with a trailer that is cut too",
      bytes: ethernet(IPV4).subarray(0, -3),
      wire: 67,
      captured: 2,
      onWire: 5,
    },
    { name: "all payload cut", bytes: ethernet(IPV6).subarray(0, -5), wire: 79, captured: 0, onWire: 5 },
    {
      name: "cut within the TCP options",
      bytes: ethernet(ipv4(tcp({ options: new Uint8Array(12), payload: "hello" }))).subarray(0, 14 + 20 + 24),
      wire: 14 + 20 + 32 + 5,
      captured: 0,
      onWire: 5,
    },
    {
      name: "super-frame, total length 0",
      bytes: ethernet(ipv4(large, { totalLength: 0 })),
      captured: 70_000,
      onWire: 70_000,
    },
    {
      name: "super-frame of IPv6, length 0",
      bytes: ethernet(ipv6(large, { payloadLength: 0 })),
      captured: 70_000,
      onWire: 70_000,
    },
    {
      name: "super-frame in NFLOG, with an attribute behind it",
      link: 239,
      bytes: concatBytes(
        fromHex("02 00 0028 3100 0900"),
        ipv4(SEGMENT, { totalLength: 0 }),
        fromHex("000000 0500 0a00 00"),
      ),
      captured: 5,
      onWire: 5,
    },
    {
      name: "IPv4 that claims more than the wire carried",
      bytes: ethernet(ipv4(SEGMENT, { totalLength: 1500 })),
      captured: 5,
      onWire: 5,
    },
    {
      name: "IPv6 that claims more than the wire carried",
      bytes: ethernet(ipv6(SEGMENT, { payloadLength: 1500 })),
      captured: 5,
      onWire: 5,
    },
  ]
  for (const { name, link, bytes, wire, captured, onWire } of rows) {
    test(name, () => {
      const { packet, counters } = decode(bytes, { link: link ?? 1, wire: wire ?? bytes.length })
      assert.equal(verdictName(packet.verdict), "tcp")
      assert.equal(packet.payloadEnd - packet.payloadStart, captured)
      assert.equal(packet.payloadWire, onWire)
      assert.equal(counters.payloadBytes, captured)
    })
  }
})

describe("what is given up", () => {
  const patch = (bytes: Uint8Array, at: number, value: number) => bytes.map((byte, i) => (i === at ? value : byte))
  const rows: { name: string; bytes: Uint8Array; link?: number; wire?: number; verdict: keyof typeof Verdict }[] = [
    { name: "ARP", bytes: ethernet(new Uint8Array(28), { etherType: EtherType.arp }), verdict: "notIp" },
    { name: "spanning tree", bytes: ethernet(fromHex("42 42 03 00 00 00 00 00"), { etherType: 38 }), verdict: "notIp" },
    {
      name: "LLC that is no unnumbered frame",
      bytes: ethernet(fromHex("aa aa 01 00 00 00 08 00"), { etherType: 8 }),
      verdict: "notIp",
    },
    { name: "another family", link: 0, bytes: concatBytes(fromHex("07000000"), IPV4), verdict: "notIp" },
    { name: "raw bytes of no IP version", link: 101, bytes: fromHex("10 00 00 00"), verdict: "notIp" },
    { name: "PPP control", link: 9, bytes: fromHex("ff03 c021 0000"), verdict: "notIp" },
    { name: "encrypted 802.11", link: 105, bytes: concatBytes(fromHex("0841"), new Uint8Array(40)), verdict: "notIp" },
    { name: "a beacon", link: 105, bytes: concatBytes(fromHex("8000"), new Uint8Array(40)), verdict: "notIp" },
    {
      name: "an aggregate",
      link: 105,
      bytes: concatBytes(fromHex("8801"), new Uint8Array(22), fromHex("8000"), new Uint8Array(20)),
      verdict: "notIp",
    },
    {
      name: "a fragment of 802.11",
      link: 105,
      bytes: concatBytes(fromHex("0805"), new Uint8Array(40)),
      verdict: "fragment",
    },
    {
      name: "radiotap shorter than its header",
      link: 127,
      bytes: fromHex("0000 0400 00000000 0801"),
      verdict: "malformed",
    },
    {
      name: "radiotap longer than the packet",
      link: 127,
      bytes: fromHex("0000 ff00 00000000 0801"),
      verdict: "malformed",
    },
    { name: "ARCNET ARP", link: 129, bytes: fromHex("be50 ea08 d5 00 0167 0000 0000"), verdict: "notIp" },
    {
      name: "an ARCNET packet in parts",
      link: 129,
      bytes: fromHex("be50 ea08 d4 03 0167 0000 0000"),
      verdict: "fragment",
    },
    { name: "NFLOG without a packet", link: 239, bytes: fromHex("02 00 0028 0800 0100 00000000"), verdict: "notIp" },
    {
      name: "NFLOG with an attribute of no length",
      link: 239,
      bytes: fromHex("02 00 0028 0000 0100 00000000"),
      verdict: "malformed",
    },
    { name: "a link type that nobody reads", link: 147, bytes: IPV4, verdict: "unknownLink" },
    { name: "nothing captured", bytes: new Uint8Array(0), wire: 60, verdict: "truncated" },
    { name: "nothing there", bytes: new Uint8Array(0), verdict: "malformed" },
    { name: "Ethernet cut", bytes: ethernet(IPV4).subarray(0, 13), wire: 60, verdict: "truncated" },
    { name: "a tag cut", bytes: ethernet(IPV4, { vlans: [5] }).subarray(0, 16), wire: 60, verdict: "truncated" },
    { name: "a tag without what it tags", bytes: ethernet(IPV4, { vlans: [5] }).subarray(0, 16), verdict: "malformed" },
    { name: "IPv4 cut", bytes: ethernet(IPV4).subarray(0, 33), wire: 60, verdict: "truncated" },
    { name: "IPv6 cut", bytes: ethernet(IPV6).subarray(0, 53), wire: 90, verdict: "truncated" },
    {
      name: "an extension header cut",
      bytes: ethernet(ipv6(SEGMENT, { extensions: [{ type: 0, body: new Uint8Array(14) }] })).subarray(0, 64),
      wire: 95,
      verdict: "truncated",
    },
    {
      name: "an extension header longer than the packet",
      bytes: ethernet(patch(ipv6(SEGMENT, { extensions: [{ type: 0, body: new Uint8Array(6) }] }), 41, 200)),
      verdict: "malformed",
    },
    { name: "TCP cut", bytes: ethernet(IPV4).subarray(0, 14 + 20 + 19), wire: 59, verdict: "truncated" },
    { name: "a datagram too short for TCP", bytes: ethernet(ipv4(SEGMENT.subarray(0, 19))), verdict: "malformed" },
    {
      name: "IPv4 with another version",
      bytes: ethernet(patch(IPV4, 0, 0x65), { etherType: EtherType.ipv4 }),
      verdict: "malformed",
    },
    {
      name: "IPv6 with another version",
      bytes: ethernet(patch(IPV6, 0, 0x45), { etherType: EtherType.ipv6 }),
      verdict: "malformed",
    },
    { name: "a header of 16 bytes", bytes: ethernet(patch(IPV4, 0, 0x44)), verdict: "malformed" },
    {
      name: "a total length below the header",
      bytes: ethernet(ipv4(SEGMENT, { totalLength: 19 })),
      verdict: "malformed",
    },
    { name: "a data offset below 5", bytes: ethernet(ipv4(tcp({ dataOffset: 4 }))), verdict: "malformed" },
    {
      name: "a data offset beyond the datagram",
      bytes: ethernet(ipv4(tcp({ dataOffset: 6 })), { pad: true }),
      verdict: "malformed",
    },
  ]
  for (const { name, bytes, link, wire, verdict } of rows) {
    test(`${name}: ${verdict}`, () => {
      const { packet, counters } = decode(bytes, { link: link ?? 1, ...(wire === undefined ? {} : { wire }) })
      assert.equal(verdictName(packet.verdict), verdict)
      assertOneVerdict(counters, 1)
      assert.equal(counters.tcp, 0)
    })
  }
})

const VALID: readonly { readonly link: number; readonly bytes: Uint8Array }[] = [
  { link: 1, bytes: ethernet(IPV4, { vlans: [5, 6] }) },
  { link: 1, bytes: ethernet(ipv6(SEGMENT, { extensions: [{ type: 0, body: new Uint8Array(6) }] })) },
  { link: 1, bytes: concatBytes(fromHex("020000000002 020000000001 0040 aaaa03 000000 0800"), IPV4) },
  { link: 113, bytes: concatBytes(new Uint8Array(14), u16(0x0800), IPV4) },
  { link: 101, bytes: IPV6 },
  { link: 0, bytes: concatBytes(fromHex("02000000"), IPV4) },
  { link: 9, bytes: concatBytes(fromHex("ff030021"), IPV4) },
  {
    link: 127,
    bytes: concatBytes(fromHex("0000 0800 00000000 0801"), new Uint8Array(22), fromHex("aaaa03 000000 0800"), IPV4),
  },
  { link: 129, bytes: concatBytes(fromHex("be50 ea08 d4 00 0167"), IPV4) },
  { link: 239, bytes: concatBytes(fromHex("02 00 0028 0500 0a00 00000000 3100 0900"), IPV4) },
]

test("property: whatever the bytes, nothing throws, every packet has one verdict, a payload lies within its packet", () => {
  const change = fc.tuple(fc.nat(200), fc.nat(255))
  fc.assert(
    fc.property(
      fc.constantFrom(...VALID),
      fc.array(change, { maxLength: 6 }),
      fc.option(fc.nat(120), { nil: undefined }),
      fc.nat(100),
      (valid, changes, length, cut) => {
        const bytes = Uint8Array.from(valid.bytes.subarray(0, length ?? valid.bytes.length))
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        const { packet, counters } = decode(bytes, { link: valid.link, wire: bytes.length + cut })
        assertOneVerdict(counters, 1)
        if (packet.verdict !== Verdict.tcp) return
        assert.ok(packet.payloadStart <= packet.payloadEnd)
        assert.ok(packet.payloadEnd - packet.payloadStart <= packet.payloadWire)
        assert.ok(packet.payloadWire <= bytes.length + cut)
      },
    ),
    { numRuns: 2000 },
  )
})

test("property: random bytes on every link", () => {
  const links = [...new Set(VALID.map(({ link }) => link)), 12, 50, 104, 105, 108, 228, 229, 276, 999]
  fc.assert(
    fc.property(fc.constantFrom(...links), fc.uint8Array({ maxLength: 120 }), (link, bytes) => {
      assertOneVerdict(decode(bytes, { link }).counters, 1)
    }),
    { numRuns: 1000 },
  )
})
