// How libpcap's child writes packets to its standard output, and how its parent reads them.
//
//   frame  | captured u32 | wire u32 | time f64, µs | captured bytes ... |      little-endian
//   hello  | 0xfffffffe   | link     | time         |    the first frame: the interface is open, LINKTYPE_*
//   mark   | 0xffffffff   | 0        | time         |    now and then: no packet before this time will follow
//
// In and out: bytes, cut anywhere. Held by the reader: less than one frame and one chunk of the pipe. A length that no
// child writes ends the reading: `isBroken`.
import type { PacketBlock } from "./packet-block.ts"

/** Captured bytes of a packet at most: libpcap is opened with this snap length, and says nothing of what lies beyond. */
export const FRAME_BYTES_MAX = 65_535
const HEAD_BYTES = 16
const HELLO = 0xfffffffe
const MARK = 0xffffffff
/** Bytes gathered before they are written. */
const BUFFER_BYTES = 256 * 1024

export class FrameWriter {
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  readonly #write: (bytes: Uint8Array) => void
  #end = 0

  /** `write` takes all bytes before it returns. */
  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write
  }

  hello(link: number, timeUs: number): void {
    this.#head(HELLO, link, timeUs)
    this.flush()
  }

  mark(timeUs: number): void {
    this.#head(MARK, 0, timeUs)
    this.flush()
  }

  packet(bytes: Uint8Array, captured: number, timeUs: number): void {
    if (this.#end + HEAD_BYTES + captured > BUFFER_BYTES) this.flush()
    // A packet that fills the snap length was probably longer; one byte more says so.
    this.#head(captured, captured >= FRAME_BYTES_MAX ? captured + 1 : captured, timeUs)
    this.#buffer.set(bytes.subarray(0, captured), this.#end)
    this.#end += captured
  }

  flush(): void {
    const end = this.#end
    this.#end = 0
    if (end > 0) this.#write(this.#buffer.subarray(0, end))
  }

  #head(captured: number, wire: number, timeUs: number): void {
    if (this.#end + HEAD_BYTES > BUFFER_BYTES) this.flush()
    this.#buffer.writeUInt32LE(captured, this.#end)
    this.#buffer.writeUInt32LE(wire, this.#end + 4)
    this.#buffer.writeDoubleLE(timeUs, this.#end + 8)
    this.#end += HEAD_BYTES
  }
}

export class FrameReader {
  /** LINKTYPE_* once the child has opened the interface, -1 before. */
  link = -1
  /** No packet before this time will follow, µs; 0 before the first frame. */
  reachedUs = 0
  /** What came cannot be from a child that works. */
  isBroken = false
  #pending: Buffer = Buffer.alloc(0)

  /** Adds bytes of the pipe. Call it when `take` gave 0. */
  add(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk])
  }

  /** Moves whole frames into the block until it is full; returns the packets. */
  take(block: PacketBlock): number {
    const pending = this.#pending
    let at = 0
    let count = 0
    let used = 0
    while (at + HEAD_BYTES <= pending.length && count < block.start.length) {
      const captured = pending.readUInt32LE(at)
      const timeUs = pending.readDoubleLE(at + 8)
      if (!this.#isSound(captured, timeUs)) break
      if (captured >= HELLO) {
        if (captured === HELLO) this.link = pending.readUInt32LE(at + 4)
        at += HEAD_BYTES
        this.reachedUs = timeUs
        continue
      }
      if (at + HEAD_BYTES + captured > pending.length || used + captured > block.size) break
      pending.copy(block.slab, block.offset + used, at + HEAD_BYTES, at + HEAD_BYTES + captured)
      block.start[count] = block.offset + used
      block.captured[count] = captured
      block.wire[count] = Math.max(captured, Math.min(pending.readUInt32LE(at + 4), 0x7fffffff))
      block.timeUs[count] = this.reachedUs = timeUs
      block.vlan[count] = -1
      used += captured
      at += HEAD_BYTES + captured
      count++
    }
    this.#pending = pending.subarray(at)
    return count
  }

  #isSound(captured: number, timeUs: number): boolean {
    const isKnown = captured <= FRAME_BYTES_MAX ? this.link >= 0 : captured >= HELLO
    if (!isKnown || !(timeUs >= 0 && timeUs <= Number.MAX_SAFE_INTEGER)) this.isBroken = true
    return !this.isBroken
  }
}
