// Which endpoint goes on where, when routes go to other places.
//
// In:  all routes that leave an endpoint or are folded into another, with their new leaves; which endpoints have none left.
// Out: for an endpoint that has lost all its routes, the place where it goes on: one that is called the same (pins are taken back by making
// its template anew), then where most parameters are, then most of its requests. For a place, the endpoint that goes on there: of those
// that do the one that was called the same, then the one that brings most requests, then the older one.
import type { Endpoint } from "./endpoint.ts"
import { outlives, type Route } from "./route.ts"

/** A route that goes to another place, or what was counted elsewhere and belongs to it now. */
export interface Arrival {
  readonly route: Route
  readonly from: Endpoint
  /** What it brings: requests counted so far. */
  readonly requests: number
  /** Why; "" where it is not known. */
  readonly sentence: string
}

/** What an endpoint brings to a place. */
interface Share {
  readonly endpoint: Endpoint
  readonly place: string
  /** The busiest route. */
  route: Route
  requests: number
}

/** Template and slot: where a route's endpoint is. */
export const placeOf = ({ leaf, slot }: Route): string => `${leaf.template.number}\n${slot}`

export class Heirs {
  /** Of an endpoint: where it goes on. */
  readonly #heirs = new Map<Endpoint, Share>()
  readonly #successors = new Map<string, Share>()

  constructor(arrivals: readonly Arrival[]) {
    const shares = new Map<Endpoint, Map<string, Share>>()
    for (const { route, from, requests } of arrivals) {
      if (from.routes.size > 0) continue
      const place = placeOf(route)
      const ofEndpoint = shares.get(from) ?? new Map<string, Share>()
      shares.set(from, ofEndpoint)
      const known = ofEndpoint.get(place)
      if (known === undefined) ofEndpoint.set(place, { endpoint: from, place, route, requests })
      else {
        known.requests += requests
        if (outlives(route, known.route)) known.route = route
      }
    }
    for (const [endpoint, ofEndpoint] of shares)
      this.#heirs.set(
        endpoint,
        [...ofEndpoint.values()].reduce((a, b) => (goesBefore(b, a) ? b : a)),
      )
    for (const share of this.#heirs.values()) {
      const known = this.#successors.get(share.place)
      if (known === undefined || takesOver(share, known)) this.#successors.set(share.place, share)
    }
  }

  /** The endpoint that keeps its id at a place where none is yet; null: a new one begins. */
  successorAt(place: string): Endpoint | null {
    return this.#successors.get(place)?.endpoint ?? null
  }

  /** The endpoint that goes on for one that has no routes any more: when all have their places. */
  heirOf(endpoint: Endpoint): Endpoint | null {
    return this.#heirs.get(endpoint)?.route.endpoint ?? null
  }
}

/** Of two shares of one endpoint. */
function goesBefore(a: Share, b: Share): boolean {
  if (isSame(a) !== isSame(b)) return isSame(a)
  const [ofA, ofB] = [parametersOf(a.route), parametersOf(b.route)]
  return ofA === ofB ? isBusier(a, b) : ofA > ofB
}

/** Of two endpoints at one place. */
const takesOver = (a: Share, b: Share): boolean => (isSame(a) === isSame(b) ? isBusier(a, b) : isSame(a))

/** Whether the place is called as the endpoint was, whatever its parameters are called. */
const isSame = ({ endpoint, route }: Share): boolean => bare(endpoint.template) === bare(route.leaf.template.text)

const bare = (template: string): string => template.replaceAll(/\{[^{}]*\}/g, "{}")

const isBusier = (a: Share, b: Share): boolean =>
  a.requests === b.requests ? outlives(a.route, b.route) : a.requests > b.requests

const parametersOf = ({ leaf }: Route): number => leaf.template.text.split("{").length - 1
