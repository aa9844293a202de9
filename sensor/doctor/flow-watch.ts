// Flows, seen as far as the doctor's questions need: both sides or one, from the start or not, what they speak, what is
// missing of them.
//
// In:  TCP segments that are no copies, in order of arrival. Out: FlowCounters and LossCounters, complete after `finish`.
// Bounded: FLOWS_MAX records; a new flow takes the record of one that was silent since the hand last passed by (CLOCK), whose
// results are summed up then. The zone is no part of the key, so that sides in different tunnels meet; flows of equal
// addresses in different tunnels are taken for one.
import { be16 } from "../../shared/bytes/read.ts"
import { type Packet, TcpFlag } from "../decode/packet.ts"
import type { Side } from "../flow/flow.ts"
import { FlowTable } from "../flow/flow-table.ts"
import { distance } from "../tcp/seq.ts"
import { FlowCounters } from "./flow-counters.ts"
import { FlowRecord } from "./flow-record.ts"
import { LossWatch } from "./loss-watch.ts"
import { isRequest, listen, Speaker, Speech, SpeechLook } from "./speech.ts"
import type { StreamRecord } from "./stream-record.ts"
import { segmentHeader } from "./tcp-header.ts"

/** Flows remembered at once, about 0.9 KiB each. */
export const FLOWS_MAX = 32_768

/** Records that the hand passes by at most to find one silent. */
const SPARED_MAX = 16

/** Flows that begin this long after the start should show their SYN. */
export const WARM_UP_US = 5_000_000

/** One side alone, with so many acknowledgments of the other, is the mirror's doing. */
const ONE_SIDED_SEGMENTS = 3

/** Segments with payload that are listened to before a flow is given up as not understood. */
const LISTENED_MAX = 8

/** Segments with payload from which on a flow's loss says something about sampling, and the share that does. */
const RATED_SEGMENTS = 5
export const SAMPLED_SHARE = 0.3

export class FlowWatch {
  readonly counters = new FlowCounters()
  readonly loss = new LossWatch()
  readonly #table: FlowTable
  readonly #records: FlowRecord[] = []
  readonly #heard = new SpeechLook()
  #hand = 0
  #startUs = Number.NaN
  #timeUs = 0

  constructor(flowsMax = FLOWS_MAX) {
    this.#table = new FlowTable(flowsMax)
    this.#makeRecords()
  }

  /** Flows remembered now. */
  get size(): number {
    return this.#table.size
  }

