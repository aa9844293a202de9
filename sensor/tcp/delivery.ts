// The last step of a stream: contiguous bytes, gaps and the end reach the session's receiver, which is opened for the first
// of them. Only here do `nextSeq` and `position` move.
import type { FlowTable } from "../flow/flow-table.ts"
import type { TcpCounters } from "./counters.ts"
import type { GapReceiver } from "./gap-receiver.ts"
import type { SegmentStore } from "./segment-store.ts"
import { advance, distance } from "./seq.ts"
import type { Session, Stream } from "./session.ts"
import type { SessionReceiver, SessionReceiverFactory, StreamEnd } from "./session-receiver.ts"

export class Delivery {
  readonly #factory: SessionReceiverFactory
  readonly #table: FlowTable
  readonly #store: SegmentStore
  readonly #counters: TcpCounters
  readonly #windowBytes: number
  readonly #gaps: GapReceiver | undefined

  constructor(
    factory: SessionReceiverFactory,
    table: FlowTable,
    store: SegmentStore,
    counters: TcpCounters,
    windowBytes: number,
    gaps: GapReceiver | undefined,
  ) {
    this.#factory = factory
    this.#table = table
    this.#store = store
    this.#counters = counters
    this.#windowBytes = windowBytes
    this.#gaps = gaps
  }

  /** Delivers bytes [start, end), which begin at `nextSeq`. `hasAck`: `ack` is the ACK number that came with them. */
  data(
    session: Session,
    stream: Stream,
    bytes: Uint8Array,
    start: number,
    end: number,
    timeUs: number,
    hasAck: boolean,
    ack: number,
  ): void {
    const receiver = session.receiver ?? this.#open(session, timeUs)
    const length = end - start
    stream.nextSeq = (stream.nextSeq + length) | 0
    stream.position += length
    this.#counters.deliveredBytes += length
    const ackOffset = hasAck ? this.#ackOffset(session.other(stream.side), ack) : -1
    receiver.onData(stream.side, bytes, start, end, timeUs, ackOffset)
  }

  /** The next `length` bytes will never come. */
  gap(session: Session, stream: Stream, length: number, timeUs: number): void {
    const receiver = session.receiver ?? this.#open(session, timeUs)
    if (stream.gapEndSeq !== stream.nextSeq) stream.gapSeq = stream.nextSeq
    stream.nextSeq = advance(stream.nextSeq, length)
    stream.gapEndSeq = stream.nextSeq
    stream.position += length
    this.#counters.reassemblyGap++
    this.#counters.gapBytes += length
    const zone = this.#table.zone(session.slot)
    if (zone !== 0) this.#gaps?.onGap(zone, length)
    receiver.onGap(stream.side, length, timeUs)
  }

  /** Delivers the held segments that begin at `nextSeq`, with the gaps behind those that were snapped. */
  drain(session: Session, stream: Stream, timeUs: number): void {
    const store = this.#store
    let segment = stream.firstHeld
    while (segment >= 0 && store.seq[segment] === stream.nextSeq) {
      const start = store.offset(segment)
      const length = store.length[segment]!
      const page = store.page(segment)
      const hasAck = store.hasAck[segment] === 1
      this.#counters.heldBytes -= length
      this.data(session, stream, page, start, start + length, store.timeUs[segment]!, hasAck, store.ack[segment]!)
      const missing = store.missing[segment]!
      this.#unlinkFirst(stream)
      segment = stream.firstHeld
      if (missing > 0) this.snapped(session, stream, missing, timeUs)
    }
  }

  /** The capture cut `missing` bytes off the packet just delivered: a gap, up to what is held or to the FIN. */
  snapped(session: Session, stream: Stream, missing: number, timeUs: number): void {
    let length = missing
    if (stream.firstHeld >= 0) {
      length = Math.min(length, distance(stream.nextSeq, this.#store.seq[stream.firstHeld]!))
    } else if (stream.hasFin) length = Math.min(length, distance(stream.nextSeq, stream.finSeq))
    if (length <= 0) return
    this.#counters.snappedGaps++
    this.gap(session, stream, length, timeUs)
  }

  /** `stream`, which holds nothing, sends no more. */
  end(session: Session, stream: Stream, reason: StreamEnd, timeUs: number): void {
    if (stream.ended) return
    stream.ended = true
    stream.endReason = reason
    stream.isInOrder = false
    // The FIN takes a sequence number: the ACK for it then acknowledges nothing unknown.
    if (stream.hasFin) stream.nextSeq = advance(stream.finSeq, 1)
    session.receiver?.onEnd(stream.side, reason, timeUs)
  }

  #unlinkFirst(stream: Stream): void {
    const segment = stream.firstHeld
    stream.firstHeld = this.#store.next[segment]!
    if (stream.firstHeld < 0) stream.lastHeld = -1
    stream.heldBlocks--
    this.#store.release(segment)
  }

  #ackOffset(acknowledged: Stream, ack: number): number {
    if (!acknowledged.hasBase) return -1
    const finished = acknowledged.ended && acknowledged.hasFin
    const beyond = (ack - (finished ? acknowledged.finSeq : acknowledged.nextSeq)) | 0
    if (beyond > this.#windowBytes) return -1
    const offset = acknowledged.position + (finished ? Math.min(0, beyond) : beyond)
    return offset < 0 ? -1 : offset
  }

  #open(session: Session, timeUs: number): SessionReceiver {
    this.#table.describe(session.slot, session.vlan, session.open())
    const receiver = this.#factory.open(session, timeUs)
    session.receiver = receiver
    // A side may have finished before anyone listened.
    if (session.stream0.ended) receiver.onEnd(0, session.stream0.endReason, timeUs)
    if (session.stream1.ended) receiver.onEnd(1, session.stream1.endReason, timeUs)
    return receiver
  }
}
