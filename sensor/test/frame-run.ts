// Frames through the whole sensor, in memory: what a test changed in them, and what the sensor says of it.
import { settle } from "../../shared/config/options.ts"
import type { ApiEvent, TlsNote } from "../../shared/event/api-event.ts"
import { balances } from "../../shared/event/ledger.ts"
import type { PlainFacts } from "../../shared/event/plain-facts.ts"
import type { Frame } from "../../shared/testing/packet-builder.ts"
import { openCapture } from "../capture/capture-files.ts"
import { BATCH_PACKETS_MAX, PacketBatch } from "../capture/packet-batch.ts"
import type { CaptureCounters, PacketSource } from "../capture/packet-source.ts"
import { PIPELINE_OPTIONS } from "../config.ts"
import { localKey } from "../key-file.ts"
import { ledgerCounters } from "../ledger.ts"
import { Pipeline } from "../pipeline.ts"
import { PublisherCounters } from "../publish/link.ts"
import { eventLine } from "../publish/ndjson.ts"
import type { Publisher } from "../publish/publisher.ts"

const NO_LINES = new Uint8Array(0)

export class FrameSource implements PacketSource {
  readonly counters: CaptureCounters = {
    packets: 0,
    bytes: 0,
    kernelDrops: 0,
    snapped: 0,
    problems: 0,
    interfaces: ["frames"],
  }
  readonly problems = []
  readonly progress = { consumed: 0, total: null }
  readonly #frames: readonly Frame[]
  readonly #breakAt: number
  readonly #onBreak: () => void
  #next = 0

  /** `onBreak` is called when `breakAt` frames have been worked through. */
  constructor(frames: readonly Frame[], breakAt = Number.POSITIVE_INFINITY, onBreak: () => void = () => undefined) {
    this.#frames = frames
    this.#breakAt = breakAt
    this.#onBreak = onBreak
  }

  next(batch: PacketBatch): boolean {
    const isBreak = this.#next === this.#breakAt
    if (isBreak) this.#onBreak()
    const last = this.#next < this.#breakAt ? this.#breakAt : Number.POSITIVE_INFINITY
    const frames = this.#frames.slice(this.#next, Math.min(last, this.#next + BATCH_PACKETS_MAX))
    this.#next += frames.length
    batch.bytes = Buffer.concat(frames.map((frame) => frame.bytes))
    batch.count = frames.length
    let at = 0
    for (const [i, { bytes, wire, timeUs }] of frames.entries()) {
      batch.start[i] = at
      batch.captured[i] = bytes.length
      batch.wire[i] = wire ?? bytes.length
      batch.timeUs[i] = timeUs
      batch.reachedUs = timeUs
      batch.link[i] = 1
      at += bytes.length
    }
    this.counters.packets += frames.length
    this.counters.bytes += at
    return frames.length > 0
  }

  close(): void {}
}

/** An exchange as `read --reveal` prints it. */
export interface ExchangeLine {
  readonly state: "complete" | "bodyGap" | "requestOnly" | "responseOnly" | "unpaired"
  readonly client: { readonly ip: string; readonly port: number }
  readonly method: string | null
  readonly target: string | null
  readonly status: number | null
  readonly requestBytes: number
  readonly responseBytes: number
  readonly exchangeKey: string | null
  readonly flags: readonly string[]
  readonly dataClasses: { readonly response: Readonly<Record<string, number>> }
  readonly response: { readonly kind: string; readonly shape: string | null }
  readonly returned?: { readonly total: number | null }
}

class LineRecorder implements Publisher {
  readonly counters = new PublisherCounters()
  readonly busy = null
  readonly lines: ExchangeLine[] = []
  readonly notes: TlsNote[] = []

  publish(event: ApiEvent, plain: PlainFacts | null): void {
    this.counters.exchanges++
    this.counters.acknowledged++
    this.lines.push(eventLine(event, plain) as unknown as ExchangeLine)
  }
  note(): void {}
  tls(note: TlsNote): void {
    this.counters.tlsNotes++
    this.notes.push(note)
  }
  advance(): void {}
  abandon(): void {}
  async close(): Promise<void> {}
}

export interface FrameRun {
  readonly exchanges: readonly ExchangeLine[]
  /** Non-zero counters by dotted name. */
  readonly counters: Readonly<Record<string, number>>
  /** The equations of the ledger that do not hold, as sentences. */
  readonly wrong: readonly string[]
  /** Account of each TLS session, as it would leave. */
  readonly notes: readonly TlsNote[]
}

export interface FrameKeys {
  /** Lines of a TLS key log. */
  readonly lines: Uint8Array
  /** Frames that come before them; none when it is missing. */
  readonly after?: number
}

export async function runFrames(frames: readonly Frame[], keys: FrameKeys | null = null): Promise<FrameRun> {
  const recorder = new LineRecorder()
  const values = settle(PIPELINE_OPTIONS, {}).values
  const { lines = NO_LINES, after = 0 } = keys ?? {}
  // A copy: whoever takes lines fills them with zeros.
  const tell = (): void => pipeline.keys.readLines(Uint8Array.from(lines))
  const source = new FrameSource(frames, after > 0 ? after : Number.POSITIVE_INFINITY, tell)
  const pipeline: Pipeline = new Pipeline(source, recorder, localKey(), values, true)
  if (after > 0) pipeline.keys.onSecretsExpected()
  else tell()
  await pipeline.run()
  const counters = ledgerCounters(pipeline.counters)
  const wrong = balances(counters)
    .filter((one) => !one.holds)
    .map((one) => `${one.sentence}: ${one.offered} against ${one.accounted}`)
  const { decoder, defrag, duplicates, tcp } = pipeline.counters
  if (decoder.tcp !== tcp.packets + duplicates.packets) wrong.push("segments = offered to TCP + copies")
  if (decoder.payloadBytes !== tcp.payloadBytes + duplicates.bytes) wrong.push("payload = offered to TCP + copies")
  const sum = (fates: object): number => Object.values(fates).reduce((total, each) => total + each, 0)
  if (defrag.offered !== sum(defrag.fragments)) wrong.push("fragments = the sum of their fates")
  if (defrag.offeredBytes !== sum(defrag.bytes)) wrong.push("bytes of fragments = the sum of their fates")
  return { exchanges: recorder.lines, counters, wrong, notes: recorder.notes }
}

/** The frames of a capture file. */
export async function readFrames(path: string): Promise<Frame[]> {
  const source = openCapture([path])
  const batch = new PacketBatch()
  const frames: Frame[] = []
  while (await source.next(batch)) {
    for (let i = 0; i < batch.count; i++) {
      const start = batch.start[i]!
      const bytes = Uint8Array.from(batch.bytes.subarray(start, start + batch.captured[i]!))
      frames.push({ timeUs: batch.timeUs[i]!, bytes, wire: batch.wire[i]! })
    }
  }
  source.close()
  return frames
}
