import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import {
  type ByteOrder,
  enhancedPacketBlock,
  interfaceBlock,
  obsoletePacketBlock,
  type PcapngOption,
  pcapngBlock,
  pcapngFile,
  pcapngNumber,
  pcapngOptions,
  secretsBlock,
  sectionHeaderBlock,
  simplePacketBlock,
  statisticsBlock,
} from "../../shared/testing/capture-builder.ts"
import {
  concatBytes,
  type Frame,
  fromHex,
  START_US,
  TcpConversation,
  toBytes,
} from "../../shared/testing/packet-builder.ts"
import { type ReadCapture, readAll } from "./capture-transcript.ts"
import type { CaptureSecrets } from "./packet-source.ts"
import { INTERFACES_MAX, isPcapng, PcapngFile } from "./pcapng-file.ts"

const ORDERS: readonly ByteOrder[] = ["little", "big"]

interface Told extends ReadCapture {
  readonly names: readonly (string | null)[]
  readonly drops: number
  readonly secrets: readonly CaptureSecrets[]
}

function read(bytes: Uint8Array, pieceBytes?: number): Told {
  assert.ok(isPcapng(new DataView(bytes.buffer, bytes.byteOffset), 0), "not recognized")
  const names: (string | null)[] = []
  const secrets: CaptureSecrets[] = []
  let drops = 0
  const file = new PcapngFile({
    onInterface: (name) => names.push(name) - 1,
    onDrops: (packets) => {
      drops += packets
    },
    onSecrets: (found) => secrets.push(found),
  })
  const { packets, stopped } = readAll(file, bytes, pieceBytes)
  return { packets, stopped, names, drops, secrets }
}

const PACKET: Frame = { timeUs: START_US, bytes: fromHex("01 02 03 04 05"), wire: 60 }
const SECTION = sectionHeaderBlock()

for (const order of ORDERS) {
  describe(`${order} endian`, () => {
    const section = sectionHeaderBlock(order)
    const link = interfaceBlock({}, order)

    test("enhanced, simple and obsolete packet blocks", () => {
      const { packets, stopped } = read(
        concatBytes(
          section,
          interfaceBlock({ link: 113 }, order),
          enhancedPacketBlock(PACKET, {}, order),
          simplePacketBlock(PACKET, order),
          obsoletePacketBlock({ ...PACKET, timeUs: START_US + 5 }, {}, order),
        ),
      )
      assert.equal(stopped, null)
      const row = { bytes: PACKET.bytes, wire: 60, link: 113, port: 0 }
      // A simple packet block has no time and holds all that fits: here the padding of the block as well.
      assert.deepEqual(packets, [
        { ...row, timeUs: START_US },
        { ...row, timeUs: START_US, bytes: fromHex("01 02 03 04 05 00 00 00") },
        { ...row, timeUs: START_US + 5 },
      ])
    })

    test("drops in statistics and packets: the larger sum counts", () => {
      const drops = (count: number, code = 5): PcapngOption[] => [{ code, value: pcapngNumber(8, count, order) }]
      const told = read(
        concatBytes(
          section,
          link,
          obsoletePacketBlock(PACKET, { drops: 3 }, order),
          statisticsBlock({ options: drops(2) }, order),
          statisticsBlock({ options: [...drops(7), ...drops(1, 7)] }, order),
        ),
      )
      assert.equal(told.stopped, null)
      assert.equal(told.drops, 8)
    })

    test("drops in the options of an enhanced packet block", () => {
      const head = enhancedPacketBlock(PACKET, {}, order).subarray(8, -4)
      const options = pcapngOptions([{ code: 4, value: pcapngNumber(8, 6, order) }], order)
      const told = read(concatBytes(section, link, pcapngBlock(6, concatBytes(head, options), order)))
      assert.equal(told.stopped, null)
      assert.equal(told.drops, 6)
    })

    test("secrets are handed over as they are", () => {
      const log = toBytes("CLIENT_RANDOM 00 11\n")
      const { secrets } = read(concatBytes(section, secretsBlock(log, order), link))
      assert.deepEqual(secrets, [{ type: 0x544c534b, bytes: log }])
    })
  })
}

