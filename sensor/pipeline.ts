// The packet's path on one screen.
//
//   source --batch--> decode --segment--> tcp --bytes--> http --exchange--> summarize --event--> publisher
//
// Packets are pulled; everything after is pushed by direct calls. Time is packet time. The only waiting is for input and
// for a publisher whose window is full. Nothing here knows files, sockets or signals.
import { PacketBatch } from "./capture/packet-batch.ts"
import type { PacketSource } from "./capture/packet-source.ts"
import type { PipelineValues } from "./config.ts"
import { DecoderCounters } from "./decode/counters.ts"
import { Decoder } from "./decode/decoder.ts"
import { Packet, Verdict } from "./decode/packet.ts"
import { ZoneLedger } from "./flow/zone-ledger.ts"
import { HttpCounters } from "./http/counters.ts"
import { Http } from "./http/http.ts"
import { HTTP_DEFAULTS } from "./http/options.ts"
import type { SensorCounters } from "./ledger.ts"
import type { Publisher } from "./publish/publisher.ts"
import { SummaryCounters } from "./summary/counters.ts"
import type { PseudonymKey } from "./summary/pseudonym.ts"
import { Summarizer } from "./summary/summarizer.ts"
import { TcpCounters } from "./tcp/counters.ts"
import { TCP_DEFAULTS } from "./tcp/options.ts"
import { Tcp } from "./tcp/tcp.ts"

export class Pipeline {
  readonly counters: SensorCounters
  readonly #source: PacketSource
  readonly #publisher: Publisher
  readonly #decoder: Decoder
  readonly #tcp: Tcp
  readonly #zones: ZoneLedger
  readonly #batch = new PacketBatch()
  readonly #packet = new Packet()
  /** Packet time reached, µs. */
  #timeUs = 0
  #isStopping = false
  readonly #stopped = Promise.withResolvers<boolean>()

  constructor(source: PacketSource, publisher: Publisher, key: PseudonymKey, values: PipelineValues, reveal: boolean) {
    const decoder = new DecoderCounters()
    const tcp = new TcpCounters()
    const http = new HttpCounters()
    const summary = new SummaryCounters()
    this.#decoder = new Decoder(decoder)
    const zoneName = (zone: number): string => this.#decoder.zones.name(zone)
    const zones = new ZoneLedger(zoneName)
    this.#zones = zones
    this.counters = {
      capture: source.counters,
      decoder,
      tcp,
      get zones() {
        return zones.counters({
          packets: decoder.tcp,
          payloadBytes: decoder.payloadBytes,
          gaps: tcp.reassemblyGap,
          gapBytes: tcp.gapBytes,
        })
      },
      http,
      summary,
      published: publisher.counters,
    }
    this.#source = source
    this.#publisher = publisher
    const summarizer = new Summarizer(publisher, key, summary, {
      reveal,
      bodyPrefixBytes: values["body.prefix"],
      zoneName,
    })
    const exchanges = new Http(summarizer, http, {
      ...HTTP_DEFAULTS,
      headBytesMax: values["http.head-max"],
      bodyPrefixBytes: values["body.prefix"],
    })
    const limits = {
      ...TCP_DEFAULTS,
      flowsMax: values["flow.max"],
      depthBytes: values["tcp.depth"],
      memcapBytes: values["tcp.memcap"],
      reorderHorizonUs: values["tcp.reorder-horizon"],
      idleTimeoutUs: values["tcp.idle-timeout"],
    }
    this.#tcp = new Tcp(exchanges, tcp, limits, zones)
  }

  /** Runs until the input ends or `stop` is called, then delivers what is held and closes the publisher. */
  async run(): Promise<void> {
    try {
      while (!this.#isStopping && (await this.#next())) {
        this.#work()
        // Even when nothing is busy, timers, signals and sockets get a turn once a batch.
        await (this.#publisher.busy ?? new Promise<void>((resolve) => setImmediate(resolve)))
      }
    } finally {
      this.#source.close()
      this.#tcp.flush(this.#timeUs)
    }
    await this.#publisher.close()
  }

  /**
   * Ends the run after the batch at hand, also while it waits for input. `abandon`: this reading will be repeated under the
   * same positions, so what is not sent yet must not be (see Publisher.abandon).
   */
  stop(abandon: boolean): void {
    if (this.#isStopping) return
    this.#isStopping = true
    if (abandon) this.#publisher.abandon("interrupted")
    this.#stopped.resolve(false)
  }

  get isInterrupted(): boolean {
    return this.#isStopping
  }

  /** False at the end of the input, or when the run is stopped while it waits for more. */
  #next(): boolean | Promise<boolean> {
    const next = this.#source.next(this.#batch)
    return typeof next === "boolean" ? next : Promise.race([next, this.#stopped.promise])
  }

  #work(): void {
    const { count, reachedUs } = this.#batch
    const packet = this.#packet
    for (let i = 0; i < count; i++) {
      this.#decoder.decode(this.#batch, i, packet)
      if (packet.verdict !== Verdict.tcp) continue
      if (packet.zone !== 0) this.#zones.onSegment(packet)
      this.#tcp.onSegment(packet, packet.bytes)
    }
    this.#timeUs = reachedUs
    this.#tcp.advance(this.#timeUs)
    this.#publisher.advance(this.#timeUs)
  }
}
