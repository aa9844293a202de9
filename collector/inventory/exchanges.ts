// One exchange into the inventory: its service, route, consumer and the pair of the two, each found or added, and counted; and what
// its path tells the service's learner, which now and then regroups routes.
//
// In:  the exchanges of a batch, then its end. Out: what is unsaved, pairs, ledger and changes brought up to date.
import { type ApiEvent, State } from "../../shared/event/api-event.ts"
import type { Consumer } from "../consumer/consumer.ts"
import type { DayClock } from "../consumer/day-clock.ts"
import { answerOf, isAccepted, isConversation, isProof, Unlisted, whyNoEndpoint, whyNoService } from "./answer.ts"
import { BatchViews, type ConsumerView, type OperationView, type ServerView } from "./batch-views.ts"
import type { Changes } from "./changes.ts"
import type { EndpointHours } from "./endpoint-hours.ts"
import type { Floods } from "./floods.ts"
import type { Ledger } from "./ledger.ts"
import type { LimitCounters } from "./limits.ts"
import type { PairCounts, PendingPair } from "./pair-counts.ts"
import type { ParameterUse } from "./parameter.ts"
import type { KnownServers } from "./place/known-servers.ts"
import type { Place } from "./place/place.ts"
import type { Regrouper } from "./regrouper.ts"
import type { Route } from "./route.ts"
import type { Service } from "./service.ts"
import type { Regrouping } from "./templates/path-learner.ts"
import type { Unsaved } from "./unsaved.ts"
import type { Watcher } from "./watcher.ts"
import type { WorkingSet } from "./working-set.ts"

export interface ExchangesParts {
  readonly set: WorkingSet
  readonly pairs: PairCounts
  readonly hours: EndpointHours
  readonly ledger: Ledger
  readonly changes: Changes
  readonly reached: LimitCounters
  readonly unsaved: Unsaved
  readonly regrouper: Regrouper
  readonly clock: DayClock
  readonly servers: KnownServers
  readonly watcher: () => Watcher
  readonly floods: Floods
}

export class Exchanges {
  readonly #set: WorkingSet
  readonly #pairs: PairCounts
  readonly #hours: EndpointHours
  readonly #ledger: Ledger
  readonly #changes: Changes
  /** Of the batch in hand: new ones for each. A map that is cleared keeps what was in it alive until all old objects are looked at. */
  #views = new BatchViews()
  readonly #unsaved: Unsaved
  readonly #regrouper: Regrouper
  readonly #clock: DayClock
  readonly #reached: LimitCounters
  readonly #servers: KnownServers
  readonly #floods: Floods
  readonly #watcher: () => Watcher

