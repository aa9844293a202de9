// Where packets come from: a file, a pipe, a live interface. The pipeline pulls; a source never pushes.
import type { PacketBatch } from "./packet-batch.ts"

/** Secrets for decryption found in a capture. `type` 0x544c534b: lines of a TLS key log. */
export interface CaptureSecrets {
  readonly type: number
  /** A copy: it may be kept, and is the receiver's to fill with zeros. */
  readonly bytes: Uint8Array
}

export interface SecretsReceiver {
  /** The input may hold secrets, at any place. */
  onSecretsExpected(): void
  /** They stand before the packets that follow. */
  onSecrets(secrets: CaptureSecrets): void
}

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
  /**
   * Packets read and left out by the filter, where the sensor itself applies one; read = packets + filtered. A filter that
   * the kernel applies counts nothing: those packets were never offered.
   */
  filtered?: number
  /**
   * Packets the kernel could not deliver; 0 for files unless the file's own statistics say otherwise (pcapng ISB), null when
   * the source cannot tell (libpcap fallback): unknown is not zero.
   */
  kernelDrops: number | null
  /** Packets whose captured length is less than their wire length. */
  snapped: number
  /** Damage met, one for each CaptureProblem. */
  problems: number
  /** Names of the interfaces or files read. */
  interfaces: string[]
  /** Live: packets that the kernel counted for this source: delivered, dropped, or still in the ring. Absent where unknown. */
  readonly offered?: number | undefined
  /** Live: the same by interface; the key is the name with all but letters, digits, "-" and "_" replaced by "_". */
  ports?: Record<string, PortCounters>
}

/** What one live interface delivered and lost. Offered by the kernel = packets + kernelDrops, exactly, once it is closed. */
export interface PortCounters {
  packets: number
  /** Packets that the kernel counted; null when it does not. */
  offered: number | null
  bytes: number
  kernelDrops: number | null
  /** Times the kernel found every block of the ring full. */
  freezes: number
  /** Times the link went down, or the interface away, and times it was opened again. */
  linkDowns: number
  reopened: number
}

export interface PacketSource {
  readonly counters: CaptureCounters
  readonly problems: readonly CaptureProblem[]
  /** Bytes of input consumed and, where known, in total: for progress on a terminal. */
  readonly progress: { readonly consumed: number; readonly total: number | null }
  /** Live: input is lost while nobody reads, so the pipeline never waits for the publisher. */
  readonly isLive?: boolean
  /** Where a source that may hold secrets tells them; set, before the first batch, by who wants them. */
  secrets?: SecretsReceiver | null
  /**
   * Fills `batch` with the next packets. True: `batch.count` packets are there (0 when time has passed: live, or a filter
   * kept none of those read). False: the input has ended.
   * Synchronous when the bytes are at hand, so that a file costs no promise a packet; a Promise when it must wait.
   */
  next(batch: PacketBatch): boolean | Promise<boolean>
  /**
   * Live: takes no new packet from here on. `next` delivers what the kernel had already taken, then returns false, and the
   * counters are exact: a clean end is `stop`, `next` until false, `close`. A `next` that waits looks again at once.
   */
  stop?(): void
  /** Ends at once; a `next` that waits returns false. What was captured and is not delivered yet is counted as dropped. */
  close(): void
}
