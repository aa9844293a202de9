// What holds for every stream, however it is cut, ordered, repeated or lost. fast-check prints the seed of a failure.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import { Packet, TcpFlag, Verdict } from "../decode/packet.ts"
import { TcpCounters } from "./counters.ts"
import { TCP_DEFAULTS, type TcpOptions } from "./options.ts"
import { assertLedger } from "./playbook.ts"
import type { SessionReceiver, SessionReceiverFactory } from "./session-receiver.ts"
import { Tcp } from "./tcp.ts"

const RUNS = { numRuns: 300 }

/** Byte of the stream at an offset: any shift or swap shows. */
const byteAt = (offset: number): number => (Math.imul(offset + 1, 2_654_435_761) >>> 24) ^ (offset & 0xff)

interface Piece {
  readonly from: number
  readonly to: number
}

/** Rebuilds each side from what it is told, and checks the rules of the contract while it listens. */
class Listener implements SessionReceiverFactory, SessionReceiver {
  /** Bytes by offset; -1 in a gap (of a gap over a thousand bytes, the first thousand). */
  readonly sides: number[][] = [[], []]
  readonly ends = [0, 0]
  opens = 0
  closes = 0
  readonly log: string[] = []

  open(): SessionReceiver {
    this.opens++
    return this
  }
  onData(side: 0 | 1, bytes: Uint8Array, start: number, end: number, timeUs: number, ackOffset: number): void {
    assert.ok(end > start, "no empty data")
    assert.equal(this.ends[side], 0, "no data after the end")
    for (let i = start; i < end; i++) this.sides[side]!.push(bytes[i]!)
    this.log.push(`${side} ${end - start} ${timeUs} ${ackOffset}`)
  }
  onGap(side: 0 | 1, length: number, timeUs: number): void {
    assert.ok(length > 0, "no empty gap")
    assert.equal(this.ends[side], 0, "no gap after the end")
    for (let i = 0; i < Math.min(length, 1000); i++) this.sides[side]!.push(-1)
    this.log.push(`${side} gap ${length} ${timeUs}`)
  }
  onAnomaly(): void {}
  onEnd(side: 0 | 1): void {
    this.ends[side]!++
    this.log.push(`${side} end`)
  }
  onClose(): void {
    assert.deepEqual(this.ends, [1, 1], "each side ends once, before the close")
    this.closes++
    this.log.push("close")
  }
}

class Sender {
  readonly listener = new Listener()
  readonly counters = new TcpCounters()
  readonly tcp: Tcp
  readonly packet = new Packet()
  timeUs = 1_795_428_000_000_000
  readonly isn: number

  constructor(isn: number, options: Partial<TcpOptions> = {}) {
    this.isn = isn
    this.tcp = new Tcp(this.listener, this.counters, { ...TCP_DEFAULTS, ...options })
    const { packet } = this
    packet.verdict = Verdict.tcp
    packet.src3 = 1
    packet.dst3 = 2
    packet.window = 1000
  }

  /** Sends stream bytes [from, to); a SYN has from = to = -1. */
  segment(from: number, to: number, flags = 0): void {
    const length = Math.max(0, to - from)
    const bytes = new Uint8Array(length + 3).fill(0xee)
    for (let i = 0; i < length; i++) bytes[i + 3] = byteAt(from + i)
    this.#send(bytes, from, length, flags, 0)
  }

  /** The other side acknowledges everything before `offset`. */
  acknowledge(offset: number): void {
    const { packet } = this
    packet.src3 = 2
    packet.dst3 = 1
    this.#send(new Uint8Array(3), 0, 0, TcpFlag.ack, offset)
    packet.src3 = 1
    packet.dst3 = 2
  }

  #send(bytes: Uint8Array, from: number, length: number, flags: number, ack: number): void {
    const { packet } = this
    packet.seq = (this.isn + 1 + from) | 0
    packet.ack = (this.isn + 1 + ack) | 0
    packet.flags = flags
    packet.payloadStart = 3
    packet.payloadEnd = 3 + length
    packet.payloadWire = length
    this.timeUs += 100
    packet.timeUs = this.timeUs
    this.tcp.onSegment(packet, bytes)
    assertLedger(this.counters)
    bytes.fill(0)
  }

  flush(): void {
    this.tcp.flush(this.timeUs)
    assertLedger(this.counters)
    assert.equal(this.counters.heldBytes, 0)
    assert.equal(this.listener.closes, this.listener.opens)
  }
}

