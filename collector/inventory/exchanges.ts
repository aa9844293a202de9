// One exchange into the inventory: its service, endpoint, consumer and the pair of the two, each found or added, and counted.
//
// In:  the exchanges of a batch, then its end. Out: records of what changed, and pairs, ledger and changes brought up to date.
import { type ApiEvent, State } from "../../shared/event/api-event.ts"
import type { Consumer } from "../consumer/consumer.ts"
import type { ConsumerRecord, EndpointRecord, ServiceRecord } from "../store/records.ts"
import { isConversation, Unlisted, whyNoEndpoint, whyNoService } from "./answer.ts"
import { BatchViews, type ConsumerView, type OperationView, type ServerView } from "./batch-views.ts"
import type { Changes } from "./changes.ts"
import type { Endpoint } from "./endpoint.ts"
import type { Ledger } from "./ledger.ts"
import type { LimitCounters } from "./limits.ts"
import type { PairCounts, PendingPair } from "./pair-counts.ts"
import type { KnownServers } from "./place/known-servers.ts"
import type { Place } from "./place/place.ts"
import type { Service } from "./service.ts"
import type { WorkingSet } from "./working-set.ts"

export class Exchanges {
  readonly #set: WorkingSet
  readonly #pairs: PairCounts
  readonly #ledger: Ledger
  readonly #changes: Changes
  readonly #reached: LimitCounters
  readonly #servers: KnownServers
  readonly #views = new BatchViews()
  #dirtyServices: Service[] = []
  #dirtyEndpoints: Endpoint[] = []
  #dirtyConsumers: Consumer[] = []

  constructor(
    set: WorkingSet,
    pairs: PairCounts,
    ledger: Ledger,
    changes: Changes,
    reached: LimitCounters,
    servers: KnownServers,
  ) {
    this.#servers = servers
    this.#set = set
    this.#pairs = pairs
    this.#ledger = ledger
    this.#changes = changes
    this.#reached = reached
  }

  apply(event: ApiEvent): void {
    this.#ledger.exchanges++
    this.#ledger.states[event.state]!++
    const isRequest = !isConversation(event)
    if (!isRequest) this.#ledger.conversations++
    const serverView = this.#views.server(event.server)
    const service = serverView.service ?? this.#serviceOf(serverView, event)
    if (service === null) {
      this.#ledger.countUnlisted(whyNoService(event) ?? Unlisted.limit)
      this.#pairs.count(this.#pairs.pair(null, null), event)
      return
    }
    if (!service.isDirty) this.touch(service)
    const consumerView = this.#views.consumer(event.identity, event.client)
    if (isRequest) service.count(event, consumerView.rule)
    else service.countConversation(event)
    const operationView = serverView.operation(event.operation)
    const endpoint = operationView.endpoint ?? this.#endpointOf(service, operationView, event)
    if (endpoint === null) service.countUnlisted(whyNoEndpoint(event) ?? Unlisted.limit)
    else this.#countEndpoint(endpoint, operationView, event)
    const consumer = consumerView.consumer ?? this.#consumerOf(consumerView, event)
    if (consumer !== null) this.#countConsumer(consumer, event)
    this.#pairs.count(this.#pairOf(operationView, endpoint, consumerView, consumer), event)
    const place = serverView.place ?? this.#placeOf(service, serverView, event)
    if (place !== null && event.status !== 0) service.places.count(place, event, consumer)
  }

