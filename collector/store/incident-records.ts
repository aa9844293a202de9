// What the store keeps of incidents, and of the analysis behind them.
//
//   journal   what the analysis took in, in order: exchanges in context and notes of people, in blobs; newer than the snapshot, they
//             lead from it to the present state; older ones are kept for back-tests, bounded in age and bytes
//   snapshot  the state of the analysis at one place of the journal

/** One statistic out of the usual: detect/finding.ts, with ids in place of ordinals. */
export interface EvidenceRecord {
  readonly key: string
  readonly detector: string
  readonly family: string
  readonly firstUs: number
  readonly lastUs: number
  readonly sinceUs: number
  /** Findings that brought it up to date. */
  readonly count: number
  readonly endpoint: string
  /** Smallest so far. */
  readonly p: number
  readonly isRule: boolean
  readonly weight: number
  readonly sentence: string
  readonly facts: Readonly<Record<string, number | string>>
  readonly doubts: readonly { readonly what: string; readonly explains: boolean; readonly sentence: string }[]
  readonly samples: readonly {
    readonly atUs: number
    readonly operation: string
    readonly status: number
    readonly exchange: string
    readonly object: string
  }[]
  readonly lossyShare: number
}

export interface IncidentNote {
  /** Wall clock of whoever wrote it, µs. */
  readonly atUs: number
  readonly by: string
  readonly text: string
}

export interface TimelineEntry {
  /** Event time, µs. */
  readonly atUs: number
  readonly what: string
}

export interface IncidentRecord {
  /** Made of whom it is about and when it opened: the same in every replay of the same store. */
  readonly id: string
  /** open, acknowledged, closed. */
  readonly state: string
  /** Of a closed one: malicious, benign, expected; "" otherwise. */
  readonly verdict: string
  /** high or review. */
  readonly lane: string
  /** Name of the detection that weighs most; "shared-cause" for those of an endpoint. */
  readonly kind: string
  /** Names, heaviest first. */
  readonly detections: readonly string[]
  /** Ids, "" for none. An incident is about a consumer, an endpoint, or a sensor. */
  readonly consumer: string
  readonly service: string
  readonly endpoint: string
  readonly sensor: string
  /** Event time, µs. */
  readonly firstEventUs: number
  readonly lastEventUs: number
  readonly openedUs: number
  readonly closedUs: number
  readonly score: number
  readonly summary: string
  readonly evidence: readonly EvidenceRecord[]
  readonly timeline: readonly TimelineEntry[]
  readonly notes: readonly IncidentNote[]
  /** Of an endpoint's incident: the consumers that are concerned, by id, at most 100. */
  readonly consumers: readonly string[]
  /** Share of lossy evidence. */
  readonly lossyShare: number
}

/** A piece of the journal. */
export interface JournalRecord {
  /** 1, 2, 3, ... */
  readonly sequence: number
  readonly fromUs: number
  readonly toUs: number
  readonly exchanges: number
  readonly bytes: Uint8Array
}

export interface SnapshotRecord {
  /** It holds all of the journal up to and with this sequence. */
  readonly sequence: number
  readonly bytes: Uint8Array
}

/** What the store holds of the journal. */
export interface JournalRange {
  readonly pieces: number
  readonly exchanges: number
  readonly bytes: number
  /** Event time of its exchanges, µs; 0 without any. */
  readonly fromUs: number
  readonly toUs: number
}
