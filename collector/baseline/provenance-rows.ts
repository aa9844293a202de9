// What provenance keeps of a pair and carrier, of an endpoint and carrier, of a consumer.
import type { SavedSlab } from "./columns.ts"

/** Where a request carries ids: 0 path and query, 1 body. */
export const CARRIERS = 2
export const ROWS = {
  day: [Int32Array, 1],
  /** Today, and what was usual on closed days. */
  trials: [Float32Array, 1],
  hits: [Float32Array, 1],
  /** Of today's hits: those that only others were given, counted where a list may be missing. */
  others: [Float32Array, 1],
  expected: [Float32Array, 1],
  /** The same as numbers of ids, unweighted. */
  trialIds: [Float32Array, 1],
  hitIds: [Float32Array, 1],
  usualTrials: [Float32Array, 1],
  usualHits: [Float32Array, 1],
  usualOthers: [Float32Array, 1],
  /** Of closed days: squared differences of hits from their means, and the means. */
  squares: [Float32Array, 1],
  means: [Float32Array, 1],
  /** Days that it learned from. */
  days: [Float32Array, 1],
  /** Log-likelihood ratio of "1.6 times as many and half a one" summed up over closed days (CUSUM). */
  score: [Float32Array, 1],
} as const
export const ENDPOINT_ROWS = {
  day: [Int32Array, 1],
  trials: [Float32Array, 1],
  hits: [Float32Array, 1],
  /** Hits that were expected of today's trials, by each row's own usual share. */
  expected: [Float32Array, 1],
  /** Rows with trials today. */
  active: [Float32Array, 1],
  usualTrials: [Float32Array, 1],
  usualHits: [Float32Array, 1],
  /** Endpoint that it was split from, its ordinal + 1. */
  parent: [Int32Array, 1],
} as const
export const CONSUMER_ROWS = { day: [Int32Array, 1], active: [Float32Array, 1] } as const

export interface SavedProvenance {
  readonly pairs: SavedSlab<typeof ROWS>
  readonly endpoints: SavedSlab<typeof ENDPOINT_ROWS>
  readonly consumers: SavedSlab<typeof CONSUMER_ROWS>
  readonly squares: number
  readonly means: number
}

/** Ids of one exchange. */
export interface Counts {
  readonly trials: number
  readonly hits: number
  readonly others: number
}

export interface Today {
  readonly trials: number
  readonly hits: number
  readonly trialIds: number
  readonly hitIds: number
}
