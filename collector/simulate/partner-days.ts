// A day of one partner: how often its job runs, when, and what it does.
import type { ApiDesign } from "./api-design.ts"
import { DAY_US, HOUR_US, startOfDay } from "./calendar.ts"
import { Caller } from "./caller.ts"
import { Draws } from "./draws.ts"
import type { Exchange } from "./exchange.ts"
import { monitorRun, pageQuery, portalRun, reportingRun, resyncRun, shoppingRun, syncRun } from "./jobs.ts"
import type { Partner } from "./partner.ts"
import type { Specials } from "./specials.ts"
import { businessOf, isThere } from "./visits.ts"

/** Objects that a back-fill reads one by one. */
const RESYNC_READS = 400

/** Times of the day's runs, µs, ascending. */
function runTimes(partner: Partner, day: number, draws: Draws): number[] {
  const { archetype, habits, runsPerDay, zoneHours } = partner
  const factor = businessOf(partner, day)
  // Machines keep to their clock, people do not.
  const isClock = archetype === "monitor" || archetype === "nightly-batch" || archetype === "reporting"
  const count = isClock ? runsPerDay : draws.bunched(runsPerDay * factor, archetype === "portal" ? 0.35 : 0.12)
  if (archetype === "monitor") {
    const step = DAY_US / count
    return Array.from({ length: count }, (_, k) => startOfDay(day) + (k + 0.1 * draws.next()) * step)
  }
  const times: number[] = []
  const fixed = 1 + (partner.index % 3)
  for (let k = 0; k < count; k++) {
    const hour = draws.weighted(habits.hours)
    const local = isClock ? fixed + k * 2 + 0.15 * draws.next() : hour + draws.next()
    times.push(startOfDay(day) + ((((local - zoneHours) % 24) + 24) % 24) * HOUR_US)
  }
  return times.sort((a, b) => a - b)
}

export class PartnerDays {
  readonly #api: ApiDesign
  readonly #seed: number
  readonly #specials: Specials
  readonly #lastRunUs: number[] = []

  constructor(api: ApiDesign, seed: number, specials: Specials) {
    this.#api = api
    this.#seed = seed
    this.#specials = specials
  }

  run(partner: Partner, day: number, sink: Exchange[]): void {
    if (!isThere(partner, day)) return
    const draws = Draws.of(this.#seed, "day", partner.index, day)
    const service = this.#api.services[partner.service]!
    const caller = (timeUs: number, label = 0, paceUs = partner.habits.paceUs): Caller =>
      new Caller({ partner, draws, sink, timeUs, label, paceUs, dayOf: () => day })
    for (const timeUs of runTimes(partner, day, draws)) {
      const sinceUs = this.#lastRunUs[partner.index] ?? startOfDay(day) - DAY_US
      const at = caller(timeUs)
      if (partner.archetype === "monitor") monitorRun(at, service)
      else if (partner.archetype === "portal") portalRun(at, service, sinceUs)
      else if (partner.archetype === "reseller") shoppingRun(at, service, sinceUs)
      else if (partner.archetype === "reporting" || partner.archetype === "quarterly") reportingRun(at, service)
      else syncRun(at, service, sinceUs)
      this.#lastRunUs[partner.index] = timeUs
    }
    this.#adopted(caller, partner, day, draws)
    const key = `${day}/${partner.index}`
    const resync = this.#specials.resyncs.get(key)
    if (resync !== undefined) {
      const night = startOfDay(day) + ((24 + 1 - partner.zoneHours) % 24) * HOUR_US
      resyncRun(caller(night, resync, 60_000), service, RESYNC_READS)
    }
  }

  /** Routes that were released, and those that a partner begins to use one day. */
  #adopted(caller: (timeUs: number, label?: number) => Caller, partner: Partner, day: number, draws: Draws): void {
    const label = this.#specials.features.get(`${day}/${partner.index}`)
    const noon = startOfDay(day) + (8 + 6 * draws.next()) * HOUR_US
    if (label !== undefined) {
      const unused = this.#api.routes.filter(
        (route) =>
          route.service === partner.service &&
          !route.isHidden &&
          route.releasedDay <= day &&
          route.method === "GET" &&
          partner.resources.includes(route.resource!) &&
          !partner.routes.includes(route),
      )
      if (unused.length > 0) partner.adopt(draws.pick(unused))
    }
    if (day === Math.floor(partner.adoptsDay))
      for (const route of this.#api.routes)
        if (route.releasedDay > 0 && route.releasedDay <= day && partner.resources.includes(route.resource!))
          partner.adopt(route)
    const at = caller(noon, label)
    for (const route of partner.adopted) {
      const resource = route.resource!
      const own = resource.theme.isShared === true ? [0, 1, 2] : resource.collection.ownOf(partner.index).slice(-5)
      if (route.hasId) for (const number of own) at.call(route, { asked: number })
      else at.call(route, { query: pageQuery(this.#api.services[partner.service]!, partner.limit, 0), given: own })
    }
  }
}
