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
// the end of the response (one answer between the two, as proven), or the server closes in a way that shows it owed none,
// or, where nothing was lost and only the beginning was missed, stays silent for long enough. README.md: the limit of proof.
import { cannotAnswer, Decision, lastAnswerable, SURPLUS_BYTES_MAX, UNCOUNTED } from "./causality.ts"
import type { HttpCounters } from "./counters.ts"
import { ExchangeFlag, ExchangeState } from "./exchange-receiver.ts"
import { type Message, Order } from "./message.ts"
import { MessageQueue } from "./message-queue.ts"
import type { PairingLimits, PairingOwner } from "./pairing-owner.ts"
import { type Pipelining, QUIET_US, REQUEST_BYTES_MIN } from "./pipelining.ts"

export class Pairing<Q, S> {
  /** Requests without a response, in order. */
  readonly #pending = new MessageQueue<Q>()
  /** Responses whose request the capture has yet to show, in order. */
  readonly #held = new MessageQueue<S>()
  /** While kept, no response was lost since the last certain pair: the next one answers the front, or a phantom before it. */
  #order: Order = Order.kept
  readonly #pipelining: Pipelining
  /** No request before the front can still be answered by a response to come. */
  #isFloorSure = true
  /** From this offset on the end of the client's stream may hide requests; -1: it hides none. */
  #lostFrom = -1
  /** Packet time of the last response. */
  #timeUs = 0
  /** Of the next response. */
  #nextOrder: Order = Order.kept
  /** Responses that answered requests hidden by that loss. */
  #hiddenAnswers = 0
  /** The server closed its stream in order, right after its last message. */
  #hasServerFin = false
  /** Request of the tentative pair; its peer is the response. */
  #tentative: Message<Q> | null = null
  readonly #owner: PairingOwner<Q, S>
  readonly #counters: HttpCounters
  readonly #limits: PairingLimits

  constructor(owner: PairingOwner<Q, S>, pipelining: Pipelining, counters: HttpCounters, limits: PairingLimits) {
    this.#owner = owner
    this.#pipelining = pipelining
    this.#counters = counters
    this.#limits = limits
  }

  /** The oldest request without a response. */
  get front(): Message<Q> | null {
    return this.#pending.front
  }

  get isIdle(): boolean {
    return this.#pending.front === null && this.#held.front === null && this.#tentative === null
  }

