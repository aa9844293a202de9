// The segments of one stream, put back in order.
//
// In:  payload of segments in order of arrival, what the other side acknowledges, ticks.
// Out: contiguous bytes, gaps for bytes that are lost for good, the end after the FIN; always in order of sequence.
// Of bytes that come twice the first ones count. What is held is bounded for each stream and for all of them; at a limit
// the first hole is given up, because a sensor that stalls loses more than one that skips. RFC 9293 section 3.10.7.4.
//
//         delivered           hole      held         hole   held
//   |-----------------------|.........|############|......|######|
//   baseSeq                 nextSeq   firstHeld             lastHeld
//
// A hole before held segments (or before the FIN) is given up when
//  - the other side acknowledged past it `ackGrace` ago: the receiver has what the mirror lost;
//  - or it has not moved for `reorderHorizon` and the other side is silent;
//  - or it has not moved for `stallHorizon`, although the other side still asks for it.
// Acknowledged bytes with nothing behind them are given up after `stallHorizon` only: a lone ACK is easily forged.

import { BLOCK_BYTES } from "../../shared/bytes/slab.ts"
import { Anomaly } from "../../shared/event/anomalies.ts"
import { toTicks } from "../../shared/time/packet-clock.ts"
import { type Packet, TcpFlag } from "../decode/packet.ts"
import type { TcpCounters } from "./counters.ts"
import type { Delivery } from "./delivery.ts"
import type { TcpOptions } from "./options.ts"
import type { SegmentStore } from "./segment-store.ts"
import { advance, distance } from "./seq.ts"
import type { Session, Stream } from "./session.ts"
import { StreamEnd } from "./session-receiver.ts"

/** No deadline: nothing is waited for. */
export const NEVER = 0x7fffffff

/** A jump ahead up to this far may be a loss in the same session; a further one is another session. */
const JUMP_BYTES_MAX = 1 << 30

export class Reassembly {
  readonly #delivery: Delivery
  readonly #store: SegmentStore
  readonly #counters: TcpCounters
  readonly #depthBlocks: number
  readonly #windowBytes: number
  readonly #graceTicks: number
  readonly #horizonTicks: number
  readonly #stallTicks: number

  constructor(delivery: Delivery, store: SegmentStore, counters: TcpCounters, options: TcpOptions) {
    this.#delivery = delivery
    this.#store = store
    this.#counters = counters
    this.#depthBlocks = Math.floor(options.depthBytes / BLOCK_BYTES)
    this.#windowBytes = options.windowBytes
    this.#graceTicks = toTicks(options.ackGraceUs)
    this.#horizonTicks = toTicks(options.reorderHorizonUs)
    this.#stallTicks = toTicks(options.stallHorizonUs)
  }

