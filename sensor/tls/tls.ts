// The TLS stage: ordered bytes of sessions that speak TLS in, one account of each session out; what can be decrypted goes on from
// there. RFC 8446, RFC 5246, and what came before them since SSL 3.
//
// In:  SessionReceiver calls, from where the first record begins.
// Out: TlsReceiver calls; protected records for a Decryption, if there is one.
// Given up, and counted: everything in darkBytes, bytes that are no records, messages beyond the limits.
import { BufferPool } from "../../shared/bytes/buffer-pool.ts"
import type { SessionReceiver, SessionReceiverFactory, SessionView } from "../tcp/session-receiver.ts"
import type { TlsCounters } from "./counters.ts"
import { type Decryption, NO_DECRYPTION } from "./decryption.ts"
import { HelloReaders } from "./handshake.ts"
import type { TlsOptions } from "./options.ts"
import type { TlsReceiver } from "./tls-receiver.ts"
import { TlsSession } from "./tls-session.ts"

/** What all sessions of a worker share. */
export class TlsShared {
  readonly receiver: TlsReceiver
  readonly counters: TlsCounters
  readonly options: TlsOptions
  readonly decryption: Decryption
  readonly pool: BufferPool
  readonly readers: HelloReaders
  /** Records that no session uses: as many as there were sessions at once. */
  readonly spare: TlsSession[] = []

  constructor(receiver: TlsReceiver, counters: TlsCounters, options: TlsOptions, decryption: Decryption) {
    this.receiver = receiver
    this.counters = counters
    this.options = options
    this.decryption = decryption
    this.pool = new BufferPool(options.heldBytesMax)
    this.readers = new HelloReaders(counters)
  }
}

export class Tls implements SessionReceiverFactory {
  readonly #shared: TlsShared

  constructor(
    receiver: TlsReceiver,
    counters: TlsCounters,
    options: TlsOptions,
    decryption: Decryption = NO_DECRYPTION,
  ) {
    this.#shared = new TlsShared(receiver, counters, options, decryption)
  }

  /** Bytes of buffers that hold cut records and messages now. */
  get heldBytes(): number {
    return this.#shared.pool.usedBytes
  }

  open(session: SessionView, timeUs: number): SessionReceiver {
    const shared = this.#shared
    shared.counters.sessions++
    const tls = shared.spare.pop() ?? new TlsSession(shared)
    tls.begin(session, timeUs)
    return tls
  }
}
