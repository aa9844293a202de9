// What carries encoded batches away. The batcher declares it; null, msgpack, in-process and JetStream links implement it.
import type { PublishCounters } from "./publisher.ts"
import { SpoolCounters } from "./spool/counters.ts"

export class PublisherCounters implements PublishCounters {
  exchanges = 0
  batches = 0
  tlsNotes = 0
  bytes = 0
  acknowledged = 0
  /** Batches sent once more because an acknowledgement did not come. */
  resent = 0
  /** Strings and list elements cut to the limits of the codec. */
  cut = 0
  dropped: Record<string, number> = {}
  /** At the end: exchanges that wait in the spool for the next run. */
  spooled = 0
  readonly spool = new SpoolCounters()
}

/** A batch as bytes, and what the link must know of it. */
export interface Message {
  /** Owned by the link from now on. */
  readonly bytes: Uint8Array
  readonly sequence: number
  readonly events: number
}

export interface Link {
  send(message: Message): void
  /**
   * A promise while the link wants its caller to wait, else null. It rejects with a LinkError once the link has given
   * up; what is sent after that is counted as dropped.
   */
  readonly busy: Promise<void> | null
  /** Resolves when everything is acknowledged; rejects with a LinkError when that will not be. */
  close(): Promise<void>
}

/**
 * unreachable: no server, or none that answers in time. refused: the server wants other credentials. no-jetstream: the
 * server has none, or no room for the stream. unacknowledged: batches were sent, and not all acknowledged at the end.
 * closed-pipe: the reader of the output went away, which is its good right: end quietly. io: the output cannot be written.
 */
export type LinkErrorCode = "unreachable" | "refused" | "no-jetstream" | "unacknowledged" | "closed-pipe" | "io"

/** The world's failures at the end of the packet's path; the message is one sentence for the user. */
export class LinkError extends Error {
  readonly code: LinkErrorCode
  constructor(code: LinkErrorCode, sentence: string) {
    super(sentence)
    this.code = code
  }
}

/** A promise that is already rejected, for a `busy` that nobody may ever look at. */
export function rejected(error: LinkError): Promise<void> {
  const promise = Promise.reject(error)
  promise.catch(() => undefined)
  return promise
}

export function countDropped(counters: PublishCounters, reason: string, events: number): void {
  counters.dropped[reason] = (counters.dropped[reason] ?? 0) + events
}
