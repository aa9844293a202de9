import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, describe, test } from "node:test"
import { gzipSync, zstdCompressSync } from "node:zlib"
import {
  enhancedPacketBlock,
  interfaceBlock,
  pcapFile,
  pcapHeader,
  pcapngBlock,
  pcapngFile,
  pcapRecordHeader,
  sectionHeaderBlock,
} from "../../shared/testing/capture-builder.ts"
import { concatBytes, type Frame, START_US, TcpConversation } from "../../shared/testing/packet-builder.ts"
import { openCapture } from "./capture-files.ts"
import { SLAB_BYTES } from "./capture-window.ts"
import { PacketBatch } from "./packet-batch.ts"
import type { PacketSource } from "./packet-source.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-capture-"))
after(() => rmSync(folder, { recursive: true }))

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

function frames(count: number): Frame[] {
  const talk = new TcpConversation({ stepUs: 1_000_001 }).open()
  while (talk.frames.length < count) talk.toServer(`GET /${talk.frames.length} HTTP/1.1\r\n\r\n`)
  return talk.frames.slice(0, count)
}

/** All packets of a source, copied. */
async function packetsOf(source: PacketSource): Promise<Frame[]> {
  const batch = new PacketBatch()
  const found: Frame[] = []
  while (await source.next(batch)) {
    assert.ok(batch.count > 0, "a batch without packets")
    for (let i = 0; i < batch.count; i++) {
      const start = batch.start[i]!
      const bytes = Uint8Array.from(batch.bytes.subarray(start, start + batch.captured[i]!))
      found.push({ timeUs: batch.timeUs[i]!, bytes })
    }
  }
  source.close()
  assert.equal(source.counters.packets, found.length)
  assert.equal(source.counters.problems, source.problems.length)
  return found
}

const TEN = frames(10)
const PCAP = pcapFile(TEN)
const PCAPNG = pcapngFile(TEN)

describe("what is read", () => {
  const rows: { name: string; bytes: Uint8Array }[] = [
    { name: "plain.pcap", bytes: PCAP },
    { name: "plain.pcapng", bytes: PCAPNG },
    { name: "pcap.gz", bytes: gzipSync(PCAP) },
    { name: "pcapng.gz", bytes: gzipSync(PCAPNG) },
    { name: "pcap.zst", bytes: zstdCompressSync(PCAP) },
    { name: "no-suffix-that-tells", bytes: zstdCompressSync(PCAPNG) },
    { name: "two gzip members", bytes: concatBytes(gzipSync(PCAP.subarray(0, 100)), gzipSync(PCAP.subarray(100))) },
    {
      name: "three zstd frames",
      bytes: concatBytes(...[0, 100, 200].map((at, i) => zstdCompressSync(PCAP.subarray(at, [100, 200][i])))),
    },
  ]
  for (const { name, bytes } of rows) {
    test(name, async () => {
      const source = openCapture([file(name, bytes)])
      assert.deepEqual(await packetsOf(source), TEN)
      assert.deepEqual(source.problems, [])
      assert.deepEqual(source.progress, { consumed: bytes.length, total: bytes.length })
    })
  }

  test("a plain file costs no promise", () => {
    const source = openCapture([file("sync.pcap", PCAP)])
    const batch = new PacketBatch()
    assert.equal(source.next(batch), true)
    assert.equal(source.next(batch), false)
  })

  test("several files in the order given", async () => {
    const late = file("z-late.pcap", pcapFile(TEN.slice(5)))
    const early = file("a-early.pcap", pcapFile(TEN.slice(0, 5)))
    const source = openCapture([late, early])
    assert.deepEqual(await packetsOf(source), [...TEN.slice(5), ...TEN.slice(0, 5)])
    assert.deepEqual(source.counters.interfaces, [late, early])
  })

  test("a directory in the order of its names; what is no capture is skipped with one sentence", async () => {
    const directory = join(folder, "ring")
    mkdirSync(join(directory, "nested"), { recursive: true })
    file("ring/b.pcap", pcapFile(TEN.slice(5)))
    file("ring/a.pcap", gzipSync(pcapFile(TEN.slice(0, 5))))
    file("ring/notes.txt", "not a capture")
    file("ring/empty.pcap", "")
    const source = openCapture([directory])
    assert.deepEqual(await packetsOf(source), TEN)
    assert.deepEqual(source.problems, [
      {
        code: "not-a-capture",
        sentence: `${directory}: 3 of its entries are no capture files and were skipped (empty.pcap, nested, notes.txt).`,
        partial: true,
      },
    ])
  })

  test("a FIFO, with a writer that comes late and writes in pieces", async () => {
    const fifo = join(folder, "fifo")
    execFileSync("mkfifo", [fifo])
    const source = openCapture([fifo])
    const packets = packetsOf(source)
    const { open } = await import("node:fs/promises")
    const writer = await open(fifo, "w")
    for (let at = 0; at < PCAP.length; at += 50) await writer.write(PCAP.subarray(at, at + 50))
    await writer.close()
    assert.deepEqual(await packets, TEN)
    assert.equal(source.progress.total, null)
  })

  test("more packets than a batch holds, across slabs", async () => {
    const payload = new Uint8Array(1400)
    const many = Array.from({ length: 5000 }, (_, i) => ({ timeUs: START_US + i, bytes: payload }))
    const source = openCapture([file("many.pcap", pcapFile(many))])
    const found = await packetsOf(source)
    assert.equal(found.length, 5000)
    assert.ok(found.every(({ timeUs, bytes }, i) => timeUs === START_US + i && bytes.length === 1400))
  })

  test("a packet larger than the slab, when the snap length allows it", async () => {
    const large = { timeUs: START_US, bytes: new Uint8Array(2 * SLAB_BYTES).fill(7) }
    const source = openCapture([file("large.pcap", pcapFile([large, TEN[0]!], { snapLength: 4 * SLAB_BYTES }))])
    const found = await packetsOf(source)
    assert.equal(found.length, 2)
    // Not deepEqual: its report of a difference between megabytes takes minutes.
    assert.ok(Buffer.from(large.bytes).equals(found[0]!.bytes))
    assert.deepEqual(found[1], TEN[0])
  })
})

