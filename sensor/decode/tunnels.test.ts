// Every encapsulation: found, cut at every byte, contradicted, and not found in what only uses its port.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import { concatBytes, ethernet, fromHex, ipv4, ipv6, tcp, u16, udp } from "../../shared/testing/packet-builder.ts"
import {
  ayiya,
  controlled,
  erspan2,
  erspan3,
  etherIp,
  geneve,
  gre,
  gtp,
  l2tp,
  l2tpv3,
  macsecClear,
  mpls,
  nsh,
  ppp,
  pppoe,
  pptp,
  vxlan,
  vxlanGpe,
} from "../../shared/testing/tunnel-builder.ts"
import {
  ENDPOINT,
  FRAME,
  IPV4,
  IPV6,
  labelled,
  OUTER,
  overGre,
  overIp,
  overUdp,
  ROWS,
  SEGMENT,
  TEREDO,
} from "./fake-tunnels.ts"
import { assertOneVerdict, counted, decode, verdictName } from "./fake-wire.ts"
import { ROUTES_MAX } from "./gre.ts"
import { EXTENSION_HEADERS_MAX } from "./gtp.ts"
import { LABELS_MAX } from "./mpls.ts"
import { Verdict } from "./packet.ts"
import { TUNNELS_MAX } from "./tunnels.ts"
import { TAGS_MAX } from "./tzsp.ts"

const COMMON = ["ethernet", "ipv4", "ipv6", "tcp", "payloadBytes", "zones"]
const isOfTunnel = ([name]: readonly [string, number]): boolean => !COMMON.includes(name)

describe("what a tunnel carries is found", () => {
  for (const { name, bytes, zone, counts, link, vlan } of ROWS) {
    test(name, () => {
      const decoded = decode(bytes, { link: link ?? 1 })
      const { packet, counters } = decoded
      assert.equal(verdictName(packet.verdict), "tcp")
      assert.deepEqual([decoded.payload, packet.payloadWire, packet.dstPort], ["hello", 5, 80])
      assert.deepEqual(Object.fromEntries(Object.entries(counted(counters)).filter(isOfTunnel)), counts)
      assert.equal(decoded.zone, zone ?? "")
      assert.equal(packet.zone === 0, zone === undefined)
      assert.equal(packet.vlan, vlan ?? -1)
      // The addresses are the inner ones.
      assert.equal(packet.ipVersion === 4 ? packet.dst3 : packet.dst0, packet.ipVersion === 4 ? 0x0a000002 : 0x20010db8)
      assertOneVerdict(counters, 1)
    })
  }
})

describe("a tunnel cut by the capture is cut, never something else", () => {
  for (const { name, bytes, link, isGuessed } of ROWS) {
    test(name, () => {
      for (let length = 0; length < bytes.length; length++) {
        const { packet, counters } = decode(bytes.subarray(0, length), { link: link ?? 1, wire: bytes.length })
        assertOneVerdict(counters, 1)
        const verdict = verdictName(packet.verdict)
        if (verdict === "tcp") assert.equal(packet.payloadWire, 5, `cut at ${length}`)
        else if (isGuessed)
          assert.ok(["truncated", "notTcp", "notIp"].includes(verdict), `cut at ${length}: ${verdict}`)
        else assert.equal(verdict, "truncated", `cut at ${length}`)
      }
    })
  }
})

test("a tunnel that the wire cut never throws, nor tells of bytes that are not there", () => {
  for (const { name, bytes, link } of ROWS)
    for (let length = 0; length < bytes.length; length++) {
      const { packet, counters } = decode(bytes.subarray(0, length), { link: link ?? 1 })
      assertOneVerdict(counters, 1)
      const captured = packet.payloadEnd - packet.payloadStart
      if (packet.verdict === Verdict.tcp) assert.ok(captured >= 0 && captured <= 5, `${name} at ${length}`)
    }
})

