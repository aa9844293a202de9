// One direction of a WebSocket conversation: frames are counted, nothing of them is kept. RFC 6455 section 5.
//
//   |F|R|R|R|opcode | |M|length 7       | length 16 or 64, when 126 or 127 | masking key, when M | payload ...
//
// In:  the bytes of one stream, in any pieces, and losses.   Out: messages, payload bytes, the close code, what was odd.
// A loss inside a payload costs nothing: its length is known. Any other loss loses the boundary between frames, and nothing
// in the bytes behind proves where the next one is: they are counted, frames are not. Compressed messages (RFC 7692) are
// counted as they are.
import type { WebSocketCounters } from "./counters.ts"

export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** Bits of `odd`, one a code of the list of anomalies. */
export const FrameOdd = { reserved: 1, masking: 2, control: 4, sequence: 8, afterClose: 16 } as const

/** What the answer to the handshake agreed on. */
export interface Extensions {
  /** permessage-deflate, or its forerunner: RSV1 says that a message is compressed. */
  readonly deflate: boolean
  /** One that is not known here: the reserved bits may mean anything. */
  readonly unknown: boolean
}

const HEADER_MAX = 14
const CONTROL_MAX = 125
/** Bad frames after which the stream is not taken for WebSocket any more. */
const BAD_FRAMES_MAX = 8

export class FrameReader {
  messages = 0
  /** Of data frames; where the boundary was lost, all bytes. Lost bytes of a payload are part of it. */
  payloadBytes = 0
  hasClosed = false
  /** 1000 to 4999; 1005 when the close frame names none, -1 without a close frame or when it was not readable. */
  closeCode = -1
  /** Bit set of FrameOdd. */
  odd = 0
  hasGap = false
  readonly #isClient: boolean
  readonly #extensions: Extensions
  readonly #counters: WebSocketCounters
  readonly #header = new Uint8Array(HEADER_MAX)
  #headerLength = 0
  #headerNeeded = 2
  /** Payload bytes to come of the frame at hand. */
  #remaining = 0
  #isControl = false
  /** The first two bytes of a close frame's payload: how many are known, -1 when one is lost; their value. */
  #codeBytes = -1
  #code = 0
  /** A fragmented message is under way. */
  #isInMessage = false
  #isBlind = false
  #badFrames = 0

  constructor(isClient: boolean, extensions: Extensions, counters: WebSocketCounters) {
    this.#isClient = isClient
    this.#extensions = extensions
    this.#counters = counters
  }

  /** The stream stands between two frames, as far as that is known. */
  get isAtBoundary(): boolean {
    return this.#remaining === 0 && this.#headerLength === 0 && !this.#isInMessage
  }

