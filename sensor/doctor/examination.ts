// The packet's path through the doctor on one screen.
//
//   source --batch--> frames, times --> decode --segment--> copies --> checksums, flows --> checks
//
// In:  batches. Out: findings. Nothing is held of payload; every table has a fixed size. Copies are counted, then set aside,
// so that loss and order are those of the traffic, not of the mirror's repetitions.
import type { PacketBatch } from "../capture/packet-batch.ts"
import type { PacketSource } from "../capture/packet-source.ts"
import { DecoderCounters } from "../decode/counters.ts"
import { Decoder } from "../decode/decoder.ts"
import { Packet, Verdict } from "../decode/packet.ts"
import { DefragCounters } from "../defrag/counters.ts"
import { Defragmenter } from "../defrag/defragmenter.ts"
import { DEFRAG_DEFAULTS } from "../defrag/options.ts"
import { ChecksumWatch } from "./checksum-watch.ts"
import { CopyWindow } from "./copy-window.ts"
import { FlowWatch } from "./flow-watch.ts"
import { FrameWatch } from "./frame-watch.ts"
import type { HostFacts } from "./host-facts.ts"
import type { Measurements } from "./measurements.ts"
import { TimeWatch } from "./time-watch.ts"

export class Examination {
  readonly #source: PacketSource
  readonly #frames: FrameWatch
  readonly #times = new TimeWatch()
  readonly #counters = new DecoderCounters()
  readonly #fragments = new Defragmenter(new DefragCounters(), DEFRAG_DEFAULTS)
  readonly #decoder = new Decoder(this.#counters, {}, this.#fragments)
  readonly #copies = new CopyWindow()
  readonly #checksums = new ChecksumWatch()
  readonly #flows: FlowWatch
  readonly #packet = new Packet()
  readonly #before: readonly HostFacts[]
  #skewMinUs = Number.POSITIVE_INFINITY
  #skewMaxUs = Number.NEGATIVE_INFINITY

  /** `before`: what the system says of the live interfaces behind `source`, in its order; none for captures. */
  constructor(source: PacketSource, before: readonly HostFacts[], flowsMax?: number) {
    this.#source = source
    this.#before = before
    this.#frames = new FrameWatch(this.#before.map((facts) => facts.address).filter((address) => address !== ""))
    this.#flows = new FlowWatch(flowsMax)
  }

  /** Packets looked at so far. */
  get packets(): number {
    return this.#times.counters.packets
  }

  /** `wallUs`: the clock on the wall, µs since 1970, null for captures. */
  look(batch: PacketBatch, wallUs: number | null): void {
    const packet = this.#packet
    for (let i = 0; i < batch.count; i++) {
      const timeUs = batch.timeUs[i]!
      this.#times.onPacket(timeUs, batch.port[i]!, batch.wire[i]!)
      this.#decoder.decode(batch, i, packet)
      const isTcp = packet.verdict === Verdict.tcp
      this.#frames.look(batch, i, isTcp)
      if (!isTcp || this.#copies.isCopy(packet)) continue
      this.#checksums.onSegment(packet, packet.bytes === batch.bytes ? batch.start[i]! : 0)
      this.#flows.onSegment(packet)
    }
    this.#fragments.advance(batch.reachedUs)
    if (wallUs === null || batch.count === 0) return
    const skewUs = wallUs - batch.timeUs[batch.count - 1]!
    this.#skewMinUs = Math.min(this.#skewMinUs, skewUs)
    this.#skewMaxUs = Math.max(this.#skewMaxUs, skewUs)
  }

  /** The end. `seconds` by the clock on the wall, null for captures; `after`: the interfaces once more. */
  finish(seconds: number | null, after: readonly HostFacts[]): Measurements {
    this.#flows.finish()
    const { counters: time } = this.#times
    return {
      capture: this.#source.counters,
      isLive: this.#source.isLive === true,
      seconds: seconds ?? time.spanUs / 1e6,
      time,
      frames: this.#frames.counters,
      outerFlows: this.#frames.outerFlows,
      decoder: this.#counters,
      copies: this.#copies.counters,
      flows: this.#flows.counters,
      loss: this.#flows.loss.counters,
      checksums: this.#checksums.counters,
      skew: this.#skewMaxUs >= this.#skewMinUs ? { minUs: this.#skewMinUs, maxUs: this.#skewMaxUs } : null,
      hosts: this.#before.map((before, i) => ({ before, after: after[i] ?? before })),
    }
  }
}