describe("damage: one sentence, and what came before is kept", () => {
  const record = pcapRecordHeader(START_US, 0xffffffff, 60)
  const noise = Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919) % 251)
  const cases: {
    name: string
    bytes: Uint8Array | string
    code: string
    sentence: string
    packets: number
    partial: boolean
  }[] = [
    { name: "empty", bytes: "", code: "empty", sentence: "it is empty.", packets: 0, partial: false },
    {
      name: "empty.gz",
      bytes: gzipSync(""),
      code: "empty",
      sentence: "it decompresses to nothing.",
      packets: 0,
      partial: false,
    },
    {
      name: "text",
      bytes: "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      code: "not-a-capture",
      sentence: "it is not a capture (neither pcap nor pcapng, plain or compressed).",
      packets: 0,
      partial: false,
    },
    {
      name: "three bytes",
      bytes: PCAP.subarray(0, 3),
      code: "not-a-capture",
      sentence: "it is not a capture (neither pcap nor pcapng, plain or compressed).",
      packets: 0,
      partial: false,
    },
    {
      name: "xz",
      bytes: Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4),
      code: "unsupported",
      sentence: "it is compressed with xz: decompress it first.",
      packets: 0,
      partial: false,
    },
    {
      name: "cut in the file header",
      bytes: PCAP.subarray(0, 20),
      code: "truncated",
      sentence: "it ends at byte 20, in the middle of the file header; there is no packet before it.",
      packets: 0,
      partial: false,
    },
    {
      name: "cut in a packet header",
      bytes: PCAP.subarray(0, 24 + 16 + 54 + 10),
      code: "truncated",
      sentence: "it ends at byte 104, in the middle of a packet header; the packet before it is kept.",
      packets: 1,
      partial: true,
    },
    {
      name: "cut in a packet",
      bytes: PCAP.subarray(0, PCAP.length - 1),
      code: "truncated",
      sentence: `it ends at byte ${PCAP.length - 1}, in the middle of a packet of ${TEN[9]!.bytes.length} bytes; the 9 packets before it are kept.`,
      packets: 9,
      partial: true,
    },
    {
      name: "captured length of 4 GB",
      bytes: concatBytes(PCAP, record, new Uint8Array(1000)),
      code: "absurd-length",
      sentence: `at byte ${PCAP.length}: a packet claims 4294967295 captured bytes, more than the 262144 possible; the 10 packets before it are kept.`,
      packets: 10,
      partial: true,
    },
    {
      name: "captured length over 16 MiB in a file that allows it",
      bytes: concatBytes(pcapHeader({ snapLength: 0xffffffff }), pcapRecordHeader(START_US, 16_777_217, 60)),
      code: "absurd-length",
      sentence:
        "at byte 24: a packet claims 16777217 captured bytes, more than the 16777216 possible; there is no packet before it.",
      packets: 0,
      partial: false,
    },
    {
      name: "pcapng: absurd length of a packet block",
      bytes: concatBytes(PCAPNG, Uint8Array.of(6, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff), new Uint8Array(100)),
      code: "absurd-length",
      sentence: `at byte ${PCAPNG.length}: a block claims 4294967292 bytes, more than the 16842752 accepted; the 10 packets before it are kept.`,
      packets: 10,
      partial: true,
    },
    {
      name: "pcapng: absurd length of an unknown block",
      bytes: concatBytes(PCAPNG, Uint8Array.of(0xad, 0xb, 0, 0, 0xfc, 0xff, 0xff, 0xff), new Uint8Array(100)),
      code: "truncated",
      sentence: `it ends at byte ${PCAPNG.length + 108}, in the middle of a block of 4294967292 bytes; the 10 packets before it are kept.`,
      packets: 10,
      partial: true,
    },
    {
      name: "pcapng: length of a block below its header",
      bytes: concatBytes(PCAPNG, Uint8Array.of(6, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0)),
      code: "bad-block",
      sentence: `at byte ${PCAPNG.length}: a block claims a length of 8 bytes; the 10 packets before it are kept.`,
      packets: 10,
      partial: true,
    },
    {
      name: "gzip cut short",
      bytes: gzipSync(pcapFile([{ timeUs: 0, bytes: noise }, TEN[0]!])).subarray(0, -30),
      code: "truncated",
      sentence: "the compressed stream is cut short (decompressed up to byte",
      packets: 1,
      partial: true,
    },
    {
      name: "zstd cut short",
      bytes: concatBytes(zstdCompressSync(PCAP), zstdCompressSync(noise).subarray(0, -5)),
      code: "truncated",
      sentence: "the compressed stream is cut short (decompressed up to byte",
      packets: 10,
      partial: true,
    },
    {
      name: "gzip header and nothing that follows it",
      bytes: concatBytes(gzipSync(PCAP).subarray(0, 10), new Uint8Array(64).fill(255)),
      code: "bad-block",
      sentence: "the compressed stream is damaged (decompressed up to byte 0).",
      packets: 0,
      partial: false,
    },
  ]
  for (const { name, bytes, code, sentence, packets, partial } of cases) {
    test(name, async () => {
      const path = file(name.replaceAll(/\W+/g, "-"), bytes)
      const good = file("good.pcap", PCAP)
      const source = openCapture([path, good])
      assert.equal((await packetsOf(source)).length, packets + 10, "the next file is read")
      assert.equal(source.problems.length, 1)
      const problem = source.problems[0]!
      assert.equal(problem.code, code)
      assert.equal(problem.partial, partial)
      assert.ok(problem.sentence.startsWith(`${path}: ${sentence}`), problem.sentence)
    })
  }
})

