// What a sensor that is too slow loses is counted to the packet, however its packets are spread or put together.
import assert from "node:assert/strict"
import { once } from "node:events"
import { afterEach, test } from "node:test"
import { Worker } from "node:worker_threads"
import { cable, inNamespace, ip, replay } from "../../shared/testing/network-namespace.ts"
import { ethernet, type Frame, ipv4, START_US, udp } from "../../shared/testing/packet-builder.ts"
import { assemble } from "./kernel-filter.ts"
import { type LiveOptions, openLive } from "./live.ts"
import { LiveReader } from "./live-reader.ts"
import { PacketBatch } from "./packet-batch.ts"

const LOW_MIX = { ringBytes: 64 * 1024, blockBytes: 16 * 1024, snapBytes: 2000 } as const

/** UDP with its number as payload, from a source port each. */
function numbered(count: number, extra = "", sourcePort = (i: number): number => i % 7): Frame[] {
  return Array.from({ length: count }, (_, i) => ({
    timeUs: START_US + i,
    bytes: ethernet(ipv4(udp(1000 + sourcePort(i), 2, `packet ${i}.${extra}`), { protocol: 17 })),
  }))
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function lossTests(): void {
  afterEach(() => LiveReader.closeAll())

  test("a ring that is full: delivered and dropped make what was sent", async () => {
    cable("a1", "b1")
    const source = openLive({ interfaces: ["b1"], log: () => {}, ...LOW_MIX })
    const sent = await replay("a1", numbered(1000), 0, 20)
    await pause(100)
    const batch = new PacketBatch()
    source.stop!()
    while (await source.next(batch)) assert.ok(batch.count <= 4096)
    const { packets, kernelDrops, ports } = source.counters
    source.close()
    assert.equal(sent, 20_000)
    assert.ok(packets > 50 && kernelDrops! > 15_000, `${packets} delivered, ${kernelDrops} dropped`)
    assert.equal(packets + kernelDrops!, sent)
    assert.ok(ports!.b1!.freezes > 0)
  })

  test("a reader that goes on and off while packets rush by", async () => {
    cable("a2", "b2")
    const source = openLive({ interfaces: ["b2"], log: () => {}, ...LOW_MIX })
    let isOver = false
    const flood = replay("a2", numbered(2000, "x".repeat(300)), 0, 40).finally(() => {
      isOver = true
    })
    const batch = new PacketBatch()
    for (let turn = 0; !isOver; turn++) {
      await source.next(batch)
      // Every so often it is away for longer than the ring lasts.
      await (turn % 20 === 0 ? pause(5) : new Promise((resolve) => setImmediate(resolve)))
    }
    source.stop!()
    while (await source.next(batch));
    const { packets, kernelDrops } = source.counters
    source.close()
    assert.ok(packets > 1000 && kernelDrops! > 1000, `${packets} delivered, ${kernelDrops} dropped`)
    assert.equal(packets + kernelDrops!, await flood)
  })

  test("what is left when a source is closed counts as dropped", async () => {
    cable("a3", "b3")
    const source = openLive({ interfaces: ["b3"], log: () => {} })
    const batch = new PacketBatch()
    const sent = await replay("a3", numbered(9000))
    await pause(100)
    // One batch of at most 4,096 packets; the rest of its block is in hand, others are in the ring.
    assert.equal(source.next(batch), true)
    source.close()
    const { packets, kernelDrops, ports } = source.counters
    assert.equal(packets, batch.count)
    assert.ok(packets > 0 && packets < sent)
    assert.deepEqual([packets + kernelDrops!, ports!.b3!.kernelDrops], [sent, kernelDrops])
    assert.equal(await source.next(batch), false)
  })

  test("two interfaces: one order of time, exact counts for each", async () => {
    cable("a4", "b4")
    cable("a5", "b5")
    const reader = new LiveReader(["b4", "b5"])
    await Promise.all([replay("a4", numbered(3000), 15_000), replay("a5", numbered(2000), 9000)])
    const counters = await reader.finish()
    assert.deepEqual([counters.packets, counters.kernelDrops, counters.interfaces], [5000, 0, ["b4", "b5"]])
    assert.deepEqual([counters.ports!.b4!.packets, counters.ports!.b5!.packets], [3000, 2000])
    const times = reader.seen.map(({ timeUs }) => timeUs)
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
    for (const [port, count] of [3000, 2000].entries()) {
      const own = reader.seen.filter((packet) => packet.port === port)
      assert.deepEqual(
        own.map(({ text }) => text),
        Array.from({ length: count }, (_, i) => `packet ${i}.`),
      )
    }
    // The two were sent at the same time: an order of one after the other would show.
    const turns = reader.seen.filter((packet, i) => i > 0 && packet.port !== reader.seen[i - 1]!.port).length
    assert.ok(turns > 20, `${turns} turns`)
  })

  test("a silent interface holds a busy one up for no longer than it takes to know that it is silent", async () => {
    cable("a6", "b6")
    cable("a7", "b7")
    const reader = new LiveReader(["b6", "b7"])
    await replay("a6", numbered(500))
    const sinceMs = performance.now()
    await reader.until("all packets", () => reader.seen.length === 500)
    assert.ok(performance.now() - sinceMs < 500)
    await reader.finish()
  })

  // Both sockets of a group open before anything is sent.
  const share = async (
    name: string,
    fanout: LiveOptions["fanout"] & object,
    frames: Frame[],
  ): Promise<LiveReader[]> => {
    cable(`a${name}`, `b${name}`)
    const readers = [0, 1].map(() => new LiveReader([`b${name}`], { fanout }))
    const sent = await replay(`a${name}`, frames, 20_000)
    let sum = 0
    for (const reader of readers) {
      const { packets, kernelDrops } = await reader.finish()
      sum += packets + kernelDrops!
    }
    assert.equal(sum, sent)
    return readers
  }

  test("two sockets share an interface by a program", async () => {
    // The source port, modulo two. The program is run from the network header on for what comes in, from the link header
    // on for what goes out, so it says from which one it counts (SKF_NET_OFF).
    const program = assemble([
      [0x28, 0, 0, 0xfff00000 + 20],
      [0x16, 0, 0, 0],
    ])
    const readers = await share("8", { group: 70, program }, numbered(2000))
    const bySocket = readers.map(({ seen }) => [...new Set(seen.map(({ bytes }) => bytes[35]! % 2))])
    assert.deepEqual(bySocket, [[0], [1]])
  })

  test("two sockets share an interface by the kernel's hash: a flow stays with one", async () => {
    const flows = numbered(4000, "", (i) => i % 64)
    const readers = await share("9", { group: 71, program: null }, flows)
    const bySocket = readers.map(({ seen }) => new Set(seen.map(({ bytes }) => bytes[35]!)))
    assert.ok(bySocket.every(({ size }) => size > 0))
    assert.equal(bySocket[0]!.size + bySocket[1]!.size, 64)
  })

  test("workers share an interface; one that is ended at once gives its socket back", async () => {
    cable("a12", "b12")
    const script = `import { parentPort } from "node:worker_threads"
      import { openLive } from ${JSON.stringify(import.meta.resolve("./live.ts"))}
      import { PacketBatch } from ${JSON.stringify(import.meta.resolve("./packet-batch.ts"))}
      const source = openLive({ interfaces: ["b12"], log: () => {}, fanout: { group: 74, program: null } })
      parentPort.on("message", () => source.stop())
      parentPort.postMessage("open")
      const batch = new PacketBatch()
      while (await source.next(batch)) await new Promise((resolve) => setImmediate(resolve))
      parentPort.postMessage(source.counters.packets + source.counters.kernelDrops)
      parentPort.close()`
    const start = async (): Promise<Worker> => {
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`))
      await once(worker, "message")
      return worker
    }
    const workers = [await start(), await start(), await start()]
    assert.match(ip("-d link show b12"), /promiscuity 3/)
    await workers.pop()!.terminate()
    assert.match(ip("-d link show b12"), /promiscuity 2/)
    const sent = await replay("a12", numbered(3000), 30_000)
    const sums = workers.map(async (worker) => {
      worker.postMessage("stop")
      return (await once(worker, "message"))[0] as number
    })
    const [first, second] = await Promise.all(sums)
    assert.ok(first! > 0 && second! > 0)
    assert.equal(first! + second!, sent)
  })

  test("fragments come as one packet when the kernel puts them together for the group", async () => {
    const whole = ipv4(udp(5, 6, "packet 1.".padEnd(1200, "y")), { protocol: 17, id: 9 })
    const body = whole.subarray(20)
    const fragments = [
      ipv4(body.subarray(0, 800), { protocol: 17, id: 9, moreFragments: true }),
      ipv4(body.subarray(800), { protocol: 17, id: 9, fragmentOffset: 800 }),
    ]
    const frames = fragments.map((packet, i) => ({ timeUs: START_US + i, bytes: ethernet(packet) }))
    cable("a10", "b10")
    const reader = new LiveReader(["b10"], { fanout: { group: 72, program: null, isDefragmented: true } })
    await replay("a10", frames)
    await reader.finish()
    assert.deepEqual(
      reader.seen.map(({ text, wire }) => [text, wire]),
      [["packet 1.", 14 + whole.length]],
    )
  })

  test("members of a group must agree", () => {
    cable("a11", "b11")
    const options = { interfaces: ["b11"], log: () => {} }
    const source = openLive({ ...options, fanout: { group: 73, program: null } })
    assert.throws(
      () => openLive({ ...options, fanout: { group: 73, program: assemble([[0x16, 0, 0, 0]]) } }),
      (error: Error & { code: string }) =>
        error.code === "fanout" && /^b11: .*fanout group.*EINVAL/.test(error.message),
    )
    source.close()
  })
}

if (inNamespace(import.meta.filename)) lossTests()
