// Hands finished exchanges of HTTP/2 to the receiver, in one reused record, and counts them.
import type { Side } from "../../flow/flow.ts"
import { type Exchange, ExchangeFlag, type ExchangeReceiver, ExchangeState, Protocol } from "../exchange-receiver.ts"
import type { Http2Counters } from "./counters.ts"
import type { H2Connection } from "./h2-connection.ts"
import type { H2Stream, Half } from "./h2-stream.ts"

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export class H2Teller<Q, S> {
  readonly #receiver: ExchangeReceiver<Q, S>
  readonly #counters: Http2Counters
  #record: Mutable<Exchange<Q, S>> | null = null

  constructor(receiver: ExchangeReceiver<Q, S>, counters: Http2Counters) {
    this.#receiver = receiver
    this.#counters = counters
  }

  /** At least one head of the stream was read. */
  tell(c: H2Connection<Q, S>, stream: H2Stream<Q, S>): void {
    const { session, client } = c
    const server: Side = client === 0 ? 1 : 0
    const request = stream.request.isSeen ? (stream.upgraded ?? stream.request) : null
    const response = stream.response.isSeen ? stream.response : null
    let flags = stream.flags
    if (session.takeRetransmitted(0)) flags |= ExchangeFlag.retransmitted
    if (session.takeRetransmitted(1)) flags |= ExchangeFlag.retransmitted
    if (c.midstream) flags |= ExchangeFlag.midstream
    if (request === null && !session.hasSeen(client)) flags |= ExchangeFlag.oneWay
    if (response === null && !session.hasSeen(server)) flags |= ExchangeFlag.oneWay
    if (isLost(stream.request) || isLost(stream.response)) flags |= ExchangeFlag.gap
    if (isCut(stream.request) || isCut(stream.response)) flags |= ExchangeFlag.truncated
    const state =
      request === null
        ? ExchangeState.responseOnly
        : response === null
          ? ExchangeState.requestOnly
          : (flags & ExchangeFlag.gap) === 0
            ? ExchangeState.complete
            : ExchangeState.bodyGap
    this.#count(state)
    this.#record ??= emptyRecord(c)
    const record = this.#record
    record.conversation = c
    record.state = state
    record.flags = flags
    record.anomalies = stream.anomalies
    record.request = request
    record.response = response
    record.requestEndSeq = stream.upgraded === null ? c.keyOf(stream.id) : stream.upgradedSeq
    record.requestMessages = messagesOf(stream.request)
    record.responseMessages = messagesOf(stream.response)
    record.outcome = stream.outcome >= 0 ? stream.outcome : (stream.response.messages?.outcome ?? -1)
    record.unknown = stream.unknown
    this.#receiver.onExchange(record)
  }

  #count(state: ExchangeState): void {
    const counters = this.#counters
    counters.exchanges++
    if (state === ExchangeState.complete) counters.complete++
    else if (state === ExchangeState.bodyGap) counters.bodyGap++
    else if (state === ExchangeState.requestOnly) counters.requestOnly++
    else counters.responseOnly++
  }
}

function emptyRecord<Q, S>(conversation: H2Connection<Q, S>): Mutable<Exchange<Q, S>> {
  return {
    conversation,
    protocol: Protocol.http2,
    state: ExchangeState.complete,
    flags: 0,
    anomalies: [],
    request: null,
    response: null,
    requestEndSeq: -1,
    requestMessages: -1,
    responseMessages: -1,
    outcome: -1,
    unknown: 0,
  }
}

/** Frames of it may be missing, and its length does not say that none is. */
function isLost(half: Half<unknown>): boolean {
  return half.isSeen && half.isSuspect && !half.isWhole
}

function isCut(half: Half<unknown>): boolean {
  return half.isSeen && !half.hasEnded
}

function messagesOf(half: Half<unknown>): number {
  if (half.messages !== null) return half.messages.messages
  return half.isSeen && half.isWalked && !half.walker.isOdd ? half.walker.messages : -1
}
