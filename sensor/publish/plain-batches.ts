// What leaves the sensor, to look at: each encoded batch decoded as a collector would, a JSON object a line. Nothing is left out and
// nothing is added, so whoever must know what is sent, a data-protection officer above all, reads these lines.
import { decodeBatch } from "../../shared/event/event-codec.ts"
import { countDropped, type Link, type Message, rejected } from "./link.ts"
import type { Output } from "./output.ts"
import type { PublishCounters } from "./publisher.ts"

export class PlainBatches implements Link {
  readonly #counters: PublishCounters
  readonly #output: Output

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
    const decoded = decodeBatch(message.bytes)
    if (!decoded.ok) throw new Error(`a batch of our own does not decode: ${decoded.sentence}`)
    this.#output.text(`${JSON.stringify(decoded.batch)}\n`)
    this.#counters.acknowledged += message.events
  }

  async close(): Promise<void> {
    if (this.#output.failure === null) this.#output.flush()
    if (this.#output.failure !== null) throw this.#output.failure
  }
}
