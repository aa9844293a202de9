// Walks the chunked transfer coding (RFC 9112 section 7.1) over the bytes of one stream.
//
//   size-line = 1*HEXDIG [ext] CRLF     data   CRLF   ...   "0" [ext] CRLF   *( trailer CRLF )   CRLF
//
// In:  bytes as they come, cut anywhere.
// Out: steps: data bytes of the body, the end, or a framing that cannot be followed. LF alone is accepted as a line end,
//      white space after the size too. Bounded: digits of a size, length of a size line, bytes of the trailers.

export const ChunkStep = { needMore: 0, data: 1, end: 2, bad: 3 } as const
export type ChunkStep = (typeof ChunkStep)[keyof typeof ChunkStep]

const SIZE_DIGITS_MAX = 16
/** Beyond, a size is not one that any server sends, and sums of sizes would leave the exact integers. */
const SIZE_MAX = 2 ** 48
const SIZE_LINE_BYTES_MAX = 4096

const CR = 13
const LF = 10

const At = { sizeStart: 0, size: 1, extension: 2, data: 3, dataEnd: 4, dataEndLf: 5, trailer: 6 } as const
type At = (typeof At)[keyof typeof At]

export class ChunkWalker {
  /** After step(): the first byte not consumed; for ChunkStep.data, where the data begin. */
  pos = 0
  /** Data bytes of the current chunk that are still to come. */
  remaining = 0
  #at: At = At.sizeStart
  #size = 0
  #digits = 0
  /** Bytes of the current size line, or of the trailers. */
  #line = 0
  /** Bytes of the current trailer line, CR aside. */
  #text = 0
  readonly #trailerBytesMax: number

  constructor(trailerBytesMax: number) {
    this.#trailerBytesMax = trailerBytesMax
  }

  /** Ready for the first size line of another message. */
  reset(): void {
    this.#at = At.sizeStart
    this.remaining = 0
  }

  /** True when the next byte expected is one of a chunk's data. */
  get isInData(): boolean {
    return this.#at === At.data
  }

  /** `count` data bytes of the current chunk have been consumed, or lost. At most `remaining`. */
  take(count: number): void {
    this.remaining -= count
    if (this.remaining === 0) this.#at = At.dataEnd
  }

  /** Consumes framing of [start, end) up to the next data byte, the end of the message, or the end of the bytes. */
  step(bytes: Uint8Array, start: number, end: number): ChunkStep {
    let pos = start
    while (pos < end) {
      if (this.#at === At.data) {
        this.pos = pos
        return ChunkStep.data
      }
      const result = this.#byte(bytes[pos++]!)
      if (result !== ChunkStep.needMore) {
        this.pos = pos
        return result
      }
    }
    this.pos = pos
    return ChunkStep.needMore
  }

  #byte(byte: number): ChunkStep {
    switch (this.#at) {
      case At.sizeStart:
      case At.size:
        return this.#sizeByte(byte)
      case At.extension:
        if (byte === LF) return this.#sizeDone()
        return ++this.#line > SIZE_LINE_BYTES_MAX ? ChunkStep.bad : ChunkStep.needMore
      case At.dataEnd:
        if (byte === CR) this.#at = At.dataEndLf
        else if (byte === LF) this.#at = At.sizeStart
        else return ChunkStep.bad
        return ChunkStep.needMore
      case At.dataEndLf:
        this.#at = At.sizeStart
        return byte === LF ? ChunkStep.needMore : ChunkStep.bad
      default:
        return this.#trailerByte(byte)
    }
  }

  #sizeByte(byte: number): ChunkStep {
    const digit = hexDigit(byte)
    if (digit >= 0) {
      if (this.#at === At.sizeStart) {
        this.#at = At.size
        this.#size = this.#digits = this.#line = 0
      }
      this.#size = this.#size * 16 + digit
      return ++this.#digits > SIZE_DIGITS_MAX || this.#size > SIZE_MAX ? ChunkStep.bad : ChunkStep.needMore
    }
    if (this.#at === At.sizeStart) return ChunkStep.bad
    if (byte === LF) return this.#sizeDone()
    if (byte !== CR && byte !== 59 && byte !== 32 && byte !== 9) return ChunkStep.bad
    this.#at = At.extension
    return ChunkStep.needMore
  }

  #sizeDone(): ChunkStep {
    if (this.#size === 0) {
      this.#at = At.trailer
      this.#line = this.#text = 0
    } else {
      this.#at = At.data
      this.remaining = this.#size
    }
    return ChunkStep.needMore
  }

  #trailerByte(byte: number): ChunkStep {
    if (++this.#line > this.#trailerBytesMax) return ChunkStep.bad
    if (byte === LF) {
      if (this.#text === 0) return ChunkStep.end
      this.#text = 0
    } else if (byte !== CR) this.#text++
    return ChunkStep.needMore
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const letter = byte | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}
