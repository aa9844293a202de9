// Segments that wait for an earlier one: their bytes in the blocks of a slab, what is known of them in columns beside it. A
// segment longer than a block is kept as several. Each stream links its own in order of sequence; none overlap.
//
//   stream.firstHeld -> block 7 -> block 2 -> block 9 -> -1        seq, length, missing, ack, time: indexed by block
import { BLOCK_BYTES, Slab } from "../../shared/bytes/slab.ts"

export class SegmentStore {
  /** Sequence number of the first byte held. */
  seq = new Int32Array(0)
  /** Bytes held. */
  length = new Int32Array(0)
  /** Bytes after those that the packet had on the wire and the capture did not keep. */
  missing = new Int32Array(0)
  /** Next segment of the same stream, -1 at the end. */
  next = new Int32Array(0)
  /** ACK number of the segment, where `hasAck` is 1. */
  ack = new Int32Array(0)
  hasAck = new Uint8Array(0)
  /** Packet time, µs. */
  timeUs = new Float64Array(0)
  readonly #slab: Slab

  constructor(memcapBytes: number) {
    this.#slab = new Slab(memcapBytes)
  }

  /** Blocks in use by all streams. */
  get used(): number {
    return this.#slab.used
  }

  /** Sequence number just past the bytes held. */
  end(segment: number): number {
    return (this.seq[segment]! + this.length[segment]!) | 0
  }

  /** Copies at most a block from `bytes`; -1 when the memcap is reached. The caller sets the columns but `length`. */
  add(bytes: Uint8Array, start: number, end: number): number {
    const segment = this.#slab.allocate()
    if (segment < 0) return -1
    if (segment >= this.seq.length) this.#grow()
    const length = Math.min(end - start, BLOCK_BYTES)
    this.#slab.page(segment).set(bytes.subarray(start, start + length), this.#slab.offset(segment))
    this.length[segment] = length
    this.missing[segment] = 0
    return segment
  }

  release(segment: number): void {
    this.#slab.release(segment)
  }

  /** The page that holds the bytes of `segment`, from `offset(segment)` on. */
  page(segment: number): Uint8Array {
    return this.#slab.page(segment)
  }

  offset(segment: number): number {
    return this.#slab.offset(segment)
  }

  /** True when the bytes of `segment` from sequence number `seq` on are bytes[start, start + length). */
  equals(segment: number, seq: number, bytes: Uint8Array, start: number, length: number): boolean {
    const page = this.#slab.page(segment)
    const from = this.#slab.offset(segment) + ((seq - this.seq[segment]!) | 0)
    for (let i = 0; i < length; i++) if (page[from + i] !== bytes[start + i]) return false
    return true
  }

  #grow(): void {
    const size = this.#slab.capacity
    this.seq = widen(this.seq, new Int32Array(size))
    this.length = widen(this.length, new Int32Array(size))
    this.missing = widen(this.missing, new Int32Array(size))
    this.next = widen(this.next, new Int32Array(size))
    this.ack = widen(this.ack, new Int32Array(size))
    this.hasAck = widen(this.hasAck, new Uint8Array(size))
    this.timeUs = widen(this.timeUs, new Float64Array(size))
  }
}

function widen<Column extends Int32Array | Uint8Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from)
  return to
}
