// The block in hand of one live interface: packets copied out of the kernel, not all of them handed on yet.
//
//   slab     |..region of port 0..|..region of port 1..|...      one slab for all, so that a batch may mix ports
//   columns  start captured wire timeUs vlan                      of this port's region
//            [0 .. at) handed on, [at .. count) not yet
//
// A region is filled anew only when its packets are handed on and the batch that held the last of them is past.
import type { PacketBatch } from "./packet-batch.ts"

/** From so many packets on, whole columns are copied: 7 ns a packet against 50, but five views. */
const LONG_RUN = 32
/** A packet without a byte takes this much of a ring's block: what bounds the packets in one. */
const RECORD_BYTES_MIN = 80

export class PacketBlock {
  readonly slab: Uint8Array
  /** The region: bytes [offset, offset + size) of the slab. */
  readonly offset: number
  readonly size: number
  count = 0
  at = 0
  readonly start: Int32Array
  readonly captured: Int32Array
  readonly wire: Int32Array
  readonly timeUs: Float64Array
  /** VLAN tag control field that the kernel took off the frame, -1 when it did not. */
  readonly vlan: Int32Array

  constructor(slab: Uint8Array, offset: number, size: number) {
    const packets = Math.ceil(size / RECORD_BYTES_MIN)
    this.slab = slab
    this.offset = offset
    this.size = size
    this.start = new Int32Array(packets)
    this.captured = new Int32Array(packets)
    this.wire = new Int32Array(packets)
    this.timeUs = new Float64Array(packets)
    this.vlan = new Int32Array(packets).fill(-1)
  }

  /** Columns of packets [from, to) to the end of the batch. */
  copy(from: number, to: number, batch: PacketBatch): void {
    const { start, captured, wire, timeUs, vlan } = this
    const end = batch.count
    if (to - from >= LONG_RUN) {
      batch.start.set(start.subarray(from, to), end)
      batch.captured.set(captured.subarray(from, to), end)
      batch.wire.set(wire.subarray(from, to), end)
      batch.timeUs.set(timeUs.subarray(from, to), end)
      batch.vlan.set(vlan.subarray(from, to), end)
      return
    }
    for (let i = from; i < to; i++) {
      const n = end + i - from
      batch.start[n] = start[i]!
      batch.captured[n] = captured[i]!
      batch.wire[n] = wire[i]!
      batch.timeUs[n] = timeUs[i]!
      batch.vlan[n] = vlan[i]!
    }
  }

  /** Packets not handed on yet. */
  get left(): number {
    return this.count - this.at
  }
}