function assertBytes(received: readonly number[], length: number, lost: (offset: number) => boolean): void {
  assert.equal(received.length, length)
  for (let i = 0; i < length; i++) assert.equal(received[i], lost(i) ? -1 : byteAt(i), `offset ${i}`)
}

const isns = fc.oneof(
  fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  // Just before the wrap of the unsigned and of the signed number.
  fc.integer({ min: -600, max: 0 }),
  fc.integer({ min: 0x7fffffff - 600, max: 0x7fffffff }),
)

/** A stream cut into overlapping, repeated pieces in any order, together covering all of it. */
const shuffled = fc
  .integer({ min: 1, max: 500 })
  .chain((length) =>
    fc.record({
      length: fc.constant(length),
      cuts: fc.uniqueArray(fc.integer({ min: 0, max: length }), { maxLength: 12 }),
      extras: fc.array(fc.tuple(fc.integer({ min: 0, max: length }), fc.integer({ min: 0, max: length })), {
        maxLength: 8,
      }),
    }),
  )
  .chain(({ length, cuts, extras }) => {
    const edges = [...new Set([0, ...cuts, length])].sort((a, b) => a - b)
    const pieces: Piece[] = edges.slice(1).map((to, i) => ({ from: edges[i]!, to }))
    for (const [a, b] of extras) if (a !== b) pieces.push({ from: Math.min(a, b), to: Math.max(a, b) })
    return fc.record({
      length: fc.constant(length),
      pieces: fc.shuffledSubarray(pieces, { minLength: pieces.length, maxLength: pieces.length }),
    })
  })

const lossy = fc.record({ stream: shuffled, keep: fc.infiniteStream(fc.boolean()), isn: isns, ack: fc.boolean() })