describe("what only looks like a tunnel", () => {
  const dns = fromHex(
    "beef 8180 0001 0001 0000 0000 03777777 076578616d706c65 03636f6d 00 0001 0001 c00c 0001 0001 0000012c 0004 5db8d822",
  )
  const patch = (bytes: Uint8Array, at: number, ...values: number[]): Uint8Array => {
    const copy = Uint8Array.from(bytes)
    copy.set(values, at)
    return copy
  }
  const ports = [4789, 8472, 4790, 6081, 2152, 6635, 37_008, 3544, 5072, 1701]
  const extension = { type: 0x85, body: fromHex("0009") }
  const rows: readonly { name: string; bytes: Uint8Array; verdict?: keyof typeof Verdict; counts: string }[] = [
    ...ports.map((port) => ({
      name: `DNS on port ${port}`,
      bytes: overUdp(dns, port, 53),
      counts: "ignored.notTcp.udp",
    })),
    ...ports.map((port) => ({
      name: `nothing on port ${port}`,
      bytes: overUdp(new Uint8Array(0), port),
      counts: "ignored.notTcp.udp",
    })),
    { name: "VXLAN from its port", bytes: overUdp(vxlan(FRAME, 42), 50_000, 4789), counts: "ignored.notTcp.udp" },
    { name: "VXLAN without a network", bytes: overUdp(vxlan(FRAME, 42, 0), 4789), counts: "ignored.notTcp.udp" },
    {
      name: "VXLAN with reserved bits and no IP",
      bytes: overUdp(vxlan(ethernet(new Uint8Array(28), { etherType: 0x0806 }), 42, 0x0f), 4789),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "VXLAN with the last byte set and no IP",
      bytes: overUdp(vxlan(ethernet(new Uint8Array(28), { etherType: 0x0806 }), 42, 0x08, fromHex("000000 01")), 4789),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "L2TP of another length",
      bytes: overUdp(patch(l2tp(concatBytes(fromHex("ff03"), ppp(IPV4)), 3, 4), 3, 99), 1701, 1701),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "VXLAN with ARP",
      bytes: overUdp(vxlan(ethernet(new Uint8Array(28), { etherType: 0x0806 }), 42), 4789),
      verdict: "notIp",
      counts: "ignored.notIp",
    },
    { name: "VXLAN with UDP", bytes: overUdp(vxlan(overUdp(dns, 4789, 53), 42), 4789), counts: "ignored.notTcp.udp" },
    {
      name: "VXLAN-GPE that controls",
      bytes: overUdp(patch(vxlanGpe(IPV4, 42, 1), 0, 0x0d), 4790),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "VXLAN-GPE with something else",
      bytes: overUdp(vxlanGpe(IPV4, 42, 9), 4790),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "GENEVE of another version",
      bytes: overUdp(patch(geneve(FRAME, 42), 0, 0x40), 6081),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "GENEVE that controls",
      bytes: overUdp(geneve(FRAME, 42, { flags: 0x80 }), 6081),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "GENEVE with something else",
      bytes: overUdp(geneve(FRAME, 42, { etherType: 0x1234 }), 6081),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "GENEVE with an option beyond the options",
      bytes: overUdp(patch(geneve(FRAME, 42, { options: [ENDPOINT] }), 11, 31), 6081),
      counts: "ignored.notTcp.udp",
    },
    { name: "GTP-U of another length", bytes: overUdp(patch(gtp(IPV4, 1), 3, 44), 2152), counts: "ignored.notTcp.udp" },
    {
      name: "GTP-U that asks for an echo",
      bytes: overUdp(patch(gtp(IPV4, 1), 1, 1), 2152),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "GTP-U with something else",
      bytes: overUdp(gtp(new Uint8Array(40), 1), 2152),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "GTP-U with more extension headers than are accepted",
      bytes: overUdp(gtp(IPV4, 1, { extensions: Array(EXTENSION_HEADERS_MAX + 1).fill(extension) }), 2152),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "GTP-U with an extension header of no length",
      bytes: overUdp(patch(gtp(IPV4, 1, { extensions: [extension] }), 12, 0), 2152),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "IPv6 between other ports, no address of Teredo",
      bytes: overUdp(IPV6, 3797, 32_900),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "Teredo between other ports, with a trailer",
      bytes: overUdp(concatBytes(TEREDO, fromHex("01020304")), 3797),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "AYIYA that does not forward",
      bytes: overUdp(patch(ayiya(IPV6), 2, 0x10), 5072),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "AYIYA longer than its packet",
      bytes: overUdp(concatBytes(ayiya(IPV6), fromHex("00")), 5072),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "L2TP that controls",
      bytes: overUdp(fromHex("c802 000c 0001 0000 0000 0000 0000"), 1701, 1701),
      counts: "ignored.notTcp.udp",
    },
    { name: "L2TPv3 that controls", bytes: overIp(l2tpv3(FRAME, 0), 115), counts: "ignored.notTcp.other" },
    {
      name: "L2TPv3 with something else",
      bytes: overIp(l2tpv3(new Uint8Array(60), 9), 115),
      counts: "ignored.notTcp.other",
    },
    {
      name: "TZSP with more tags than are accepted",
      bytes: overUdp(concatBytes(fromHex("01 00 0001"), new Uint8Array(TAGS_MAX), fromHex("01"), FRAME), 37_008),
      counts: "ignored.notTcp.udp",
    },
    {
      name: "a datagram shorter than its header",
      bytes: overIp(fromHex("c350 12b5 0007 0000"), 17),
      counts: "ignored.notTcp.udp",
    },
    { name: "GRE of another version", bytes: overGre(patch(gre(IPV4, 0x0800), 1, 2)), counts: "ignored.notTcp.other" },
    { name: "a GRE keepalive", bytes: overGre(gre(new Uint8Array(0), 0)), verdict: "notIp", counts: "ignored.notIp" },
    {
      name: "GRE with more routes than are accepted",
      bytes: overGre(
        gre(IPV4, 0x0800, { routes: concatBytes(...Array(ROUTES_MAX + 1).fill(fromHex("0800 00 04 0a000001"))) }),
      ),
      verdict: "tooDeep",
      counts: "dropped.tooDeep",
    },
    {
      name: "PPTP that only acknowledges",
      bytes: overGre(fromHex("2081 880b 0000 0001 00000005")),
      counts: "ignored.notTcp.other",
    },
    {
      name: "PPTP, encrypted",
      bytes: overGre(pptp(fromHex("00fd 9001 0102030405"), 1, 1)),
      verdict: "notIp",
      counts: "ignored.notIp",
    },
    {
      name: "ERSPAN of a version that nobody knows",
      bytes: overGre(gre(fromHex("f0010007 00000000 1122334455667788"), 0x88be, { sequence: 1 })),
      verdict: "malformed",
      counts: "dropped.malformed",
    },
    {
      name: "ERSPAN III of something else",
      bytes: overGre(erspan3(FRAME, 7, 1, { type: 9 })),
      verdict: "notIp",
      counts: "ignored.notIp",
    },
    {
      name: "EtherIP of another version",
      bytes: overIp(patch(etherIp(FRAME), 0, 0x40), 97),
      verdict: "malformed",
      counts: "dropped.malformed",
    },
    { name: "IPv6 that claims to be IPv4", bytes: overIp(IPV6, 4), verdict: "malformed", counts: "dropped.malformed" },
    {
      name: "PPPoE of another version",
      bytes: ethernet(patch(pppoe(ppp(IPV4), 1), 0, 0x12), { etherType: 0x8864 }),
      verdict: "malformed",
      counts: "dropped.malformed",
    },
    {
      name: "PPPoE that ends",
      bytes: ethernet(patch(pppoe(ppp(IPV4), 1), 1, 0xa7), { etherType: 0x8864 }),
      verdict: "notIp",
      counts: "ignored.notIp",
    },
    {
      name: "PPPoE discovery",
      bytes: ethernet(fromHex("1109 0000 0004 0101 0000"), { etherType: 0x8863, pad: true }),
      verdict: "notIp",
      counts: "ignored.notIp",
    },
    {
      name: "PPPoE that checks the line",
      bytes: ethernet(pppoe(fromHex("c021 0901 0008 00000000"), 1), { etherType: 0x8864 }),
      verdict: "notIp",
      counts: "ignored.notIp",
    },
    {
      name: "MACsec, encrypted",
      bytes: patch(macsecClear(FRAME), 14, 0x2c),
      verdict: "notIp",
      counts: "ignored.notIp",
    },
    {
      name: "MACsec of another version",
      bytes: patch(macsecClear(FRAME), 14, 0xa0),
      verdict: "malformed",
      counts: "dropped.malformed",
    },
    {
      name: "a service path of another version",
      bytes: ethernet(
        nsh(IPV4, 5, 1).map((byte, i) => (i === 0 ? byte | 0x40 : byte)),
        { etherType: 0x894f },
      ),
      verdict: "malformed",
      counts: "dropped.malformed",
    },
    {
      name: "a service path shorter than its header",
      bytes: ethernet(
        nsh(IPV4, 0x450000, 1).map((byte, i) => (i === 1 ? 0xc1 : byte)),
        { etherType: 0x894f },
      ),
      verdict: "malformed",
      counts: "dropped.malformed",
    },
    {
      name: "a service path of something else",
      bytes: ethernet(nsh(IPV4, 5, 6), { etherType: 0x894f }),
      verdict: "notIp",
      counts: "ignored.notIp",
    },
    {
      name: "an associated channel",
      bytes: labelled(mpls(fromHex("1000 0021 45000014"), 99)),
      verdict: "notIp",
      counts: "ignored.notIp",
    },
    { name: "the label of a channel", bytes: labelled(mpls(IPV4, 99, 13)), verdict: "notIp", counts: "ignored.notIp" },
    {
      name: "labels that lead to something else",
      bytes: labelled(mpls(new Uint8Array(60).fill(0x77), 99)),
      verdict: "notIp",
      counts: "ignored.notIp",
    },
    {
      name: "more labels than are accepted",
      bytes: labelled(mpls(IPV4, ...Array(LABELS_MAX + 1).fill(20))),
      verdict: "tooDeep",
      counts: "dropped.tooDeep",
    },
    {
      name: "labels without an end",
      bytes: labelled(fromHex("00063040 00063040")),
      verdict: "malformed",
      counts: "dropped.malformed",
    },
  ]
  for (const { name, bytes, verdict, counts } of rows) {
    test(`${name}: ${counts}`, () => {
      const { packet, counters } = decode(bytes)
      assert.equal(verdictName(packet.verdict), verdict ?? "notTcp")
      assert.equal(counted(counters)[counts], 1, JSON.stringify(counted(counters)))
      assertOneVerdict(counters, 1)
    })
  }
})

