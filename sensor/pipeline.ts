// The packet's path on one screen.
//
//   source --batch--> decode --segment--> duplicates --segment--> tcp --bytes--> http --exchange--> summarize --event--> publisher
//                     ^    '--fragment--> defrag --.
//                     '---------datagram-----------'
//
// Packets are pulled; everything after is pushed by direct calls. Time is packet time. The only waiting is for input and,
// where input can wait, for a publisher whose window is full; a live source is always read, and overload gives up work
// in stated steps. Nothing here knows files, sockets or signals.
import { BATCH_PACKETS_MAX, PacketBatch } from "./capture/packet-batch.ts"
import type { PacketSource } from "./capture/packet-source.ts"
import type { PipelineValues } from "./config.ts"
import { DarkLedger } from "./dark-ledger.ts"
import { DecoderCounters } from "./decode/counters.ts"
import { Decoder } from "./decode/decoder.ts"
import { Packet, Verdict } from "./decode/packet.ts"
import { DefragCounters } from "./defrag/counters.ts"
import { Defragmenter } from "./defrag/defragmenter.ts"
import { DuplicateCounters } from "./duplicates/counters.ts"
import { DuplicateWindow } from "./duplicates/duplicate-window.ts"
import { ZoneLedger } from "./flow/zone-ledger.ts"
import { HttpCounters } from "./http/counters.ts"
import { Http } from "./http/http.ts"
import { Http2Counters } from "./http/http2/counters.ts"
import { Http2 } from "./http/http2/http2.ts"
import { WebSocketCounters } from "./http/websocket/counters.ts"
import { WebSockets } from "./http/websocket/websockets.ts"
import type { SensorCounters } from "./ledger.ts"
import { type Overload, OverloadCounters } from "./overload.ts"
import { Protocols } from "./protocols.ts"
import type { Publisher } from "./publish/publisher.ts"
import { stageOptions } from "./stage-options.ts"
import { SummaryCounters } from "./summary/counters.ts"
import type { RequestFacts, ResponseFacts } from "./summary/facts.ts"
import type { PseudonymKey } from "./summary/privacy/pseudonym.ts"
import { Summarizer } from "./summary/summarizer.ts"
import { TlsSessions } from "./summary/tls-sessions.ts"
import { TcpCounters } from "./tcp/counters.ts"
import type { SessionReceiverFactory } from "./tcp/session-receiver.ts"
import { Tcp } from "./tcp/tcp.ts"
import { TlsCounters } from "./tls/counters.ts"
import { KeyedDecryption } from "./tls/keyed-decryption.ts"
import { SessionKeys } from "./tls/session-keys.ts"
import { Tls } from "./tls/tls.ts"

/** What a live run has besides: how it gives way, and somebody to tell. */
export interface LivePart {
  readonly overload: Overload
  /** Share of the kernel's rings that waits to be read, 0 to 1. */
  readonly ringFill: () => number
  readonly say: (sentence: string) => void
  /** Written each batch: turns, packets, exchanges. Outlives a worker that dies (workers.ts). */
  readonly mark: Float64Array
}

/** Slots of `LivePart.mark`. */
export const Mark = { turns: 0, packets: 1, exchanges: 2 } as const
export const MARKS = 3

/** Packets of files between two turns of the event loop: some milliseconds. */
const TURN_PACKETS = BATCH_PACKETS_MAX

export class Pipeline {
  readonly counters: SensorCounters
  /** TLS that was not read, by server. */
  readonly dark: DarkLedger
  /** Takes secrets of TLS sessions, before the packets or between two batches. */
  readonly keys: SessionKeys
  readonly #source: PacketSource
  readonly #publisher: Publisher
  readonly #live: LivePart | null
  readonly #summarizer: Summarizer
  readonly #decoder: Decoder
  readonly #defragmenter: Defragmenter
  readonly #duplicates: DuplicateWindow
  readonly #tcp: Tcp
  readonly #http: Http<RequestFacts, ResponseFacts>
  readonly #decryption: KeyedDecryption
  readonly #zones: ZoneLedger
  readonly #batch = new PacketBatch()
  readonly #packet = new Packet()
  /** Packet time reached, µs. */
  #timeUs = 0
  #isStopping = false
  readonly #stopped = Promise.withResolvers<boolean>()

