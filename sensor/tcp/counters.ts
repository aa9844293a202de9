// What TCP saw, did and gave up. Every captured payload byte offered is in exactly one of the byte counters:
//
//   payloadBytes = deliveredBytes + retransmittedBytes + lateBytes + keepAliveBytes + outOfWindowBytes + afterCloseBytes
//                + strayBytes + shedBytes + heldBytes
//
// heldBytes is 0 after a flush. sessions = active + the sum of closed.

export class TcpCounters {
  /** Segments offered. */
  packets = 0
  /** Captured payload bytes of those segments. */
  payloadBytes = 0
  /** Bytes given to a receiver, in order. */
  deliveredBytes = 0
  /** Bytes that had been delivered, or were held, when they came again. */
  retransmittedBytes = 0
  /** Bytes that came after their place, in the last gap of the stream, had been given up: a sign that the reorder horizon is short. */
  lateBytes = 0
  /** The byte of keep-alive probes that carry one. */
  keepAliveBytes = 0
  /** Bytes too far from where the stream stands to be believed. */
  outOfWindowBytes = 0
  /** Bytes after the FIN of their stream, or after the end of their session. */
  afterCloseBytes = 0
  /** Bytes in resets: a diagnostic text at best, never part of a stream. */
  strayBytes = 0
  /** Segments, and their bytes, of flows that overload keeps out. */
  shedSegments = 0
  shedBytes = 0
  /** Bytes held now because an earlier one is missing, and the most there ever were. */
  heldBytes = 0
  heldBytesMax = 0

  /** Segments without payload that belong to no session and begin none. */
  stray = 0
  syn = 0
  synAck = 0
  fin = 0
  rst = 0
  /** Resets whose sequence number no endpoint would accept. */
  rstIgnored = 0
  /** Segments that offer a window of zero. */
  zeroWindow = 0
  keepAliveProbes = 0
  /** Segments that came before an earlier one. */
  outOfOrder = 0
  /** Overlaps with different bytes: the first ones were kept. */
  overlapConflicts = 0

  /** Holes given up, and the stream bytes in them. */
  reassemblyGap = 0
  gapBytes = 0
  /** Of the gaps: those proven by an acknowledgment of the other side. */
  ackEvidenceGaps = 0
  /** Of the gaps: those declared because the stream held `depthBytes`, or all streams held `memcapBytes`. */
  depthGaps = 0
  segmentMemcapGaps = 0
  /** Of the gaps: those behind packets that the capture had cut short. */
  snappedGaps = 0
  /** Jumps beyond the window that a second segment confirmed. */
  resyncs = 0

  sessions = 0
  /** Of the sessions: those joined without their SYN. */
  midstreamPickups = 0
  /** Sessions open now, and the most there ever were. */
  active = 0
  activeMax = 0
  /** Sessions ended, by reason. */
  closed = { fin: 0, reset: 0, timeout: 0, evicted: 0, flush: 0, reused: 0 }
}
