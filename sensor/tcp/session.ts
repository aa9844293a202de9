// What is remembered of a TCP session: two streams and how it began. Plain records, reused for another session once this one
// has ended. Times are ticks (shared/time/packet-clock.ts), so that every field is a small integer and
// nothing is allocated while packets pass.
import { type Packet, TcpFlag } from "../decode/packet.ts"
import { Flow, type Side } from "../flow/flow.ts"
import { advance, distance } from "./seq.ts"
import { type SessionReceiver, type SessionView, StreamEnd } from "./session-receiver.ts"

/**
 * What a stream joined in midstream counts as having passed before: bytes and ACK numbers of the time before the pick-up then
 * have offsets, too, and every offset told stays true when the first bytes seen turn out to lie earlier than an ACK said.
 */
export const BEFORE_PICKUP_BYTES = 1 << 23

/** One direction of a session. Sequence numbers are signed 32-bit; offsets count stream bytes from 0. */
export class Stream {
  // What every segment asks for comes first, so that it shares a cache line or two.
  readonly side: Side
  /** Sequence number expected next; one more than the last byte's once the FIN is delivered. */
  nextSeq = 0
  /** True when the next segment may be delivered as it is: base known, nothing held, no FIN. */
  isInOrder = false
  /** Tick of the last segment of this side. */
  lastTick = 0
  /** True once any segment of this side was seen. */
  seen = false
  /** True once a base is known: from the SYN, the first payload, or an ACK of the other side. */
  hasBase = false
  /** Offset of `nextSeq`: `startOffset` plus bytes delivered plus bytes in gaps. */
  position = 0
  /** Offset of the first byte that is, or will be, delivered or in a gap: 0 where the start of the stream is known. */
  startOffset = 0
  /** Last ACK number this side sent, where `hasAcked`. */
  ackSeq = 0
  hasAcked = false
  /** True when the receiver has had its onEnd, or would have had it. */
  ended = false
  endReason: StreamEnd = StreamEnd.fin
  /** Sequence number of the FIN, once one was seen. */
  hasFin = false
  finSeq = 0
  /** Sequence number of offset 0. */
  baseSeq = 0
  /** True while the base is what an ACK said: the stream's own first payload may still move it. */
  isBaseSoft = false
  /** The segments held, in order of sequence (SegmentStore), -1: none. */
  firstHeld = -1
  lastHeld = -1
  /** Blocks those segments take. */
  heldBlocks = 0
  /** Tick at which the hole before the held segments, or before the FIN, appeared or last moved. */
  holeTick = 0
  /** The other side acknowledged up to `provenSeq` although this stream stood before it, first at `provenTick`. */
  isProven = false
  provenSeq = 0
  provenTick = 0
  /** The last gap: [gapSeq, gapEndSeq). */
  gapSeq = 0
  gapEndSeq = 0
  /** Where the segment after an unbelievable one would begin, and the position at that time; -1: there was none. */
  farSeq = 0
  farPosition = -1
  /** A retransmission was seen since the receiver last asked. */
  retransmitted = false

  constructor(side: Side) {
    this.side = side
  }

  reset(tick: number): void {
    this.seen = false
    this.hasBase = false
    this.isBaseSoft = false
    this.isInOrder = false
    this.baseSeq = 0
    this.nextSeq = 0
    this.position = 0
    this.startOffset = 0
    this.hasFin = false
    this.finSeq = 0
    this.ended = false
    this.lastTick = tick
    this.hasAcked = false
    this.ackSeq = 0
    this.holeTick = tick
    this.isProven = false
    this.gapSeq = 0
    this.gapEndSeq = 0
    this.farPosition = -1
    this.retransmitted = false
  }

  /** The stream is taken up at `seq`. `isStart`: its first byte has that number; otherwise it began earlier, or may have. */
  setBase(seq: number, isSoft: boolean, isStart: boolean): void {
    this.hasBase = true
    this.isBaseSoft = isSoft
    this.isInOrder = true
    this.startOffset = isStart ? 0 : BEFORE_PICKUP_BYTES
    this.position = this.startOffset
    this.baseSeq = advance(seq, -this.startOffset)
    this.nextSeq = seq
  }

  /** Of an untouched stream: its first byte has the number `seq`, after all. */
  moveBase(seq: number): void {
    const offset = this.startOffset + distance(this.nextSeq, seq)
    this.isBaseSoft = false
    this.isProven = false
    this.nextSeq = seq
    if (offset >= 0 && offset <= 2 * BEFORE_PICKUP_BYTES) {
      this.startOffset = offset
      this.position = offset
    } else this.baseSeq = advance(seq, -this.startOffset)
  }

  /** Sequence number at `startOffset`. */
  get firstSeq(): number {
    return advance(this.baseSeq, this.startOffset)
  }

