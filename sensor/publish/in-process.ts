// Hands encoded batches to a receiver in the same process, as bytes: the embedded collector sees what a remote one sees.

import type { Link, Message } from "./link.ts"
import type { PublishCounters } from "./publisher.ts"

/** Takes a message; the promise is there while the receiver wants no more (it writes a checkpoint), and may reject. */
export type Receive = (bytes: Uint8Array) => Promise<void> | null

export class InProcessLink implements Link {
  readonly #counters: PublishCounters
  readonly #receive: Receive
  #busy: Promise<void> | null = null

  constructor(counters: PublishCounters, receive: Receive) {
    this.#counters = counters
    this.#receive = receive
  }

  /** Rejects with the receiver's error. */
  get busy(): Promise<void> | null {
    return this.#busy
  }

  send(message: Message): void {
    const waiting = this.#receive(message.bytes)
    this.#counters.acknowledged += message.events
    if (waiting === null) return
    const busy = this.#busy === null ? waiting : Promise.all([this.#busy, waiting]).then(() => undefined)
    this.#busy = busy
    busy.then(
      () => {
        if (this.#busy === busy) this.#busy = null
      },
      () => undefined,
    )
  }

  async close(): Promise<void> {
    await this.#busy
  }
}
