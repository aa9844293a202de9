// What was agreed with a partner: the routes of its contract, for those whose contract is broken by an attack.
import type { Route } from "./api-design.ts"
import type { World } from "./world.ts"

/** "HOST METHOD /path*" of each route that it may call; null: nothing was agreed. */
export function contractOf(world: World, partner: number): readonly string[] | null {
  const isHeld = world.labels.attacks.some(
    ({ kind, partner: index }) => kind === "contract-violated" && index === partner,
  )
  if (!isHeld) return null
  const { service, resources } = world.partners[partner]!
  const { host } = world.api.services[service]!
  const isAllowed = ({ service: at, isHidden, resource, action }: Route): boolean =>
    at === service && !isHidden && action !== "delete" && (resource === null || resources.includes(resource))
  return world.api.routes
    .filter(isAllowed)
    .map(({ method, prefix, hasId, suffix }) => `${host} ${method} ${prefix}${hasId ? "/*" : ""}${suffix}`)
}
