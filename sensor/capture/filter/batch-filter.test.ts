import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import {
  enhancedPacketBlock,
  interfaceBlock,
  pcapFile,
  pcapHeader,
  sectionHeaderBlock,
} from "../../../shared/testing/capture-builder.ts"
import {
  concatBytes,
  ethernet,
  type Frame,
  ipv4,
  START_US,
  TcpConversation,
  tcp,
} from "../../../shared/testing/packet-builder.ts"
import { openCapture } from "../capture-files.ts"
import { PacketBatch } from "../packet-batch.ts"
import type { PacketSource } from "../packet-source.ts"
import { BatchFilter, REFUSED_LINKS_MAX } from "./batch-filter.ts"
import { parseFilter } from "./filter-parser.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-batch-filter-"))
after(() => rmSync(folder, { recursive: true, force: true }))

interface Row {
  readonly bytes: Uint8Array
  readonly link?: number
  readonly vlan?: number
}

function batchOf(rows: readonly Row[]): PacketBatch {
  const batch = new PacketBatch()
  batch.bytes = concatBytes(...rows.map(({ bytes }) => bytes))
  let at = 0
  for (const [i, { bytes, link, vlan }] of rows.entries()) {
    batch.start[i] = at
    batch.captured[i] = bytes.length
    batch.wire[i] = bytes.length + i
    batch.timeUs[i] = START_US + i
    batch.link[i] = link ?? 1
    batch.vlan[i] = vlan ?? -1
    batch.port[i] = i
    at += bytes.length
  }
  batch.count = rows.length
  batch.reachedUs = START_US + 1000
  return batch
}

const packet = (destinationPort: number): Uint8Array => ipv4(tcp({ sourcePort: 9, destinationPort }))
const frame = (destinationPort: number): Uint8Array => ethernet(packet(destinationPort))
const filterOf = (text: string): BatchFilter => new BatchFilter(parseFilter(text))

test("rejected packets leave a batch, the rest keep all their columns and their order", () => {
  const rows = [80, 81, 80, 82, 80, 80, 83].map((port, i) => ({ bytes: frame(port), vlan: i - 1 }))
  const batch = batchOf(rows)
  const { bytes } = batch
  assert.equal(filterOf("port 80").apply(batch), 3)
  assert.equal(batch.count, 4)
  assert.equal(batch.bytes, bytes)
  assert.equal(batch.reachedUs, START_US + 1000)
  for (const [i, was] of [0, 2, 4, 5].entries()) {
    assert.deepEqual(bytes.subarray(batch.start[i], batch.start[i]! + batch.captured[i]!), rows[was]!.bytes)
    assert.equal(batch.wire[i], rows[was]!.bytes.length + was)
    assert.equal(batch.timeUs[i], START_US + was)
    assert.equal(batch.port[i], was)
    assert.equal(batch.vlan[i], was - 1)
  }
})

test("each packet is judged by its own link type, tag and end", () => {
  const batch = batchOf([
    { bytes: frame(80) },
    { bytes: packet(80), link: 101 },
    { bytes: frame(80), link: 101 },
    { bytes: frame(80), vlan: 10 },
    { bytes: packet(80), link: 228 },
    { bytes: frame(80).subarray(0, 30) },
  ])
  assert.equal(filterOf("tcp port 80 and not vlan 10").apply(batch), 3)
  assert.deepEqual([...batch.port.subarray(0, batch.count)], [0, 1, 4])
})

test("a filter is made once for a link type, and used again by the batches that follow", () => {
  const filter = filterOf("port 80")
  for (let round = 0; round < 3; round++) {
    const batch = batchOf([{ bytes: frame(80) }, { bytes: packet(80), link: 101 }, { bytes: frame(81) }])
    assert.equal(filter.apply(batch), 1)
    assert.deepEqual([...batch.link.subarray(0, batch.count)], [1, 101])
  }
  assert.deepEqual(filter.refusedLinks, [])
})

