// The routes and endpoints of a service, and what learns which of them belong together.
//
//   path --learner--> leaf --slot (method, operation)--> route --> endpoint      template + slot --> endpoint
//
// In:  paths; routes that are added, moved, taken away. Out: the route or the endpoint at a place, null where there is none.
import type { Operation } from "../../shared/event/api-event.ts"
import type { Endpoint } from "./endpoint.ts"
import type { Route } from "./route.ts"
import { isName } from "./template.ts"
import type { PathLeaf, PathLearner } from "./templates/path-learner.ts"
import { PlainPaths } from "./templates/plain-paths.ts"

/** Methods of HTTP (RFC 9110, 5789, 10008): others are a client's to invent. */
const METHODS = new Set("GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT QUERY".split(" "))

/** Paths whose leaf is remembered; when they are too many they are asked for anew. */
const PATHS_MAX = 8192

export class RouteTable {
  readonly learner: PathLearner
  routes = 0
  /** Paths that are names: of gRPC methods, "*", authorities. */
  readonly #names = new PlainPaths(-1)
  /** Leaves of paths asked for since the learner last changed its mind. */
  readonly #leaves = new Map<string, PathLeaf>()
  /** By number of the leaf, then by slot. */
  readonly #routes = new Map<number, Map<string, Route>>()
  /** By number of the template and slot. */
  readonly #endpoints = new Map<string, Endpoint>()
  /** Endpoints with an operation key, by template and method. */
  readonly #operations = new Map<string, number>()
  readonly #otherMethods = new Set<string>()

  constructor(learner: PathLearner) {
    this.learner = learner
  }

  get size(): number {
    return this.#endpoints.size
  }

  endpoints(): Iterable<Endpoint> {
    return this.#endpoints.values()
  }

  find(operation: Operation): PathLeaf | null {
    const { path, extension } = operation
    if (isName(operation)) return this.#names.find(path, extension)
    if (extension !== "") return this.learner.find(path, extension)
    const known = this.#leaves.get(path)
    if (known !== undefined) return known
    const leaf = this.learner.find(path, extension)
    if (leaf === null) return null
    if (this.#leaves.size >= PATHS_MAX) this.#leaves.clear()
    this.#leaves.set(path, leaf)
    return leaf
  }

  /** The learner has reviewed its paths, or has other pins: a path may have another leaf, or none. */
  forgetPaths(): void {
    this.#leaves.clear()
  }

  /** `isNamed`: see `isName`; also of routes that the store gives back. */
  add(isNamed: boolean, path: string, extension: string, atUs: number): PathLeaf {
    return (isNamed ? this.#names : this.learner).add(path, extension, atUs)
  }

  routeAt(leaf: PathLeaf, slot: string): Route | null {
    return this.#routes.get(leaf.number)?.get(slot) ?? null
  }

  routesOf(leaf: PathLeaf): Route[] {
    return [...(this.#routes.get(leaf.number)?.values() ?? [])]
  }

  endpointAt(templateNumber: number, slot: string): Endpoint | null {
    return this.#endpoints.get(`${templateNumber}\n${slot}`) ?? null
  }

  putRoute(route: Route): void {
    let ofLeaf = this.#routes.get(route.leaf.number)
    if (ofLeaf === undefined) {
      ofLeaf = new Map()
      this.#routes.set(route.leaf.number, ofLeaf)
    }
    if (!ofLeaf.has(route.slot)) this.routes++
    ofLeaf.set(route.slot, route)
  }

  removeRoute(route: Route): void {
    const ofLeaf = this.#routes.get(route.leaf.number)
    if (ofLeaf?.delete(route.slot)) this.routes--
    if (ofLeaf?.size === 0) this.#routes.delete(route.leaf.number)
  }

  putEndpoint(endpoint: Endpoint, slot: string): void {
    this.#endpoints.set(`${endpoint.templateNumber}\n${slot}`, endpoint)
    if (!METHODS.has(endpoint.method)) this.#otherMethods.add(endpoint.method)
    if (endpoint.operation !== "") this.#countOperation(endpoint, 1)
  }

  /** Nothing where another has its place by now. */
  removeEndpoint(endpoint: Endpoint, slot: string): void {
    const place = `${endpoint.templateNumber}\n${slot}`
    if (this.#endpoints.get(place) !== endpoint) return
    this.#endpoints.delete(place)
    if (endpoint.operation !== "") this.#countOperation(endpoint, -1)
  }

  /** Endpoints with an operation key at this template and method. */
  operationsOf(templateNumber: number, method: string): number {
    return this.#operations.get(`${templateNumber}\n${method}`) ?? 0
  }

  /** Methods besides those of HTTP that it has or, with this one, would have. */
  otherMethodsWith(method: string): number {
    const isNew = !METHODS.has(method) && !this.#otherMethods.has(method)
    return isNew ? this.#otherMethods.size + 1 : 0
  }

  #countOperation({ templateNumber, method }: Endpoint, by: number): void {
    const key = `${templateNumber}\n${method}`
    this.#operations.set(key, (this.#operations.get(key) ?? 0) + by)
  }
}
