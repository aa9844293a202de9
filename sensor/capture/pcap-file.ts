// Classic capture files (the libpcap format), both byte orders, times in µs or ns, and the variant with a longer packet
// header that kernels of the 1990s wrote.
//
//   file    magic 4 | major 2 | minor 2 | zone 4 | accuracy 4 | snap length 4 | FCS and link type 4
//   packet  seconds 4 | fraction 4 | captured 4 | wire 4 | variant only: interface 4, protocol 2, direction 1, pad 1
//
// In: the window at the first byte of the file. Out: packets in the batch. Given up: everything behind a captured length
// that no packet has, because nothing marks where the next packet starts. draft-ietf-opsawg-pcap.
import { type CaptureFault, type CaptureFormat, packetBytesLimit, STOPPED, WIRE_BYTES_MAX } from "./capture-format.ts"
import type { CaptureWindow } from "./capture-window.ts"
import { BATCH_PACKETS_MAX, type PacketBatch } from "./packet-batch.ts"

const MAGIC_US = 0xa1b2c3d4
const MAGIC_NS = 0xa1b23c4d
const MAGIC_LONG_HEADER = 0xa1b2cd34

const FILE_HEADER_BYTES = 24

/** Byte order of the file whose first bytes these are: true for little endian, null when it is no classic capture. */
export function pcapOrder(view: DataView, at: number): boolean | null {
  for (const little of [true, false]) {
    const magic = view.getUint32(at, little)
    if (magic === MAGIC_US || magic === MAGIC_NS || magic === MAGIC_LONG_HEADER) return little
  }
  return null
}

export class PcapFile implements CaptureFormat {
  fault: CaptureFault | null = null
  record = "the file header"
  readonly #isLittle: boolean
  readonly #port: number
  #hasHeader = false
  #headerBytes = 16
  /** Units of the fraction of a second in one µs. */
  #unitsPerUs = 1
  #link = 0
  #capturedMax = 0

  constructor(isLittle: boolean, port: number) {
    this.#isLittle = isLittle
    this.#port = port
  }

  fill(window: CaptureWindow, batch: PacketBatch): number {
    if (!this.#hasHeader) {
      if (window.end - window.at < FILE_HEADER_BYTES) return FILE_HEADER_BYTES
      if (!this.#readHeader(window)) return STOPPED
    }
    return this.#readPackets(window, batch)
  }

  #readHeader(window: CaptureWindow): boolean {
    const { view, at } = window
    const isLittle = this.#isLittle
    const magic = view.getUint32(at, isLittle)
    const major = view.getUint16(at + 4, isLittle)
    if (major !== 2) {
      this.fault = { code: "unsupported", what: `version ${major} of the pcap format is not known` }
      return false
    }
    if (magic === MAGIC_NS) this.#unitsPerUs = 1000
    if (magic === MAGIC_LONG_HEADER) this.#headerBytes = 24
    this.#capturedMax = packetBytesLimit(view.getUint32(at + 16, isLittle))
    // The upper half says whether frames end in a check sequence: the IP length cuts that off anyway.
    this.#link = view.getUint32(at + 20, isLittle) & 0xffff
    window.at += FILE_HEADER_BYTES
    this.#hasHeader = true
    return true
  }

  #readPackets(window: CaptureWindow, batch: PacketBatch): number {
    const { view, end } = window
    const { start, captured, wire, timeUs, link, vlan, port } = batch
    const isLittle = this.#isLittle
    const headerBytes = this.#headerBytes
    const unitsPerUs = this.#unitsPerUs
    let at = window.at
    let i = batch.count
    let result = 0
    while (i < BATCH_PACKETS_MAX) {
      if (end - at < headerBytes) {
        this.record = "a packet header"
        result = headerBytes
        break
      }
      const length = view.getUint32(at + 8, isLittle)
      if (length > this.#capturedMax) {
        const what = `a packet claims ${length} captured bytes, more than the ${this.#capturedMax} possible`
        this.fault = { code: "absurd-length", what }
        result = STOPPED
        break
      }
      if (end - at - headerBytes < length) {
        this.record = `a packet of ${length} bytes`
        result = headerBytes + length
        break
      }
      const wireLength = view.getUint32(at + 12, isLittle)
      const fraction = view.getUint32(at + 4, isLittle)
      start[i] = at + headerBytes
      captured[i] = length
      wire[i] = Math.min(Math.max(wireLength, length), WIRE_BYTES_MAX)
      timeUs[i] = view.getUint32(at, isLittle) * 1e6 + (unitsPerUs === 1 ? fraction : Math.floor(fraction / unitsPerUs))
      link[i] = this.#link
      vlan[i] = -1
      port[i] = this.#port
      at += headerBytes + length
      i++
    }
    window.at = at
    batch.count = i
    return result
  }
}
