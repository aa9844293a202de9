// What a learner has regrouped, done to routes and endpoints.
//
//   moved   routes of a leaf leave their endpoint for the one of their new template, which is there, or is one of those
//           that have gone there whole, or is new                                 folded  routes of a leaf become those of another
//   renamed endpoints are called otherwise
//
// In:  regroupings of one service, in order; the leaves have their new templates already.
// Out: routes and endpoints as the templates say, records and changes to be written. Nothing that was counted is lost: the sum over the
// endpoints of a service is the same before and after.
// Which id survives: an endpoint that is there, or of which a part stays, keeps its own. One that is left by all its routes goes on where
// heirs.ts says; its id leads to what goes on there.
import type { Consumer } from "../consumer/consumer.ts"
import type { Changes } from "./changes.ts"
import type { Endpoint } from "./endpoint.ts"
import { type Arrival, Heirs, placeOf } from "./heirs.ts"
import { outlives, type Route, slotOf } from "./route.ts"
import type { Routes } from "./routes.ts"
import type { Service } from "./service.ts"
import type { PathLeaf, Regrouping } from "./templates/path-learner.ts"
import type { Unsaved } from "./unsaved.ts"

/** What one call touches. */
class Regroup {
  /** Endpoints whose routes change, as they were before. */
  readonly before = new Map<Endpoint, { readonly name: string; readonly isOneRoute: boolean }>()
  readonly consumersBefore = new Map<number, number>()
  /** Routes whose leaf has another template, or is another one, with the reason. */
  readonly reasons = new Map<Route, string>()
  arrivals: Arrival[] = []

  touch(endpoint: Endpoint): void {
    if (this.before.has(endpoint)) return
    const { id, method, template, routes, lead } = endpoint
    this.before.set(endpoint, { name: `${method} ${template}`, isOneRoute: routes.size === 1 && lead.id === id })
    countAll(this.consumersBefore, endpoint.consumers)
  }

  /** All endpoints that changed or are new. */
  touched(): Set<Endpoint> {
    return new Set([...this.before.keys(), ...this.arrivals.map(({ route }) => route.endpoint)])
  }
}

export class Regrouper {
  readonly #routes: Routes
  readonly #changes: Changes
  readonly #unsaved: Unsaved
  readonly #consumerAt: (ordinal: number) => Consumer

  constructor(routes: Routes, changes: Changes, unsaved: Unsaved, consumerAt: (ordinal: number) => Consumer) {
    this.#routes = routes
    this.#changes = changes
    this.#unsaved = unsaved
    this.#consumerAt = consumerAt
  }

  /** `atUs`: event time of the decisions. */
  apply(service: Service, regroupings: readonly Regrouping[], atUs: number): void {
    const regroup = new Regroup()
    for (const each of regroupings) {
      if (each.kind === "moved") {
        for (const route of service.table.routesOf(each.leaf)) regroup.reasons.set(route, each.evidence.sentence)
      } else if (each.kind === "folded") this.#fold(service, each.leaf, each.into, regroup)
    }
    const moves = this.#detach(regroup)
    // What was folded may have been folded on.
    const folds = regroup.arrivals.map((fold) => ({ ...fold, route: this.#routes.byId(fold.route.id) ?? fold.route }))
    regroup.arrivals = [...folds, ...moves]
    const heirs = new Heirs(regroup.arrivals)
    for (const endpoint of regroup.before.keys())
      if (endpoint.routes.size === 0)
        service.table.removeEndpoint(endpoint, slotOf(endpoint.method, endpoint.operation))
    for (const group of grouped(moves)) this.#place(service, group, heirs, regroup)
    this.#settle(service, heirs, regroup)
    this.#tell(regroup, atUs)
    for (const each of regroupings) if (each.kind === "renamed") this.#rename(service, each, atUs)
  }

  /** Routes of a leaf that is gone become routes of the other, or what they have counted goes into those. */
  #fold(service: Service, leaf: PathLeaf, into: PathLeaf, regroup: Regroup): void {
    const { table } = service
    for (const route of table.routesOf(leaf)) {
      const other = table.routeAt(into, route.slot)
      regroup.touch(route.endpoint)
      if (other !== null) regroup.touch(other.endpoint)
      const survivor = other === null ? route : survivorOf(route, other)
      table.removeRoute(route)
      survivor.leaf = into
      table.putRoute(survivor)
      if (!regroup.reasons.has(survivor)) regroup.reasons.set(survivor, regroup.reasons.get(route) ?? "")
      if (other !== null) this.#add(survivor === route ? other : route, survivor, regroup)
    }
  }

  #add(from: Route, into: Route, regroup: Regroup): void {
    const { requests } = from.traffic
    into.traffic.merge(from.traffic)
    for (const ordinal of from.consumers) {
      if (into.consumers.has(ordinal)) this.#routes.pairs--
      into.consumers.add(ordinal)
    }
    const { endpoint } = from
    endpoint.detach(from)
    regroup.arrivals.push({ route: into, from: endpoint, requests, sentence: regroup.reasons.get(from) ?? "" })
    regroup.reasons.delete(from)
    this.#routes.fold(from, into)
  }

  /** Takes the routes that belong elsewhere out of their endpoints. */
  #detach(regroup: Regroup): Arrival[] {
    const moves: Arrival[] = []
    for (const [route, sentence] of regroup.reasons) {
      const from = route.endpoint
      if (from.templateNumber === route.leaf.template.number) continue
      regroup.touch(from)
      from.detach(route)
      moves.push({ route, from, requests: route.traffic.requests, sentence })
    }
    return moves
  }

