// One live interface as live-source.ts sees it, whatever brings its packets (af-packet.ts, libpcap.ts).
import type { PacketBlock } from "./packet-block.ts"
import type { PortCounters } from "./packet-source.ts"

/** The kernel's filter for a link type (LINKTYPE_*), and the same as text for libpcap. */
export interface LiveFilter {
  /** Classic BPF, 8 bytes an instruction (struct sock_filter); null: everything passes. */
  readonly program: ((link: number) => Uint8Array) | null
  readonly text: string
}

export interface LivePort {
  /** `packets` and `bytes` are the source's to count, the rest is the port's. */
  readonly counters: PortCounters
  /** LINKTYPE_* of the packets in the block taken last. */
  readonly link: number
  /** After `stop`: all that had been captured was taken, `kernelDrops` is final. */
  readonly isDone: boolean
  /** Fills `block` (from its first packet on) with the next packets, in the order in which they were seen; 0 when none is ready. */
  take(block: PacketBlock): number
  /**
   * No packet that is still to be taken lies before this time, µs; Infinity when none will come. Asked after `take` gave 0.
   * As the wall clock goes: it may step back with it.
   */
  reachedUs(): number
  /** Brings `counters` up to date. */
  count(): void
  /** Looks at statistics and link; called several times a second. Throws LiveCaptureError when the port can never work. */
  check(): void
  /** Replaces the filter. Throws LiveCaptureError, and the one before stays in force. */
  refilter(filter: LiveFilter): void
  /** Lets no new packet in. What came before can still be taken. */
  stop(): void
  /** Gives everything back at once. What was captured and not taken is counted as dropped. */
  close(): void
}
