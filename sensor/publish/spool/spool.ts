// Batches on disk until the server has them: what a sensor that is killed, or cannot reach its server, finds again.
//
//   append -> file written last -> [full: next file] ...        release: a file without batches that are wanted is deleted
//
// Each batch is written before it is sent (a write into the page cache, no waiting for the disk): a process that is killed loses none.
// What waits for longer than SYNC_MS is synced: a power cut costs the last second of an outage. After a restart whole files are found again, so
// that batches which were acknowledged may be sent once more; the collector knows their positions. Given up, and counted: torn ends of files
// and files that are none (tornBytes), what a disk refuses to take (writeErrors; the caller holds it in memory).
import {
  closeSync,
  fdatasync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  unlinkSync,
  writevSync,
} from "node:fs"
import { join } from "node:path"
import { WorldError } from "../../../shared/config/program.ts"
import type { Message, SpoolCounters } from "../link.ts"
import { fileName, fileNumbers, leavePlace, takePlace } from "./folder.ts"
import { decodeFile, encodeHeader, encodeRecordHead, type SpoolNames } from "./record.ts"

export interface SpoolOptions {
  /** Folder of this worker, made with mode 0700. */
  readonly place: string
  readonly names: SpoolNames
  /** Bytes of all files together. */
  readonly bytesMax: number
  /** Sentences about what was found, and whenever the disk begins or ceases to refuse. */
  readonly say: (sentence: string) => void
  readonly write?: typeof writevSync
}

/** Where a batch lies. */
export interface Place {
  readonly file: SpoolFile
  readonly offset: number
  readonly length: number
}

/** A batch of an earlier run. */
export interface Inherited {
  readonly boot: string
  readonly sequence: number
  readonly events: number
  readonly place: Place
}

interface SpoolFile {
  readonly number: number
  readonly fd: number
  bytes: number
  /** Batches in it that are still wanted. */
  live: number
}

const FILE_BYTES_MAX = 4 << 20
const FILES_MIN = 16
/** The part of a file's size from which it is begun anew as soon as nothing in it is wanted. */
const REUSE_SHARE = 0.25
const SYNC_MS = 1000

export class Spool {
  /** Batches of earlier runs, oldest first. */
  readonly inherited: readonly Inherited[]
  readonly #options: SpoolOptions
  readonly #counters: SpoolCounters
  readonly #header: Buffer
  readonly #write: typeof writevSync
  readonly #fileBytesMax: number
  readonly #files = new Set<SpoolFile>()
  readonly #syncer: NodeJS.Timeout
  #current: SpoolFile | null = null
  #next: number
  #isDirty = false
  #isSyncing = false
  #isRefusing = false

  /** Throws WorldError: the place cannot be used, or holds batches of another sensor. */
  constructor(counters: SpoolCounters, options: SpoolOptions) {
    takePlace(options.place)
    this.#options = options
    this.#counters = counters
    this.#header = encodeHeader(options.names)
    this.#write = options.write ?? writevSync
    this.#fileBytesMax = Math.min(FILE_BYTES_MAX, Math.floor(options.bytesMax / FILES_MIN))
    try {
      this.inherited = this.#find()
    } catch (error) {
      leavePlace(options.place)
      throw error
    }
    this.#next = (fileNumbers(options.place).at(-1) ?? 0) + 1
    this.#syncer = setInterval(() => this.#sync(), SYNC_MS)
    this.#syncer.unref()
  }

  /** Whether a batch of that size can be appended without anything being given up. */
  hasRoom({ bytes }: Message, boot: string): boolean {
    return this.#counters.heldBytes + this.#header.length + bytes.length + boot.length + 64 <= this.#options.bytesMax
  }

