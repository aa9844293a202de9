// Which response answers which request, on one connection. The promise: never wrong. Bytes play no part here, only the
// order of messages, their places in the streams and the acknowledgments that came with them.
//
//   r: a request    A(r) how much of the server's stream its client had received when it sent r
//   R: a response   P(R) where it begins in the server's stream     B(R) how much of the client's stream had arrived there
//
// While no message boundary is lost, responses come in the order of requests (RFC 9112 section 9.3.2), and causality is
// checked on top: R cannot answer r if it was sent before r existed (A(r) > P(R)) or before any of r had arrived (B(R) <= start(r)).
//
// A loss in the server's stream may hide responses; a loss in the client's stream may hide requests, and so marks the next
// request as one with a phantom before it. Then only proof makes a pair. A client that waits for each answer sends r when it
// has received all that came before the answer to r: A(r) = P(R), and nothing more arrived at the server: B(R) = end(r).
// This holds for a client that does not pipeline, so one that was ever seen to do so is never paired this way.
// Behind a phantom the pipelining itself may be hidden: that pair is tentative until the next request acknowledges exactly
// the end of the response (one answer between the two, as proven), or the server closes in a way that shows it owed none.
//
// What the README calls the limit of proof: a client joined midstream that always has the same number of requests in flight.
import type { HttpCounters } from "./counters.ts"
import { ExchangeFlag, ExchangeState } from "./exchange-receiver.ts"
import type { Message } from "./message.ts"

export interface PairingOwner<Q, S> {
  /** How much of the client's stream has been delivered or declared lost. */
  clientOffset(): number
  isClientSeen(): boolean
  isServerSeen(): boolean
  /** A response that nothing had asked for. */
  onUnsolicited(response: Message<S>): void
  emit(request: Message<Q> | null, response: Message<S> | null, state: ExchangeState): void
}

export interface PairingLimits {
  readonly pendingMax: number
  readonly heldMax: number
}

const Decision = { none: 0, hold: 1, certain: 2, tentative: 3, unpaired: 4 } as const
type Decision = (typeof Decision)[keyof typeof Decision]

export class Pairing<Q, S> {
  /** Requests without a response, in order. */
  #front: Message<Q> | null = null
  #back: Message<Q> | null = null
  #pending = 0
  /** Responses whose request the capture has yet to show, in order. */
  #heldFront: Message<S> | null = null
  #heldBack: Message<S> | null = null
  #held = 0
  /** No response was lost since the last certain pair: the next one answers the front, or a phantom before it. */
  #aligned = true
  #pipelined = false
  /** The end of the client's stream may hide requests; `#owed`: it hides at least one that is not answered yet. */
  #clientLost = false
  #owed = false
  /** A of the last request. */
  #lastAck = -1
  /** Request of the tentative pair; its peer is the response. */
  #tentative: Message<Q> | null = null
  readonly #owner: PairingOwner<Q, S>
  readonly #counters: HttpCounters
  readonly #limits: PairingLimits

  constructor(owner: PairingOwner<Q, S>, counters: HttpCounters, limits: PairingLimits) {
    this.#owner = owner
    this.#counters = counters
    this.#limits = limits
  }

  /** The oldest request without a response. */
  get front(): Message<Q> | null {
    return this.#front
  }
  get isIdle(): boolean {
    return this.#front === null && this.#heldFront === null && this.#tentative === null
  }

