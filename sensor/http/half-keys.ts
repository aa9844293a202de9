// What the key of a half is worth: which message alone may be joined elsewhere with a half that another sensor saw.
//
// In:  heads of requests, then exchanges of one connection before they are told. Out: the same; a request alone may be marked
// ambiguous, a response alone may lose the place of its request.
//
// A request's key is where it ends in the client's stream, a response's how much of that stream its server had received. For
// a client that waits for each answer both are the same number, and prove the pair. For one that does not, a server may have
// received the next request, too, before it answers this one: then the number names the wrong request. So
//   - a request alone is ambiguous once its connection was seen to pipeline, or when a loss right before it may hide that;
//   - a response alone has no key once two responses came with the same acknowledgment (or a pipelined request was seen), when
//     the sensor itself had a request at hand and could not prove the pair, and as a 408, which answers nothing.
// A wrong pair would need both directions to miss the moment in which the client began: README.md, the limit of proof.
import { ExchangeFlag, ExchangeState } from "./exchange-receiver.ts"
import type { Message } from "./message.ts"

const REQUEST_TIMEOUT = 408

export class HalfKeys {
  /** Acknowledgment of the last request, as an offset of the server's stream. */
  #requestAck = -1
  /** The last request, until it is told. */
  #last: Message<unknown> | null = null
  /** A request was sent before anything had come since the one before it. */
  #hasRequestsInFlight = false
  /** Two responses came with one acknowledgment. */
  #hasSharedAnswers = false
  /** Greatest acknowledgment of a response so far, as an offset of the client's stream. */
  #answered = -1

  /** All as at the start of a connection: the record serves one after another. */
  begin(): void {
    this.#requestAck = -1
    this.#last = null
    this.#hasRequestsInFlight = false
    this.#hasSharedAnswers = false
    this.#answered = -1
  }

  /** A request's head has been read. What it shows counts for this request and the one before it, however late those are told. */
  onRequest(request: Message<unknown>): void {
    if (request.ack >= 0 && request.ack <= this.#requestAck) {
      this.#hasRequestsInFlight = true
      if (this.#last !== null) this.#last.isOverlapped = true
    }
    request.isOverlapped = this.#hasRequestsInFlight
    this.#requestAck = request.ack
    this.#last = request
  }

  /** At least one of the two is there. */
  judge(request: Message<unknown> | null, response: Message<unknown> | null, state: ExchangeState): void {
    if (request !== null && request === this.#last) this.#last = null
    if (response === null) {
      const isAlone = state === ExchangeState.requestOnly
      const isDoubtful = request!.isOverlapped || request!.phantomBefore || this.#hasSharedAnswers
      if (isAlone && isDoubtful) request!.flags |= ExchangeFlag.ambiguous
      return
    }
    const { ack, status } = response
    if (ack >= 0 && status !== REQUEST_TIMEOUT) {
      if (request === null && ack <= this.#answered) this.#hasSharedAnswers = true
      if (ack > this.#answered) this.#answered = ack
    }
    if (request !== null) return
    const isProof = state === ExchangeState.responseOnly && !this.#hasRequestsInFlight && !this.#hasSharedAnswers
    if (!isProof || status === REQUEST_TIMEOUT) response.ack = -1
  }
}