  /** True while it stands at a base that only an ACK suggested. */
  get isUntouched(): boolean {
    return this.isBaseSoft && this.position === this.startOffset && !this.isWaiting && !this.ended
  }

  /** True while something waits for bytes that are missing: held segments or the FIN. */
  get isWaiting(): boolean {
    return this.firstHeld >= 0 || (this.hasFin && !this.ended)
  }
}

export class Session implements SessionView {
  readonly stream0 = new Stream(0)
  readonly stream1 = new Stream(1)
  /** True when the next segment needs a look before it may take the short way: an open question below. */
  isSuspect = false
  receiver: SessionReceiver | undefined = undefined
  readonly secured = null
  /** Payload was seen. */
  carries = false
  /** Of the flow table. */
  slot = -1
  /** Tick at which the session was last moved to the end of its list of the eviction order. */
  touchTick = 0
  /** Of this session from the moment the receiver is opened. */
  readonly #flow = new Flow(4, new Int32Array(8), 0, 0, 0, -1)
  #hasFlow = false
  midstream = false
  initiator = -1
  /** Outer VLAN of the first packet. */
  vlan = -1
  /** Counts sessions: what is flushed together is flushed in this order. */
  serial = 0
  /** True from the end of the session until another one begins with this record. */
  closed = false
  /** A SYN with another number came: side that sent it, -1 none, and the sequence number after it. */
  reuseSide = -1
  reuseSeq = 0
  isReuseSynAck = false
  /** What it acknowledged, where it is a SYN/ACK. */
  reuseAck = 0
  /** A reset came ahead of its data: it takes effect at `resetTick`. */
  isResetPending = false
  resetTick = 0
  /** List of the eviction order that this session is in (sessions.ts). */
  rank = 0

  begin(slot: number, serial: number, vlan: number, tick: number): void {
    this.slot = slot
    this.stream0.reset(tick)
    this.stream1.reset(tick)
    this.#hasFlow = false
    this.receiver = undefined
    this.touchTick = tick
    this.midstream = false
    this.initiator = -1
    this.vlan = vlan
    this.serial = serial
    this.closed = false
    this.isSuspect = false
    this.reuseSide = -1
    this.isResetPending = false
    this.carries = false
  }

  get flow(): Flow {
    if (!this.#hasFlow) throw new Error("A session has no flow before its receiver is opened.")
    return this.#flow
  }

  /** The receiver is about to be opened: the flow, to be described. */
  open(): Flow {
    this.#hasFlow = true
    return this.#flow
  }

  /** Lets go of what belongs to others. */
  close(): void {
    this.receiver = undefined
    this.#hasFlow = false
    this.closed = true
  }

  /** Counts as heard, on both sides, at `tick`. */
  hear(tick: number): void {
    this.stream0.lastTick = tick
    this.stream1.lastTick = tick
  }

  stream(side: Side): Stream {
    return side === 0 ? this.stream0 : this.stream1
  }

  other(side: Side): Stream {
    return side === 0 ? this.stream1 : this.stream0
  }

  /**
   * True when `packet`, which `side` sent, acknowledges bytes from before the start of the other side: it is a straggler of the
   * session that had these addresses before.
   */
  isOlder(packet: Packet, side: Side): boolean {
    const other = this.other(side)
    if (other.startOffset > 0 || !other.hasBase || (packet.flags & TcpFlag.ack) === 0) return false
    return distance(other.firstSeq, packet.ack) < 0
  }

  /** False for a SYN/ACK of `side` that acknowledges another SYN than the one seen, and what came with that. */
  mayAnswer(packet: Packet, side: Side): boolean {
    const other = this.other(side)
    if (other.startOffset > 0 || !other.hasBase || other.isBaseSoft) return true
    if ((packet.flags & TcpFlag.ack) === 0) return true
    const beyond = distance(other.firstSeq, packet.ack)
    return beyond >= 0 && beyond <= other.position
  }

  /** Only one side was ever seen, and it never carried payload or has had its FIN. */
  get isHalfOpen(): boolean {
    const { stream0, stream1 } = this
    return (!stream0.seen || !stream1.seen) && (!this.carries || stream0.ended || stream1.ended)
  }

  /** Ticks since the last segment of either side. */
  silence(tick: number): number {
    return Math.min(distance(this.stream0.lastTick, tick), distance(this.stream1.lastTick, tick))
  }

  hasSeen(side: Side): boolean {
    return this.stream(side).seen
  }

  sequenceAt(side: Side, offset: number): number {
    return advance(this.stream(side).baseSeq, offset) >>> 0
  }

  startOffset(side: Side): number {
    return this.stream(side).startOffset
  }

  takeRetransmitted(side: Side): boolean {
    const stream = this.stream(side)
    const was = stream.retransmitted
    stream.retransmitted = false
    return was
  }
}
