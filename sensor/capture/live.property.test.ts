// Whatever happens to an interface, what the kernel offered is delivered or counted as dropped, to the packet, and time
// goes forward only.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { FakeAfPacket } from "./fake-af-packet.ts"
import { FakeClock } from "./fake-clock.ts"
import { openLive } from "./live.ts"
import { PacketBatch } from "./packet-batch.ts"
import type { PacketSource } from "./packet-source.ts"

const NAMES = ["eth0", "eth1"]

type Step =
  | { readonly do: "receive"; readonly port: number; readonly packets: number }
  | { readonly do: "overflow"; readonly port: number; readonly packets: number }
  | { readonly do: "retire" | "unplug" | "plug" | "down" | "up" | "next"; readonly port: number }
  | { readonly do: "pass"; readonly port: number; readonly packets: number }

const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom(
    "receive",
    "receive",
    "overflow",
    "retire",
    "retire",
    "unplug",
    "plug",
    "down",
    "up",
    "next",
    "next",
    "pass",
  ),
  port: fc.nat({ max: 1 }),
  packets: fc.integer({ min: 1, max: 30 }),
}) as fc.Arbitrary<Step>

class World {
  readonly clock = new FakeClock(1_000_000_000)
  readonly kernels = NAMES.map(() => new FakeAfPacket())
  readonly source: PacketSource
  readonly batch = new PacketBatch()
  #waiting: Promise<boolean> | null = null
  delivered = 0
  reachedUs = 0

  constructor() {
    for (const [i, kernel] of this.kernels.entries()) kernel.plug(NAMES[i]!)
    const addon = this.kernels[0]!
    // Each interface has a kernel of its own behind one addon.
    const kernels = this.kernels
    const byHandle = new Map<object, FakeAfPacket>()
    const kernelOf = (handle: object): FakeAfPacket => byHandle.get(handle)!
    this.source = openLive({
      interfaces: NAMES,
      ringBytes: 65_536,
      blockBytes: 4096,
      snapBytes: 1000,
      log: () => {},
      clock: this.clock,
      load: () => ({
        source: addon.source,
        open: (...args) => {
          const kernel = kernels[NAMES.indexOf(args[0])]!
          const opened = kernel.open(...args)
          if ("handle" in opened) byHandle.set(opened.handle, kernel)
          return opened
        },
        close: (handle) => kernelOf(handle).close(handle),
        next: (handle, ...rest) => kernelOf(handle).next(handle, ...rest),
        stats: (handle, out) => kernelOf(handle).stats(handle, out),
        state: (handle, out) => kernelOf(handle).state(handle, out),
        setFilter: (handle, program) => kernelOf(handle).setFilter(handle, program),
        notify: () => undefined,
      }),
    })
  }

  async step(step: Step): Promise<void> {
    const kernel = this.kernels[step.port]!
    const found = kernel.interfaces.get(NAMES[step.port]!)
    const isOpen = found !== undefined && !kernel.ring.isClosed && kernel.ring.index === found.index
    this.clock.advance(1)
    if (step.do === "receive" && isOpen)
      kernel.receive(...Array.from({ length: step.packets }, () => this.clock.nowUs()))
    else if (step.do === "overflow" && isOpen) kernel.overflow(step.packets)
    else if (step.do === "retire") kernel.retire()
    else if (step.do === "unplug") kernel.unplug(NAMES[step.port]!)
    else if (step.do === "plug" && found === undefined) kernel.plug(NAMES[step.port]!)
    else if ((step.do === "down" || step.do === "up") && found !== undefined) found.flags = step.do === "up" ? 65 : 0
    else if (step.do === "pass") this.clock.advance(step.packets * 10)
    else if (step.do === "next") await this.next()
  }

  /** Asks for packets, or looks what became of the asking before. False when the source has ended. */
  async next(): Promise<boolean> {
    const next = this.#waiting ?? this.source.next(this.batch)
    const isThere = await Promise.race([next, new Promise((resolve) => setImmediate(() => resolve("waits")))])
    this.#waiting = isThere === "waits" ? (next as Promise<boolean>) : null
    if (isThere !== true) return isThere !== false
    assert.ok(this.batch.reachedUs >= this.reachedUs)
    for (let i = 0; i < this.batch.count; i++) assert.ok(this.batch.timeUs[i]! >= this.reachedUs)
    this.reachedUs = this.batch.reachedUs
    this.delivered += this.batch.count
    return true
  }

  get offered(): number[] {
    return this.kernels.map((kernel) => kernel.rings.reduce((sum, ring) => sum + ring.packets, 0))
  }
}

function check(world: World): void {
  const { counters } = world.source
  assert.equal(counters.packets, world.delivered)
  assert.deepEqual(
    NAMES.map((name) => counters.ports![name]!.packets + counters.ports![name]!.kernelDrops!),
    world.offered,
  )
  assert.equal(counters.packets + counters.kernelDrops!, world.offered[0]! + world.offered[1]!)
  assert.ok(world.kernels.every(({ rings }) => rings.every(({ isClosed }) => isClosed)))
}

test("closed at any moment", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 150 }), async (steps) => {
      const world = new World()
      for (const step of steps) await world.step(step)
      world.source.close()
      // A batch that was answered and not looked at was delivered.
      await world.next()
      check(world)
    }),
  )
})

test("stopped at any moment, and read to the end: only what the kernel dropped is missing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 150 }), async (steps) => {
      const world = new World()
      for (const step of steps) await world.step(step)
      world.source.stop!()
      let turns = 0
      do {
        for (const kernel of world.kernels) if (kernel.rings.length > 0) kernel.retire()
        world.clock.advance(5)
        assert.ok(turns++ < 500)
      } while (await world.next())
      check(world)
      const dropped = world.kernels.flatMap(({ rings }) => rings).reduce((sum, ring) => sum + ring.drops, 0)
      assert.equal(world.source.counters.kernelDrops, dropped)
    }),
  )
})
