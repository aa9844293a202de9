// Batches on disk until the server has them: what a sensor that is killed, or cannot reach its server, finds again.
//
//   append -> file written last -> [full: next file] ...        release: a file without batches that are wanted is deleted
//
// Each batch is written before it is sent (a write into the page cache, no waiting for the disk): a process that is killed loses none.
// Once a second what waits is synced: a power cut costs the last second of an outage. After a restart whole files are found again, so
// that batches which were acknowledged may be sent once more; the collector knows their positions. Given up, and counted: torn ends of files,
// damaged batches and files that are none (tornBytes), what a disk refuses to take (writeErrors; the caller holds it in memory).
import { readFileSync, renameSync, unlinkSync, writevSync } from "node:fs"
import { join } from "node:path"
import { WorldError } from "../../../shared/config/program.ts"
import type { Message } from "../link.ts"
import type { SpoolCounters } from "./counters.ts"
import { type SpoolFile, SpoolFiles, type Write } from "./files.ts"
import { fileName, fileNumbers, spoolError, takePlace } from "./folder.ts"
import { leaveLock } from "./lock.ts"
import {
  decodeFile,
  decodeRecord,
  encodeHeader,
  encodeRecordHead,
  type SpoolNames,
  type SpoolRecord,
} from "./record.ts"

export interface SpoolOptions {
  /** Folder of this worker, made with mode 0700. */
  readonly place: string
  readonly names: SpoolNames
  /** Bytes of all files together. */
  readonly bytesMax: number
  /** Batches, too: what is known of each stays in memory, some 200 bytes. */
  readonly batchesMax?: number
  /** Sentences about what was found, and whenever the disk begins or ceases to refuse. */
  readonly say: (sentence: string) => void
  readonly write?: Write
}

/** Where a batch lies. */
export interface Place {
  readonly file: SpoolFile
  /** Its record in the file. */
  readonly start: number
  readonly recordBytes: number
  /** The batch alone. */
  readonly length: number
}

/** A batch of an earlier run. */
export interface Inherited {
  readonly boot: string
  readonly sequence: number
  readonly events: number
  readonly place: Place
}

/** At a batch a second six days, at some 100 MB of memory. */
export const BATCHES_MAX = 1 << 19
const FILE_BYTES_MAX = 4 << 20
const FILES_MIN = 16
/** The part of a file's size from which it is begun anew as soon as nothing in it is wanted. */
const REUSE_SHARE = 0.25
const SYNC_MS = 1000
/** One is kept, for whoever wants to know what it was. */
const DAMAGED = "damaged"

export class Spool {
  readonly batchesMax: number
  readonly #options: SpoolOptions
  readonly #counters: SpoolCounters
  readonly #header: Buffer
  readonly #fileBytesMax: number
  readonly #files: SpoolFiles
  readonly #syncer: NodeJS.Timeout
  #inherited: readonly Inherited[]
  #next: number
  #isRefusing = false

  /** Throws WorldError: the place cannot be used, or holds batches of another sensor. */
  constructor(counters: SpoolCounters, options: SpoolOptions) {
    const { place, names, bytesMax } = options
    takePlace(place)
    this.#options = options
    this.#counters = counters
    this.batchesMax = options.batchesMax ?? BATCHES_MAX
    this.#header = encodeHeader(names)
    this.#fileBytesMax = Math.min(FILE_BYTES_MAX, Math.floor(bytesMax / FILES_MIN))
    try {
      this.#files = new SpoolFiles(place, counters, options.write ?? writevSync)
      this.#inherited = this.#find()
      this.#next = (fileNumbers(place).at(-1) ?? 0) + 1
    } catch (error) {
      leaveLock(place)
      throw spoolError(place, error)
    }
    this.#syncer = setInterval(() => this.#files.sync(), SYNC_MS)
    this.#syncer.unref()
  }

  /** Batches of earlier runs, oldest first, until they are taken. */
  get inherited(): readonly Inherited[] {
    return this.#inherited
  }

  /** Hands them over: what is known of half a million batches is not kept twice. */
  takeInherited(): readonly Inherited[] {
    const taken = this.#inherited
    this.#inherited = []
    return taken
  }

