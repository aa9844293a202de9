// TCP: segments in, sessions of two ordered streams out. RFC 9293, seen from beside the wire.
//
// In:  decoded packets with verdict tcp, and the bytes they point into; packet time.
// Out: for every session with payload a receiver, opened at its first byte or gap: data and gaps in order on each side,
//      the end of each side once, the end of the session once. README.md tells how a session begins and ends.
// Given up: what lies beyond the limits of `TcpOptions`, counted by reason in `TcpCounters`.
import { PacketClock, TICK_US, toTicks } from "../../shared/time/packet-clock.ts"
import { type Packet, TcpFlag } from "../decode/packet.ts"
import { FlowTable } from "../flow/flow-table.ts"
import type { TcpCounters } from "./counters.ts"
import { Delivery } from "./delivery.ts"
import type { GapReceiver } from "./gap-receiver.ts"
import type { TcpOptions } from "./options.ts"
import { NEVER, Reassembly } from "./reassembly.ts"
import { SegmentStore } from "./segment-store.ts"
import { distance } from "./seq.ts"
import type { Session, Stream } from "./session.ts"
import { type SessionReceiverFactory, StreamEnd } from "./session-receiver.ts"
import { Sessions } from "./sessions.ts"

/** Counter of each StreamEnd. */
const CLOSED = ["fin", "reset", "timeout", "evicted", "flush", "reused"] as const

const FLAGS_CONTROL = TcpFlag.syn | TcpFlag.rst

export class Tcp {
  readonly #counters: TcpCounters
  readonly #sessions: Sessions
  readonly #table: FlowTable
  readonly #delivery: Delivery
  readonly #reassembly: Reassembly
  readonly #clock = new PacketClock()
  readonly #windowBytes: number
  readonly #graceTicks: number
  readonly #idleTicks: number
  readonly #halfOpenTicks: number
  readonly #lingerTicks: number
  /** Flows whose hash has any of these bits begin no session: overload. 0: none is shed. */
  #shedMask = 0
  /** Packet time and tick that timers are being advanced to. */
  #timeUs = 0
  #targetTick = 0
  /** The clock waits for a second packet to agree with the last one. */
  #isDoubting = false

  /** `gaps`: who counts losses by zone. */
  constructor(factory: SessionReceiverFactory, counters: TcpCounters, options: TcpOptions, gaps?: GapReceiver) {
    this.#counters = counters
    this.#table = new FlowTable(options.flowsMax, options.hashSeed)
    this.#sessions = new Sessions(this.#table, counters, (slot) => this.#fire(slot))
    const store = new SegmentStore(options.memcapBytes)
    this.#delivery = new Delivery(factory, this.#table, store, counters, options.windowBytes, gaps)
    this.#reassembly = new Reassembly(this.#delivery, store, counters, options)
    this.#windowBytes = options.windowBytes
    this.#graceTicks = toTicks(options.ackGraceUs)
    this.#idleTicks = toTicks(options.idleTimeoutUs)
    this.#halfOpenTicks = toTicks(options.halfOpenTimeoutUs)
    this.#lingerTicks = toTicks(options.lingerUs)
  }

  /** From now on, flows whose keyed hash has any bit of `mask` begin no session (`shedSegments`, `shedBytes`); 0: all do. */
  shed(mask: number): void {
    this.#shedMask = mask
  }

