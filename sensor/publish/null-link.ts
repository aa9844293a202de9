// Discards encoded batches: all the work of publishing but the last step. What `--format null` times.

import type { Link, Message } from "./link.ts"
import type { PublishCounters } from "./publisher.ts"

export class NullLink implements Link {
  readonly busy = null
  readonly #counters: PublishCounters

  constructor(counters: PublishCounters) {
    this.#counters = counters
  }

  send(message: Message): void {
    this.#counters.acknowledged += message.events
  }

  async close(): Promise<void> {}
}
