// What the doctor remembers of one direction of a flow. Reused for the next flow in the same slot.
export class StreamRecord {
  /** Number of this stream in `Holes`. */
  readonly index: number
  segments = 0
  /** Segments that acknowledge something, resets not counted: each proves that the other side spoke. */
  ackSegments = 0
  /** Payload bytes on the wire, repetitions counted. */
  payloadBytes = 0
  hasSyn = false
  hasFin = false
  /** True once `baseSeq` and `nextSeq` are known; soft while only the other side's acknowledgment told them. */
  hasBase = false
  isBaseSoft = false
  /** Packet time of that acknowledgment, µs. */
  softUs = 0
  /** First sequence number seen, and the one after the last. */
  baseSeq = 0
  nextSeq = 0
  /** IP id of the segment that ended at `nextSeq`. */
  lastId = 0
  /** Highest number of this stream that the other side acknowledged. */
  isAcked = false
  ackedSeq = 0
  /** Largest segment that the other side of the flow may send to this one, from its SYN; 0: not known. */
  mss = 0
  /** Outer VLAN (-1 untagged), zone and interface of its last segment. */
  vlan = -1
  zone = 0
  port = 0
  /** Payload bytes seen for the first time, and segments with payload. */
  newBytes = 0
  dataSegments = 0

  constructor(index: number) {
    this.index = index
  }

  begin(): void {
    this.segments = 0
    this.ackSegments = 0
    this.payloadBytes = 0
    this.hasSyn = false
    this.hasFin = false
    this.hasBase = false
    this.isBaseSoft = false
    this.softUs = 0
    this.baseSeq = 0
    this.nextSeq = 0
    this.lastId = 0
    this.isAcked = false
    this.ackedSeq = 0
    this.mss = 0
    this.vlan = -1
    this.zone = 0
    this.port = 0
    this.newBytes = 0
    this.dataSegments = 0
  }
}
