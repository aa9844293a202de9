import assert from "node:assert/strict"
import { test } from "node:test"
import { EARLY_US_MAX, HELD_US_MAX, type RingOptions, RingPort } from "./af-packet.ts"
import { FakeAfPacket } from "./fake-af-packet.ts"
import { FakeClock } from "./fake-clock.ts"
import { DROP_ALL } from "./kernel-filter.ts"
import { LiveCaptureError } from "./live-error.ts"
import { PacketBlock } from "./packet-block.ts"

const MIB = 1024 * 1024
const BLOCK_BYTES = 4096
const NOW_US = 50_000_000

interface Bench {
  readonly kernel: FakeAfPacket
  readonly clock: FakeClock
  readonly port: RingPort
  readonly block: PacketBlock
  readonly sentences: string[]
}

function bench(options: Partial<RingOptions> = {}): Bench {
  const kernel = new FakeAfPacket()
  const clock = new FakeClock(NOW_US)
  const sentences: string[] = []
  const port = new RingPort(
    "eth0",
    kernel,
    {
      ringBytes: 16 * BLOCK_BYTES,
      blockBytes: BLOCK_BYTES,
      retireMs: 20,
      snapBytes: 2000,
      promiscuous: true,
      filter: { program: null, text: "" },
      fanout: null,
      ...options,
    },
    (sentence) => sentences.push(sentence),
    clock,
  )
  return { kernel, clock, port, block: new PacketBlock(new Uint8Array(BLOCK_BYTES), 0, BLOCK_BYTES), sentences }
}

function opened(options: Partial<RingOptions> = {}, hardware = 1): Bench {
  const made = bench(options)
  made.kernel.plug("eth0", hardware)
  made.port.open()
  return made
}

test("offered = taken + dropped, from one ring to the next", () => {
  const { kernel, port, block } = opened()
  kernel.receive(1, 2, 3)
  kernel.overflow(10)
  kernel.retire()
  assert.equal(port.take(block), 3)
  port.check()
  assert.deepEqual([port.counters.kernelDrops, port.counters.freezes], [10, 1])
  kernel.receive(4, 5)
  kernel.unplug("eth0")
  port.check()
  // The kernel still holds two packets: nothing is opened before they are taken.
  kernel.plug("eth0")
  assert.equal(port.take(block), 0)
  port.check()
  assert.equal(kernel.rings.length, 1)
  kernel.retire()
  assert.equal(port.take(block), 2)
  assert.equal(port.take(block), 0)
  port.check()
  assert.deepEqual([kernel.rings.length, kernel.rings[0]!.isClosed], [2, true])
  kernel.overflow(7)
  kernel.receive(6)
  port.close()
  assert.deepEqual(port.counters, {
    packets: 0,
    offered: 3 + 10 + 2 + 7 + 1,
    bytes: 0,
    kernelDrops: 10 + 7 + 1,
    freezes: 2,
    linkDowns: 1,
    reopened: 1,
  })
  assert.equal(kernel.rings[1]!.isClosed, true)
  port.close()
})

test("stop: nothing new comes in, what the kernel holds is taken, then the ring is given back", () => {
  const { kernel, port, block, clock } = opened()
  kernel.receive(1)
  kernel.retire()
  kernel.receive(2)
  port.stop()
  assert.deepEqual(kernel.ring.filter, DROP_ALL)
  assert.equal(port.isDone, false)
  assert.equal(port.take(block), 1)
  assert.equal(port.take(block), 0)
  clock.advance(30)
  assert.equal(port.isDone, false)
  assert.ok(port.reachedUs() < NOW_US)
  kernel.retire()
  assert.equal(port.take(block), 1)
  assert.equal(port.take(block), 0)
  assert.deepEqual([port.isDone, kernel.ring.isClosed], [true, true])
  assert.equal(port.reachedUs(), Number.POSITIVE_INFINITY)
  assert.equal(port.counters.kernelDrops, 0)
})

test("a packet that the kernel counts and never gives is dropped in the end, not waited for", () => {
  const { kernel, port, block, clock } = opened()
  kernel.receive(1)
  port.stop()
  assert.equal(port.take(block), 0)
  clock.advance(HELD_US_MAX / 1000 + 1)
  assert.equal(port.take(block), 0)
  assert.deepEqual([port.isDone, port.counters.kernelDrops], [true, 1])
})

