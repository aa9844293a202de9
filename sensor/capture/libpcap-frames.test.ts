import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { FRAME_BYTES_MAX, FrameReader, FrameWriter } from "./libpcap-frames.ts"
import { PacketBlock } from "./packet-block.ts"

const BLOCK_BYTES = 128 * 1024
const blockOf = (): PacketBlock => new PacketBlock(new Uint8Array(2 * BLOCK_BYTES), BLOCK_BYTES, BLOCK_BYTES)

/** Everything that the writer writes. */
function written(write: (frames: FrameWriter) => void): Buffer {
  const parts: Buffer[] = []
  const frames = new FrameWriter((bytes) => parts.push(Buffer.from(bytes)))
  write(frames)
  frames.flush()
  return Buffer.concat(parts)
}

interface Read {
  readonly bytes: string
  readonly wire: number
  readonly timeUs: number
}

function read(reader: FrameReader, chunks: readonly Buffer[]): Read[] {
  const block = blockOf()
  const out: Read[] = []
  for (const chunk of chunks) {
    reader.add(chunk)
    for (let count = reader.take(block); count > 0; count = reader.take(block))
      for (let i = 0; i < count; i++) {
        const start = block.start[i]!
        const bytes = Buffer.from(block.slab.subarray(start, start + block.captured[i]!)).toString("latin1")
        out.push({ bytes, wire: block.wire[i]!, timeUs: block.timeUs[i]! })
        assert.equal(block.vlan[i], -1)
      }
  }
  return out
}

test("what is written is read, cut anywhere", () => {
  const bytes = written((frames) => {
    frames.hello(1, 1000)
    frames.packet(Buffer.from("first packet and rest"), 12, 1001)
    frames.mark(1002)
    frames.packet(Buffer.from(""), 0, 1003)
    frames.packet(Buffer.from("second"), 6, 1004)
  })
  const expected = [
    { bytes: "first packet", wire: 12, timeUs: 1001 },
    { bytes: "", wire: 0, timeUs: 1003 },
    { bytes: "second", wire: 6, timeUs: 1004 },
  ]
  fc.assert(
    fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 20 }), (cuts) => {
      const ends = [...cuts.toSorted((a, b) => a - b), bytes.length]
      const reader = new FrameReader()
      const chunks = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end))
      assert.deepEqual(read(reader, chunks), expected)
      assert.deepEqual([reader.link, reader.reachedUs, reader.isBroken], [1, 1004, false])
    }),
  )
})

test("a mark tells the time without a packet; the first frame the link type", () => {
  const reader = new FrameReader()
  assert.deepEqual([reader.link, reader.reachedUs], [-1, 0])
  reader.add(written((frames) => frames.hello(101, 5)))
  assert.equal(reader.take(blockOf()), 0)
  assert.deepEqual([reader.link, reader.reachedUs], [101, 5])
  reader.add(written((frames) => frames.mark(77)))
  assert.equal(reader.take(blockOf()), 0)
  assert.equal(reader.reachedUs, 77)
})

test("the longest packets: a block takes what it holds, the next one the rest; their wire length is more", () => {
  const long = Buffer.alloc(FRAME_BYTES_MAX, 7)
  const bytes = written((frames) => {
    frames.hello(1, 1)
    for (let i = 0; i < 9; i++) frames.packet(long, long.length, 2 + i)
  })
  const reader = new FrameReader()
  reader.add(bytes)
  const block = blockOf()
  const counts = Array.from({ length: 6 }, () => reader.take(block))
  assert.deepEqual(counts, [2, 2, 2, 2, 1, 0])
  assert.deepEqual([block.wire[0], block.captured[0]], [FRAME_BYTES_MAX + 1, FRAME_BYTES_MAX])
})

test("what no child writes ends the reading, at once and for good", () => {
  const head = (captured: number, timeUs: number): Buffer => {
    const bytes = Buffer.alloc(16)
    bytes.writeUInt32LE(captured, 0)
    bytes.writeDoubleLE(timeUs, 8)
    return bytes
  }
  const hello = written((frames) => frames.hello(1, 1))
  const rows: [string, Buffer][] = [
    ["a packet before the first frame", head(0, 5)],
    ["a length beyond the longest packet", Buffer.concat([hello, head(FRAME_BYTES_MAX + 1, 5)])],
    ["a time that is none", Buffer.concat([hello, head(0, Number.NaN)])],
    ["a time before all", Buffer.concat([hello, head(0, -1)])],
    ["a time beyond all", Buffer.concat([hello, head(0, 2 ** 60)])],
  ]
  for (const [name, bytes] of rows) {
    const reader = new FrameReader()
    reader.add(bytes)
    assert.deepEqual([reader.take(blockOf()), reader.isBroken], [0, true], name)
    reader.add(hello)
    assert.equal(reader.take(blockOf()), 0, name)
  }
})