  /** A request's head has been read; its `end` is set where the head tells it. */
  onRequest(request: Message<Q>): void {
    if (this.#held.front !== null) this.#drain(request.start)
    this.#pipelining.onRequest(request)
    request.phantomBefore = this.#lostFrom >= 0
    request.hiddenAnswers = this.#hiddenAnswers
    this.#lostFrom = -1
    this.#hiddenAnswers = 0
    this.#pending.push(request)
    this.#settle()
    if (!this.#owner.isServerExpected(request.firstUs)) this.#passUnseen(request)
    if (this.#pending.length > this.#limits.pendingMax) {
      this.#counters.pendingDropped++
      this.#order = Order.lost
      this.#abandon(ExchangeState.requestOnly)
    }
  }

  /** One-way tap: what the client has received since the front was sent was its answer, and will not be seen. */
  #passUnseen(request: Message<Q>): void {
    for (let front = this.#pending.front; front !== null && front !== request; front = this.#pending.front) {
      if (request.ack >= 0 && front.ack >= 0 && request.ack <= front.ack) return
      this.#order = Order.lost
      this.#abandon(ExchangeState.requestOnly)
    }
  }

  /** Takes out the one request that a response which comes now would answer for certain: its exchange is told elsewhere. */
  takeOnly(): Message<Q> | null {
    const front = this.#pending.front
    const isSure = this.#order === Order.kept && this.#nextOrder === Order.kept && this.#lostFrom < 0
    if (front === null || front.next !== null || front.phantomBefore || !front.done || !isSure) return null
    return this.#held.front === null && this.#tentative === null ? this.#pending.shift() : null
  }

  /** A final response's head has been read. Returns the request that it certainly answers. `peer` may be set although that is null. */
  onResponse(response: Message<S>): Message<Q> | null {
    response.order = this.#nextOrder
    this.#nextOrder = Order.kept
    if (this.#tentative !== null) {
      this.#settle()
      if (this.#tentative !== null && response.ack <= this.#owner.clientOffset()) this.#refuteBySecond()
    }
    this.#timeUs = response.firstUs
    // On a one-way tap what is held has waited long enough.
    if (this.#held.front !== null && !this.#owner.isClientExpected(this.#timeUs))
      this.#drain(this.#owner.clientOffset())
    if (this.#held.front !== null || this.#tentative !== null) return this.#hold(response)
    const decision = this.#decide(response, false, this.#owner.clientOffset())
    if (decision === Decision.hold) return this.#hold(response)
    return this.#apply(response, decision)
  }

  /** The request has ended (or will not go on). */
  onRequestDone(request: Message<Q>): void {
    request.done = true
    this.#pipelining.onSize(request)
    // What is decided about it from here on finds it done, and finishes it.
    this.#finish(request, request.peer as Message<S> | null)
  }

  onResponseDone(response: Message<S>): void {
    response.done = true
    this.#pipelining.onResponseDone(response)
    const request = response.peer as Message<Q> | null
    const next = this.#pending.front
    if (request !== null && next !== null && response.end >= 0 && next.ack >= 0 && next.ack < response.end)
      this.#pipelining.see()
    const wasTentative = request !== null && this.#tentative === request
    this.#settle()
    if (!wasTentative) this.#finish(request, response)
    else if (this.#tentative === request && this.#isLastPair(request, 0)) this.#confirm()
  }

  /** The boundary between messages was lost in the client's stream, at `offset` or behind. */
  onClientLoss(offset: number): void {
    if (this.#held.front !== null) this.#drain(offset)
    if (this.#lostFrom < 0) this.#lostFrom = offset
  }

  /** A message boundary was lost in the server's stream, which has been delivered or declared lost up to `offset`. */
  onServerLoss(offset: number): void {
    this.#nextOrder = Order.lost
    if (this.#held.front !== null || this.#pipelining.isOn) return
    // The answer to the front lies before what the next request acknowledges (one-way: behind what the front did itself); that has
    // passed.
    for (let front = this.#pending.front; front !== null; front = this.#pending.front) {
      const isOver = front.done && front.ack >= 0 && !this.#owner.isServerExpected(Number.POSITIVE_INFINITY)
      const passed = front.next?.ack ?? (isOver ? front.ack + 1 : -1)
      if (passed < 0 || passed > offset) break
      this.#abandon(ExchangeState.requestOnly)
    }
  }

  /**
   * Where `response`, the last one, ended was guessed: what should be its body is the next one, as behind an answer to HEAD.
   * A tentative pair with another request is refuted by that.
   */
  onServerGuess(response: Message<S>): void {
    if (this.#tentative !== null && this.#tentative.peer === response) {
      this.#pipelining.see()
      this.#refute()
    }
    if (this.#nextOrder === Order.kept) this.#nextOrder = Order.guessed
  }

  /** The client's stream has gone on: held responses may have become decidable. */
  onClientProgress(): void {
    if (this.#held.front !== null) this.#drain(this.#owner.clientOffset())
  }

  /** The server closed its stream in order, right after its last message. */
  onServerFin(): void {
    this.#hasServerFin = true
    if (this.#tentative !== null && this.#isLastPair(this.#tentative, 0)) this.#confirm()
  }

  close(timeUs: number): void {
    const request = this.#tentative
    if (request !== null && this.#isLastPair(request, timeUs)) this.#confirm()
    else if (request !== null) this.#refute()
    while (this.#held.front !== null) {
      const response = this.#held.shift()
      this.#apply(response, Decision.none)
      this.#finish(null, response)
    }
    while (this.#pending.front !== null) this.#abandon(ExchangeState.requestOnly)
  }

  #decide(response: Message<S>, isHeld: boolean, offset: number): Decision {
    if (response.order < this.#order) this.#order = response.order
    const front = this.#pending.front
    const isAhead = response.ack < 0 || response.ack > offset
    const mayHold =
      isAhead &&
      response.ack >= 0 &&
      this.#owner.isClientExpected(this.#timeUs) &&
      (isHeld || this.#held.length < this.#limits.heldMax)
    if (front === null) {
      if (mayHold) return Decision.hold
      // Its request may still come, and would then stand for another one.
      const mayBeHidden = this.#lostFrom >= 0 && (response.ack < 0 || response.ack > this.#lostFrom)
      if (isAhead) this.#order = Order.lost
      else if (this.#order === Order.kept && !mayBeHidden) this.#owner.onUnsolicited(response)
      if (mayBeHidden) this.#hiddenAnswers++
      return Decision.none
    }
    if (this.#order === Order.kept && !front.phantomBefore) {
      if (!cannotAnswer(front, response)) return Decision.certain
      this.#owner.onUnsolicited(response)
      return Decision.none
    }
    // In step, and a request is hidden for sure: this is its answer.
    if (
      this.#order === Order.kept &&
      front.isHiddenExact &&
      front.hiddenBytes >= REQUEST_BYTES_MIN &&
      front.hiddenAnswers === 0
    ) {
      front.hiddenAnswers++
      return Decision.none
    }
    if (mayHold) return Decision.hold
    return this.#prove(front, response)
  }

  /** Out of step: what can be shown about `response` and the requests that it may answer. */
  #prove(front: Message<Q>, response: Message<S>): Decision {
    if (cannotAnswer(front, response)) {
      this.#pipelining.onUnanswered(front, response)
      if (front.phantomBefore) front.hiddenAnswers++
      return Decision.none
    }
    const last = lastAnswerable(front, response)
    if (last.next !== null) this.#pipelining.onUnanswered(last.next, response)
    const surplus = last.end < 0 ? -1 : response.ack - last.end
    // The server had a request that was sent later and yet before this answer, which no lost one came before: unseen, so lost.
    const isUnseen = last.next === null || last.next.start >= response.ack
    const isNextAnswer = last.ack === response.start || this.#order >= Order.guessed
    if (surplus > SURPLUS_BYTES_MAX && isUnseen && isNextAnswer) this.#pipelining.see()
    // No answer was lost, and yet one is missing to a request whose client is taken to have waited for it.
    if (this.#order >= Order.guessed && (last !== front || last.ack < response.start)) this.#pipelining.see()
    if (last.phantomBefore && this.#order >= Order.guessed) this.#pipelining.suspect(last)
    if (this.#pipelining.isOn) {
      // Only one request was there to be answered, and none can be hidden.
      const hasPhantom = front.phantomBefore || this.#lostFrom >= 0 || front.next?.phantomBefore === true
      const isFound = (response.flags & ExchangeFlag.resynchronised) !== 0
      if (last === front && !hasPhantom && this.#isFloorSure && !isFound) {
        this.#order = Order.kept
        return Decision.certain
      }
      this.#order = Order.lost
      if (front.phantomBefore) this.#isFloorSure = false
      this.#abandon(ExchangeState.unpaired)
      return Decision.unpaired
    }
    while (this.#pending.front !== last) this.#abandon(ExchangeState.requestOnly)
    if (last.ack === response.start && surplus >= 0 && surplus <= SURPLUS_BYTES_MAX) {
      // Answers were lost too: how many the hidden requests got cannot be counted.
      if (this.#order === Order.lost && last.hiddenBytes > 0) last.hiddenBytes = UNCOUNTED
      this.#order = Order.kept
      return last.phantomBefore ? Decision.tentative : Decision.certain
    }
    this.#order = Order.lost
    this.#isFloorSure = false
    this.#abandon(ExchangeState.unpaired)
    return Decision.unpaired
  }

  #apply(response: Message<S>, decision: Decision): Message<Q> | null {
    if (decision === Decision.certain || decision === Decision.tentative) {
      const request = this.#pending.shift()
      request.peer = response
      response.peer = request
      if (!request.done && response.ack < 0) response.flags |= ExchangeFlag.early
      if (decision === Decision.certain) {
        this.#isFloorSure = true
        return request
      }
      this.#tentative = request
      return null
    }
    response.fate = decision === Decision.unpaired ? ExchangeState.unpaired : ExchangeState.responseOnly
    return null
  }

  #hold(response: Message<S>): null {
    if (this.#held.length >= this.#limits.heldMax) {
      this.#order = Order.lost
      if (this.#tentative !== null) this.#refute()
      while (this.#held.front !== null) {
        this.#counters.heldDropped++
        const held = this.#held.shift()
        this.#apply(held, Decision.none)
        this.#finish(null, held)
      }
    }
    this.#held.push(response)
    return null
  }

  /**
   * Decides about held responses, in order, until one must wait on. The client's stream has been read up to `offset`: what
   * lies behind has no part in the decision, however the bytes came.
   */
  #drain(offset: number): void {
    while (this.#held.front !== null) {
      const response = this.#held.front
      if (this.#tentative !== null) {
        this.#settle()
        if (this.#tentative !== null) {
          if (response.ack > offset) return
          this.#refuteBySecond()
        }
      }
      const decision = this.#decide(response, true, offset)
      if (decision === Decision.hold) return
      this.#held.shift()
      this.#apply(response, decision)
      this.#finish(response.peer as Message<Q> | null, response)
    }
  }

  /** The next request tells whether exactly one answer came between it and the tentative one. */
  #settle(): void {
    const request = this.#tentative
    const next = this.#pending.front
    if (request === null || next === null) return
    const response = request.peer as Message<S>
    if (!response.done) return
    const isNext = !next.phantomBefore && response.end >= 0 && next.ack === response.end
    if (isNext && this.#order >= Order.guessed) this.#pipelining.suspect(request)
    if (isNext && !this.#pipelining.isOn) this.#confirm()
    else this.#refute()
  }

  /** The server owed no other answer when the connection, or the capture, ended: it said so, or was silent for long enough. */
  #isLastPair(request: Message<Q>, timeUs: number): boolean {
    const response = request.peer as Message<S>
    if (this.#pending.front !== null || this.#lostFrom >= 0 || this.#held.front !== null) return false
    // All of it was read, and nothing behind it that is no response.
    const isWhole = response.done && response.end >= 0 && (response.flags & ExchangeFlag.truncated) === 0
    if (!isWhole || this.#nextOrder !== Order.kept) return false
    // A server that closes although it owes an answer says so in the last answer that it gives.
    if (request.closing ? response.closing || this.#hasServerFin : this.#hasServerFin && !response.closing) return true
    return request.hiddenBytes === -1 && timeUs - response.lastUs >= QUIET_US
  }

  #confirm(): void {
    const request = this.#tentative!
    this.#tentative = null
    this.#finish(request, request.peer as Message<S>)
  }

  /** A second answer and no second request: one was sent before the first answer came, unless one was lost since. */
  #refuteBySecond(): void {
    if (this.#lostFrom < 0) this.#pipelining.see()
    this.#refute()
  }

  #refute(): void {
    const request = this.#tentative!
    const response = request.peer as Message<S>
    this.#tentative = null
    this.#order = Order.lost
    this.#isFloorSure = false
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

  /** Takes the front out of the queue, to be handed over alone: as requestOnly, its answer is only taken to have passed. */
  #abandon(fate: ExchangeState): void {
    if (fate === ExchangeState.requestOnly) this.#isFloorSure = false
    const request = this.#pending.shift()
    request.fate = fate
    this.#finish(request, null)
  }
}