  /** Gives routes that go to the same place their endpoint. */
  #place({ table }: Service, group: readonly Arrival[], heirs: Heirs, regroup: Regroup): void {
    const busiest = group.map(({ route }) => route).reduce((a, b) => (outlives(b, a) ? b : a))
    const { slot, leaf } = busiest
    const { template } = leaf
    const known = table.endpointAt(template.number, slot)
    if (known !== null) regroup.touch(known)
    const successor = heirs.successorAt(placeOf(busiest))
    const endpoint = known ?? successor ?? this.#routes.newEndpoint(busiest)
    for (const { route } of group) endpoint.attach(route)
    if (known !== null) return
    endpoint.regrouped(template)
    if (successor === null) this.#routes.putEndpoint(endpoint)
    else table.putEndpoint(endpoint, slot)
  }

  /** Proofs, consumers, records, ids: when everything has its place. */
  #settle(service: Service, heirs: Heirs, regroup: Regroup): void {
    const consumers = new Map<number, number>()
    const touched = regroup.touched()
    for (const endpoint of touched) {
      const before = regroup.before.get(endpoint)
      const [stays] = endpoint.routes
      if (stays === undefined) {
        this.#routes.removeEndpoint(endpoint)
        this.#routes.retire(endpoint.id, heirs.heirOf(endpoint)!, before!.isOneRoute)
        continue
      }
      endpoint.regrouped(stays.leaf.template)
      countAll(consumers, endpoint.consumers)
      for (const route of endpoint.routes) this.#unsaved.moved(route)
      this.#routes.weigh(endpoint)
    }
    for (const { route, from } of regroup.arrivals)
      if (!regroup.before.has(route.endpoint)) route.endpoint.derivedFrom = from.id
    this.#countConsumers(regroup.consumersBefore, consumers)
    if (touched.size > 0) this.#unsaved.service(service)
  }

  #countConsumers(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): void {
    for (const ordinal of new Set([...before.keys(), ...after.keys()])) {
      const change = (after.get(ordinal) ?? 0) - (before.get(ordinal) ?? 0)
      if (change === 0) continue
      const consumer = this.#consumerAt(ordinal)
      consumer.endpoints += change
      this.#unsaved.consumer(consumer)
    }
  }

  /** One entry of the feed for each endpoint that got routes of others. */
  #tell(regroup: Regroup, atUs: number): void {
    const arrivals = new Map<Endpoint, Arrival[]>()
    for (const arrival of regroup.arrivals) {
      const { endpoint } = arrival.route
      const known = arrivals.get(endpoint)
      if (known === undefined) arrivals.set(endpoint, [arrival])
      else known.push(arrival)
    }
    for (const [endpoint, those] of arrivals) {
      const sentence = those.find((arrival) => arrival.sentence !== "")?.sentence ?? reasonOf(endpoint)
      const former = [...new Set(those.map(({ from }) => from))]
      const others = former.filter((from) => from !== endpoint)
      const names = [...new Set(former.map((from) => regroup.before.get(from)!.name))]
      const isNew = !regroup.before.has(endpoint)
      if (isNew && others.every(({ routes }) => routes.size > 0)) {
        this.#changes.splitEndpoint(endpoint, names[0]!, sentence, atUs)
      } else if (others.length > 0) this.#changes.mergedEndpoints(endpoint, names, sentence, atUs)
      else if (names[0] !== `${endpoint.method} ${endpoint.template}`)
        this.#changes.renamedTemplate(endpoint, names[0]!, sentence, atUs)
    }
  }

  #rename(service: Service, { template, before }: Extract<Regrouping, { kind: "renamed" }>, atUs: number): void {
    for (const endpoint of service.table.endpoints()) {
      if (endpoint.templateNumber !== template.number) continue
      for (const route of endpoint.routes) if (route.leaf.path.includes("{")) this.#unsaved.moved(route)
      this.#unsaved.endpoint(endpoint)
      this.#changes.renamedTemplate(endpoint, `${endpoint.method} ${before}`, "", atUs)
    }
  }
}

/** Why the template is what it is: the decision that was taken last. */
function reasonOf({ service, templateObject }: Endpoint): string {
  const evidence = service.table.learner.evidence(templateObject)
  if (evidence.length === 0) return ""
  return evidence.reduce((a, b) => (b.decidedUs > a.decidedUs ? b : a)).sentence
}

/** The route whose id is its endpoint's outlives others: as long as both have one id there is one to know. */
function survivorOf(a: Route, b: Route): Route {
  const [isNamedA, isNamedB] = [a.id === a.endpoint.id, b.id === b.endpoint.id]
  if (isNamedA !== isNamedB) return isNamedA ? a : b
  return outlives(a, b) ? a : b
}

/** Routes by where they go, in order. */
function grouped(moves: readonly Arrival[]): Arrival[][] {
  const groups = new Map<string, Arrival[]>()
  for (const move of moves) {
    const key = placeOf(move.route)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [move])
    else group.push(move)
  }
  return [...groups.values()]
}

function countAll(counts: Map<number, number>, ordinals: Iterable<number>): void {
  for (const ordinal of ordinals) counts.set(ordinal, (counts.get(ordinal) ?? 0) + 1)
}
