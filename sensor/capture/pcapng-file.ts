// pcapng captures: sections in either byte order, several interfaces each with its own link type and time resolution.
//
//   block  type 4 | total length 4 | body, padded to 4 | total length 4
//
// In:  the window at the first byte of the file.
// Out: packets of enhanced, simple and obsolete packet blocks; drops that the file reports of itself; decryption secrets.
// Given up: blocks of other types (skipped by their length), and everything behind a block whose lengths contradict
// each other, because nothing marks where the next block starts. draft-ietf-opsawg-pcapng.
import {
  type CaptureFault,
  type CaptureFormat,
  PACKET_BYTES_MAX,
  packetBytesLimit,
  STOPPED,
  WIRE_BYTES_MAX,
} from "./capture-format.ts"
import type { CaptureWindow } from "./capture-window.ts"
import { BATCH_PACKETS_MAX, type PacketBatch } from "./packet-batch.ts"
import type { CaptureSecrets } from "./packet-source.ts"
import { type PcapngInterface, readInterface, readPacketDrops, readStatisticsDrops } from "./pcapng-interface.ts"

const Block = {
  interface: 1,
  obsoletePacket: 2,
  simplePacket: 3,
  statistics: 5,
  packet: 6,
  secrets: 10,
  section: 0x0a0d0d0a,
} as const

const ORDER_MAGIC = 0x1a2b3c4d

/** A block that is read at all: the largest packet and its options. Others may be longer, they are skipped. */
const BLOCK_BYTES_MAX = PACKET_BYTES_MAX + 64 * 1024

/** Interfaces of one section. */
export const INTERFACES_MAX = 4096

/** What a pcapng file tells besides packets. */
export interface PcapngReceiver {
  /** An interface appeared; returns the number that goes into the batch's `port` column. */
  onInterface(name: string | null): number
  /** The capture reports `packets` more packets that were lost before they were recorded. */
  onDrops(packets: number): void
  onSecrets(secrets: CaptureSecrets): void
}

/** True when the 12 bytes at `at` start a section header block. */
export function isPcapng(view: DataView, at: number): boolean {
  if (view.getUint32(at) !== Block.section) return false
  return view.getUint32(at + 8) === ORDER_MAGIC || view.getUint32(at + 8, true) === ORDER_MAGIC
}

export class PcapngFile implements CaptureFormat {
  fault: CaptureFault | null = null
  record = "a block header"
  readonly #receiver: PcapngReceiver
  #isLittle = true
  #interfaces: PcapngInterface[] = []
  /** Time of the last packet that has one: simple packet blocks and packets with impossible times take this. */
  #lastTimeUs = 0

  constructor(receiver: PcapngReceiver) {
    this.#receiver = receiver
  }

  fill(window: CaptureWindow, batch: PacketBatch): number {
    while (batch.count < BATCH_PACKETS_MAX) {
      const { view, at } = window
      const here = window.end - at
      if (here < 12) {
        if (!window.isSkipping) this.record = "a block header"
        return 12
      }
      const type = view.getUint32(at, this.#isLittle)
      // The type of a section header reads the same in both orders; the order of its length comes after it.
      if (type === Block.section && !this.#readOrder(window)) return STOPPED
      const length = view.getUint32(at + 4, this.#isLittle)
      if (length < 12 || length % 4 !== 0) return this.#stop("bad-block", `a block claims a length of ${length} bytes`)
      if (!this.#isRead(type)) {
        this.record = `a block of ${length} bytes`
        window.skip(length)
        continue
      }
      if (length > BLOCK_BYTES_MAX) {
        return this.#stop("absurd-length", `a block claims ${length} bytes, more than the ${BLOCK_BYTES_MAX} accepted`)
      }
      if (here < length) {
        this.record = `a block of ${length} bytes`
        return length
      }
      if (view.getUint32(at + length - 4, this.#isLittle) !== length) {
        return this.#stop("bad-block", `the two lengths of a block differ (the first is ${length})`)
      }
      if (!this.#readBlock(window, batch, type, at + 8, at + length - 4)) return STOPPED
      window.at = at + length
    }
    return 0
  }

  #stop(code: CaptureFault["code"], what: string): typeof STOPPED {
    this.fault = { code, what }
    return STOPPED
  }

  #isRead(type: number): boolean {
    return (type >= 1 && type <= 6 && type !== 4) || type === Block.secrets || type === Block.section
  }

  #readOrder(window: CaptureWindow): boolean {
    const { view, at } = window
    if (view.getUint32(at + 8, true) === ORDER_MAGIC) this.#isLittle = true
    else if (view.getUint32(at + 8) === ORDER_MAGIC) this.#isLittle = false
    else {
      this.#stop("bad-block", "a section header without its byte-order mark")
      return false
    }
    return true
  }

  /** Reads the body [start, end) of a block. False: it makes no sense and `fault` is set. */
  #readBlock(window: CaptureWindow, batch: PacketBatch, type: number, start: number, end: number): boolean {
    switch (type) {
      case Block.packet:
      case Block.obsoletePacket:
        return this.#readPacket(window, batch, type, start, end)
      case Block.simplePacket:
        return this.#readSimplePacket(window, batch, start, end)
      case Block.section:
        return this.#readSection(window, start, end)
      case Block.interface:
        return this.#readInterface(window, start, end)
      case Block.statistics:
        return this.#readStatistics(window, start, end)
      default:
        return this.#readSecrets(window, start, end)
    }
  }

  #fail(what: string): false {
    this.#stop("bad-block", what)
    return false
  }

