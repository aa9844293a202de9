// What is said and concluded of the records of a checkpoint before it is written: owners and labels, postures, findings, risk.
//
// In:  the records that changed since the last checkpoint. Out: the same completed, and findings held or gone.
// Conclusions are made here and not with each exchange because they rest on sums, and cost more than counting.
import type { ServiceRecord } from "../store/records.ts"
import type { StoredState } from "../store/store.ts"
import type { Findings } from "./findings.ts"
import type { Labels } from "./labels/labels.ts"
import { reviewBypass } from "./place/bypass-review.ts"
import { PostureReview } from "./posture/posture-review.ts"
import { riskOf } from "./risk.ts"
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

  /** First: what people and rules say. */
  label<Records extends UnsavedRecords>(records: Records): Records {
    const { services, endpoints, goneEndpoints, merges } = records
    if (merges.length > 0 || goneEndpoints.length > 0) this.#labels.regrouped()
    for (const record of services) this.#labels.fillService(record)
    for (const record of endpoints) this.#labels.fillEndpoint(record)
    return records
  }

  /** Then: postures and findings. Returns the services whose findings changed, also since the last checkpoint. */
  review({ services, endpoints, goneEndpoints }: UnsavedRecords): string[] {
    for (const record of services) {
      this.#names.set(record.id, record.name)
      reviewBypass(record, this.#findings)
    }
    this.#postures.review(endpoints, goneEndpoints, (id) => this.#names.get(id) ?? id)
    return this.#findings.takeServices()
  }

  /** Last: what the findings of a service amount to. */
  weigh(services: readonly ServiceRecord[]): void {
    for (const record of services) record.risk = riskOf(record, this.#findings.ofService(record.id)).score
  }
}
