// What decode tells the stage that puts fragments together, and how it goes on with a datagram that is whole: around
// tunnels, within them, and both.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import {
  concatBytes,
  ethernet,
  fromHex,
  ipv4,
  ipv6,
  Protocol,
  tcp,
  u16,
  udp,
} from "../../shared/testing/packet-builder.ts"
import { gre, vxlan } from "../../shared/testing/tunnel-builder.ts"
import { PacketBatch } from "../capture/packet-batch.ts"
import { DecoderCounters } from "./counters.ts"
import { Decoder } from "./decoder.ts"
import { assertOneVerdict, counted, decode, verdictName } from "./fake-wire.ts"
import type { FragmentReceiver } from "./fragment-receiver.ts"
import { Packet } from "./packet.ts"

interface Taken {
  readonly key: string
  readonly text: Uint8Array
  readonly wire: number
  readonly offset: number
  readonly more: boolean
}

/** Puts fragments together that come in order and whole, and remembers what it was told. */
class Assembler implements FragmentReceiver {
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
  wireEnd = 0
  protocol = 0
  readonly taken: Taken[] = []
  readonly #parts = new Map<string, Uint8Array>()

  take(
    packet: Packet,
    protocol: number,
    id: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    wireLength: number,
    offset: number,
    more: boolean,
  ): boolean {
    const key = [packet.ipVersion, packet.src3, packet.dst3, packet.zone === 0 ? "" : "zone", protocol, id].join(" ")
    const text = bytes.slice(start, end)
    this.taken.push({ key, text, wire: wireLength, offset, more })
    const before = this.#parts.get(key) ?? new Uint8Array(0)
    assert.equal(before.length, offset)
    const whole = concatBytes(before, text)
    this.#parts.set(key, whole)
    if (more) return false
    this.protocol = protocol
    this.bytes = concatBytes(fromHex("ffff"), whole)
    this.start = 2
    this.end = 2 + whole.length
    this.wireEnd = this.end
    return true
  }
}

/** The packet in fragments of `size` bytes of payload. */
function split(
  payload: Uint8Array,
  size: number,
  fields: { id: number; protocol?: number; source?: string },
): Uint8Array[] {
  const out: Uint8Array[] = []
  for (let at = 0; at < payload.length; at += size) {
    const moreFragments = at + size < payload.length
    out.push(ipv4(payload.subarray(at, at + size), { ...fields, fragmentOffset: at, moreFragments }))
  }
  return out
}

function split6(payload: Uint8Array, size: number, next: number): Uint8Array[] {
  const out: Uint8Array[] = []
  for (let at = 0; at < payload.length; at += size) {
    const more = at + size < payload.length ? 1 : 0
    const header = concatBytes(Uint8Array.of(next, 0), u16(at | more), fromHex("deadbeef"))
    out.push(ipv6(concatBytes(header, payload.subarray(at, at + size)), { protocol: 44 }))
  }
  return out
}

function decodeAll(frames: readonly Uint8Array[]) {
  const batch = new PacketBatch()
  batch.bytes = concatBytes(...frames)
  const counters = new DecoderCounters()
  const assembler = new Assembler()
  const decoder = new Decoder(counters, {}, assembler)
  const packet = new Packet()
  const verdicts: string[] = []
  let start = 0
  for (const [i, frame] of frames.entries()) {
    batch.start[i] = start
    batch.captured[i] = frame.length
    batch.wire[i] = frame.length
    batch.link[i] = 1
    decoder.decode(batch, i, packet)
    verdicts.push(verdictName(packet.verdict))
    start += frame.length
  }
  assertOneVerdict(counters, frames.length)
  const payload = Buffer.from(packet.bytes.subarray(packet.payloadStart, packet.payloadEnd)).toString("latin1")
  return { packet, counters, verdicts, payload, zone: decoder.zones.name(packet.zone), taken: assembler.taken }
}

// The checksum of the segment is right for the inner addresses; nobody looks.
const SEGMENT = ipv4(tcp({ seq: 7, payload: "0123456789abcdef".repeat(10) })).subarray(20)
const TEXT = "0123456789abcdef".repeat(10)
const vxlanDatagram = (packet: Uint8Array): Uint8Array => udp(50_000, 4789, vxlan(ethernet(packet), 42))
const outer = (payload: Uint8Array, id: number, size: number): Uint8Array[] =>
  split(payload, size, { id, protocol: Protocol.udp, source: "172.16.0.1" }).map((each) => ethernet(each))