  onSegment(packet: Packet): void {
    const { zone } = packet
    if (Number.isNaN(this.#startUs)) this.#startUs = packet.timeUs
    this.#timeUs = packet.timeUs
    packet.zone = 0
    const record = this.#record(packet)
    packet.zone = zone
    const { side } = this.#table
    const stream = record.stream(side)
    const other = record.stream(side === 0 ? 1 : 0)
    record.isRecent = true
    record.lastUs = packet.timeUs
    stream.segments++
    stream.vlan = packet.vlan
    stream.zone = zone
    stream.port = packet.port
    this.#noteFlags(record, stream, side, packet)
    this.loss.onSegment(stream, other, packet)
    if (packet.payloadWire === 0) return
    stream.payloadBytes += packet.payloadWire
    if (other.mss > 0 && packet.payloadWire > other.mss) this.counters.superSegments++
    if (packet.payloadEnd > packet.payloadStart) this.#listen(record, side, packet)
  }

  /** Sums up every flow that is still remembered. */
  finish(): void {
    for (const record of this.#records) if (record.segments > 0) this.#sumUp(record)
  }

  #record(packet: Packet): FlowRecord {
    const slot = this.#table.find(packet)
    if (slot < 0) return this.#begin(packet)
    const record = this.#records[slot]!
    // A SYN with another number than before is another connection under the same addresses.
    const { flags } = packet
    if ((flags & TcpFlag.syn) === 0) return record
    const stream = record.stream(this.#table.side)
    const isRepeated = !stream.hasBase || stream.isBaseSoft || Math.abs(distance(stream.baseSeq, packet.seq + 1)) <= 1
    if (!isRepeated) {
      this.#sumUp(record)
      record.begin(record.port0, record.port1, packet.timeUs, this.#isLate(packet.timeUs))
    }
    return record
  }

  #begin(packet: Packet): FlowRecord {
    if (this.#table.isFull) this.#makeRoom()
    const slot = this.#table.insert(packet)
    if (this.#records.length < this.#table.capacity) this.#makeRecords()
    const record = this.#records[slot]!
    const isLower = this.#table.side === 0
    const { srcPort, dstPort } = packet
    const [port0, port1] = isLower ? [srcPort, dstPort] : [dstPort, srcPort]
    record.begin(port0, port1, packet.timeUs, this.#isLate(packet.timeUs))
    return record
  }

  #makeRecords(): void {
    const { capacity } = this.#table
    while (this.#records.length < capacity) this.#records.push(new FlowRecord(this.#records.length))
    this.loss.grow(capacity * 2)
  }

  #makeRoom(): void {
    for (let spared = 0; spared < SPARED_MAX && this.#records[this.#hand]!.isRecent; spared++) {
      this.#records[this.#hand]!.isRecent = false
      this.#hand = (this.#hand + 1) % this.#table.flowsMax
    }
    const record = this.#records[this.#hand]!
    this.counters.evicted++
    this.#sumUp(record)
    record.begin(0, 0, 0, false)
    this.#table.remove(this.#hand)
    this.#hand = (this.#hand + 1) % this.#table.flowsMax
  }

  #isLate(timeUs: number): boolean {
    return timeUs - this.#startUs >= WARM_UP_US
  }

  #noteFlags(record: FlowRecord, stream: StreamRecord, side: Side, packet: Packet): void {
    const { flags } = packet
    if ((flags & TcpFlag.rst) !== 0) record.hasReset = true
    else if ((flags & TcpFlag.ack) !== 0) stream.ackSegments++
    if ((flags & TcpFlag.fin) !== 0) stream.hasFin = true
    if ((flags & TcpFlag.syn) === 0) return
    stream.hasSyn = true
    record.hasBegin = true
    record.client = (flags & TcpFlag.ack) === 0 ? side : side === 0 ? 1 : 0
    stream.mss = announcedSegment(packet)
  }

  #listen(record: FlowRecord, side: Side, packet: Packet): void {
    const { bytes, payloadStart, payloadEnd } = packet
    if (record.speech === Speech.http1) {
      if (side === record.clientSide && isRequest(bytes, payloadStart, payloadEnd)) record.requests++
      return
    }
    if (record.speech !== Speech.unknown || record.listened >= LISTENED_MAX) return
    listen(bytes, payloadStart, payloadEnd, this.#heard)
    if (this.#heard.speech === Speech.unknown) {
      record.listened++
      return
    }
    record.speech = this.#heard.speech
    const { speaker } = this.#heard
    if (speaker === Speaker.either) return
    if (record.client < 0) record.client = speaker === Speaker.client ? side : side === 0 ? 1 : 0
    if (speaker === Speaker.client && record.speech === Speech.http1) record.requests++
  }

  #sumUp(record: FlowRecord): void {
    const { counters } = this
    const { stream0, stream1 } = record
    this.loss.finish(stream0, this.#timeUs)
    this.loss.finish(stream1, this.#timeUs)
    counters.flows++
    this.#sumUpContent(record)
    if (isUnanswered(record)) {
      counters.unanswered++
      return
    }
    this.#sumUpDirections(record)
    if (!record.hasBegin) counters.midstream++
    if (record.isLate) {
      counters.late++
      if (!record.hasBegin) counters.lateMidstream++
    }
    if (record.segments === 1) counters.singles++
    if (stream0.dataSegments + stream1.dataSegments < RATED_SEGMENTS) return
    const newBytes = stream0.newBytes + stream1.newBytes
    // All that is missing, proven or not: of a sample, most acknowledgments are missing, too.
    const lostBytes = missingOf(stream0) + missingOf(stream1)
    counters.rated++
    if (lostBytes > SAMPLED_SHARE * (newBytes + lostBytes)) {
      counters.heavy++
      counters.heavyNewBytes += newBytes
      counters.heavyLostBytes += lostBytes
    }
  }

  #sumUpDirections(record: FlowRecord): void {
    const { counters } = this
    const { stream0, stream1 } = record
    if (stream0.segments > 0 && stream1.segments > 0) {
      counters.bothWays++
      if (stream0.vlan !== stream1.vlan) counters.splitVlans++
      if (stream0.zone !== stream1.zone) counters.splitZones++
      if (stream0.port !== stream1.port) counters.splitPorts++
      return
    }
    const side = stream0.segments > 0 ? 0 : 1
    if (record.stream(side).ackSegments < ONE_SIDED_SEGMENTS) counters.tooShort++
    else if (side === record.clientSide) counters.onlyToServer++
    else counters.onlyToClient++
  }

  #sumUpContent(record: FlowRecord): void {
    const { counters } = this
    const bytes = record.stream0.payloadBytes + record.stream1.payloadBytes
    if (bytes === 0) return
    const port = record.serverPort
    const isGivenUp = record.speech === Speech.unknown && (record.hasBegin || record.listened >= LISTENED_MAX)
    counters.bytes[isGivenUp ? Speech.other : record.speech]! += bytes
    if (record.speech === Speech.unknown && !record.hasBegin) counters.midstreamBytes += bytes
    if (record.speech === Speech.http1) {
      counters.http1Bytes[port]! += bytes
      counters.requests[port]! += record.requests
    } else if (record.speech === Speech.http2) counters.http2Bytes[port]! += bytes
    else if (record.speech === Speech.tls) counters.tlsBytes[port]! += bytes
  }
}

function missingOf(stream: StreamRecord): number {
  return stream.segments === 0 ? 0 : Math.max(0, distance(stream.baseSeq, stream.nextSeq) - stream.newBytes)
}

/** A SYN alone, or one that got a reset: it says nothing about the mirror. */
function isUnanswered(record: FlowRecord): boolean {
  const { stream0, stream1 } = record
  if (stream0.payloadBytes + stream1.payloadBytes > 0) return false
  if (record.hasReset && (stream0.segments === 0 || stream1.segments === 0 || !(stream0.hasSyn && stream1.hasSyn)))
    return stream0.hasSyn || stream1.hasSyn || record.segments === 1
  if (stream0.segments > 0 && stream1.segments > 0) return false
  const only = stream0.segments === 0 ? stream1 : stream0
  return only.hasSyn && only.ackSegments === 0
}

/** The MSS option of a SYN, 0 when there is none. RFC 9293 section 3.2. */
function announcedSegment(packet: Packet): number {
  const header = segmentHeader(packet, 0)
  if (header < 0) return 0
  const { bytes, payloadStart } = packet
  let at = header + 20
  while (at + 4 <= payloadStart) {
    const kind = bytes[at]!
    if (kind === 0) return 0
    if (kind === 2) return be16(bytes, at + 2)
    if (kind === 1) at++
    else if (bytes[at + 1]! < 2) return 0
    else at += bytes[at + 1]!
  }
  return 0
}
