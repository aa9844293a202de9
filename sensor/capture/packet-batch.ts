// A run of captured packets: one byte slab and parallel columns, reused by its source for the next run.
//
//   bytes   |....pkt 0....|..pkt 1..|......pkt 2......|...
//   start     0             13        22                      offset of the first byte of packet i
//   captured  13            9         17                      bytes present in the slab
//   wire      13            1500      17                      bytes the packet had on the wire (>= captured when snapped)
//
// A batch and everything that points into it is valid only until its source is asked for the next one.

/** Packets in one batch at most: bounds the columns and how long a stage works before others get a turn. */
export const BATCH_PACKETS_MAX = 4096

export class PacketBatch {
  /** The slab. Sources may replace it between batches, never within one. */
  bytes: Uint8Array = new Uint8Array(0)
  /** Packets in this batch. */
  count = 0
  /**
   * Packet time reached, µs: the last packet's; live, what no later packet will lie before, so that timers run on a silent
   * wire, too. A batch may hold no packet and only tell the time: a live one, or one whose packets a filter left out.
   */
  reachedUs = 0
  /** Offset of packet i in `bytes`. */
  readonly start: Int32Array = new Int32Array(BATCH_PACKETS_MAX)
  /** Captured bytes of packet i. */
  readonly captured: Int32Array = new Int32Array(BATCH_PACKETS_MAX)
  /** Bytes of packet i on the wire. */
  readonly wire: Int32Array = new Int32Array(BATCH_PACKETS_MAX)
  /** Packet time, µs since 1970 (a Number holds µs exactly until the year 2255). */
  readonly timeUs: Float64Array = new Float64Array(BATCH_PACKETS_MAX)
  /** Link type of packet i (LINKTYPE_* of the pcap registry). */
  readonly link: Uint16Array = new Uint16Array(BATCH_PACKETS_MAX)
  /** VLAN tag control field that the kernel took off the frame, -1 when it did not. */
  readonly vlan: Int32Array = new Int32Array(BATCH_PACKETS_MAX).fill(-1)
  /** Index of the interface that saw packet i, into the source's `interfaces`. */
  readonly port: Uint8Array = new Uint8Array(BATCH_PACKETS_MAX)
}