describe("a datagram in fragments", () => {
  test("of TCP: the last one is the segment, the others are counted", () => {
    const { packet, verdicts, payload, counters, taken } = decodeAll(
      split(SEGMENT, 64, { id: 0xbeef }).map((each) => ethernet(each, { pad: true })),
    )
    assert.deepEqual(verdicts, ["fragment", "fragment", "tcp"])
    assert.deepEqual([payload, packet.seq, packet.payloadWire, packet.ipId], [TEXT, 7, 160, 0xbeef])
    assert.deepEqual(counted(counters), { ethernet: 3, ipv4: 3, tcp: 1, payloadBytes: 160, "ignored.fragment": 2 })
    assert.deepEqual(
      taken.map(({ offset, more, wire, text }) => [offset, more, wire, text.length]),
      [
        [0, true, 64, 64],
        [64, true, 64, 64],
        [128, false, 52, 52],
      ],
    )
    assert.equal(new Set(taken.map(({ key }) => key)).size, 1)
    assert.match(taken[0]!.key, / 6 48879$/)
  })

  test("of IPv6, options behind the fragment header", () => {
    const behind = concatBytes(fromHex("06 00 0104 00000000"), SEGMENT)
    const { verdicts, payload, taken, counters } = decodeAll(split6(behind, 80, 60).map((each) => ethernet(each)))
    assert.deepEqual(verdicts, ["fragment", "fragment", "tcp"])
    assert.equal(payload, TEXT)
    assert.match(taken[0]!.key, / 60 -559038737$/)
    assert.deepEqual(counted(counters), { ethernet: 3, ipv6: 3, tcp: 1, payloadBytes: 160, "ignored.fragment": 2 })
  })

  test("of something else has the verdict of that", () => {
    const { verdicts, counters } = decodeAll(
      split(udp(53, 53, "x".repeat(100)), 80, { id: 1, protocol: 17 }).map((each) => ethernet(each)),
    )
    assert.deepEqual(verdicts, ["fragment", "notTcp"])
    assert.equal(counters.ignored.notTcp.udp, 1)
  })

  test("cut by the capture: what was on the wire is told", () => {
    const [first] = split(SEGMENT, 64, { id: 1 })
    const frame = ethernet(first!)
    const assembler = new Assembler()
    decode(frame.subarray(0, -10), { wire: frame.length + 8, fragments: assembler })
    assert.deepEqual([assembler.taken[0]!.text.length, assembler.taken[0]!.wire], [54, 64])
  })

  test("without anybody to put it together", () => {
    const frame = ethernet(split(SEGMENT, 64, { id: 1 })[0]!)
    const { packet, counters } = decode(frame)
    assert.equal(verdictName(packet.verdict), "fragment")
    assert.equal(counters.ignored.fragment, 1)
  })
})

describe("fragments and tunnels", () => {
  const whole = ipv4(SEGMENT)

  test("the tunnel's packet in fragments", () => {
    const { verdicts, payload, zone, counters } = decodeAll(outer(vxlanDatagram(whole), 9, 104))
    assert.deepEqual(verdicts, ["fragment", "fragment", "tcp"])
    assert.deepEqual([payload, zone], [TEXT, "vni 42"])
    assert.equal(counters.vxlan, 1)
  })

  test("fragments in a tunnel, which belong to its zone", () => {
    const frames = split(SEGMENT, 96, { id: 5 }).flatMap((each) => outer(vxlanDatagram(each), 9, 4000))
    const { verdicts, payload, taken } = decodeAll(frames)
    assert.deepEqual(verdicts, ["fragment", "tcp"])
    assert.equal(payload, TEXT)
    assert.match(taken[0]!.key, /zone 6 5$/)
  })

  test("fragments in a tunnel whose packets are fragments", () => {
    const frames = split(SEGMENT, 96, { id: 5 }).flatMap((each, i) => outer(vxlanDatagram(each), 100 + i, 64))
    const { verdicts, payload, packet, zone } = decodeAll(frames)
    assert.equal(verdicts.at(-1), "tcp")
    assert.equal(verdicts.filter((each) => each === "fragment").length, frames.length - 1)
    assert.deepEqual([payload, packet.seq, zone], [TEXT, 7, "vni 42"])
  })

  test("IPv6 fragments in GRE over IPv4 fragments", () => {
    const frames = split6(SEGMENT, 96, 6).flatMap((each, i) =>
      split(gre(each, 0x86dd, { key: 5 }), 120, { id: i, protocol: 47, source: "172.16.0.1" }).map((one) =>
        ethernet(one),
      ),
    )
    const { payload, zone, verdicts } = decodeAll(frames)
    assert.deepEqual([verdicts.at(-1), payload, zone], ["tcp", TEXT, "gre 5"])
  })
})
