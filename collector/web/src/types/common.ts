// What the answers of the API have in common. The API's own document is /api/v1/openapi.json.

export type Counts = Readonly<Record<string, number>>

export type Time = string | null

export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
  readonly total: number
}

export interface Quantiles {
  readonly count: number
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly max: number | null
}

export interface SeriesPoint {
  readonly at: Time
  readonly requests: number
  readonly errors: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly items: number
}

export interface Usage {
  readonly requests: number
  readonly errors: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly items: number
}

export interface EndpointLabel {
  readonly id: string
  readonly service: string
  readonly serviceName: string
  readonly method: string
  readonly template: string
  readonly operation: string | null
}

/** What an edit did. */
export interface Edited {
  readonly id: string
  readonly sentence: string
}

export interface Named {
  readonly id: string
  readonly name: string
}