  constructor(
    source: PacketSource,
    publisher: Publisher,
    key: PseudonymKey,
    values: PipelineValues,
    reveal: boolean,
    live: LivePart | null = null,
  ) {
    const options = stageOptions(values)
    const decoder = new DecoderCounters()
    const defrag = new DefragCounters()
    const duplicates = new DuplicateCounters()
    const tcp = new TcpCounters()
    const http = new HttpCounters()
    const http2 = new Http2Counters()
    const websocket = new WebSocketCounters()
    const tls = new TlsCounters()
    const summary = new SummaryCounters()
    this.#defragmenter = new Defragmenter(defrag, options.defrag)
    this.#decoder = new Decoder(decoder, options.decoder, this.#defragmenter)
    this.#duplicates = new DuplicateWindow(duplicates, options.duplicates)
    const zoneName = (zone: number): string => this.#decoder.zones.name(zone)
    const zones = new ZoneLedger(zoneName)
    this.#zones = zones
    this.#summarizer = new Summarizer(publisher, key, summary, { ...options.summary, reveal, zoneName })
    this.dark = new DarkLedger(publisher)
    const notes = new TlsSessions(this.dark, key, { ...options.summary, reveal, zoneName })
    // Keys of a capture must last until their packets come, whenever these were captured.
    const keyLifeUs = source.isLive === true ? options.keys.lifetimeUs : Number.POSITIVE_INFINITY
    this.keys = new SessionKeys(tls.keys, { ...options.keys, lifetimeUs: keyLifeUs })
    // What is decrypted is read like any other session.
    const plaintext: SessionReceiverFactory = { open: (session, timeUs) => this.#http.open(session, timeUs) }
    this.#decryption = new KeyedDecryption(this.keys.store, plaintext, tls, options.decryption)
    const protocols = new Protocols(
      new Tls(notes, tls, options.tls, this.#decryption),
      new Http2(this.#summarizer, http2, options.http2),
      new WebSockets(this.#summarizer, http, websocket),
    )
    this.#http = new Http(this.#summarizer, http, options.http, protocols)
    this.#tcp = new Tcp(this.#http, tcp, options.tcp, zones)
    if (source.secrets !== undefined) source.secrets = this.keys
    this.#source = source
    this.#publisher = publisher
    this.#live = live
    this.counters = {
      capture: source.counters,
      decoder,
      defrag,
      duplicates,
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
      http2,
      websocket,
      tls,
      summary,
      published: publisher.counters,
      overload: live?.overload.counters ?? new OverloadCounters(),
    }
  }

  /** Runs until the input ends or `stop` is called, then delivers what is held and closes the publisher. */
  async run(): Promise<void> {
    try {
      let packets = 0
      while (!this.#isStopping) {
        const next = this.#next()
        if (!(typeof next === "boolean" ? next : await next)) break
        this.#work()
        packets += this.#batch.count
        const isLive = this.#source.isLive === true
        const busy = isLive ? null : this.#publisher.busy
        if (busy !== null) await busy
        // Even when nothing is busy, timers, signals and sockets get a turn: live once a batch, of files once in TURN_PACKETS.
        else if (isLive || packets >= TURN_PACKETS) {
          packets = 0
          await new Promise<void>((resolve) => setImmediate(resolve))
        }
      }
    } finally {
      this.#source.close()
      this.#defragmenter.flush()
      this.#tcp.flush(this.#timeUs)
      this.#decryption.flush()
      this.keys.store.clear()
    }
    await this.#publisher.close()
  }

  /**
   * Ends the run after the batch at hand, also while it waits for input; a live source delivers first what it has captured.
   * `abandon`: this reading will be repeated under the same positions, so what is not sent yet must not be (see
   * Publisher.abandon).
   */
  stop(abandon: boolean): void {
    if (this.#isStopping) return
    if (this.#source.stop !== undefined) {
      this.#source.stop()
      return
    }
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
      if (this.#duplicates.isDuplicate(packet)) continue
      this.#tcp.onSegment(packet, packet.bytes)
    }
    this.#timeUs = reachedUs
    this.#defragmenter.advance(this.#timeUs)
    this.#tcp.advance(this.#timeUs)
    this.#decryption.advance(this.#timeUs)
    this.#publisher.advance(this.#timeUs)
    if (this.#live === null) return
    const { mark } = this.#live
    mark[Mark.turns]!++
    mark[Mark.packets] = this.counters.capture.packets
    mark[Mark.exchanges] = this.counters.published.exchanges
    this.#giveWay(this.#live)
  }

  #giveWay({ overload, ringFill, say }: LivePart): void {
    if (!overload.observe(this.#timeUs, this.counters.capture.kernelDrops ?? 0, ringFill)) return
    this.#summarizer.isBodyless = overload.isBodyless
    this.#tcp.shed(overload.shedMask)
    say(overload.sentence)
  }
}