test("time reached: with nothing under way just behind the clock, else what came last", () => {
  const { kernel, port, block, clock } = opened()
  assert.equal(port.reachedUs(), NOW_US - EARLY_US_MAX)
  kernel.receive(NOW_US - 5000)
  kernel.retire()
  port.take(block)
  assert.equal(port.reachedUs(), NOW_US - EARLY_US_MAX)
  kernel.receive(NOW_US + 100)
  assert.equal(port.reachedUs(), NOW_US - 5000)
  clock.advance(500)
  assert.equal(port.reachedUs(), NOW_US - 5000)
  clock.advance(600)
  assert.equal(port.reachedUs(), NOW_US + 1_100_000 - HELD_US_MAX)
})

test("an interface that is not there is waited for and does not hold up time", () => {
  const { kernel, port, block, sentences } = bench()
  port.open()
  assert.deepEqual([port.take(block), port.reachedUs()], [0, NOW_US])
  port.check()
  kernel.plug("eth0")
  port.check()
  port.check()
  assert.deepEqual([kernel.rings.length, port.counters.reopened], [1, 1])
  assert.deepEqual(sentences, [
    "eth0: it is not there; capture begins when it appears",
    "eth0: it is there; capture goes on",
  ])
})

test("stopped while it waits, it is done and opens no more", () => {
  const { kernel, port } = bench()
  port.open()
  port.stop()
  assert.equal(port.isDone, true)
  kernel.plug("eth0")
  port.check()
  assert.equal(kernel.rings.length, 0)
})

test("links: each way down is counted once", () => {
  const rows: { name: string; looks: [flags: number, error: number][]; downs: number; said: string[] }[] = [
    { name: "up all the time", looks: [[65, 0]], downs: 0, said: [] },
    {
      name: "down and up",
      looks: [
        [0, 100],
        [0, 0],
        [65, 0],
      ],
      downs: 1,
      said: ["its link is down; capture goes on when it is up", "its link is up again"],
    },
    {
      name: "no carrier",
      looks: [
        [1, 0],
        [1, 0],
      ],
      downs: 1,
      said: ["its link is down; capture goes on when it is up"],
    },
    { name: "between two looks", looks: [[65, 100]], downs: 1, said: ["its link went down and is up again"] },
  ]
  for (const { name, looks, downs, said } of rows) {
    const { kernel, port, sentences } = opened()
    for (const [flags, error] of looks) {
      kernel.interfaces.get("eth0")!.flags = flags
      kernel.ring.error = error
      port.check()
    }
    assert.equal(port.counters.linkDowns, downs, name)
    assert.deepEqual(
      sentences,
      said.map((what) => `eth0: ${what}`),
      name,
    )
  }
})

test("a filter is replaced while packets pass, and kept for the next ring", () => {
  const { kernel, port, block } = opened()
  const program = (): Uint8Array => new Uint8Array([6, 0, 0, 0, 7, 0, 0, 0])
  port.refilter({ program, text: "x" })
  assert.deepEqual([...kernel.ring.filter!], [6, 0, 0, 0, 7, 0, 0, 0])
  kernel.filterRefusal = { errno: 22, syscall: "setsockopt(SO_ATTACH_FILTER)" }
  assert.throws(() => port.refilter({ program: null, text: "" }), /the filter is not in force/)
  kernel.filterRefusal = undefined
  kernel.unplug("eth0")
  port.check()
  port.take(block)
  kernel.plug("eth0")
  port.check()
  assert.deepEqual([kernel.rings.length, ...kernel.ring.filter!], [2, 6, 0, 0, 0, 7, 0, 0, 0])
})

test("link types: by what the kernel says of the interface; the filter is asked for that type", () => {
  const rows: [hardware: number, link: number][] = [
    [1, 1],
    [772, 1],
    [65534, 101],
    [519, 101],
    [801, 105],
    [803, 127],
  ]
  for (const [hardware, link] of rows) {
    const asked: number[] = []
    const filter = (type: number): Uint8Array => {
      asked.push(type)
      return Uint8Array.of(6, 0, 0, 0, 9, 0, 0, 0)
    }
    const { kernel, port, block } = opened({ filter: { program: filter, text: "" } }, hardware)
    kernel.receive(1)
    kernel.retire()
    port.take(block)
    assert.deepEqual([asked, port.link], [[link], link])
    // A loopback interface gets four instructions before the filter.
    assert.equal(kernel.ring.filter!.length, hardware === 772 ? 40 : 8)
    assert.deepEqual([...kernel.ring.filter!.subarray(-8)], [6, 0, 0, 0, 9, 0, 0, 0])
  }
})

