// The kernel's part of live capture as a test decides it: interfaces that come and go, blocks that are ready, a full ring.
import type { AfPacketAddon, OpenRing, RingHandle, SystemFailure } from "./native/addon.ts"

export interface FakeInterface {
  index: number
  hardware: number
  flags: number
}

class FakeRing {
  readonly ring?: never
  readonly name: string
  readonly index: number
  readonly blocks: number
  /** Blocks given to the reader, as the times of their packets. */
  readonly ready: number[][] = []
  /** Packets in the block that the kernel still fills. */
  open: number[] = []
  filter: Uint8Array | null = null
  packets = 0
  drops = 0
  freezes = 0
  delivered = 0
  error = 0
  isClosed = false

  constructor(name: string, index: number, blocks: number) {
    this.name = name
    this.index = index
    this.blocks = blocks
  }
}

const UP = 1 | 64
/** What fits a block of 4,096 bytes, the smallest that the tests use. */
const BLOCK_PACKETS = 40

export class FakeAfPacket implements AfPacketAddon {
  readonly source = ""
  readonly interfaces = new Map<string, FakeInterface>()
  readonly rings: FakeRing[] = []
  /** Arguments of each `open`. */
  readonly opens: unknown[][] = []
  /** What `open` is refused with, one for each call, before it works. */
  readonly refusals: SystemFailure[] = []
  filterRefusal: SystemFailure | undefined
  #index = 0

  plug(name: string, hardware = 1): FakeInterface {
    const made = { index: ++this.#index, hardware, flags: UP }
    this.interfaces.set(name, made)
    return made
  }

  unplug(name: string): void {
    this.interfaces.delete(name)
  }

  /** The ring opened last. */
  get ring(): FakeRing {
    return this.rings.at(-1)!
  }

  /** Packets come, by their times; they stay in the open block until `retire`. */
  receive(...times: number[]): void {
    this.ring.packets += times.length
    for (const time of times) {
      if (this.ring.open.length === BLOCK_PACKETS) this.retire()
      this.ring.open.push(time)
    }
  }

  /** Packets come that find the ring full. */
  overflow(packets: number): void {
    this.ring.packets += packets
    this.ring.drops += packets
    this.ring.freezes++
  }

  retire(): void {
    if (this.ring.open.length > 0) this.ring.ready.push(this.ring.open)
    this.ring.open = []
  }

  open(...args: Parameters<AfPacketAddon["open"]>): OpenRing | SystemFailure {
    this.opens.push(args)
    const refusal = this.refusals.shift()
    if (refusal !== undefined) return refusal
    const [name, , blocks] = args
    const found = this.interfaces.get(name)
    if (found === undefined) return { errno: 19, syscall: "ioctl(SIOCGIFINDEX)" }
    const handle = new FakeRing(name, found.index, blocks)
    this.rings.push(handle)
    return { handle, index: found.index, hardware: found.hardware }
  }

  close(handle: RingHandle): void {
    ;(handle as FakeRing).isClosed = true
  }

  next(
    handle: RingHandle,
    _slab: Uint8Array,
    offset: number,
    start: Int32Array,
    captured: Int32Array,
    wire: Int32Array,
    timeUs: Float64Array,
    vlan: Int32Array,
  ): number {
    const ring = handle as FakeRing
    const times = ring.ready.shift() ?? []
    times.forEach((time, i) => {
      start[i] = offset
      captured[i] = 0
      wire[i] = 0
      timeUs[i] = time
      vlan[i] = -1
    })
    ring.delivered += times.length
    return times.length
  }

  stats(handle: RingHandle, out: Float64Array): undefined {
    const { packets, drops, freezes, delivered } = handle as FakeRing
    out.set([packets, drops, freezes, delivered])
  }

  state(handle: RingHandle, out: Int32Array): void {
    const ring = handle as FakeRing
    const bound = [...this.interfaces.values()].find(({ index }) => index === ring.index)
    out.set([ring.error, bound?.index ?? -1, bound?.flags ?? 0, this.interfaces.get(ring.name)?.index ?? 0])
    ring.error = 0
  }

  setFilter(handle: RingHandle, program: Uint8Array): SystemFailure | undefined {
    ;(handle as FakeRing).filter = program
    return this.filterRefusal
  }

  notify(): undefined {}
}
