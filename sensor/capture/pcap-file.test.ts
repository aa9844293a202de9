import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import { type ByteOrder, pcapFile, pcapHeader, pcapRecordHeader } from "../../shared/testing/capture-builder.ts"
import {
  concatBytes,
  type Frame,
  fromHex,
  START_US,
  TcpConversation,
  u32,
} from "../../shared/testing/packet-builder.ts"
import { type ReadCapture, readAll } from "./capture-transcript.ts"
import { PcapFile, pcapOrder } from "./pcap-file.ts"
import { readWithOracle } from "./pcap-oracle.ts"

const ORDERS: readonly ByteOrder[] = ["little", "big"]

function read(bytes: Uint8Array, pieceBytes?: number): ReadCapture {
  const order = pcapOrder(new DataView(bytes.buffer, bytes.byteOffset), 0)
  assert.notEqual(order, null, "not recognized")
  return readAll(new PcapFile(order!, 7), bytes, pieceBytes)
}

const frame = fc.record({
  timeUs: fc
    .integer({ min: 0, max: 2 ** 32 - 1 })
    .chain((seconds) => fc.integer({ min: 0, max: 999_999 }).map((fraction) => seconds * 1e6 + fraction)),
  bytes: fc.uint8Array({ maxLength: 100 }),
  cut: fc.nat(2000),
})
const framesOf = fc
  .array(frame, { maxLength: 20 })
  .map((list): Frame[] => list.map(({ timeUs, bytes, cut }) => ({ timeUs, bytes, wire: bytes.length + cut })))

describe("against the oracle", () => {
  for (const order of ORDERS) {
    test(`a conversation, ${order} endian`, async () => {
      const { frames } = new TcpConversation().open().toServer("GET / HTTP/1.1\r\n\r\n").finish()
      const bytes = pcapFile(frames, { order })
      const { packets, stopped } = read(bytes)
      assert.equal(stopped, null)
      assert.equal(packets.length, frames.length)
      const oracle = await readWithOracle(bytes)
      assert.deepEqual(
        packets.map(({ timeUs, bytes, wire }) => ({ timeUs, bytes, wire })),
        oracle,
      )
    })
  }

  test("property: any packets, read in pieces of any size", async () => {
    const property = fc.asyncProperty(
      framesOf,
      fc.constantFrom(...ORDERS),
      fc.integer({ min: 1, max: 300 }),
      async (frames, order, pieceBytes) => {
        const bytes = pcapFile(frames, { order })
        const { packets, stopped } = read(bytes, pieceBytes)
        assert.equal(stopped, null)
        assert.deepEqual(
          packets.map(({ timeUs, bytes, wire }) => ({ timeUs, bytes, wire })),
          await readWithOracle(bytes),
        )
      },
    )
    await fc.assert(property, { numRuns: 100 })
  })
})

describe("what the oracle does not know", () => {
  for (const order of ORDERS) {
    test(`nanoseconds become whole µs, ${order} endian`, () => {
      const header = pcapHeader({ order, resolution: "ns", link: 113 })
      const record = pcapRecordHeader(START_US + 123_456, 4, 4, { order, resolution: "ns" })
      // 123,456,000 ns in the file, whose lowest byte is 0: 255 more change nothing.
      const at = order === "little" ? 4 : 7
      record[at] = 255
      const { packets } = read(concatBytes(header, record, fromHex("01 02 03 04")))
      assert.deepEqual(packets, [
        { timeUs: START_US + 123_456, bytes: fromHex("01020304"), wire: 4, link: 113, port: 7 },
      ])
    })
  }

  test("the variant with a longer packet header", () => {
    const header = pcapHeader({ order: "big" })
    header.set(u32(0xa1b2cd34))
    const record = pcapRecordHeader(START_US, 2, 60, { order: "big" })
    const { packets, stopped } = read(concatBytes(header, record, new Uint8Array(8), fromHex("ab cd")))
    assert.equal(stopped, null)
    assert.deepEqual(packets, [{ timeUs: START_US, bytes: fromHex("abcd"), wire: 60, link: 1, port: 7 }])
  })

  test("the frame check sequence in the link field is no part of the link type", () => {
    const header = pcapHeader({ order: "big" })
    header.set(u32(0x24000001), 20)
    const { packets } = read(concatBytes(header, pcapRecordHeader(START_US, 0, 0, { order: "big" })))
    assert.equal(packets[0]!.link, 1)
  })

  const claims = [
    { name: "shorter on the wire than captured", wire: 2, shown: 4 },
    { name: "4 GB on the wire", wire: 0xffffffff, shown: 0x7fffffff },
  ]
  for (const { name, wire, shown } of claims) {
    test(`a packet that claims to be ${name}`, () => {
      const { packets } = read(pcapFile([{ timeUs: START_US, bytes: fromHex("01020304"), wire }]))
      assert.equal(packets[0]!.wire, shown)
    })
  }

  test("a version that is not known", () => {
    const header = pcapHeader()
    header[4] = 3
    assert.equal(read(header).stopped, "unsupported: version 3 of the pcap format is not known")
  })
})

describe("captured length at most", () => {
  const rows = [
    { snapLength: 0, length: 262_144, isRead: true },
    { snapLength: 0, length: 262_145, isRead: false },
    { snapLength: 65_535, length: 262_144, isRead: true },
    { snapLength: 300_000, length: 300_000, isRead: true },
    { snapLength: 300_000, length: 300_001, isRead: false },
    { snapLength: 0xffffffff, length: 16 * 1024 * 1024, isRead: true },
    { snapLength: 0xffffffff, length: 16 * 1024 * 1024 + 1, isRead: false },
  ]
  for (const { snapLength, length, isRead } of rows) {
    test(`${length} bytes in a file of snap length ${snapLength}: ${isRead ? "read" : "refused"}`, () => {
      const record = pcapRecordHeader(START_US, length, length)
      const body = new Uint8Array(isRead ? length : 100)
      const { packets, stopped } = read(concatBytes(pcapHeader({ snapLength }), record, body))
      assert.equal(packets.length, isRead ? 1 : 0)
      if (isRead) assert.equal(stopped, null)
      else assert.match(stopped!, /^absurd-length: /)
    })
  }
})

test("property: a file cut anywhere gives its whole packets and says that it was cut", () => {
  const { frames } = new TcpConversation({ segmentBytes: 50 }).open().toServer("x".repeat(300)).finish()
  const bytes = pcapFile(frames)
  const ends = frames.map((_, i) => pcapFile(frames.slice(0, i + 1)).length)
  fc.assert(
    fc.property(fc.integer({ min: 24, max: bytes.length }), (length) => {
      const { packets, stopped } = read(bytes.subarray(0, length))
      const whole = ends.filter((end) => end <= length).length
      assert.equal(packets.length, whole)
      assert.equal(stopped === null, length === 24 || ends.includes(length))
    }),
  )
})

test("property: bytes changed at random never throw", () => {
  const { frames } = new TcpConversation().open().toServer("x".repeat(100)).finish()
  const bytes = pcapFile(frames)
  const change = fc.tuple(fc.integer({ min: 4, max: bytes.length - 1 }), fc.nat(255))
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
      const changed = Uint8Array.from(bytes)
      for (const [at, value] of changes) changed[at] = value
      const { packets } = read(changed)
      assert.ok(packets.length <= bytes.length / 16)
    }),
  )
})
