// Live capture on the kernel's own rings: every packet that a cable carries is delivered or counted, whatever happens to
// the cable.
import assert from "node:assert/strict"
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process"
import { type AddressInfo, connect, createServer } from "node:net"
import { join } from "node:path"
import { afterEach, test } from "node:test"
import { cable, inNamespace, ip, replay } from "../../shared/testing/network-namespace.ts"
import { ethernet, type Frame, ipv4, START_US, udp } from "../../shared/testing/packet-builder.ts"
import { assemble } from "./kernel-filter.ts"
import { LiveReader } from "./live-reader.ts"
import type { PortCounters } from "./packet-source.ts"

/** UDP with its number as payload. */
function numbered(count: number, first = 0, extra = ""): Frame[] {
  return Array.from({ length: count }, (_, i) => ({
    timeUs: START_US + i,
    bytes: ethernet(ipv4(udp(1000 + ((first + i) % 2), 2, `packet ${first + i}.${extra}`), { protocol: 17 })),
  }))
}

const texts = (count: number, first = 0): string[] => Array.from({ length: count }, (_, i) => `packet ${first + i}.`)

const NOTHING: PortCounters = {
  packets: 0,
  offered: 0,
  bytes: 0,
  kernelDrops: 0,
  freezes: 0,
  linkDowns: 0,
  reopened: 0,
}

/** Passes UDP (in plain Ethernet and IPv4) from a port. */
const FROM_PORT = (port: number): Uint8Array =>
  assemble([
    [0x28, 0, 0, 34],
    [0x15, 0, 1, port],
    [0x06, 0, 0, 0xffffffff],
    [0x06, 0, 0, 0],
  ])

/** A raw IP interface, made by the program that holds its other end. */
class Tunnel {
  readonly #child: ChildProcessWithoutNullStreams

  constructor(name: string) {
    const script = `open(my $t, "+<", "/dev/net/tun") or die; my $r = pack("a16sx22", "${name}", 0x1001);
      ioctl($t, 0x400454ca, $r) or die; while (<STDIN>) { chomp; syswrite($t, pack("H*", $_)) or die }`
    this.#child = spawn("perl", ["-e", script])
  }

  send(packet: Uint8Array): void {
    this.#child.stdin.write(`${Buffer.from(packet).toString("hex")}\n`)
  }

  close(): void {
    this.#child.stdin.end()
  }
}

