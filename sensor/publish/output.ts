// Bytes to a file descriptor, in large writes.
//
// In:  text or bytes. Out: write calls of about 64 KiB. A pipe that is full for now (EAGAIN) is waited for; one whose
// reader went away (EPIPE, `| head`) ends the output: `failure` says why, and the rest is discarded. Nothing is thrown, because
// the caller is in the middle of a packet; whoever asks `failure` between two batches stops.
import { writeSync } from "node:fs"
import { LinkError } from "./link.ts"

const CHUNK_BYTES = 64 * 1024
/** Pause while a pipe is full. Blocking is right: there is nothing else to do for a command that prints. */
const PAUSE_MS = 2

/** fs.writeSync, or what a test puts in its place. */
export type Write = (fd: number, bytes: Uint8Array, offset: number, length: number) => number

export class Output {
  /** Why nothing is written any more; null while all is well. */
  failure: LinkError | null = null
  /** Writes done: what was taken before the last one is out. */
  flushes = 0
  readonly #fd: number
  readonly #write: Write
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  #used = 0

  constructor(fd: number, write: Write = writeSync) {
    this.#fd = fd
    this.#write = write
  }

  /** Nothing is waiting to be written. */
  get isEmpty(): boolean {
    return this.#used === 0
  }

  /** Takes UTF-8 text. */
  text(text: string): void {
    if (this.failure !== null) return
    // Three bytes are the most that a UTF-16 unit takes.
    this.#reserve(text.length * 3)
    this.#used += this.#chunk.write(text, this.#used)
    if (this.#used >= CHUNK_BYTES) this.flush()
  }

  bytes(bytes: Uint8Array): void {
    if (this.failure !== null) return
    this.#reserve(bytes.length)
    this.#chunk.set(bytes, this.#used)
    this.#used += bytes.length
    if (this.#used >= CHUNK_BYTES) this.flush()
  }

  flush(): void {
    let start = 0
    while (start < this.#used && this.failure === null) start += this.#writeSome(start)
    this.#used = 0
    if (this.failure === null) this.flushes++
  }

  #reserve(length: number): void {
    if (this.#used + length <= this.#chunk.length) return
    this.flush()
    if (length > this.#chunk.length) this.#chunk = Buffer.allocUnsafe(length)
  }

  #writeSome(start: number): number {
    try {
      return this.#write(this.#fd, this.#chunk, start, this.#used - start)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === "EAGAIN") {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
        return 0
      }
      this.failure =
        code === "EPIPE"
          ? new LinkError("closed-pipe", "The reader of the output went away.")
          : new LinkError("io", `The output cannot be written: ${(error as Error).message}.`)
      return 0
    }
  }
}
