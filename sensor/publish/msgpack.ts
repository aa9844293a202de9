// Encoded batches to a file descriptor: each message with its length (32 bits, little endian) in front.

import { countDropped, type Link, type Message, rejected } from "./link.ts"
import type { Output } from "./output.ts"
import type { PublishCounters } from "./publisher.ts"

export class MsgpackLink implements Link {
  readonly #counters: PublishCounters
  readonly #output: Output
  readonly #length = Buffer.alloc(4)

  constructor(counters: PublishCounters, output: Output) {
    this.#counters = counters
    this.#output = output
  }

  get busy(): Promise<void> | null {
    return this.#output.failure === null ? null : rejected(this.#output.failure)
  }

  send(message: Message): void {
    if (this.#output.failure !== null) {
      countDropped(this.#counters, this.#output.failure.code === "io" ? "io" : "closedPipe", message.events)
      return
    }
    this.#length.writeUInt32LE(message.bytes.length)
    this.#output.bytes(this.#length)
    this.#output.bytes(message.bytes)
    this.#counters.acknowledged += message.events
  }

  async close(): Promise<void> {
    if (this.#output.failure === null) this.#output.flush()
    if (this.#output.failure !== null) throw this.#output.failure
  }
}
