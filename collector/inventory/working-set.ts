// Everything that the inventory holds in memory: services, endpoints, consumers, and who may be added.
//
// In:  what the store gave back; then, one at a time, what an exchange asks to be found or added.
// Out: the object, or null when it is not there and may not be added (not plausible, or a limit reached and counted).
import type { ApiEvent } from "../../shared/event/api-event.ts"
import type { Consumer } from "../consumer/consumer.ts"
import { Consumers } from "../consumer/consumers.ts"
import type { StoredState } from "../store/store.ts"
import { answerOf, isProof } from "./answer.ts"
import type { OperationView, ServerView } from "./batch-views.ts"
import type { Changes } from "./changes.ts"
import { Endpoint } from "./endpoint.ts"
import type { IdKind, MintId } from "./ids.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"
import { endpointKey, Service, serviceKey } from "./service.ts"

export class WorkingSet {
  endpoints = 0
  pairs = 0
  readonly #services = new Map<string, Service>()
  readonly consumers: Consumers
  /** Services first met at each listening address. */
  readonly #servicesAt = new Map<string, number>()
  #unprovenServices = 0
  /** Ordinals given out; never used again. */
  #endpointOrdinals = 0
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #changes: Changes
  readonly #mint: MintId
  /** Ids in use: a minter that repeats itself is asked again. */
  readonly #ids = new Set<string>()

  constructor(state: StoredState, limits: InventoryLimits, reached: LimitCounters, changes: Changes, mint: MintId) {
    this.#limits = limits
    this.#reached = reached
    this.#changes = changes
    this.#mint = mint
    this.consumers = new Consumers(limits, reached, changes, () => this.#newId("consumer"))
    this.#restore(state)
  }

  get services(): number {
    return this.#services.size
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
    const identity = { id: this.#newId("service"), name, authority: server.authority, zone: server.zone }
    const service = new Service(identity, this.#limits, this.#reached)
    this.#services.set(view.key, service)
    this.#servicesAt.set(listener, met + 1)
    this.#unprovenServices++
    this.#changes.newService(service, event.startUs)
    return service
  }

  findEndpoint(service: Service, view: OperationView): Endpoint | null {
    return service.endpoints.get(view.key) ?? null
  }

  addEndpoint(service: Service, view: OperationView, event: ApiEvent): Endpoint | null {
    if (this.#isFull("endpoints", this.endpoints)) return null
    if (this.#isFull("endpointsPerService", service.endpoints.size)) return null
    if (!isProof(answerOf(event)) && this.#isFull("unprovenEndpoints", service.unprovenEndpoints)) return null
    const { method, template, operation } = view
    const { operationKey } = operation
    if (operationKey !== "" && this.#isFull("operationsPerPath", service.operationsOf(method, template))) return null
    const identity = { id: this.#newId("endpoint"), method, template, operation: operationKey }
    const endpoint = new Endpoint(identity, ++this.#endpointOrdinals, service, this.#limits, this.#reached)
    service.addEndpoint(view.key, endpoint)
    service.unprovenEndpoints++
    this.endpoints++
    this.#changes.newEndpoint(endpoint, event.startUs)
    return endpoint
  }

  /** False when the pair is new and there is no place for it. */
  addPair(endpoint: Endpoint, consumer: Consumer): boolean {
    if (endpoint.consumers.has(consumer.ordinal)) return true
    if (this.#isFull("pairs", this.pairs)) return false
    endpoint.consumers.add(consumer.ordinal)
    consumer.endpoints++
    this.pairs++
    return true
  }

  /** The endpoint has just answered with success for the first time. */
  proveEndpoint(service: Service): void {
    service.unprovenEndpoints--
    if (service.isProven) return
    service.isProven = true
    this.#unprovenServices--
  }

  /** `successor` goes on as `former`. Returns the endpoints whose number of consumers has changed. */
  mergeConsumers(former: Consumer, successor: Consumer): Endpoint[] {
    const changed: Endpoint[] = []
    former.endpoints += successor.endpoints
    for (const service of this.#services.values()) {
      for (const endpoint of service.endpoints.values()) {
        if (!endpoint.consumers.delete(successor.ordinal)) continue
        if (!endpoint.consumers.has(former.ordinal)) {
          endpoint.consumers.add(former.ordinal)
          continue
        }
        former.endpoints--
        this.pairs--
        changed.push(endpoint)
      }
    }
    this.consumers.merge(former, successor)
    return changed
  }

  #isFull(limit: keyof InventoryLimits, used: number): boolean {
    if (used < this.#limits[limit]) return false
    this.#reached[limit]++
    return true
  }

  #newId(kind: IdKind): string {
    for (;;) {
      const id = this.#mint(kind)
      if (this.#ids.has(id)) continue
      this.#ids.add(id)
      return id
    }
  }

  #restore(state: StoredState): void {
    const services = new Map<string, Service>()
    for (const record of state.services) {
      const service = new Service(record, this.#limits, this.#reached, record)
      const listener = record.addresses[0] ?? record.name
      services.set(record.id, service)
      this.#services.set(serviceKey(record.authority, record.zone, listener), service)
      this.#servicesAt.set(listener, (this.#servicesAt.get(listener) ?? 0) + 1)
      this.#ids.add(record.id)
    }
    const endpoints = new Map<string, Endpoint>()
    for (const record of state.endpoints) {
      const service = services.get(record.service)
      if (service === undefined) throw new Error(`endpoint ${record.id} belongs to no service`)
      const endpoint = new Endpoint(record, ++this.#endpointOrdinals, service, this.#limits, this.#reached, record)
      service.addEndpoint(endpointKey(record.method, record.template, record.operation), endpoint)
      if (endpoint.isProven) service.isProven = true
      else service.unprovenEndpoints++
      endpoints.set(record.id, endpoint)
      this.#ids.add(record.id)
    }
    this.endpoints = endpoints.size
    for (const service of services.values()) if (!service.isProven) this.#unprovenServices++
    this.consumers.restore(state.consumers, state.merges)
    for (const { id } of state.consumers) this.#ids.add(id)
    for (const { from } of state.merges) this.#ids.add(from)
    for (const [consumer, endpoint] of state.pairs) {
      const ordinal = this.consumers.byId(consumer)?.ordinal
      if (ordinal !== undefined) endpoints.get(endpoint)?.consumers.add(ordinal)
    }
    this.pairs = state.pairs.length
  }
}
