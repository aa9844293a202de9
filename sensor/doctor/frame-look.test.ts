// The outside of frames, one of each kind.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { concatBytes, ethernet, fromHex, ipv4, ipv6, Protocol, tcp, udp } from "../../shared/testing/packet-builder.ts"
import { PacketBatch } from "../capture/packet-batch.ts"
import { Cast, FrameLook, lookAtFrame, TUNNELS } from "./frame-look.ts"
import { FRAME_BYTES_MAX, FrameWatch, OUTER_FLOWS_MAX } from "./frame-watch.ts"

// Room for 4,096 packets: made once, used for one at a time.
const batch = new PacketBatch()

function batchOf(bytes: Uint8Array, { wire = bytes.length, link = 1, vlan = -1 } = {}): PacketBatch {
  batch.bytes = bytes
  batch.count = 1
  batch.captured[0] = bytes.length
  batch.wire[0] = wire
  batch.link[0] = link
  batch.vlan[0] = vlan
  return batch
}

function look(bytes: Uint8Array, fields?: Parameters<typeof batchOf>[1]): FrameLook {
  const seen = new FrameLook()
  lookAtFrame(batchOf(bytes, fields), 0, seen)
  return seen
}

const segment = tcp({ payload: "x" })
const overUdp = (destination: number, source = 50_001): Uint8Array =>
  ethernet(ipv4(udp(source, destination, "tunnelled"), { protocol: Protocol.udp }))
const overIp = (protocol: number, body = "tunnelled, whatever it is"): Uint8Array =>
  ethernet(ipv4(Buffer.from(body, "latin1"), { protocol }))
const overEthernet = (etherType: number): Uint8Array => ethernet(new Uint8Array(40), { etherType })

const KINDS: readonly [tunnel: string, frame: Uint8Array][] = [
  ["none", ethernet(ipv4(segment))],
  ["none", overUdp(53)],
  ["mpls", overEthernet(0x8847)],
  ["mpls", overEthernet(0x8848)],
  ["mpls", overUdp(6635)],
  ["mpls", overIp(137)],
  ["pppoe", overEthernet(0x8864)],
  ["bridgeTag", overEthernet(0x893f)],
  ["bridgeTag", overEthernet(0x8926)],
  ["macsec", overEthernet(0x88e5)],
  ["ipInIp", overIp(4)],
  ["ipInIp", overIp(41)],
  ["gre", overIp(47, "\u0000\u0000\u0008\u0000")],
  ["erspan", overIp(47, "\u0010\u0000\u0088\u00be")],
  ["erspan", overIp(47, "\u0010\u0000\u0022\u00eb")],
  ["vxlan", overUdp(4789)],
  ["vxlan", overUdp(8472)],
  ["geneve", overUdp(6081)],
  ["gtp", overUdp(2152)],
  ["gtp", overUdp(40_000, 2152)],
  ["teredo", overUdp(3544)],
  ["l2tp", overUdp(1701)],
  ["l2tp", overIp(115)],
  ["ipsec", overIp(50)],
  ["ipsec", overUdp(4500)],
  ["tzsp", overUdp(37_008)],
  // An answer to a client that happens to have that port.
  ["none", overUdp(37_008, 53)],
  ["none", overUdp(9999, 37_008)],
]

