// All routes and endpoints in memory: which one an exchange belongs to, and whether one more may be added.
//
// In:  what the store gave back; then, one at a time, what an exchange asks to be found or added.
// Out: the route, or null when it is not there and may not be added (not plausible, or a limit reached and counted).
import type { ApiEvent } from "../../shared/event/api-event.ts"
import type { Consumer } from "../consumer/consumer.ts"
import { answerOf, isProof } from "./answer.ts"
import type { OperationView } from "./batch-views.ts"
import type { Changes } from "./changes.ts"
import { Endpoint } from "./endpoint.ts"
import { EndpointIds } from "./endpoint-ids.ts"
import type { Ids } from "./ids.ts"
import { type InventoryLimits, isFull, type LimitCounters } from "./limits.ts"
import { Route, type RouteIdentity, slotOf } from "./route.ts"
import type { Service } from "./service.ts"
import type { ShapeTexts } from "./shape-notes.ts"
import type { PathLeaf } from "./templates/path-learner.ts"
import { Traffic } from "./traffic.ts"
import type { Unsaved } from "./unsaved.ts"

export class Routes {
  /** (consumer, route) pairs. */
  pairs = 0
  readonly #byId = new Map<string, Route>()
  /** Folded routes: id of the one that goes on. */
  readonly #folded = new Map<string, string>()
  #ordinals = 0
  /** Of routes that are no more; the second ones may still have windows that wait. */
  readonly #freeOrdinals: number[] = []
  #restingOrdinals: number[] = []
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #changes: Changes
  readonly #unsaved: Unsaved
  readonly #ids: Ids
  readonly #endpointIds: EndpointIds
  readonly #texts: ShapeTexts

  constructor(
    limits: InventoryLimits,
    reached: LimitCounters,
    changes: Changes,
    unsaved: Unsaved,
    ids: Ids,
    texts: ShapeTexts,
  ) {
    this.#limits = limits
    this.#reached = reached
    this.#changes = changes
    this.#unsaved = unsaved
    this.#ids = ids
    this.#endpointIds = new EndpointIds(ids, limits, reached, unsaved)
    this.#texts = texts
  }

  get size(): number {
    return this.#byId.size
  }

  get endpoints(): number {
    return this.#endpointIds.size
  }

  /** The route of a request that may add nothing. */
  find({ table }: Service, view: OperationView): Route | null {
    view.leaf = table.find(view.operation)
    return view.leaf === null ? null : table.routeAt(view.leaf, view.slot)
  }