  /** Null: the disk does not take it. */
  append(message: Message, boot: string): Place | null {
    try {
      const file = this.#fileFor(message.bytes.length)
      const head = encodeRecordHead(message, boot)
      const size = head.length + message.bytes.length
      const offset = file.bytes + head.length
      if (this.#write(file.fd, [head, message.bytes], file.bytes) !== size) {
        ftruncateSync(file.fd, file.bytes)
        throw Object.assign(new Error("short write"), { code: "ENOSPC" })
      }
      this.#grow(file, size)
      file.live++
      this.#isDirty = true
      if (this.#isRefusing) this.#options.say(`The spool ${this.#options.place} takes batches again.`)
      this.#isRefusing = false
      return { file, offset, length: message.bytes.length }
    } catch (error) {
      this.#counters.writeErrors++
      this.#refuse(error)
      return null
    }
  }

  /** The bytes of a batch, or null when the disk does not give them back. */
  read({ file, offset, length }: Place): Buffer | null {
    const bytes = Buffer.allocUnsafe(length)
    try {
      return readSync(file.fd, bytes, 0, length, offset) === length ? bytes : null
    } catch {
      return null
    }
  }

  /** A batch is not wanted any more. */
  release({ file }: Place): void {
    if (--file.live > 0) return
    if (file !== this.#current) this.#delete(file)
    else if (file.bytes > REUSE_SHARE * this.#fileBytesMax) this.#empty(file)
  }

  /** What is wanted stays for the next run; without any nothing is left. */
  close(): void {
    clearInterval(this.#syncer)
    for (const file of [...this.#files]) {
      if (file.live === 0) this.#delete(file)
      else closeSync(file.fd)
    }
    this.#files.clear()
    leavePlace(this.#options.place)
  }

  #find(): Inherited[] {
    const { place, names } = this.#options
    const found: Inherited[] = []
    let torn = 0
    for (const number of fileNumbers(place)) {
      const path = join(place, fileName(number))
      const bytes = readFileSync(path)
      const content = decodeFile(bytes)
      if (content === null) {
        torn += bytes.length
        renameSync(path, `${path}.damaged`)
        continue
      }
      const { tenant, sensor } = content.names
      if (content.records.length > 0 && (tenant !== names.tenant || sensor !== names.sensor))
        throw new WorldError(
          `The spool ${place} holds batches of sensor ${sensor} of tenant ${tenant}: run that one once until they are sent, or choose another folder.`,
        )
      torn += content.tornBytes
      const file = { number, fd: openSync(path, "r"), bytes: bytes.length, live: content.records.length }
      this.#files.add(file)
      this.#counters.heldBytes += file.bytes
      if (file.live === 0) this.#delete(file)
      for (const { offset, length, ...record } of content.records) {
        found.push({ ...record, place: { file, offset, length } })
        this.#counters.inheritedExchanges += record.events
      }
    }
    this.#tell(found, torn)
    return found
  }

  #tell(found: readonly Inherited[], torn: number): void {
    const { place, say } = this.#options
    this.#counters.tornBytes += torn
    if (torn > 0) say(`The spool ${place} has ${torn} bytes that are no whole batch: they are left out.`)
    const events = found.reduce((sum, batch) => sum + batch.events, 0)
    if (found.length > 0)
      say(
        `The spool ${place} holds ${found.length} batches (${events} exchanges) of an earlier run: they are sent first.`,
      )
  }

  #fileFor(bytes: number): SpoolFile {
    const current = this.#current
    if (current !== null && (current.live === 0 || current.bytes + bytes <= this.#fileBytesMax)) return current
    const number = this.#next
    const path = join(this.#options.place, fileName(number))
    const file: SpoolFile = { number, fd: openSync(path, "wx+", 0o600), bytes: 0, live: 0 }
    this.#next++
    this.#files.add(file)
    this.#current = file
    if (current !== null && current.live === 0) this.#delete(current)
    try {
      if (this.#write(file.fd, [this.#header], 0) !== this.#header.length)
        throw Object.assign(new Error("short write"), { code: "ENOSPC" })
    } catch (error) {
      this.#delete(file)
      this.#current = null
      throw error
    }
    this.#grow(file, this.#header.length)
    return file
  }

  #grow(file: SpoolFile, bytes: number): void {
    file.bytes += bytes
    this.#counters.heldBytes += bytes
  }

  #empty(file: SpoolFile): void {
    try {
      ftruncateSync(file.fd, this.#header.length)
      this.#grow(file, this.#header.length - file.bytes)
    } catch (error) {
      this.#refuse(error)
    }
  }

  #delete(file: SpoolFile): void {
    this.#files.delete(file)
    this.#counters.heldBytes -= file.bytes
    try {
      closeSync(file.fd)
      unlinkSync(join(this.#options.place, fileName(file.number)))
    } catch (error) {
      this.#refuse(error)
    }
  }

  #refuse(error: unknown): void {
    if (this.#isRefusing) return
    this.#isRefusing = true
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    this.#options.say(`The spool ${this.#options.place} takes no more (${reason}): batches are held in memory.`)
  }

  /** Not while a server answers: then nothing lives for a second. */
  #sync(): void {
    const file = this.#current
    if (!this.#isDirty || this.#isSyncing || file === null || file.live === 0) return
    this.#isDirty = false
    this.#isSyncing = true
    fdatasync(file.fd, () => {
      this.#isSyncing = false
    })
  }
}
