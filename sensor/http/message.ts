// One message (request or response) from its head until its exchange is published; then the record serves another message.
// Requests and responses share one class so that the code that handles both sees one shape.
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
  firstUs!: number
  lastUs!: number
  bodyBytes!: number
  headBytes!: number
  /** Stream offset of its first byte; for a response after interim ones, of the first interim one. */
  start!: number
  /** Stream offset just past its head. */
  bodyStart!: number
  /** Stream offset just past it, as soon as that is known (declared lengths: with the head); -1 before. */
  end!: number
  /** How far its sender had received the opposite stream: with its first byte, for a response of the final head. -1 unknown. */
  ack!: number
  /** Bit set of ExchangeFlag. */
  flags!: number
  anomalies!: readonly number[]
  /** As in HttpHead. */
  version!: number
  method!: string
  status!: number
  /** All of it has been seen, or no more of it will come. */
  done!: boolean
  /** Announces the end of the connection. */
  closing!: boolean
  /** HTTP/0.9: its answer has no head. */
  simple!: boolean
  /** The other half. */
  peer!: Message<unknown> | null
  /** State to be published with, alone; -1 while it may have another half. */
  fate!: ExchangeState | -1
  /** Requests only: its connection had several requests in flight by the time the next one came. */
  isOverlapped!: boolean
  /** Requests only: a loss right before it may hide other requests. */
  phantomBefore!: boolean
  /** Responses only: how sure it is that it follows the last one of its stream. */
  order!: Order
  /** Requests only: length of that part of the stream, -1 when it is not known (joined midstream). */
  hiddenBytes!: number
  /** Requests only: that part begins where a message does, so that it hides at least one if it is long enough. */
  isHiddenExact!: boolean
  /** Requests only: responses that answered what is hidden there. */
  hiddenAnswers!: number
  /** Requests only: asks for another protocol or a tunnel, so that what follows it depends on its answer. */
  isHandover!: boolean
  /** Requests only: the Sec-WebSocket-Accept that answers it, "" when it is no WebSocket handshake. */
  accept!: string
  /** Messages that the body consists of, and what the last one tells of the outcome (body-walker.ts); -1 elsewhere. */
  messages!: number
  outcome!: number
  /** Next in the queue of pending requests or held responses. */
  next!: Message<Facts> | null

  /** In no connection: waits for the next message. */
  isSpare = false

  /** All as for a message of which nothing is known yet; `facts` follow. */
  begin(): void {
    this.firstUs = 0
    this.lastUs = 0
    this.bodyBytes = 0
    this.headBytes = 0
    this.start = 0
    this.bodyStart = 0
    this.end = -1
    this.ack = -1
    this.flags = 0
    this.anomalies = NO_ANOMALIES
    this.version = 11
    this.method = ""
    this.status = 0
    this.done = false
    this.closing = false
    this.simple = false
    this.peer = null
    this.fate = -1
    this.isOverlapped = false
    this.phantomBefore = false
    this.order = Order.kept
    this.hiddenBytes = -1
    this.isHiddenExact = false
    this.hiddenAnswers = 0
    this.isHandover = false
    this.accept = ""
    this.messages = -1
    this.outcome = -1
    this.next = null
  }

  addAnomaly(code: number): void {
    if (!this.anomalies.includes(code)) this.anomalies = mergeAnomalies(this.anomalies, [code])
  }
}

/** Records of messages: those that no connection uses are as many as were under way at once. */
export class MessageRecords {
  readonly #spare: Message<unknown>[] = []

  take<Facts>(): Message<Facts> {
    const message = (this.#spare.pop() ?? new Message<unknown>()) as Message<Facts>
    message.isSpare = false
    message.begin()
    return message
  }

  /** Its exchange has been handed over: nobody may look at it from the next `take` on. */
  give(message: Message<unknown>): void {
    if (message.isSpare) throw new Error("one message in two exchanges")
    message.isSpare = true
    message.peer = null
    this.#spare.push(message)
  }
}

/** Union, ascending, each once. */
export function mergeAnomalies(a: readonly number[], b: readonly number[]): readonly number[] {
  if (b.length === 0) return a
  if (a.length === 0 && b.length === 1) return b
  return [...new Set([...a, ...b])].sort((x, y) => x - y)
}
