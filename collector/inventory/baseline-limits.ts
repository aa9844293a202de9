// How much is kept of what is usual, and what is given up beyond. Each limit has a counter of its name; see limits.ts.
export interface BaselineLimits {
  readonly baselineConsumers: number
  readonly baselineEndpoints: number
  /** (consumer, endpoint) pairs. */
  readonly baselinePairs: number
}

export const DEFAULT_BASELINE_LIMITS: BaselineLimits = {
  baselineConsumers: 100_000,
  baselineEndpoints: 100_000,
  baselinePairs: 1_000_000,
}
