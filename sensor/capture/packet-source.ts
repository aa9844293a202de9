// Where packets come from: a file, a pipe, a live interface. The pipeline pulls; a source never pushes.
import type { PacketBatch } from "./packet-batch.ts"

/** A damage report: what is wrong, where, and what was kept. One sentence for people; `code` is stable. */
export interface CaptureProblem {
  readonly code:
    | "empty"
    | "not-a-capture"
    | "truncated"
    | "absurd-length"
    | "bad-block"
    | "unsupported"
    | "unreadable"
    | "directory"
    | "missing"
  /** One sentence that names the file and, where there is one, the byte offset in the (decompressed) capture. */
  readonly sentence: string
  /** True when packets before the problem were kept and the run counts as read. */
  readonly partial: boolean
}

/** Counters of capture, the first line of the ledger. */
export interface CaptureCounters {
  /** Packets delivered to the decoder. */
  packets: number
  /** Captured bytes of those packets. */
  bytes: number
  /** Packets the kernel could not deliver; always 0 for files unless the file's own statistics say otherwise (pcapng ISB). */
  kernelDrops: number
  /** Packets whose captured length is less than their wire length. */
  snapped: number
  /** Damage met, one for each CaptureProblem. */
  problems: number
  /** Names of the interfaces or files read. */
  interfaces: string[]
}

export interface PacketSource {
  readonly counters: CaptureCounters
  readonly problems: readonly CaptureProblem[]
  /** Bytes of input consumed and, where known, in total: for progress on a terminal. */
  readonly progress: { readonly consumed: number; readonly total: number | null }
  /**
   * Fills `batch` with the next packets. True: `batch.count` > 0 packets are there. False: the input has ended.
   * Synchronous when the bytes are at hand, so that a file costs no promise a packet; a Promise when it must wait.
   */
  next(batch: PacketBatch): boolean | Promise<boolean>
  close(): void
}
