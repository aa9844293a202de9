// What is concluded from the records of a checkpoint before it is written: postures and findings.
//
// In:  the records that changed since the last checkpoint. Out: the same with what was concluded, and findings held or gone.
// Conclusions are made here and not with each exchange because they rest on sums, and cost more than counting.
import type { EndpointRecord, ServiceRecord } from "../store/records.ts"
import type { StoredState } from "../store/store.ts"
import type { Findings } from "./findings.ts"
import { PostureReview } from "./posture/posture-review.ts"

export interface ChangedRecords {
  readonly services: readonly ServiceRecord[]
  readonly endpoints: readonly EndpointRecord[]
  readonly goneEndpoints: readonly string[]
}

export class Reviews {
  readonly #postures: PostureReview
  /** Names of services by id. */
  readonly #names = new Map<string, string>()

  constructor(state: StoredState, findings: Findings) {
    this.#postures = new PostureReview(findings, state.endpoints)
    for (const { id, name } of state.services) this.#names.set(id, name)
  }

  /** Fills in what records say of conclusions. */
  review({ services, endpoints, goneEndpoints }: ChangedRecords): void {
    for (const { id, name } of services) this.#names.set(id, name)
    this.#postures.review(endpoints, goneEndpoints, (id) => this.#names.get(id) ?? id)
  }
}