describe("the outside of a frame", () => {
  for (const [tunnel, frame] of KINDS)
    test(`${tunnel} ${Buffer.from(frame.subarray(12, 14)).toString("hex")} ${frame[23]}`, () =>
      assert.equal(TUNNELS[look(frame).tunnel], tunnel))

  test("tags: the outer id, the count, and what the kernel took off", () => {
    const twice = look(ethernet(ipv4(segment), { vlans: [100, 200] }))
    assert.deepEqual([twice.vlan, twice.tags, twice.ipVersion], [100, 2, 4])
    const taken = look(ethernet(ipv4(segment), { vlans: [200] }), { vlan: 0x3064 })
    assert.deepEqual([taken.vlan, taken.tags], [100, 2])
  })

  test("casts, on Ethernet and on Linux's cooked links", () => {
    const casts = ["02 00 00 00 00 02", "ff ff ff ff ff ff", "01 00 5e 00 00 05"].map(
      (address) => look(concatBytes(fromHex(address), ethernet(ipv4(segment)).subarray(6))).cast,
    )
    assert.deepEqual(casts, [Cast.unicast, Cast.broadcast, Cast.multicast])
    const sll = concatBytes(fromHex("0001 0001 0006 020000000001 0000 0800"), ipv4(segment))
    assert.deepEqual([look(sll, { link: 113 }).cast, look(sll, { link: 113 }).ipVersion], [Cast.broadcast, 4])
    const sll2 = concatBytes(fromHex("0800 0000 00000001 0001 04 06 020000000001 0000"), ipv4(segment))
    assert.deepEqual([look(sll2, { link: 276 }).cast, look(sll2, { link: 276 }).ipVersion], [Cast.unicast, 4])
  })

  test("fragments of IPv4 and IPv6; an atomic one is none", () => {
    assert.equal(look(ethernet(ipv4(segment, { moreFragments: true }))).isFragment, true)
    const part = (bits: string) =>
      ethernet(ipv6(segment, { extensions: [{ type: 44, body: fromHex(`${bits} 00000001`) }] }))
    assert.equal(look(part("0001")).isFragment, true)
    assert.deepEqual([look(part("0010")).isFragment, look(part("0010")).protocol], [true, 6])
    assert.deepEqual([look(part("0000")).isFragment, look(part("0000")).protocol], [false, 6])
  })

  test("a length that claims more than the wire carried was cut before; padding and snap are not that", () => {
    const frame = ethernet(ipv4(tcp({ payload: "x".repeat(500) })))
    assert.equal(look(frame.subarray(0, 200)).isSliced, true)
    assert.equal(look(frame.subarray(0, 200), { wire: frame.length }).isSliced, false)
    assert.equal(look(ethernet(ipv4(segment), { pad: true })).isSliced, false)
    assert.equal(look(ethernet(ipv6(tcp({ payload: "x".repeat(500) }))).subarray(0, 300)).isSliced, true)
  })

  test("bytes cut anywhere, on any link, are looked at without harm", () => {
    const frames = [...KINDS.map(([, frame]) => frame), ethernet(ipv6(segment), { vlans: [1, 2, 3, 4, 5, 6] })]
    for (const frame of frames)
      for (let length = 0; length <= frame.length; length++)
        for (const link of [0, 1, 12, 101, 105, 113, 276]) {
          const seen = look(frame.subarray(0, length), { link, wire: frame.length })
          assert.ok(seen.tunnel < TUNNELS.length)
        }
  })
})

describe("frames counted", () => {
  test(`outer flows are told apart up to ${OUTER_FLOWS_MAX}`, () => {
    const watch = new FrameWatch([])
    for (let i = 0; i < OUTER_FLOWS_MAX + 10; i++) watch.look(batchOf(overUdp(4789, 50_000 + i)), 0, true)
    assert.equal(watch.outerFlows, OUTER_FLOWS_MAX)
    assert.equal(watch.counters.tunnels[TUNNELS.indexOf("vxlan")], OUTER_FLOWS_MAX + 10)
  })

  test("QUIC, jumbo frames and what no Ethernet carries", () => {
    const watch = new FrameWatch([])
    watch.look(batchOf(overUdp(443)), 0, false)
    watch.look(batchOf(ethernet(ipv4(segment)), { wire: 9000 }), 0, true)
    watch.look(batchOf(ethernet(ipv4(segment)), { wire: FRAME_BYTES_MAX + 1 }), 0, true)
    const { quicBytes, udpBytes, large, giant } = watch.counters
    assert.deepEqual([quicBytes > 0, udpBytes === quicBytes, large, giant], [true, true, 2, 1])
  })
})