describe("the world: one sentence, and the other files are read", () => {
  const emptyFolder = join(folder, "no-captures")
  mkdirSync(emptyFolder)
  writeFileSync(join(emptyFolder, "README"), "nothing here")
  const rows = [
    { path: join(folder, "absent.pcap"), code: "missing", sentence: "there is no such file." },
    { path: join(folder, "plain.pcap", "below"), code: "missing", sentence: "there is no such file." },
    { path: emptyFolder, code: "directory", sentence: "a directory that holds no capture file." },
  ]
  for (const { path, code, sentence } of rows) {
    test(`${code}: ${sentence}`, async () => {
      file("plain.pcap", PCAP)
      const source = openCapture([path, join(folder, "plain.pcap")])
      assert.equal((await packetsOf(source)).length, 10)
      assert.deepEqual(source.problems, [{ code, sentence: `${path}: ${sentence}`, partial: false }])
    })
  }

  test("a file that gives an error when it is read", async () => {
    const source = openCapture(["/proc/self/mem"])
    assert.deepEqual(await packetsOf(source), [])
    assert.equal(source.problems[0]!.code, "unreadable")
  })

  test("a file that may not be read", async () => {
    const path = file("private.pcap", PCAP)
    execFileSync("chmod", ["000", path])
    // Root may read everything, so root becomes nobody for the moment.
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid!(65_534)
    try {
      const source = openCapture([path])
      assert.deepEqual(await packetsOf(source), [])
      assert.deepEqual(source.problems, [
        { code: "unreadable", sentence: `${path}: permission to read it is missing.`, partial: false },
      ])
    } finally {
      if (isRoot) process.seteuid!(0)
    }
  })

  test("a socket cannot be opened as a file", async () => {
    const path = join(folder, "socket")
    const server = createServer().listen(path)
    await new Promise((resolve) => server.once("listening", resolve))
    const source = openCapture([path])
    assert.deepEqual(await packetsOf(source), [])
    assert.equal(source.problems[0]!.code, "unreadable")
    server.close()
  })
})

