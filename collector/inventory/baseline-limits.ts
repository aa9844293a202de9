// How much is kept of what is usual, and what is given up beyond. Each limit has a counter of its name; see limits.ts.
export interface BaselineLimits {
  readonly baselineConsumers: number
  readonly baselineEndpoints: number
  /** (consumer, endpoint) pairs. */
  readonly baselinePairs: number
  /** Bytes of all sets of ids that consumers asked for or were given. Counted: ids that went into a set that had no room. */
  readonly baselineObjectBytes: number
  /** Ids of one set in a generation. Counted: generations that were begun before their time. */
  readonly baselineObjectsPerSet: number
  /** Objects whose consumers are known. Counted: those forgotten for others. */
  readonly baselineOwners: number
  /** Kinds of objects ("orders of service s") whose number is estimated, 512 bytes each. */
  readonly baselineCollections: number
  /** Objects of which is known what was done with them. Counted: those forgotten for others. */
  readonly baselineHistories: number
  /** Parameters, fields of bodies and data classes that endpoints have shown. Counted: those that were not kept. */
  readonly baselineFields: number
  /** Cases that are kept in memory, incidents included; those that are closed make place first. */
  readonly cases: number
  /** Exchanges more than 400 days ahead of all others, of which 500 in a row are a later recording. Counted: those left out. */
  readonly aheadExchanges: number
  /** By people. Counted: edits that were refused. */
  readonly exceptions: number
  readonly decoys: number
}

export const DEFAULT_BASELINE_LIMITS: BaselineLimits = {
  baselineConsumers: 100_000,
  baselineEndpoints: 100_000,
  baselinePairs: 1_000_000,
  baselineObjectBytes: 256 * 1024 * 1024,
  baselineObjectsPerSet: 60_000,
  // 17 bytes each.
  baselineOwners: 1_048_576,
  baselineCollections: 20_000,
  // 38 bytes each.
  baselineHistories: 524_288,
  // 90 bytes each.
  baselineFields: 262_144,
  // 1 to 20 KB each.
  cases: 10_000,
  aheadExchanges: 500,
  exceptions: 5_000,
  decoys: 1_000,
}
