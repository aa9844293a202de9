// One live interface of Linux, read from its AF_PACKET ring (native/af-packet.c).
//
//   waiting --open--> open --interface away--> leaving --ring empty--> waiting
//                      `------- stop --------> leaving --ring empty--> done
//
// In:  blocks of the ring, statistics and state of the link, looked at and never waited for.
// Out: packets; drops, freezes and links that went down, counted so that offered = taken + dropped, exactly.
// An interface that is not there is waited for. A link that goes down is counted; the kernel goes on when it is up again.
import { getSystemErrorName } from "node:util"
import { DROP_ALL, kernelFilter } from "./kernel-filter.ts"
import type { LiveClock } from "./live-clock.ts"
import { LiveCaptureError } from "./live-error.ts"
import type { LiveFilter, LivePort } from "./live-port.ts"
import type { AfPacketAddon, OpenRing, SystemFailure } from "./native/addon.ts"
import type { PacketBlock } from "./packet-block.ts"
import type { PortCounters } from "./packet-source.ts"

/** A packet may be stamped this much earlier than the kernel counts it, µs: when others asked for early stamps. */
export const EARLY_US_MAX = 10_000
/** Longer than this no packet is waited for that the kernel counted and did not give, µs. */
export const HELD_US_MAX = 1_000_000
/** The smallest ring, in blocks: one that the kernel fills, one that is read. */
export const BLOCKS_MIN = 2

export interface RingOptions {
  readonly ringBytes: number
  /** A power of two. */
  readonly blockBytes: number
  /** A block with packets is given to the reader at the latest after this time, ms (twice this on some kernels). */
  readonly retireMs: number
  readonly snapBytes: number
  readonly promiscuous: boolean
  readonly filter: LiveFilter
  readonly fanout: RingFanout | null
}

/** Sockets of one group share the packets of one interface. */
export interface RingFanout {
  readonly group: number
  /** Returns the socket's number (the kernel takes it modulo the sockets in the group); null: the kernel's own hash. */
  readonly program: Uint8Array | null
  /** The kernel puts IPv4 fragments together first, so that all of them go to one socket. */
  readonly isDefragmented: boolean
}

/** ARPHRD_* to LINKTYPE_*: what the decoder reads as it comes from such an interface. */
const LINK_TYPES: Readonly<Record<number, number>> = { 1: 1, 772: 1, 65534: 101, 519: 101, 801: 105, 803: 127 }
const LOOPBACK = 772
const FANOUT_PROGRAM = 6
const FANOUT_DEFRAGMENT = 0x8000
const ENETDOWN = 100
const UP_AND_RUNNING = 1 | 64

interface Ring extends OpenRing {
  readonly link: number
}

export class RingPort implements LivePort {
  readonly counters: PortCounters = {
    packets: 0,
    offered: 0,
    bytes: 0,
    kernelDrops: 0,
    freezes: 0,
    linkDowns: 0,
    reopened: 0,
  }
  link = 1
  readonly #name: string
  readonly #addon: AfPacketAddon
  readonly #options: RingOptions
  #filter: LiveFilter
  readonly #clock: LiveClock
  readonly #log: (sentence: string) => void
  /** Bytes that the kernel was willing to give. */
  #ringBytes: number
  #ring: Ring | null = null
  #isStopped = false
  /** When the ring was last to be emptied, by the clock that only goes forward; null while it is filled. */
  #leavingMs: number | null = null
  #isUp = true
  /** Time of the last packet taken from this ring, µs. */
  #lastUs = 0
  /** What rings before this one lost. */
  #offeredBefore = 0
  #dropsBefore = 0
  #freezesBefore = 0
  #lastSentence = ""
  readonly #sums = new Float64Array(4)
  readonly #state = new Int32Array(4)

  constructor(
    name: string,
    addon: AfPacketAddon,
    options: RingOptions,
    log: (sentence: string) => void,
    clock: LiveClock,
  ) {
    this.#name = name
    this.#addon = addon
    this.#options = options
    this.#filter = options.filter
    this.#ringBytes = options.ringBytes
    this.#clock = clock
    this.#log = log
  }

