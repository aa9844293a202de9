// One message (request or response) from its head until its exchange is published. Requests and responses share one
// class so that the code that handles both sees one shape.
import type { ExchangeState, MessageEnd } from "./exchange-receiver.ts"

/** Shared by all messages without an anomaly. */
const NO_ANOMALIES: readonly number[] = Object.freeze([])

/** Whether every response up to here is known. Worse is less. */
export const Order = {
  /** A loss may hide responses. */
  lost: 0,
  /** Where the last one ended was guessed (it may have answered a HEAD): good enough against a pair, not for one. */
  guessed: 1,
  kept: 2,
} as const
export type Order = (typeof Order)[keyof typeof Order]

export class Message<Facts> implements MessageEnd<Facts> {
  /** What the receiver returned for the head. Set right after construction. */
  facts!: Facts
  firstUs = 0
  lastUs = 0
  bodyBytes = 0
  headBytes = 0
  /** Stream offset of its first byte; for a response after interim ones, of the first interim one. */
  start = 0
  /** Stream offset just past its head. */
  bodyStart = 0
  /** Stream offset just past it, as soon as that is known (declared lengths: with the head); -1 before. */
  end = -1
  /** How far its sender had received the opposite stream: with its first byte, for a response of the final head. -1 unknown. */
  ack = -1
  /** Bit set of ExchangeFlag. */
  flags = 0
  anomalies: readonly number[] = NO_ANOMALIES
  /** As in HttpHead. */
  version = 11
  method = ""
  status = 0
  /** All of it has been seen, or no more of it will come. */
  done = false
  /** Announces the end of the connection. */
  closing = false
  /** HTTP/0.9: its answer has no head. */
  simple = false
  /** The other half. */
  peer: Message<unknown> | null = null
  /** State to be published with, alone; -1 while it may have another half. */
  fate: ExchangeState | -1 = -1
  /** Requests only: its connection had several requests in flight by the time the next one came. */
  isOverlapped = false
  /** Requests only: a loss right before it may hide other requests. */
  phantomBefore = false
  /** Responses only: how sure it is that it follows the last one of its stream. */
  order: Order = Order.kept
  /** Requests only: length of that part of the stream, -1 when it is not known (joined midstream). */
  hiddenBytes = -1
  /** Requests only: that part begins where a message does, so that it hides at least one if it is long enough. */
  isHiddenExact = false
  /** Requests only: responses that answered what is hidden there. */
  hiddenAnswers = 0
  /** Next in the queue of pending requests or held responses. */
  next: Message<Facts> | null = null

  addAnomaly(code: number): void {
    if (!this.anomalies.includes(code)) this.anomalies = mergeAnomalies(this.anomalies, [code])
  }
}

/** Union, ascending, each once. */
export function mergeAnomalies(a: readonly number[], b: readonly number[]): readonly number[] {
  if (b.length === 0) return a
  if (a.length === 0 && b.length === 1) return b
  return [...new Set([...a, ...b])].sort((x, y) => x - y)
}
