// What looks like IP or like an Ethernet frame, and what does not.
import assert from "node:assert/strict"
import { test } from "node:test"
import { concatBytes, ethernet, fromHex, ipv4, ipv6, tcp, u16 } from "../../shared/testing/packet-builder.ts"
import { Cursor } from "./cursor.ts"
import { ethernetLikeness, Likeness, looksLikeIpv4, looksLikeIpv6 } from "./likeness.ts"

const IPV4 = ipv4(tcp({ payload: "hello" }))
const IPV6 = ipv6(tcp({ payload: "hello" }))
const FRAME = ethernet(IPV4)
const AT = 5

function cursorOn(bytes: Uint8Array, captured = bytes.length): Cursor {
  const cursor = new Cursor()
  cursor.bytes = concatBytes(new Uint8Array(AT).fill(0xee), bytes, new Uint8Array(40).fill(0x45))
  cursor.at = AT
  cursor.end = AT + captured
  cursor.wireEnd = AT + bytes.length
  return cursor
}

const patch = (bytes: Uint8Array, at: number, value: number): Uint8Array =>
  bytes.map((byte, i) => (i === at ? value : byte))
const typed = (type: number, rest: Uint8Array | string = new Uint8Array(46)): Uint8Array =>
  concatBytes(FRAME.subarray(0, 12), u16(type), typeof rest === "string" ? fromHex(rest) : rest)

test("IPv4", () => {
  for (const [name, bytes, expected] of [
    ["a packet", IPV4, true],
    ["with options", ipv4(tcp(), { options: fromHex("94040000") }), true],
    ["of no length", ipv4(tcp(), { totalLength: 0 }), true],
    ["padded", concatBytes(IPV4, new Uint8Array(9)), true],
    ["cut by a mirror, its checksum right", IPV4.subarray(0, 30), true],
    ["longer than its frame, its checksum wrong", patch(IPV4, 2, 9), false],
    ["longer than its frame, its header not there", IPV4.subarray(0, 19), false],
    ["of another version", patch(IPV4, 0, 0x55), false],
    ["a header of 16 bytes", patch(IPV4, 0, 0x44), false],
    ["shorter than its header", ipv4(tcp(), { totalLength: 19 }), false],
  ] as const)
    assert.equal(looksLikeIpv4(cursorOn(bytes), AT), expected, name)
  for (let captured = 0; captured < IPV4.length; captured++)
    assert.equal(looksLikeIpv4(cursorOn(IPV4, captured), AT), true, `${captured} bytes captured`)
})

test("IPv6", () => {
  for (const [name, bytes, expected] of [
    ["a packet", IPV6, true],
    ["padded", concatBytes(IPV6, new Uint8Array(9)), true],
    ["longer than its frame", IPV6.subarray(0, 60), false],
    ["of another version", patch(IPV6, 0, 0x50), false],
    ["of a protocol that nobody uses", patch(IPV6, 6, 77), false],
  ] as const)
    assert.equal(looksLikeIpv6(cursorOn(bytes), AT), expected, name)
  for (let captured = 0; captured < IPV6.length; captured++)
    assert.equal(looksLikeIpv6(cursorOn(IPV6, captured), AT), true, `${captured} bytes captured`)
})

test("frames", () => {
  const { none, possible, certain } = Likeness
  const spanningTree = concatBytes(fromHex("424203"), new Uint8Array(35))
  for (const [name, bytes, expected] of [
    ["with IPv4", FRAME, certain],
    ["with IPv6", ethernet(IPV6), certain],
    ["in four tags", ethernet(IPV4, { vlans: [1, 2, 3, 4], tagTypes: [0x8100, 0x88a8, 0x9100, 0x9200] }), certain],
    ["in five tags", ethernet(IPV4, { vlans: [1, 2, 3, 4, 5] }), possible],
    ["with IPv4 that is none", patch(FRAME, 14, 0x55), none],
    ["with IPv6 that is none", ethernet(IPV4, { etherType: 0x86dd }), none],
    ["ARP", typed(0x0806), possible],
    ["labels", typed(0x8847), possible],
    ["of a type that nobody uses", typed(0x1234), none],
    ["spanning tree", typed(38, spanningTree), possible],
    ["of a length beyond the frame", typed(39, spanningTree), none],
    ["of a length, with a service that nobody uses", typed(3, "123403"), none],
    ["of no length", typed(0, "424203"), none],
    ["from a group", patch(FRAME, 6, 0x01), none],
    ["to a group", patch(FRAME, 0, 0x01), certain],
    ["too short", FRAME.subarray(0, 13), none],
  ] as const)
    assert.equal(ethernetLikeness(cursorOn(bytes), AT), expected, name)
  for (let captured = 0; captured < FRAME.length; captured++)
    assert.notEqual(ethernetLikeness(cursorOn(FRAME, captured), AT), none, `${captured} bytes captured`)
  assert.equal(ethernetLikeness(cursorOn(typed(3, "424203"), 15), AT), possible)
})