  read(bytes: Uint8Array, start: number, end: number): void {
    let pos = start
    while (pos < end) {
      if (this.#remaining > 0) {
        const count = Math.min(this.#remaining, end - pos)
        this.#takePayload(bytes, pos, count)
        pos += count
      } else if (this.#isBlind) {
        this.payloadBytes += end - pos
        this.#counters.unframedBytes += end - pos
        return
      } else pos = this.#readHeader(bytes, pos, end)
    }
  }

  lose(length: number): void {
    this.hasGap = true
    if (length <= this.#remaining) {
      if (this.#codeBytes < 2) this.#codeBytes = -1
      if (!this.#isControl) this.payloadBytes += length
      this.#remaining -= length
      return
    }
    this.payloadBytes += length
    this.#remaining = 0
    this.#headerLength = 0
    this.#isInMessage = false
    this.#loseBoundary()
  }

  #loseBoundary(): void {
    if (this.#isBlind) return
    this.#isBlind = true
    this.#counters.boundaryLost++
  }

  #takePayload(bytes: Uint8Array, start: number, count: number): void {
    this.#remaining -= count
    if (!this.#isControl) {
      this.payloadBytes += count
      this.#counters.payloadBytes += count
      return
    }
    this.#counters.controlBytes += count
    for (let i = start; i < start + count && this.#codeBytes >= 0 && this.#codeBytes < 2; i++) {
      const isMasked = (this.#header[1]! & 0x80) !== 0
      const mask = isMasked ? this.#header[this.#headerNeeded - 4 + this.#codeBytes]! : 0
      this.#code = (this.#code << 8) | (bytes[i]! ^ mask)
      if (++this.#codeBytes === 2) this.#close(this.#code)
    }
  }

  #readHeader(bytes: Uint8Array, start: number, end: number): number {
    const header = this.#header
    let pos = start
    if (this.#headerLength === 0) this.#headerNeeded = 2
    while (pos < end) {
      header[this.#headerLength++] = bytes[pos++]!
      if (this.#headerLength === 2) {
        const length = header[1]! & 0x7f
        this.#headerNeeded = 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + ((header[1]! & 0x80) === 0 ? 0 : 4)
      }
      if (this.#headerLength === this.#headerNeeded) {
        this.#counters.headerBytes += pos - start
        this.#headerLength = 0
        this.#beginFrame()
        return pos
      }
    }
    this.#counters.headerBytes += pos - start
    return pos
  }

  #beginFrame(): void {
    const first = this.#header[0]!
    const opcode = first & 15
    const isFinal = (first & 0x80) !== 0
    const length = this.#length()
    this.#counters.frames++
    this.#isControl = opcode >= 8
    this.#codeBytes = -1
    let odd = this.#oddOf(first, opcode, length)
    if (this.hasClosed) this.odd |= FrameOdd.afterClose
    if (opcode >= 8) this.#beginControl(opcode, length)
    else if (opcode === Opcode.continuation) {
      if (!this.#isInMessage) odd |= FrameOdd.sequence
      this.#isInMessage = !isFinal
    } else if (opcode <= Opcode.binary) {
      if (this.#isInMessage) odd |= FrameOdd.sequence
      this.#isInMessage = !isFinal
      this.messages++
      this.#counters.messages++
      if ((first & 0x40) !== 0 && this.#extensions.deflate) this.#counters.compressed++
    }
    this.#remaining = length
    if (odd !== 0) {
      this.odd |= odd
      this.#counters.badFrames++
      this.#badFrames++
    }
    if (length >= 0 && this.#badFrames <= BAD_FRAMES_MAX) return
    this.#remaining = 0
    this.#isInMessage = false
    this.#loseBoundary()
  }

  /** -1: longer than any frame may be. */
  #length(): number {
    const header = this.#header
    const short = header[1]! & 0x7f
    if (short < 126) return short
    if (short === 126) return (header[2]! << 8) | header[3]!
    const high = header[2]! * 0x1000000 + ((header[3]! << 16) | (header[4]! << 8) | header[5]!)
    const low = header[6]! * 0x1000000 + ((header[7]! << 16) | (header[8]! << 8) | header[9]!)
    return high > 0x1fffff ? -1 : high * 0x100000000 + low
  }

  #oddOf(first: number, opcode: number, length: number): number {
    const { deflate, unknown } = this.#extensions
    const allowed = unknown ? 0x70 : deflate && (opcode === Opcode.text || opcode === Opcode.binary) ? 0x40 : 0
    const short = this.#header[1]! & 0x7f
    let odd = 0
    if ((first & 0x70 & ~allowed) !== 0 || (opcode > 2 && opcode < 8) || opcode > 10) odd |= FrameOdd.reserved
    if (((this.#header[1]! & 0x80) !== 0) !== this.#isClient) odd |= FrameOdd.masking
    if (opcode >= 8 && ((first & 0x80) === 0 || short > CONTROL_MAX)) odd |= FrameOdd.control
    if (length < 0 || (short === 126 && length < 126) || (short === 127 && length < 65_536)) odd |= FrameOdd.sequence
    return odd
  }

  #beginControl(opcode: number, length: number): void {
    const { control } = this.#counters
    if (opcode === Opcode.ping) control.ping++
    else if (opcode === Opcode.pong) control.pong++
    else if (opcode === Opcode.close) {
      control.close++
      const isFirst = !this.hasClosed
      this.hasClosed = true
      this.#code = 0
      this.#codeBytes = isFirst && length >= 2 ? 0 : -1
      if (isFirst && length === 0) this.closeCode = 1005
      if (length === 1) this.odd |= FrameOdd.control
    }
  }

  /** RFC 6455 section 7.4, and the registry: 1004 to 1006 and 1015 stand for what was not sent. */
  #close(code: number): void {
    const isReserved = code === 1004 || code === 1005 || code === 1006 || code === 1015
    if (code < 1000 || code > 4999 || isReserved || (code > 1015 && code < 3000)) this.odd |= FrameOdd.control
    if (code >= 1000 && code <= 4999) this.closeCode = code
  }
}
