// What pins have to do with the traffic of a service: how many of its routes each one decides about.
//
// In:  pins, and the routes of the service. Out: numbers by id of the pin. What nobody has requested counts for nothing.
// Given up: values that are no longer told apart; they are one route, which only a parameter fits.
import type { Service } from "./service.ts"
import type { Pin } from "./templates/path-learner.ts"
import { Pins } from "./templates/pins.ts"
import { Placement } from "./templates/placement.ts"
import { tokensOf } from "./templates/segments.ts"

export function matchesOf(pins: readonly Pin[], { table }: Service): Map<string, number> {
  const matches = new Map(pins.map(({ id }) => [id, 0]))
  const known = new Pins(new Placement())
  known.load(pins, 0)
  for (const leaf of table.learner.leaves()) {
    const used = table.routesOf(leaf).filter(({ traffic }) => !traffic.isEmpty).length
    if (used === 0) continue
    for (const { id } of known.deciding(tokensOf(leaf.path, leaf.extension)))
      matches.set(id, (matches.get(id) ?? 0) + used)
  }
  return matches
}