  #readSection(window: CaptureWindow, start: number, end: number): boolean {
    if (end - start < 16) return this.#fail("a section header block is too short")
    const major = window.view.getUint16(start + 4, this.#isLittle)
    if (major !== 1) {
      this.#stop("unsupported", `version ${major} of the pcapng format is not known`)
      return false
    }
    this.#interfaces = []
    return true
  }

  #readInterface(window: CaptureWindow, start: number, end: number): boolean {
    if (end - start < 8) return this.#fail("an interface description block is too short")
    if (this.#interfaces.length === INTERFACES_MAX) return this.#fail(`more than ${INTERFACES_MAX} interfaces`)
    const found = readInterface(window.view, window.bytes, start, end, this.#isLittle)
    found.port = this.#receiver.onInterface(found.name)
    this.#interfaces.push(found)
    return true
  }

  #readPacket(window: CaptureWindow, batch: PacketBatch, type: number, start: number, end: number): boolean {
    const { view } = window
    const isLittle = this.#isLittle
    const room = end - start - 20
    if (room < 0) return this.#fail("a packet block is too short")
    const isObsolete = type === Block.obsoletePacket
    const id = isObsolete ? view.getUint16(start, isLittle) : view.getUint32(start, isLittle)
    const seen = this.#interfaces[id]
    if (seen === undefined) return this.#fail(`a packet of interface ${id}, which was not described`)
    const length = view.getUint32(start + 12, isLittle)
    if (length > packetBytesLimit(seen.snapLength)) {
      const limit = packetBytesLimit(seen.snapLength)
      this.#stop("absurd-length", `a packet claims ${length} captured bytes, more than the ${limit} possible`)
      return false
    }
    if (length > room) return this.#fail(`a packet claims ${length} captured bytes in a block that holds ${room}`)
    const timeUs = seen.toUs(view.getUint32(start + 4, isLittle), view.getUint32(start + 8, isLittle))
    if (timeUs >= 0) this.#lastTimeUs = timeUs
    this.#add(batch, seen, start + 20, length, view.getUint32(start + 16, isLittle))
    const optionsStart = start + 20 + ((length + 3) & ~3)
    if (isObsolete) {
      const lost = view.getUint16(start + 2, isLittle)
      if (lost !== 0 && lost !== 0xffff) this.#reportDrops(seen, seen.packetDrops + lost, seen.statisticsDrops)
    } else if (end - optionsStart >= 4) {
      const lost = readPacketDrops(view, optionsStart, end, isLittle)
      if (lost > 0) this.#reportDrops(seen, seen.packetDrops + lost, seen.statisticsDrops)
    }
    return true
  }

  #readSimplePacket(window: CaptureWindow, batch: PacketBatch, start: number, end: number): boolean {
    const seen = this.#interfaces[0]
    if (seen === undefined) return this.#fail("a packet of an interface that was not described")
    if (end - start < 4) return this.#fail("a simple packet block is too short")
    const wire = window.view.getUint32(start, this.#isLittle)
    const length = Math.min(wire, end - start - 4, seen.snapLength === 0 ? wire : seen.snapLength)
    this.#add(batch, seen, start + 4, length, wire)
    return true
  }

  #add(batch: PacketBatch, seen: PcapngInterface, start: number, length: number, wire: number): void {
    const i = batch.count++
    batch.start[i] = start
    batch.captured[i] = length
    batch.wire[i] = Math.min(Math.max(wire, length), WIRE_BYTES_MAX)
    batch.timeUs[i] = this.#lastTimeUs
    batch.link[i] = seen.link
    batch.vlan[i] = -1
    batch.port[i] = seen.port
  }

  #readStatistics(window: CaptureWindow, start: number, end: number): boolean {
    if (end - start < 12) return this.#fail("an interface statistics block is too short")
    const id = window.view.getUint32(start, this.#isLittle)
    const seen = this.#interfaces[id]
    if (seen === undefined) return this.#fail(`statistics of interface ${id}, which was not described`)
    const drops = readStatisticsDrops(window.view, start + 12, end, this.#isLittle)
    this.#reportDrops(seen, seen.packetDrops, Math.max(seen.statisticsDrops, drops))
    return true
  }

  /** Packets and statistics blocks may report the same loss: the larger of the two sums is what was lost. */
  #reportDrops(seen: PcapngInterface, packetDrops: number, statisticsDrops: number): void {
    const before = Math.max(seen.packetDrops, seen.statisticsDrops)
    seen.packetDrops = packetDrops
    seen.statisticsDrops = statisticsDrops
    const more = Math.max(packetDrops, statisticsDrops) - before
    if (more > 0) this.#receiver.onDrops(more)
  }

  #readSecrets(window: CaptureWindow, start: number, end: number): boolean {
    if (end - start < 8) return this.#fail("a decryption secrets block is too short")
    const type = window.view.getUint32(start, this.#isLittle)
    const length = window.view.getUint32(start + 4, this.#isLittle)
    if (length > end - start - 8)
      return this.#fail(`secrets of ${length} bytes in a block that holds ${end - start - 8}`)
    this.#receiver.onSecrets({ type, bytes: Uint8Array.from(window.bytes.subarray(start + 8, start + 8 + length)) })
    return true
  }
}
