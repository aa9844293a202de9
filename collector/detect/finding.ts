// What a detector says: one statistic of one consumer (or endpoint) that is out of the usual, with its numbers and its doubts.

/** What findings of a kind have in common: an incident needs two families, or one that is certain. */
export type Family = "volume" | "object" | "identity" | "novelty" | "flow" | "posture"

/** An exchange that shows it. */
export interface FindingSample {
  readonly atUs: number
  /** "GET /v1/orders/{int}", as the sensor says it. */
  readonly operation: string
  readonly status: number
  /** Key of the exchange (hex), "" unknown; pseudonym of the object, "" for none. */
  readonly exchange: string
  readonly object: string
}

/** A known false positive that was looked at. */
export interface Doubt {
  /** "re-sync", "egress change", ... */
  readonly what: string
  /** Whether it explains the finding: then `p` was raised accordingly. */
  readonly explains: boolean
  /** One sentence with the number that decided. */
  readonly sentence: string
}

/** News that turned out to be nobody's doing: evidence that was raised before is explained by it. */
export interface Explanation {
  /** Name of the detector whose evidence it is; ordinal of the endpoint where it is. */
  readonly detector: string
  readonly endpoint: number
  /** Of that key only; "" for all of the detector there. */
  readonly key: string
  /** Event time of what explains it, µs. */
  readonly atUs: number
  readonly doubt: Doubt
}

export interface Finding {
  /** Name of the detector: "enumeration". */
  readonly detector: string
  readonly family: Family
  /** Event time of the exchange or the window that raised it, µs; and since when it holds. */
  readonly atUs: number
  readonly sinceUs: number
  /** Ordinals of subjects, -1 for none. */
  readonly consumer: number
  readonly endpoint: number
  /** Chance of this (or more) if all is as usual, on one look; 0 for a rule. Calibrated by the detector for one look a consumer and day. */
  readonly p: number
  /** A fact, not a chance: raises an incident by itself. */
  readonly isRule: boolean
  /** It supports other findings, and raises nothing by itself. */
  readonly isSupporting?: boolean
  /** 0.5 to 2: sensitivity of what is concerned; halved where all of it was refused (4xx). */
  readonly weight: number
  /**
   * Names what it is an episode of: findings of the same key while an incident is open bring that evidence up to date. Without
   * numbers; "enumeration e12".
   */
  readonly key: string
  /** In plain words, with the numbers of `facts` only: no name of the consumer, it stands in front ("read 412 different orders ..."). */
  readonly sentence: string
  /** Every number of the sentence, and those that led to it, by name with unit last: {objects: 412, usualQ99: 31, windowHours: 6}. */
  readonly facts: Readonly<Record<string, number | string>>
  readonly doubts: readonly Doubt[]
  /** At most 8. */
  readonly samples: readonly FindingSample[]
  /** Share of the exchanges behind it with lossy evidence, 0 to 1. */
  readonly lossyShare: number
}
