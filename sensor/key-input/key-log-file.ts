// A key log in a file: read at once, or followed while it grows, is truncated or replaced.
//
// In:  a path. Out: whole lines. A file that cannot be read ends reading at once with a WorldError; one that is followed may
// appear later, and is said to be missing once.
import { closeSync, openSync, readSync } from "node:fs"
import { type FileHandle, open, stat } from "node:fs/promises"
import { WorldError } from "../../shared/config/program.ts"
import { type TakeLines, WholeLines } from "./whole-lines.ts"

const CHUNK_BYTES = 64 << 10
const POLL_MS = 100

/** Reads all of it. Throws WorldError. */
export function readKeyLog(path: string, take: TakeLines): void {
  const lines = new WholeLines(take)
  const chunk = Buffer.alloc(CHUNK_BYTES)
  let file = -1
  try {
    file = openSync(path, "r")
    for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk)) {
      lines.push(chunk.subarray(0, count))
      chunk.fill(0, 0, count)
    }
    lines.end()
  } catch (error) {
    throw new WorldError(`--keylog: ${sentenceOf(path, error)}`)
  } finally {
    if (file >= 0) closeSync(file)
  }
}

function sentenceOf(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === "ENOENT" || code === "ENOTDIR") return `${path} is not there.`
  if (code === "EACCES" || code === "EPERM") return `permission to read ${path} is missing.`
  if (code === "EISDIR") return `${path} is a directory.`
  return `${path} cannot be read: ${message}.`
}

export class KeyLogFollower {
  readonly #path: string
  readonly #lines: WholeLines
  readonly #say: (sentence: string) => void
  readonly #chunk = Buffer.alloc(CHUNK_BYTES)
  readonly #timer: NodeJS.Timeout
  #file: FileHandle | null = null
  #position = 0
  #isLooking = false
  #looked = Promise.resolve()
  #isClosed = false
  /** The last complaint: said once until all is well again. */
  #complaint = ""

  constructor(path: string, take: TakeLines, say: (sentence: string) => void) {
    this.#path = path
    this.#lines = new WholeLines(take)
    this.#say = say
    this.#timer = setInterval(() => {
      if (!this.#isLooking) void this.look()
    }, POLL_MS)
    this.#timer.unref()
    void this.look()
  }

  close(): void {
    this.#isClosed = true
    clearInterval(this.#timer)
    if (!this.#isLooking) void this.#closeFile()
  }

  /** Reads what is new, behind a reading that is under way. */
  look(): Promise<void> {
    this.#looked = this.#looked.then(() => this.#look())
    return this.#looked
  }

  async #look(): Promise<void> {
    if (this.#isClosed) return
    this.#isLooking = true
    try {
      this.#file ??= await open(this.#path, "r")
      await this.#readOn(this.#file)
      if (await this.#isReplaced(this.#file)) await this.#closeFile()
      this.#complaint = ""
    } catch (error) {
      this.#complain(sentenceOf(this.#path, error))
      await this.#closeFile()
    }
    this.#isLooking = false
    if (this.#isClosed) await this.#closeFile()
  }

  async #readOn(file: FileHandle): Promise<void> {
    const { size } = await file.stat()
    if (size < this.#position) {
      this.#position = 0
      this.#lines.reset()
    }
    while (!this.#isClosed) {
      const { bytesRead } = await file.read(this.#chunk, 0, CHUNK_BYTES, this.#position)
      if (bytesRead === 0) return
      this.#position += bytesRead
      this.#lines.push(this.#chunk.subarray(0, bytesRead))
      this.#chunk.fill(0, 0, bytesRead)
    }
  }

  /** Another file has its name now, or none. */
  async #isReplaced(file: FileHandle): Promise<boolean> {
    const [ours, theirs] = await Promise.all([file.stat(), stat(this.#path).catch(() => null)])
    return theirs === null || theirs.ino !== ours.ino || theirs.dev !== ours.dev
  }

  async #closeFile(): Promise<void> {
    const file = this.#file
    this.#file = null
    this.#position = 0
    this.#lines.end()
    await file?.close().catch(() => undefined)
  }

  #complain(sentence: string): void {
    if (sentence === this.#complaint) return
    this.#complaint = sentence
    this.#say(`Key log: ${sentence} It is looked for until it can be read.`)
  }
}
