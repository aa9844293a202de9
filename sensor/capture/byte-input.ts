// Where the bytes of a capture come from: a regular file (read without waiting), or a pipe, FIFO or socket (waited for).
// What cannot be opened or read throws the system's own error: capture-files.ts turns it into a CaptureProblem.
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs"
import { Socket } from "node:net"
import { isatty } from "node:tty"

export interface ByteInput {
  /** Bytes taken from the outside so far, before any decompression. */
  readonly consumed: number
  /**
   * Fills `into` from `at` on with at least one byte and at most all that fits; 0 when the input has ended.
   * A number when the bytes are at hand, a Promise when they must be waited for. One read at a time.
   */
  read(into: Uint8Array, at: number): number | Promise<number>
  close(): void
}

export class FileInput implements ByteInput {
  consumed = 0
  readonly #fd: number

  constructor(fd: number) {
    this.#fd = fd
  }

  read(into: Uint8Array, at: number): number {
    const got = readSync(this.#fd, into, at, into.length - at, null)
    this.consumed += got
    return got
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/**
 * A pipe, FIFO or socket. It goes through the event loop, not through a blocking read on a worker thread: a process whose
 * thread waits for a silent pipe cannot exit.
 */
export class PipeInput implements ByteInput {
  consumed = 0
  readonly #socket: Socket
  #chunk: Buffer | null = null
  #error: Error | null = null
  #ended = false
  #wake: () => void = () => {}

  constructor(fd: number) {
    this.#socket = new Socket({ fd, readable: true, writable: false })
    this.#socket.on("readable", () => this.#wake())
    this.#socket.on("end", () => {
      this.#ended = true
      this.#wake()
    })
    this.#socket.on("error", (error) => {
      this.#error = error
      this.#wake()
    })
    this.#socket.on("close", () => {
      this.#ended = true
      this.#wake()
    })
  }

  read(into: Uint8Array, at: number): number | Promise<number> {
    const chunk = this.#chunk ?? (this.#socket.read() as Buffer | null)
    if (chunk !== null) {
      const length = Math.min(chunk.length, into.length - at)
      into.set(chunk.subarray(0, length), at)
      this.#chunk = length < chunk.length ? chunk.subarray(length) : null
      this.consumed += length
      return length
    }
    if (this.#error !== null) throw this.#error
    if (this.#ended) return 0
    return new Promise<void>((resolve) => {
      this.#wake = resolve
    }).then(() => this.read(into, at))
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** Opens a path, or standard input for `-`. A FIFO is opened without waiting for its writer: reading waits instead. */
export function openInput(path: string): ByteInput {
  const fd = path === "-" ? 0 : openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const status = fstatSync(fd)
  if (status.isFIFO() || status.isSocket()) return new PipeInput(fd)
  if (isatty(fd)) throw Object.assign(new Error("it is a terminal, not a capture"), { code: "ETTY" })
  return new FileInput(fd)
}
