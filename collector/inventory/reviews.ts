// What is concluded from the records of a checkpoint before it is written: postures and findings.
//
// In:  the records that changed since the last checkpoint. Out: the same with what was concluded, and findings held or gone.
// Conclusions are made here and not with each exchange because they rest on sums, and cost more than counting.

import type { StoredState } from "../store/store.ts"
import type { Findings } from "./findings.ts"
import type { Labels } from "./labels/labels.ts"
import { reviewBypass } from "./place/bypass-review.ts"
import { PostureReview } from "./posture/posture-review.ts"
import type { UnsavedRecords } from "./unsaved.ts"

export class Reviews {
  readonly #findings: Findings
  readonly #labels: Labels
  readonly #postures: PostureReview
  /** Names of services by id. */
  readonly #names = new Map<string, string>()

  constructor(state: StoredState, findings: Findings, labels: Labels) {
    this.#findings = findings
    this.#labels = labels
    this.#postures = new PostureReview(findings, state.endpoints)
    for (const { id, name } of state.services) this.#names.set(id, name)
  }

  /** Fills in what records say of conclusions. */
  review({ services, endpoints, goneEndpoints, merges }: UnsavedRecords): void {
    for (const record of services) {
      this.#names.set(record.id, record.name)
      this.#labels.fillService(record)
      reviewBypass(record, this.#findings)
    }
    if (merges.length > 0 || goneEndpoints.length > 0) this.#labels.regrouped()
    for (const record of endpoints) this.#labels.fillEndpoint(record)
    this.#postures.review(endpoints, goneEndpoints, (id) => this.#names.get(id) ?? id)
  }
}
