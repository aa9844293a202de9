// What TCP promises to the stage above it. TCP knows nothing of HTTP: the stage above implements these.
import type { Anomaly } from "../../shared/event/anomalies.ts"
import type { Flow, Side } from "../flow/flow.ts"
import type { Secured } from "../flow/secured.ts"

/** Why a stream or a session ended. */
export const StreamEnd = {
  fin: 0,
  reset: 1,
  /** Idle for longer than the limit, in packet time. */
  timeout: 2,
  /** Pushed out of the flow table by a newer flow. */
  evicted: 3,
  /** The input ended (end of file, shutdown). */
  flush: 4,
  /** A new SYN reused the 5-tuple. */
  reused: 5,
} as const
export type StreamEnd = (typeof StreamEnd)[keyof typeof StreamEnd]

/** What a receiver may ask about the session that feeds it. Valid until onClose; the object then serves another session. */
export interface SessionView {
  readonly flow: Flow
  /** True when no SYN was seen: stream offsets start at the pick-up, not at the first byte sent. */
  readonly midstream: boolean
  /** Side that sent the SYN (0 or 1), or -1 when none was seen. */
  readonly initiator: number
  /** True once a segment of `side` was seen at all: false for both-way evidence on a one-way tap. */
  hasSeen(side: Side): boolean
  /** Absolute 32-bit sequence number (unsigned) of the stream offset `offset` of `side`. */
  sequenceAt(side: Side, offset: number): number
  /**
   * Offset of the first byte of `side`, final once it was delivered or declared lost: 0 where the stream's start is known.
   * Where it was joined, what the other side acknowledged of the time before has offsets below it.
   */
  startOffset(side: Side): number
  /** The TLS session that these streams were decrypted from; null for those of TCP itself. */
  readonly secured: Secured | null
  /** The receiver has found that the streams carry nothing that it reads. Only asked of who decrypted them. */
  onForeign?(): void
  /** True when `side` had a retransmission since the last call: for the event's flag. */
  takeRetransmitted(side: Side): boolean
}

export interface SessionReceiver {
  /**
   * Bytes [start, end) of `bytes`, next in order on `side`, valid during the call only: copy what must be kept.
   * Stream offsets are counted by the receiver: onData and onGap together advance the offset of a side from its startOffset.
   * `ackOffset`: how far the sender of these bytes had received the opposite stream, as an offset of that stream
   * (from the ACK number of the segment that carried them); -1 when unknown. May lie beyond what was delivered.
   */
  onData(side: Side, bytes: Uint8Array, start: number, end: number, timeUs: number, ackOffset: number): void
  /** `length` bytes of `side` will never come: lost, snapped, evicted, beyond a limit. Always before the data that follows. */
  onGap(side: Side, length: number, timeUs: number): void
  /** Something odd about the segments of `side` (shared/event/anomalies.ts): tell it with the message at hand. */
  onAnomaly(side: Side, code: Anomaly, timeUs: number): void
  /** `side` sends no more. Once a side, and always before onClose. */
  onEnd(side: Side, reason: StreamEnd, timeUs: number): void
  /** The session is forgotten. Last call, once; both sides have had their onEnd. */
  onClose(reason: StreamEnd, timeUs: number): void
}

export interface SessionReceiverFactory {
  /** Called when the session's first payload byte or gap is about to be delivered: a session without payload is never opened. */
  open(session: SessionView, timeUs: number): SessionReceiver
}
