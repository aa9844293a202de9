// Dropping copies before TCP never changes what TCP tells: whatever the conversation, with any of its packets shown again
// within the window, and with real retransmissions, which are no copies.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import { Packet, TcpFlag, Verdict } from "../decode/packet.ts"
import { DuplicateCounters } from "../duplicates/counters.ts"
import { DuplicateWindow } from "../duplicates/duplicate-window.ts"
import { DUPLICATE_DEFAULTS } from "../duplicates/options.ts"
import { TcpCounters } from "../tcp/counters.ts"
import { TCP_DEFAULTS } from "../tcp/options.ts"
import type { SessionReceiver, SessionReceiverFactory } from "../tcp/session-receiver.ts"
import { Tcp } from "../tcp/tcp.ts"

const START_US = 1_795_428_000_000_000
/** Within the window, its unit of 128 us off. */
const NEAR_US = 9_800

interface Segment {
  readonly fromClient: boolean
  readonly flow: number
  readonly seq: number
  readonly ack: number
  readonly flags: number
  readonly length: number
  readonly cut: number
  readonly window: number
  readonly timeUs: number
  readonly ipId: number
  readonly vlan?: number
  readonly ttl?: number
  readonly port?: number
}

interface Told {
  readonly log: string[]
  readonly tcp: TcpCounters
  readonly duplicates: DuplicateCounters
}

/** Byte of a stream at a sequence number: any shift or swap shows. */
const byteAt = (seq: number): number => (Math.imul(seq, 2_654_435_761) >>> 24) ^ (seq & 0xff)

function play(segments: readonly Segment[], isOn: boolean, withTimes = true): Told {
  const log: string[] = []
  let sessions = 0
  const factory: SessionReceiverFactory = {
    open({ flow }): SessionReceiver {
      const name = `${flow.port0}:${flow.port1} #${sessions++}`
      const time = (timeUs: number): string => (withTimes ? ` at ${timeUs}` : "")
      return {
        onData(side, bytes, start, end, timeUs, ackOffset) {
          const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).latin1Slice()
          log.push(`${name} ${side} ${text}${withTimes ? ` @${ackOffset}` : ""}${time(timeUs)}`)
        },
        onGap: (side, length, timeUs) => log.push(`${name} ${side} gap ${length}${time(timeUs)}`),
        onAnomaly: (side, code) => log.push(`${name} ${side} odd ${code}`),
        onEnd: (side, reason) => log.push(`${name} ${side} end ${reason}`),
        onClose: (reason) => log.push(`${name} close ${reason}`),
      }
    },
  }
  const duplicates = new DuplicateCounters()
  const window = new DuplicateWindow(duplicates, { ...DUPLICATE_DEFAULTS, isOn })
  const counters = new TcpCounters()
  const tcp = new Tcp(factory, counters, { ...TCP_DEFAULTS, flowsMax: 3, memcapBytes: 4 * 2048, depthBytes: 3 * 2048 })
  const packet = new Packet()
  packet.verdict = Verdict.tcp
  for (const each of segments) {
    place(packet, each)
    if (!window.isDuplicate(packet)) tcp.onSegment(packet, packet.bytes)
  }
  tcp.flush(packet.timeUs)
  assert.equal(counters.packets + duplicates.packets, segments.length)
  return { log, tcp: counters, duplicates }
}

function place(packet: Packet, each: Segment): void {
  const { fromClient, flow, length, cut } = each
  packet.ipVersion = each.ipId === 0 ? 6 : 4
  packet.src3 = fromClient ? 1 : 2
  packet.dst3 = fromClient ? 2 : 1
  packet.srcPort = fromClient ? 1000 + flow : 80
  packet.dstPort = fromClient ? 80 : 1000 + flow
  packet.seq = each.seq | 0
  packet.ack = each.ack | 0
  packet.flags = each.flags
  packet.window = each.window
  packet.ipId = each.ipId
  packet.vlan = each.vlan ?? -1
  packet.ttl = each.ttl ?? 64
  packet.port = each.port ?? 0
  packet.timeUs = each.timeUs
  packet.bytes = new Uint8Array(length + 7)
  for (let i = 0; i < packet.bytes.length; i++) packet.bytes[i] = byteAt(each.seq + i - 7)
  packet.payloadStart = 7
  packet.payloadEnd = 7 + Math.max(0, length - cut)
  packet.payloadWire = length
  packet.checksum = (each.seq + each.ack + each.flags + each.window + length) & 0xffff
}

interface Echo {
  /** Which segment comes again, how many segments later, and how it looks then. */
  readonly of: number
  readonly after: number
  readonly vlan: number
  readonly ttl: number
  readonly port: number
}

const echoes = fc.array(
  fc.record({
    of: fc.nat(59),
    after: fc.nat(12),
    vlan: fc.constantFrom(-1, 5),
    ttl: fc.constantFrom(64, 63),
    port: fc.nat(1),
  }),
  { maxLength: 60 },
)

/** The segments, and those that come again among them, as soon as the window demands it. */
function withEchoes(segments: readonly Segment[], all: readonly Echo[]): Segment[] {
  const out: Segment[] = []
  const due = new Map<number, Segment[]>()
  for (const { of, after, vlan, ttl, port } of all) {
    const original = segments[of]
    if (original === undefined) continue
    let at = of
    while (at < of + after && Math.abs((segments[at + 1]?.timeUs ?? 0) - original.timeUs) <= NEAR_US) at++
    due.set(at, [...(due.get(at) ?? []), { ...original, timeUs: segments[at]!.timeUs, vlan, ttl, port }])
  }
  for (const [i, segment] of segments.entries()) out.push(segment, ...(due.get(i) ?? []))
  return out
}

