// What may lie in a part of a client's stream that was lost, told by its length and by the sizes of the requests that the
// same connection showed. Evidence against pairing only: it never makes a pair.

/** "GET / HTTP/1.1" and two line ends: fewer bytes need not hold a request. */
export const REQUEST_BYTES_MIN = 18

/** Hidden requests may be a little smaller than those seen. */
const TOLERANCE = 0.8

export class RequestSizes {
  #min = Number.POSITIVE_INFINITY
  #max = 0

  /** A whole request was seen. */
  add(bytes: number): void {
    if (bytes < this.#min) this.#min = bytes
    if (bytes > this.#max) this.#max = bytes
  }

  /**
   * True when `hiddenBytes` look like more requests than the `answers` that came for them: then one was still unanswered
   * when the next request was sent, which is pipelining. `isExact`: all that begins there is hidden; otherwise the first
   * request that begins there was seen, and where it ended was not.
   */
  hidesMoreThan(answers: number, hiddenBytes: number, isExact: boolean): boolean {
    const requests = isExact ? answers : answers + 1
    return hiddenBytes > requests * this.#max && hiddenBytes >= TOLERANCE * (requests + 1) * this.#min
  }
}
