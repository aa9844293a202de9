// Packets from capture files, pipes and directories, one after the other in the order given.
//
// In:  paths. Out: batches whose packets lie in one slab, valid until the next batch is asked for.
// Damage of a file ends that file, never the run: a CaptureProblem says where, the packets before it are kept, the next
// file is read. Memory is bounded by the slab (capture-window.ts), whatever the files claim.
import { statSync } from "node:fs"
import { type ByteInput, openInput } from "./byte-input.ts"
import { type CaptureFormat, STOPPED } from "./capture-format.ts"
import { type CapturePath, expandPaths } from "./capture-paths.ts"
import { CaptureWindow } from "./capture-window.ts"
import { compressionOf, DecompressedInput, DecompressionError } from "./decompressed-input.ts"
import type { BatchFilter } from "./filter/batch-filter.ts"
import { foreignAdvice } from "./foreign-format.ts"
import type { PacketBatch } from "./packet-batch.ts"
import type { CaptureCounters, CaptureProblem, CaptureSecrets, PacketSource, SecretsReceiver } from "./packet-source.ts"
import { PcapFile, pcapOrder } from "./pcap-file.ts"
import { isPcapng, PcapngFile, type PcapngReceiver } from "./pcapng-file.ts"

/** Names in `counters.interfaces`: what the batch's `port` column can tell apart. Later ones share the last. */
export const PORTS_MAX = 256

export interface CaptureOptions {
  /** Which packets are delivered; the others are counted as `filtered`. */
  readonly filter?: BatchFilter
}

/** Opens nothing yet: a path that cannot be read becomes a problem when its turn comes. */
export function openCapture(paths: readonly string[], options: CaptureOptions = {}): PacketSource {
  return new CaptureFiles(paths, options)
}

/** What is being read now. */
interface OpenCapture {
  readonly name: string
  readonly isFound: boolean
  input: ByteInput
  isDecompressed: boolean
  /** Null until the first bytes told the format. */
  format: CaptureFormat | null
  /** Read from it, filtered ones included. */
  packets: number
}

class CaptureFiles implements PacketSource, PcapngReceiver {
  readonly counters: CaptureCounters = {
    packets: 0,
    bytes: 0,
    kernelDrops: 0,
    snapped: 0,
    problems: 0,
    interfaces: [],
  }
  readonly problems: CaptureProblem[] = []
  secrets: SecretsReceiver | null = null
  readonly #captures: readonly CapturePath[]
  readonly #filter: BatchFilter | undefined
  /** Link types of `#filter.refusedLinks` that were reported. */
  #linksRefused = 0
  readonly #window = new CaptureWindow()
  readonly #totalBytes: number | null
  #drops = 0
  #next = 0
  #open: OpenCapture | null = null
  /** Input bytes of the files that are done. */
  #doneBytes = 0

  constructor(paths: readonly string[], options: CaptureOptions) {
    this.#captures = expandPaths(paths, (problem) => this.#report(problem))
    this.#totalBytes = totalBytes(this.#captures)
    this.#filter = options.filter
    if (options.filter !== undefined) this.counters.filtered = 0
  }

