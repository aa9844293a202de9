// Routes and endpoints as the store gives them back.
//
// In:  records of endpoints and routes, and the learners of their services as they were.
// Out: the same objects as before the restart. An endpoint without routes is one of a store from before there were any: it becomes its
// own only route. A route whose leaf its learner does not know is learned anew, so that nothing depends on who wrote the store.
import type { EndpointRecord, RouteRecord } from "../store/records.ts"
import type { StoredState } from "../store/store.ts"
import { Endpoint } from "./endpoint.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"
import { slotOf } from "./route.ts"
import type { Routes } from "./routes.ts"
import type { Service } from "./service.ts"
import type { ShapeTexts } from "./shape-notes.ts"
import { isName } from "./template.ts"
import type { PathLeaf } from "./templates/path-learner.ts"
import { Traffic } from "./traffic.ts"
import type { Unsaved } from "./unsaved.ts"

export interface RestoredParts {
  readonly services: ReadonlyMap<string, Service>
  readonly routes: Routes
  readonly limits: InventoryLimits
  readonly reached: LimitCounters
  readonly unsaved: Unsaved
  readonly texts: ShapeTexts
}

export function restoreRoutes(state: StoredState, parts: RestoredParts): void {
  const { services, routes } = parts
  for (const { kind, from, into } of state.merges) {
    if (kind === "route") routes.restoreFold(from, into)
    else if (kind === "endpoint") routes.restoreFormer(from, into)
  }
  const leaves = new Leaves()
  const byEndpoint = new Map<string, RouteRecord[]>()
  for (const route of state.routes) {
    const those = byEndpoint.get(route.endpoint)
    if (those === undefined) byEndpoint.set(route.endpoint, [route])
    else those.push(route)
  }
  for (const record of state.endpoints) {
    const service = services.get(record.service)
    if (service === undefined) throw new Error(`endpoint ${record.id} belongs to no service`)
    const those = byEndpoint.get(record.id) ?? [onlyRoute(record)]
    restoreEndpoint(record, those, service, leaves, parts)
  }
}

function restoreEndpoint(
  record: EndpointRecord,
  those: readonly RouteRecord[],
  service: Service,
  leaves: Leaves,
  { routes, limits, reached, unsaved, texts }: RestoredParts,
): void {
  const slot = slotOf(record.method, record.operation)
  let endpoint: Endpoint | null = null
  let isOwn = true
  for (const route of those) {
    const leaf = leaves.of(service, route, slot, record.firstSeenUs)
    if (endpoint === null) {
      const known = service.table.endpointAt(leaf.template.number, slot)
      endpoint = known ?? new Endpoint({ ...record, service }, leaf.template, limits)
      isOwn = known === null
    }
    const traffic = new Traffic(limits, reached, route.traffic ?? record, texts)
    const restored = routes.restore(route.id, service, leaf, endpoint, traffic)
    if (!isOwn || (restored.isLearned && route.leaf !== leaf.number)) unsaved.moved(restored)
  }
  if (endpoint === null) return
  if (isOwn) {
    endpoint.restore(record)
    routes.putEndpoint(endpoint)
  } else {
    // Two endpoints from before templates were learned are one now.
    unsaved.gone(record.id)
    unsaved.moved(endpoint.lead)
    routes.retire(record.id, endpoint, those.length === 1 && those[0]?.id === record.id)
  }
  routes.weigh(endpoint)
}

/** Leaves of learners by their numbers. */
class Leaves {
  readonly #known = new Map<Service, Map<number, PathLeaf>>()

  of(service: Service, { path, extension, operation, leaf }: RouteRecord, slot: string, atUs: number): PathLeaf {
    let known = this.#known.get(service)
    if (known === undefined) {
      known = new Map(Array.from(service.table.learner.leaves(), (each) => [each.number, each]))
      this.#known.set(service, known)
    }
    const { table } = service
    const there = known.get(leaf)
    if (there !== undefined) return there
    const added = table.add(isName({ path, operationKey: operation }), path, extension, atUs)
    // What shares its leaf with others stays as it was: nothing is learned of it.
    return table.routeAt(added, slot) === null ? added : table.add(true, path, extension, atUs)
  }
}

/** The one route that an endpoint was before routes were kept. */
function onlyRoute({ id, service, method, template, operation }: EndpointRecord): RouteRecord {
  return { id, endpoint: id, service, method, path: template, extension: "", operation, leaf: -1, traffic: null }
}
