// What the doctor remembers of one flow. Reused for the next flow in the same slot.
import { Speech } from "./speech.ts"
import { StreamRecord } from "./stream-record.ts"

export class FlowRecord {
  readonly stream0: StreamRecord
  readonly stream1: StreamRecord
  /** Ports of the lower and the higher endpoint. */
  port0 = 0
  port1 = 0
  /** Packet time of its first and last segment, µs. */
  firstUs = 0
  lastUs = 0
  /** True when the flow was used since the hand that makes room passed by. */
  isRecent = false
  /** Seen from its SYN or SYN+ACK on. */
  hasBegin = false
  hasReset = false
  /** True when its first segment came long enough after the start of the capture. */
  isLate = false
  /** Side of the client, -1: not known. */
  client: -1 | 0 | 1 = -1
  speech: Speech = Speech.unknown
  /** Segments with payload that were listened to without understanding. */
  listened = 0
  requests = 0

  constructor(slot: number) {
    this.stream0 = new StreamRecord(slot * 2)
    this.stream1 = new StreamRecord(slot * 2 + 1)
  }

  begin(port0: number, port1: number, timeUs: number, isLate: boolean): void {
    this.stream0.begin()
    this.stream1.begin()
    this.port0 = port0
    this.port1 = port1
    this.firstUs = timeUs
    this.lastUs = timeUs
    this.isRecent = true
    this.hasBegin = false
    this.hasReset = false
    this.isLate = isLate
    this.client = -1
    this.speech = Speech.unknown
    this.listened = 0
    this.requests = 0
  }

  stream(side: 0 | 1): StreamRecord {
    return side === 0 ? this.stream0 : this.stream1
  }

  get segments(): number {
    return this.stream0.segments + this.stream1.segments
  }

  /** Side of the client: as seen, else the one with the higher port. */
  get clientSide(): 0 | 1 {
    if (this.client >= 0) return this.client as 0 | 1
    return this.port0 > this.port1 ? 0 : 1
  }

  get serverPort(): number {
    return this.clientSide === 0 ? this.port1 : this.port0
  }
}
