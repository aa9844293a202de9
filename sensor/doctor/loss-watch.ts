// Tells what a mirror lost from what the network lost, and both from what came late.
//
// In:  segments of a stream in order of arrival, and what the other side acknowledged. Out: counters.
//
//   jumped over, never came, the receiver has it (acknowledged)          lost before the sensor
//   jumped over, never came, the receiver is not seen, the stream went on  the same
//   jumped over, came later, sent earlier (IP id) or within 3 ms          reordered
//   acknowledged before it came                                           acknowledgment overtook its data
//   jumped over, came later, sent again                                   lost in the network, before the mirror's point
//   came although it had come                                             retransmitted: lost behind the mirror's point, or spurious
//
// Given up: streams that jump by more than WINDOW_BYTES are taken up anew; more than eight holes a stream are settled early.
import type { Packet } from "../decode/packet.ts"
import { TcpFlag } from "../decode/packet.ts"
import { advance, distance } from "../tcp/seq.ts"
import { HoleOrigin, Holes } from "./holes.ts"
import type { StreamRecord } from "./stream-record.ts"

/** No receive window is larger than this in practice: a jump beyond it is another stream, or garbage. */
export const WINDOW_BYTES = 16 * 1024 * 1024

/** Without IP ids: what comes within this time was overtaken, not sent again. A retransmission takes a round trip at least. */
export const REORDER_US = 3000

/** IP ids this close tell which segment was sent first; further apart they are random, or have wrapped. */
const ID_DISTANCE_MAX = 1000

/** A hole this old in a stream that went on, whose other side nobody sees, will not be filled any more. */
const SETTLED_US = 1_000_000

export class LossCounters {
  /** Payload bytes seen for the first time. */
  newBytes = 0
  dataSegments = 0
  /** Bytes, and stretches of them, that the receiver got and the sensor did not. */
  lostBytes = 0
  lostHoles = 0
  /** Bytes jumped over of which nothing proves that they ever were on the mirror's way. */
  unprovenBytes = 0
  /** Bytes that were lost in the network and came again, and those that came although they had come. */
  resentBytes = 0
  resentSegments = 0
  retransmittedBytes = 0
  retransmittedSegments = 0
  /** Segments that a later one overtook, those of them that came by another interface, and the longest delay, µs. */
  reordered = 0
  reorderedPorts = 0
  reorderedUsMax = 0
  /** Segments that came after their acknowledgment, and the longest delay, µs. */
  ackedBefore = 0
  ackedBeforeUsMax = 0
  /** Streams taken up anew after an impossible jump. */
  resyncs = 0
  /** Lost bytes by interface. */
  readonly lostByPort: Float64Array = new Float64Array(256)
}

export class LossWatch {
  readonly counters = new LossCounters()
  readonly #holes = new Holes()

  /** Makes room for `streams` streams. */
  grow(streams: number): void {
    this.#holes.grow(streams)
  }

  /** A segment of `stream`; `other` is the stream of the other direction. */
  onSegment(stream: StreamRecord, other: StreamRecord, packet: Packet): void {
    if ((packet.flags & TcpFlag.rst) !== 0) return
    if ((packet.flags & TcpFlag.ack) !== 0) this.#acknowledge(other, packet)
    const isSyn = (packet.flags & TcpFlag.syn) !== 0
    const start = isSyn ? advance(packet.seq, 1) : packet.seq
    const length = packet.payloadWire
    const end = advance(start, length + ((packet.flags & TcpFlag.fin) === 0 ? 0 : 1))
    if (length > 0) {
      this.counters.dataSegments++
      stream.dataSegments++
    }
    if (!stream.hasBase || stream.isBaseSoft) {
      // A SYN that had been acknowledged: the other side's way to the sensor is the shorter one.
      if (stream.isBaseSoft && isSyn && distance(start, stream.ackedSeq) >= 0)
        this.#countAckedBefore(packet.timeUs - stream.softUs)
      this.#begin(stream, start, end, length, packet)
      return
    }
    const ahead = distance(stream.nextSeq, start)
    if (length > 0 && ahead >= 0 && stream.isAcked && distance(end, stream.ackedSeq) >= 0) this.counters.ackedBefore++
    if (Math.abs(ahead) > WINDOW_BYTES) {
      this.finish(stream, packet.timeUs)
      this.counters.resyncs++
      this.#begin(stream, start, end, length, packet)
    } else if (ahead >= 0) {
      if (ahead > 0) this.#jump(stream, start, HoleOrigin.data, packet)
      this.#countNew(stream, length)
      stream.nextSeq = end
      stream.lastId = packet.ipId
    } else this.#revisit(stream, start, end, length, packet)
  }

  /** Nothing more comes of `stream`: settles its holes. */
  finish(stream: StreamRecord, timeUs: number): void {
    while (this.#holes.count[stream.index]! > 0) this.#settleOldest(stream, timeUs)
  }

  #begin(stream: StreamRecord, start: number, end: number, length: number, packet: Packet): void {
    // What an acknowledgment told of the start was sent before the capture began, or never passes here.
    while (this.#holes.count[stream.index]! > 0) this.#holes.remove(stream.index, this.#holes.first(stream.index))
    // What had been acknowledged before a stream was joined midway is no loss of this mirror.
    const isJoined = stream.isBaseSoft && (packet.flags & TcpFlag.syn) === 0 && distance(end, stream.ackedSeq) > 0
    stream.hasBase = true
    stream.isBaseSoft = false
    stream.baseSeq = start
    stream.nextSeq = isJoined ? stream.ackedSeq : end
    stream.lastId = packet.ipId
    this.#countNew(stream, length)
  }

  #countNew(stream: StreamRecord, bytes: number): void {
    stream.newBytes += bytes
    this.counters.newBytes += bytes
  }

