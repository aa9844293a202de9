// Zones: their numbers, names, limit, and the rules that let ids count as others.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import { ethernet, ipv4, ipv6, Protocol, tcp, udp } from "../../shared/testing/packet-builder.ts"
import { erspan2, geneve, gtp, mpls, nvgre, ppp, pppoe, pptp, vxlan } from "../../shared/testing/tunnel-builder.ts"
import { DecoderCounters } from "./counters.ts"
import { FRAME, IPV4, IPV6, labelled, overGre, overUdp } from "./fake-tunnels.ts"
import { counted, decode } from "./fake-wire.ts"
import { foldZone, ZoneKind } from "./zone.ts"
import { NO_ZONE_MAP, parseZoneMap, ZONE_RULES_MAX, type ZoneMap } from "./zone-map.ts"
import { ZoneNames } from "./zone-names.ts"

function mapOf(...rules: string[]): ZoneMap {
  const { map, mistakes } = parseZoneMap(rules)
  assert.deepEqual(mistakes, [])
  return map
}

describe("names", () => {
  test("from the outside in", () => {
    const vlan = { options: { isVlanInZone: true } }
    const inner = ethernet(IPV4, { vlans: [12] })
    assert.equal(decode(FRAME).zone, "")
    assert.equal(decode(inner).zone, "")
    assert.equal(decode(inner, vlan).zone, "vlan 12")
    assert.equal(decode(overUdp(vxlan(inner, 42), 4789), vlan).zone, "vni 42/vlan 12")
    const outer = ethernet(ipv4(udp(1, 4789, vxlan(FRAME, 42)), { protocol: Protocol.udp }), { vlans: [100, 7] })
    assert.equal(decode(outer, vlan).zone, "vlan 100/vlan 7/vni 42")
    assert.equal(decode(outer).zone, "vni 42")
    assert.equal(decode(FRAME, { vlan: 0x2005, ...vlan }).zone, "vlan 5")
  })

  test("what both directions do not share is none", () => {
    const bytes = [
      labelled(mpls(IPV4, 17)),
      overUdp(gtp(IPV4, 17), 2152),
      overGre(pptp(ppp(IPV4), 17, 1)),
      ethernet(pppoe(ppp(IPV4), 17), { etherType: 0x8864 }),
      ethernet(ipv4(IPV6, { protocol: 41 })),
    ]
    for (const each of bytes) assert.equal(decode(each).packet.zone, 0)
  })

  test("the addresses around a tunnel are not in its zone, its kind is", () => {
    const from = (source: string) => ethernet(ipv4(erspan2(FRAME, 7, 1), { source, protocol: 47 }))
    const zone = decode(from("172.16.0.1")).packet.zone
    assert.equal(decode(from("172.16.9.9")).packet.zone, zone)
    assert.equal(decode(ethernet(ipv6(erspan2(FRAME, 7, 9), { protocol: 47 }))).packet.zone, zone)
    const sevens = [overUdp(vxlan(FRAME, 7000), 4789), overGre(nvgre(FRAME, 7000)), overGre(erspan2(FRAME, 700, 1))]
    assert.equal(new Set(sevens.map((each) => decode(each).packet.zone)).size, 3)
    assert.equal(decode(overUdp(geneve(FRAME, 7000), 6081)).packet.zone, decode(sevens[0]!).packet.zone)
  })
})

