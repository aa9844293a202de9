// What changed in memory since the last checkpoint: services, endpoints, routes, consumers, and what became of ids.
import type { Consumer } from "../consumer/consumer.ts"
import type { ConsumerRecord, EndpointRecord, MergeRecord, RouteRecord, ServiceRecord } from "../store/records.ts"
import type { Endpoint } from "./endpoint.ts"
import type { Route } from "./route.ts"
import type { Service } from "./service.ts"

export interface UnsavedRecords {
  readonly merges: readonly MergeRecord[]
  readonly services: readonly ServiceRecord[]
  readonly endpoints: readonly EndpointRecord[]
  readonly goneEndpoints: readonly string[]
  readonly routes: readonly RouteRecord[]
  readonly consumers: readonly ConsumerRecord[]
}

export class Unsaved {
  #services: Service[] = []
  #endpoints: Endpoint[] = []
  #routes: Route[] = []
  #consumers: Consumer[] = []
  #merges: MergeRecord[] = []
  readonly #gone = new Set<string>()

  service(service: Service): void {
    if (service.isDirty) return
    service.isDirty = true
    this.#services.push(service)
  }

  /** A route has counted something: its endpoint's record is another one, too. */
  route(route: Route): void {
    if (route.isDirty) return
    route.isDirty = true
    this.#routes.push(route)
    this.endpoint(route.endpoint)
  }

  /** A route is new, belongs to another endpoint, or is found under another path. */
  moved(route: Route): void {
    route.isMoved = true
    this.route(route)
    this.endpoint(route.endpoint)
  }

  endpoint(endpoint: Endpoint): void {
    if (endpoint.isDirty) return
    endpoint.isDirty = true
    this.#endpoints.push(endpoint)
  }

  consumer(consumer: Consumer): void {
    if (consumer.isDirty) return
    consumer.isDirty = true
    this.#consumers.push(consumer)
  }

  /** What is kept under `from` belongs to `into`. */
  merged(kind: MergeRecord["kind"], from: string, into: string): void {
    this.#merges.push({ kind, from, into })
  }

  /** No endpoint has this id any more, unless it has it again by the next checkpoint. */
  gone(endpoint: string): void {
    this.#gone.add(endpoint)
  }

  /** Records of everything that changed since the last call. */
  take(): UnsavedRecords {
    const endpoints = this.#endpoints.filter(({ routes }) => routes.size > 0).map(clean)
    for (const { id } of endpoints) this.#gone.delete(id)
    const taken = {
      merges: this.#merges,
      services: this.#services.map(clean),
      endpoints,
      goneEndpoints: [...this.#gone],
      routes: this.#routes.flatMap(recordOf),
      consumers: this.#consumers.filter(({ isMerged }) => !isMerged).map(clean),
    }
    this.#services = []
    this.#endpoints = []
    this.#routes = []
    this.#consumers = []
    this.#merges = []
    this.#gone.clear()
    return taken
  }
}

/** The counts of an only route are in the record of its endpoint: its own says only where it belongs. */
function recordOf(route: Route): readonly RouteRecord[] {
  const { isFolded, isMoved, endpoint } = route
  route.isDirty = false
  route.isMoved = false
  return isFolded || (!isMoved && endpoint.routes.size === 1) ? [] : [route.record()]
}

/** The record of something that is written now and therefore no longer dirty. */
function clean<Kept>(kept: { isDirty: boolean; record(): Kept }): Kept {
  kept.isDirty = false
  return kept.record()
}
