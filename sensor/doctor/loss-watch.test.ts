// What was lost before the sensor, what the network lost, what came late: one stream and the acknowledgments of its receiver.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import { Packet, TcpFlag } from "../decode/packet.ts"
import { HOLES_PER_STREAM } from "./holes.ts"
import { type LossCounters, LossWatch, WINDOW_BYTES } from "./loss-watch.ts"
import { StreamRecord } from "./stream-record.ts"

const MS = 1000

/** A server that sends and a client that acknowledges, as the mirror shows them. */
class Stage {
  readonly watch = new LossWatch()
  readonly server = new StreamRecord(0)
  readonly client = new StreamRecord(1)
  readonly #packet = new Packet()
  readonly #isn: number
  #timeUs = 1_000_000

  constructor(isn = 1000, isOpen = true) {
    this.#isn = isn
    this.watch.grow(2)
    if (!isOpen) return
    this.#send(this.client, this.server, 0, 0, TcpFlag.syn, -1)
    this.#send(this.server, this.client, -1, 0, TcpFlag.syn | TcpFlag.ack, 1)
    this.#send(this.client, this.server, 1, 0, TcpFlag.ack, 0)
  }

  /** Bytes [from, to) of the server's stream, under an IP id (0: none), after a while. */
  data(from: number, to: number, ipId = 0, afterUs = 100, flags = 0): this {
    this.#timeUs += afterUs
    this.#send(this.server, this.client, from, to - from, TcpFlag.ack | flags, 1, ipId)
    return this
  }

  /** The client has everything before `offset`. */
  acknowledge(offset: number, afterUs = 100): this {
    this.#timeUs += afterUs
    this.#send(this.client, this.server, 1, 0, TcpFlag.ack, offset)
    return this
  }

