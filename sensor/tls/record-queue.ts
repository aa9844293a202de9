// Protected records that wait: for keys, for what the other side sends, for the server's word on early data.
//
// In:  what came of both sides of a session, in the order of the capture. Out: the same, a side at a time.
// Bounded by bytes a session and in total (QueueLimits); whoever is refused gives the waiting up.
import type { Side } from "../flow/flow.ts"
import type { StreamEnd } from "../tcp/session-receiver.ts"

/** A protected record. Offsets are those of the encrypted streams. */
export interface ArrivedRecord {
  /** Header on the wire. */
  readonly type: number
  readonly version: number
  /** Content: bytes [start, end). */
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly timeUs: number
  /** Offset just past it, and how far its sender had received the other stream, -1 unknown. */
  readonly wireEnd: number
  readonly wireAck: number
}

/** What came from TLS, in order. `timeUs`: packet time. */
export type Arrival =
  | { readonly kind: "record"; readonly timeUs: number; readonly record: ArrivedRecord }
  | { readonly kind: "cipher"; readonly timeUs: number }
  | {
      readonly kind: "lost"
      readonly timeUs: number
      readonly records: number
      readonly length: number
      readonly wireStart: number
    }
  | { readonly kind: "end"; readonly timeUs: number; readonly reason: StreamEnd }

interface Waiting {
  readonly arrival: Arrival
  /** Place in the order of the session. */
  readonly order: number
}

/** What an arrival counts for besides its content. */
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
  readonly #sides: readonly [Waiting[], Waiting[]] = [[], []]
  #order = 0
  #usedBytes = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  hasSide(side: Side): boolean {
    return this.#sides[side].length > 0
  }

  /** Side of what has waited longest, -1 when nothing does. */
  get firstSide(): Side | -1 {
    const [a, b] = [this.#sides[0][0], this.#sides[1][0]]
    if (a === undefined) return b === undefined ? -1 : 1
    return b === undefined || a.order < b.order ? 0 : 1
  }

  /** Packet time of what has waited longest, -1 when nothing does. */
  get sinceUs(): number {
    const side = this.firstSide
    return side < 0 ? -1 : this.#sides[side as Side][0]!.arrival.timeUs
  }

  /** False: a limit is reached, and it is not taken. */
  push(side: Side, arrival: Arrival): boolean {
    const bytes = bytesOf(arrival)
    const limits = this.#limits
    if (this.#usedBytes + bytes > limits.sessionBytesMax || limits.usedBytes + bytes > limits.bytesMax) return false
    this.#usedBytes += bytes
    limits.usedBytes += bytes
    this.#sides[side].push({ arrival, order: this.#order++ })
    return true
  }

  front(side: Side): Arrival | null {
    return this.#sides[side][0]?.arrival ?? null
  }

  /** Offset just past the first record of `side` that waits, in the encrypted stream; -1 when none does. */
  firstRecordEnd(side: Side): number {
    for (const { arrival } of this.#sides[side]) if (arrival.kind === "record") return arrival.record.wireEnd
    return -1
  }

  shift(side: Side): void {
    const { arrival } = this.#sides[side].shift()!
    const bytes = bytesOf(arrival)
    this.#usedBytes -= bytes
    this.#limits.usedBytes -= bytes
  }
}

function bytesOf(arrival: Arrival): number {
  return ARRIVAL_BYTES + (arrival.kind === "record" ? arrival.record.bytes.length : 0)
}
