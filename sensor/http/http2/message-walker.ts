// Counts the messages in the DATA of a gRPC call, in constant memory:
//
//   | compressed 8 | length 32 | message ...      one after another, cut by frames in any way
const PREFIX_BYTES = 5

export class MessageWalker {
  /** Messages begun; -1 when a loss hides how many there were. */
  messages = 0
  /** The first byte of a message was neither 0 nor 1, as of grpc-web's trailers: these are other messages. */
  isOdd = false
  #prefix = 0
  #length = 0
  #left = 0

  begin(): void {
    this.messages = 0
    this.isOdd = false
    this.#prefix = this.#length = this.#left = 0
  }

  take(bytes: Uint8Array, start: number, end: number): void {
    let pos = start
    while (pos < end && this.messages >= 0) {
      if (this.#left > 0) {
        const count = Math.min(this.#left, end - pos)
        this.#left -= count
        pos += count
        continue
      }
      const byte = bytes[pos++]!
      if (this.#prefix === 0) {
        if (byte > 1) this.isOdd = true
        this.#length = 0
      } else this.#length = this.#length * 256 + byte
      if (++this.#prefix < PREFIX_BYTES) continue
      this.#prefix = 0
      this.#left = this.#length
      this.messages++
    }
  }

  /** `length` bytes will never come, -1: who knows how many. */
  lose(length: number): void {
    if (length < 0 || length > this.#left) this.messages = -1
    else this.#left -= length
  }

  /** All messages have ended where the stream did. */
  get isWhole(): boolean {
    return this.#left === 0 && this.#prefix === 0
  }
}