  finish(afterUs = 0): LossCounters {
    this.watch.finish(this.server, this.#timeUs + afterUs)
    this.watch.finish(this.client, this.#timeUs + afterUs)
    return this.watch.counters
  }

  #send(from: StreamRecord, to: StreamRecord, seq: number, length: number, flags: number, ack: number, ipId = 0): void {
    const packet = this.#packet
    const isServer = from === this.server
    packet.timeUs = this.#timeUs
    packet.seq = isServer ? (this.#isn + 1 + seq) | 0 : seq
    packet.ack = isServer ? ack : (this.#isn + 1 + ack) | 0
    packet.flags = flags
    packet.payloadWire = length
    packet.ipId = ipId
    from.segments++
    this.watch.onSegment(from, to, packet)
  }
}

type Expected = Partial<Record<Exclude<keyof LossCounters, "lostByPort">, number>>

const TABLE: readonly [name: string, play: (stage: Stage) => LossCounters, expected: Expected][] = [
  [
    "all is seen",
    (s) => s.data(0, 1000).data(1000, 2000).acknowledge(2000).finish(),
    { newBytes: 2000, dataSegments: 2 },
  ],
  [
    "a segment that never came and that the receiver has",
    (s) => s.data(0, 1000).data(2000, 3000).acknowledge(3000).finish(),
    { newBytes: 2000, dataSegments: 2, lostBytes: 1000, lostHoles: 1 },
  ],
  [
    "the last segment, which only its acknowledgment shows",
    (s) => s.data(0, 1000).acknowledge(2500).finish(),
    { newBytes: 1000, dataSegments: 1, lostBytes: 1500, lostHoles: 1 },
  ],
  [
    "a hole that nobody acknowledged yet",
    (s) => s.data(0, 1000).acknowledge(1000).data(2000, 3000).finish(),
    { newBytes: 2000, dataSegments: 2, unprovenBytes: 1000 },
  ],
  [
    "lost in the network: sent again, known by its IP id",
    (s) => s.data(0, 1000, 1).data(2000, 3000, 3).data(1000, 2000, 4, 500).acknowledge(3000).finish(),
    { newBytes: 3000, dataSegments: 3, resentBytes: 1000, resentSegments: 1 },
  ],
  [
    "lost in the network: sent again after a round trip, without IP ids",
    (s) =>
      s
        .data(0, 1000)
        .data(2000, 3000)
        .data(1000, 2000, 0, 40 * MS)
        .acknowledge(3000)
        .finish(),
    { newBytes: 3000, dataSegments: 3, resentBytes: 1000, resentSegments: 1 },
  ],
  [
    "overtaken: sent before, known by its IP id, however late",
    (s) =>
      s
        .data(0, 1000, 1)
        .data(2000, 3000, 3)
        .data(1000, 2000, 2, 40 * MS)
        .acknowledge(3000)
        .finish(),
    { newBytes: 3000, dataSegments: 3, reordered: 1, reorderedUsMax: 40 * MS },
  ],
  [
    "overtaken, without IP ids",
    (s) => s.data(0, 1000).data(2000, 3000).data(1000, 2000, 0, 900).acknowledge(3000).finish(),
    { newBytes: 3000, dataSegments: 3, reordered: 1, reorderedUsMax: 900 },
  ],
  [
    "random IP ids tell nothing: time does",
    (s) => s.data(0, 1000, 7).data(2000, 3000, 40_000).data(1000, 2000, 9000, 900).acknowledge(3000).finish(),
    { newBytes: 3000, dataSegments: 3, reordered: 1, reorderedUsMax: 900 },
  ],
  [
    "acknowledged before it came",
    (s) =>
      s
        .data(0, 1000)
        .acknowledge(2000)
        .data(1000, 2000, 0, 7 * MS)
        .finish(),
    { newBytes: 2000, dataSegments: 2, ackedBefore: 1, ackedBeforeUsMax: 7 * MS },
  ],
  [
    "came although it had come",
    (s) =>
      s
        .data(0, 1000)
        .data(0, 1000, 0, 300 * MS)
        .acknowledge(1000)
        .finish(),
    { newBytes: 1000, dataSegments: 2, retransmittedBytes: 1000, retransmittedSegments: 1 },
  ],
  [
    "a probe that keeps the connection alive",
    (s) =>
      s
        .data(0, 1000)
        .acknowledge(1000)
        .data(999, 1000, 0, 60_000 * MS)
        .finish(),
    { newBytes: 1000, dataSegments: 2 },
  ],
  [
    "a hole of which the middle comes",
    (s) => s.data(0, 1000).data(4000, 5000).data(2000, 3000).acknowledge(5000).finish(),
    { newBytes: 3000, dataSegments: 3, lostBytes: 2000, lostHoles: 2, reordered: 1, reorderedUsMax: 100 },
  ],
  [
    "the FIN, whose byte carries nothing",
    (s) => s.data(0, 1000, 0, 100, TcpFlag.fin).acknowledge(1001).finish(),
    { newBytes: 1000, dataSegments: 1 },
  ],
  ["a FIN that was lost", (s) => s.data(0, 1000).acknowledge(1001).finish(), { newBytes: 1000, dataSegments: 1 }],
  [
    "an impossible jump",
    (s) =>
      s
        .data(0, 1000)
        .data(WINDOW_BYTES * 3, WINDOW_BYTES * 3 + 500)
        .finish(),
    { newBytes: 1500, dataSegments: 2, resyncs: 1 },
  ],
  [
    "more holes than are remembered: the oldest is settled early, as acknowledged",
    (s) => {
      for (let i = 0; i <= HOLES_PER_STREAM; i++) s.data(i * 200, i * 200 + 100)
      s.acknowledge(HOLES_PER_STREAM * 200)
      s.data((HOLES_PER_STREAM + 1) * 200, (HOLES_PER_STREAM + 1) * 200 + 100)
      return s.finish()
    },
    {
      newBytes: (HOLES_PER_STREAM + 2) * 100,
      dataSegments: HOLES_PER_STREAM + 2,
      lostBytes: HOLES_PER_STREAM * 100,
      lostHoles: HOLES_PER_STREAM,
      unprovenBytes: 100,
    },
  ],
]

function counted(counters: LossCounters): Expected {
  const { lostByPort: _, ...numbers } = counters
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== 0)) as Expected
}

describe("loss before the sensor", () => {
  for (const [name, play, expected] of TABLE)
    for (const isn of [1000, -500, 0x7fffffff - 700])
      test(`${name} (sequence from ${isn})`, () => assert.deepEqual(counted(play(new Stage(isn))), expected))

  test("joined midway: what was acknowledged, or on its way, before the first segment is no loss", () => {
    const stage = new Stage(1000, false)
    stage.acknowledge(5000).acknowledge(9000).data(12_000, 13_000).acknowledge(13_000)
    assert.deepEqual(counted(stage.finish()), { newBytes: 1000, dataSegments: 1 })
  })

  test("joined midway by a repetition of what had been acknowledged", () => {
    const stage = new Stage(1000, false)
    stage.acknowledge(9000).data(3000, 4000).data(9000, 10_000).acknowledge(10_000)
    assert.deepEqual(counted(stage.finish()), { newBytes: 2000, dataSegments: 2 })
  })

  test("of a stream whose receiver is never seen, a hole of a second is a loss", () => {
    const stage = new Stage(1000, false)
    stage.data(0, 1000).data(2000, 3000).data(3000, 4000, 0, 1_500_000)
    assert.deepEqual(counted(stage.finish()), { newBytes: 3000, dataSegments: 3, lostBytes: 1000, lostHoles: 1 })
  })

  test("whatever is lost: bytes seen and bytes lost are the bytes sent", () => {
    const segment = fc.record({ length: fc.integer({ min: 2, max: 1460 }), isLost: fc.boolean() })
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 60 }), fc.integer(), (segments, isn) => {
        const stage = new Stage(isn)
        let at = 0
        let lost = 0
        segments.forEach(({ length, isLost }, i) => {
          if (isLost) lost += length
          else stage.data(at, at + length, i + 1)
          at += length
          stage.acknowledge(at)
        })
        const { newBytes, lostBytes, unprovenBytes } = stage.finish()
        // What precedes the first segment that was seen was acknowledged by then: the SYN+ACK told where it began.
        assert.deepEqual(
          { newBytes, lostBytes, unprovenBytes },
          { newBytes: at - lost, lostBytes: lost, unprovenBytes: 0 },
        )
      }),
    )
  })
})
