// Messages in order, linked through themselves: a connection has one or none at nearly all times.
import type { Message } from "./message.ts"

export class MessageQueue<Facts> {
  front: Message<Facts> | null = null
  length = 0
  #back: Message<Facts> | null = null

  push(message: Message<Facts>): void {
    if (this.#back === null) this.front = message
    else this.#back.next = message
    this.#back = message
    this.length++
  }

  /** Takes the front, which must be there. */
  shift(): Message<Facts> {
    const message = this.front!
    this.front = message.next
    if (message.next === null) this.#back = null
    message.next = null
    this.length--
    return message
  }
}
