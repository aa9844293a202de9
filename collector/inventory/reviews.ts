// What is said and concluded of the records of a checkpoint before it is written: owners and labels, postures, findings, risk.
//
// In:  the records that changed since the last checkpoint. Out: the same completed, and findings held or gone.
// Conclusions are made here and not with each exchange because they rest on sums, and cost more than counting.
import type { DarkRecord } from "../store/records.ts"
import type { StoredState } from "../store/store.ts"
import type { Findings } from "./findings.ts"
import { reviewFlood } from "./flood-review.ts"
import type { Labels } from "./labels/labels.ts"
import { reviewBypass } from "./place/bypass-review.ts"
import { reviewDark, reviewRead } from "./place/dark-review.ts"
import { PostureReview } from "./posture/posture-review.ts"
import { riskOf } from "./risk.ts"
import type { Service } from "./service.ts"
import type { Specifications } from "./specification/specifications.ts"
import type { Unsaved, UnsavedRecords } from "./unsaved.ts"

export interface ReviewsParts {
  readonly findings: Findings
  readonly labels: Labels
  readonly specifications: Pick<Specifications, "complete">
  readonly unsaved: Unsaved
  readonly service: (id: string) => Service | null
  /** Name of a consumer by id. */
  readonly consumerName: (id: string) => string
  readonly serviceNamed: (authority: string, zone: string) => Service | null
}

export class Reviews {
  readonly #parts: ReviewsParts
  readonly #postures: PostureReview
  /** Names of services by id. */
  readonly #names = new Map<string, string>()

  constructor(state: StoredState, parts: ReviewsParts) {
    this.#parts = parts
    this.#postures = new PostureReview(parts.findings, state.endpoints)
    for (const { id, name } of state.services) this.#names.set(id, name)
  }

  /** `dark`: entries of the ledger of dark APIs that changed. Out: what changed since the last call, completed, and with it the services whose findings changed. */
  conclude(dark: readonly DarkRecord[]): UnsavedRecords {
    const { specifications, findings, unsaved, service } = this.#parts
    const take = (): UnsavedRecords => this.#label(unsaved.take())
    const taken = take()
    const changed = { ...taken, ...specifications.complete(taken, take) }
    this.#review(changed)
    reviewDark(dark, this.#parts.serviceNamed, findings)
    const written = new Set(changed.services.map(({ id }) => id))
    for (const id of findings.takeServices()) {
      const touched = written.has(id) ? null : service(id)
      if (touched !== null) unsaved.service(touched)
    }
    const services = [...changed.services, ...specifications.complete(take(), take).services]
    for (const record of services) record.risk = riskOf(record, findings.ofService(record.id)).score
    return { ...changed, services }
  }

  /** First: what people and rules say. */
  #label(records: UnsavedRecords): UnsavedRecords {
    const { labels } = this.#parts
    const { services, endpoints, goneEndpoints, merges } = records
    if (merges.length > 0 || goneEndpoints.length > 0) labels.regrouped()
    for (const record of services) labels.fillService(record)
    for (const record of endpoints) labels.fillEndpoint(record)
    return records
  }

  /** Then: postures and findings. */
  #review({ services, endpoints, goneEndpoints }: UnsavedRecords): void {
    for (const record of services) {
      this.#names.set(record.id, record.name)
      reviewBypass(record, this.#parts.findings)
      const service = this.#parts.service(record.id)
      if (service !== null) reviewFlood(service, this.#parts.findings, this.#parts.consumerName)
      reviewRead(record, this.#parts.findings)
    }
    this.#postures.review(endpoints, goneEndpoints, (id) => this.#names.get(id) ?? id)
  }
}
