// What the flows showed, summed up as each of them is finished.

/** Ports of servers. */
const PORTS = 65_536

export class FlowCounters {
  /** Flows finished, and those whose record was needed before they were. */
  flows = 0
  evicted = 0
  /** Flows with a SYN that nobody answered, or that was answered with a reset: scans, closed ports. */
  unanswered = 0
  /** Flows of which both sides were seen; of which one side was, though it acknowledged the other; too short to tell. */
  bothWays = 0
  onlyToServer = 0
  onlyToClient = 0
  tooShort = 0
  /** Flows of one segment, unanswered SYNs and resets not counted. */
  singles = 0
  /** Of those seen both ways: their sides in different VLANs, tunnels, interfaces. */
  splitVlans = 0
  splitZones = 0
  splitPorts = 0
  /** Flows that began after the warm-up, and those of them without a SYN. */
  late = 0
  lateMidstream = 0
  /** All flows without a SYN. */
  midstream = 0
  /** Flows with enough payload to judge, and those of them that lack more than SAMPLED_SHARE of it; the latter's bytes. */
  rated = 0
  heavy = 0
  heavyNewBytes = 0
  heavyLostBytes = 0
  /** Segments longer than the size that the receiver announced: put together after the wire. */
  superSegments = 0
  /** Payload bytes by what the flow speaks (index: Speech); those of flows joined midway and not understood apart. */
  readonly bytes: Float64Array = new Float64Array(5)
  midstreamBytes = 0
  /** Requests of HTTP/1 by server port; payload bytes of HTTP/1, HTTP/2 and TLS by server port. */
  readonly requests: Float64Array = new Float64Array(PORTS)
  readonly http1Bytes: Float64Array = new Float64Array(PORTS)
  readonly http2Bytes: Float64Array = new Float64Array(PORTS)
  readonly tlsBytes: Float64Array = new Float64Array(PORTS)
}
