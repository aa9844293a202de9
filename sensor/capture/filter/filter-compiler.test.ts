import assert from "node:assert/strict"
import { test } from "node:test"
import { concatBytes, ethernet, fromHex, ipv4, ipv6, tcp, u16 } from "../../../shared/testing/packet-builder.ts"
import { Op, PROGRAM_INSTRUCTIONS_MAX } from "./bpf-program.ts"
import { compileFilter } from "./filter-compiler.ts"
import { FilterError } from "./filter-expression.ts"
import { parseFilter } from "./filter-parser.ts"
import { checkProgram } from "./program-check.ts"
import { type FilterCase, FRAMES, keeps } from "./testing/filter-frames.ts"

const compile = (text: string, link = 1) => compileFilter(parseFilter(text), { link, snapBytes: 262_144 })

/** What the filter keeps of the frames, which filter.integration.test.ts compares with tcpdump for many more filters. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  "tcp dst port 443 or 8443": ["tcp with options a:8080 > far:8443"],
  "ip and port 443": ["tcp far:443 > a:1025", "udp b:80 > far:443"],
  "src and dst port 80": ["tcp a:80 > b:80", "sctp6 far:80 > a:80"],
  "ip6 and tcp port 80": ["tcp6 a:40000 > b:80", "tcp6 b:80 > a:40000"],
  "ip proto 6 and not port 0x50 and not net 192.168/16": ["tcp later fragment a > b", "tcp far fragment b > a"],
  "ip6 proto 44": ["tcp6 first fragment a:1 > b:80", "udp6 later fragment a > b"],
  "ip6 and udp": ["udp6 a:53 > far:53", "udp6 later fragment a > b"],
  "arp src 192.168.7.9": ["arp far answers a"],
  "rarp or ether proto 0x88cc": ["rarp a", "lldp"],
  "greater 900": ["big tcp a:40000 > far:80"],
  "host fd00:7::9 and not udp": ["sctp6 far:80 > a:80"],
}

for (const [filter, expected] of Object.entries(KEPT))
  test(`"${filter}" keeps what it says`, () => {
    const kept = Object.keys(FRAMES).filter((name) => keeps(filter, FRAMES[name]!))
    assert.deepEqual(kept, expected)
  })

const HTTP = ipv4(tcp({ sourcePort: 40000, destinationPort: 80 }), { source: "10.0.0.1", destination: "10.0.0.2" })
const HTTP6 = ipv6(tcp({ sourcePort: 40000, destinationPort: 80 }))
const tagged = (...vlans: readonly number[]): Uint8Array => ethernet(HTTP, { vlans })

const TRUNK: readonly (readonly [string, Uint8Array, FilterCase, Record<string, boolean>])[] = [
  [
    "no tag",
    tagged(),
    {},
    { "tcp port 80": true, vlan: false, "not vlan": true, "vlan 0": false, "vlan 10": false, "vlan 10 or tcp": true },
  ],
  [
    "one tag",
    tagged(10),
    {},
    { "tcp port 80": true, vlan: true, "vlan 10": true, "vlan 20": false, "not vlan": false },
  ],
  ["one tag with priority", tagged(0xe00a), {}, { "vlan 10": true, "vlan 0": false, "tcp port 80": true }],
  ["a priority tag", tagged(0xe000), {}, { "vlan 0": true, vlan: true, "host 10.0.0.2": true }],
  [
    "two tags",
    tagged(10, 20),
    {},
    { "vlan 10": true, "vlan 20": true, "vlan 10 and vlan 20": true, "vlan 30": false, "src 10.0.0.1": true },
  ],
  ["three tags", tagged(10, 20, 30), {}, { "vlan 30": true, "tcp dst port 80": true, "vlan 10 or 40": true }],
  ["four tags", tagged(10, 20, 30, 40), {}, { "vlan 30": true, "vlan 40": false, tcp: false, ip: false }],
  [
    "a tag that the kernel took off",
    tagged(),
    { vlan: 10 },
    { "vlan 10": true, vlan: true, "vlan 20": false, "tcp port 80": true, "vlan 10 and tcp": true },
  ],
  ["the same with priority", tagged(), { vlan: 0x700a }, { "vlan 10": true, vlan: true }],
  ["a priority tag that the kernel took off", tagged(), { vlan: 0 }, { "vlan 0": true, vlan: true }],
  [
    "the outer of two tags taken off",
    tagged(20),
    { vlan: 10 },
    { "vlan 10": true, "vlan 20": true, "vlan 10 and 20": true, "port 80": true },
  ],
  [
    "tags of other types",
    ethernet(HTTP6, { vlans: [1, 2], tagTypes: [0x9100, 0x9200] }),
    {},
    { "vlan 1 and 2": true, "ip6 and tcp port 80": true, "host 2001:db8::2": true, "ether proto ip6": true },
  ],
]

for (const [name, bytes, fields, answers] of TRUNK)
  test(`a trunk's mirror: ${name}`, () => {
    for (const [filter, answer] of Object.entries(answers)) assert.equal(keeps(filter, bytes, fields), answer, filter)
  })

const cooked = (typeAt: number, bytes: number, etherType: number): Uint8Array => {
  const header = new Uint8Array(bytes)
  header.set(u16(etherType), typeAt)
  return header
}

const LINKS: readonly (readonly [string, number, Uint8Array])[] = [
  ["Ethernet", 1, ethernet(HTTP)],
  ["SLL", 113, concatBytes(cooked(14, 16, 0x0800), HTTP)],
  ["SLL with a tag", 113, concatBytes(cooked(14, 16, 0x8100), u16(10), u16(0x0800), HTTP)],
  ["SLL2", 276, concatBytes(cooked(0, 20, 0x0800), HTTP)],
  ["bare IP", 101, HTTP],
  ["bare IP, as some systems number it", 12, HTTP],
  ["bare IPv4", 228, HTTP],
  ["loopback of little endian", 0, concatBytes(fromHex("02000000"), HTTP)],
  ["loopback of big endian", 0, concatBytes(fromHex("00000002"), HTTP)],
  ["loopback of OpenBSD", 108, concatBytes(fromHex("00000002"), HTTP)],
  ["PPP", 9, concatBytes(fromHex("ff03 0021"), HTTP)],
  ["PPP without address and control", 9, concatBytes(fromHex("0021"), HTTP)],
  ["C-HDLC", 104, concatBytes(fromHex("0f00 0800"), HTTP)],
]

for (const [name, link, bytes] of LINKS)
  test(`link layer: ${name}`, () => {
    for (const filter of ["tcp port 80", "host 10.0.0.1", "ip", "ether proto ip", "not ip6", "tcp src port 40000"])
      assert.ok(keeps(filter, bytes, { link }), filter)
    for (const filter of ["udp", "port 81", "host 10.0.0.3", "ip6", "not tcp"])
      assert.ok(!keeps(filter, bytes, { link }), filter)
    assert.equal(keeps("ether dst 02:00:00:00:00:02", bytes, { link }), link === 1)
  })

test("IPv6 on the links that name it in their own way", () => {
  for (const [link, header] of [
    [101, ""],
    [229, ""],
    [0, "0a000000"],
    [0, "0000001e"],
    [108, "00000018"],
    [9, "ff030057"],
    [50, "ff030057"],
    [104, "0f0086dd"],
  ] as const) {
    const bytes = concatBytes(fromHex(header), HTTP6)
    assert.ok(keeps("ip6 and tcp port 80 and dst 2001:db8::2", bytes, { link }), `link type ${link}, ${header}`)
    assert.ok(!keeps("ip or src 2001:db8::2", bytes, { link }), `link type ${link}, ${header}`)
  }
})

test("a link type without a fixed place for its headers is refused, unless the filter asks for none", () => {
  assert.throws(
    () => compile("tcp", 127),
    (error) => error instanceof FilterError && /link type 127/.test(error.message),
  )
  assert.ok(keeps("", HTTP, { link: 127 }))
  assert.ok(keeps("greater 40", HTTP, { link: 127 }))
})

test("a packet cut before what the filter asks for is rejected, whatever the answer would do", () => {
  const frame = ethernet(HTTP)
  for (const [filter, needed] of [
    ["tcp or not tcp", 24],
    ["not port 80", 38],
    ["not host 10.0.0.1 or ip", 34],
    ["ether src 02:00:00:00:00:01", 12],
    ["not ip6", 14],
  ] as const) {
    assert.equal(keeps(filter, frame.subarray(0, needed - 1), { wire: frame.length }), false, filter)
    const whole = keeps(filter, frame)
    assert.equal(keeps(filter, frame.subarray(0, needed), { wire: frame.length }), whole, filter)
  }
})

test("lengths are those on the wire", () => {
  const bytes = ethernet(HTTP)
  assert.ok(keeps("greater 1500", bytes, { wire: 1500 }))
  assert.ok(!keeps("greater 1501", bytes, { wire: 1500 }))
  assert.ok(keeps("less 1500", bytes, { wire: 1500 }))
  assert.ok(!keeps("less 1499", bytes, { wire: 1500 }))
  assert.ok(keeps("less 4294967295", bytes))
})

test("what this host sends is left out when asked", () => {
  const bytes = ethernet(HTTP)
  for (const filter of ["", "tcp", "not udp"]) {
    assert.ok(keeps(filter, bytes, { packetType: 4 }))
    assert.ok(!keeps(filter, bytes, { packetType: 4, dropOutgoing: true }))
    assert.ok(keeps(filter, bytes, { packetType: 3, dropOutgoing: true }))
  }
})

test("long filters jump further than a condition reaches", () => {
  const ports = Array.from({ length: 400 }, (_, i) => i + 1000)
  const bytes = (destinationPort: number) => ethernet(ipv4(tcp({ sourcePort: 9, destinationPort })))
  for (const filter of [
    `tcp port ${ports.join(" or ")}`,
    `not (not tcp port ${ports.join(" and not ")})`,
    `(port ${ports.slice(0, 200).join(" or ")}) or (tcp and port ${ports.slice(200).join(" or ")})`,
  ]) {
    const program = compile(filter)
    assert.equal(checkProgram(program), null)
    for (const [port, isKept] of [
      [999, false],
      [1000, true],
      [1199, true],
      [1200, true],
      [1399, true],
      [1400, false],
    ] as const)
      assert.equal(keeps(filter, bytes(port)), isKept, `port ${port} of ${filter.slice(0, 40)}`)
  }
})

test("a filter longer than a kernel takes is refused with a sentence; the longest that fits passes the check", () => {
  const ports = (count: number): string => `port ${Array.from({ length: count }, (_, i) => i).join(" or ")}`
  const instructions = (count: number): number | null => {
    try {
      const program = compile(ports(count))
      assert.equal(checkProgram(program), null)
      return program.length
    } catch (error) {
      assert.ok(error instanceof FilterError)
      assert.match(error.message, /^the filter makes a program of \d+ instructions, and a kernel takes 4096/)
      return null
    }
  }
  let [fits, tooMany] = [1, 2000]
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >>> 1
    if (instructions(middle) === null) tooMany = middle
    else fits = middle
  }
  assert.ok(instructions(fits)! > PROGRAM_INSTRUCTIONS_MAX - 10)
  assert.ok(fits > 900, `${fits} ports`)
})

test("every filter passes the kernel's check on every link, and the empty one is a single return", () => {
  for (const link of [0, 1, 9, 12, 50, 101, 104, 108, 113, 228, 229, 276])
    for (const filter of [...Object.keys(KEPT), "vlan", "vlan 3", "net 0.0.0.0/0", "net ::/0", "less 4294967295"])
      assert.equal(checkProgram(compile(filter, link)), null, `${filter} on ${link}`)
  assert.deepEqual(compile(""), [
    { code: Op.returnK, jt: 0, jf: 0, k: 262_144 },
    { code: Op.returnK, jt: 0, jf: 0, k: 0 },
  ])
})