  /** A request's head has been read; its `end` is set where the head tells it. */
  onRequest(request: Message<Q>): void {
    if (request.ack >= 0 && this.#lastAck >= 0 && request.ack <= this.#lastAck) this.#seePipelining()
    this.#lastAck = request.ack
    request.phantomBefore = this.#clientLost
    request.owed = this.#owed
    this.#clientLost = this.#owed = false
    if (this.#back === null) this.#front = request
    else this.#back.next = request
    this.#back = request
    this.#pending++
    this.#settle()
    if (this.#heldFront !== null) this.#drain()
    // One-way tap: the answers will not come.
    if (this.#front !== request && this.#front !== null && !this.#owner.isServerSeen())
      while (this.#front !== null && this.#front !== request) this.#abandon(ExchangeState.requestOnly)
    if (this.#pending > this.#limits.pendingMax) {
      this.#counters.pendingDropped++
      this.#aligned = false
      this.#abandon(ExchangeState.requestOnly)
    }
  }

  /** A final response's head has been read. Returns the request that it certainly answers. `peer` may be set although that is null. */
  onResponse(response: Message<S>): Message<Q> | null {
    if (this.#tentative !== null) {
      this.#settle()
      if (this.#tentative !== null && response.ack <= this.#owner.clientOffset()) {
        // Two answers while only one request can be seen: others are hidden, sent before the first answer came.
        this.#seePipelining()
        this.#refute()
      }
    }
    if (this.#heldFront !== null || this.#tentative !== null) return this.#hold(response)
    const decision = this.#decide(response, false)
    if (decision === Decision.hold) return this.#hold(response)
    return this.#apply(response, decision)
  }

  /** The request has ended (or will not go on). */
  onRequestDone(request: Message<Q>): void {
    request.done = true
    if (this.#heldFront !== null) this.#drain()
    this.#finish(request, request.peer as Message<S> | null)
  }

  onResponseDone(response: Message<S>): void {
    response.done = true
    const request = response.peer as Message<Q> | null
    const next = this.#front
    if (request !== null && next !== null && response.end >= 0 && next.ack >= 0 && next.ack < response.end)
      this.#seePipelining()
    if (this.#tentative !== null) this.#settle()
    this.#finish(request, response)
  }

  /** A message boundary was lost in the client's stream. `surely`: at least one whole request lies in what was lost. */
  onClientLoss(surely: boolean): void {
    this.#clientLost = true
    if (surely) this.#owed = true
  }

  /** A message boundary was lost in the server's stream, which has been delivered or declared lost up to `offset`. */
  onServerLoss(offset: number): void {
    this.#aligned = false
    if (this.#heldFront !== null || this.#pipelined) return
    // The answer to the front lies before what the next request acknowledges; that has passed without it.
    for (let front = this.#front; front !== null; front = this.#front) {
      const next = front.next
      if (next === null || next.ack < 0 || next.ack > offset) break
      this.#abandon(ExchangeState.requestOnly)
    }
  }

  /** The client's stream has gone on: held responses may have become decidable. */
  onClientProgress(): void {
    if (this.#heldFront !== null) this.#drain()
  }

  /** The server closed its stream in order, right after its last message. */
  onServerFin(): void {
    const request = this.#tentative
    if (request === null || this.#front !== null || this.#clientLost || this.#heldFront !== null) return
    const response = request.peer as Message<S>
    // A server that closes although it owes an answer says so in the last answer that it gives.
    if (response.done && (!response.closing || request.closing)) this.#confirm()
  }

  close(): void {
    if (this.#tentative !== null) this.#refute()
    while (this.#heldFront !== null) {
      const response = this.#unhold()
      this.#apply(response, Decision.none)
      this.#finish(null, response)
    }
    while (this.#front !== null) this.#abandon(ExchangeState.requestOnly)
  }

  #decide(response: Message<S>, isHeld: boolean): Decision {
    const front = this.#front
    const offset = this.#owner.clientOffset()
    const isAhead = response.ack < 0 || response.ack > offset
    const mayHold =
      isAhead && response.ack >= 0 && this.#owner.isClientSeen() && (isHeld || this.#held < this.#limits.heldMax)
    if (front === null) {
      if (mayHold) return Decision.hold
      // Its request may still come, and would then stand for another one.
      if (isAhead) this.#aligned = false
      else if (this.#aligned && !this.#clientLost) this.#owner.onUnsolicited(response)
      if (!isAhead) this.#owed = false
      return Decision.none
    }
    if (this.#aligned && !front.phantomBefore) {
      if (!cannotAnswer(front, response)) return Decision.certain
      this.#owner.onUnsolicited(response)
      return Decision.none
    }
    if (this.#aligned && front.owed) {
      front.owed = false
      return Decision.none
    }
    if (mayHold) return Decision.hold
    return this.#prove(front, response)
  }

  /** Out of step: what can be shown about `response` and the requests that it may answer. */
  #prove(front: Message<Q>, response: Message<S>): Decision {
    if (cannotAnswer(front, response)) return Decision.none
    let last = front
    let hasPhantom = front.phantomBefore || this.#clientLost
    for (let request = front.next; request !== null; request = request.next) {
      hasPhantom ||= request.phantomBefore
      if (cannotAnswer(request, response)) break
      last = request
    }
    if (this.#pipelined) {
      // Only one request was there to be answered, and none can be hidden.
      if (last === front && !hasPhantom && (response.flags & ExchangeFlag.resynchronised) === 0) {
        this.#aligned = true
        return Decision.certain
      }
      this.#aligned = false
      this.#abandon(ExchangeState.unpaired)
      return Decision.unpaired
    }
    while (this.#front !== last) this.#abandon(ExchangeState.requestOnly)
    const arrived = response.ack === last.end || response.ack === last.end + 1
    if (last.ack === response.start && last.end >= 0 && arrived) {
      this.#aligned = true
      return last.phantomBefore ? Decision.tentative : Decision.certain
    }
    this.#aligned = false
    this.#abandon(ExchangeState.unpaired)
    return Decision.unpaired
  }

  #apply(response: Message<S>, decision: Decision): Message<Q> | null {
    if (decision === Decision.certain || decision === Decision.tentative) {
      const request = this.#shift()
      request.peer = response
      response.peer = request
      if (!request.done && response.ack < 0) response.flags |= ExchangeFlag.early
      if (decision === Decision.certain) return request
      this.#tentative = request
      return null
    }
    response.fate = decision === Decision.unpaired ? ExchangeState.unpaired : ExchangeState.responseOnly
    return null
  }

  #hold(response: Message<S>): null {
    if (this.#held >= this.#limits.heldMax) {
      this.#aligned = false
      if (this.#tentative !== null) this.#refute()
      while (this.#heldFront !== null) {
        this.#counters.heldDropped++
        const held = this.#unhold()
        this.#apply(held, Decision.none)
        this.#finish(null, held)
      }
    }
    if (this.#heldBack === null) this.#heldFront = response
    else this.#heldBack.next = response
    this.#heldBack = response
    this.#held++
    return null
  }

  #unhold(): Message<S> {
    const response = this.#heldFront!
    this.#heldFront = response.next
    if (response.next === null) this.#heldBack = null
    response.next = null
    this.#held--
    return response
  }

  /** Decides about held responses, in order, until one must wait on. */
  #drain(): void {
    while (this.#heldFront !== null) {
      const response = this.#heldFront
      if (this.#tentative !== null) {
        this.#settle()
        if (this.#tentative !== null) {
          if (response.ack > this.#owner.clientOffset()) return
          this.#seePipelining()
          this.#refute()
        }
      }
      const decision = this.#decide(response, true)
      if (decision === Decision.hold) return
      this.#unhold()
      this.#apply(response, decision)
      this.#finish(response.peer as Message<Q> | null, response)
    }
  }

  /** The next request tells whether exactly one answer came between it and the tentative one. */
  #settle(): void {
    const request = this.#tentative
    const next = this.#front
    if (request === null || next === null) return
    const response = request.peer as Message<S>
    if (!response.done) return
    const isNext = !next.phantomBefore && response.end >= 0 && next.ack === response.end
    if (isNext && !this.#pipelined) this.#confirm()
    else this.#refute()
  }

  #confirm(): void {
    const request = this.#tentative!
    this.#tentative = null
    this.#finish(request, request.peer as Message<S>)
  }

  #refute(): void {
    const request = this.#tentative!
    const response = request.peer as Message<S>
    this.#tentative = null
    this.#aligned = false
    request.peer = response.peer = null
    request.fate = response.fate = ExchangeState.unpaired
    this.#finish(request, null)
    this.#finish(null, response)
  }

  /** Hands over what is complete: a pair of which both halves are done, or a half that stays alone. */
  #finish(request: Message<Q> | null, response: Message<S> | null): void {
    if (request !== null && response !== null) {
      if (request.done && response.done && request !== this.#tentative)
        this.#owner.emit(request, response, ExchangeState.complete)
      return
    }
    const half = request ?? response
    if (half?.done !== true || half.fate < 0) return
    this.#owner.emit(request, response, half.fate as ExchangeState)
  }

  #shift(): Message<Q> {
    const request = this.#front!
    this.#front = request.next
    if (request.next === null) this.#back = null
    request.next = null
    this.#pending--
    return request
  }

  /** Takes the front out of the queue, to be handed over alone. */
  #abandon(fate: ExchangeState): void {
    const request = this.#shift()
    request.fate = fate
    this.#finish(request, null)
  }

  #seePipelining(): void {
    if (!this.#pipelined) this.#counters.pipelined++
    this.#pipelined = true
  }
}

/** Causality: true when `response` was sent before the request existed, or before any of it had arrived. */
function cannotAnswer(request: Message<unknown>, response: Message<unknown>): boolean {
  if (request.ack > response.start) return true
  if (response.ack < 0 || response.ack > request.start) return false
  // The first bytes of a server that never acknowledged anything: packets made by hand, except for the 408 that a server
  // sends on an idle connection.
  return !(response.ack === 0 && response.start === 0 && response.status !== 408)
}
