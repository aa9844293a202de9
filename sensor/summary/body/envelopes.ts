// Messages in a body of gRPC, gRPC-Web or a stream of Connect: each stands behind a prefix of five bytes.
//
//   | flags 1 | length 4, network order | message |     flags: 1 compressed, 2 end of a Connect stream, 0x80 trailers of gRPC-Web
//
// In:  a body, perhaps its beginning only, in base64 where the type says so.
// Out: one message after the other, without compression; trailers are stepped over.
// The head's grpc-encoding is not asked: gzip, zstd and zlib show what they are. gRPC over HTTP/2, "Length-Prefixed-Message";
// PROTOCOL-WEB.md; Connect protocol, "Streaming-RPCs". Bounded: MESSAGES_MAX messages, and those that begin within the first
// OUTPUT_MAX bytes of what was decompressed; each as decode-body.ts bounds it.
import { Anomaly } from "../../../shared/event/anomalies.ts"
import { BodyDecoder } from "../decode-body.ts"

/** Messages of one body that are looked into. */
export const MESSAGES_MAX = 16
export const OUTPUT_MAX = 256 * 1024
const PREFIX_BYTES = 5

const Flag = { compressed: 1, endOfStream: 2, trailers: 0x80 } as const
const KNOWN = Flag.compressed | Flag.endOfStream | Flag.trailers

export class Envelopes {
  /** The message is [start, end) of `bytes`, from its first byte to its last when `whole`. */
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
  whole = false
  /** Anomaly.bodyDecodeFailed or bodyBomb of any message so far; 0 for none. */
  anomaly = 0
  /** The body does not consist of such messages, or ends within one. */
  truncated = false
  readonly #decoder = new BodyDecoder()
  #body: Uint8Array = this.bytes
  #at = 0
  #stop = 0
  #messages = 0
  #output = 0

  begin(bytes: Uint8Array, start: number, end: number, isBase64: boolean): void {
    this.#body = isBase64 ? decodeBase64(bytes, start, end) : bytes
    this.#at = isBase64 ? 0 : start
    this.#stop = isBase64 ? this.#body.length : end
    this.#messages = this.#output = this.anomaly = 0
    this.truncated = false
  }

  /** False when there is none any more. */
  next(): boolean {
    const body = this.#body
    while (this.#at < this.#stop) {
      const at = this.#at
      const from = at + PREFIX_BYTES
      const flags = body[at]!
      if (from > this.#stop || (flags & ~KNOWN) !== 0) {
        this.truncated = true
        return false
      }
      const length = ((body[at + 1]! << 24) | (body[at + 2]! << 16) | (body[at + 3]! << 8) | body[at + 4]!) >>> 0
      this.#at = Math.min(from + length, this.#stop)
      this.whole = from + length <= this.#stop
      if (!this.whole) this.truncated = true
      if ((flags & (Flag.trailers | Flag.endOfStream)) !== 0 || length === 0) continue
      if (this.#messages++ === MESSAGES_MAX || this.#output >= OUTPUT_MAX) {
        this.truncated = true
        return false
      }
      this.bytes = body
      this.start = from
      this.end = this.#at
      if ((flags & Flag.compressed) !== 0 && !this.#decompress()) continue
      return true
    }
    return false
  }

  /** False when nothing came of it. */
  #decompress(): boolean {
    const coding = codingOf(this.bytes, this.start, this.end)
    const decoded = this.#decoder.decode(coding, this.bytes, this.start, this.end, this.whole)
    if (decoded.anomaly !== 0) this.anomaly = decoded.anomaly
    if (coding === "") {
      this.anomaly = Anomaly.bodyDecodeFailed
      return false
    }
    this.bytes = decoded.bytes
    this.start = decoded.start
    this.end = decoded.end
    this.whole = decoded.whole
    this.#output += decoded.end - decoded.start
    return this.end > this.start
  }
}

/** What the message is compressed with, by its first bytes; "" unknown. */
function codingOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start < 4) return ""
  if (bytes[start] === 0x1f && bytes[start + 1] === 0x8b) return "gzip"
  if (bytes[start] === 0x28 && bytes[start + 1] === 0xb5 && bytes[start + 2] === 0x2f) return "zstd"
  return (bytes[start]! & 0x0f) === 8 && ((bytes[start]! << 8) | bytes[start + 1]!) % 31 === 0 ? "deflate" : ""
}

/** Pieces of base64 with padding of their own, as gRPC-Web's servers write them one after the other. */
function decodeBase64(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).latin1Slice()
  return Buffer.concat(text.match(/[A-Za-z0-9+/]+={0,2}/g)?.map((piece) => Buffer.from(piece, "base64")) ?? [])
}