  /** Opens the interface for the first time, or begins to wait for it. Throws LiveCaptureError. */
  open(): void {
    if (!this.#open()) this.#say("it is not there; capture begins when it appears")
  }

  get isDone(): boolean {
    return this.#isStopped && this.#ring === null
  }

  take(block: PacketBlock): number {
    const ring = this.#ring
    if (ring === null) return 0
    const { slab, offset, start, captured, wire, timeUs, vlan } = block
    const count = this.#addon.next(ring.handle, slab, offset, start, captured, wire, timeUs, vlan)
    if (count > 0) {
      this.link = ring.link
      this.#lastUs = timeUs[count - 1]!
    } else if (this.#leavingMs !== null && this.#isEmptied(this.#leavingMs)) this.#release(ring)
    return count
  }

  reachedUs(): number {
    if (this.#isStopped && this.#ring === null) return Number.POSITIVE_INFINITY
    // The clock first: what is counted after it was read is stamped after it, too.
    const nowUs = this.#clock.nowUs()
    if (this.#ring === null) return nowUs
    if (this.#readStatistics(this.#ring) === 0) return nowUs - EARLY_US_MAX
    return Math.max(this.#lastUs, nowUs - HELD_US_MAX)
  }

  count(): void {
    if (this.#ring !== null) this.#readStatistics(this.#ring)
  }

  check(): void {
    if (this.#ring === null) {
      if (!this.#isStopped) this.#reopen()
      return
    }
    this.#readStatistics(this.#ring)
    if (this.#leavingMs === null) this.#watchLink(this.#ring)
  }

  refilter(filter: LiveFilter): void {
    if (this.#ring !== null && this.#leavingMs === null) this.#attach(this.#ring, filter)
    this.#filter = filter
  }

  stop(): void {
    this.#isStopped = true
    if (this.#ring !== null) this.#leave(this.#ring)
  }

  close(): void {
    this.#isStopped = true
    if (this.#ring !== null) this.#release(this.#ring)
  }

  /** False when the interface is not there. */
  #open(): boolean {
    const ring = this.#openRing()
    if (ring === null) return false
    try {
      this.#attach(ring, this.#filter)
    } catch (error) {
      this.#addon.close(ring.handle)
      throw error
    }
    this.#ring = ring
    this.#leavingMs = null
    this.#lastUs = 0
    this.#addon.state(ring.handle, this.#state)
    this.#isUp = (this.#state[2]! & UP_AND_RUNNING) === UP_AND_RUNNING
    if (!this.#isUp) this.#say("its link is down; capture begins when it is up")
    return true
  }

  /** A ring that lets nothing pass yet, as large as the kernel will give; null when the interface is not there. */
  #openRing(): Ring | null {
    const { blockBytes, retireMs, promiscuous, fanout } = this.#options
    const mode = fanout === null || fanout.program === null ? 0 : FANOUT_PROGRAM
    for (let blocks = Math.max(BLOCKS_MIN, this.#ringBytes / blockBytes); ; blocks /= 2) {
      const opened = this.#addon.open(
        this.#name,
        blockBytes,
        blocks,
        retireMs,
        promiscuous,
        fanout?.group ?? null,
        mode | (fanout?.isDefragmented ? FANOUT_DEFRAGMENT : 0),
        fanout?.program ?? null,
      )
      if ("handle" in opened) {
        if (blocks * blockBytes < this.#ringBytes)
          this.#say(
            `the kernel had no memory for a ring of ${toMiB(this.#ringBytes)}; it is ${toMiB(blocks * blockBytes)}`,
          )
        this.#ringBytes = blocks * blockBytes
        return { ...opened, link: this.#linkOf(opened) }
      }
      if (isAway(opened)) return null
      if (!isNoMemory(opened) || blocks / 2 < BLOCKS_MIN) throw refusal(this.#name, opened)
    }
  }

  #linkOf(opened: OpenRing): number {
    const link = LINK_TYPES[opened.hardware]
    if (link !== undefined) return link
    this.#addon.close(opened.handle)
    const kind = `packets of its kind (ARPHRD ${opened.hardware}) cannot be read`
    throw new LiveCaptureError("link-type", `${this.#name}: ${kind}; Ethernet, loopback, raw IP and 802.11 can`)
  }

  #attach(ring: Ring, filter: LiveFilter): void {
    const user = filter.program === null ? null : filter.program(ring.link)
    const program = kernelFilter(user, this.#options.snapBytes, ring.hardware === LOOPBACK)
    const failure = this.#addon.setFilter(ring.handle, program)
    if (failure !== undefined) throw refusal(this.#name, failure)
  }

  #reopen(): void {
    try {
      if (!this.#open()) return
    } catch (error) {
      if (!(error instanceof LiveCaptureError)) throw error
      if (this.#lastSentence !== error.message) this.#log(error.message)
      this.#lastSentence = error.message
      return
    }
    this.counters.reopened++
    this.#say("it is there; capture goes on")
  }

  #watchLink(ring: Ring): void {
    this.#addon.state(ring.handle, this.#state)
    const [error, bound, flags, named] = this.#state
    if (bound !== ring.index || (named !== 0 && named !== ring.index)) {
      this.counters.linkDowns++
      this.#say("it is gone; capture goes on when it appears again")
      this.#leave(ring)
      return
    }
    const isUp = (flags! & UP_AND_RUNNING) === UP_AND_RUNNING
    if (this.#isUp && (!isUp || error === ENETDOWN)) {
      this.counters.linkDowns++
      this.#say(isUp ? "its link went down and is up again" : "its link is down; capture goes on when it is up")
    } else if (isUp && !this.#isUp) this.#say("its link is up again")
    this.#isUp = isUp
  }

  #leave(ring: Ring): void {
    if (this.#leavingMs !== null) return
    this.#leavingMs = this.#clock.elapsedMs()
    this.#addon.setFilter(ring.handle, DROP_ALL)
  }

  /** The kernel gives its last block when its time is over; after that nothing may be missing. */
  #isEmptied(sinceMs: number): boolean {
    if (this.#readStatistics(this.#ring!) === 0) return true
    return this.#clock.elapsedMs() - sinceMs > HELD_US_MAX / 1000
  }

  #release(ring: Ring): void {
    this.#addon.setFilter(ring.handle, DROP_ALL)
    const left = this.#readStatistics(ring)
    this.#addon.close(ring.handle)
    this.#ring = null
    this.#leavingMs = null
    this.counters.kernelDrops! += left
    this.#offeredBefore = this.counters.offered!
    this.#dropsBefore = this.counters.kernelDrops!
    this.#freezesBefore = this.counters.freezes
  }

  /** Returns the packets that the kernel has counted, not dropped, and not given yet. */
  #readStatistics(ring: Ring): number {
    const sums = this.#sums
    this.#addon.stats(ring.handle, sums)
    this.counters.offered = this.#offeredBefore + sums[0]!
    this.counters.kernelDrops = this.#dropsBefore + sums[1]!
    this.counters.freezes = this.#freezesBefore + sums[2]!
    return sums[0]! - sums[1]! - sums[3]!
  }

  #say(what: string): void {
    this.#log(`${this.#name}: ${what}`)
  }
}

function isAway({ errno }: SystemFailure): boolean {
  const code = getSystemErrorName(-errno)
  return code === "ENODEV" || code === "ENXIO" || code === "ENETDOWN"
}

function isNoMemory({ errno, syscall }: SystemFailure): boolean {
  return syscall.includes("PACKET_RX_RING") && getSystemErrorName(-errno) === "ENOMEM"
}

/** What the system refused, as a sentence that says what to do. */
function refusal(name: string, { errno, syscall }: SystemFailure): LiveCaptureError {
  const code = getSystemErrorName(-errno)
  const seen = `(${syscall}: ${code})`
  if (code === "EPERM" || code === "EACCES") {
    const cure = "run as root, or give the service AmbientCapabilities=CAP_NET_RAW"
    return new LiveCaptureError("permission", `${name}: capturing needs the capability CAP_NET_RAW; ${cure} ${seen}`)
  }
  if (code === "EAFNOSUPPORT")
    return new LiveCaptureError("unavailable", `${name}: this kernel has no AF_PACKET ${seen}`)
  if (syscall.includes("FANOUT_DATA"))
    return new LiveCaptureError("fanout", `${name}: the kernel refused the program that spreads packets ${seen}`)
  if (syscall.includes("FANOUT")) {
    const why = "another program uses its number, or the workers' settings differ"
    return new LiveCaptureError("fanout", `${name}: the kernel refused the fanout group; ${why} ${seen}`)
  }
  if (syscall.includes("ATTACH_FILTER")) {
    const why = code === "ENOMEM" ? "it is longer than net.core.optmem_max allows" : "the kernel refused it"
    return new LiveCaptureError("filter", `${name}: the filter is not in force, ${why} ${seen}`)
  }
  if (code === "ENOMEM")
    return new LiveCaptureError("no-memory", `${name}: the kernel has no memory for a ring ${seen}`)
  return new LiveCaptureError("system", `${name}: capture cannot begin ${seen}`)
}

function toMiB(bytes: number): string {
  return `${Number((bytes / 1024 / 1024).toFixed(1))} MiB`
}
