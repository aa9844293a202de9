// Whether the client of a connection pipelines: sends a request before it has the answer to the last one. It only ever speaks
// against pairs. What was seen stays true. What the length of lost bytes suggests, by the sizes of the requests that the same
// connection showed, is taken back when a request as large is seen, or when both sides fell silent with nothing under way.
import type { HttpCounters } from "./counters.ts"
import { ExchangeFlag } from "./exchange-receiver.ts"
import type { Message } from "./message.ts"

/** "GET / HTTP/1.1" and two line ends: fewer bytes need not hold a request. */
export const REQUEST_BYTES_MIN = 18

/** A server that owes an answer to a pipelined request sends it right behind the one before; this long a silence says it owes none. */
export const QUIET_US = 2_000_000

/** Hidden requests may be a little smaller than those seen. */
const TOLERANCE = 0.8

export class Pipelining {
  readonly #counters: HttpCounters
  #isSeen = false
  #isCounted = false
  /** Lost bytes that look like more requests than the answers that came for them; 0: none. */
  #suspectBytes = 0
  /** As many requests as there were answers for: the lost bytes must hold more than these. */
  #suspectRequests = 0
  /** Sizes of whole requests. */
  #min = Number.POSITIVE_INFINITY
  #max = 0
  /** What the client had received when it sent the last request, -1 unknown. */
  #lastAck = -1
  /** Where the last response ended, -1 if its end was not seen, and when. */
  #lastEnd = -1
  #lastEndUs = 0

  constructor(counters: HttpCounters) {
    this.#counters = counters
  }

  /** All as at the start of a connection: the record serves one after another. */
  begin(): void {
    this.#isSeen = false
    this.#isCounted = false
    this.#suspectBytes = 0
    this.#suspectRequests = 0
    this.#min = Number.POSITIVE_INFINITY
    this.#max = 0
    this.#lastAck = -1
    this.#lastEnd = -1
    this.#lastEndUs = 0
  }

  /** The client was seen to pipeline, or has to be taken for one that does. */
  get isOn(): boolean {
    if (this.#isSeen) return true
    if (this.#suspectBytes === 0) return false
    if (this.#holdsMore(this.#suspectRequests, this.#suspectBytes)) return true
    this.#suspectBytes = 0
    return false
  }

  onRequest(request: Message<unknown>): void {
    const { ack } = request
    if (ack >= 0 && ack <= this.#lastAck) this.see()
    // Nothing was under way: whatever the lost bytes asked for has been answered.
    else if (ack >= 0 && ack === this.#lastEnd && request.firstUs - this.#lastEndUs >= QUIET_US) this.#suspectBytes = 0
    this.#lastAck = ack
    this.onSize(request)
  }

  /** The end of a request may have become known. */
  onSize(request: Message<unknown>): void {
    if (request.end < 0) return
    const bytes = request.end - request.start
    if (bytes < this.#min) this.#min = bytes
    if (bytes > this.#max) this.#max = bytes
  }

  onResponseDone(response: Message<unknown>): void {
    this.#lastEnd = (response.flags & ExchangeFlag.gap) === 0 ? response.end : -1
    this.#lastEndUs = response.lastUs
  }

  see(): void {
    this.#isSeen = true
    this.#count()
  }

  /** `response` does not answer `request`: if the client sent that before this had begun to arrive, it did not wait. */
  onUnanswered(request: Message<unknown>, response: Message<unknown>): void {
    if (request.ack >= 0 && request.ack <= response.start && response.status !== 408) this.see()
  }

  /**
   * Suspects the client if more requests seem to be hidden before `request` than were answered when that was sent. To be
   * asked while every answer is known.
   */
  suspect(request: Message<unknown>): void {
    const { hiddenBytes } = request
    // Otherwise the first request there was seen; where it ended was not.
    const requests = request.isHiddenExact ? request.hiddenAnswers : request.hiddenAnswers + 1
    if (hiddenBytes <= this.#suspectBytes || !this.#holdsMore(requests, hiddenBytes)) return
    this.#suspectBytes = hiddenBytes
    this.#suspectRequests = requests
    this.#count()
  }

  #holdsMore(requests: number, bytes: number): boolean {
    return bytes > requests * this.#max && bytes >= TOLERANCE * (requests + 1) * this.#min
  }

  #count(): void {
    if (!this.#isCounted) this.#counters.pipelined++
    this.#isCounted = true
  }
}
