// The HTTP/2 stage: sessions that HTTP/1 hands over in, exchanges out. RFC 9113, RFC 7541.
//
// In:  SessionReceiver calls from the handover on: by prior knowledge, after a 101 to h2c, out of TLS.
// Out: ExchangeReceiver calls: decoded heads, body prefixes, exchanges.
// Given up, and counted: bytes between a loss and the next frames that can be recognised, fields that stand in a dynamic table from
// before the sensor came (unknown, never guessed), what is beyond the limits (options.ts).
import { BufferPool } from "../../../shared/bytes/buffer-pool.ts"
import type { Side } from "../../flow/flow.ts"
import type { SessionReceiver } from "../../tcp/session-receiver.ts"
import type { BodySink } from "../body-prefix.ts"
import type { ExchangeReceiver } from "../exchange-receiver.ts"
import type { HandedSession, UpgradedReceiver } from "../successors.ts"
import type { Http2Counters } from "./counters.ts"
import { FrameScan } from "./frame-chain.ts"
import { H2Connection } from "./h2-connection.ts"
import type { H2Stream } from "./h2-stream.ts"
import { H2Teller } from "./h2-tell.ts"
import { HeadBuilder } from "./head-builder.ts"
import { HTTP2_DEFAULTS, type Http2Options } from "./options.ts"

/** What all connections of a worker share. */
export class Http2Shared<Q, S> {
  readonly receiver: ExchangeReceiver<Q, S>
  readonly counters: Http2Counters
  readonly options: Http2Options
  readonly builder: HeadBuilder
  readonly pool: BufferPool
  readonly scan = new FrameScan()
  readonly teller: H2Teller<Q, S>
  readonly sink: BodySink<unknown, unknown>
  /** Streams under way, and records that no stream uses. */
  streams = 0
  readonly spareStreams: H2Stream<Q, S>[] = []

  constructor(receiver: ExchangeReceiver<Q, S>, counters: Http2Counters, options: Http2Options) {
    this.receiver = receiver
    this.counters = counters
    this.options = options
    this.builder = new HeadBuilder(options)
    this.pool = new BufferPool(options.gatherBytesMax)
    this.teller = new H2Teller(receiver, counters)
    this.sink = { receiver: receiver as ExchangeReceiver<unknown, unknown>, counters, pool: this.pool }
  }
}

export class Http2<Q, S> {
  readonly #shared: Http2Shared<Q, S>

  constructor(receiver: ExchangeReceiver<Q, S>, counters: Http2Counters, options: Http2Options = HTTP2_DEFAULTS) {
    this.#shared = new Http2Shared(receiver, counters, options)
  }

  /** Bytes of buffers that hold cut blocks and body prefixes now; of dynamic tables; streams under way. */
  get gatheredBytes(): number {
    return this.#shared.pool.usedBytes
  }
  get tableBytes(): number {
    this.#shared.builder.decoder.slab.beginBlock()
    return this.#shared.builder.decoder.slab.usedBytes
  }
  get streams(): number {
    return this.#shared.streams
  }

  /** The streams of `session` are HTTP/2. `client`: side that sent the preface, -1 unknown. */
  open(session: HandedSession, client: Side | -1, timeUs: number): SessionReceiver {
    this.#shared.counters.sessions++
    return new H2Connection(this.#shared, session, client, timeUs)
  }

  /** The streams are HTTP/2 from here on; `adopt` gives it the request that its stream 1 answers. */
  openUpgraded(session: HandedSession, client: Side, timeUs: number): UpgradedReceiver<Q> {
    const { counters } = this.#shared
    counters.sessions++
    counters.upgraded++
    return new H2Connection(this.#shared, session, client, timeUs)
  }
}
