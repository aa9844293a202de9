// What a spool counts: its files, what it found at the start, and what its disk did not do.

export class SpoolCounters {
  /** Bytes of its files now. */
  heldBytes = 0
  /** Batches found at the start: their exchanges are those of earlier runs, and in no other counter of this one. */
  inheritedExchanges = 0
  inheritedAcknowledged = 0
  inheritedDropped = 0
  /** Batches that the disk did not take; they are held in memory. */
  writeErrors = 0
  /** Times that the disk did not confirm what it had taken. */
  syncErrors = 0
  /** Bytes found that were no whole batch. */
  tornBytes = 0
}

/** Of a run that died and has a successor: what still lay on disk is found by that one, and inherited there. */
export function leaveToSuccessor(counters: SpoolCounters): void {
  counters.heldBytes = 0
  counters.inheritedExchanges = counters.inheritedAcknowledged + counters.inheritedDropped
}