function captureTests(): void {
  afterEach(() => LiveReader.closeAll())

  test("every packet is there, whole, in order, with its time", async () => {
    cable("a1", "b1")
    const reader = new LiveReader(["b1"])
    const beforeUs = Date.now() * 1000
    await replay("a1", numbered(5000), 50_000)
    const counters = await reader.finish()
    assert.deepEqual(counters.ports, { b1: { ...NOTHING, packets: 5000, offered: 5000, bytes: counters.bytes } })
    assert.deepEqual([counters.packets, counters.kernelDrops, counters.snapped], [5000, 0, 0])
    assert.deepEqual(reader.texts, texts(5000))
    for (const { timeUs, wire, captured, link, vlan } of reader.seen) {
      assert.ok(timeUs >= beforeUs && timeUs <= Date.now() * 1000 && Number.isInteger(timeUs))
      assert.deepEqual([link, vlan, wire], [1, -1, captured])
    }
  })

  test("what is sent goes by like what comes in, and is counted once", async () => {
    cable("a2", "b2")
    const reader = new LiveReader(["a2"])
    await replay("a2", numbered(100))
    await replay("b2", numbered(100, 100))
    const counters = await reader.finish()
    assert.deepEqual([counters.packets, counters.kernelDrops], [200, 0])
    assert.deepEqual(reader.texts, texts(200))
  })

  test("the kernel takes a tag off the frame and tells it", async () => {
    cable("a3", "b3")
    const reader = new LiveReader(["b3"])
    const inner = ipv4(udp(1, 2, "packet 1."), { protocol: 17 })
    const tags = [[], [7], [0xe000 | 100], [300, 400]]
    await replay(
      "a3",
      tags.map((vlans, i) => ({ timeUs: START_US + i, bytes: ethernet(inner, { vlans }) })),
    )
    await reader.finish()
    assert.deepEqual(
      reader.seen.map(({ vlan, bytes }) => [vlan, Buffer.from(bytes.subarray(12, 16)).toString("hex")]),
      [
        [-1, "08004500"],
        [7, "08004500"],
        [0xe000 | 100, "08004500"],
        [300, "81000190"],
      ],
    )
  })

  test("only what the filter passes is captured or counted, from the first packet on", async () => {
    cable("a4", "b4")
    const flood = replay("a4", numbered(2000), 20_000, 5)
    const links: number[] = []
    const filter = (link: number): Uint8Array => {
      links.push(link)
      return FROM_PORT(1001)
    }
    // Opened while packets pass: nothing may slip in before the filter is there.
    const small = { ringBytes: 8 << 20, blockBytes: 65_536, snapBytes: 2000 }
    const readers = Array.from({ length: 10 }, () => new LiveReader(["b4"], { filter, ...small }))
    await flood
    for (const reader of readers) {
      const counters = await reader.finish()
      assert.ok(counters.packets > 0)
      assert.deepEqual([...new Set(reader.texts.map((text) => Number(text.slice(7, -1)) % 2))], [1])
      assert.equal(reader.seen.length, counters.packets)
      assert.ok(counters.packets + counters.kernelDrops! <= 5000)
    }
    assert.deepEqual([...new Set(links)], [1])
  })

  test("packets longer than the snap length are cut and say how long they were", async () => {
    cable("a5", "b5", 65_535)
    const frames = numbered(3, 0, "x".repeat(60_000))
    const whole = new LiveReader(["b5"])
    const cut = new LiveReader(["b5"], {
      snapBytes: 100,
      filter: FROM_PORT(1001),
      blockBytes: 4096,
      ringBytes: 1 << 20,
    })
    const small = new LiveReader(["b5"], { snapBytes: 16_000, blockBytes: 4096, ringBytes: 1 << 20 })
    await replay("a5", frames)
    const length = frames[0]!.bytes.length
    for (const [reader, count, captured] of [
      [whole, 3, length],
      [cut, 1, 100],
      [small, 3, 16_000],
    ] as const) {
      const counters = await reader.finish()
      assert.deepEqual(
        reader.seen.map((packet) => [packet.captured, packet.wire]),
        Array.from({ length: count }, () => [captured, length]),
      )
      assert.deepEqual([counters.snapped, counters.kernelDrops], [captured < length ? count : 0, 0])
    }
  })

  test("a loopback interface shows each packet once", async () => {
    const reader = new LiveReader(["lo"])
    await replay("lo", numbered(500))
    const counters = await reader.finish()
    assert.deepEqual([counters.packets, counters.kernelDrops], [500, 0])
    assert.deepEqual(reader.texts, texts(500))
  })

  test("segments that the kernel has joined beyond any wire's length come whole", async () => {
    const total = 20_000_000
    const reader = new LiveReader(["lo"])
    const server = createServer((socket) => socket.end(Buffer.alloc(total, 1))).listen(0, "127.0.0.1")
    await new Promise((resolve) => server.once("listening", resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => connect(port, "127.0.0.1").resume().once("close", resolve))
    server.close()
    const { kernelDrops, snapped } = await reader.finish()
    // The kernel may hand them over out of order or twice; what counts is that each byte of the stream is there.
    const spans: [start: number, end: number][] = []
    let first: number | null = null
    for (const { bytes, captured } of reader.seen) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      if (view.getUint16(34) !== port) continue
      // The first packet of this side is its SYN, one before the first byte.
      first ??= (view.getUint32(38) + 1) | 0
      const start = (view.getUint32(38) - first) | 0
      const length = captured - 34 - (view.getUint8(46) >> 4) * 4
      if (length > 0) spans.push([start, start + length])
    }
    let reached = 0
    for (const [start, end] of spans.toSorted(([a], [b]) => a - b)) {
      assert.ok(start <= reached, `bytes from ${reached} to ${start} are missing`)
      reached = Math.max(reached, end)
    }
    assert.deepEqual([reached, kernelDrops, snapped], [total, 0, 0])
    const longest = Math.max(...reader.seen.map(({ captured }) => captured))
    assert.ok(longest > 40_000, `${longest} bytes at most`)
  })

  test("the bench runs", () => {
    const bench = join(import.meta.dirname, "live.bench.ts")
    const out = execFileSync(process.execPath, [bench, "--smoke"], { encoding: "utf8", timeout: 60_000 })
    assert.equal([...out.matchAll(/ 10000 delivered \+ 0 dropped = 10000$/gm)].length, 6, out)
  })

  test("a raw IP interface is read as such", async () => {
    const reader = new LiveReader(["tun6"])
    const tunnel = new Tunnel("tun6")
    try {
      await reader.until("opened", () => reader.source.counters.ports!.tun6!.reopened === 1)
      ip("link set tun6 up")
      tunnel.send(ipv4(udp(1, 2, "packet 5."), { protocol: 17 }))
      await reader.until("the packet", () => reader.seen.length > 0)
      await reader.finish()
      assert.deepEqual(
        reader.seen.map(({ link, text, bytes }) => [link, text, bytes[0]]),
        [[101, "packet 5.", 0x45]],
      )
    } finally {
      tunnel.close()
    }
  })
}

if (inNamespace(import.meta.filename)) captureTests()