describe("tunnels in tunnels", () => {
  const nested = (count: number): Uint8Array => {
    let bytes = FRAME
    for (let i = 0; i < count; i++) bytes = overUdp(vxlan(bytes, count - i), 4789)
    return bytes
  }

  test("as many as are accepted", () => {
    const { packet, payload, counters, zone } = decode(nested(TUNNELS_MAX))
    assert.deepEqual([verdictName(packet.verdict), payload, counters.vxlan], ["tcp", "hello", TUNNELS_MAX])
    assert.equal(zone, "vni 1/vni 2/vni 3/vni 4/vni 5/vni 6/vni 7/vni 8")
  })

  test("one more", () => {
    const { packet, counters } = decode(nested(TUNNELS_MAX + 1))
    assert.equal(verdictName(packet.verdict), "tooNested")
    assert.equal(counters.dropped.tooNested, 1)
    assertOneVerdict(counters, 1)
  })

  test("bridged frames in frames end at the limit of layers", () => {
    let bytes = FRAME
    for (let i = 0; i < 100; i++) bytes = ethernet(bytes, { etherType: 0x6558 })
    assert.equal(verdictName(decode(bytes).packet.verdict), "tooDeep")
  })
})

describe("lengths in tunnels", () => {
  const large = tcp({ payload: "x".repeat(70_000) })
  const superFrame = ethernet(ipv4(large, { totalLength: 0 }))
  const superDatagram = concatBytes(u16(50_000), u16(4789), u16(0), u16(0), vxlan(superFrame, 42))
  const long = ethernet(ipv4(tcp({ payload: "x".repeat(1000) })))
  const rows: { name: string; bytes: Uint8Array; wire?: number; captured: number; onWire: number }[] = [
    {
      name: "a super-frame in VXLAN",
      bytes: ethernet(ipv4(superDatagram, { ...OUTER, protocol: 17, totalLength: 0 })),
      captured: 70_000,
      onWire: 70_000,
    },
    {
      name: "a super-frame of IPv6 in VXLAN over IPv6",
      bytes: ethernet(
        ipv6(
          concatBytes(u16(50_000), u16(4789), u16(0), u16(0), vxlan(ethernet(ipv6(large, { payloadLength: 0 })), 42)),
          { protocol: 17, payloadLength: 0 },
        ),
      ),
      captured: 70_000,
      onWire: 70_000,
    },
    {
      name: "an inner frame with padding",
      bytes: overUdp(vxlan(ethernet(ipv4(tcp()), { pad: true }), 42), 4789),
      captured: 0,
      onWire: 0,
    },
    {
      name: "a trailer behind the outer packet",
      bytes: concatBytes(overUdp(vxlan(FRAME, 42), 4789), new Uint8Array(12)),
      captured: 5,
      onWire: 5,
    },
    {
      name: "payload cut by the capture",
      bytes: overUdp(vxlan(FRAME, 42), 4789).subarray(0, -3),
      wire: overUdp(vxlan(FRAME, 42), 4789).length,
      captured: 2,
      onWire: 5,
    },
    {
      name: "a trailer behind PPPoE whose packet does not tell its length",
      bytes: concatBytes(
        ethernet(pppoe(ppp(ipv4(SEGMENT, { totalLength: 0 })), 17), { etherType: 0x8864 }),
        new Uint8Array(7),
      ),
      captured: 5,
      onWire: 5,
    },
    {
      name: "a trailer behind a datagram whose packets do not tell their length",
      bytes: concatBytes(
        ethernet(
          ipv4(udp(50_000, 4789, vxlan(ethernet(ipv4(SEGMENT, { totalLength: 0 })), 42)), {
            ...OUTER,
            protocol: 17,
            totalLength: 0,
          }),
        ),
        new Uint8Array(7),
      ),
      captured: 5,
      onWire: 5,
    },
    {
      name: "a frame of a pseudowire cut by the mirror",
      bytes: labelled(mpls(controlled(long.subarray(0, 100)), 99)),
      captured: 46,
      onWire: 1000,
    },
    {
      name: "an inner packet cut by the mirror",
      bytes: overGre(erspan2(long.subarray(0, 100), 7, 1)),
      captured: 46,
      onWire: 1000,
    },
    { name: "the same over VXLAN", bytes: overUdp(vxlan(long.subarray(0, 100), 42), 4789), captured: 46, onWire: 1000 },
    {
      name: "an outer packet that claims too much is not believed",
      bytes: ethernet(ipv4(gre(IPV4, 0x0800), { ...OUTER, protocol: 47, totalLength: 900 })),
      captured: 5,
      onWire: 5,
    },
  ]
  for (const { name, bytes, wire, captured, onWire } of rows) {
    test(name, () => {
      const { packet } = decode(bytes, { wire: wire ?? bytes.length })
      assert.equal(verdictName(packet.verdict), "tcp")
      assert.deepEqual([packet.payloadEnd - packet.payloadStart, packet.payloadWire], [captured, onWire])
    })
  }
})