  onSegment(packet: Packet, bytes: Uint8Array): void {
    const counters = this.#counters
    const captured = packet.payloadEnd - packet.payloadStart
    counters.packets++
    counters.payloadBytes += captured
    if (packet.timeUs >= this.#clock.nextUs || packet.timeUs < this.#clock.farUs) this.advance(packet.timeUs)

    const slot = this.#table.find(packet)
    let session = slot < 0 ? this.#begin(packet) : this.#sessions.at(slot)
    if (slot >= 0) {
      if (session === undefined) session = this.#afterEnd(slot, packet)
      else if (session.isSuspect || (packet.flags & FLAGS_CONTROL) !== 0) session = this.#control(session, packet)
    }
    if (session === undefined) return
    if (this.#isDoubting) this.#sessions.doubted = session

    const side = this.#table.side
    const stream = session.stream(side)
    const tick = this.#sessions.wheel.now
    if (stream.lastTick !== tick || !stream.seen) this.#hear(session, stream, packet)
    if ((packet.flags & TcpFlag.ack) !== 0) {
      const first = packet.seq + ((packet.flags & TcpFlag.syn) === 0 ? 0 : 1)
      this.#acknowledge(session, stream, first | 0, packet.ack, tick)
    }
    if (packet.window === 0) counters.zeroWindow++
    if (packet.payloadWire > 0) {
      if (stream.isInOrder && packet.seq === stream.nextSeq && captured === packet.payloadWire) {
        if (!session.carries) this.#sessions.carry(session)
        const hasAck = (packet.flags & TcpFlag.ack) !== 0
        const start = packet.payloadStart
        this.#delivery.data(session, stream, bytes, start, packet.payloadEnd, packet.timeUs, hasAck, packet.ack)
      } else session = this.#acceptUnordered(session, stream, packet, bytes)
    } else if (packet.seq === ((stream.nextSeq - 1) | 0) && packet.flags === TcpFlag.ack && !stream.ended) {
      counters.keepAliveProbes++
    }
    if ((packet.flags & TcpFlag.fin) !== 0) this.#acceptFin(session, packet)
  }

  /** Time has come to `timeUs` without a segment, or before one: fires what is due. */
  advance(timeUs: number): void {
    const ticks = this.#clock.observe(timeUs)
    this.#isDoubting = this.#clock.isDoubting
    if (ticks === 0) return
    this.#timeUs = this.#clock.reachedUs
    this.#targetTick = (this.#sessions.wheel.now + ticks) | 0
    this.#sessions.advance(ticks)
  }

  /** The input has ended: delivers what is held and ends every session, in the order in which they began. */
  flush(lastUs: number): void {
    const timeUs = this.#isDoubting ? this.#timeUs : lastUs
    for (const session of this.#sessions.list()) this.#end(session, StreamEnd.flush, timeUs)
    this.#sessions.forgetEnded()
  }

  /** The packet belongs to no session: begins one, unless there is nothing in it to begin with. */
  #begin(packet: Packet): Session | undefined {
    const captured = packet.payloadEnd - packet.payloadStart
    // The upper bits: the lower ones find the place in the table, and what is kept must spread over all of it.
    if (((this.#table.hash >>> 24) & this.#shedMask) !== 0) {
      this.#counters.shedSegments++
      this.#counters.shedBytes += captured
      return undefined
    }
    if ((packet.flags & TcpFlag.rst) !== 0) this.#counters.rst++
    else if (captured > 0 || (packet.flags & TcpFlag.syn) !== 0) return this.#start(packet)
    return this.#stray(packet)
  }

  #stray(packet: Packet): undefined {
    this.#counters.stray++
    this.#counters.strayBytes += packet.payloadEnd - packet.payloadStart
  }

  #start(packet: Packet): Session {
    const session = this.#create(packet)
    const stream = session.stream(this.#table.side)
    if ((packet.flags & TcpFlag.syn) !== 0) {
      stream.setBase((packet.seq + 1) | 0, false, true)
      this.#noteSyn(session, stream, packet)
    } else {
      stream.setBase(packet.seq, false, false)
      session.midstream = true
      this.#counters.midstreamPickups++
    }
    return session
  }

  #create(packet: Packet): Session {
    const slot = this.#sessions.victim()
    if (slot >= 0) {
      const victim = this.#sessions.at(slot)
      if (victim !== undefined) this.#end(victim, StreamEnd.evicted, packet.timeUs)
      this.#sessions.forget(slot)
    }
    const session = this.#sessions.begin(packet)
    this.#sessions.wheel.arm(session.slot, this.#halfOpenTicks)
    return session
  }

  /** The first segment of `stream` in this tick. */
  #hear(session: Session, stream: Stream, packet: Packet): void {
    if (!stream.hasBase) {
      const isSyn = (packet.flags & TcpFlag.syn) !== 0
      stream.setBase(packet.seq, packet.payloadWire === 0, isSyn)
      // Without its SYN, where this stream began is not known, whatever the other side showed.
      if (!isSyn) session.midstream = true
    }
    stream.seen = true
    stream.lastTick = this.#sessions.wheel.now
    this.#sessions.touch(session)
  }

  #acknowledge(session: Session, stream: Stream, seq: number, ack: number, tick: number): void {
    stream.hasAcked = true
    stream.ackSeq = ack
    const other = session.other(stream.side)
    if (!other.hasBase) {
      // An ACK tells where the other stream began only while its own side has not sent anything.
      if (seq !== stream.firstSeq) session.midstream = true
      other.setBase(ack, true, !session.midstream)
    } else if (((ack - other.nextSeq) | 0) > 0) {
      const wait = this.#reassembly.prove(other, ack, tick)
      if (wait !== NEVER) this.#sessions.wheel.armEarlier(session.slot, wait)
    }
  }