describe("time", () => {
  const rows: { name: string; options: [number, Uint8Array][]; ticks: bigint; timeUs: number }[] = [
    { name: "µs unless told otherwise", options: [], ticks: 1_795_428_000_123_456n, timeUs: 1_795_428_000_123_456 },
    {
      name: "ns, the digits below a µs cut off",
      options: [[9, Uint8Array.of(9)]],
      ticks: 1_795_428_000_123_456_999n,
      timeUs: 1_795_428_000_123_456,
    },
    { name: "ms", options: [[9, Uint8Array.of(3)]], ticks: 1_795_428_000_123n, timeUs: 1_795_428_000_123_000 },
    { name: "s", options: [[9, Uint8Array.of(0)]], ticks: 1_795_428_000n, timeUs: 1_795_428_000_000_000 },
    { name: "ps", options: [[9, Uint8Array.of(12)]], ticks: 9_000_000_123_456n, timeUs: 9_000_000 },
    {
      name: "2^-10 s",
      options: [[9, Uint8Array.of(0x8a)]],
      ticks: 1_795_428_000n * 1024n + 512n,
      timeUs: 1_795_428_000_500_000,
    },
    { name: "2^-127 s", options: [[9, Uint8Array.of(0xff)]], ticks: 2n ** 63n, timeUs: 0 },
    { name: "10^-127 s", options: [[9, Uint8Array.of(0x7f)]], ticks: 2n ** 63n, timeUs: 0 },
    {
      name: "with an offset",
      options: [[14, pcapngNumber(8, 1_795_428_000)]],
      ticks: 5n,
      timeUs: 1_795_428_000_000_005,
    },
    { name: "before 1970: no time", options: [[14, pcapngNumber(8, -10n)]], ticks: 5n, timeUs: 0 },
    { name: "after 2255: no time", options: [], ticks: 2n ** 64n - 1n, timeUs: 0 },
  ]
  for (const { name, options, ticks, timeUs } of rows) {
    test(name, () => {
      const link = interfaceBlock({ options: options.map(([code, value]) => ({ code, value })) })
      const { packets } = read(concatBytes(SECTION, link, enhancedPacketBlock(PACKET, { ticks })))
      assert.deepEqual(
        packets.map((packet) => packet.timeUs),
        [timeUs],
      )
    })
  }

  test("an impossible time takes the one of the packet before", () => {
    const bad = enhancedPacketBlock(PACKET, { ticks: 2n ** 64n - 1n })
    const { packets } = read(concatBytes(SECTION, interfaceBlock(), enhancedPacketBlock(PACKET), bad))
    assert.deepEqual(
      packets.map((packet) => packet.timeUs),
      [START_US, START_US],
    )
  })
})

describe("sections and interfaces", () => {
  test("several interfaces, each with its own link type; names told", () => {
    const named = (link: number, name: string) => interfaceBlock({ link, options: [{ code: 2, value: toBytes(name) }] })
    const told = read(
      concatBytes(
        SECTION,
        named(1, "eth0"),
        named(113, "any"),
        enhancedPacketBlock(PACKET, { port: 1 }),
        enhancedPacketBlock(PACKET, { port: 0 }),
      ),
    )
    assert.deepEqual(told.names, ["eth0", "any"])
    assert.deepEqual(
      told.packets.map(({ link, port }) => [link, port]),
      [
        [113, 1],
        [1, 0],
      ],
    )
  })

  test("a section in the other byte order, with interfaces of its own", () => {
    const told = read(
      concatBytes(pcapngFile([PACKET], { order: "little" }), pcapngFile([PACKET], { order: "big", link: 101 })),
    )
    assert.equal(told.stopped, null)
    assert.deepEqual(
      told.packets.map(({ link, timeUs }) => [link, timeUs]),
      [
        [1, START_US],
        [101, START_US],
      ],
    )
  })

  test("unknown blocks are skipped, whatever their length", () => {
    const large = pcapngBlock(0x0bad, new Uint8Array(3 * 1024 * 1024))
    const bytes = concatBytes(SECTION, large, interfaceBlock(), large, enhancedPacketBlock(PACKET), large)
    for (const pieceBytes of [1000, 1 << 20]) {
      const { packets, stopped } = read(bytes, pieceBytes)
      assert.equal(stopped, null)
      assert.equal(packets.length, 1)
    }
  })

  test("a simple packet block is cut to the snap length", () => {
    const { packets } = read(concatBytes(SECTION, interfaceBlock({ snapLength: 3 }), simplePacketBlock(PACKET)))
    assert.deepEqual(packets[0]!.bytes, fromHex("01 02 03"))
  })
})