describe("numbers", () => {
  const id = fc.oneof(fc.nat(40), fc.integer())
  const ids = fc.oneof(
    fc.record({ kind: fc.constantFrom(ZoneKind.vlan, ZoneKind.vni, ZoneKind.gre), id, high: fc.constant(0) }),
    fc.record({ kind: fc.constant(ZoneKind.endpoint), id, high: fc.constantFrom(0, 1, -1) }),
  )

  test("property: equal paths have equal numbers, others never, in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.array(ids, { maxLength: 3 }), { maxLength: 60 }), (paths) => {
        const zones = new ZoneNames(new DecoderCounters(), NO_ZONE_MAP, 4096)
        const numbers = new Map<number, string>()
        for (const path of [...paths, ...paths.toReversed()]) {
          const zone = path.reduce((parent, { kind, id, high }) => zones.enter(parent, kind, id, high), 0)
          const text = path.map(({ kind, id, high }) => `${kind} ${id} ${high}`).join("/")
          assert.equal(numbers.get(zone) ?? text, text)
          assert.equal(zone === 0, path.length === 0)
          numbers.set(zone, text)
        }
        assert.equal(new Set(numbers.values()).size, numbers.size)
        assert.equal(new Set([...numbers.keys()].map((zone) => zones.name(zone))).size, numbers.size)
      }),
    )
  })

  test("two identities whose hashes agree are two zones", () => {
    // The seeds of the two kinds in foldZone: ids that differ by what they differ by agree.
    const seed = (kind: number): number => Math.imul(Math.imul(kind, 0x9e3779b1), 0x85ebca6b)
    const found = [1, 42, 0xffffff].map((vni) => [vni, (vni ^ seed(ZoneKind.vni) ^ seed(ZoneKind.gre)) >>> 0] as const)
    for (const [vni, key] of found) {
      assert.equal(foldZone(0, ZoneKind.vni, vni, 0), foldZone(0, ZoneKind.gre, key, 0))
      const zones = new ZoneNames(new DecoderCounters(), NO_ZONE_MAP, 10)
      const first = zones.enter(0, ZoneKind.vni, vni)
      const second = zones.enter(0, ZoneKind.gre, key)
      assert.notEqual(first, second)
      assert.deepEqual([zones.name(first), zones.name(second)], [`vni ${vni}`, `gre ${key}`])
      assert.equal(zones.enter(0, ZoneKind.gre, key), second)
    }
  })

  test("do not depend on what was met before", () => {
    const fresh = (...before: number[]): number => {
      const zones = new ZoneNames(new DecoderCounters(), NO_ZONE_MAP, 4096)
      for (const id of before) zones.enter(0, ZoneKind.vni, id)
      return zones.enter(zones.enter(0, ZoneKind.erspan, 7), ZoneKind.vni, 42)
    }
    assert.equal(fresh(), fresh(1, 2, 42))
  })

  test("beyond the limit zones are numbered, counted and not named", () => {
    const counters = new DecoderCounters()
    const zones = new ZoneNames(counters, NO_ZONE_MAP, 100)
    const numbers = Array.from({ length: 120 }, (_, id) => zones.enter(0, ZoneKind.vni, id))
    assert.deepEqual([counters.zones, counters.zonesUnnamed, new Set(numbers).size], [100, 20, 120])
    assert.equal(zones.name(numbers[99]!), "vni 99")
    assert.match(zones.name(numbers[100]!), /^zone [0-9a-f]{8}$/)
    assert.equal(zones.enter(0, ZoneKind.vni, 110), numbers[110])
    assert.equal(zones.enter(0, ZoneKind.vni, 50), numbers[50])
    assert.equal(counters.zonesUnnamed, 21)
  })

  test("of packets: a flood of networks fills the registry, and nothing else", () => {
    const options = { zonesMax: 3 }
    const names = [1, 2, 3].map((vni) => decode(overUdp(vxlan(FRAME, vni), 4789), { options }).zone)
    assert.deepEqual(names, ["vni 1", "vni 2", "vni 3"])
    let bytes = FRAME
    for (const vni of [5, 4, 3, 2, 1]) bytes = overUdp(vxlan(bytes, vni), 4789)
    const { payload, counters, zone } = decode(bytes, { options })
    assert.equal(payload, "hello")
    assert.match(zone, /^zone /)
    assert.deepEqual([counters.zones, counters.zonesUnnamed], [3, 2])
  })
})