  add(service: Service, view: OperationView, event: ApiEvent): Route | null {
    const { table } = service
    const { path, extension } = view.operation
    const isProven = isProof(answerOf(event))
    // A name is a template by itself: without a place for an endpoint it is not remembered.
    if (view.isName && view.leaf === null && !this.#mayAdd(service, view, null, isProven)) return null
    const leaf = view.leaf ?? table.add(view.isName, path, extension, event.startUs)
    view.leaf = leaf
    const known = table.routeAt(leaf, view.slot)
    if (known !== null) return known
    const { method, slot, operation } = view
    const endpoint = table.endpointAt(leaf.template.number, slot)
    if (endpoint !== null) return this.#join(service, endpoint, leaf)
    if (!view.isName && !this.#mayAdd(service, view, leaf, isProven)) return null
    const route = this.#begin({ service, method, operation: operation.operationKey }, leaf)
    this.#changes.newEndpoint(route.endpoint, event.startUs)
    return route
  }

  /** An endpoint that nobody has used yet, because a specification names it; null when there is no place for it. */
  specified(service: Service, method: string, template: string, atUs: number): Endpoint | null {
    const leaf = service.table.add(false, template, "", atUs)
    const slot = slotOf(method, "")
    const known = service.table.routeAt(leaf, slot)?.endpoint ?? service.table.endpointAt(leaf.template.number, slot)
    if (known !== null) return known
    if (isFull(this.#limits, this.#reached, "endpoints", this.endpoints)) return null
    if (isFull(this.#limits, this.#reached, "endpointsPerService", service.table.size)) return null
    return this.#begin({ service, method, operation: "" }, leaf).endpoint
  }

  /** Takes back what `specified` added; false when it has had traffic: then it stays. */
  unspecified(endpoint: Endpoint): boolean {
    for (const { traffic } of endpoint.routes) if (!traffic.isEmpty) return false
    const { service } = endpoint
    for (const route of [...endpoint.routes]) {
      service.table.removeRoute(route)
      endpoint.detach(route)
      this.forget(route)
    }
    this.removeEndpoint(endpoint)
    this.#unsaved.service(service)
    return true
  }

  /** False when the pair is new and there is no place for it. */
  addPair(route: Route, consumer: Consumer): boolean {
    if (route.consumers.has(consumer.ordinal)) return true
    if (isFull(this.#limits, this.#reached, "pairs", this.pairs)) return false
    if (!route.endpoint.consumers.has(consumer.ordinal)) consumer.endpoints++
    route.consumers.add(consumer.ordinal)
    route.endpoint.addConsumer(consumer.ordinal)
    this.pairs++
    return true
  }

  /** The endpoint of an id that is or was one's, or a route's; null when there is none. */
  endpoint(id: string): Endpoint | null {
    return this.#endpointIds.endpoint(id, (of) => this.byId(of))
  }

  /** A route by its id or a former one; null when there is none. */
  byId(id: string): Route | null {
    let at = id
    for (let into = this.#folded.get(at); into !== undefined; into = this.#folded.get(at)) at = into
    return this.#byId.get(at) ?? null
  }

  /** The ids that lead to an endpoint, besides its own. */
  aliasesOf(endpoint: Endpoint, most: number): string[] {
    const ids: string[] = []
    const lists = [endpoint.inOrder().map(({ id }) => id), this.#endpointIds.formerIds(), this.#folded.keys()]
    for (const list of lists)
      for (const id of list) {
        if (ids.length >= most) return ids
        if (id !== endpoint.id && this.endpoint(id) === endpoint && !ids.includes(id)) ids.push(id)
      }
    return ids
  }

  /** A route that the store gave back. */
  restore(id: string, service: Service, leaf: PathLeaf, endpoint: Endpoint, traffic: Traffic): Route {
    const { method, operation } = endpoint
    this.#ids.note(id)
    const route = new Route({ id, service, method, operation }, this.#ordinal(), leaf, endpoint, traffic)
    this.#byId.set(id, route)
    service.table.putRoute(route)
    endpoint.attach(route)
    return route
  }

  /** Whatever `successor` used, `former` used. */
  mergeConsumers(former: Consumer, successor: Consumer): void {
    const endpoints = new Set<Endpoint>()
    for (const route of this.#byId.values()) {
      if (!route.consumers.has(successor.ordinal)) continue
      endpoints.add(route.endpoint)
      if (route.endpoint.routes.size > 1) this.#replaceUser(route.consumers, former, successor)
    }
    for (const endpoint of endpoints) {
      if (!endpoint.consumers.has(former.ordinal)) former.endpoints++
      const [only] = endpoint.routes
      if (only !== undefined && endpoint.routes.size === 1) this.#replaceUser(only.consumers, former, successor)
      else endpoint.replaceConsumer(successor.ordinal, former.ordinal)
      this.#unsaved.endpoint(endpoint)
    }
  }

  #replaceUser(users: Set<number>, former: Consumer, successor: Consumer): void {
    users.delete(successor.ordinal)
    if (users.has(former.ordinal)) this.pairs--
    users.add(former.ordinal)
  }

  restorePair(route: string, consumer: Consumer): void {
    const known = this.byId(route)
    if (known === null || known.consumers.has(consumer.ordinal)) return
    known.consumers.add(consumer.ordinal)
    known.endpoint.addConsumer(consumer.ordinal)
    this.pairs++
  }

  restoreFold(from: string, into: string): void {
    this.#ids.note(from)
    this.#folded.set(from, into)
  }

  restoreFormer(from: string, into: string): void {
    this.#endpointIds.restore(from, into)
  }

  /** An endpoint with the routes of others, where none of those goes on. */
  newEndpoint(first: Route): Endpoint {
    const { service, method, operation, leaf } = first
    const id = this.#endpointIds.newId(first)
    return new Endpoint({ id, service, method, operation }, leaf.template, this.#limits)
  }

  /** See EndpointIds. */
  retire(id: string, into: Endpoint, wasItsRoute: boolean): void {
    this.#endpointIds.retire(id, into, wasItsRoute)
  }

  /** What was counted at `from` is at `into` now. */
  fold(from: Route, into: Route): void {
    from.isFolded = true
    this.forget(from)
    this.#folded.set(from.id, into.id)
    this.#unsaved.merged("route", from.id, into.id)
  }

  forget(route: Route): void {
    this.#byId.delete(route.id)
    this.#restingOrdinals.push(route.ordinal)
  }

  removeEndpoint(endpoint: Endpoint): void {
    endpoint.service.table.removeEndpoint(endpoint, slotOf(endpoint.method, endpoint.operation))
    this.#endpointIds.remove(endpoint)
    this.#unsaved.gone(endpoint.id)
    if (endpoint.takesPlace) endpoint.service.unprovenEndpoints--
    endpoint.takesPlace = false
  }

  putEndpoint(endpoint: Endpoint): void {
    endpoint.service.table.putEndpoint(endpoint, slotOf(endpoint.method, endpoint.operation))
    this.#endpointIds.put(endpoint)
  }

  /** One more route of an endpoint; past the limit its lead counts for it. */
  #join(service: Service, endpoint: Endpoint, leaf: PathLeaf): Route {
    const limits = this.#limits
    if (isFull(limits, this.#reached, "routes", this.#byId.size)) return endpoint.lead
    if (isFull(limits, this.#reached, "routesPerService", service.table.routes)) return endpoint.lead
    return this.#mint(this.#ids.next("endpoint"), leaf, endpoint)
  }

  /** Whether an endpoint is proven decides whether it takes one of the few places for those that are not. */
  weigh(endpoint: Endpoint): void {
    let takesPlace = false
    if (!endpoint.isProven) for (const { traffic } of endpoint.routes) if (!traffic.isEmpty) takesPlace = true
    if (takesPlace === endpoint.takesPlace) return
    endpoint.takesPlace = takesPlace
    endpoint.service.unprovenEndpoints += takesPlace ? 1 : -1
  }

  /** The first route of a new endpoint, and the endpoint. */
  #begin(of: Omit<RouteIdentity, "id">, leaf: PathLeaf): Route {
    const id = this.#ids.next("endpoint")
    const endpoint = new Endpoint({ id, ...of }, leaf.template, this.#limits)
    const route = this.#mint(id, leaf, endpoint)
    this.putEndpoint(endpoint)
    return route
  }

  #mint(id: string, leaf: PathLeaf, endpoint: Endpoint): Route {
    const { service, method, operation } = endpoint
    const traffic = new Traffic(this.#limits, this.#reached, undefined, this.#texts)
    const route = new Route({ id, service, method, operation }, this.#ordinal(), leaf, endpoint, traffic)
    this.#byId.set(route.id, route)
    service.table.putRoute(route)
    // The counts of a route that was the only one were its endpoint's: its record must tell them now.
    if (endpoint.routes.size === 1) this.#unsaved.moved(endpoint.lead)
    endpoint.attach(route)
    this.#unsaved.moved(route)
    this.#unsaved.service(service)
    return route
  }

  #mayAdd(service: Service, { method, operation }: OperationView, leaf: PathLeaf | null, isProven: boolean): boolean {
    const isAt = (limit: keyof InventoryLimits, used: number): boolean =>
      isFull(this.#limits, this.#reached, limit, used)
    const { table, unprovenEndpoints } = service
    if (isAt("endpoints", this.endpoints) || isAt("endpointsPerService", table.size)) return false
    if (!isProven && isAt("unprovenEndpoints", unprovenEndpoints)) return false
    if (isAt("otherMethods", table.otherMethodsWith(method) - 1)) return false
    if (operation.operationKey === "" || leaf === null) return true
    return !isAt("operationsPerPath", table.operationsOf(leaf.template.number, method))
  }

  /** Windows that waited are on their way to the store. */
  endCheckpoint(): void {
    this.#freeOrdinals.push(...this.#restingOrdinals)
    this.#restingOrdinals = []
  }

  #ordinal(): number {
    return this.#freeOrdinals.pop() ?? ++this.#ordinals
  }
}