describe("blocks that make no sense end the file", () => {
  const body = enhancedPacketBlock(PACKET).subarray(8, -4)
  const claiming = (length: number) => {
    const changed = Uint8Array.from(body)
    changed.set(pcapngNumber(4, length), 12)
    return pcapngBlock(6, changed)
  }
  const lengths = enhancedPacketBlock(PACKET)
  lengths[lengths.length - 4]! += 4
  const rows: { name: string; bytes: Uint8Array; stopped: string }[] = [
    {
      name: "a packet of an interface that was not described",
      bytes: enhancedPacketBlock(PACKET, { port: 1 }),
      stopped: "bad-block: a packet of interface 1, which was not described",
    },
    {
      name: "captured more than the block holds",
      bytes: claiming(9),
      stopped: "bad-block: a packet claims 9 captured bytes in a block that holds 8",
    },
    {
      name: "captured 4 GB",
      bytes: claiming(0xffffffff),
      stopped: "absurd-length: a packet claims 4294967295 captured bytes, more than the 262144 possible",
    },
    {
      name: "the two lengths differ",
      bytes: lengths,
      stopped: "bad-block: the two lengths of a block differ (the first is 40)",
    },
    {
      name: "a length that is no multiple of 4",
      bytes: fromHex("06000000 0d000000 00000000 00"),
      stopped: "bad-block: a block claims a length of 13 bytes",
    },
    {
      name: "too short for a packet",
      bytes: pcapngBlock(6, new Uint8Array(16)),
      stopped: "bad-block: a packet block is too short",
    },
    {
      name: "too short for a simple packet",
      bytes: pcapngBlock(3, new Uint8Array(0)),
      stopped: "bad-block: a simple packet block is too short",
    },
    {
      name: "too short for an interface",
      bytes: pcapngBlock(1, new Uint8Array(4)),
      stopped: "bad-block: an interface description block is too short",
    },
    {
      name: "too short for statistics",
      bytes: pcapngBlock(5, new Uint8Array(8)),
      stopped: "bad-block: an interface statistics block is too short",
    },
    {
      name: "too short for secrets",
      bytes: pcapngBlock(10, new Uint8Array(4)),
      stopped: "bad-block: a decryption secrets block is too short",
    },
    {
      name: "more secrets than the block holds",
      bytes: pcapngBlock(10, fromHex("4b534c54 ff000000 00000000")),
      stopped: "bad-block: secrets of 255 bytes in a block that holds 4",
    },
    {
      name: "a section without its byte order",
      bytes: fromHex("0a0d0d0a 1c000000 00000000"),
      stopped: "bad-block: a section header without its byte-order mark",
    },
    {
      name: "a later version",
      bytes: pcapngBlock(0x0a0d0d0a, fromHex("4d3c2b1a 0200 0000 ffffffff ffffffff")),
      stopped: "unsupported: version 2 of the pcapng format is not known",
    },
    { name: "cut within a block", bytes: lengths.subarray(0, 20), stopped: "ends within a block of 40 bytes" },
    { name: "cut within a block header", bytes: lengths.subarray(0, 11), stopped: "ends within a block header" },
    {
      name: "cut within an unknown block",
      bytes: fromHex("ad0b0000 00010000 00000000"),
      stopped: "ends within a block of 256 bytes",
    },
  ]
  for (const { name, bytes, stopped } of rows) {
    test(name, () => {
      const told = read(concatBytes(SECTION, interfaceBlock(), enhancedPacketBlock(PACKET), bytes))
      assert.equal(told.stopped, stopped)
      assert.equal(told.packets.length, 1, "the packet before it is kept")
    })
  }

  test("more interfaces than are accepted", () => {
    const many = Array.from({ length: INTERFACES_MAX + 1 }, () => interfaceBlock())
    const told = read(concatBytes(SECTION, ...many))
    assert.equal(told.stopped, `bad-block: more than ${INTERFACES_MAX} interfaces`)
    assert.equal(told.names.length, INTERFACES_MAX)
  })
})

test("property: pieces of any size give the same packets", () => {
  const { frames } = new TcpConversation().open().toServer("x".repeat(200)).finish()
  const bytes = pcapngFile(frames)
  const whole = read(bytes)
  assert.equal(whole.packets.length, frames.length)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), (pieceBytes) => {
      assert.deepEqual(read(bytes, pieceBytes), whole)
    }),
  )
})

test("property: bytes changed at random never throw", () => {
  const { frames } = new TcpConversation().open().toServer("x".repeat(100)).finish()
  const options = [{ code: 9, value: Uint8Array.of(9) }]
  const bytes = concatBytes(SECTION, interfaceBlock({ options }), ...frames.map((frame) => enhancedPacketBlock(frame)))
  const change = fc.tuple(fc.integer({ min: 12, max: bytes.length - 1 }), fc.nat(255))
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
      const changed = Uint8Array.from(bytes)
      for (const [at, value] of changes) changed[at] = value
      if (isPcapng(new DataView(changed.buffer), 0)) assert.ok(read(changed).packets.length <= frames.length)
    }),
    { numRuns: 300 },
  )
})