describe("rules", () => {
  const zoneOf = (bytes: Uint8Array, ...rules: string[]): string =>
    decode(bytes, { options: { zoneMap: mapOf(...rules) } }).zone
  const vni = (id: number) => overUdp(vxlan(FRAME, id), 4789)
  const session = (id: number) => overGre(erspan2(FRAME, id, 1))
  const rows: [string, string[], Uint8Array, string][] = [
    ["one id as another", ["vni:17=vni:18"], vni(17), "vni 18"],
    ["no other", ["vni:17=vni:18"], vni(19), "vni 19"],
    ["another kind's", ["vni:7=vni:18"], session(7), "erspan 7"],
    ["a range", ["vni:100-199=vni:100"], vni(199), "vni 100"],
    ["beyond a range", ["vni:100-199=vni:100"], vni(200), "vni 200"],
    ["all", ["vni:*=vni:1"], vni(0xffffff), "vni 1"],
    ["as another kind", ["erspan:7=vni:42"], session(7), "vni 42"],
    ["as none", ["erspan:*=none"], session(7), ""],
    ["the first rule counts", ["vni:5=vni:5", "vni:*=none"], vni(5), "vni 5"],
    ["the first rule counts, for others", ["vni:5=vni:5", "vni:*=none"], vni(6), ""],
    ["white space", [" vni : 17 = vni : 18 "], vni(17), "vni 18"],
    [
      "an endpoint",
      ["endpoint:*=none"],
      overUdp(geneve(FRAME, 0, { options: [{ class: 0x0108, type: 1, value: new Uint8Array(8).fill(1) }] }), 6081),
      "",
    ],
  ]
  for (const [name, rules, bytes, zone] of rows) test(name, () => assert.equal(zoneOf(bytes, ...rules), zone))

  test("two ids that a rule joins make one flow's zone", () => {
    const options = { zoneMap: mapOf("vni:17=vni:18") }
    assert.equal(decode(vni(17), { options }).packet.zone, decode(vni(18), { options }).packet.zone)
    assert.notEqual(decode(vni(17)).packet.zone, decode(vni(18)).packet.zone)
    assert.equal(counted(decode(vni(17), { options }).counters).zones, 1)
  })

  test("mistakes are sentences that name the option", () => {
    const table: [string[], RegExp][] = [
      [["vni=17"], /^zones\.collapse: "vni=17" is no rule such as vni:17=vni:18/],
      [[""], /"" is no rule/],
      [["vni:17=vni:x"], /is no rule/],
      [["vxlan:17=vni:18"], /names "vxlan", which is none of vlan, vni, vsid, gre, erspan, isid, endpoint\.$/],
      [["none:1=vni:18"], /names "none"/],
      [["vni:17=vxlan:18"], /counts as "vxlan"/],
      [["vni:17=endpoint:18"], /counts as "endpoint"/],
      [["vlan:4096=none"], /goes beyond the greatest vlan, 4095\.$/],
      [["erspan:1-1024=none"], /goes beyond the greatest erspan, 1023\.$/],
      [["vni:1=vlan:4096"], /goes beyond the greatest vlan, 4095\.$/],
      [["vni:9-3=vni:1"], /goes from 9 down to 3\.$/],
      [["endpoint:5=none"], /only endpoint:\*=none/],
      [["vni:1=vni:2", "vni:2=vni:1"], /"vni:1=vni:2" counts as an id that another rule counts as something else\.$/],
      [["vni:1=vni:2", "vni:2=none"], /counts as an id that another rule/],
      [Array.from({ length: ZONE_RULES_MAX + 1 }, (_, i) => `vni:${i}=none`), /takes at most 256 rules, not 257\.$/],
    ]
    for (const [rules, sentence] of table) {
      const { mistakes } = parseZoneMap(rules)
      assert.match(mistakes[0] ?? "", sentence)
      assert.match(mistakes[0]!, /^zones\.collapse: /)
    }
    const { map, mistakes } = parseZoneMap(["vni=17", "vni:1=vni:2", "nonsense"], "option.name")
    assert.equal(mistakes.length, 2)
    assert.match(mistakes[1]!, /^option\.name: "nonsense"/)
    assert.equal(map[ZoneKind.vni]!.length, 1)
  })

  test("a key of GRE as an unsigned number", () => {
    const zones = new ZoneNames(new DecoderCounters(), mapOf("gre:4294967294-4294967295=gre:1"), 10)
    assert.equal(zones.name(zones.enter(0, ZoneKind.gre, -2)), "gre 1")
    assert.equal(zones.name(zones.enter(0, ZoneKind.gre, -3)), "gre 4294967293")
  })
})

test("tcp() in other zones is the same segment", () => {
  const segment = ethernet(ipv4(tcp({ payload: "hello" })))
  const plain = decode(segment).packet
  const tunnelled = decode(overUdp(vxlan(segment, 1), 4789)).packet
  assert.deepEqual([tunnelled.seq, tunnelled.src3, tunnelled.checksum], [plain.seq, plain.src3, plain.checksum])
})
