// Everything that the inventory holds in memory: services, endpoints, consumers, and who may be added.
//
// In:  what the store gave back; then, one at a time, what an exchange asks to be found or added.
// Out: the object, or null when it is not there and may not be added (not plausible, or a limit reached and counted).
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { Consumer, consumerKey, consumerName } from "../consumer/consumer.ts"
import type { StoredState } from "../store/store.ts"
import { answerOf, isError, isProof } from "./answer.ts"
import type { ConsumerView, ServerView } from "./batch-views.ts"
import type { Changes } from "./changes.ts"
import type { Endpoint } from "./endpoint.ts"
import type { Ids } from "./ids.ts"
import { type InventoryLimits, isFull, type LimitCounters } from "./limits.ts"
import { restoreRoutes } from "./restored-routes.ts"
import { Routes } from "./routes.ts"
import { Service, serviceKey } from "./service.ts"
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
  readonly #services = new Map<string, Service>()
  readonly #servicesById = new Map<string, Service>()
  readonly #consumers = new Map<string, Consumer>()
  /** By ordinal, from 1. */
  readonly #consumersInOrder: Consumer[] = []
  /** Services first met at each listening address. */
  readonly #servicesAt = new Map<string, number>()
  #unprovenServices = 0
  #unprovenConsumers = 0
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
    this.#restore(state, unsaved, texts)
  }

  get services(): number {
    return this.#services.size
  }

  get consumers(): number {
    return this.#consumersInOrder.length
  }

  findService(view: ServerView): Service | null {
    return this.#services.get(view.key) ?? null
  }

  addService(view: ServerView, event: ApiEvent): Service | null {
    const { server, listener } = view
    const met = this.#servicesAt.get(listener) ?? 0
    if (this.#isFull("services", this.#services.size)) return null
    if (!isProof(answerOf(event)) && this.#isFull("unprovenServices", this.#unprovenServices)) return null
    if (server.authority !== "" && this.#isFull("servicesPerAddress", met)) return null
    const name = server.authority === "" ? `unnamed ${listener}` : server.authority
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

  consumerAt(ordinal: number): Consumer {
    return this.#consumersInOrder[ordinal - 1]!
  }

  findConsumer(view: ConsumerView, atUs: number): Consumer | null {
    return this.#consumers.get(view.key) ?? this.#rekeyed(view, atUs)
  }

  /** The consumer that the former key knows by another pseudonym: it keeps its id and its history. */
  #rekeyed(view: ConsumerView, atUs: number): Consumer | null {
    const { scheme, issuer, principal, formerPrincipal } = view.identity
    if (formerPrincipal === "") return null
    const consumer = this.#consumers.get(consumerKey(scheme, issuer, formerPrincipal))
    if (consumer === undefined || !consumer.rekey(principal, formerPrincipal)) return null
    this.#consumers.set(view.key, consumer)
    this.#changes.rekeyedConsumer(consumer, atUs)
    return consumer
  }

  addConsumer(view: ConsumerView, event: ApiEvent): Consumer | null {
    if (this.#isFull("consumers", this.consumers)) return null
    if (isError(event) && this.#isFull("unprovenConsumers", this.#unprovenConsumers)) return null
    const { identity, client } = view
    const { scheme, principal, issuer, rule } = identity
    const consumer = new Consumer(
      { id: this.#ids.next("consumer"), name: consumerName(identity, client), scheme, principal, issuer, rule },
      this.consumers + 1,
      this.#limits,
      this.#reached,
    )
    this.#consumersInOrder.push(consumer)
    this.#consumers.set(view.key, consumer)
    // Events under the former key may still be on their way.
    const former = consumerKey(scheme, issuer, identity.formerPrincipal)
    if (identity.formerPrincipal !== "" && !this.#consumers.has(former)) {
      consumer.rekey(principal, identity.formerPrincipal)
      this.#consumers.set(former, consumer)
    }
    this.#unprovenConsumers++
    this.#changes.newConsumer(consumer, event.startUs)
    return consumer
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

  /** The consumer has just got its first answer that is not an error. */
  proveConsumer(): void {
    this.#unprovenConsumers--
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
    const consumers = new Map<string, Consumer>()
    for (const record of state.consumers) {
      const consumer = new Consumer(record, this.consumers + 1, this.#limits, this.#reached, record)
      this.#consumersInOrder.push(consumer)
      this.#consumers.set(consumerKey(record.scheme, record.issuer, record.principal), consumer)
      for (const former of record.formerPrincipals) {
        this.#consumers.set(consumerKey(record.scheme, record.issuer, former), consumer)
      }
      if (!consumer.isProven) this.#unprovenConsumers++
      consumers.set(record.id, consumer)
      this.#ids.note(record.id)
    }
    for (const [consumer, route] of state.pairs) {
      const known = consumers.get(consumer)
      if (known !== undefined) this.routes.restorePair(route, known)
    }
  }
}