/** Any segments at all, each with an IP id of its own. */
const garbage = fc
  .array(
    fc.record({
      fromClient: fc.boolean(),
      seq: fc.oneof(fc.integer({ min: -40, max: 80 }), fc.constantFrom(1 << 24, -(1 << 24), 1 << 30, -0x80000000)),
      ack: fc.oneof(fc.integer({ min: -40, max: 80 }), fc.constantFrom(1 << 24, 1 << 30)),
      flags: fc.oneof(fc.constantFrom(0, 16, 16, 16, 2, 18, 17, 4, 20), fc.integer({ min: 0, max: 63 })),
      length: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }), fc.constant(3000)),
      cut: fc.constantFrom(0, 0, 0, 5),
      pauseUs: fc.constantFrom(0, 0, 10, 1000, 3000, 9000, 150_000, 2_500_000, 40_000_000, -3000),
      flow: fc.integer({ min: 0, max: 3 }),
      window: fc.constantFrom(0, 1000),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let timeUs = START_US
    return steps.map(({ pauseUs, ...step }, i): Segment => {
      timeUs += pauseUs
      return { ...step, timeUs, ipId: i + 1 }
    })
  })

/** A conversation without IP ids: both sides send, some segments are lost on the way to the sensor, some come out of order. */
const withoutIds = fc
  .tuple(
    fc.array(
      fc.record({
        fromClient: fc.boolean(),
        length: fc.integer({ min: 0, max: 40 }),
        fate: fc.nat(9),
        pauseUs: fc.nat(4000),
      }),
      { maxLength: 40 },
    ),
    fc.boolean(),
  )
  .map(([steps, finishes]) => {
    let timeUs = START_US
    const next = { client: 100, server: 900 }
    const out: Segment[] = []
    const send = (fromClient: boolean, flags: number, length: number, pauseUs: number, fate: number): void => {
      const me = fromClient ? "client" : "server"
      const other = fromClient ? "server" : "client"
      timeUs += pauseUs
      const isOpening = flags === TcpFlag.syn
      const ack = isOpening ? 0 : next[other]
      const segment = { fromClient, flow: 0, seq: next[me], ack, flags, length, cut: 0, window: 1000, timeUs, ipId: 0 }
      next[me] += length + ((flags & (TcpFlag.syn | TcpFlag.fin)) === 0 ? 0 : 1)
      if (fate === 0) return
      if (fate === 1 && out.length > 3) out.splice(out.length - 1, 0, { ...segment, timeUs: out.at(-1)!.timeUs })
      else out.push(segment)
    }
    send(true, TcpFlag.syn, 0, 0, 9)
    send(false, TcpFlag.syn | TcpFlag.ack, 0, 10, 9)
    send(true, TcpFlag.ack, 0, 10, 9)
    for (const { fromClient, length, fate, pauseUs } of steps) send(fromClient, TcpFlag.ack, length, pauseUs, fate)
    if (finishes) {
      send(true, TcpFlag.fin | TcpFlag.ack, 0, 10, 9)
      send(false, TcpFlag.fin | TcpFlag.ack, 0, 10, 9)
    }
    return out
  })

describe("copies dropped before TCP", () => {
  test("any conversation, any packets shown again within the window: TCP tells and counts the same", () => {
    fc.assert(
      fc.property(garbage, echoes, (segments, all) => {
        const shown = withEchoes(segments, all)
        const with_ = play(shown, true)
        const without = play(segments, false)
        assert.deepEqual(with_.log, without.log)
        assert.deepEqual(with_.tcp, without.tcp)
        assert.equal(with_.duplicates.packets, shown.length - segments.length)
      }),
      { numRuns: 600 },
    )
  })

  test("any conversation with real retransmissions: nothing is dropped", () => {
    fc.assert(
      fc.property(garbage, echoes, (segments, all) => {
        const sent = withEchoes(segments, all).map((segment, i) => ({ ...segment, ipId: i + 1 }))
        const with_ = play(sent, true)
        assert.equal(with_.duplicates.packets, 0)
        assert.deepEqual(with_.log, play(sent, false).log)
      }),
      { numRuns: 300 },
    )
  })

  test("without IP ids copies and retransmissions look alike: every byte, gap and end stays", () => {
    fc.assert(
      fc.property(withoutIds, echoes, (segments, all) => {
        const shown = withEchoes(segments, all)
        assert.deepEqual(play(shown, true, false).log, play(segments, false, false).log)
      }),
      { numRuns: 600 },
    )
  })

  test("canary: copies do reach TCP when the window is off", () => {
    const segment: Segment = {
      fromClient: true,
      flow: 0,
      seq: 5,
      ack: 5,
      flags: 16,
      length: 20,
      cut: 0,
      window: 9,
      timeUs: START_US,
      ipId: 1,
    }
    assert.equal(play([segment, segment], false).tcp.retransmittedBytes, 20)
    assert.equal(play([segment, segment], true).tcp.retransmittedBytes, 0)
  })
})
