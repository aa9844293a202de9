// Ids of endpoints: which is whose, and where those lead that are nobody's any more.
//
//   id --> the endpoint that has it --> else: the one that goes on for it (former ids, a chain) --> else: the endpoint of the route of this id
//
// In:  endpoints that come and go. Out: ids for new ones; the endpoint of any id that ever was one.
// An endpoint takes the id of its first route where that is free, so that most endpoints and their only routes share one text; from then
// on it is the endpoint's own, wherever the route goes. An id is remembered as a former one only where its route does not lead there.
// Given up: of more than `formerEndpoints` former ids the oldest are forgotten; they lead where their routes are.
import type { Endpoint } from "./endpoint.ts"
import type { Ids } from "./ids.ts"
import { type InventoryLimits, isFull, type LimitCounters } from "./limits.ts"
import type { Route } from "./route.ts"
import type { Unsaved } from "./unsaved.ts"

export class EndpointIds {
  readonly #byId = new Map<string, Endpoint>()
  /** Id of the endpoint that goes on for it, oldest first. */
  readonly #former = new Map<string, string>()
  /** How many former ids lead straight to an id. */
  readonly #leading = new Map<string, number>()
  readonly #ids: Ids
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #unsaved: Unsaved

  constructor(ids: Ids, limits: InventoryLimits, reached: LimitCounters, unsaved: Unsaved) {
    this.#ids = ids
    this.#limits = limits
    this.#reached = reached
    this.#unsaved = unsaved
  }

  get size(): number {
    return this.#byId.size
  }

  /** Of an endpoint whose first route this is. */
  newId({ id }: Route): string {
    return this.#byId.has(id) || this.#former.has(id) ? this.#ids.next("endpoint") : id
  }

  put(endpoint: Endpoint): void {
    this.#ids.note(endpoint.id)
    this.#byId.set(endpoint.id, endpoint)
  }

  remove({ id }: Endpoint): void {
    this.#byId.delete(id)
  }

  /**
   * What had the id is no more, `into` goes on for it. `wasItsRoute`: it was the route of the same id and nothing else, so that route says
   * where it is as long as nothing but the route leads there.
   */
  retire(id: string, into: Endpoint, wasItsRoute: boolean): void {
    if (wasItsRoute && !this.#leading.has(id)) return
    if (isFull(this.#limits, this.#reached, "formerEndpoints", this.#former.size)) this.#forgetOldest()
    this.#remember(id, into.id)
    this.#unsaved.merged("endpoint", id, into.id)
  }

  /** As the store gives it back. */
  restore(from: string, into: string): void {
    this.#ids.note(from)
    if (this.#former.size >= this.#limits.formerEndpoints) this.#forgetOldest()
    this.#remember(from, into)
  }

  /** By its id or a former one; `routeOf`: the route of an id. */
  endpoint(id: string, routeOf: (id: string) => Route | null): Endpoint | null {
    const present = this.#byId.get(id)
    if (present !== undefined) return present
    let at = id
    for (let into = this.#former.get(at); into !== undefined; into = this.#former.get(at)) at = into
    return this.#byId.get(at) ?? routeOf(at)?.endpoint ?? null
  }

  formerIds(): Iterable<string> {
    return this.#former.keys()
  }

  #remember(from: string, into: string): void {
    this.#former.set(from, into)
    this.#leading.set(into, (this.#leading.get(into) ?? 0) + 1)
  }

  #forgetOldest(): void {
    const [oldest] = this.#former
    if (oldest === undefined) return
    const [from, into] = oldest
    this.#former.delete(from)
    const left = this.#leading.get(into)! - 1
    if (left === 0) this.#leading.delete(into)
    else this.#leading.set(into, left)
  }
}
