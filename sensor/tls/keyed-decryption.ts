// Decryption with the secrets of key logs: what all sessions of a worker share.
//
// In:  sessions of which a hello was read, secrets in the store, packet time. Out: a SessionDecryption for each that has keys or
// may still get some.
import type { SessionReceiverFactory } from "../tcp/session-receiver.ts"
import type { Decryption, DecryptionOwner, RecordDecryption } from "./decryption.ts"
import type { DecryptionCounters } from "./decryption-counters.ts"
import { DECRYPTION_DEFAULTS, type DecryptionOptions } from "./decryption-options.ts"
import { type KeyStore, randomName } from "./key-store.ts"
import { QueueLimits } from "./record-queue.ts"
import { SessionDecryption } from "./session-decryption.ts"

export interface DecryptionShared {
  readonly store: KeyStore
  /** Reads the plaintext. */
  readonly receivers: SessionReceiverFactory
  readonly counters: DecryptionCounters
  readonly options: DecryptionOptions
  readonly limits: QueueLimits
  /** Sessions in which records wait, by when that began. */
  readonly waiting: Set<SessionDecryption>
}

export class KeyedDecryption implements Decryption {
  readonly #shared: DecryptionShared

  constructor(
    store: KeyStore,
    receivers: SessionReceiverFactory,
    counters: DecryptionCounters,
    options: DecryptionOptions = DECRYPTION_DEFAULTS,
  ) {
    const limits = new QueueLimits(options.waitSessionBytesMax, options.waitBytesMax)
    this.#shared = { store, receivers, counters, options, limits, waiting: new Set() }
  }

  /** Bytes of records that wait now. */
  get waitingBytes(): number {
    return this.#shared.limits.usedBytes
  }

  open(owner: DecryptionOwner): RecordDecryption | null {
    const { store } = this.#shared
    const random = owner.hello.clientRandom
    const mayHave = random === null ? store.sessions > 0 : store.has(randomName(random))
    if (!mayHave && !store.isExpecting) return null
    return new SessionDecryption(owner, this.#shared)
  }

  /** The input has ended: nobody waits any longer. */
  flush(): void {
    for (const session of this.#shared.waiting) session.giveUpWaiting()
  }

  /** Packet time has reached `timeUs`: who has waited for too long goes on without. */
  advance(timeUs: number): void {
    const { waiting, options, store } = this.#shared
    store.advance(timeUs)
    for (const session of waiting) {
      if (session.waitingSinceUs + options.waitUs > timeUs) return
      session.giveUpWaiting()
    }
  }
}
