import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { FakePort } from "./fake-live-port.ts"
import { LiveMerge } from "./live-merge.ts"
import { BATCH_PACKETS_MAX, PacketBatch } from "./packet-batch.ts"
import type { CaptureCounters } from "./packet-source.ts"

const BLOCK_BYTES = 64 * 1024

function countersOf(): CaptureCounters {
  return { packets: 0, bytes: 0, kernelDrops: 0, snapped: 0, problems: 0, interfaces: [] }
}

/** One batch as text: port letter and time of each packet, then the time reached. */
function batchText(merge: LiveMerge, batch: PacketBatch): string {
  merge.fill(batch)
  const packets = Array.from(
    { length: batch.count },
    (_, i) => `${String.fromCharCode(97 + batch.port[i]!)}${batch.timeUs[i]}`,
  )
  return `${packets.join(" ")} >${batch.reachedUs}`.trim()
}

const INFINITY = Number.POSITIVE_INFINITY

test("packets of several ports come in one order of time", () => {
  const rows: { name: string; ports: [blocks: number[][], silentUs: number][]; batches: string[] }[] = [
    {
      name: "one port needs nobody",
      ports: [[[[3, 5, 5], [9]], 20]],
      batches: ["a3 a5 a5 >5", "a9 >9", ">20"],
    },
    {
      name: "two ports take turns, until one needs its next block",
      ports: [
        [[[3, 5, 9]], 0],
        [[[4, 6], [7]], 0],
      ],
      batches: ["a3 b4 a5 b6 >6", "b7 >7", ">7"],
    },
    {
      name: "a port without a block holds others up as far as it is silent",
      ports: [
        [[[3, 5, 9]], 0],
        [[], 5],
      ],
      batches: ["a3 a5 >5", ">5"],
    },
    {
      name: "the same time: the port named first goes first",
      ports: [
        [[[3, 3]], 9],
        [[[3, 4]], 9],
      ],
      batches: ["a3 a3 >3", "b3 b4 >4", ">9"],
    },
    {
      name: "a port that is done holds nobody up",
      ports: [
        [[[8]], 0],
        [[], INFINITY],
      ],
      batches: ["a8 >8"],
    },
    {
      name: "the kernel's order within a port stays, and time does not go back",
      ports: [[[[7, 5, 8]], 2]],
      batches: ["a7 a5 a8 >8", ">8"],
    },
    {
      name: "nothing but silence: time is that of the port that knows least",
      ports: [
        [[], 12],
        [[], 7],
      ],
      batches: [">7"],
    },
    { name: "all done", ports: [[[], INFINITY]], batches: [">0"] },
  ]
  for (const { name, ports, batches } of rows) {
    const merge = new LiveMerge(
      ports.map(
        ([blocks, silentUs]) =>
          new FakePort(
            blocks.map((block) => [...block]),
            silentUs,
          ),
      ),
      BLOCK_BYTES,
      countersOf(),
    )
    const batch = new PacketBatch()
    assert.deepEqual(
      batches.map(() => batchText(merge, batch)),
      batches,
      name,
    )
  }
})

test("a batch carries each packet's bytes, lengths, link and port, and counts them", () => {
  const counters = countersOf()
  const ports = [new FakePort([[10, 21]], 99), new FakePort([[20]], 99)]
  ports[1]!.link = 101
  const merge = new LiveMerge(ports, BLOCK_BYTES, counters)
  const batch = new PacketBatch()
  merge.fill(batch)
  assert.deepEqual(
    [0, 1].map((i) => [batch.bytes[batch.start[i]!], batch.captured[i], batch.wire[i], batch.link[i], batch.port[i]]),
    [
      [10, 1, 1, 1, 0],
      [20, 1, 1, 101, 1],
    ],
  )
  // Port 1 needs a new block: the batch ends before 21, which is still in hand.
  assert.equal(merge.left(0), 1)
  merge.fill(batch)
  assert.deepEqual([batch.bytes[batch.start[0]!], batch.wire[0]], [21, 2])
  assert.deepEqual([counters.packets, counters.bytes, counters.snapped], [3, 3, 1])
  assert.deepEqual(
    ports.map((port) => [port.counters.packets, port.counters.bytes]),
    [
      [2, 2],
      [1, 1],
    ],
  )
})

test("a block of more packets than a batch holds takes several batches, from one copy", () => {
  const times = Array.from({ length: BATCH_PACKETS_MAX + 10 }, (_, i) => i)
  const port = new FakePort([times, [9000]], 9999)
  const merge = new LiveMerge([port], 4 * 1024 * 1024, countersOf())
  const batch = new PacketBatch()
  const counts = [0, 1, 2].map(() => {
    merge.fill(batch)
    return batch.count
  })
  assert.deepEqual(counts, [BATCH_PACKETS_MAX, 10, 1])
})

test("any arrival of blocks: complete, in order, and no packet before a time already reached", () => {
  const portArbitrary = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 }), {
    maxLength: 8,
  })
  fc.assert(
    fc.property(
      fc.array(portArbitrary, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat({ max: 3 }), { maxLength: 60 }),
      (gaps, arrivals) => {
        // Times of each port go up by the gaps; blocks arrive in an order of their own.
        let sent = 0
        const waiting = gaps.map((blocks) => {
          let timeUs = 1
          return blocks.map((block) =>
            block.map((gap) => {
              sent++
              timeUs += gap
              return timeUs
            }),
          )
        })
        const ports = gaps.map(() => new FakePort())
        const merge = new LiveMerge(ports, BLOCK_BYTES, countersOf())
        const batch = new PacketBatch()
        const out: number[] = []
        const step = (): void => {
          // A port is silent up to the first packet of its next block.
          ports.forEach((port, i) => {
            port.silentUs = port.blocks[0]?.[0] ?? waiting[i]![0]?.[0] ?? INFINITY
          })
          const reachedUs = batch.reachedUs
          merge.fill(batch)
          for (let i = 0; i < batch.count; i++) {
            assert.ok(batch.timeUs[i]! >= reachedUs)
            out.push(batch.timeUs[i]!)
          }
        }
        for (const choice of arrivals) {
          const i = choice % ports.length
          const block = waiting[i]!.shift()
          if (block !== undefined) ports[i]!.blocks.push(block)
          step()
        }
        ports.forEach((port, i) => {
          port.blocks.push(...waiting[i]!.splice(0))
        })
        for (let turn = 0; turn < 80; turn++) step()
        assert.equal(out.length, sent)
        assert.deepEqual(
          out,
          out.toSorted((a, b) => a - b),
        )
      },
    ),
  )
})
