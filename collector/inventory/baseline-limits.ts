// How much is kept of what is usual, and what is given up beyond. Each limit has a counter of its name; see limits.ts.
export interface BaselineLimits {
  readonly baselineConsumers: number
  readonly baselineEndpoints: number
  /** (consumer, endpoint) pairs. */
  readonly baselinePairs: number
  /** Cases that are kept in memory, incidents included; those that are closed make place first. */
  readonly cases: number
  /** By people. Counted: edits that were refused. */
  readonly exceptions: number
  readonly decoys: number
}

export const DEFAULT_BASELINE_LIMITS: BaselineLimits = {
  baselineConsumers: 100_000,
  baselineEndpoints: 100_000,
  baselinePairs: 1_000_000,
  // 1 to 20 KB each.
  cases: 10_000,
  exceptions: 5_000,
  decoys: 1_000,
}
