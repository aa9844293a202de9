// An endpoint: a method on a path template (or an operation key) of a service, as a group of routes.
//
//   endpoint "GET /users/{word}" <-- routes "/users/mueller", "/users/schmidt", "/users/{word}" (all the other values)
//
// In:  routes that come and go as templates are learned. Out: the record that the store keeps, added up over its routes.
// Its id is its own, whatever routes come and go. Most endpoints have one route, whose counts are the endpoint's own.
import type { EndpointRecord } from "../store/records.ts"
import type { InventoryLimits } from "./limits.ts"
import type { ParameterPlace } from "./parameter.ts"
import { pathParameters } from "./path-parameters.ts"
import type { Route, RouteIdentity } from "./route.ts"
import type { Service } from "./service.ts"
import type { Template } from "./templates/path-learner.ts"
import { Traffic } from "./traffic.ts"

export class Endpoint {
  readonly id: string
  readonly service: Service
  readonly method: string
  readonly operation: string
  #template: Template
  #lead: Route | null = null
  readonly #routes = new Set<Route>()
  /** Ordinals of the consumers that used it: of the only route its own. */
  #consumers: Set<number> = new Set()
  /** Whether it ever answered with success. */
  isProven = false
  /** Proven by nothing, and it takes one of the few places for those. */
  takesPlace = false
  isDirty = false
  /** By specifications; see EndpointRecord. */
  status = "unknown"
  statusWhy = ""
  drift = -1
  derivedFrom = ""
  labels: readonly string[] = []
  readonly #limits: InventoryLimits

  constructor({ id, service, method, operation }: RouteIdentity, template: Template, limits: InventoryLimits) {
    this.id = id
    this.service = service
    this.#template = template
    this.method = method
    this.operation = operation
    this.#limits = limits
  }

  /** The route of the first leaf: it counts for what finds no place. */
  get lead(): Route {
    return this.#lead!
  }

  get template(): string {
    return this.#template.text
  }

  /** As its learner knows it. */
  get templateObject(): Template {
    return this.#template
  }

  get templateNumber(): number {
    return this.#template.number
  }

  get routes(): ReadonlySet<Route> {
    return this.#routes
  }

  get requests(): number {
    let sum = 0
    for (const { traffic } of this.#routes) sum += traffic.requests
    return sum
  }

  attach(route: Route): void {
    const { consumers, traffic } = route
    if (this.#routes.size === 0) {
      this.#lead = route
      this.#consumers = consumers
    } else {
      if (isBefore(route, this.lead)) this.#lead = route
      // As long as there was one route its set was the endpoint's.
      if (this.#routes.size === 1) this.#consumers = new Set(this.#consumers)
      for (const consumer of consumers) this.#consumers.add(consumer)
    }
    this.#routes.add(route)
    route.endpoint = this
    if (traffic.isProven) this.isProven = true
  }

  /** Call `regrouped` when all that leave have left. */
  detach(route: Route): void {
    this.#routes.delete(route)
  }

  /** Some of its routes have left, or have another template. */
  regrouped(template: Template): void {
    this.#template = template
    this.isProven = false
    for (const { traffic } of this.#routes) if (traffic.isProven) this.isProven = true
    const [first, ...others] = this.#routes
    if (first !== undefined) this.#lead = others.reduce((a, b) => (isBefore(b, a) ? b : a), first)
    if (first !== undefined && others.length === 0) this.#consumers = first.consumers
    else this.#consumers = new Set([...this.#routes].flatMap((route) => [...route.consumers]))
  }

  /** What is not counted but known of it, as the store gives it back. */
  restore({ status, statusWhy, drift, derivedFrom, labels }: EndpointRecord): void {
    this.status = status
    this.statusWhy = statusWhy
    this.drift = drift
    this.derivedFrom = derivedFrom
    this.labels = labels
  }

  get consumers(): ReadonlySet<number> {
    return this.#consumers
  }

  addConsumer(ordinal: number): void {
    this.#consumers.add(ordinal)
  }

  replaceConsumer(former: number, present: number): void {
    if (this.#consumers.delete(former)) this.#consumers.add(present)
  }

  hasParameter(place: ParameterPlace, name: string, except: Route): boolean {
    for (const route of this.#routes) if (route !== except && route.traffic.parameters.has(place, name)) return true
    return false
  }

  /** Of the only route its own; otherwise a sum, made for the moment. */
  traffic(): Traffic {
    if (this.#routes.size === 1) return this.lead.traffic
    return Traffic.sum(
      this.inOrder().map((route) => route.traffic),
      this.#limits,
    )
  }

  /** By their leaves: the same after a restart, whatever came and went. */
  inOrder(): Route[] {
    return [...this.#routes].sort((a, b) => a.leaf.number - b.leaf.number)
  }

  record(): EndpointRecord {
    const traffic = this.traffic().record(this.#consumers.size)
    return {
      id: this.id,
      service: this.service.id,
      method: this.method,
      template: this.template,
      operation: this.operation,
      status: this.status,
      statusWhy: this.statusWhy,
      drift: this.drift,
      posture: "unknown",
      derivedFrom: this.derivedFrom,
      labels: [...this.labels],
      ...traffic,
      parameters: [...pathParameters(this), ...traffic.parameters],
    }
  }
}

const isBefore = (a: Route, b: Route): boolean => a.leaf.number < b.leaf.number
