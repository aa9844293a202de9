// What became of the fragments. Every fragment has one fate, and every captured byte of one too:
//
//   offered = the sum of `fragments`          offeredBytes = the sum of `bytes`
//
// A fragment is `held` until its datagram is completed or given up. One that brings only some new bytes counts as held; its other
// bytes are duplicates.

export class Fates {
  /** Waiting now; 0 after a flush. */
  held = 0
  /** In a datagram that was put together. */
  completed = 0
  /** Everything in it had come before: a copy from another mirror port, or an overlap that lost. */
  duplicate = 0
  /** The rest of its datagram did not come in time. */
  timedOut = 0
  /** Its datagram had to make room for a newer one. */
  evicted = 0
  /** The input ended first. */
  unfinished = 0
  /** Its datagram had overlapping fragments, and the policy drops those. */
  overlapping = 0
  /** Its datagram had more fragments than the limit. */
  crowded = 0
  /** Its datagram was put together of fragments that may belong to different ones, and no checksum proved that they do not. */
  unproven = 0
  /** Malformed: no payload. */
  empty = 0
  /** Malformed: not the last one, and its length no multiple of 8. */
  unaligned = 0
  /** Malformed: it ends beyond what a datagram can hold. */
  tooLong = 0
  /** Malformed: it ends elsewhere than the last fragment, or is a last one that ends before another. */
  contradictory = 0
}

export type Fate = keyof Fates

export class DefragCounters {
  /** Fragments offered, and their captured bytes. */
  offered = 0
  offeredBytes = 0
  readonly fragments = new Fates()
  readonly bytes = new Fates()
  /** Datagrams put together. */
  datagrams = 0
  /** Of these: those cut by the capture, and their captured bytes behind the first cut, which are not delivered. */
  snapped = 0
  snappedBytes = 0
  /** Datagrams of which not all came in time. */
  timeouts = 0
  /** Datagrams given up because a limit was reached. */
  evictions = 0
  /** Fragments that overlap others without being a copy, and those that differ from what was there. */
  overlaps = 0
  overlapConflicts = 0
  /** First fragments too short for the TCP header: an old way around filters (RFC 1858). They are put together like any. */
  tiny = 0
  /** Most bytes ever held. */
  heldBytesMax = 0
  /** Datagrams waiting now, and the most there ever were. */
  waiting = 0
  waitingMax = 0
}