  /** Whether a batch of that size can be appended without anything being given up. */
  hasRoom({ bytes }: Message, boot: string): boolean {
    return this.#counters.heldBytes + this.#header.length + bytes.length + boot.length + 64 <= this.#options.bytesMax
  }

  /** Null: the disk does not take it. */
  append(message: Message, boot: string): Place | null {
    try {
      const head = encodeRecordHead(message, boot)
      const { length } = message.bytes
      const file = this.#fileFor(length)
      const start = file.bytes
      this.#files.append([head, message.bytes])
      file.live++
      if (this.#isRefusing) this.#options.say(`The spool ${this.#options.place} takes batches again.`)
      this.#isRefusing = false
      return { file, start, recordBytes: head.length + length, length }
    } catch (error) {
      this.#counters.writeErrors++
      this.#refuse(error)
      return null
    }
  }

  /** The bytes of a batch, or null when the disk does not give them back as they were. */
  read({ file, start, recordBytes }: Place): Buffer | null {
    try {
      const bytes = this.#files.read(file, start, recordBytes)
      const record = decodeRecord(bytes, 0)
      return record === null ? null : bytes.subarray(record.offset, record.end)
    } catch {
      return null
    }
  }

  /** A batch is not wanted any more. */
  release({ file }: Place): void {
    if (--file.live > 0) return
    if (file !== this.#files.current) this.#attempt(() => this.#files.delete(file))
    else if (file.bytes > REUSE_SHARE * this.#fileBytesMax)
      this.#attempt(() => this.#files.cut(file, this.#header.length))
  }

  /** What is wanted stays for the next run; without any nothing is left. */
  close(): void {
    clearInterval(this.#syncer)
    const { current } = this.#files
    if (current?.live === 0) this.#attempt(() => this.#files.delete(current))
    this.#files.close()
    leaveLock(this.#options.place)
  }

  #find(): Inherited[] {
    const found: Inherited[] = []
    for (const number of fileNumbers(this.#options.place)) {
      const path = join(this.#options.place, fileName(number))
      const bytes = readFileSync(path)
      const content = decodeFile(bytes)
      if (content === null) {
        this.#counters.tornBytes += bytes.length
        // Empty: killed between making it and writing to it.
        if (bytes.length === 0) unlinkSync(path)
        else renameSync(path, join(this.#options.place, DAMAGED))
        continue
      }
      this.#counters.tornBytes += content.tornBytes
      this.#refuseOthers(content.names, content.records.length)
      const file: SpoolFile = { number, bytes: bytes.length, live: content.records.length }
      this.#counters.heldBytes += file.bytes
      if (file.live === 0) this.#files.delete(file)
      else if (content.end < file.bytes) this.#files.cut(file, content.end)
      for (const record of content.records) found.push(this.#inherit(file, record))
    }
    this.#tell(found)
    return found
  }

  #inherit(file: SpoolFile, { boot, sequence, events, start, end, offset }: SpoolRecord): Inherited {
    this.#counters.inheritedExchanges += events
    return { boot, sequence, events, place: { file, start, recordBytes: end - start, length: end - offset } }
  }

  #refuseOthers({ tenant, sensor }: SpoolNames, batches: number): void {
    const { place, names } = this.#options
    if (batches > 0 && (tenant !== names.tenant || sensor !== names.sensor))
      throw new WorldError(
        `The spool ${place} holds batches of sensor ${sensor} of tenant ${tenant}: run that one once until they are sent, or choose another folder.`,
      )
  }

  #tell(found: readonly Inherited[]): void {
    const { place, say } = this.#options
    const { tornBytes, inheritedExchanges } = this.#counters
    if (tornBytes > 0) say(`The spool ${place} has ${tornBytes} bytes that are no whole batch: they are left out.`)
    if (found.length > 0)
      say(
        `The spool ${place} holds ${found.length} batches (${inheritedExchanges} exchanges) of an earlier run: they are sent first.`,
      )
  }

  #fileFor(bytes: number): SpoolFile {
    const { current } = this.#files
    if (current !== null && (current.live === 0 || current.bytes + bytes <= this.#fileBytesMax)) return current
    const file = this.#files.begin(this.#next)
    this.#next++
    try {
      this.#files.append([this.#header])
      return file
    } catch (error) {
      this.#files.delete(file)
      throw error
    }
  }

  #attempt(change: () => void): void {
    try {
      change()
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
}