test("a compressed capture cut at its very end keeps all packets, however far it expands", async () => {
  const zeros = { timeUs: START_US, bytes: new Uint8Array(200_000) }
  const many = new Array<Frame>(20).fill(zeros)
  for (const [name, bytes] of [
    ["bomb.gz", gzipSync(pcapFile(many)).subarray(0, -4)],
    ["bomb.zst", concatBytes(zstdCompressSync(pcapFile(many)), zstdCompressSync(PCAP).subarray(0, 8))],
  ] as const) {
    const source = openCapture([file(name, bytes)])
    assert.equal((await packetsOf(source)).length, many.length)
    assert.equal(source.problems[0]!.code, "truncated")
  }
})

test("close ends a source that waits for a pipe", async () => {
  const fifo = join(folder, "silent")
  execFileSync("mkfifo", [fifo])
  const source = openCapture([fifo])
  const waiting = source.next(new PacketBatch())
  assert.ok(waiting instanceof Promise)
  source.close()
  assert.equal(await waiting, false)
  assert.equal(source.counters.problems, 0)
})

test("a capture of blocks that hold no packet ends without a problem and without packets", async () => {
  const blocks = concatBytes(
    sectionHeaderBlock(),
    interfaceBlock(),
    ...Array.from({ length: 5000 }, () => pcapngBlock(0xbad, new Uint8Array(1000))),
  )
  const source = openCapture([file("no-packets.pcapng", blocks)])
  assert.deepEqual(await packetsOf(source), [])
  assert.deepEqual(source.problems, [])
})

test("interfaces beyond the limit share the last number", async () => {
  const parts = [sectionHeaderBlock()]
  const name = (i: number) => new Uint8Array(Buffer.from(`eth${i}`))
  for (let i = 0; i < 300; i++) parts.push(interfaceBlock({ options: [{ code: 2, value: name(i) }] }))
  for (const port of [0, 255, 299]) parts.push(enhancedPacketBlock(TEN[0]!, { port }))
  const source = openCapture([file("ports.pcapng", concatBytes(...parts))])
  const batch = new PacketBatch()
  assert.equal(source.next(batch), true)
  assert.deepEqual([...batch.port.subarray(0, 3)], [0, 255, 255])
  assert.equal(source.counters.interfaces.length, 256)
  assert.match(source.counters.interfaces[0]!, / \(eth0\)$/)
})
