// The files of a spool's place on disk: opened, written, read, synced, deleted. What they hold is spool.ts's affair.
//
// Only the file that is written and the one last read are open: a spool of a terabyte needs no more descriptors than one of a megabyte.
// Syncing runs beside everything else; a file that is full is synced before it is closed. Errors of writing are thrown, those of syncing counted.
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  truncateSync,
  unlinkSync,
  type writevSync,
} from "node:fs"
import { join } from "node:path"
import type { SpoolCounters } from "./counters.ts"
import { fileName } from "./folder.ts"

export interface SpoolFile {
  readonly number: number
  bytes: number
  /** Batches in it that are still wanted. */
  live: number
}

export type Write = typeof writevSync

export class SpoolFiles {
  readonly #place: string
  readonly #counters: SpoolCounters
  readonly #write: Write
  readonly #folder: number
  #writer: { readonly file: SpoolFile; readonly fd: number } | null = null
  #reader: { readonly file: SpoolFile; readonly fd: number } | null = null
  #isFolderDirty = false
  #isDirty = false
  #isSyncing = false

  /** Throws the system's error when the place is not there. */
  constructor(place: string, counters: SpoolCounters, write: Write) {
    this.#place = place
    this.#counters = counters
    this.#write = write
    this.#folder = openSync(place, "r")
  }

  /** The file that is written. */
  get current(): SpoolFile | null {
    return this.#writer?.file ?? null
  }

  /** Begins a file; the one before is synced and closed. Throws the system's error. */
  begin(number: number): SpoolFile {
    const fd = openSync(this.#path(number), "wx+", 0o600)
    this.#retire()
    const file = { number, bytes: 0, live: 0 }
    this.#writer = { file, fd }
    this.#isFolderDirty = true
    return file
  }

  /** Behind the current file's end, whole or not at all. Throws the system's error. */
  append(parts: readonly Uint8Array[]): void {
    const { file, fd } = this.#writer!
    const size = parts.reduce((sum, part) => sum + part.length, 0)
    if (this.#write(fd, parts, file.bytes) !== size) {
      ftruncateSync(fd, file.bytes)
      throw Object.assign(new Error("short write"), { code: "ENOSPC" })
    }
    this.#grow(file, size)
    this.#isDirty = true
  }

  /** `length` bytes from `start`. Throws the system's error, and RangeError when there are fewer. */
  read(file: SpoolFile, start: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length)
    const fd = file === this.current ? this.#writer!.fd : this.#readerOf(file)
    if (readSync(fd, bytes, 0, length, start) !== length) throw new RangeError("short read")
    return bytes
  }

  /** Cuts a file off. Throws the system's error. */
  cut(file: SpoolFile, bytes: number): void {
    truncateSync(this.#path(file.number), bytes)
    this.#grow(file, bytes - file.bytes)
  }

  /** Throws the system's error. */
  delete(file: SpoolFile): void {
    this.#counters.heldBytes -= file.bytes
    if (this.#reader?.file === file) this.#closeReader()
    if (this.#writer?.file === file) {
      closeSync(this.#writer.fd)
      this.#writer = null
      this.#isDirty = false
    }
    unlinkSync(this.#path(file.number))
  }

  /** Begins to bring to the disk what is not there; not again before that has ended. */
  sync(): void {
    if (this.#isSyncing || !this.#isDirty || this.#writer === null) return
    this.#isSyncing = true
    this.#isDirty = false
    const onEnd = (error: Error | null): void => {
      if (error !== null) this.#counters.syncErrors++
      this.#isSyncing = false
    }
    fdatasync(this.#writer.fd, (error) => {
      if (!this.#isFolderDirty || error !== null) return onEnd(error)
      this.#isFolderDirty = false
      fsync(this.#folder, onEnd)
    })
  }

  close(): void {
    if (this.#writer !== null) {
      const { fd } = this.#writer
      try {
        // A sync that is under way may not have begun yet, and finds the file closed.
        if (this.#isDirty || this.#isSyncing) fdatasyncSync(fd)
        if (this.#isFolderDirty) fsyncSync(this.#folder)
      } catch {
        this.#counters.syncErrors++
      }
      this.#isFolderDirty = false
      closeSync(fd)
    }
    this.#writer = null
    this.#closeReader()
    closeSync(this.#folder)
  }

  #retire(): void {
    if (this.#writer === null) return
    const { fd } = this.#writer
    this.#writer = null
    fdatasync(fd, (error) => {
      if (error !== null) this.#counters.syncErrors++
      closeSync(fd)
    })
  }

  #readerOf(file: SpoolFile): number {
    if (this.#reader?.file === file) return this.#reader.fd
    this.#closeReader()
    const fd = openSync(this.#path(file.number), "r")
    this.#reader = { file, fd }
    return fd
  }

  #closeReader(): void {
    if (this.#reader !== null) closeSync(this.#reader.fd)
    this.#reader = null
  }

  #grow(file: SpoolFile, bytes: number): void {
    file.bytes += bytes
    this.#counters.heldBytes += bytes
  }

  #path(number: number): string {
    return join(this.#place, fileName(number))
  }
}
