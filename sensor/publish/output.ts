// Bytes to a file descriptor, in large writes.
//
// In:  text or bytes. Out: write calls of about 64 KiB. A pipe that is full for now (EAGAIN) is waited for; one whose
// reader went away (EPIPE, `| head`) ends the output quietly: `hasEnded` turns true and the rest is discarded.
import { writeSync } from "node:fs"
import { LinkError } from "./link.ts"

const CHUNK_BYTES = 64 * 1024
/** Pause while a pipe is full. Blocking is right: there is nothing else to do for a command that prints. */
const PAUSE_MS = 2

/** fs.writeSync, or what a test puts in its place. */
export type Write = (fd: number, bytes: Uint8Array, offset: number, length: number) => number

export class Output {
  hasEnded = false
  readonly #fd: number
  readonly #write: Write
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  #used = 0

  constructor(fd: number, write: Write = writeSync) {
    this.#fd = fd
    this.#write = write
  }

  /** Takes UTF-8 text. */
  text(text: string): void {
    if (this.hasEnded) return
    // Three bytes are the most that a UTF-16 unit takes.
    this.#reserve(text.length * 3)
    this.#used += this.#chunk.write(text, this.#used)
    if (this.#used >= CHUNK_BYTES) this.flush()
  }

  bytes(bytes: Uint8Array): void {
    if (this.hasEnded) return
    this.#reserve(bytes.length)
    this.#chunk.set(bytes, this.#used)
    this.#used += bytes.length
    if (this.#used >= CHUNK_BYTES) this.flush()
  }

  flush(): void {
    let start = 0
    while (start < this.#used && !this.hasEnded) start += this.#writeSome(start)
    this.#used = 0
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
      this.hasEnded = true
      if (code === "EPIPE") return 0
      throw new LinkError("io", `The output cannot be written: ${(error as Error).message}.`)
    }
  }
}