  /** A batch is through. Parameters are the same for all exchanges of an operation: counted once, here. */
  endBatch(): void {
    for (const server of this.#views.servers()) {
      for (const view of server.operations()) {
        for (const { parameter, kind } of view.parameters) {
          parameter.note(kind, view.count, view.fromUs, view.toUs, this.#reached)
        }
      }
    }
    this.#views.clear()
  }

  /** Records of everything that changed since the last call. */
  takeChanged(): {
    readonly services: ServiceRecord[]
    readonly endpoints: EndpointRecord[]
    readonly consumers: ConsumerRecord[]
  } {
    const changed = {
      services: this.#dirtyServices.map(clean),
      endpoints: this.#dirtyEndpoints.map(clean),
      consumers: this.#dirtyConsumers.map(clean),
    }
    this.#dirtyServices = []
    this.#dirtyEndpoints = []
    this.#dirtyConsumers = []
    return changed
  }

  /** Its record is written with the next checkpoint. */
  touch(service: Service): void {
    if (service.isDirty) return
    service.isDirty = true
    this.#dirtyServices.push(service)
  }

  #serviceOf(view: ServerView, event: ApiEvent): Service | null {
    const service =
      this.#set.findService(view) ?? (whyNoService(event) === null ? this.#set.addService(view, event) : null)
    if (service !== null) {
      view.service = service
      service.noteServer(view.server)
    }
    return service
  }

  /** A place where the service answers is added by an answer that would add a service. */
  #placeOf(service: Service, view: ServerView, event: ApiEvent): Place | null {
    let place = service.places.get(view.listener) ?? null
    if (place === null && whyNoService(event) === null) {
      place = service.places.add(view.listener, view.server.addressClass)
      if (place !== null) this.#servers.meet(service, place, event.startUs)
    }
    view.place = place
    return place
  }

  #endpointOf(service: Service, view: OperationView, event: ApiEvent): Endpoint | null {
    const endpoint =
      this.#set.findEndpoint(service, view) ??
      (whyNoEndpoint(event) === null ? this.#set.addEndpoint(service, view, event) : null)
    if (endpoint !== null) {
      view.endpoint = endpoint
      view.parameters = endpoint.parameters.usesOf(view.operation, (parameter) => {
        this.#changes.newParameter(endpoint, parameter, event.startUs)
      })
      service.noteProtocol(view.operation.protocol)
    }
    return endpoint
  }

  /** An identity adds a consumer when its request was seen to be answered; before that it is nobody yet. */
  #consumerOf(view: ConsumerView, event: ApiEvent): Consumer | null {
    if (event.operation.method === "" && !isConversation(event)) return null
    const isAnswered = event.status !== 0 && (event.state === State.complete || event.state === State.bodyGap)
    const consumer =
      this.#set.findConsumer(view, event.startUs) ?? (isAnswered ? this.#set.addConsumer(view, event) : null)
    if (consumer !== null) {
      view.consumer = consumer
      consumer.note(view.identity, view.client)
    }
    return consumer
  }

  #countEndpoint(endpoint: Endpoint, view: OperationView, event: ApiEvent): void {
    if (!endpoint.isDirty) {
      endpoint.isDirty = true
      this.#dirtyEndpoints.push(endpoint)
    }
    const wasProven = endpoint.isProven
    if (isConversation(event)) endpoint.countConversation(event)
    else {
      endpoint.count(event)
      view.count++
    }
    if (!wasProven && endpoint.isProven) this.#set.proveEndpoint(endpoint.service)
    if (event.startUs < view.fromUs) view.fromUs = event.startUs
    if (event.startUs > view.toUs) view.toUs = event.startUs
  }

  #countConsumer(consumer: Consumer, event: ApiEvent): void {
    if (!consumer.isDirty) {
      consumer.isDirty = true
      this.#dirtyConsumers.push(consumer)
    }
    const wasProven = consumer.isProven
    if (isConversation(event)) consumer.see(event)
    else consumer.count(event)
    if (!wasProven && consumer.isProven) this.#set.proveConsumer()
  }

  #pairOf(
    view: OperationView,
    endpoint: Endpoint | null,
    consumerView: ConsumerView,
    consumer: Consumer | null,
  ): PendingPair {
    if (endpoint === null || consumer === null) return this.#pairs.pair(endpoint, consumer)
    let pair = view.pairs.get(consumerView)
    if (pair === undefined) {
      pair = this.#pairs.pair(endpoint, this.#set.addPair(endpoint, consumer) ? consumer : null)
      view.pairs.set(consumerView, pair)
    }
    return pair
  }
}

/** The record of something that is written now and therefore no longer dirty. */
function clean<Kept>(kept: { isDirty: boolean; record(): Kept }): Kept {
  kept.isDirty = false
  return kept.record()
}