  /** Takes payload that is not simply the next; returns the session that it turned out to belong to. */
  #acceptUnordered(session: Session, stream: Stream, packet: Packet, bytes: Uint8Array): Session {
    const seq = (packet.flags & TcpFlag.syn) === 0 ? packet.seq : (packet.seq + 1) | 0
    const tick = this.#sessions.wheel.now
    if (!session.carries) this.#sessions.carry(session)
    if (!this.#reassembly.accept(session, stream, packet, seq, bytes, tick)) {
      const next = this.#replace(session, packet)
      const begun = next.stream(stream.side)
      this.#hear(next, begun, packet)
      this.#sessions.carry(next)
      this.#reassembly.accept(next, begun, packet, seq, bytes, tick)
      return next
    }
    if (!stream.isInOrder) this.#watch(session, stream, packet.timeUs)
    return session
  }

  #acceptFin(session: Session, packet: Packet): void {
    const { side } = this.#table
    if (session.closed || session.isOlder(packet, side)) return
    const stream = session.stream(side)
    const syn = (packet.flags & TcpFlag.syn) === 0 ? 0 : 1
    this.#counters.fin++
    const seq = (packet.seq + packet.payloadWire + syn) | 0
    this.#reassembly.acceptFin(session, stream, seq, this.#sessions.wheel.now, packet.timeUs)
    if (!session.other(stream.side).seen) this.#sessions.wheel.armEarlier(session.slot, this.#halfOpenTicks)
    this.#watch(session, stream, packet.timeUs)
  }

  /** Gives up what is due on `stream` and makes sure that the rest is looked at in time. */
  #watch(session: Session, stream: Stream, timeUs: number): void {
    const wait = this.#reassembly.expire(session, stream, this.#sessions.wheel.now, timeUs)
    if (wait !== NEVER) this.#sessions.wheel.armEarlier(session.slot, wait)
    if (session.stream0.ended && session.stream1.ended) this.#end(session, StreamEnd.fin, timeUs)
  }

  /** A SYN, a reset, or a segment of a suspect session. Returns the session to go on with, undefined when all is done. */
  #control(session: Session, packet: Packet): Session | undefined {
    const side = this.#table.side
    let current = session
    if (session.reuseSide >= 0) {
      const isConfirmed =
        side === session.reuseSide
          ? packet.seq === session.reuseSeq
          : (packet.flags & TcpFlag.ack) !== 0 && packet.ack === session.reuseSeq
      if (isConfirmed) current = this.#reuse(session, packet)
    }
    const stream = current.stream(side)
    if ((packet.flags & TcpFlag.rst) !== 0) {
      this.#reset(current, stream, packet)
      return undefined
    }
    return (packet.flags & TcpFlag.syn) === 0 ? current : this.#synchronize(current, stream, packet)
  }

  /** A SYN on a session that lives: a repetition, a late one, or the start of another session. */
  #synchronize(session: Session, stream: Stream, packet: Packet): Session | undefined {
    if (session.isOlder(packet, stream.side)) return this.#stray(packet)
    const base = (packet.seq + 1) | 0
    const isFirst = (!stream.hasBase || stream.isUntouched) && session.mayAnswer(packet, stream.side)
    if (isFirst || (stream.hasBase && stream.firstSeq === base)) {
      if (!stream.hasBase) stream.setBase(base, false, true)
      else if (stream.firstSeq !== base) stream.moveBase(base)
      this.#noteSyn(session, stream, packet)
      return session
    }
    if (stream.ended || (session.receiver === undefined && !session.stream0.isWaiting && !session.stream1.isWaiting)) {
      return this.#replace(session, packet)
    }
    // Anyone can forge a SYN. This one counts once either side acts upon it.
    session.reuseSide = stream.side
    session.reuseSeq = base
    session.isReuseSynAck = (packet.flags & TcpFlag.ack) !== 0
    session.reuseAck = packet.ack
    session.isSuspect = true
    this.#counters.outOfWindowBytes += packet.payloadEnd - packet.payloadStart
    return undefined
  }

  #noteSyn(session: Session, stream: Stream, packet: Packet): void {
    const isSynAck = (packet.flags & TcpFlag.ack) !== 0
    if (isSynAck) this.#counters.synAck++
    else this.#counters.syn++
    if (session.initiator < 0) session.initiator = isSynAck ? 1 - stream.side : stream.side
    const other = session.other(stream.side)
    if (isSynAck && !other.hasBase) other.setBase(packet.ack, false, true)
    else if (isSynAck && other.firstSeq !== packet.ack && other.isUntouched) other.moveBase(packet.ack)
    if (isSynAck ? other.firstSeq === packet.ack : !other.hasBase) session.midstream = false
  }

  /** Ends `session` because the packet just looked up begins another one under the same addresses. */
  #replace(session: Session, packet: Packet): Session {
    const { slot } = session
    this.#end(session, StreamEnd.reused, packet.timeUs)
    this.#sessions.forget(slot)
    return this.#start(packet)
  }

  /** The SYN that `session` had doubts about was real. */
  #reuse(session: Session, packet: Packet): Session {
    const { slot } = session
    const side = session.reuseSide
    const base = session.reuseSeq
    const isSynAck = session.isReuseSynAck
    const ack = session.reuseAck
    this.#end(session, StreamEnd.reused, packet.timeUs)
    this.#sessions.forget(slot)
    const next = this.#create(packet)
    const stream = side === 0 ? next.stream0 : next.stream1
    stream.setBase(base, false, true)
    stream.seen = true
    if (isSynAck) next.other(stream.side).setBase(ack, false, true)
    next.initiator = isSynAck ? 1 - side : side
    if (isSynAck) this.#counters.synAck++
    else this.#counters.syn++
    return next
  }

  /** A segment of a session that has ended and lingers, or the first one of another. */
  #afterEnd(slot: number, packet: Packet): Session | undefined {
    const { lingering, wheel } = this.#sessions
    if (lingering.isOfAnother(slot, this.#table.side, packet, this.#windowBytes)) {
      this.#sessions.forget(slot)
      return this.#start(packet)
    }
    const captured = packet.payloadEnd - packet.payloadStart
    if ((packet.flags & TcpFlag.rst) !== 0) this.#counters.rst++
    this.#counters.afterCloseBytes += captured
    // Retransmissions come at doubling intervals: as long as they do, the next one is waited for.
    if (captured > 0) wheel.arm(slot, this.#lingerTicks + 2 * lingering.age(slot, wheel.now))
    return undefined
  }

  /**
   * RFC 5961 has an endpoint accept the exact number only. What the endpoint expects is where the stream stands, or, if the
   * mirror lost segments, what the other side acknowledged last. A reset ahead of its data is given time for them.
   */
  #reset(session: Session, stream: Stream, packet: Packet): void {
    this.#counters.rst++
    this.#counters.strayBytes += packet.payloadEnd - packet.payloadStart
    const other = session.other(stream.side)
    const tick = this.#sessions.wheel.now
    if (!stream.hasBase) {
      // The answer to a SYN that nobody wanted.
      const isAnswer = (packet.flags & TcpFlag.ack) !== 0 && other.hasBase && packet.ack === other.nextSeq
      if (isAnswer) this.#end(session, StreamEnd.reset, packet.timeUs)
      else this.#counters.rstIgnored++
      return
    }
    const ahead = distance(stream.nextSeq, packet.seq)
    if (ahead > 0 && ahead <= this.#windowBytes) {
      if (session.isResetPending) return
      session.isResetPending = true
      session.resetTick = tick
      this.#sessions.wheel.armEarlier(session.slot, this.#graceTicks)
    } else if (ahead === 0 || (ahead === -1 && stream.ended) || (other.hasAcked && packet.seq === other.ackSeq)) {
      this.#end(session, StreamEnd.reset, packet.timeUs)
    } else this.#counters.rstIgnored++
  }

  /** Ends `session`; its slot lingers when segments of it may still be on their way. */
  #end(session: Session, reason: StreamEnd, timeUs: number): void {
    const tick = this.#sessions.wheel.now
    const first = session.initiator === 1 ? session.stream1 : session.stream0
    const second = session.other(first.side)
    this.#reassembly.finish(session, first, tick, timeUs)
    this.#reassembly.finish(session, second, tick, timeUs)
    this.#delivery.end(session, first, reason, timeUs)
    this.#delivery.end(session, second, reason, timeUs)
    session.receiver?.onClose(reason, timeUs)
    this.#counters.closed[CLOSED[reason]]++
    this.#sessions.linger(session, this.#lingerTicks)
  }

  /** The timer of `slot`: lingering, a pending reset, holes and silence share it. */
  #fire(slot: number): void {
    const session = this.#sessions.at(slot)
    if (session === undefined) {
      this.#sessions.forget(slot)
      return
    }
    const tick = this.#sessions.wheel.now
    const timeUs = this.#timeUs - distance(tick, this.#targetTick) * TICK_US
    let wait = NEVER
    if (session.isResetPending) {
      wait = this.#graceTicks - distance(session.resetTick, tick)
      if (wait <= 0) {
        this.#end(session, StreamEnd.reset, timeUs)
        return
      }
    }
    wait = Math.min(wait, this.#reassembly.expire(session, session.stream0, tick, timeUs))
    wait = Math.min(wait, this.#reassembly.expire(session, session.stream1, tick, timeUs))
    if (session.stream0.ended && session.stream1.ended) {
      this.#end(session, StreamEnd.fin, timeUs)
      return
    }
    wait = Math.min(wait, (session.isHalfOpen ? this.#halfOpenTicks : this.#idleTicks) - session.silence(tick))
    if (wait > 0) this.#sessions.wheel.arm(slot, wait)
    else {
      this.#end(session, StreamEnd.timeout, timeUs)
      this.#sessions.forget(slot)
    }
  }
}
