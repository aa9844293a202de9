// What the key of a half is worth: which message alone may be joined elsewhere with a half that another sensor saw.
//
// In:  exchanges of one connection before they are told. Out: the same; a request alone may be marked ambiguous, a response
// alone may lose the place of its request.
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
  /** Greatest acknowledgment of a response so far, as an offset of the client's stream. */
  #answered = -1
  /** Two responses came with one acknowledgment. */
  #isOverlapping = false

  judge<Q, S>(
    request: Message<Q> | null,
    response: Message<S> | null,
    state: ExchangeState,
    isPipelined: boolean,
  ): void {
    if (response === null) {
      const isAlone = state === ExchangeState.requestOnly
      if (isAlone && (isPipelined || request!.phantomBefore)) request!.flags |= ExchangeFlag.ambiguous
      return
    }
    const { ack, status } = response
    if (ack >= 0 && status !== REQUEST_TIMEOUT) {
      if (request === null && ack <= this.#answered) this.#isOverlapping = true
      if (ack > this.#answered) this.#answered = ack
    }
    if (request !== null) return
    const isProof = state === ExchangeState.responseOnly && !isPipelined && !this.#isOverlapping
    if (!isProof || status === REQUEST_TIMEOUT) response.ack = -1
  }
}
