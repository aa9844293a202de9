// What the console reads of specifications, and of how a service differs from them.
import type { Time } from "./common.ts"

export interface Specification {
  readonly service: string
  readonly name: string
  readonly format: string
  readonly title: string
  readonly version: string
  readonly operations: number
  readonly current: boolean
  readonly deprecated: boolean
  readonly supersedes: readonly string[]
  readonly basePaths: readonly string[]
  readonly remarks: readonly string[]
  readonly importedBy: string
  readonly importedAt: Time
}

export interface DriftSample {
  readonly at: Time
  readonly path: string
  readonly status: number
  readonly consumer: string
  readonly client: string
  readonly exchange: string
}

export interface Drift {
  readonly kind: string
  readonly place: string
  readonly name: string
  readonly count: number
  readonly firstSeen: Time
  readonly lastSeen: Time
  readonly sentence: string
  readonly samples: readonly DriftSample[]
}

export interface ServiceDrift {
  readonly endpoints: readonly {
    readonly endpoint: string
    readonly method: string
    readonly template: string
    readonly specification: string
    readonly specified: string
    readonly drift: readonly Drift[]
  }[]
  readonly unseen: readonly {
    readonly method: string
    readonly template: string
    readonly specification: string
    readonly operationId: string | null
  }[]
  readonly undocumented: readonly {
    readonly endpoint: string
    readonly method: string
    readonly template: string
    readonly status: string
    readonly why: string
  }[]
}

export interface ImportResult {
  readonly sentence: string
  readonly specifications: readonly Specification[]
}
