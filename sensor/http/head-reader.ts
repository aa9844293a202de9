// Bytes of a head -> HttpHead. A stencil of an earlier head first, then the strict parser, then the tolerant one for what
// that refuses. One reader and one record a worker: a head is valid until the next one is read.
import { Anomaly } from "../../shared/event/anomalies.ts"
import type { HttpCounters } from "./counters.ts"
import { indexFields } from "./head-fields.ts"
import { HttpHead } from "./http-head.ts"
import { HEAD_INCOMPLETE, HEAD_REFUSED, Llhttp } from "./llhttp.ts"
import { knownMethod } from "./start-line.ts"
import { type StencilSet, Stencils } from "./stencils.ts"
import { readTolerantHead } from "./tolerant-head.ts"

/** What is copied to the parser at first: more than nearly every head, less than a super-frame of body bytes behind it. */
const FIRST_COPY_BYTES = 2048
const SP = 32
const LETTER_H = 72

export class HeadReader {
  readonly head = new HttpHead()
  /** Anomalies of the head read last: unsorted, may repeat. */
  readonly anomalies: number[] = []
  readonly stencils: Stencils
  readonly #llhttp: Llhttp
  readonly #headBytesMax: number
  readonly #counters: HttpCounters
  /** The head's own arrays: it shows those of a stencil while one fits. */
  readonly #name: Uint8Array = this.head.name
  readonly #known: Int16Array = this.head.known

  constructor(headBytesMax: number, counters: HttpCounters) {
    this.#llhttp = new Llhttp(headBytesMax)
    this.#headBytesMax = headBytesMax
    this.#counters = counters
    this.stencils = new Stencils(counters)
  }

  /** Points the head at other bytes. `buffer` and `view` are the same memory as `bytes`. */
  use(bytes: Uint8Array, buffer: Buffer, view: DataView): void {
    this.head.bytes = bytes
    this.head.buffer = buffer
    this.head.view = view
  }

  /**
   * The strict way: length of the head at `start`, HEAD_INCOMPLETE, or HEAD_REFUSED. `set`: of the place that the head comes
   * from; it changes how long reading takes, never what comes of it.
   */
  readStrict(start: number, end: number, isRequest: boolean, set: StencilSet): number {
    const { head } = this
    const stop = Math.min(end, start + this.#headBytesMax)
    const fitting = set.fit(head, start, stop, isRequest)
    if (fitting > 0) {
      if (this.anomalies.length > 0) this.anomalies.length = 0
      return fitting
    }
    this.#clear()
    let length: number
    if (stop - start > FIRST_COPY_BYTES) {
      length = this.#llhttp.parse(head, start, start + FIRST_COPY_BYTES, isRequest)
      if (length === HEAD_INCOMPLETE) length = this.#llhttp.parse(head, start, stop, isRequest)
    } else length = this.#llhttp.parse(head, start, stop, isRequest)
    if (length <= 0) return length
    if (!(isRequest ? this.#takeRequestLine(start) : this.#takeStatusLine(start))) return HEAD_REFUSED
    head.start = start
    head.end = start + length
    head.isRequest = isRequest
    indexFields(head, this.anomalies)
    if (this.anomalies.length === 0) this.stencils.learn(set, head)
    return length
  }

  /** The tolerant way: [start, end) is the head, or what there is of it. */
  readTolerant(start: number, end: number, isRequest: boolean): void {
    this.#clear()
    this.anomalies.push(Anomaly.lenientHead)
    this.#counters.lenientHeads++
    readTolerantHead(this.head, start, end, isRequest, this.anomalies)
  }

  /** Of a head of which only a part is left: not a peculiarity of its sender. */
  readPartial(start: number, end: number, isRequest: boolean): void {
    this.#clear()
    readTolerantHead(this.head, start, end, isRequest, this.anomalies)
    const missing = this.anomalies.indexOf(Anomaly.missingHost)
    if (missing >= 0) this.anomalies.splice(missing, 1)
  }

  /** Of an answer in HTTP/0.9: it has none. */
  readNothing(start: number): void {
    const { head } = this
    this.#clear()
    head.start = head.end = head.targetStart = head.targetEnd = start
    head.isRequest = false
    head.method = ""
    head.version = head.status = head.fields = head.fieldsDropped = 0
    head.contentLength = -1
    head.chunked = false
    head.known.fill(-1)
  }

  #clear(): void {
    const { head } = this
    if (this.anomalies.length > 0) this.anomalies.length = 0
    head.name = this.#name
    head.known = this.#known
    head.stencil = null
    head.isFramed = false
  }

  /** llhttp also reads the request lines of RTSP and ICE, and versions of its own choice: those are not ours. */
  #takeRequestLine(start: number): boolean {
    const { head } = this
    const { bytes } = head
    let end = start
    while (bytes[end]! > SP) end++
    const method = knownMethod(bytes, start, end)
    let at = head.targetEnd
    while (bytes[at] === SP) at++
    if (method === "" || !this.#takeVersion(at)) return false
    head.method = method
    head.status = 0
    return true
  }

  #takeStatusLine(start: number): boolean {
    const { head } = this
    const { bytes } = head
    if (!this.#takeVersion(start) || bytes[start + 8] !== SP) return false
    head.status = (bytes[start + 9]! - 48) * 100 + (bytes[start + 10]! - 48) * 10 + bytes[start + 11]! - 48
    head.method = ""
    head.targetStart = head.targetEnd = start
    return head.status >= 100 && head.status <= 999
  }

  /** "HTTP/1.0" or "HTTP/1.1": llhttp has seen to its form. */
  #takeVersion(at: number): boolean {
    const { bytes } = this.head
    const minor = bytes[at + 7]! - 48
    if (bytes[at] !== LETTER_H || bytes[at + 5] !== 49 || (minor !== 0 && minor !== 1)) return false
    this.head.version = 10 + minor
    return true
  }
}
