// Hands finished exchanges to the receiver, in one reused record, and counts them.
import type { Side } from "../flow/flow.ts"
import type { SessionView } from "../tcp/session-receiver.ts"
import type { HttpCounters } from "./counters.ts"
import {
  type Conversation,
  type Exchange,
  ExchangeFlag,
  type ExchangeReceiver,
  ExchangeState,
  Protocol,
} from "./exchange-receiver.ts"
import { type Message, mergeAnomalies } from "./message.ts"

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const NO_ANOMALIES: readonly number[] = Object.freeze([])

export class ExchangeEmitter<Q, S> {
  readonly #receiver: ExchangeReceiver<Q, S>
  readonly #counters: HttpCounters
  #record: Mutable<Exchange<Q, S>> | null = null

  constructor(receiver: ExchangeReceiver<Q, S>, counters: HttpCounters) {
    this.#receiver = receiver
    this.#counters = counters
  }

  /** `state`: ExchangeState.complete for a pair, which becomes bodyGap when bytes of it were lost. */
  emit(
    conversation: Conversation,
    session: SessionView,
    request: Message<Q> | null,
    response: Message<S> | null,
    state: ExchangeState,
  ): void {
    const { client } = conversation
    const server: Side = client === 0 ? 1 : 0
    let flags = (request?.flags ?? 0) | (response?.flags ?? 0)
    if (session.takeRetransmitted(0)) flags |= ExchangeFlag.retransmitted
    if (session.takeRetransmitted(1)) flags |= ExchangeFlag.retransmitted
    if (conversation.midstream) flags |= ExchangeFlag.midstream
    let requestEndSeq = -1
    if (request === null) {
      if (!session.hasSeen(client)) flags |= ExchangeFlag.oneWay
      if (response !== null && response.ack >= 0) requestEndSeq = session.sequenceAt(client, response.ack)
    } else {
      if (request.start < (session.secured?.earlyBytes ?? 0)) flags |= ExchangeFlag.earlyData
      if (request.end >= 0) requestEndSeq = session.sequenceAt(client, request.end)
      if (response === null) {
        if (!session.hasSeen(server)) flags |= ExchangeFlag.oneWay
      } else {
        if (response.ack >= 0 && response.ack < request.end) flags |= ExchangeFlag.early
        if ((flags & ExchangeFlag.gap) !== 0) state = ExchangeState.bodyGap
      }
    }
    const version = request !== null ? request.version : response!.version
    const protocol = version === 0 ? Protocol.http09 : version === 10 ? Protocol.http10 : Protocol.http11
    const anomalies = mergeAnomalies(request?.anomalies ?? NO_ANOMALIES, response?.anomalies ?? NO_ANOMALIES)
    countState(this.#counters, state)
    const requestMessages = request === null ? -1 : request.messages
    const responseMessages = response === null ? -1 : response.messages
    const outcome = response === null ? -1 : response.outcome
    let record = this.#record
    if (record === null) {
      const messages = { requestMessages, responseMessages, outcome, unknown: 0 }
      record = { conversation, protocol, state, flags, anomalies, request, response, requestEndSeq, ...messages }
      this.#record = record
    } else {
      record.conversation = conversation
      record.protocol = protocol
      record.state = state
      record.flags = flags
      record.anomalies = anomalies
      record.request = request
      record.response = response
      record.requestEndSeq = requestEndSeq
      record.requestMessages = requestMessages
      record.responseMessages = responseMessages
      record.outcome = outcome
    }
    this.#receiver.onExchange(record)
  }
}

/** Every exchange that is handed over counts, whatever its protocol. */
export function countState(counters: HttpCounters, state: ExchangeState): void {
  counters.exchanges++
  if (state === ExchangeState.complete) counters.complete++
  else if (state === ExchangeState.bodyGap) counters.bodyGap++
  else if (state === ExchangeState.requestOnly) counters.requestOnly++
  else if (state === ExchangeState.responseOnly) counters.responseOnly++
  else counters.unpaired++
}