  /** The other side of `stream` acknowledges. */
  #acknowledge(stream: StreamRecord, packet: Packet): void {
    const { ack } = packet
    if (!stream.hasBase) {
      stream.hasBase = true
      stream.isBaseSoft = true
      stream.softUs = packet.timeUs
      stream.baseSeq = ack
      stream.nextSeq = ack
    }
    if (stream.isBaseSoft) stream.nextSeq = ack
    else {
      const ahead = distance(stream.nextSeq, ack)
      if (Math.abs(ahead) > WINDOW_BYTES) return
      // One byte is the FIN, whose segment may have been lost or may carry nothing else.
      if (ahead > 1) this.#jump(stream, ack, HoleOrigin.ack, packet)
      if (ahead > 0) stream.nextSeq = ack
    }
    if (!stream.isAcked || distance(stream.ackedSeq, ack) > 0) stream.ackedSeq = ack
    stream.isAcked = true
  }

  /** Opens a hole from where `stream` stands to `end`. */
  #jump(stream: StreamRecord, end: number, origin: HoleOrigin, packet: Packet): void {
    const holes = this.#holes
    if (holes.isFull(stream.index)) this.#settleOldest(stream, packet.timeUs)
    holes.open(stream.index, stream.nextSeq, end, packet.timeUs, origin, packet.ipId, packet.port)
  }

  /** A segment that begins before where `stream` stands. */
  #revisit(stream: StreamRecord, start: number, end: number, length: number, packet: Packet): void {
    const fresh = distance(stream.nextSeq, end)
    if (fresh > 0) {
      this.#countNew(stream, Math.min(fresh, length))
      stream.nextSeq = end
      stream.lastId = packet.ipId
    }
    if (length === 0) return
    const dataEnd = advance(start, length)
    let old = Math.min(length, length - Math.max(0, fresh))
    // A probe that keeps the connection alive repeats one byte.
    if (length === 1 && distance(start, stream.nextSeq) === 1) return
    const before = distance(start, stream.baseSeq)
    if (before > 0) {
      // Sent before the first segment that was seen.
      const early = Math.min(before, old)
      this.#countNew(stream, early)
      stream.baseSeq = start
      old -= early
    }
    const filled = this.#fill(stream, start, dataEnd, packet)
    if (old - filled <= 0) return
    this.counters.retransmittedBytes += old - filled
    if (filled === 0) this.counters.retransmittedSegments++
  }

  /** Fills holes of `stream` with [start, end); returns the bytes filled. */
  #fill(stream: StreamRecord, start: number, end: number, packet: Packet): number {
    const holes = this.#holes
    let filled = 0
    for (let hole = holes.first(stream.index); hole < holes.first(stream.index) + holes.count[stream.index]!; ) {
      const before = holes.count[stream.index]!
      const waitedUs = packet.timeUs - holes.bornUs[hole]!
      const isAckBorn = holes.origin[hole] === HoleOrigin.ack
      const isOvertaken = this.#isOvertaken(holes.ipId[hole]!, waitedUs, packet.ipId)
      const isOtherPort = holes.port[hole] !== packet.port
      const taken = holes.fill(stream.index, hole, start, end)
      this.counters.unprovenBytes += holes.forgotten
      if (taken > 0) {
        if (filled === 0) this.#countLate(waitedUs, isAckBorn, isOvertaken, isOtherPort, taken)
        else if (!isAckBorn && !isOvertaken) this.counters.resentBytes += taken
        filled += taken
      }
      if (holes.count[stream.index]! >= before) hole++
    }
    this.#countNew(stream, filled)
    return filled
  }

  #countLate(waitedUs: number, isAckBorn: boolean, isOvertaken: boolean, isOtherPort: boolean, taken: number): void {
    const { counters } = this
    if (isAckBorn) this.#countAckedBefore(waitedUs)
    else if (isOvertaken) {
      counters.reordered++
      if (isOtherPort) counters.reorderedPorts++
      counters.reorderedUsMax = Math.max(counters.reorderedUsMax, waitedUs)
    } else {
      counters.resentSegments++
      counters.resentBytes += taken
    }
  }

  #countAckedBefore(waitedUs: number): void {
    this.counters.ackedBefore++
    this.counters.ackedBeforeUsMax = Math.max(this.counters.ackedBeforeUsMax, waitedUs)
  }

  /** True when a segment was sent before the one that jumped over it `waitedUs` ago. */
  #isOvertaken(jumperId: number, waitedUs: number, ipId: number): boolean {
    if (ipId !== 0 && jumperId !== 0) {
      const order = ((ipId - jumperId) << 16) >> 16
      if (order !== 0 && Math.abs(order) <= ID_DISTANCE_MAX) return order < 0
    }
    return waitedUs <= REORDER_US
  }

  #settleOldest(stream: StreamRecord, timeUs: number): void {
    const holes = this.#holes
    const hole = holes.first(stream.index)
    const length = distance(holes.start[hole]!, holes.end[hole]!)
    const isHad = stream.isAcked && distance(holes.end[hole]!, stream.ackedSeq) >= 0
    const isSettled = !stream.isAcked && timeUs - holes.bornUs[hole]! >= SETTLED_US
    if (isHad || isSettled) {
      this.counters.lostBytes += length
      this.counters.lostHoles++
      this.counters.lostByPort[stream.port]! += length
    } else this.counters.unprovenBytes += length
    holes.remove(stream.index, hole)
  }
}