describe("tcp, for every stream", () => {
  test("any split, order and repetition gives the same bytes", () => {
    fc.assert(
      fc.property(shuffled, isns, fc.boolean(), ({ length, pieces }, isn, withFin) => {
        const sender = new Sender(isn)
        sender.segment(-1, -1, TcpFlag.syn)
        const finAt = pieces.length >> 1
        pieces.forEach(({ from, to }, i) => {
          if (withFin && i === finAt) sender.segment(length, length, TcpFlag.fin)
          sender.segment(from, to)
        })
        assertBytes(sender.listener.sides[0]!, length, () => false)
        assert.equal(sender.listener.ends[0], withFin ? 1 : 0)
        assert.equal(sender.counters.gapBytes, 0)
        sender.flush()
        assertBytes(sender.listener.sides[0]!, length, () => false)
      }),
      RUNS,
    )
  })

  test("any loss gives the same bytes, and gaps where the others were", () => {
    fc.assert(
      fc.property(lossy, ({ stream: { length, pieces }, keep, isn, ack }) => {
        const sent = pieces.filter(() => keep.next().value)
        const have = new Uint8Array(length)
        for (const { from, to } of sent) have.fill(1, from, to)
        const sender = new Sender(isn)
        sender.segment(-1, -1, TcpFlag.syn)
        for (const { from, to } of sent) sender.segment(from, to)
        if (ack) sender.acknowledge(length)
        sender.flush()
        // With the ACK the lost tail is known too, unless it is one byte, which may as well be the FIN.
        const last = have.lastIndexOf(1) + 1
        const known = ack && last > 0 && length - last > 1 ? length : last
        assertBytes(sender.listener.sides[0]!, known, (offset) => have[offset] === 0)
        const lost = have.subarray(0, known).reduce((sum, each) => sum + 1 - each, 0)
        assert.equal(sender.counters.gapBytes, lost)
      }),
      RUNS,
    )
  })

  test("at tight limits: nothing is held beyond them, what is delivered is right and in place", () => {
    fc.assert(
      fc.property(
        shuffled,
        isns,
        fc.integer({ min: 0, max: 4 }),
        fc.boolean(),
        ({ length, pieces }, isn, blocks, global) => {
          const bytes = blocks * 2048
          const sender = new Sender(isn, global ? { memcapBytes: bytes } : { depthBytes: bytes })
          sender.segment(-1, -1, TcpFlag.syn)
          for (const { from, to } of pieces) sender.segment(from, to)
          sender.flush()
          const received = sender.listener.sides[0]!
          assert.equal(received.length, length)
          received.forEach((byte, offset) => {
            if (byte !== -1) assert.equal(byte, byteAt(offset), `offset ${offset}`)
          })
          const { counters } = sender
          assert.ok(counters.heldBytesMax <= bytes)
          assert.equal(counters.deliveredBytes + counters.gapBytes, length)
          if (counters.gapBytes > 0) assert.ok(counters.depthGaps + counters.segmentMemcapGaps > 0)
        },
      ),
      RUNS,
    )
  })

  test("any garbage: every byte counted, the rules of the contract kept, the same result twice, whatever the hash seed", () => {
    const step = fc.record({
      fromClient: fc.boolean(),
      seq: fc.oneof(fc.integer({ min: -40, max: 80 }), fc.constantFrom(1 << 24, -(1 << 24), 1 << 30, -0x80000000)),
      ack: fc.oneof(fc.integer({ min: -40, max: 80 }), fc.constantFrom(1 << 24, 1 << 30)),
      flags: fc.oneof(fc.constantFrom(0, 16, 16, 16, 2, 18, 17, 4, 20), fc.integer({ min: 0, max: 63 })),
      length: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }), fc.constant(3000)),
      cut: fc.constantFrom(0, 0, 0, 5),
      pauseUs: fc.constantFrom(0, 0, 1000, 150_000, 2_500_000, 40_000_000, 4_000_000_000, -5_000_000, -100_000_000),
      flow: fc.integer({ min: 0, max: 3 }),
      window: fc.constantFrom(0, 1000),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), isns, fc.integer(), (steps, isn, seed) => {
        const results = [seed, seed + 1].map((hashSeed) => {
          const counters = new TcpCounters()
          const listeners: Listener[] = []
          const log: string[] = []
          const factory: SessionReceiverFactory = {
            open(session) {
              const listener = new Listener()
              const name = `${session.flow.port0}:${session.flow.port1} #${listeners.push(listener)}`
              listener.log.push = (line: string) => log.push(`${name} ${line}`)
              return listener.open()
            },
          }
          const options = { ...TCP_DEFAULTS, flowsMax: 3, memcapBytes: 4 * 2048, depthBytes: 3 * 2048, hashSeed }
          const tcp = new Tcp(factory, counters, options)
          const packet = new Packet()
          packet.timeUs = 1_795_428_000_000_000
          const bytes = new Uint8Array(4000).map((_, i) => i)
          for (const each of steps) {
            packet.src3 = each.fromClient ? 1 : 2
            packet.dst3 = each.fromClient ? 2 : 1
            packet.srcPort = each.fromClient ? 1000 + each.flow : 80
            packet.dstPort = each.fromClient ? 80 : 1000 + each.flow
            packet.seq = (isn + each.seq) | 0
            packet.ack = (isn + each.ack) | 0
            packet.flags = each.flags
            packet.window = each.window
            packet.timeUs += each.pauseUs
            packet.payloadStart = 7
            packet.payloadEnd = 7 + Math.max(0, each.length - each.cut)
            packet.payloadWire = each.length
            tcp.onSegment(packet, bytes)
            assertLedger(counters)
            assert.ok(counters.active <= 3)
            assert.ok(counters.heldBytes <= 4 * 2048)
          }
          tcp.flush(packet.timeUs)
          assertLedger(counters)
          assert.equal(counters.heldBytes, 0)
          assert.equal(counters.active, 0)
          for (const listener of listeners) assert.equal(listener.closes, 1)
          return { log, counters }
        })
        assert.deepEqual(results[0], results[1])
      }),
      { numRuns: 600 },
    )
  })
})
