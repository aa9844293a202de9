// Encoded batches to a file descriptor: each message with its length (32 bits, little endian) in front.

import { countDropped, type Link, LinkError, type Message, rejected } from "./link.ts"
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
    return this.#output.hasEnded ? rejected(new LinkError("closed-pipe", "The reader of the output went away.")) : null
  }

  send(message: Message): void {
    if (this.#output.hasEnded) {
      countDropped(this.#counters, "closedPipe", message.events)
      return
    }
    this.#length.writeUInt32LE(message.bytes.length)
    this.#output.bytes(this.#length)
    this.#output.bytes(message.bytes)
    this.#counters.acknowledged += message.events
  }

  async close(): Promise<void> {
    this.#output.flush()
  }
}
