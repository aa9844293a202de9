// Connections that became WebSocket: one event each, when the conversation is over. RFC 6455.
//
// In:  the session from behind the 101 on, and the answer's head.   Out: one exchange of protocol websocket: messages and payload
// bytes each way, the close code, how long it lasted. The handshake itself was told as an exchange of HTTP, at once.
// Given up: what lies in the payload; frames behind a loss that hides where they begin (frame-reader.ts).
import { type Anomaly, Anomaly as Code } from "../../../shared/event/anomalies.ts"
import type { Flow, Side } from "../../flow/flow.ts"
import type { Secured } from "../../flow/secured.ts"
import { type SessionReceiver, type SessionView, StreamEnd } from "../../tcp/session-receiver.ts"
import type { HttpCounters } from "../counters.ts"
import { countState } from "../exchange-emitter.ts"
import {
  type Conversation,
  ExchangeFlag,
  type ExchangeReceiver,
  ExchangeState,
  type MessageEnd,
  Protocol,
} from "../exchange-receiver.ts"
import type { HttpHead } from "../http-head.ts"
import type { WebSocketCounters } from "./counters.ts"
import { type Extensions, FrameOdd, FrameReader } from "./frame-reader.ts"
import { extensions, subprotocol } from "./handshake.ts"

/** Of a connection that ended in order, without a close frame: RFC 6455 section 7.1.5. */
const CLOSED_WITHOUT = 1006

const CODES: readonly (readonly [bit: number, code: Anomaly])[] = [
  [FrameOdd.afterClose, Code.dataAfterClose],
  [FrameOdd.reserved, Code.websocketReserved],
  [FrameOdd.masking, Code.websocketMasking],
  [FrameOdd.control, Code.websocketControl],
  [FrameOdd.sequence, Code.websocketSequence],
]

export class WebSockets<Q, S> {
  readonly receiver: ExchangeReceiver<Q, S>
  readonly http: HttpCounters
  readonly counters: WebSocketCounters

  constructor(receiver: ExchangeReceiver<Q, S>, http: HttpCounters, counters: WebSocketCounters) {
    this.receiver = receiver
    this.http = http
    this.counters = counters
  }

  /** `response`: head of the 101. `request`: facts of the request that it answers, null when it was not seen. */
  open(session: SessionView, client: Side, response: HttpHead, request: Q | null, timeUs: number): SessionReceiver {
    this.counters.conversations++
    if (request === null) this.counters.withoutRequest++
    const conversation = new WebSocket(this, session, client, extensions(response), timeUs)
    conversation.begin(response, request)
    return conversation
  }
}

class WebSocket<Q, S> implements SessionReceiver, Conversation {
  readonly flow: Flow
  readonly client: Side
  readonly midstream: boolean
  readonly secured: Secured | null
  readonly #stage: WebSockets<Q, S>
  readonly #session: SessionView
  readonly #frames: readonly [FrameReader, FrameReader]
  readonly #openedUs: number
  /** Packet time of the last byte of each side, µs. */
  readonly #lastUs: [number, number]
  readonly #anomalies = new Set<Anomaly>()
  #request: Q | null = null
  #response!: S
  /** Side whose close frame came first, -1 before there is one. */
  #closedBy: Side | -1 = -1
  /** Both streams ended with a FIN or a reset. */
  #isEnded = true
  /** Of the client's stream something was handed over, if only a loss. */
  #hasClientStart = false

  constructor(stage: WebSockets<Q, S>, session: SessionView, client: Side, agreed: Extensions, timeUs: number) {
    this.flow = session.flow
    this.client = client
    this.midstream = session.midstream
    this.secured = session.secured
    this.#stage = stage
    this.#session = session
    this.#frames = [
      new FrameReader(client === 0, agreed, stage.counters),
      new FrameReader(client === 1, agreed, stage.counters),
    ]
    this.#openedUs = timeUs
    this.#lastUs = [timeUs, timeUs]
  }

  begin(response: HttpHead, request: Q | null): void {
    const { receiver } = this.#stage
    if (request !== null) this.#request = receiver.onUpgrade(request, subprotocol(response))
    this.#response = receiver.onResponse(response, this.#request, this, this.#openedUs)
  }

  onData(side: Side, bytes: Uint8Array, start: number, end: number, timeUs: number): void {
    const frames = this.#frames[side]
    if (side === this.client) this.#hasClientStart = true
    frames.read(bytes, start, end)
    this.#lastUs[side] = Math.max(this.#lastUs[side], timeUs)
    if (frames.hasClosed && this.#closedBy < 0) this.#closedBy = side
  }

  onGap(side: Side, length: number): void {
    if (side === this.client) this.#hasClientStart = true
    this.#frames[side].lose(length)
  }

  onAnomaly(_side: Side, code: Anomaly): void {
    this.#anomalies.add(code)
  }

  onEnd(_side: Side, reason: StreamEnd): void {
    if (reason !== StreamEnd.fin && reason !== StreamEnd.reset) this.#isEnded = false
  }

  onClose(): void {
    const session = this.#session
    const [a, b] = this.#frames
    const c = this.#frames[this.client]
    const s = this.client === 0 ? b : a
    const hasGap = a.hasGap || b.hasGap
    const hasClosed = this.#closedBy >= 0
    const isCut = !hasClosed && (!this.#isEnded || !a.isAtBoundary || !b.isAtBoundary)
    let flags = (hasGap ? ExchangeFlag.gap : 0) | (isCut ? ExchangeFlag.truncated : 0)
    if (this.midstream) flags |= ExchangeFlag.midstream
    if (session.takeRetransmitted(0)) flags |= ExchangeFlag.retransmitted
    if (session.takeRetransmitted(1)) flags |= ExchangeFlag.retransmitted
    if (!session.hasSeen(0) || !session.hasSeen(1)) flags |= ExchangeFlag.oneWay
    for (const [bit, code] of CODES) if (((a.odd | b.odd) & bit) !== 0) this.#anomalies.add(code)
    const state =
      this.#request === null ? ExchangeState.responseOnly : hasGap ? ExchangeState.bodyGap : ExchangeState.complete
    countState(this.#stage.http, state)
    this.#stage.receiver.onExchange({
      conversation: this,
      protocol: Protocol.websocket,
      state,
      flags,
      anomalies: [...this.#anomalies].sort((x, y) => x - y),
      request: this.#request === null ? null : this.#end(this.#request, this.client, c),
      response: this.#end(this.#response, this.client === 0 ? 1 : 0, s),
      requestEndSeq: this.#key(),
      requestMessages: c.messages,
      responseMessages: s.messages,
      outcome: this.#outcome(hasGap, isCut),
      unknown: 0,
    })
  }

  #outcome(hasGap: boolean, isCut: boolean): number {
    if (this.#closedBy >= 0) return this.#frames[this.#closedBy as Side].closeCode
    return hasGap || isCut ? -1 : CLOSED_WITHOUT
  }

  /**
   * In place of where a request ends: the last byte before the client's frames. That is the same at every sensor, and where no
   * request ends, for the handshake's ends one byte behind it.
   */
  #key(): number {
    const { client } = this
    if (this.#request === null || !this.#hasClientStart) return -1
    return (this.#session.sequenceAt(client, this.#session.startOffset(client)) - 1) >>> 0
  }

  #end<Facts>(facts: Facts, side: Side, frames: FrameReader): MessageEnd<Facts> {
    const lastUs = this.#lastUs[side]
    return { facts, firstUs: this.#openedUs, lastUs, bodyBytes: frames.payloadBytes, headBytes: 0 }
  }
}
