// Specifications as a part of the inventory: edits of them, and what they say of every endpoint that is written.
//
// In:  edits; at a checkpoint, the records of services and endpoints that changed. Out: status, reason and number of differences in those
// records, entries of the change feed, and services all of whose endpoints must be looked at again (`touch`).
// What a record is given is a function of the record and of the documents, so that it is the same after any restart.
import type { EndpointRecord, ServiceRecord } from "../../store/records.ts"
import type { Store, StoredState } from "../../store/store.ts"
import type { Changes } from "../changes.ts"
import type { Documents } from "../documents.ts"
import { type Actor, type Edit, EditError, type Edited, type EditHandler, type EditKind } from "../edits.ts"
import type { Findings } from "../findings.ts"
import type { ShapeTexts } from "../shape-notes.ts"
import type { Pin } from "../templates/path-learner.ts"
import { type Classification, classify } from "./classification.ts"
import { DriftCounts } from "./drift-counts.ts"
import { RogueServers } from "./rogue-servers.ts"
import { expectedOf, pinsOf } from "./specification-pins.ts"
import { type ServiceName, SpecificationShelf } from "./specification-shelf.ts"
import { StatusFindings } from "./status-findings.ts"

/** What is asked of the rest of the inventory. */
export interface SpecifiedServices {
  service(id: string): ServiceName | null
  /** The records of the service and of all its endpoints are to be written at the next checkpoint. */
  touch(service: string): void
  /** Pins and expected operations of the service are others now. */
  repin(service: string): void
}

export interface ChangedRecords {
  readonly services: readonly ServiceRecord[]
  readonly endpoints: readonly EndpointRecord[]
  readonly goneEndpoints: readonly string[]
}

export interface SpecificationParts {
  readonly services: SpecifiedServices
  readonly changes: Changes
  readonly texts: ShapeTexts
  readonly findings: Pick<Findings, "hold" | "gone" | "of">
}

/** What somebody should hear of. */
const NEWS = new Set(["shadow", "zombie", "rogue"])

export class Specifications implements EditHandler {
  readonly kinds: readonly EditKind[] = ["specification.put", "specification.remove"]
  readonly shelf: SpecificationShelf
  readonly #services: SpecifiedServices
  readonly #changes: Changes
  readonly #drift: DriftCounts
  readonly #findings: StatusFindings
  readonly #rogues = new RogueServers()
  /** Services that are rogue. */
  readonly #rogue = new Set<string>()
  /** Last status of each endpoint that has one other than unknown. */
  readonly #statuses = new Map<string, string>()

  constructor(state: StoredState, documents: Documents, { services, changes, texts, findings }: SpecificationParts) {
    this.#drift = new DriftCounts(texts)
    this.#findings = new StatusFindings(findings)
    this.#services = services
    this.#changes = changes
    this.shelf = new SpecificationShelf(documents, (id) => services.service(id)?.authority ?? "")
    for (const record of state.services) this.#rogues.note(record, this.shelf.has(record.id))
    this.#flipped(state.services.map(({ id }) => id))
    for (const { id, status } of state.endpoints) if (status !== "unknown") this.#statuses.set(id, status)
  }

  /** Parses the documents that the store holds; what the store says of endpoints and no longer holds is touched. */
  async load(store: Pick<Store, "document">, state: StoredState): Promise<void> {
    await this.shelf.load(store)
    const stale = new Set<string>()
    for (const record of state.endpoints) {
      if (stale.has(record.service)) continue
      const { status, why, drift } = this.#judged(record)
      if (status !== record.status || why !== record.statusWhy || drift !== record.drift) stale.add(record.service)
    }
    for (const service of stale) this.#services.touch(service)
  }

  edit(edit: Edit, actor: Actor): Edited {
    if (edit.kind !== "specification.put" && edit.kind !== "specification.remove")
      throw new EditError("invalid", `No specification is changed by ${edit.kind}.`)
    const service = this.#services.service(edit.service)
    if (service === null) throw new EditError("unknown", "There is no service with this id.", "service")
    const edited =
      edit.kind === "specification.put" ? this.shelf.put(service, edit, actor) : this.shelf.remove(service, edit.name)
    this.#services.repin(service.id)
    this.#services.touch(service.id)
    return edited
  }

  /** Templates of the service's documents, for the learner of its paths; those in force first. */
  pins(service: string): Pin[] {
    const index = this.shelf.index(service)
    return index === null ? [] : pinsOf(index)
  }

  /** Endpoints that should be there, whether anybody has used them or not. */
  expected(service: string): ReturnType<typeof expectedOf> {
    const index = this.shelf.index(service)
    return index === null ? [] : expectedOf(index)
  }

  /**
   * Completes records that are about to be written. `more` gives those that were touched meanwhile: naming one service makes others
   * rogue, or no longer.
   */
  complete(changed: ChangedRecords, more: () => ChangedRecords): Pick<ChangedRecords, "services" | "endpoints"> {
    const services = [...changed.services]
    const endpoints = [...changed.endpoints]
    const isAffecting = services.map((record) => this.#rogues.note(record, this.shelf.has(record.id))).includes(true)
    const flipped = this.#flipped(isAffecting ? this.#rogues.ids() : services.map(({ id }) => id))
    if (flipped.length > 0) {
      for (const id of flipped) this.#services.touch(id)
      const others = more()
      const known = new Set(endpoints.map(({ id }) => id))
      services.push(...others.services.filter(({ id }) => !services.some((one) => one.id === id)))
      endpoints.push(...others.endpoints.filter(({ id }) => !known.has(id)))
    }
    for (const record of services) {
      record.specifications = this.shelf.records(record.id).map(({ name }) => name)
      this.#findings.ofService(record, this.#rogues.whyRogue(record.id))
    }
    for (const record of endpoints) this.#complete(record)
    for (const id of changed.goneEndpoints) {
      this.#statuses.delete(id)
      this.#drift.forget(id)
      this.#findings.goneEndpoint(id)
    }
    return { services, endpoints }
  }

  /** Of these services, those that have just become rogue or ceased to be. */
  #flipped(ids: Iterable<string>): string[] {
    const flipped: string[] = []
    for (const id of ids) {
      const isRogue = this.#rogues.whyRogue(id) !== ""
      if (isRogue === this.#rogue.has(id)) continue
      if (isRogue) this.#rogue.add(id)
      else this.#rogue.delete(id)
      flipped.push(id)
    }
    return flipped
  }

  #judged(
    record: EndpointRecord,
  ): Pick<Classification, "status" | "why"> & { readonly drift: number; readonly isOpen: boolean } {
    const { status, why, match } = classify(
      record,
      this.shelf.index(record.service),
      this.#rogues.whyRogue(record.service),
    )
    if (status !== "documented" || match === null) {
      this.#drift.forget(record.id)
      return { status, why, drift: -1, isOpen: false }
    }
    return { status, why, drift: this.#drift.count(record, match), isOpen: match.operation.isOpen }
  }

  #complete(record: EndpointRecord): void {
    const { status, why, drift, isOpen } = this.#judged(record)
    record.status = status
    record.statusWhy = why
    record.drift = drift
    if (isOpen) record.isOpenBySpecification = true
    this.#findings.ofEndpoint(record)
    const before = this.#statuses.get(record.id) ?? "unknown"
    if (status === before) return
    if (status === "unknown") this.#statuses.delete(record.id)
    else this.#statuses.set(record.id, status)
    if (NEWS.has(status) || NEWS.has(before)) this.#changes.endpointStatus(record, before)
  }
}
