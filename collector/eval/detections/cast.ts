// Who and where: consumers and endpoints of a world, as an inventory that made no mistake would have them.
//
// In:  events with their exchanges, in order of time.   Out: an Actor and a Place for each; null where an inventory has no endpoint yet.
import type { ApiEvent, Identity } from "../../../shared/event/api-event.ts"
import { isProof } from "../../inventory/answer.ts"
import type { Exchange } from "../../simulate/exchange.ts"
import { typedPath } from "../../simulate/operations.ts"
import type { World } from "../../simulate/world.ts"
import type { Actor, Place } from "./judge.ts"

export class Cast {
  readonly actors = new Map<string, Actor>()
  readonly places = new Map<string, Place>()
  readonly #world: World
  readonly #actorOf = new Map<Identity, Actor>()
  readonly #placeOf: (Place | undefined)[] = []
  readonly #serviceFirstUs: number[] = []
  /** Latest consumer of each partner that is no stranger. */
  readonly #present: (Actor | undefined)[] = []

  constructor(world: World) {
    this.#world = world
  }

  actor({ identity }: ApiEvent, { partner, label }: Exchange): Actor {
    let actor = this.#actorOf.get(identity)
    if (actor !== undefined) return actor
    const id = `${identity.scheme}/${identity.principal}`
    actor = this.actors.get(id)
    if (actor === undefined) {
      const isOwn = this.#world.labels.at(label)?.isAttack !== true
      const before = isOwn ? this.#present[partner] : undefined
      actor = {
        id,
        name: this.#world.partners[partner]!.name,
        scheme: identity.scheme,
        partner,
        succeeds: before ?? null,
      }
      this.actors.set(id, actor)
      if (isOwn) this.#present[partner] = actor
    }
    this.#actorOf.set(identity, actor)
    return actor
  }

  place({ startUs, status, operation }: ApiEvent, { route, asked }: Exchange): Place | null {
    if (operation.method === "") return null
    const known = this.#placeOf[route.index]
    if (known !== undefined || !isProof(status)) return known ?? null
    this.#serviceFirstUs[route.service] ??= startUs
    const { resource } = route
    // Ids that are text in a path are one parameter to whoever has learned them.
    const isText = route.hasId && resource!.collection.style === "slug"
    const template = isText ? `${route.prefix}/{slug}${route.suffix}` : typedPath(route, asked)
    const place = {
      id: `${route.method} ${template}@${route.service}`,
      host: this.#world.api.services[route.service]!.host,
      method: route.method,
      template,
      firstUs: startUs,
      serviceFirstUs: this.#serviceFirstUs[route.service]!,
    }
    this.#placeOf[route.index] = place
    this.places.set(place.id, place)
    return place
  }
}
