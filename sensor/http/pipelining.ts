// Whether the client of a connection pipelines: sends a request before it has the answer to the last one. It only ever speaks
// against pairs. What was seen stays true; what the sizes of lost bytes suggest is taken back when a request as large is
// seen, or when both sides fall silent with nothing under way.
import type { HttpCounters } from "./counters.ts"
import { RequestSizes } from "./hidden-requests.ts"

export class Pipelining {
  /** Of the requests seen on this connection. */
  readonly #sizes = new RequestSizes()
  readonly #counters: HttpCounters
  #isSeen = false
  #isCounted = false
  /** Lost bytes that look like more requests than the answers that came for them; 0: none. */
  #suspectBytes = 0
  #suspectAnswers = 0
  #isSuspectExact = false

  constructor(counters: HttpCounters) {
    this.#counters = counters
  }

  /** The client was seen to pipeline, or has to be taken for one that does. */
  get isOn(): boolean {
    if (this.#isSeen) return true
    if (this.#suspectBytes === 0) return false
    if (this.#sizes.hidesMoreThan(this.#suspectAnswers, this.#suspectBytes, this.#isSuspectExact)) return true
    this.#suspectBytes = 0
    return false
  }

  /** A whole request was seen. */
  addSize(bytes: number): void {
    this.#sizes.add(bytes)
  }

  see(): void {
    this.#isSeen = true
    this.#count()
  }

  /** `bytes` were lost, and `answers` came for the requests in them before the next one was sent. `isExact`: see RequestSizes. */
  suspect(bytes: number, answers: number, isExact: boolean): void {
    if (bytes <= this.#suspectBytes || !this.#sizes.hidesMoreThan(answers, bytes, isExact)) return
    this.#suspectBytes = bytes
    this.#suspectAnswers = answers
    this.#isSuspectExact = isExact
    this.#count()
  }

  /** Nothing is under way: what the lost bytes may have asked for is answered. */
  settle(): void {
    this.#suspectBytes = 0
  }

  #count(): void {
    if (!this.#isCounted) this.#counters.pipelined++
    this.#isCounted = true
  }
}