test("packets of a link type that the filter cannot be applied to are left out, and a few of those types are named", () => {
  const filter = filterOf("not tcp port 81")
  const rows = Array.from({ length: 40 }, (_, i) => ({ bytes: frame(80), link: 30_000 + (i >>> 1) }))
  assert.equal(filter.apply(batchOf([...rows, { bytes: frame(80) }])), 40)
  assert.deepEqual(
    filter.refusedLinks,
    Array.from({ length: REFUSED_LINKS_MAX }, (_, i) => 30_000 + i),
  )
})

interface Read {
  readonly ports: readonly number[]
  readonly source: PacketSource
}

/** TCP destination ports of what a filtered capture delivers. */
async function read(name: string, bytes: Uint8Array, filter: string): Promise<Read> {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  const source = openCapture([path], { filter: filterOf(filter) })
  const batch = new PacketBatch()
  const ports: number[] = []
  let reached = 0
  while (await source.next(batch)) {
    assert.ok(batch.reachedUs >= reached)
    reached = batch.reachedUs
    for (let i = 0; i < batch.count; i++) {
      const at = batch.start[i]! + 36
      ports.push((batch.bytes[at]! << 8) | batch.bytes[at + 1]!)
    }
  }
  source.close()
  return { ports, source }
}

const frames = (ports: readonly number[]): Frame[] =>
  ports.map((port, i) => ({ timeUs: START_US + i * 1000, bytes: frame(port), wire: frame(port).length + (i & 1) }))

test("a capture file: delivered and filtered packets add up to those read", async () => {
  const { ports, source } = await read("ports.pcap", pcapFile(frames([80, 81, 80, 82, 80])), "port 80")
  assert.deepEqual(ports, [80, 80, 80])
  const { packets, bytes, filtered, snapped, problems } = source.counters
  assert.deepEqual(
    { packets, bytes, filtered, snapped, problems },
    { packets: 3, bytes: 162, filtered: 2, snapped: 0, problems: 0 },
  )
})

test("a capture file of which nothing is kept is read to its end, and time passes", async () => {
  const many = frames(new Array<number>(10_000).fill(81))
  const { ports, source } = await read("none.pcap", pcapFile(many), "port 80")
  assert.deepEqual(ports, [])
  assert.equal(source.counters.packets, 0)
  assert.equal(source.counters.filtered, 10_000)
  assert.equal(source.progress.consumed, source.progress.total)
})

test("a damaged capture whose packets were filtered counts as read", async () => {
  const whole = pcapFile(frames([81, 81]))
  const { source } = await read("cut.pcap", whole.subarray(0, whole.length - 3), "port 80")
  assert.match(source.problems[0]!.sentence, /the packet before it is kept/)
  assert.equal(source.problems[0]!.partial, true)
})

test("a capture with a link type that the filter cannot be applied to says so once", async () => {
  const [first, second] = frames([80, 80])
  const capture = concatBytes(
    sectionHeaderBlock(),
    interfaceBlock({ link: 127 }),
    interfaceBlock(),
    enhancedPacketBlock(first!),
    enhancedPacketBlock(first!),
    enhancedPacketBlock(second!, { port: 1 }),
  )
  const { ports, source } = await read("radio.pcapng", capture, "tcp")
  assert.deepEqual(ports, [80])
  assert.equal(source.counters.filtered, 2)
  assert.equal(source.problems.length, 1)
  assert.match(source.problems[0]!.sentence, /cannot be applied to packets of link type 127; they are left out\.$/)
})

test("without a filter nothing is counted as filtered, and an empty one keeps everything", async () => {
  const talk = new TcpConversation().open().toServer("GET / HTTP/1.1\r\n\r\n").finish()
  const path = join(folder, "talk.pcap")
  writeFileSync(path, concatBytes(pcapHeader(), pcapFile(talk.frames).subarray(24)))
  const plain = openCapture([path])
  assert.equal("filtered" in plain.counters, false)
  plain.close()
  const { source } = await read("all.pcap", pcapFile(talk.frames), "")
  assert.equal(source.counters.packets, talk.frames.length)
  assert.equal(source.counters.filtered, 0)
})
