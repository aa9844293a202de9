import assert from "node:assert/strict"
import { test } from "node:test"
import { FakeAfPacket } from "./fake-af-packet.ts"
import { type LiveOptions, openLive } from "./live.ts"
import { LiveCaptureError } from "./live-error.ts"

const KIB = 1024
const MIB = 1024 * KIB

function open(options: Partial<LiveOptions>, kernel = new FakeAfPacket()): FakeAfPacket {
  for (const name of ["eth0", "eth1"]) if (!kernel.interfaces.has(name)) kernel.plug(name)
  openLive({ interfaces: ["eth0"], log: () => {}, load: () => kernel, ...options }).close()
  return kernel
}

test("sizes: what is asked for becomes a ring of whole blocks, a power of two of them", () => {
  const rows: [options: Partial<LiveOptions>, blockBytes: number, blocks: number, retireMs: number][] = [
    [{}, 512 * KIB, 128, 20],
    [{ ringBytes: 100 * MIB }, 512 * KIB, 256, 20],
    [{ ringBytes: MIB, blockBytes: 100 * KIB, snapBytes: 9000 }, 128 * KIB, 8, 20],
    // A block must hold a packet of the snap length.
    [{ blockBytes: 4096, snapBytes: 65_536 }, 128 * KIB, 512, 20],
    [{ ringBytes: 8192, snapBytes: 4000, blockBytes: 4096, retireMs: 1 }, 8192, 2, 1],
    // Two blocks at least.
    [{ ringBytes: 8192 }, 512 * KIB, 2, 20],
  ]
  for (const [options, blockBytes, blocks, retireMs] of rows)
    assert.deepEqual(open(options).opens, [["eth0", blockBytes, blocks, retireMs, true, null, 0, null]])
})

test("options out of their range, and interfaces that cannot be, are refused before anything is opened", () => {
  const rows: [options: Partial<LiveOptions>, code: string, sentence: RegExp][] = [
    [{ ringBytes: 2 ** 31 }, "options", /^ringBytes must be a whole number from 8192 to 1073741824, not 2147483648$/],
    [{ blockBytes: 100 }, "options", /^blockBytes/],
    [{ retireMs: 0 }, "options", /^retireMs/],
    [{ retireMs: 1.5 }, "options", /^retireMs/],
    [{ snapBytes: 2 ** 21 }, "options", /^snapBytes/],
    [{ fanout: { group: 65_536, program: null } }, "options", /^fanout.group/],
    [{ interfaces: [] }, "interface", /no interface/],
    [{ interfaces: ["eth0", "eth0"] }, "interface", /twice/],
  ]
  for (const [options, code, sentence] of rows) {
    const kernel = new FakeAfPacket()
    assert.throws(
      () => open(options, kernel),
      (error) => error instanceof LiveCaptureError && error.code === code && sentence.test(error.message),
    )
    assert.deepEqual(kernel.rings, [])
  }
})

test("several interfaces: a fanout group each, counters by name, all closed when one cannot be opened", () => {
  const kernel = open({ interfaces: ["eth0", "eth1"], fanout: { group: 40, program: null } })
  assert.deepEqual(
    kernel.opens.map((args) => [args[0], args[5]]),
    [
      ["eth0", 40],
      ["eth1", 41],
    ],
  )
  const source = openLive({ interfaces: ["eth0", "vlan.7"], log: () => {}, load: () => kernel })
  assert.deepEqual(source.counters.interfaces, ["eth0", "vlan.7"])
  assert.deepEqual(Object.keys(source.counters.ports!), ["eth0", "vlan_7"])
  source.close()
  const odd = new FakeAfPacket()
  odd.plug("eth0")
  odd.plug("eth1", 512)
  assert.throws(() => open({ interfaces: ["eth0", "eth1"] }, odd), /eth1: packets of its kind/)
  assert.deepEqual(
    odd.rings.map(({ isClosed }) => isClosed),
    [true, true],
  )
})

test("a filter may be a program for all link types", () => {
  const program = Uint8Array.of(6, 0, 0, 0, 7, 0, 0, 0)
  const kernel = new FakeAfPacket()
  kernel.plug("eth0")
  const source = openLive({ interfaces: ["eth0"], filter: program, log: () => {}, load: () => kernel })
  assert.deepEqual([...kernel.ring.filter!], [...program])
  source.close()
})