test("property: whatever the bytes of a tunnel, nothing throws, every packet has one verdict, a payload lies within its packet", () => {
  const change = fc.tuple(fc.nat(140), fc.nat(255))
  fc.assert(
    fc.property(
      fc.constantFrom(...ROWS),
      fc.array(change, { maxLength: 6 }),
      fc.option(fc.nat(160), { nil: undefined }),
      fc.nat(100),
      (row, changes, length, cut) => {
        const bytes = Uint8Array.from(row.bytes.subarray(0, length ?? row.bytes.length))
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        const { packet, counters } = decode(bytes, { link: row.link ?? 1, wire: bytes.length + cut })
        assertOneVerdict(counters, 1)
        if (packet.verdict !== Verdict.tcp) return
        assert.ok(packet.payloadStart <= packet.payloadEnd)
        assert.ok(packet.payloadEnd - packet.payloadStart <= packet.payloadWire)
      },
    ),
    { numRuns: 4000 },
  )
})

test("property: random bytes on every port of a tunnel and in every protocol that carries one", () => {
  const ports = [4789, 4790, 6081, 2152, 6635, 37_008, 3544, 5072, 1701, 9]
  fc.assert(
    fc.property(
      fc.constantFrom(...ports),
      fc.constantFrom(4, 41, 47, 97, 115, 137),
      fc.uint8Array({ maxLength: 120 }),
      (port, protocol, bytes) => {
        assertOneVerdict(decode(overUdp(bytes, port)).counters, 1)
        assertOneVerdict(decode(overIp(bytes, protocol)).counters, 1)
      },
    ),
    { numRuns: 1500 },
  )
})
