// The handshake messages of one direction, RFC 8446 section 4: several in one record, or one in several.
//
//   | type 1 | length 3 | body ...
//
// In:  the content of handshake records, in order, any split.
// Out: each message by its type, with its body where somebody wants it (where it lies, if one call brought all of it).
// Given up: bodies longer than MESSAGE_BYTES_MAX, and those for which the pool has no buffer; their length is known, so the next
// message is found all the same.
import type { BufferPool } from "../../shared/bytes/buffer-pool.ts"
import type { Side } from "../flow/flow.ts"
import { HeldBytes } from "./held-bytes.ts"

export const MessageType = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  endOfEarlyData: 5,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
  certificateStatus: 22,
  keyUpdate: 24,
  compressedCertificate: 25,
} as const

/** Longest message that is read. Certificates with a long chain may reach some 20 KiB. */
export const MESSAGE_BYTES_MAX = 1 << 16
const HEADER_BYTES = 4

export interface HandshakeReceiver {
  /** True when the body of a message of this type is wanted. */
  wantsMessage(side: Side, type: number): boolean
  /** Body of a message: bytes [start, end), valid during the call only; null when it is not wanted or was given up. */
  onMessage(side: Side, type: number, bytes: Uint8Array | null, start: number, end: number, timeUs: number): void
  /** A body was given up: longer than the limit, or no buffer for it. */
  onMessageDropped(side: Side, isTooLong: boolean): void
}

export class HandshakeReader {
  readonly #side: Side
  readonly #receiver: HandshakeReceiver
  /** Bytes of the header at hand, and the header so far. */
  #have = 0
  #header = 0
  #isInBody = false
  #length = 0
  #left = 0
  #isWanted = false
  readonly #held: HeldBytes

  constructor(side: Side, receiver: HandshakeReceiver, pool: BufferPool) {
    this.#side = side
    this.#receiver = receiver
    this.#held = new HeldBytes(pool)
  }

  /** Between messages: also what is called when bytes between were lost, or are no messages. */
  reset(): void {
    this.#held.clear()
    this.#have = 0
    this.#header = 0
    this.#isInBody = false
  }

  /** A message has begun and is not whole. */
  get isUnderway(): boolean {
    return this.#isInBody || this.#have > 0
  }

  onData(bytes: Uint8Array, start: number, end: number, timeUs: number): void {
    let pos = start
    while (pos < end) {
      if (this.#isInBody) {
        pos = this.#readBody(bytes, pos, end, timeUs)
        continue
      }
      this.#header = (this.#header << 8) | bytes[pos++]!
      if (++this.#have < HEADER_BYTES) continue
      this.#begin()
      if (this.#length === 0) this.#end(bytes, pos, pos, timeUs)
    }
  }

  #begin(): void {
    this.#length = this.#header & 0xffffff
    this.#left = this.#length
    this.#isInBody = true
    this.#isWanted = this.#receiver.wantsMessage(this.#side, this.#header >>> 24)
    if (this.#isWanted && this.#length > MESSAGE_BYTES_MAX) {
      this.#isWanted = false
      this.#receiver.onMessageDropped(this.#side, true)
    }
  }

  #readBody(bytes: Uint8Array, pos: number, end: number, timeUs: number): number {
    const count = Math.min(this.#left, end - pos)
    const stop = pos + count
    const held = this.#held
    if (this.#isWanted && count < this.#length && !held.append(bytes, pos, stop)) {
      held.clear()
      this.#isWanted = false
      this.#receiver.onMessageDropped(this.#side, false)
    }
    this.#left -= count
    if (this.#left > 0) return stop
    if (held.length === 0) this.#end(bytes, pos, stop, timeUs)
    else {
      this.#end(held.bytes, 0, held.length, timeUs)
      held.clear()
    }
    return stop
  }

  #end(bytes: Uint8Array, start: number, end: number, timeUs: number): void {
    const type = this.#header >>> 24
    this.#have = 0
    this.#header = 0
    this.#isInBody = false
    this.#receiver.onMessage(this.#side, type, this.#isWanted ? bytes : null, start, end, timeUs)
  }
}