  /**
   * Takes the payload of a segment that begins at `seq`. False: it belongs to another session under the same addresses,
   * and nothing was done or counted.
   */
  accept(session: Session, stream: Stream, packet: Packet, seq: number, bytes: Uint8Array, tick: number): boolean {
    const ahead = distance(stream.nextSeq, seq)
    if (ahead === -1 && packet.payloadWire <= 1 && (packet.flags & (TcpFlag.syn | TcpFlag.fin)) === 0) {
      this.#counters.keepAliveProbes++
      this.#counters.keepAliveBytes += packet.payloadEnd - packet.payloadStart
      return true
    }
    if (session.isOlder(packet, stream.side)) {
      this.#counters.outOfWindowBytes += packet.payloadEnd - packet.payloadStart
      return true
    }
    // An ACK told where this side stood, but its own segment knows better.
    if (stream.isUntouched && (ahead < 0 || ahead > this.#windowBytes)) stream.moveBase(seq)
    else if (ahead > this.#windowBytes || ahead < -this.#windowBytes) {
      if (!this.#isConfirmed(stream, packet, seq)) return true
      if (ahead < 0 || ahead > JUMP_BYTES_MAX || stream.hasFin) return false
      this.#counters.resyncs++
      while (stream.firstHeld >= 0) this.#giveUp(session, stream, tick, packet.timeUs)
      this.#delivery.gap(session, stream, distance(stream.nextSeq, seq), packet.timeUs)
    }
    const before = stream.nextSeq
    const wasWaiting = stream.isWaiting
    this.#admit(session, stream, packet, seq, bytes)
    this.#delivery.drain(session, stream, packet.timeUs)
    this.#settle(session, stream, packet.timeUs)
    if (stream.nextSeq !== before || !wasWaiting) stream.holeTick = tick
    return true
  }

  /** Notes that the FIN of `stream` stands at `seq`. */
  acceptFin(session: Session, stream: Stream, seq: number, tick: number, timeUs: number): void {
    const ahead = distance(stream.nextSeq, seq)
    if (stream.hasFin || ahead < 0 || ahead > this.#windowBytes) return
    // Bytes held from beyond came first: this FIN is not the real one.
    if (stream.lastHeld >= 0 && distance(seq, this.#store.end(stream.lastHeld)) > 0) return
    if (!stream.isWaiting) stream.holeTick = tick
    stream.hasFin = true
    stream.finSeq = seq
    this.#settle(session, stream, timeUs)
  }

  /** The other side acknowledged up to `ack`, past what is known of `stream`. Returns ticks to wait, or NEVER: nothing new. */
  prove(stream: Stream, ack: number, tick: number): number {
    const ahead = distance(stream.nextSeq, ack)
    if (ahead > this.#windowBytes || stream.ended) return NEVER
    if (stream.isProven && distance(stream.nextSeq, stream.provenSeq) > 0) return NEVER
    stream.isProven = true
    stream.provenSeq = ack
    stream.provenTick = tick
    return stream.isWaiting ? this.#graceTicks : this.#stallTicks
  }

  /** Gives up the holes of `stream` whose time has come; returns the ticks until the next one's, or NEVER. */
  expire(session: Session, stream: Stream, tick: number, timeUs: number): number {
    for (;;) {
      const wait = this.#ticksToWait(session, stream, tick)
      if (wait > 0) return wait
      this.#giveUp(session, stream, tick, timeUs)
    }
  }

  /** Delivers all that is held, with gaps for what is missing: the session is about to end. */
  finish(session: Session, stream: Stream, tick: number, timeUs: number): void {
    while (stream.isWaiting) this.#giveUp(session, stream, tick, timeUs)
    if (session.receiver !== undefined && !stream.ended && this.#provenBytes(stream) > 1) {
      this.#giveUp(session, stream, tick, timeUs)
    }
  }

  /** Two segments in a row that agree with each other, and nothing else moving the stream: the jump is real. */
  #isConfirmed(stream: Stream, packet: Packet, seq: number): boolean {
    if (stream.farPosition === stream.position && stream.farSeq === seq) {
      stream.farPosition = -1
      return true
    }
    stream.farSeq = advance(seq, packet.payloadWire)
    stream.farPosition = stream.position
    this.#counters.outOfWindowBytes += packet.payloadEnd - packet.payloadStart
    return false
  }

  /** Delivers or holds every byte of the segment that is neither delivered nor held yet. */
  #admit(session: Session, stream: Stream, packet: Packet, first: number, bytes: Uint8Array): void {
    const store = this.#store
    let seq = first
    let start = packet.payloadStart
    let end = packet.payloadEnd
    let missing = packet.payloadWire - (end - start)
    if (stream.hasFin) {
      const keep = Math.max(0, distance(seq, stream.finSeq))
      if (end - start > keep) {
        this.#counters.afterCloseBytes += end - start - keep
        end = start + keep
      }
      missing = Math.min(missing, keep - (end - start))
    }
    if (distance(stream.nextSeq, seq) > 0) this.#counters.outOfOrder++
    let segment = -1
    let previous = -1
    let added = -1
    let isPlaced = false
    while (start < end) {
      let length = Math.min(end - start, distance(seq, stream.nextSeq))
      if (length > 0) this.#countOld(stream, seq, length)
      else {
        if (!isPlaced) {
          previous = this.#lastBefore(stream, seq)
          segment = previous < 0 ? stream.firstHeld : store.next[previous]!
          isPlaced = true
        }
        length = segment < 0 ? end - start : Math.min(end - start, distance(seq, store.seq[segment]!))
        if (length <= 0) {
          length = Math.min(end - start, distance(seq, store.end(segment)))
          this.#overlap(session, stream, segment, seq, bytes, start, length, packet.timeUs)
          if (length < end - start) {
            previous = segment
            segment = store.next[segment]!
          }
          added = -1
        } else if (seq === stream.nextSeq) {
          const hasAck = (packet.flags & TcpFlag.ack) !== 0
          this.#delivery.data(session, stream, bytes, start, start + length, packet.timeUs, hasAck, packet.ack)
          added = -1
        } else {
          length = Math.min(length, BLOCK_BYTES)
          added = this.#hold(stream, packet, seq, bytes, start, length, previous)
          if (added < 0) {
            // A limit is reached: the first hole goes, which may be the one before this segment.
            this.#giveUpForRoom(session, stream, seq, packet.timeUs)
            isPlaced = false
            continue
          }
          previous = added
        }
      }
      seq = advance(seq, length)
      start += length
    }
    if (missing <= 0) return
    if (added >= 0) store.missing[added] = missing
    else {
      const length = missing + Math.min(0, distance(stream.nextSeq, seq))
      if (distance(stream.nextSeq, seq) <= 0 && length > 0) {
        this.#delivery.snapped(session, stream, length, packet.timeUs)
      }
    }
  }

  /** The last held segment that ends at or before `seq`, -1: none. Most segments belong at the end. */
  #lastBefore(stream: Stream, seq: number): number {
    const store = this.#store
    if (stream.lastHeld >= 0 && distance(store.end(stream.lastHeld), seq) >= 0) return stream.lastHeld
    let previous = -1
    let segment = stream.firstHeld
    while (segment >= 0 && distance(store.end(segment), seq) >= 0) {
      previous = segment
      segment = store.next[segment]!
    }
    return previous
  }

  /** Bytes that lie before `nextSeq`: delivered before, or declared lost too early. */
  #countOld(stream: Stream, seq: number, length: number): void {
    stream.retransmitted = true
    const from = Math.max(0, distance(seq, stream.gapSeq))
    const to = Math.min(length, distance(seq, stream.gapEndSeq))
    const late = Math.max(0, to - from)
    this.#counters.lateBytes += late
    this.#counters.retransmittedBytes += length - late
  }

  #overlap(
    session: Session,
    stream: Stream,
    segment: number,
    seq: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    timeUs: number,
  ): void {
    stream.retransmitted = true
    this.#counters.retransmittedBytes += length
    if (this.#store.equals(segment, seq, bytes, start, length)) return
    this.#counters.overlapConflicts++
    session.receiver?.onAnomaly(stream.side, Anomaly.overlapConflict, timeUs)
  }

  /** Keeps bytes [start, start + length) in a block of their own after `previous`; -1 when a limit is reached. */
  #hold(
    stream: Stream,
    packet: Packet,
    seq: number,
    bytes: Uint8Array,
    start: number,
    length: number,
    previous: number,
  ): number {
    if (stream.heldBlocks >= this.#depthBlocks) return -1
    const store = this.#store
    const segment = store.add(bytes, start, start + length)
    if (segment < 0) return -1
    store.seq[segment] = seq
    store.ack[segment] = packet.ack
    store.hasAck[segment] = (packet.flags & TcpFlag.ack) === 0 ? 0 : 1
    store.timeUs[segment] = packet.timeUs
    const next = previous < 0 ? stream.firstHeld : store.next[previous]!
    store.next[segment] = next
    if (previous < 0) stream.firstHeld = segment
    else store.next[previous] = segment
    if (next < 0) stream.lastHeld = segment
    stream.heldBlocks++
    stream.isInOrder = false
    const counters = this.#counters
    counters.heldBytes += length
    if (counters.heldBytes > counters.heldBytesMax) counters.heldBytesMax = counters.heldBytes
    return segment
  }

  #giveUpForRoom(session: Session, stream: Stream, seq: number, timeUs: number): void {
    let length = distance(stream.nextSeq, seq)
    if (stream.firstHeld >= 0) length = Math.min(length, distance(stream.nextSeq, this.#store.seq[stream.firstHeld]!))
    if (length > 0) {
      if (stream.heldBlocks >= this.#depthBlocks) this.#counters.depthGaps++
      else this.#counters.segmentMemcapGaps++
      this.#delivery.gap(session, stream, length, timeUs)
    }
    this.#delivery.drain(session, stream, timeUs)
  }

  /** Bytes past `nextSeq` that the other side has acknowledged. */
  #provenBytes(stream: Stream): number {
    return stream.isProven ? Math.max(0, distance(stream.nextSeq, stream.provenSeq)) : 0
  }

  #ticksToWait(session: Session, stream: Stream, tick: number): number {
    const proven = this.#provenBytes(stream)
    if (stream.isWaiting) {
      if (proven > 0) return this.#graceTicks - distance(stream.provenTick, tick)
      const other = session.other(stream.side)
      const isAsked = other.hasAcked && distance(stream.holeTick, other.lastTick) >= 0
      return (isAsked ? this.#stallTicks : this.#horizonTicks) - distance(stream.holeTick, tick)
    }
    // One byte more than was sent is what acknowledges a FIN that was not seen.
    if (proven > 1 && !stream.ended) return this.#stallTicks - distance(stream.provenTick, tick)
    return NEVER
  }

  /** Declares the first hole lost, as far as there is reason to, and delivers what lies behind it. */
  #giveUp(session: Session, stream: Stream, tick: number, timeUs: number): void {
    const proven = this.#provenBytes(stream)
    let length = proven
    if (stream.isWaiting) {
      const reached = stream.firstHeld >= 0 ? this.#store.seq[stream.firstHeld]! : stream.finSeq
      length = distance(stream.nextSeq, reached)
      if (proven > 0) length = Math.min(length, proven)
    }
    if (proven > 0) this.#counters.ackEvidenceGaps++
    this.#delivery.gap(session, stream, length, timeUs)
    this.#delivery.drain(session, stream, timeUs)
    stream.holeTick = tick
    this.#settle(session, stream, timeUs)
  }

  #settle(session: Session, stream: Stream, timeUs: number): void {
    if (stream.hasFin && !stream.ended && stream.nextSeq === stream.finSeq) {
      this.#delivery.end(session, stream, StreamEnd.fin, timeUs)
    }
    stream.isInOrder = stream.firstHeld < 0 && !stream.hasFin
  }
}
