// Reads a live source to its end and keeps what its packets say: what the tests of live capture look at.
import { type LiveOptions, openLive } from "./live.ts"
import { PacketBatch } from "./packet-batch.ts"
import type { CaptureCounters, PacketSource } from "./packet-source.ts"

export interface SeenPacket {
  /** The first text "packet N." in the packet, "" when there is none. */
  readonly text: string
  readonly bytes: Uint8Array
  readonly captured: number
  readonly wire: number
  readonly timeUs: number
  readonly vlan: number
  readonly link: number
  readonly port: number
}

const DEADLINE_MS = 8000

export class LiveReader {
  static readonly #open = new Set<LiveReader>()
  readonly source: PacketSource
  readonly sentences: string[] = []
  readonly seen: SeenPacket[] = []
  /** Times reached, of batches without a packet. */
  readonly silentUs: number[] = []
  /** Resolves when the source has ended; rejects when it fails, or time goes back. */
  readonly end: Promise<void>
  /** Counts only. */
  readonly isBrief: boolean

  constructor(interfaces: readonly string[], options: Partial<LiveOptions> = {}, isBrief = false) {
    this.isBrief = isBrief
    this.source = openLive({ interfaces, log: (sentence) => this.sentences.push(sentence), ...options })
    this.end = this.#run()
    this.end.catch(() => {})
    LiveReader.#open.add(this)
  }

  /** Closes what a failed test left open. */
  static closeAll(): void {
    for (const reader of LiveReader.#open) reader.source.close()
    LiveReader.#open.clear()
  }

  get texts(): string[] {
    return this.seen.map(({ text }) => text)
  }

  /** Stops the source, takes the rest, and gives its counters. */
  async finish(): Promise<CaptureCounters> {
    this.source.stop!()
    await this.end
    this.source.close()
    return this.source.counters
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    const deadline = performance.now() + DEADLINE_MS
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`not in time: ${what}; said: ${this.sentences.join(" | ")}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  async #run(): Promise<void> {
    const batch = new PacketBatch()
    let reachedUs = 0
    while (await this.source.next(batch)) {
      if (batch.reachedUs < reachedUs) throw new Error(`time went back from ${reachedUs} to ${batch.reachedUs}`)
      reachedUs = batch.reachedUs
      if (batch.count === 0) this.silentUs.push(reachedUs)
      for (let i = 0; i < batch.count && !this.isBrief; i++) this.#keep(batch, i)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #keep(batch: PacketBatch, i: number): void {
    const start = batch.start[i]!
    const bytes = Buffer.from(batch.bytes.subarray(start, start + batch.captured[i]!))
    this.seen.push({
      text: /packet \d+\./.exec(bytes.toString("latin1"))?.[0] ?? "",
      bytes,
      captured: batch.captured[i]!,
      wire: batch.wire[i]!,
      timeUs: batch.timeUs[i]!,
      vlan: batch.vlan[i]!,
      link: batch.link[i]!,
      port: batch.port[i]!,
    })
  }
}
