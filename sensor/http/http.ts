// The HTTP/1 stage: ordered bytes of TCP sessions in, exchanges out. RFC 9110, RFC 9112.
//
// In:  SessionReceiver calls: data, gaps, ends of both sides of a session, on any port.
// Out: ExchangeReceiver calls: heads while their bytes are at hand, body prefixes, exchanges with their state.
// Given up, and counted: sessions that do not speak HTTP/1 (by their first bytes), bytes between a loss and the next
// message that can be recognised, heads beyond the limit, pairs that cannot be proven (both halves are handed over alone).
import { BufferPool } from "../../shared/bytes/buffer-pool.ts"
import type { SessionReceiver, SessionReceiverFactory, SessionView } from "../tcp/session-receiver.ts"
import { Connection } from "./connection.ts"
import type { HttpCounters } from "./counters.ts"
import { EitherScan } from "./either-scan.ts"
import { ExchangeEmitter } from "./exchange-emitter.ts"
import type { ExchangeReceiver } from "./exchange-receiver.ts"
import { HeadReader } from "./head-reader.ts"
import { MessageRecords } from "./message.ts"
import type { HttpOptions } from "./options.ts"
import { StartScan } from "./start-scan.ts"
import { NO_SUCCESSORS, type Successors } from "./successors.ts"

/** What all connections of a worker share. */
export class HttpShared<Q, S> {
  readonly receiver: ExchangeReceiver<Q, S>
  readonly counters: HttpCounters
  readonly options: HttpOptions
  readonly reader: HeadReader
  readonly scan = new StartScan()
  readonly either: EitherScan = new EitherScan(this.scan)
  readonly pool: BufferPool
  readonly messages = new MessageRecords()
  readonly successors: Successors<Q>
  readonly emitter: ExchangeEmitter<Q, S>
  /** Records that no session uses: as many as there were sessions at once. Making one costs as much as a small exchange. */
  readonly spare: Connection<Q, S>[] = []
  #bytes: Uint8Array = new Uint8Array(0)
  #buffer: Buffer = Buffer.alloc(0)
  #view: DataView = new DataView(new ArrayBuffer(0))

  constructor(
    receiver: ExchangeReceiver<Q, S>,
    counters: HttpCounters,
    options: HttpOptions,
    successors: Successors<Q>,
  ) {
    this.successors = successors
    this.receiver = receiver
    this.counters = counters
    this.options = options
    this.reader = new HeadReader(options.headBytesMax, counters)
    this.pool = new BufferPool(options.gatherBytesMax)
    this.emitter = new ExchangeEmitter(receiver, counters)
  }

  /** Points the head record at `bytes`. The Buffer and the view over them are made once for each array that comes along. */
  use(bytes: Uint8Array): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#buffer = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.reader.use(bytes, this.#buffer, this.#view)
  }
}

export class Http<Q, S> implements SessionReceiverFactory {
  readonly #shared: HttpShared<Q, S>

  constructor(
    receiver: ExchangeReceiver<Q, S>,
    counters: HttpCounters,
    options: HttpOptions,
    successors: Successors<Q> = NO_SUCCESSORS,
  ) {
    this.#shared = new HttpShared(receiver, counters, options, successors)
  }

  /** Bytes of buffers that hold cut heads and body prefixes now. */
  get gatheredBytes(): number {
    return this.#shared.pool.usedBytes
  }

  open(session: SessionView, timeUs: number): SessionReceiver {
    const shared = this.#shared
    shared.counters.sessions++
    const connection = shared.spare.pop() ?? new Connection(shared)
    connection.begin(session, timeUs)
    return connection
  }
}
