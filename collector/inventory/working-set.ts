// Everything that the inventory holds in memory: services, endpoints, consumers, and who may be added.
//
// In:  what the store gave back; then, one at a time, what an exchange asks to be found or added.
// Out: the object, or null when it is not there and may not be added (not plausible, or a limit reached and counted).
import type { ApiEvent } from "../../shared/event/api-event.ts"
import type { Consumer } from "../consumer/consumer.ts"
import { Consumers } from "../consumer/consumers.ts"
import type { StoredState } from "../store/store.ts"
import { answerOf, isProof } from "./answer.ts"
import type { ServerView } from "./batch-views.ts"
import type { Changes } from "./changes.ts"
import type { Endpoint } from "./endpoint.ts"
import type { Ids } from "./ids.ts"
import { type InventoryLimits, isFull, type LimitCounters } from "./limits.ts"
import { restoreRoutes } from "./restored-routes.ts"
import { Routes } from "./routes.ts"
import { Service, serviceKey, serviceName } from "./service.ts"
import type { ShapeTexts } from "./shape-notes.ts"
import type { Learners } from "./templates/learners.ts"
import type { Unsaved } from "./unsaved.ts"

export interface WorkingSetParts {
  readonly unsaved: Unsaved
  readonly ids: Ids
  readonly learners: Learners
  readonly texts: ShapeTexts
}

export class WorkingSet {
  readonly routes: Routes
  readonly consumers: Consumers
  readonly #services = new Map<string, Service>()
  readonly #servicesById = new Map<string, Service>()
  /** Services first met at each listening address. */
  readonly #servicesAt = new Map<string, number>()
  #unprovenServices = 0
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #changes: Changes
  readonly #learners: Learners
  readonly #ids: Ids

  constructor(
    state: StoredState,
    limits: InventoryLimits,
    reached: LimitCounters,
    changes: Changes,
    { unsaved, ids, learners, texts }: WorkingSetParts,
  ) {
    this.#limits = limits
    this.#reached = reached
    this.#changes = changes
    this.#learners = learners
    this.#ids = ids
    this.routes = new Routes(limits, reached, changes, unsaved, ids, texts)
    this.consumers = new Consumers(limits, reached, changes, () => ids.next("consumer"))
    this.#restore(state, unsaved, texts)
  }

  get services(): number {
    return this.#services.size
  }

  findService(view: ServerView): Service | null {
    return this.#services.get(view.key) ?? null
  }

  /** The service of this authority in the zone, wherever it listens. */
  serviceNamed(authority: string, zone: string): Service | null {
    return this.#services.get(serviceKey(authority, zone, "")) ?? null
  }

  addService(view: ServerView, event: ApiEvent): Service | null {
    const { server, listener } = view
    const met = this.#servicesAt.get(listener) ?? 0
    if (this.#isFull("services", this.#services.size)) return null
    if (!isProof(answerOf(event)) && this.#isFull("unprovenServices", this.#unprovenServices)) return null
    if (server.authority !== "" && this.#isFull("servicesPerAddress", met)) return null
    const name = serviceName(server.authority, listener)
    const identity = { id: this.#ids.next("service"), name, authority: server.authority, zone: server.zone }
    const service = new Service(identity, this.#limits, this.#reached, undefined, this.#learners.create(identity.id))
    this.#services.set(view.key, service)
    this.#servicesById.set(service.id, service)
    this.#servicesAt.set(listener, met + 1)
    this.#unprovenServices++
    this.#changes.newService(service, event.startUs)
    return service
  }

  service(id: string): Service | null {
    return this.#servicesById.get(id) ?? null
  }

  allServices(): Iterable<Service> {
    return this.#servicesById.values()
  }

  /** `successor` goes on as `former`. */
  mergeConsumers(former: Consumer, successor: Consumer): void {
    this.routes.mergeConsumers(former, successor)
    this.consumers.merge(former, successor)
  }

  /** One of its routes has counted something, and it was not known to answer with success. */
  weigh(endpoint: Endpoint): void {
    const { lead, routes, service } = endpoint
    if (routes.size === 1 ? lead.traffic.isProven : [...routes].some(({ traffic }) => traffic.isProven)) {
      endpoint.isProven = true
    }
    this.routes.weigh(endpoint)
    if (!endpoint.isProven || service.isProven) return
    service.isProven = true
    this.#unprovenServices--
  }

  #isFull(limit: keyof InventoryLimits, used: number): boolean {
    return isFull(this.#limits, this.#reached, limit, used)
  }

  #restore(state: StoredState, unsaved: Unsaved, texts: ShapeTexts): void {
    for (const record of state.services) {
      const learner = this.#learners.restore(record.id, state.documents)
      const service = new Service(record, this.#limits, this.#reached, record, learner)
      const listener = record.addresses[0] ?? record.name
      this.#servicesById.set(record.id, service)
      this.#services.set(serviceKey(record.authority, record.zone, listener), service)
      this.#servicesAt.set(listener, (this.#servicesAt.get(listener) ?? 0) + 1)
      this.#ids.note(record.id)
    }
    const limits = this.#limits
    const reached = this.#reached
    restoreRoutes(state, { services: this.#servicesById, routes: this.routes, limits, reached, unsaved, texts })
    for (const service of this.#servicesById.values()) {
      for (const { isProven } of service.table.endpoints()) if (isProven) service.isProven = true
      if (!service.isProven) this.#unprovenServices++
    }
    this.consumers.restore(state.consumers, state.merges)
    for (const { id } of state.consumers) this.#ids.note(id)
    for (const { from } of state.merges) this.#ids.note(from)
    for (const [consumer, route] of state.pairs) {
      const known = this.consumers.byId(consumer)
      if (known !== null) this.routes.restorePair(route, known)
    }
  }
}
