// Bodies of gRPC-Web and of Connect's streams: messages with a prefix, the last of which holds the trailers.
//
//   |flags 8|length 32|message ...|     gRPC-Web: flag 0x80 trailers ("grpc-status: 5"); Connect: flag 0x02 end of stream (JSON)
//
// A loss inside a message costs nothing; any other hides where the next one begins: counting stops. Kept: the first
// TRAILERS_MAX bytes of the last message, until it is whole. gRPC-Web protocol specification; Connect protocol, "Streaming RPCs".
import type { BodyWalker } from "./body-walker.ts"

const PREFIX = 5
const COMPRESSED = 1
const CONNECT_END = 2
const GRPC_TRAILERS = 0x80
const TRAILERS_MAX = 1024

/** Codes of Connect's errors by the number that gRPC gives them; index 0 is none. */
export const STATUS_CODES: readonly string[] = [
  "ok",
  "canceled",
  "unknown",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
  "unauthenticated",
]

export class EnvelopeWalker implements BodyWalker {
  messages = 0
  outcome = -1
  readonly #isGrpc: boolean
  readonly #prefix = new Uint8Array(PREFIX)
  #prefixLength = 0
  #remaining = 0
  #trailers: Buffer | null = null
  #trailersLength = 0
  #isBlind = false

  constructor(isGrpc: boolean) {
    this.#isGrpc = isGrpc
  }

  take(bytes: Uint8Array, start: number, end: number): void {
    let pos = start
    while (pos < end && !this.#isBlind) {
      if (this.#remaining > 0) {
        const count = Math.min(this.#remaining, end - pos)
        this.#remaining -= count
        if (this.#trailers !== null) this.#keep(bytes, pos, count)
        pos += count
      } else {
        this.#prefix[this.#prefixLength++] = bytes[pos++]!
        if (this.#prefixLength === PREFIX) this.#begin()
      }
    }
  }

  lose(length: number): void {
    this.#trailers = null
    if (length <= this.#remaining) this.#remaining -= length
    else this.#isBlind = true
  }

  #begin(): void {
    const [flags, a, b, c, d] = this.#prefix
    this.#prefixLength = 0
    this.#remaining = a! * 0x1000000 + ((b! << 16) | (c! << 8) | d!)
    const end = this.#isGrpc ? GRPC_TRAILERS : CONNECT_END
    if ((flags! & ~(COMPRESSED | end)) !== 0) this.#isBlind = true
    else if ((flags! & end) === 0) this.messages++
    else if ((flags! & COMPRESSED) === 0) {
      this.#trailers = Buffer.alloc(Math.min(this.#remaining, TRAILERS_MAX))
      this.#trailersLength = 0
      if (this.#remaining === 0) this.#end()
    }
  }

  #keep(bytes: Uint8Array, start: number, count: number): void {
    const trailers = this.#trailers!
    const stop = start + Math.min(count, trailers.length - this.#trailersLength)
    for (let i = start; i < stop; i++) trailers[this.#trailersLength++] = bytes[i]!
    if (this.#remaining === 0) this.#end()
  }

  #end(): void {
    const text = this.#trailers!.latin1Slice(0, this.#trailersLength)
    this.#trailers = null
    if (!this.#isGrpc) {
      this.outcome = connectOutcome(text)
      return
    }
    const status = /(?:^|\n)grpc-status:[ \t]*(\d{1,2})[ \t]*(?:\r?\n|$)/i.exec(text)
    if (status !== null) this.outcome = Number(status[1])
  }
}

/** Of the message that ends a stream, or of the body of an error: {"error":{"code":"not_found"}}, {"code":"not_found"}. */
export function connectOutcome(text: string): number {
  const code = /"code"\s*:\s*"([a-z_]{2,20})"/.exec(text)
  if (code === null) return /"error"/.test(text) ? 2 : 0
  const status = STATUS_CODES.indexOf(code[1]!)
  return status < 0 ? 2 : status
}

const VALUE = new Int8Array(256).fill(-1)
Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/").forEach((b, i) => {
  VALUE[b] = i
})
const PADDING = 61

/** application/grpc-web-text: the same in base64, padded wherever the sender flushed. */
export class Base64Envelopes implements BodyWalker {
  readonly #inner: EnvelopeWalker
  readonly #group = new Uint8Array(3)
  #bits = 0
  #count = 0

  constructor(inner: EnvelopeWalker) {
    this.#inner = inner
  }

  get messages(): number {
    return this.#inner.messages
  }
  get outcome(): number {
    return this.#inner.outcome
  }

  take(bytes: Uint8Array, start: number, end: number): void {
    for (let i = start; i < end; i++) {
      const b = bytes[i]!
      const value = VALUE[b]!
      if (value < 0) {
        if (b === PADDING) this.#flush()
        continue
      }
      this.#bits = (this.#bits << 6) | value
      if (++this.#count === 4) this.#flush()
    }
  }

  /** Lost characters hide how many bytes they stood for. */
  lose(_length: number): void {
    this.#inner.lose(Number.POSITIVE_INFINITY)
  }

  #flush(): void {
    const bytes = this.#count === 4 ? 3 : this.#count === 3 ? 2 : this.#count === 2 ? 1 : 0
    if (bytes > 0) {
      const bits = this.#bits << (6 * (4 - this.#count))
      this.#group[0] = bits >>> 16
      this.#group[1] = bits >>> 8
      this.#group[2] = bits
      this.#inner.take(this.#group, 0, bytes)
    }
    this.#bits = 0
    this.#count = 0
  }
}
