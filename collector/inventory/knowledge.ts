// What is known of the inventory beyond counts: what people say, what specifications say, what is concluded; and the edits of all of it.
//
//   documents <-- findings, servers known, partners and rotations, labels, specifications, pins      each answers for its kinds of edit
//                                        |
//                 reviews: records on their way to the store are completed
//
// In:  the state that the store holds, the working set, edits. Out: completed records, documents and audit entries for a checkpoint.
import { Partnerships } from "../consumer/partnerships.ts"
import type { DarkRecord } from "../store/records.ts"
import type { StoredState } from "../store/store.ts"
import { ACCESS_NOTES } from "./access-notes.ts"
import { Audit } from "./audit.ts"
import type { Changes } from "./changes.ts"
import { Documents } from "./documents.ts"
import type { Actor, Edit, EditHandler, EditResult } from "./edits.ts"
import { Findings } from "./findings.ts"
import { Floods } from "./floods.ts"
import type { Ids, MintId } from "./ids.ts"
import { Labels } from "./labels/labels.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"
import type { PairCounts } from "./pair-counts.ts"
import { KnownServers } from "./place/known-servers.ts"
import { Reviews } from "./reviews.ts"
import type { Service } from "./service.ts"
import type { ShapeTexts } from "./shape-notes.ts"
import { Specifications, type SpecifiedServices } from "./specification/specifications.ts"
import { TemplateEdits } from "./template-edits.ts"
import type { Regrouping } from "./templates/path-learner.ts"
import type { Unsaved, UnsavedRecords } from "./unsaved.ts"
import type { Watcher } from "./watcher.ts"
import type { WorkingSet } from "./working-set.ts"

export interface KnowledgeParts {
  readonly set: WorkingSet
  readonly unsaved: Unsaved
  readonly changes: Changes
  readonly pairs: PairCounts
  readonly texts: ShapeTexts
  readonly limits: InventoryLimits
  readonly reached: LimitCounters
  readonly ids: Ids
  readonly mint: MintId
  /** Something must be written although nothing was counted. */
  readonly soil: () => void
  readonly watcher: () => Watcher
  readonly regroup: (service: Service, regroupings: readonly Regrouping[], atUs: number) => void
}

export class Knowledge {
  readonly documents: Documents
  readonly findings: Findings
  readonly floods: Floods
  readonly servers: KnownServers
  readonly partnerships: Partnerships
  readonly specifications: Specifications
  readonly templates: TemplateEdits
  readonly #labels: Labels
  readonly #reviews: Reviews
  readonly #audit: Audit
  readonly #consumerName: (id: string) => string

  constructor(state: StoredState, parts: KnowledgeParts) {
    const { set, unsaved, changes, limits, reached, ids, mint, texts, regroup } = parts
    const service = (id: string): Service | null => set.service(id)
    const documents = new Documents(state.documents)
    const findings = new Findings(documents, limits, reached, mint)
    this.documents = documents
    this.findings = findings
    this.floods = new Floods(documents, limits.refusedPaths)
    this.#consumerName = (id) => set.consumers.byId(id)?.name ?? id
    this.servers = new KnownServers(state.services, findings, changes, limits, reached)
    this.partnerships = partnershipsOf(state, documents, parts)
    this.#labels = new Labels({
      documents,
      limits,
      reached,
      mint,
      unsaved,
      service,
      services: () => set.allServices(),
      endpoint: (id) => set.routes.endpoint(id),
    })
    const services = this.#specifiedServices(parts)
    this.specifications = new Specifications(state, documents, { services, changes, texts, findings })
    const specified = (id: string) => this.specifications.pins(id)
    this.templates = new TemplateEdits({ set, documents, limits, reached, ids, specified, regroup })
    const { specifications } = this
    this.#reviews = new Reviews(state, {
      findings,
      labels: this.#labels,
      specifications,
      unsaved,
      service,
      serviceNamed: (authority, zone) => set.serviceNamed(authority, zone),
      consumerName: this.#consumerName,
    })
    const handlers = [
      ACCESS_NOTES,
      findings,
      this.#labels,
      specifications,
      this.templates,
      ...this.partnerships.handlers,
    ]
    this.#audit = new Audit(state.lastAudit, handlers)
  }

  /** Edits that parts answer for which are opened after the inventory. */
  answerFor(handlers: readonly EditHandler[]): void {
    this.#audit.add(handlers)
  }

  /** Throws an EditError, and nothing has changed. */
  edit(edit: Edit, actor: Actor): EditResult {
    return this.#audit.edit(edit, actor)
  }

  /** What changed since the last call, completed. */
  conclude(dark: readonly DarkRecord[]): UnsavedRecords {
    this.floods.review(this.findings, this.#consumerName)
    return this.#reviews.conclude(dark)
  }

  /** Documents and audit entries since the last call: after `conclude`, which may add some. */
  take() {
    return { documents: this.documents.take(), audit: this.#audit.take() }
  }

  #specifiedServices({ set, unsaved, soil }: KnowledgeParts): SpecifiedServices {
    return {
      service: (id) => set.service(id),
      repin: (id) => {
        const service = set.service(id)
        if (service !== null) this.templates.specify(service, this.specifications.expected(id))
      },
      touch: (id) => {
        const service = set.service(id)
        if (service === null) return
        soil()
        unsaved.service(service)
        for (const endpoint of service.table.endpoints()) unsaved.endpoint(endpoint)
      },
    }
  }
}

function partnershipsOf(state: StoredState, documents: Documents, parts: KnowledgeParts): Partnerships {
  const { set, unsaved, changes, pairs, limits, reached, ids } = parts
  return new Partnerships(state, {
    consumers: set.consumers,
    documents,
    changes,
    limits,
    reached,
    newId: (kind) => ids.next(kind),
    touch: (consumer) => unsaved.consumer(consumer),
    merge: (former, successor) => {
      set.mergeConsumers(former, successor)
      parts.watcher().mergeConsumers(former, successor)
      unsaved.merged("consumer", successor.id, former.id)
    },
    pending: () => pairs.requests(),
    endpointOf: (route) => set.routes.byId(route)?.endpoint.id ?? route,
  })
}