test("a smaller ring when the kernel has no memory, said once and kept", () => {
  const { kernel, port, sentences } = bench({ ringBytes: 64 * MIB, blockBytes: MIB })
  kernel.plug("eth0")
  const refusal = { errno: 12, syscall: "setsockopt(PACKET_RX_RING)" }
  kernel.refusals.push(refusal, refusal)
  port.open()
  assert.deepEqual(
    kernel.opens.map(([, , blocks]) => blocks),
    [64, 32, 16],
  )
  assert.deepEqual(sentences, ["eth0: the kernel had no memory for a ring of 64 MiB; it is 16 MiB"])
  kernel.unplug("eth0")
  port.check()
  port.take(new PacketBlock(new Uint8Array(MIB), 0, MIB))
  kernel.plug("eth0")
  port.check()
  assert.equal(kernel.opens.at(-1)![2], 16)
})

test("what is asked of the kernel", () => {
  const program = Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0)
  const rows: [Partial<RingOptions>, unknown[]][] = [
    [{}, ["eth0", 4096, 16, 20, true, null, 0, null]],
    [{ promiscuous: false, retireMs: 5 }, ["eth0", 4096, 16, 5, false, null, 0, null]],
    [{ fanout: { group: 7, program: null, isDefragmented: false } }, ["eth0", 4096, 16, 20, true, 7, 0, null]],
    [{ fanout: { group: 7, program, isDefragmented: true } }, ["eth0", 4096, 16, 20, true, 7, 0x8006, program]],
  ]
  for (const [options, asked] of rows) assert.deepEqual(opened(options).kernel.opens, [asked])
})

test("what the system refuses becomes a typed error, and nothing stays open", () => {
  const rows: [errno: number, syscall: string, code: string, sentence: RegExp][] = [
    [1, "socket(AF_PACKET)", "permission", /CAP_NET_RAW.*EPERM/],
    [97, "socket(AF_PACKET)", "unavailable", /no AF_PACKET/],
    [12, "setsockopt(PACKET_RX_RING)", "no-memory", /no memory for a ring/],
    [22, "setsockopt(PACKET_RX_RING)", "system", /EINVAL/],
    [22, "setsockopt(PACKET_FANOUT)", "fanout", /fanout group/],
    [22, "setsockopt(PACKET_FANOUT_DATA)", "fanout", /program/],
    [22, "bind", "system", /bind: EINVAL/],
  ]
  for (const [errno, syscall, code, sentence] of rows) {
    const { kernel, port } = bench()
    kernel.plug("eth0")
    for (let i = 0; i < 20; i++) kernel.refusals.push({ errno, syscall })
    assert.throws(
      () => port.open(),
      (error) => error instanceof LiveCaptureError && error.code === code && sentence.test(error.message),
      syscall,
    )
  }
  const long = bench()
  long.kernel.plug("eth0")
  long.kernel.filterRefusal = { errno: 12, syscall: "setsockopt(SO_ATTACH_FILTER)" }
  assert.throws(() => long.port.open(), /optmem_max/)
  assert.equal(long.kernel.ring.isClosed, true)
  const odd = bench()
  odd.kernel.plug("eth0", 512)
  assert.throws(() => odd.port.open(), /^LiveCaptureError: eth0: packets of its kind \(ARPHRD 512\) cannot be read/)
  assert.equal(odd.kernel.ring.isClosed, true)
})

test("an interface that comes back as something else, or forbidden: said once, tried on", () => {
  const { kernel, port, block, sentences } = opened()
  kernel.unplug("eth0")
  port.check()
  port.take(block)
  const came = kernel.plug("eth0", 512)
  port.check()
  port.check()
  assert.equal(sentences.filter((sentence) => /ARPHRD 512/.test(sentence)).length, 1)
  assert.ok(kernel.rings.slice(1).every(({ isClosed }) => isClosed))
  came.hardware = 1
  port.check()
  assert.deepEqual([kernel.ring.isClosed, port.counters.reopened], [false, 1])
})
