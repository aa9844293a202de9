// Protected records that wait: for keys, for what the other side sends, for the server's word on early data.
//
// In:  records, losses and ends of both sides of a session in the order of the capture. Out: the same, a side at a time.
// Bounded by bytes a session and in total (QueueLimits); whoever is refused gives the session up.
import type { Side } from "../flow/flow.ts"
import type { StreamEnd } from "../tcp/session-receiver.ts"

/** What came from TLS, in order. */
export interface Arrival {
  readonly kind: "record" | "cipher" | "lost" | "end"
  /** Place in the order of the session. */
  readonly order: number
  readonly timeUs: number
  /** Record: its header. */
  readonly type: number
  readonly version: number
  /** Record: its content, a copy. */
  readonly bytes: Uint8Array
  /** Record: offset just past it, and how far its sender had received the other stream, -1 unknown; of the encrypted streams. */
  readonly wireEnd: number
  readonly wireAck: number
  /** Loss: records, -1 unknown, and bytes of content. */
  readonly records: number
  readonly length: number
  readonly reason: StreamEnd
}

/** Bytes that an arrival without content counts for. */
const ARRIVAL_BYTES = 128

/** Bytes of all queues of a worker. */
export class QueueLimits {
  readonly sessionBytesMax: number
  readonly bytesMax: number
  usedBytes = 0

  constructor(sessionBytesMax: number, bytesMax: number) {
    this.sessionBytesMax = sessionBytesMax
    this.bytesMax = bytesMax
  }
}

export class RecordQueue {
  readonly #limits: QueueLimits
  readonly #sides: readonly [Arrival[], Arrival[]] = [[], []]
  #order = 0
  #usedBytes = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  get isEmpty(): boolean {
    return this.#sides[0].length === 0 && this.#sides[1].length === 0
  }

  hasSide(side: Side): boolean {
    return this.#sides[side].length > 0
  }

  get nextOrder(): number {
    return this.#order++
  }

  /** False: a limit is reached, and it is not taken. */
  push(side: Side, arrival: Arrival): boolean {
    const bytes = arrival.bytes.length + ARRIVAL_BYTES
    const limits = this.#limits
    if (this.#usedBytes + bytes > limits.sessionBytesMax || limits.usedBytes + bytes > limits.bytesMax) return false
    this.#usedBytes += bytes
    limits.usedBytes += bytes
    this.#sides[side].push(arrival)
    return true
  }

  /** The oldest of `side`. */
  front(side: Side): Arrival | undefined {
    return this.#sides[side][0]
  }

  shift(side: Side): Arrival {
    const arrival = this.#sides[side].shift()!
    const bytes = arrival.bytes.length + ARRIVAL_BYTES
    this.#usedBytes -= bytes
    this.#limits.usedBytes -= bytes
    return arrival
  }
}