  get progress(): { readonly consumed: number; readonly total: number | null } {
    return { consumed: this.#doneBytes + (this.#open?.input.consumed ?? 0), total: this.#totalBytes }
  }

  next(batch: PacketBatch): boolean | Promise<boolean> {
    batch.count = 0
    for (;;) {
      const open = this.#open ?? this.#openNext()
      if (open === null) {
        if (this.#next < this.#captures.length) continue
        return false
      }
      let step: boolean | Promise<boolean>
      try {
        step = this.#read(open, batch)
      } catch (error) {
        this.#fail(open, error)
        continue
      }
      if (step === true) return true
      if (step !== false) {
        return step.then(
          () => this.next(batch),
          (error) => {
            if (this.#open === open) this.#fail(open, error)
            return this.next(batch)
          },
        )
      }
    }
  }

  close(): void {
    this.#next = this.#captures.length
    this.#endFile()
  }

  onInterface(name: string | null): number {
    const file = this.#open!.name
    return this.#port(name === null ? file : `${file} (${name})`)
  }

  onDrops(packets: number): void {
    this.#drops += packets
    this.counters.kernelDrops = this.#drops
  }

  onSecrets(secrets: CaptureSecrets): void {
    this.secrets?.onSecrets(secrets)
  }

  #port(name: string): number {
    const names = this.counters.interfaces
    const known = names.indexOf(name)
    if (known >= 0) return known
    if (names.length === PORTS_MAX) return PORTS_MAX - 1
    return names.push(name) - 1
  }

  #openNext(): OpenCapture | null {
    const capture = this.#captures[this.#next]
    if (capture === undefined) return null
    this.#next++
    const name = capture.path === "-" ? "standard input" : capture.path
    try {
      const input = openInput(capture.path)
      this.#window.open(input)
      this.#open = { name, isFound: capture.isFound, input, isDecompressed: false, format: null, packets: 0 }
    } catch (error) {
      this.#report(worldProblem(name, error, false))
    }
    return this.#open
  }

  /** One step: true when the batch has packets, false when another step may give some, a promise when it must wait. */
  #read(open: OpenCapture, batch: PacketBatch): boolean | Promise<boolean> {
    const format = open.format
    if (format === null) return this.#recognize(open)
    const need = format.fill(this.#window, batch)
    if (batch.count > 0) {
      batch.bytes = this.#window.bytes
      batch.reachedUs = batch.timeUs[batch.count - 1]!
      open.packets += batch.count
      if (this.#filter !== undefined) this.#applyFilter(this.#filter, open, batch)
      this.#count(batch)
      return true
    }
    if (need === STOPPED) {
      const { code, what } = format.fault!
      this.#damage(open, code, `at byte ${this.#window.offset}: ${what}`)
      return false
    }
    return this.#whenThere(need, (isThere) => {
      if (isThere) return
      if (this.#window.isDrained) this.#endFile()
      else this.#damage(open, "truncated", `it ends at byte ${this.#endOffset}, in the middle of ${format.record}`)
    })
  }

  /** Tells the format from the first bytes, through the compression if there is one. */
  #recognize(open: OpenCapture): boolean | Promise<boolean> {
    const window = this.#window
    return this.#whenThere(12, (isThere) => {
      const length = window.end - window.at
      if (length === 0)
        return this.#damage(open, "empty", open.isDecompressed ? "it decompresses to nothing" : "it is empty")
      if (length < 4) return this.#damage(open, "not-a-capture", NOT_A_CAPTURE)
      const compression = open.isDecompressed ? null : compressionOf(window.bytes, window.at)
      if (compression !== null) {
        const head = Uint8Array.from(window.bytes.subarray(window.at, window.end))
        open.input = new DecompressedInput(open.input, head, compression)
        open.isDecompressed = true
        return window.open(open.input)
      }
      const order = pcapOrder(window.view, window.at)
      if (order !== null) open.format = new PcapFile(order, this.#port(open.name))
      else if (isThere && isPcapng(window.view, window.at)) {
        open.format = new PcapngFile(this)
        this.secrets?.onSecretsExpected()
      } else {
        const advice = foreignAdvice(window.bytes, window.at)
        this.#damage(open, advice === null ? "not-a-capture" : "unsupported", advice ?? NOT_A_CAPTURE)
      }
    })
  }

  /** Calls `then` with whether `need` bytes are there, at once when that is known at once. */
  #whenThere(need: number, then: (isThere: boolean) => void): false | Promise<boolean> {
    const isThere = this.#window.require(need)
    if (typeof isThere !== "boolean") {
      const open = this.#open
      return isThere.then((known) => {
        // Closed in the meantime: what the input says of its end is no damage.
        if (this.#open === open) then(known)
        return false
      })
    }
    then(isThere)
    return false
  }

  get #endOffset(): number {
    return this.#window.offset + this.#window.end - this.#window.at
  }

  #applyFilter(filter: BatchFilter, open: OpenCapture, batch: PacketBatch): void {
    this.counters.filtered! += filter.apply(batch)
    for (; this.#linksRefused < filter.refusedLinks.length; this.#linksRefused++) {
      const link = filter.refusedLinks[this.#linksRefused]!
      const sentence = `${open.name}: the filter cannot be applied to packets of link type ${link}; they are left out.`
      this.#report({ code: "unsupported", sentence, partial: true })
    }
  }

  #count(batch: PacketBatch): void {
    const { captured, wire, count } = batch
    let bytes = 0
    let snapped = 0
    for (let i = 0; i < count; i++) {
      bytes += captured[i]!
      if (captured[i]! < wire[i]!) snapped++
    }
    this.counters.packets += count
    this.counters.bytes += bytes
    this.counters.snapped += snapped
  }

  #report(problem: CaptureProblem): void {
    this.problems.push(problem)
    this.counters.problems++
  }

  /** Ends the file with a sentence that says what was kept of it. */
  #damage(open: OpenCapture, code: CaptureProblem["code"], what: string): void {
    this.#report({ code, sentence: `${open.name}: ${what}${keptClause(open)}.`, partial: isPartial(open) })
    this.#endFile()
  }

  /** Reading threw: the decompressor met damage, or the system an error. */
  #fail(open: OpenCapture, error: unknown): void {
    if (error instanceof DecompressionError) {
      const where = `${error.message} (decompressed up to byte ${this.#endOffset})`
      this.#damage(open, error.isTruncated ? "truncated" : "bad-block", where)
      return
    }
    this.#report(worldProblem(open.name, error, isPartial(open)))
    this.#endFile()
  }

  #endFile(): void {
    if (this.#open === null) return
    this.#doneBytes += this.#open.input.consumed
    this.#open.input.close()
    this.#open = null
  }
}

const NOT_A_CAPTURE = "it is not a capture (neither pcap nor pcapng, plain or compressed)"

function isPartial(open: OpenCapture): boolean {
  return open.packets > 0 || open.isFound
}

function keptClause(open: OpenCapture): string {
  if (open.format === null) return ""
  if (open.packets === 0) return "; there is no packet before it"
  return open.packets === 1 ? "; the packet before it is kept" : `; the ${open.packets} packets before it are kept`
}

/** A problem of the world around the file: it is not there, or may not be read. */
function worldProblem(name: string, error: unknown, partial: boolean): CaptureProblem {
  const { code, message } = error as NodeJS.ErrnoException
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return { code: "missing", sentence: `${name}: there is no such file.`, partial }
    case "EACCES":
    case "EPERM":
      return { code: "unreadable", sentence: `${name}: permission to read it is missing.`, partial }
    case "EISDIR":
      return { code: "directory", sentence: `${name}: it is a directory.`, partial }
    default:
      return { code: "unreadable", sentence: `${name}: it cannot be read: ${message}.`, partial }
  }
}

/** Bytes of all captures, null when one of them has no size known beforehand. */
function totalBytes(captures: readonly CapturePath[]): number | null {
  let total = 0
  for (const { path } of captures) {
    if (path === "-") return null
    try {
      const status = statSync(path)
      if (!status.isFile()) return null
      total += status.size
    } catch {
      // It will be reported when its turn comes; it adds no bytes.
    }
  }
  return total
}
