// One partner: what it is like, whom its objects belong to, and its credential and address on each day.
//
// What changes by time (keys, egress, software) is a list of entries, each in force from its time on.

import type { Action, ApiDesign, Resource, Route } from "./api-design.ts"
import { ARCHETYPE_FIELDS, ARCHETYPES, type Archetype, type ArchetypeFields } from "./archetypes.ts"
import { addressIn, ClientPrint, drawSoftware } from "./client-print.ts"
import { Credential } from "./credential.ts"
import { Draws } from "./draws.ts"
import type { Half } from "./themes.ts"

interface From<T> {
  readonly fromUs: number
  readonly value: T
}

/** New objects that the partner has not yet dealt with, in order of time. */
export interface Arrival {
  readonly timeUs: number
  readonly number: number
}

const NAMES = [
  "nord",
  "hansa",
  "rhein",
  "alpen",
  "donau",
  "isar",
  "spree",
  "weser",
  "main",
  "neckar",
  "saale",
  "oder",
  "lech",
  "mosel",
  "ems",
  "inn",
]
const TRADES = [
  "logistik",
  "handel",
  "werke",
  "mobil",
  "technik",
  "versand",
  "bau",
  "pharma",
  "markt",
  "systeme",
  "energie",
  "textil",
]
/** Partners of one integrator share its address. */
const INTEGRATED_TOGETHER = 5

export class Partner {
  readonly index: number
  readonly name: string
  readonly archetype: Archetype
  readonly habits: ArchetypeFields
  readonly service: number
  readonly zoneHours: number
  readonly scale: number
  readonly runsPerDay: number
  readonly creates: number
  readonly mailed: number
  readonly limit: number
  /** Business on a day against the day before. */
  readonly growth: number
  /** First day with traffic. */
  fromDay = 0
  /** First day without traffic. */
  untilDay = Number.POSITIVE_INFINITY
  /** Day on which it takes up what was released, Infinity never. */
  adoptsDay = Number.POSITIVE_INFINITY
  readonly resources: readonly Resource[]
  readonly arrivals: Arrival[][] = []
  readonly #routes: readonly Route[]
  readonly #credentials: From<Credential>[] = []
  readonly #prints: From<ClientPrint>[] = []

  constructor(index: number, archetype: Archetype, api: ApiDesign, draws: Draws) {
    const habits = ARCHETYPE_FIELDS[archetype]
    const between = ([low, high]: readonly [number, number]): number => low + (high - low) * draws.next()
    this.index = index
    this.archetype = archetype
    this.habits = habits
    this.name = `${NAMES[index % NAMES.length]}-${TRADES[Math.floor(index / NAMES.length) % TRADES.length]}-${index}`
    this.service = draws.integer(0, api.services.length - 1)
    this.zoneHours = draws.pick([0, 1, 1, 1, 1, 2, 2, 8, -5])
    this.scale = between(habits.scale) * draws.logNormal(1, 0.4)
    this.runsPerDay = Math.round(between(habits.runsPerDay))
    this.creates = between(habits.creates)
    this.mailed = between(habits.mailed)
    this.limit = draws.pick(habits.limits)
    this.growth = draws.chance(0.3) ? 1 + draws.next() * 0.004 : 1
    const resources = api.resources.filter((one) =>
      api.routes.some((r) => r.resource === one && r.service === this.service),
    )
    const own = draws.sample(
      resources.filter(({ theme }) => theme.isShared !== true),
      draws.integer(2, 4),
    )
    const shared = resources.filter(({ theme }) => theme.isShared === true)
    this.resources = [...own, ...draws.sample(shared, archetype === "reseller" ? 2 : draws.integer(0, 1))]
    this.#routes = this.#repertoire(api, draws)
    const scheme = draws.pick(habits.schemes)
    const credential = new Credential({ scheme, name: this.name, serial: 1, issuer: "https://login.partners.example" })
    this.#credentials.push({ fromUs: 0, value: credential })
    const isShared = archetype === "integrated"
    const network = isShared ? 20_000 + Math.floor(index / INTEGRATED_TOGETHER) : index
    const software = drawSoftware(isShared ? Draws.of(network) : draws)
    this.#prints.push({ fromUs: 0, value: new ClientPrint(addressIn(network, 10), software) })
  }

  /** Lists and reads are what everybody does; the rest by chance. */
  #repertoire(api: ApiDesign, draws: Draws): Route[] {
    const chances: Readonly<Partial<Record<Action, number>>> = {
      nested: 0.6,
      search: 0.6,
      patch: 0.6,
      act: 0.5,
      delete: 0.12,
    }
    return api.routes.filter((route) => {
      if (route.service !== this.service || route.isHidden || route.releasedDay > 0) return false
      if (route.resource === null)
        return this.archetype === "reporting" || this.archetype === "monitor" || draws.chance(0.2)
      if (!this.resources.includes(route.resource)) return false
      return draws.chance(chances[route.action] ?? 1)
    })
  }

  /** The route of its repertoire, null where it does not do that. */
  route(resource: Resource | null, action: Action): Route | null {
    return this.#routes.find((route) => route.resource === resource && route.action === action) ?? null
  }

  get routes(): readonly Route[] {
    return this.#routes
  }

  /** Routes that it took up while the world runs, called daily since. */
  readonly adopted: Route[] = []

  adopt(route: Route): void {
    if (!this.adopted.includes(route)) this.adopted.push(route)
  }

  credentialAt(timeUs: number): Credential {
    return inForce(this.#credentials, timeUs)
  }

  printAt(timeUs: number): ClientPrint {
    return inForce(this.#prints, timeUs)
  }

  useCredential(fromUs: number, value: Credential): void {
    insert(this.#credentials, { fromUs, value })
  }

  usePrint(fromUs: number, value: ClientPrint): void {
    insert(this.#prints, { fromUs, value })
  }

  /** All that it is known by, oldest first. */
  get credentials(): readonly Credential[] {
    return this.#credentials.map(({ value }) => value)
  }

  get prints(): readonly ClientPrint[] {
    return this.#prints.map(({ value }) => value)
  }
}

function inForce<T>(list: readonly From<T>[], timeUs: number): T {
  let at = list.length - 1
  while (at > 0 && list[at]!.fromUs > timeUs) at--
  return list[at]!.value
}

function insert<T>(list: From<T>[], entry: From<T>): void {
  list.push(entry)
  list.sort((a, b) => a.fromUs - b.fromUs)
}

/** Archetypes of `count` partners in the shares of the half, in an order of chance; each at least once where there is room. */
export function drawArchetypes(count: number, half: Half, draws: Draws): Archetype[] {
  const out: Archetype[] = ARCHETYPES.filter((_, k) => k < count)
  const shares = ARCHETYPES.map((name) => ARCHETYPE_FIELDS[name].share[half])
  while (out.length < count) out.push(ARCHETYPES[draws.weighted(shares)]!)
  for (let i = out.length - 1; i > 0; i--) {
    const j = draws.integer(0, i)
    ;[out[i], out[j]] = [out[j]!, out[i]!]
  }
  return out
}
