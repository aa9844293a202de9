// The end of the packet's path: events in, bytes out. A publisher may be a file, a server, or the collector in process.
import type { ApiEvent, ShapeNote, TlsNote } from "../../shared/event/api-event.ts"
import type { PlainFacts } from "../../shared/event/plain-facts.ts"
import type { SpoolCounters } from "./spool/counters.ts"

export interface PublishCounters {
  /** Events accepted. */
  exchanges: number
  batches: number
  /** TLS notes accepted. */
  tlsNotes: number
  /** Encoded bytes. */
  bytes: number
  /** Exchanges acknowledged by the far end (equal to exchanges when there is none to wait for). */
  acknowledged: number
  /** Exchanges given up, by reason. */
  dropped: Record<string, number>
  /** Where batches lie on disk. */
  readonly spool?: SpoolCounters
}

export interface Publisher {
  readonly counters: PublishCounters
  /**
   * Takes one event. The record is reused by the caller; the interned records it points to are not. `plain` is there only
   * in the local debugging view and never leaves through a published link.
   */
  publish(event: ApiEvent, plain: PlainFacts | null): void
  /** Takes the text of a shape, before the first event that refers to it. */
  note(shape: ShapeNote): void
  /** Takes what is known of a TLS session. */
  tls(note: TlsNote): void
  /** Packet time has reached `timeUs`: batches that are due are closed. */
  advance(timeUs: number): void
  /**
   * A promise while the publisher wants the caller to stop taking input (window of unacknowledged batches full), else null.
   * A live capture keeps reading and lets the publisher drop by reason; a reader of files waits.
   */
  readonly busy: Promise<void> | null
  /**
   * From now on nothing more is sent: what is not sent yet and what still comes is counted as dropped for `reason`. For a
   * reading that was interrupted and will be repeated under the same positions: half a batch under a position would hide
   * the other half for good.
   */
  abandon(reason: string): void
  /** Sends what is left and waits until it is acknowledged, or for at most the configured time. */
  close(): Promise<void>
}