  constructor(parts: ExchangesParts) {
    const { set, pairs, hours, ledger, changes, reached, unsaved, regrouper, clock, servers, floods, watcher } = parts
    this.#watcher = watcher
    this.#set = set
    this.#pairs = pairs
    this.#hours = hours
    this.#ledger = ledger
    this.#changes = changes
    this.#unsaved = unsaved
    this.#regrouper = regrouper
    this.#clock = clock
    this.#servers = servers
    this.#floods = floods
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
      if (isRequest) this.#noteUnserved(serverView, event)
      return
    }
    if (!service.isDirty) this.#unsaved.service(service)
    const consumerView = this.#views.consumer(event.identity, event.client)
    if (isRequest) service.count(event, consumerView.rule)
    else service.countConversation(event)
    const operationView = serverView.operation(event.operation)
    const route = operationView.route ?? this.#routeOf(service, operationView, event)
    const whyNot = whyNoEndpoint(event)
    if (route === null) service.countUnlisted(whyNot ?? Unlisted.limit)
    else this.#countRoute(route, operationView, event)
    const consumer = consumerView.consumer ?? this.#consumerOf(consumerView, event)
    if (consumer !== null) this.#countConsumer(consumer, consumerView, service, event)
    if (route !== null && isRequest) noteSample(route, event, consumer)
    if (isMadeUp(route, whyNot)) service.noteRefused(operationView, consumer?.id ?? "", event.startUs)
    else if (mayBeSwept(operationView, event)) service.noteAnswered(operationView, consumer?.id ?? "", event)
    operationView.isNew = false
    this.#pairs.count(this.#pairOf(operationView, route, consumerView, consumer), event)
    const place = serverView.place ?? this.#placeOf(service, serverView, event)
    if (place !== null && event.status !== 0) service.places.count(place, event, consumer)
    if (consumer !== null && isRequest) this.#watcher().note(event, route, consumer)
    if (route !== null && whyNot === null) this.#learn(service, operationView, consumerView.hash, event)
  }

  /** Learners' decisions outside of the stream of exchanges: pins. Nothing may be in hand, so views are given up first. */
  regroup(service: Service, regroupings: readonly Regrouping[], atUs: number): void {
    service.table.forgetPaths()
    if (regroupings.length === 0) return
    this.endBatch()
    // What was measured goes where the route is now.
    this.#hours.settle()
    this.#regrouper.apply(service, regroupings, atUs)
    this.#watcher().regrouped(service, atUs)
  }

  /** A batch is through. Parameters are the same for all exchanges of an operation: counted once, here. */
  endBatch(): void {
    for (const server of this.#views.servers()) {
      for (const view of server.operations()) {
        if (view.route !== null && view.parameters.length > 0) view.route.traffic.parameters.note(view.parameters, view)
      }
    }
    this.#tellConsumers()
    this.#views = new BatchViews()
  }

  /** What consumers showed since the last call. */
  #tellConsumers(): void {
    for (const { consumer, showing } of this.#views.consumers()) {
      if (consumer === null || showing.isEmpty) continue
      consumer.note(showing)
      showing.clear()
    }
  }

  /** Looks at all that was learned since the last review. `atUs`: event time. */
  reviewAll(atUs: number): void {
    for (const service of this.#set.allServices()) {
      this.regroup(service, service.table.learner.review(atUs), atUs)
    }
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

  #routeOf(service: Service, view: OperationView, event: ApiEvent): Route | null {
    const { routes } = this.#set
    const known = routes.find(service, view)
    view.isNew = known === null
    const route = known ?? (this.#mayAdd(service, view, event) ? routes.add(service, view, event) : null)
    if (route !== null) {
      view.route = route
      view.parameters = this.#parametersOf(route, view, event.startUs)
      service.noteProtocol(view.operation.protocol)
    }
    return route
  }

  #parametersOf(route: Route, { operation }: OperationView, atUs: number): readonly ParameterUse[] {
    const { parameters } = route.traffic
    return (
      parameters.knownUses(operation) ??
      parameters.usesOf(operation, (parameter, kind, isNew) => {
        route.traffic.noteParameter(parameter.in, parameter.name, kind)
        if (isNew) this.#changes.newParameter(route, parameter, atUs)
      })
    )
  }

  /** While somebody makes up paths, those that only refuse add nothing. */
  #mayAdd({ flood: ofPaths, operationFlood }: Service, { operation }: OperationView, event: ApiEvent): boolean {
    if (whyNoEndpoint(event) !== null) return false
    const flood = operation.operationKey === "" ? ofPaths : operationFlood
    if (flood === null || isProof(answerOf(event)) || !flood.isFlooding(event.startUs)) return true
    this.#reached.refusedPaths++
    return false
  }

  /** An identity adds a consumer when its request was seen to be answered; before that it is nobody yet. */
  #consumerOf(view: ConsumerView, event: ApiEvent): Consumer | null {
    if (event.operation.method === "" && !isConversation(event)) return null
    const isAnswered = event.status !== 0 && (event.state === State.complete || event.state === State.bodyGap)
    const consumer =
      this.#set.consumers.find(view, event.startUs) ?? (isAnswered ? this.#set.consumers.add(view, event) : null)
    if (consumer !== null) view.consumer = consumer
    else if (isAnswered) this.#floods.noteConsumer(view, event.startUs)
    return consumer
  }

  /** A request that belongs to no service: nobody serves its host, or there was no place for one more. */
  #noteUnserved({ server }: ServerView, { identity, client, operation, state, startUs }: ApiEvent): void {
    if (server.authority === "" || operation.method === "" || state === State.responseOnly) return
    const consumer = this.#set.consumers.find(this.#views.consumer(identity, client), startUs)
    this.#floods.noteHost(server.authority, consumer?.id ?? "", startUs)
  }

  #countRoute(route: Route, view: OperationView, event: ApiEvent): void {
    if (!route.isDirty) this.#unsaved.route(route)
    this.#hours.count(route, event)
    if (isConversation(event)) route.traffic.countConversation(event)
    else {
      route.traffic.count(event)
      if (route.traffic.bodies.hasNews) this.#changes.schemas(route.endpoint, route.traffic.bodies)
      view.requests++
      if (isAccepted(event)) view.accepted++
    }
    if (!route.endpoint.isProven) this.#set.weigh(route.endpoint)
    if (event.startUs < view.fromUs) view.fromUs = event.startUs
    if (event.startUs > view.toUs) view.toUs = event.startUs
  }

  /** What may add an endpoint may teach. Answers that are no success share their shapes with those of every other path. */
  #learn(service: Service, view: OperationView, consumer: number, event: ApiEvent): void {
    if (view.isName || view.leaf === null || isConversation(event)) return
    const { learner } = service.table
    const shape = isProof(answerOf(event)) ? event.response.coarseShape : 0
    learner.note(view.leaf, view.operation.path, view.method, shape, consumer, event.startUs)
    if (!learner.isDue) return
    const { splits } = learner.counters
    const regroupings = learner.review(event.startUs)
    // A value that is text again has no leaf yet: nothing was moved, and yet its views are wrong.
    if (learner.counters.splits !== splits) this.endBatch()
    this.regroup(service, regroupings, event.startUs)
  }

  #countConsumer(consumer: Consumer, view: ConsumerView, service: Service, event: ApiEvent): void {
    if (event.startUs >= this.#clock.dayEndUs) {
      this.#tellConsumers()
      this.#clock.turnTo(event.startUs)
    }
    if (!consumer.isDirty) this.#unsaved.consumer(consumer)
    const wasProven = consumer.isProven
    const isRequest = !isConversation(event)
    view.showing.count(event, service, isRequest ? 1 : 0)
    if (isRequest) consumer.count(event)
    if (!wasProven && consumer.isProven) this.#set.consumers.prove()
  }

  #pairOf(
    view: OperationView,
    route: Route | null,
    consumerView: ConsumerView,
    consumer: Consumer | null,
  ): PendingPair {
    if (route === null || consumer === null) return this.#pairs.pair(route, consumer)
    const known = view.pairOf(consumerView)
    if (known !== null) return known
    const pair = this.#pairs.pair(route, this.#set.routes.addPair(route, consumer) ? consumer : null)
    view.addPair(consumerView, pair)
    return pair
  }
}

/** Keeps the exchange when it showed its route something for the first time. */
function noteSample({ traffic }: Route, event: ApiEvent, consumer: Consumer | null): void {
  const reasons = traffic.takeReasons(event)
  if (reasons === null) return
  const { path, extension } = event.operation
  traffic.samples.note(event, extension === "" ? path : `${path}.${extension}`, consumer?.id ?? "", reasons)
}

/** Whether the answer may be that of a catch-all: to a path that is new, or is not counted apart. */
function mayBeSwept({ isNew, leaf, method, operation }: OperationView, event: ApiEvent): boolean {
  if (leaf === null || (!isNew && leaf.path === operation.path)) return false
  return method === "GET" && event.responseBytes > 0 && isProof(event.status) && !isConversation(event)
}

/** Whether the path is not there, found no place, or belongs to what only ever refused. */
function isMadeUp(route: Route | null, whyNot: Unlisted | null): boolean {
  if (route === null) return whyNot === null || whyNot === Unlisted.notFound || whyNot === Unlisted.notAllowed
  return whyNot === null && !route.endpoint.isProven
}
