// The secrets that a pipeline has, and the ways they come in: lines of key logs, secrets blocks of captures.

import type { CaptureSecrets, SecretsReceiver } from "../capture/packet-source.ts"
import type { DecryptionCounters } from "./decryption-counters.ts"
import { KeyLogReader } from "./key-log.ts"
import { KEY_STORE_DEFAULTS, KeyStore, type KeyStoreOptions } from "./key-store.ts"

/** Type of a secrets block of a capture that holds lines of a TLS key log. */
const TLS_KEY_LOG = 0x544c534b

export class SessionKeys implements SecretsReceiver {
  readonly store: KeyStore
  readonly #reader: KeyLogReader
  readonly #counters: DecryptionCounters["keys"]

  constructor(counters: DecryptionCounters["keys"], options: KeyStoreOptions = KEY_STORE_DEFAULTS) {
    this.#counters = counters
    this.store = new KeyStore(counters, options)
    this.#reader = new KeyLogReader(this.store, counters)
  }

  /** Whole lines: sessions that wait for them go on before this returns. */
  readLines(lines: Uint8Array): void {
    this.#reader.read(lines)
    this.#reader.end()
    this.store.wake()
  }

  /** Records are kept for a while for keys that come late. */
  onSecretsExpected(): void {
    this.store.isExpecting = true
  }

  /** A secrets block of a capture; what others than TLS have in theirs is counted and left. */
  onSecrets({ type, bytes }: CaptureSecrets): void {
    if (type === TLS_KEY_LOG) this.readLines(bytes)
    else this.#counters.unsupported++
    bytes.fill(0)
  }
}
