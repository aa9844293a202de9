// A gzip'd or zstd'd capture as plain bytes.
//
// In:  the compressed bytes of another input. Out: what they decompress to, a chunk at a time, whatever the ratio.
// A stream that ends early gives all that came before, one that turns to nonsense all but the last chunk; then both throw
// a DecompressionError. RFC 1952, RFC 8878.
import { constants, createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from "node:zlib"
import { le32 } from "../../shared/bytes/read.ts"
import type { ByteInput } from "./byte-input.ts"

export type Compression = "gzip" | "zstd"

/**
 * Compressed bytes handed over at once, and decompressed bytes made at once. It bounds what is held, and what is lost
 * in front of damage: the decompressor drops the output that it was making when it met the damage.
 */
const CHUNK_BYTES = 64 * 1024

/** Base-2 logarithm of the largest zstd window accepted: 128 MiB, what `zstd --long` makes and `zstd -d` accepts. */
const ZSTD_WINDOW_LOG_MAX = 27

/** The compression that the first four bytes of an input announce; null when they announce none. */
export function compressionOf(bytes: Uint8Array, start: number): Compression | null {
  if (bytes[start] === 0x1f && bytes[start + 1] === 0x8b) return "gzip"
  const magic = le32(bytes, start)
  if (magic === (0xfd2fb528 | 0)) return "zstd"
  // A skippable frame: parallel compressors put one at the head.
  return (magic & ~0xf) === 0x184d2a50 ? "zstd" : null
}

export class DecompressionError extends Error {
  /** True when the compressed stream just stopped; false when its bytes are wrong. */
  readonly isTruncated: boolean

  constructor(isTruncated: boolean) {
    super(isTruncated ? "the compressed stream is cut short" : "the compressed stream is damaged")
    this.isTruncated = isTruncated
  }
}

export class DecompressedInput implements ByteInput {
  readonly #raw: ByteInput
  readonly #compression: Compression
  #stream: Gunzip | ZstdDecompress
  /** Compressed bytes that are next, ahead of those still in the raw input: the file's first, or what a zstd frame left. */
  #pending: Uint8Array | null
  /** The compressed bytes last handed over. */
  #written: Uint8Array = new Uint8Array(0)
  /** Compressed bytes handed to the present stream. */
  #writtenBytes = 0
  readonly #chunks: Buffer[] = []
  /** A write (or the end) is with the decompressor and may still give output. */
  #isBusy = false
  #hasEnded = false
  #error: DecompressionError | null = null
  #wake: () => void = () => {}

  constructor(raw: ByteInput, head: Uint8Array, compression: Compression) {
    this.#raw = raw
    this.#pending = head
    this.#compression = compression
    this.#stream = this.#start()
  }

  get consumed(): number {
    return this.#raw.consumed
  }

  read(into: Uint8Array, at: number): number | Promise<number> {
    const chunk = this.#chunks[0]
    if (chunk !== undefined) {
      const length = Math.min(chunk.length, into.length - at)
      into.set(chunk.subarray(0, length), at)
      if (length < chunk.length) this.#chunks[0] = chunk.subarray(length)
      else this.#chunks.shift()
      return length
    }
    if (this.#error !== null) throw this.#error
    if (this.#hasEnded) return 0
    return this.#wait().then(() => this.read(into, at))
  }

  close(): void {
    this.#stream.destroy()
    this.#raw.close()
  }

  #start(): Gunzip | ZstdDecompress {
    const stream =
      this.#compression === "gzip"
        ? createGunzip({ chunkSize: CHUNK_BYTES })
        : createZstdDecompress({
            chunkSize: CHUNK_BYTES,
            params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX },
          })
    stream.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk)
      stream.pause()
      this.#wake()
    })
    stream.on("end", () => this.#onEnd())
    stream.on("error", (error: NodeJS.ErrnoException) => {
      this.#error = new DecompressionError(error.code === "Z_BUF_ERROR")
      this.#wake()
    })
    this.#isBusy = false
    this.#writtenBytes = 0
    return stream
  }

  /** Node's zstd stream ends at the end of a frame and drops what follows in the same write; a file may hold many frames. */
  #onEnd(): void {
    const left = this.#writtenBytes - this.#stream.bytesWritten
    if (this.#compression === "zstd" && left > 0) {
      this.#pending = this.#written.subarray(this.#written.length - left)
      this.#stream = this.#start()
    } else {
      this.#hasEnded = true
    }
    this.#wake()
  }

  /**
   * Until there is a chunk, an end or an error. The decompressor is told of the end only when it holds no output any
   * more: its error for a stream cut short would throw that output away.
   */
  async #wait(): Promise<void> {
    while (this.#chunks.length === 0 && this.#error === null && !this.#hasEnded) {
      const compressed = this.#isBusy || this.#stream.readableLength > 0 ? undefined : await this.#nextCompressed()
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      if (compressed !== undefined) this.#hand(compressed)
      this.#stream.resume()
      await woken
    }
  }

  #hand(compressed: Uint8Array | null): void {
    const stream = this.#stream
    this.#isBusy = true
    if (compressed === null) {
      stream.end()
      return
    }
    this.#written = compressed
    this.#writtenBytes += compressed.length
    stream.write(compressed, () => {
      if (stream === this.#stream) this.#isBusy = false
      this.#wake()
    })
  }

  async #nextCompressed(): Promise<Uint8Array | null> {
    const pending = this.#pending
    if (pending !== null) {
      this.#pending = null
      return pending
    }
    const bytes = new Uint8Array(CHUNK_BYTES)
    const length = await this.#raw.read(bytes, 0)
    return length === 0 ? null : bytes.subarray(0, length)
  }
}
